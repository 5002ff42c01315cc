//! The caret of a field blinks until the keyboard has rested for a while, as in every field of GTK. WebKitGTK knows only
//! whether carets blink at all: its own would go on for ever, and draw the page anew twice a second while nobody is there.

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

struct Caret {
    settings: gtk::Settings,
    /// How long it blinks after a key.
    blinks: Duration,
    key: Cell<Instant>,
    blinking: Cell<bool>,
}

impl Caret {
    /// None where the person wants no caret to blink.
    fn new() -> Option<Rc<Self>> {
        let settings = gtk::Settings::default().filter(gtk::Settings::is_gtk_cursor_blink)?;
        let blinks = Duration::from_secs(u64::try_from(settings.gtk_cursor_blink_timeout()).ok()?.max(1));
        Some(Rc::new(Self { settings, blinks, key: Cell::new(Instant::now()), blinking: Cell::new(false) }))
    }

    fn touched(self: &Rc<Self>) {
        self.key.set(Instant::now());
        if self.blinking.replace(true) {
            return;
        }
        self.settings.set_gtk_cursor_blink(true);
        Rc::clone(self).rest_in(self.blinks);
    }

    fn rest_in(self: Rc<Self>, wait: Duration) {
        glib::timeout_add_local_once(wait, move || {
            let left = self.blinks.saturating_sub(self.key.get().elapsed());
            if left.is_zero() {
                self.blinking.set(false);
                self.settings.set_gtk_cursor_blink(false);
            } else {
                self.rest_in(left);
            }
        });
    }
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
