//! What the core tells a screen without being asked. Events arrive in batches, in order.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    accounts::AccountId,
    api::Totals,
    view::{ChatRow, SyncStatus, TimelineOp, Work},
};

/// Events of one account, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Batch {
    pub account: AccountId,
    pub events: Vec<Event>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OpenAt {
    pub chat: String,
    pub message: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// A chat is new or its line changed.
    Chat {
        row: Box<ChatRow>,
    },
    /// A chat is gone from the list: one that was only asked for, and has now got its own id; one that this person does not
    /// want to be in; a dialog that goes on in another one with the same person.
    ChatGone {
        id: String,
        goes_on_in: Option<String>,
    },
    Timeline {
        timeline: u32,
        ops: Vec<TimelineOp>,
        /// As it is now: a long window lets go of what is far from where the person looks.
        more_before: bool,
        more_after: bool,
    },
    /// Something else is known of a person than before: their name, their picture, their card.
    Person {
        user: String,
    },
    Sync {
        status: SyncStatus,
    },
    /// The person wants to see this account, and in it this chat at this message: they pressed its notification. Null: only
    /// the account.
    Open {
        at: Option<OpenAt>,
    },
    /// The account was locked: whatever a page still holds of it is to go.
    Locked,
    /// Its passphrase was given, perhaps in another window.
    Unlocked,
    /// It was taken off the window.
    Removed,
    /// The window of this page is to be closed: the page stores what is not stored yet, and says when it is done.
    Close,
    /// What is unread in all chats together.
    Totals {
        totals: Totals,
    },
    /// How far a long piece of work has come; at `done` = `all` it ends soon. Once a percent.
    Work {
        work: Work,
        done: u32,
        all: u32,
    },
}
