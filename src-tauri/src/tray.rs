//! The icon in the tray: how much is unread, and the way back to a window that is closed to it.
//!
//! Where no tray is there, or it goes, the window is shown and closes for good. Where the system is not Linux there is none
//! yet.

#[cfg(target_os = "linux")]
mod badge;
#[cfg(target_os = "linux")]
mod status_notifier;

use tauri::AppHandle;

/// Shows the icon from now on, whenever there is a tray.
pub fn start(app: &AppHandle) {
    #[cfg(target_os = "linux")]
    tauri::async_runtime::spawn(status_notifier::run(app.clone()));
    #[cfg(not(target_os = "linux"))]
    let _ = app;
}
