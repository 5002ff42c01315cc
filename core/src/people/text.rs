//! Lines of text about people: names, usernames, addresses. What one's own may be, and what of others' is shown.

use beseda_protocol::limits;

use crate::error::{Error, Result};

/// Longest e-mail address, in bytes.
pub const EMAIL_BYTES: usize = 254;
/// Longest telephone number with its blanks and dashes, in bytes.
pub const MOBILE_BYTES: usize = 32;

/// Characters that are not seen, or that turn the direction of what stands around them: nothing of a name.
fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// A name as it may be shown: one line, not empty, not too long, without what deceives the eye.
#[must_use]
pub fn clean_name(name: &str) -> Option<String> {
    let seen: String = name.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    let seen: String = seen.chars().filter(|c| !is_deceptive(*c)).collect();
    let line = seen.split_whitespace().collect::<Vec<_>>().join(" ");
    let name: String = line.chars().take(limits::TITLE_CHARS).collect();
    (!name.is_empty()).then_some(name)
}

/// The same where there may be none.
#[must_use]
pub fn clean(name: &str) -> String {
    clean_name(name).unwrap_or_default()
}

/// A text of several lines as it may be shown.
#[must_use]
pub fn clean_text(text: &str) -> String {
    text.chars().filter(|c| *c == '\n' || !is_deceptive(*c)).collect::<String>().trim().to_owned()
}

/// A line of one's own: what is refused here others would not be shown.
///
/// # Errors
/// [`Error::BadText`] for what deceives the eye, and for more than 128 characters.
pub fn line(text: &str) -> Result<String> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().any(is_deceptive) {
        return Err(Error::BadText(
            "a name has no control characters, and none that cannot be seen or that turn the text around",
        ));
    }
    if line.chars().count() > limits::TITLE_CHARS {
        return Err(Error::BadText("that is too long: a name has at most 128 characters"));
    }
    Ok(line)
}

/// 3 to 32 of a-z, 0-9, `_` and `.`.
#[must_use]
pub fn is_username(name: &str) -> bool {
    limits::is_username(name)
}

/// # Errors
/// [`Error::BadText`].
pub fn username(text: &str) -> Result<String> {
    let name = text.trim().trim_start_matches('@').to_lowercase();
    if name.is_empty() || is_username(&name) {
        Ok(name)
    } else {
        Err(Error::BadText("a username has 3 to 32 of the letters a to z, digits, _ and ."))
    }
}

/// Lenient: whether mail arrives there only mail can tell.
#[must_use]
pub fn is_email(text: &str) -> bool {
    let odd = |c: char| c.is_whitespace() || is_deceptive(c) || matches!(c, '<' | '>' | ',' | ';');
    text.len() <= EMAIL_BYTES
        && !text.chars().any(odd)
        && text.split_once('@').is_some_and(|(who, at)| {
            !who.is_empty()
                && !at.is_empty()
                && !at.contains('@')
                && !at.starts_with('.')
                && !at.ends_with('.')
        })
}

/// Lenient: digits as people write them.
#[must_use]
pub fn is_mobile(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    text.len() <= MOBILE_BYTES
        && (3..=20).contains(&digits)
        && text.bytes().enumerate().all(|(at, b)| {
            b.is_ascii_digit()
                || matches!(b, b' ' | b'-' | b'(' | b')' | b'.' | b'/')
                || (b == b'+' && at == 0)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_shown_without_what_deceives_the_eye() {
        assert_eq!(clean_name("  Anna \u{202e}\n Karenina\u{200b} "), Some("Anna Karenina".into()));
        assert_eq!(clean_name("Анна 👩‍🚀"), Some("Анна 👩‍🚀".into()), "what joins an emoji stays");
        assert_eq!(clean_name("\u{202e}\u{200b} \u{7}"), None);
        assert_eq!(clean_name(&"ы".repeat(200)).unwrap().chars().count(), 128);
        assert_eq!(clean_text(" one\u{202d}\ntwo\u{0} "), "one\ntwo");
        assert!(line("Anna\u{202e}").is_err() && line(&"a".repeat(129)).is_err());
        assert_eq!(line("  Anna   K ").unwrap(), "Anna K");
    }

    #[test]
    fn usernames_addresses_and_numbers() {
        assert_eq!(username(" @Anna_K.1 ").unwrap(), "anna_k.1");
        for wrong in ["an", "анна", "anna k", "anna-k", &"a".repeat(33)] {
            assert!(username(wrong).is_err(), "{wrong}");
        }
        for right in ["a@b", "анна+x@почта.рф"] {
            assert!(is_email(right), "{right}");
        }
        for wrong in ["", "anna", "@b", "a@", "a b@c", "a@b@c", "a@.b", "<a@b>"] {
            assert!(!is_email(wrong), "{wrong}");
        }
        for right in ["+7 (900) 123-45-67", "112", "030/1234.5"] {
            assert!(is_mobile(right), "{right}");
        }
        for wrong in ["", "12", "7+900123", "+7 900 abc", &"1".repeat(21)] {
            assert!(!is_mobile(wrong), "{wrong}");
        }
    }
}
