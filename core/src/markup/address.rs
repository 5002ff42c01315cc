//! What in a message may be opened: addresses in running text, and the targets of written links.
//!
//! A target is allowed by how it begins, never forbidden by how it looks: `http`, `https`, `mailto`, and our own
//! `beseda`. Everything else stays text, and so does an address with a name before its host
//! (`https://bank.com@example.org`), which only ever deceives. Each text is gone through once.

use std::ops::Range;

/// Longest address, in bytes.
const ADDRESS_BYTES: usize = 2_048;
/// Shortest rest of an address of our own after its first word, in bytes.
const OURS_BYTES: usize = 16;
const OURS: &str = "beseda:";
const MAIL: &str = "mailto:";

/// Endings under which a name without a scheme is taken for an address. Not every one that exists: `main.rs` and
/// `readme.md` are mostly files, and a link to a stranger's site in their place would be a trap.
const ENDINGS: [&str; 29] = [
    "com", "org", "net", "edu", "gov", "info", "dev", "app", "eu", "uk", "de", "fr", "it", "es", "pl", "fi",
    "se", "nl", "ch", "at", "us", "ca", "jp", "ua", "by", "kz", "ru", "su", "рф",
];

/// An address in a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub range: Range<usize>,
    /// What is opened; has a scheme.
    pub url: String,
}

/// The addresses in `text`, in order and apart.
pub(super) fn find(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    if !text.bytes().any(|byte| matches!(byte, b'.' | b':' | b'@')) {
        return found;
    }
    let mut start = 0;
    for (end, c) in text.char_indices().chain([(text.len(), ' ')]) {
        if ends_token(c) {
            in_token(&text[start..end], start, &mut found);
            start = end + c.len_utf8();
        }
    }
    found
}

/// No address goes on after it.
fn ends_token(c: char) -> bool {
    match c {
        '<' | '>' | '"' | '`' | '|' => true,
        c if c.is_ascii() => c.is_ascii_whitespace() || c.is_ascii_control(),
        // Chinese and Japanese set no blanks around addresses, but their own punctuation.
        '、' | '。' | '，' | '！' | '？' | '；' | '：' | '（' | '）' | '「' | '」' | '『' | '』' | '【'
        | '】' | '《' | '》' | '“' | '”' | '«' | '»' | '…' => true,
        c => c.is_whitespace() || is_unseen(c),
    }
}

/// Makes text look like other text: control characters, marks of direction, characters without width.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// `token` has no blanks and stands at `at`.
fn in_token(token: &str, at: usize, found: &mut Vec<Found>) {
    // A mark at the end is punctuation, not part of an address.
    if !token.trim_end_matches(['.', ':', '@']).bytes().any(|byte| matches!(byte, b'.' | b':' | b'@')) {
        return;
    }
    let mut from = 0;
    while let Some(middle) = token[from..].find("://").map(|middle| from + middle) {
        let letters = token[from..middle].bytes().rev().take_while(u8::is_ascii_alphabetic).count();
        let start = middle - letters;
        in_names(&token[from..start], at + from, found);
        let end = start + address_end(&token[start..]);
        if !is_web(&token[start..end]) {
            // The rest belongs to an address that is not opened.
            return;
        }
        found.push(Found { range: at + start..at + end, url: token[start..end].to_owned() });
        from = end;
    }
    in_names(&token[from..], at + from, found);
}

