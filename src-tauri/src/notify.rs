//! Notifications of the system: the accounts say what to show and what to take away, and what a person presses goes back
//! to them.
//!
//! Not here: what is told, and when (`beseda-core`, `notices`). Where the system is not Linux nothing is shown yet.

#[cfg(target_os = "linux")]
mod freedesktop;
mod wording;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use beseda_contract::accounts::Accounts;
use tauri::{AppHandle, Manager as _, async_runtime::JoinHandle};
use tokio::sync::Notify;

/// A server that hangs is not worth waiting for when the app ends.
const TAKEN_AWAY_WITHIN: Duration = Duration::from_secs(1);

/// The task that shows notifications, until [`finish`].
#[derive(Default)]
pub struct Notifier {
    stop: Arc<Notify>,
    task: Mutex<Option<JoinHandle<()>>>,
}

/// Shows what the accounts tell from now on.
pub fn start(app: &AppHandle) {
    let notices = app.state::<Arc<Accounts>>().notices();
    let notifier = app.state::<Notifier>();
    #[cfg(target_os = "linux")]
    let task = freedesktop::run(app.clone(), notices, Arc::clone(&notifier.stop));
    #[cfg(not(target_os = "linux"))]
    let task = async move { drop(notices) };
    let task = tauri::async_runtime::spawn(task);
    *notifier.task.lock().unwrap_or_else(PoisonError::into_inner) = Some(task);
}

/// Does what the accounts still say, now that they are closed: nothing stays on screen that leads nowhere.
pub async fn finish(app: &AppHandle) {
    let notifier = app.state::<Notifier>();
    let task = notifier.task.lock().unwrap_or_else(PoisonError::into_inner).take();
    notifier.stop.notify_one();
    if let Some(task) = task
        && tokio::time::timeout(TAKEN_AWAY_WITHIN, task).await.is_err()
    {
        tracing::info!("notifications may stay on screen: their server does not answer");
    }
}
