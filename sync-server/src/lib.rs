//! The relay: orders sealed envelopes, keeps them, and hands them to whoever holds a key of the chat.
//!
//! Reading order: [`config`], [`order`], [`store`], [`relay`], [`http`], [`serve`].
//!
//! Deliberately absent: any code that opens an envelope, and any name of a person or a chat. [`relay::Relay`] is
//! the whole relay without a network; [`http`] is thin glue over its two functions.

mod check;
pub mod clock;
pub mod config;
mod fanout;
mod group_commit;
pub mod http;
mod live;
pub mod order;
mod rate;
pub mod relay;
pub mod serve;
mod sessions;
pub mod store;

pub use config::{Config, Rate, Rates};
pub use relay::Relay;
pub use serve::{Tls, serve};
pub use store::{
    LogStore,
    sqlite::{Purpose, SqliteStore},
};
