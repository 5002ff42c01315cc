//! The page runs in a process of its own. When that dies, the page is loaded anew; the core and all that it holds live in
//! this process and notice nothing.
//!
//! Only WebKitGTK tells of it in a way Tauri passes on; on other systems a dead page stays until the window is closed.

use std::time::{Duration, Instant};

/// As many deaths in [`WITHIN`] are taken for accidents.
const AT_ONCE: usize = 3;
const WITHIN: Duration = Duration::from_secs(60);
/// A page that dies of what it shows must not keep the machine busy with it.
const LATER: Duration = Duration::from_secs(15);

/// When the page died, the last few times.
#[derive(Default)]
struct Deaths(Vec<Instant>);

impl Deaths {
    /// It died at `now`: how long to wait before it is loaded anew.
    fn wait(&mut self, now: Instant) -> Duration {
        self.0.retain(|then| now.saturating_duration_since(*then) < WITHIN);
        self.0.push(now);
        if self.0.len() <= AT_ONCE { Duration::ZERO } else { LATER }
    }
}

/// From now on a page of `window` that dies is loaded anew.
///
/// # Errors
/// When the window is gone already.
#[cfg(target_os = "linux")]
pub fn reload_after(window: &tauri::WebviewWindow) -> tauri::Result<()> {
    use std::cell::RefCell;

    use webkit2gtk::{WebViewExt as _, glib};

    window.with_webview(|webview| {
        let deaths = RefCell::new(Deaths::default());
        webview.inner().connect_web_process_terminated(move |page, reason| {
            let wait = deaths.borrow_mut().wait(Instant::now());
            tracing::error!(?reason, wait = wait.as_secs(), "the page has died and is loaded anew");
            let page = page.clone();
            glib::timeout_add_local_once(wait, move || page.reload());
        });
    })
}

#[cfg(not(target_os = "linux"))]
pub fn reload_after(_: &tauri::WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_keeps_dying_is_waits_and_one_that_died_long_ago_does_not() {
        let mut deaths = Deaths::default();
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let waits: Vec<_> = [0, 1, 2, 3, 70].map(|seconds| deaths.wait(at(seconds)).as_secs()).into();
        assert_eq!(waits, [0, 0, 0, 15, 0]);
    }
}
