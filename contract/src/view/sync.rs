//! How the exchange with the relay stands.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SyncState {
    /// The relay is away; work goes on.
    Offline,
    Connecting,
    /// Connected and catching up.
    Behind,
    /// Nothing left to send or fetch.
    UpToDate,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SyncStatus {
    pub state: SyncState,
    /// Messages of mine that wait to be sent.
    pub waiting: u32,
    /// Why it is offline, where a person can do something about it.
    pub error: Option<crate::ApiError>,
    #[ts(type = "number | null")]
    pub last_sync: Option<i64>,
    /// Another device of this person has removed this one: what is here can be read, and nothing more is sent.
    pub removed: bool,
    /// Where the relay is; empty: there is none yet.
    pub relay: String,
    /// The relay has lost something, and gets it from this device.
    pub refilling: Option<Refilling>,
    /// Somebody who may wants the chats to be at another relay.
    pub proposed: Option<ProposedRelay>,
}

/// How far the relay's log of a chat is filled again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Refilling {
    #[ts(type = "number")]
    pub done: u64,
    #[ts(type = "number")]
    pub all: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ProposedRelay {
    /// URL.
    pub relay: String,
    /// Who wants it.
    pub by: String,
}
