//! The font that the desktop is set to, told to the page by its name. `system-ui` means the same, but WebKitGTK looks that
//! up twice as long in each size and weight: 40 ms of a start.

use std::sync::OnceLock;

use gtk::{pango::FontDescription, prelude::*};

/// What GTK calls the fonts that the system has for all: the page's own list leads to them.
const ANY: &str = "Sans";

static SCRIPT: OnceLock<Option<String>> = OnceLock::new();

/// Asks the desktop, once. To be called on the main thread: GTK panics on others, and windows are opened on those too.
pub fn ask() {
    SCRIPT.get_or_init(desktop);
}

/// Tells a page of the desktop's font before it is laid out. None where the desktop names none, or was not asked.
pub fn script() -> Option<&'static str> {
    SCRIPT.get()?.as_deref()
}

fn desktop() -> Option<String> {
    let name = gtk::Settings::default()?.gtk_font_name()?;
    let family = in_css(FontDescription::from_string(&name).family()?.as_str())?;
    let value = serde_json::Value::from(family);
    Some(format!("document.documentElement?.style.setProperty('--font-of-desktop', {value});"))
}

/// A family as CSS names it. None for what no font is called.
fn in_css(family: &str) -> Option<String> {
    let any = family.eq_ignore_ascii_case(ANY) || family.eq_ignore_ascii_case("sans-serif");
    let plain = |letter: char| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_' | '.' | '+');
    (!any && !family.is_empty() && family.chars().all(plain)).then(|| format!("'{family}'"))
}

#[cfg(test)]
mod tests {
    use super::in_css;

    #[test]
    fn a_font_has_its_name_between_quotes_and_what_is_no_name_is_left_out() {
        assert_eq!(in_css("Noto Sans").as_deref(), Some("'Noto Sans'"));
        assert_eq!(in_css("思源黑體").as_deref(), Some("'思源黑體'"));
        for bad in ["", "Sans", "A'; --font: x", "a\\b", "Cantarell,Sans", "a\nb"] {
            assert_eq!(in_css(bad), None, "{bad:?}");
        }
    }
}
