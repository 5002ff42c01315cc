//! Talking to the relay: what came is taken in, what waits is sent.
//!
//! Reading order: [`transport`] (how bytes travel), [`session`] (who we are to the relay), [`plan`] (pure: what to do),
//! [`ingest`] (entries of a log become rows), [`outbox`] (changes become envelopes), [`handshake`] (membership
//! changes), [`chain`] (a newcomer's way back through the eras), [`inbox`] (requests and welcomes), [`letters`] (between a person's devices), [`refill`] (a
//! relay that has lost something), [`engine`] (the loop that does it).
//!
//! Not here: what facts mean (store::projection), and screens.

pub mod chain;
pub mod directory;
pub mod engine;
pub mod handshake;
pub mod http;
pub mod inbox;
pub mod ingest;
pub mod letters;
pub mod outbox;
pub mod plan;
pub mod refill;
pub mod session;
pub mod transport;
pub mod twins;
