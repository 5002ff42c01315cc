//! The main window: how it opens, comes to the front and closes. What the pages of all windows have in common is here too.
//!
//! Not here: chats in windows of their own (`chat_windows`).

use std::{sync::Arc, time::Duration};

use beseda_contract::{
    OpenAt,
    accounts::{AccountId, Accounts},
};
use tauri::{
    AppHandle, Manager as _, RunEvent, Runtime, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
    WindowEvent, Wry, plugin::TauriPlugin,
};
use tauri_plugin_window_state::StateFlags;

#[cfg(target_os = "macos")]
use crate::{arguments, links::Links};
use crate::{
    bridge::Pages,
    chat_windows::{self, ChatWindows},
    crash, notify,
    profile::Profile,
};

/// The label of the main window.
pub const MAIN: &str = "main";
const SIZE: (f64, f64) = (1100.0, 760.0);
const MIN_SIZE: (f64, f64) = (420.0, 560.0);
/// What was said is on disk already: a close that hangs is not worth waiting for longer.
const CLOSE_WITHIN: Duration = Duration::from_secs(8);

/// Opens the window of `profile`; minimised when nobody waits for it.
///
/// # Errors
/// When the webview cannot be made.
pub fn open(app: &AppHandle, profile: &Profile, background: bool) -> tauri::Result<()> {
    let window = page(app, profile, MAIN, WebviewUrl::default())
        .title(profile.title(0))
        .inner_size(SIZE.0, SIZE.1)
        .min_inner_size(MIN_SIZE.0, MIN_SIZE.1)
        .center()
        .build()?;
    attend(&window)?;
    if background {
        window.minimize()?;
    }
    Ok(())
}

/// What is to be seen to in every window, from its making on.
///
/// # Errors
/// When it is gone already.
pub fn attend(window: &WebviewWindow) -> tauri::Result<()> {
    crash::reload_after(window)?;
    #[cfg(target_os = "linux")]
    crate::first_draw::wait(window)?;
    // Only WebKitGTK's would blink for ever.
    #[cfg(target_os = "linux")]
    crate::caret::rest(window)?;
    Ok(())
}

/// A window with a page of the app in it, as every window has one.
pub fn page<'a>(
    app: &'a AppHandle,
    profile: &Profile,
    label: &str,
    page: WebviewUrl,
) -> WebviewWindowBuilder<'a, Wry, AppHandle> {
    let window = WebviewWindowBuilder::new(app, label, page)
        // A release build has no inspector: what one pastes into it at a stranger's bidding would read everything.
        .devtools(cfg!(debug_assertions))
        .on_navigation(is_ours);
    #[cfg(target_os = "linux")]
    let window = match crate::font::script() {
        Some(script) => window.initialization_script(script),
        None => window,
    };
    match profile.window_state() {
        Some(dir) => window.data_directory(dir),
        // A profile that cannot be written: the page still has to say so.
        None => window.incognito(true),
    }
}

pub fn is_main(label: &str) -> bool {
    label == MAIN
}

/// Keeps size and place of each window in the profile. None where that cannot be written.
pub fn remember_place<R: Runtime>(profile: &Profile) -> Option<TauriPlugin<R>> {
    let file = profile.window_state()?.join("place.json");
    let file = file.to_str()?.to_owned();
    // Not whether it is shown: it always is when somebody starts the program.
    let kept = StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED | StateFlags::FULLSCREEN;
    Some(tauri_plugin_window_state::Builder::new().with_filename(file).with_state_flags(kept).build())
}

