//! What a timeline is made from.

use std::fmt;

use crate::domain::Place;
use beseda_protocol::{MessageId, UserId};

/// What an entry is, for as long as it lives; also when it gets its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryKey {
    Message(MessageId),
    /// Event `n` of the handshake at this seq of the log.
    Event(u64, u32),
}

impl fmt::Display for EntryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message(id) => write!(f, "message:{id}"),
            Self::Event(seq, n) => write!(f, "event:{seq}:{n}"),
        }
    }
}

/// A message or an event, in the order of the chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub place: Place,
    pub key: EntryKey,
    pub body: EntryBody,
    /// The time that is shown, in milliseconds since 1970: when the relay accepted it; for what it has not yet
    /// accepted, when it was written.
    pub at: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryBody {
    Message {
        author: UserId,
        author_name: String,
        /// By the person at this screen, from whichever device.
        mine: bool,
        text: String,
        /// The author's own clock, in milliseconds since 1970.
        sent_at: i64,
        failed: Option<FailReason>,
        /// Not yet at the relay.
        queued: bool,
    },
    Event(ChatEvent),
}

/// A change of the chat itself, names resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChatEvent {
    Created { by: String },
    Added { by: String, who: String },
    Removed { by: String, who: String },
}

/// Why a message will not be sent as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailReason {
    /// No longer a member of the chat.
    NotMember,
    /// The relay refuses it for ever.
    Refused,
}

/// The highest places that any other member's device has received, and that any other member has read. Zero: none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks {
    pub delivered: Place,
    pub read: Place,
}
