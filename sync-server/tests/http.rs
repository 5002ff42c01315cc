//! The real process, spoken to over real sockets as a client speaks.

#![allow(clippy::unwrap_used, reason = "tests; clippy.toml knows functions marked as tests only")]

#[path = "http/access.rs"]
mod access;
#[path = "http/client.rs"]
mod client;
#[path = "http/durability.rs"]
mod durability;
#[path = "http/edges.rs"]
mod edges;
#[path = "http/inbox.rs"]
mod inbox;
#[path = "http/live.rs"]
mod live;
#[path = "http/refill.rs"]
mod refill;
