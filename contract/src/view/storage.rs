//! What takes room on the disk, whether all of it is whole, and how far a long piece of work has come.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum StoragePart {
    /// What was said, as screens read it.
    Messages,
    /// What was said, as it was signed.
    Changes,
    Search,
    /// What is made anew when it is needed.
    Documents,
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PartSize {
    pub part: StoragePart,
    #[ts(type = "number")]
    pub bytes: u64,
}

/// Sizes in bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Storage {
    /// Each once.
    pub parts: Vec<PartSize>,
    /// The database, and the log beside it.
    #[ts(type = "number")]
    pub file: u64,
    #[ts(type = "number")]
    pub log: u64,
    /// What clearing gives back: nothing that was said.
    #[ts(type = "number")]
    pub clearable: u64,
    #[ts(type = "number")]
    pub chats: u64,
    #[ts(type = "number")]
    pub messages: u64,
    #[ts(type = "number")]
    pub changes: u64,
}

/// What the doctor looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ProfileCheck {
    Pages,
    Database,
    Changes,
    Documents,
    Projection,
    Index,
}

/// Words for a report, of no message's content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Finding {
    /// Id, where it belongs to one chat that is there.
    pub chat: Option<String>,
    pub what: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CheckRow {
    pub check: ProfileCheck,
    /// Pages, rows, changes, documents or messages, as the check may be.
    #[ts(type = "number")]
    pub looked_at: u64,
    /// At most 20; none: all is well.
    pub findings: Vec<Finding>,
    /// Findings beyond those.
    pub more: u32,
}

/// What takes a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// Chats are made anew by the rules of this version, before the account opens.
    Opening,
    Examining,
    /// Everything that follows from the changes is made anew.
    Rebuilding,
    /// A bundle is written.
    Exporting,
    /// A bundle is taken in.
    Importing,
}
