//! What screens show. Ids are hexadecimal text; times are milliseconds since 1970.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How far the app has come at start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Start {
    /// No account in this profile yet: show the first-start screen.
    Fresh {
        version: String,
        /// A relay to propose, where the launcher named one.
        relay: Option<String>,
        /// The system has a keyring that answers.
        keyring: bool,
    },
    /// The database waits for its passphrase.
    Locked {
        version: String,
    },
    /// The profile cannot be opened; `error` says why and what to do.
    Broken {
        version: String,
        error: crate::ApiError,
    },
    Ready {
        version: String,
        me: Me,
    },
}

/// Where the key of the local database is kept; the person chooses knowingly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum KeyChoice {
    Keyring,
    Passphrase {
        passphrase: String,
    },
    /// A file beside the database, readable by its owner only: protects nothing from whoever can read the disk.
    File,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Me {
    pub user: String,
    pub device: String,
    pub name: String,
    pub relay: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ChatKind {
    Dialog,
    Group,
    Blog,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ChatStatus {
    /// Asked to join; the inviter's device has not let us in yet.
    Asking,
    /// Let in; the history is on its way.
    Joining,
    Active,
    /// Removed from the chat, or left it: it can be read, not written.
    Removed,
}

/// A line of the chat list. Sort by `activity`, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChatRow {
    pub id: String,
    pub kind: ChatKind,
    /// For a dialog without a title: the other person's name. May be empty while joining.
    pub title: String,
    pub description: String,
    pub category: String,
    pub status: ChatStatus,
    pub last: Option<LastLine>,
    #[ts(type = "number")]
    pub activity: i64,
    pub unread: u32,
    pub members: u32,
    pub draft: String,
    pub may_write: bool,
    pub may_invite: bool,
    /// Envelopes of this chat that were not valid and are set aside.
    pub quarantined: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LastLine {
    /// Name of the author; empty for an event.
    pub author: String,
    pub mine: bool,
    /// First line of the text, cut.
    pub text: String,
    #[ts(type = "number")]
    pub at: i64,
    /// Of my own message.
    pub state: Option<SendState>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MemberRow {
    pub user: String,
    pub name: String,
    pub admin: bool,
    pub me: bool,
    #[ts(type = "number")]
    pub added_at: i64,
    /// Name of who added them.
    pub added_by: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SendState {
    /// On this device, not yet at the relay.
    Queued,
    /// On the relay's disk.
    Accepted,
    /// On a device of another member.
    Delivered,
    /// Read by another member.
    Read,
    /// Will not be sent as it is; `reason` is a sentence's key.
    Failed { reason: FailReason },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FailReason {
    /// No longer a member of the chat.
    NotMember,
    /// The relay refuses it for ever.
    Refused,
}

/// One item of a timeline, in order of the chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum TimelineItem {
    /// Divider before the first item of a day, in the person's time zone.
    Day {
        key: String,
        /// `YYYY-MM-DD`.
        date: String,
    },
    Message(MessageItem),
    Event(EventItem),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MessageItem {
    /// Stable while the message lives; also when it gets its place.
    pub key: String,
    pub id: String,
    pub author: String,
    pub author_name: String,
    pub mine: bool,
    pub text: String,
    /// When the relay accepted it; for a queued one, when it was written.
    #[ts(type = "number")]
    pub at: i64,
    /// The author's own clock, where it says something else by more than two minutes.
    #[ts(type = "number | null")]
    pub sent_at: Option<i64>,
    /// Of my own message.
    pub state: Option<SendState>,
    /// First and last of a run by one author.
    pub first: bool,
    pub last: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EventItem {
    pub key: String,
    #[ts(type = "number")]
    pub at: i64,
    pub event: ChatEvent,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum ChatEvent {
    Created { by: String },
    Added { by: String, who: String },
    Removed { by: String, who: String },
}

/// The newest page of a chat, and the handle under which its changes are told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TimelineSnapshot {
    pub timeline: u32,
    pub items: Vec<TimelineItem>,
    /// There are older ones.
    pub more_before: bool,
}

/// One step from the old list of items to the new one; apply in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum TimelineOp {
    Insert { index: u32, item: TimelineItem },
    Set { index: u32, item: TimelineItem },
    Remove { index: u32 },
    Reset { items: Vec<TimelineItem> },
}

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
}
