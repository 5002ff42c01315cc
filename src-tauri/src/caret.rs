//! The caret of a field blinks until the keyboard has rested for a while, as in every field of GTK. WebKitGTK knows only
//! whether carets blink at all, and how fast: its own would go on for ever, and draw the page anew twice a second while nobody
//! is there.

use std::{
    cell::{Cell, OnceCell},
    rc::Rc,
    time::{Duration, Instant},
};

use gtk::prelude::*;

thread_local! {
    /// The setting is one for all windows; they are all of this thread.
    static CARET: OnceCell<Option<Rc<Caret>>> = const { OnceCell::new() };
}

/// How long a caret that rests stays as it is, in milliseconds.
///
/// HAZARD: where carets do not blink at all, WebKitGTK asks for a frame after the other as long as one is shown.
const FOR_EVER: i32 = i32::MAX;

struct Caret {
    settings: gtk::Settings,
    /// How long it takes to go out and come back, in milliseconds.
    usual: i32,
    /// How long it blinks after a key.
    blinks: Duration,
    key: Cell<Instant>,
    blinking: Cell<bool>,
}

impl Caret {
    /// None where the person wants no caret to blink.
    fn new() -> Option<Rc<Self>> {
        let settings = gtk::Settings::default().filter(gtk::Settings::is_gtk_cursor_blink)?;
        let usual = settings.gtk_cursor_blink_time();
        let blinks = Duration::from_secs(u64::try_from(settings.gtk_cursor_blink_timeout()).ok()?.max(1));
        let blinks = shown_after(blinks, Duration::from_millis(u64::try_from(usual).ok()?.max(1)));
        Some(Rc::new(Self {
            settings,
            usual,
            blinks,
            key: Cell::new(Instant::now()),
            blinking: Cell::new(false),
        }))
    }

    fn touched(self: &Rc<Self>) {
        self.key.set(Instant::now());
        if self.blinking.replace(true) {
            return;
        }
        self.settings.set_gtk_cursor_blink_time(self.usual);
        Rc::clone(self).rest_in(self.blinks);
    }

    fn rest_in(self: Rc<Self>, wait: Duration) {
        glib::timeout_add_local_once(wait, move || {
            let left = self.blinks.saturating_sub(self.key.get().elapsed());
            if left.is_zero() {
                self.blinking.set(false);
                self.settings.set_gtk_cursor_blink_time(FOR_EVER);
            } else {
                self.rest_in(left);
            }
        });
    }
}

/// About `blinks` after a key, when a caret that goes out and comes back once in `usual` is shown. Each time it is some
/// milliseconds late, by a third of its time at most when that has added up. Pure.
fn shown_after(blinks: Duration, usual: Duration) -> Duration {
    let times = u32::try_from(blinks.as_millis() / usual.as_millis()).unwrap_or(u32::MAX);
    usual * times + usual * 7 / 20
}

/// From now on the caret in `window` rests when its keyboard does.
///
/// # Errors
/// When the window is gone already.
pub fn rest(window: &tauri::WebviewWindow) -> tauri::Result<()> {
    window.with_webview(|webview| {
        let Some(caret) = CARET.with(|caret| caret.get_or_init(Caret::new).clone()) else { return };
        caret.touched();
        let page = webview.inner();
        let of_keys = Rc::clone(&caret);
        page.connect_key_press_event(move |_, _| {
            of_keys.touched();
            glib::Propagation::Proceed
        });
        page.connect_focus_in_event(move |_, _| {
            caret.touched();
            glib::Propagation::Proceed
        });
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caret_rests_while_it_is_shown() {
        let (ten, usual) = (Duration::from_secs(10), Duration::from_millis(1200));
        // Shown from 9.6 s on, or up to 0.26 s later, for 0.6 s.
        let rests = shown_after(ten, usual).as_millis();
        assert!((9_860..10_200).contains(&rests), "{rests}");
        assert_eq!(shown_after(Duration::from_secs(1), usual), Duration::from_millis(420));
    }
}