/// What is unread in all accounts stands in the title from now on, and on the window's icon where the desktop shows it.
pub fn count_unread(app: &AppHandle, profile: Profile) {
    let app = app.clone();
    let mut totals = app.state::<Arc<Accounts>>().totals();
    tauri::async_runtime::spawn(async move {
        while totals.changed().await.is_ok() {
            let unread = totals.borrow_and_update().unread;
            let title = profile.title(unread);
            let Some(window) = app.get_webview_window(MAIN) else { return };
            if let Err(error) = window.set_title(&title) {
                tracing::warn!(%error, "the title of the window stays as it was");
            }
            if let Err(error) = window.set_badge_count((unread > 0).then_some(i64::from(unread))) {
                tracing::debug!(%error, "the window's icon shows no count");
            }
        }
    });
}

/// A link in a message opens in the browser, through the opener; the window itself never leaves the app's own page.
fn is_ours(url: &Url) -> bool {
    url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost") || url.as_str() == "about:blank"
}

/// Takes the person to an account, and to a chat in it: in the window that shows the chat alone, or in the main one.
pub fn take_to(app: &AppHandle, account: &AccountId, at: Option<OpenAt>) {
    let label = app.state::<ChatWindows>().taker(account, at.as_ref());
    app.state::<Arc<Accounts>>().open(account, at);
    bring_to_front(app, &label);
}

pub fn bring_to_front(app: &AppHandle, label: &str) {
    let Some(window) = app.get_webview_window(label) else { return };
    let shown = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
    if let Err(error) = shown {
        tracing::warn!(%error, "the window does not come to the front");
    }
}

/// A window that is closed to a tray which is there no more.
pub fn show_if_hidden(app: &AppHandle) {
    if app.get_webview_window(MAIN).is_some_and(|window| window.is_visible().is_ok_and(|visible| !visible)) {
        bring_to_front(app, MAIN);
    }
}

pub fn on_run_event(app: &AppHandle, event: RunEvent) {
    // Elsewhere a link comes among the arguments.
    #[cfg(target_os = "macos")]
    if let RunEvent::Opened { urls } = &event {
        for url in urls.iter().filter(|url| arguments::is_link(url.as_str())) {
            app.state::<Links>().offer(url.as_str());
        }
        bring_to_front(app, MAIN);
    }
    let RunEvent::WindowEvent { label, event, .. } = event else { return };
    match event {
        WindowEvent::CloseRequested { api, .. } => {
            api.prevent_close();
            if !is_main(&label) {
                chat_windows::close(app, &label);
            } else if app.state::<Arc<Accounts>>().closes_to_tray() {
                hide(app, &label);
            } else {
                quit(app);
            }
        }
        WindowEvent::Destroyed => {
            app.state::<ChatWindows>().forget(&label);
            app.state::<Pages>().end(&label);
        }
        _ => {}
    }
}

fn hide(app: &AppHandle, label: &str) {
    if let Some(window) = app.get_webview_window(label) {
        let _ = window.hide();
    }
}

/// Gone for the person at once; the process follows when the database is closed.
pub fn quit(app: &AppHandle) {
    for label in app.webview_windows().keys() {
        hide(app, label);
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move { close(&app).await });
}

/// SIGTERM and SIGINT close as the window's button does.
pub fn close_on_signals(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        match stopped().await {
            Ok(()) => close(&app).await,
            Err(error) => tracing::warn!(%error, "signals cannot be caught"),
        }
    });
}

#[cfg(unix)]
async fn stopped() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

#[cfg(not(unix))]
async fn stopped() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}

async fn close(app: &AppHandle) {
    if tokio::time::timeout(CLOSE_WITHIN, app.state::<Arc<Accounts>>().close()).await.is_err() {
        tracing::warn!("the app did not close in time; nothing is lost by ending now");
    }
    notify::finish(app).await;
    app.exit(0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_stays_on_its_own_page() {
        let ours = |url: &str| is_ours(&url.parse().unwrap());
        assert!(ours("tauri://localhost/index.html"));
        assert!(ours("http://tauri.localhost/"));
        assert!(!ours("https://example.org/tauri.localhost"));
        assert!(!ours("http://localhost:5173/"));
        assert!(!ours("file:///etc/passwd"));
    }
}
