//! What a person wants to be told of outside the window.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Of which messages of a chat the person is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NoticeLevel {
    All,
    /// Those that name this person or everyone, or answer this person.
    Mentions,
    Nothing,
}

/// What may be seen in a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NoticeShows {
    /// Who says it where, and what.
    Text,
    /// Who says it where.
    Sender,
    /// That something was said.
    Nothing,
}

/// How this device tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct NoticeSettings {
    pub enabled: bool,
    pub shows: NoticeShows,
    pub sound: bool,
    /// Minutes after midnight, 0 to 1439, between which nothing is told every day; the same: there are no such hours.
    pub quiet_from: u16,
    pub quiet_to: u16,
    /// Nothing is told until then; 0: no such time.
    #[ts(type = "number")]
    pub quiet_until: i64,
}