/// Addresses without `://`: our own, of mail, and bare names of hosts.
fn in_names(token: &str, at: usize, found: &mut Vec<Found>) {
    let mut from = 0;
    while from < token.len() {
        let Some(start) = token[from..].find(in_name).map(|start| from + start) else { return };
        let rest = &token[start..];
        let name = &rest[..rest.find(|c| !in_name(c)).unwrap_or(rest.len())];
        let before = token[..start].chars().next_back();
        if let Some(length) = ours(rest) {
            found.push(Found { range: at + start..at + start + length, url: rest[..length].to_owned() });
            from = start + length;
            continue;
        }
        from = start + name.len();
        let trimmed = name.trim_end_matches('.');
        if let Some((_, host)) = trimmed.split_once('@') {
            if is_mail(trimmed) && is_host(host) {
                let scheme = token[..start].len() - MAIL.len().min(start);
                let named = token.get(scheme..start).is_some_and(|word| word.eq_ignore_ascii_case(MAIL));
                let begin = if named { scheme } else { start };
                found.push(Found {
                    range: at + begin..at + start + trimmed.len(),
                    url: format!("{MAIL}{trimmed}"),
                });
            }
        } else if is_host(trimmed) && has_known_ending(trimmed) && !matches!(before, Some('/' | '\\')) {
            let mut end = start + trimmed.len();
            let behind = &token[end..];
            let port = behind.strip_prefix(':').map_or(0, |port| {
                let digits = port.bytes().take_while(u8::is_ascii_digit).count();
                if digits > 0 { 1 + digits } else { 0 }
            });
            if behind[port..].starts_with(['/', '?', '#']) || port > 0 {
                end = start + address_end(&token[start..]);
            }
            if end - start <= ADDRESS_BYTES {
                found.push(Found {
                    range: at + start..at + end,
                    url: format!("https://{}", &token[start..end]),
                });
            }
            from = end.max(from);
        }
    }
}

/// Part of a host or of a mail address.
fn in_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '.' | '_' | '+' | '@')
}

fn is_mail(text: &str) -> bool {
    let mut parts = text.split('@');
    let local = parts.next().unwrap_or_default();
    parts.next().is_some() && parts.next().is_none() && !local.is_empty() && !local.starts_with('.')
}

/// Two labels or more, the last of letters.
fn is_host(name: &str) -> bool {
    let good = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && !label.contains(['_', '+', '@'])
    };
    let ending = name.rsplit('.').next().unwrap_or_default();
    name.len() <= 253
        && name.contains('.')
        && name.split('.').all(good)
        && ending.chars().count() >= 2
        && ending.chars().all(char::is_alphabetic)
}

fn has_known_ending(host: &str) -> bool {
    let ending = host.rsplit('.').next().unwrap_or_default().to_lowercase();
    ENDINGS.contains(&ending.as_str())
}

/// How many bytes of `text`, which begins with an address, belong to it: not the marks of the sentence around it, and
/// not a bracket that was opened before it.
fn address_end(text: &str) -> usize {
    let mut open = Vec::new();
    let mut end = text.len();
    for (i, c) in text.char_indices() {
        match c {
            '(' => open.push(')'),
            '[' => open.push(']'),
            '{' => open.push('}'),
            ')' | ']' | '}' if open.pop() != Some(c) => {
                end = i;
                break;
            }
            _ => {}
        }
    }
    text[..end].trim_end_matches(['.', ',', ':', ';', '!', '?', '*', '\'', '(', '[', '{']).len()
}

/// How many bytes of `text` are an address of our own: `beseda:` + a word + `/` + ids or secrets.
fn ours(text: &str) -> Option<usize> {
    let rest = text.strip_prefix(OURS)?;
    let word = rest.bytes().take_while(u8::is_ascii_lowercase).count();
    let tail = rest[word..].strip_prefix('/').filter(|_| word > 0)?;
    let length = tail
        .bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'/'))
        .count();
    (OURS_BYTES..ADDRESS_BYTES).contains(&length).then_some(OURS.len() + word + 1 + length)
}

/// `http` or `https`, and a host.
fn is_web(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    (scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http"))
        && url.len() <= ADDRESS_BYTES
        && host.starts_with(|c: char| c.is_alphanumeric() || c == '[')
        && !host.contains(['@', '\\'])
}

/// What is opened for the target of a written link; `None` if nothing may be.
pub(super) fn accept(target: &str) -> Option<String> {
    if target.is_empty()
        || target.len() > ADDRESS_BYTES
        || target.contains(|c: char| c.is_whitespace() || is_unseen(c))
    {
        return None;
    }
    let mail = target.get(..MAIL.len()).is_some_and(|start| start.eq_ignore_ascii_case(MAIL));
    if is_web(target) || (mail && is_mail(&target[MAIL.len()..])) || ours(target) == Some(target.len()) {
        return Some(target.to_owned());
    }
    // `[words](example.org)`
    match find(target).as_slice() {
        [one] if one.range == (0..target.len()) => Some(one.url.clone()),
        _ => None,
    }
}

/// Whose address it is: what must be alike in a link and in words that look like one.
pub(super) fn owner(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default().to_lowercase();
    host.strip_prefix("www.").map_or(host.clone(), str::to_owned)
}
