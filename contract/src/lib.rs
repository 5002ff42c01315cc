//! The one agreement between the core and any screen: commands, queries, events and error codes as types, and the
//! TypeScript made from them (`ui/src/generated`, written by `cargo xtask generate`; a stale file fails the tests).
//!
//! Not here: what a command does (core), and how it reaches the core (src-tauri, cli).

pub mod accounts;
pub mod api;
pub mod app;
pub mod error;
pub mod event;
pub mod export;
pub mod markup;
pub mod view;

pub use beseda_core::{domain::Place, notices};
pub use error::{ApiError, Code};
pub use event::{Batch, Event, OpenAt};
