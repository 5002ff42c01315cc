//! The window and the session around it. The shell answers for it, not an account.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SystemSettings {
    /// Whether the session starts the app.
    pub autostart: bool,
    /// Keys that show the window from anywhere, as `Control+Alt+KeyB`: modifiers, then the code of a key.
    pub shortcut: Option<String>,
    /// False where the session gives no program keys that are pressed elsewhere.
    pub shortcut_possible: bool,
}
