//! Frames of the one WebSocket (`GET /v1/live`, with the session header), each one CBOR value in a binary message.
//!
//! A subscription gets the heads of all its chats first; then their entries, newest chats first and round-robin,
//! as long as the subscriber has credit. What is appended later follows by the same credit, so a slow reader costs
//! the relay nothing but a number.

use serde::{Deserialize, Serialize};

use crate::{
    envelope::LogEntry,
    ids::{ChatId, LogId, Seq},
    request::{ChatState, Cursor, RelayError},
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientFrame {
    /// Adds chats to the subscription, each from its cursor on; a chat named again restarts at the new cursor.
    /// The chats must have been opened in the session.
    Subscribe { chats: Vec<Wanted> },
    /// The relay may send this many more bytes of bodies ([`crate::limits::CREDIT_BYTES`] outstanding at most).
    Credit { bytes: u64 },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    pub chat: ChatId,
    pub cursor: Cursor,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RelayFrame {
    /// Answers each `Subscribe`, one for each chat in its order. A chat whose log id is not the cursor's, whose head is
    /// behind the cursor, or which holds another envelope there, gets no entries until it is subscribed again: the client
    /// must decide.
    Heads { chats: Vec<(ChatId, ChatState)> },
    /// Entries without a hole after what was sent before. `head` tells how far the log goes.
    Batch { chat: ChatId, log: LogId, entries: Vec<LogEntry>, head: Seq },
    /// The key was removed from this chat: nothing more comes.
    Denied { chat: ChatId },
    /// The log holds another envelope than the cursor's at its place: see [`Cursor::id`].
    Parted { chat: ChatId },
    /// The inbox holds something with a number up to this.
    Inbox { upto: u64 },
    /// The relay ends the connection.
    Closing { error: RelayError },
}
