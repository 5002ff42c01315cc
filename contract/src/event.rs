//! What the core tells a screen without being asked. Events arrive in batches, in order.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::view::{ChatRow, SyncStatus, TimelineOp};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// A chat is new or its line changed.
    Chat {
        row: ChatRow,
    },
    /// A chat is gone from the list (one that was only asked for, and has now got its own id).
    ChatGone {
        id: String,
    },
    Timeline {
        timeline: u32,
        ops: Vec<TimelineOp>,
    },
    Sync {
        status: SyncStatus,
    },
}
