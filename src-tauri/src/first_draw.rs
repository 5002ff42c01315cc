//! A page is put into its window when all of it is loaded. WebKitGTK waits, in the thread of all windows, up to half a second
//! for what it shall draw; the page draws nothing before its scripts have come, and it is this thread that brings them.
//!
//! Not here: what the page shows until the account is open, which is the page's own.

use gtk::prelude::*;
use webkit2gtk::{LoadEvent, WebViewExt as _};

/// Until the page of `window` is loaded, the window is drawn without it.
///
/// # Errors
/// When the window is gone already.
pub fn wait(window: &tauri::WebviewWindow) -> tauri::Result<()> {
    window.with_webview(|webview| {
        let page = webview.inner();
        // One that is there already would tell of nothing any more.
        if !page.is_loading() {
            return;
        }
        page.hide();
        page.connect_load_changed(|page, event| {
            if event != LoadEvent::Finished || page.is_visible() {
                return;
            }
            page.show();
            // Hidden, it could not take the keyboard.
            page.grab_focus();
        });
    })
}
