//! The text before the parser sees it: is there anything to parse, and what looks like markup without being meant so.
//!
//! What must reach the screen as it stands is hidden from the parser: each of its ASCII punctuation marks becomes a
//! stand-in, and [`reveal`] turns them back wherever text leaves the parser. The stand-ins are Unicode's
//! noncharacters U+FDD0..=U+FDEF, as many as there are such marks; they are never part of a real text, and a text that
//! has them nevertheless is not parsed at all.

use std::{borrow::Cow, ops::Range};

const FIRST: u32 = 0xFDD0;
const MARKS: &[u8; 32] = b"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

/// Nothing in `text` can be markup (links and mentions are not), so parsing it would only cost time. May say no to a
/// text without markup, never yes to one with it.
pub(super) fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (mut stars, mut lows, mut ticks, mut tildes, mut bars) = (0, 0, 0, 0, 0);
    let mut line_start = true;
    for (i, &byte) in bytes.iter().enumerate() {
        let next = || bytes.get(i + 1).copied().unwrap_or(b'\n');
        if line_start && byte != b' ' && byte != b'\t' {
            line_start = false;
            if begins_block(&bytes[i..]) {
                return false;
            }
        }
        match byte {
            b'\n' => line_start = true,
            // Line ends are made alike on the way to the parser, so this is one.
            b'\r' => return false,
            b'*' => stars += 1,
            b'_' => lows += 1,
            b'`' => ticks += 1,
            b'~' => tildes += 1,
            b'|' => bars += 1,
            b']' if next() == b'(' => return false,
            b'\\' if next() == b'\n' || next().is_ascii_punctuation() => return false,
            // An address in angle brackets loses them.
            b'<' if next().is_ascii_alphabetic() => return false,
            _ => {}
        }
    }
    stars < 2 && lows < 2 && ticks < 2 && tildes < 3 && bars < 4
}

/// `line`, which begins with something, may begin a quote, a heading or an item of a list.
fn begins_block(line: &[u8]) -> bool {
    let blank = |at: usize| line.get(at).is_none_or(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
    match line[0] {
        b'>' | b'-' | b'+' | b'*' => blank(1),
        b'#' => blank(line.iter().take_while(|&&byte| byte == b'#').count()),
        b'0'..=b'9' => {
            let digits = line.iter().take(10).take_while(|byte| byte.is_ascii_digit()).count();
            matches!(line.get(digits), Some(b'.' | b')')) && blank(digits + 1)
        }
        _ => false,
    }
}

/// What the parser is given for `text`; `None` where the text itself has stand-ins. `whole` are the places of links
/// and mentions, sorted and apart: inside them nothing is markup.
pub(super) fn hide(text: &str, whole: &[Range<usize>]) -> Option<String> {
    if text.contains(is_stand_in) {
        return None;
    }
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len() + 32);
    let mut whole = whole.iter().peekable();
    // Up to here the text has been copied.
    let mut copied = 0;
    let mut i = 0;
    while i < bytes.len() {
        let byte = bytes[i];
        if !byte.is_ascii_punctuation() {
            i += 1;
            continue;
        }
        while whole.next_if(|range| range.end <= i).is_some() {}
        let inside = whole.peek().is_some_and(|range| range.start <= i);
        let hidden = match byte {
            b'*' | b'_' | b'~' | b'`' | b'|' | b'[' | b']' | b'\\' => inside,
            // No entities and no HTML.
            b'&' | b'<' => true,
            // No definitions of references: they would vanish from the screen.
            b':' => i > 0 && bytes[i - 1] == b']',
            _ => false,
        };
        if hidden {
            out.push_str(&text[copied..i]);
            out.push(stand_in(byte));
            copied = i + 1;
        } else if byte == b'\\'
            && bytes.get(i + 1).is_some_and(|next| next.is_ascii_punctuation() && *next != b'&')
        {
            // An escaped mark is the parser's to unescape.
            i += 1;
        }
        i += 1;
    }
    out.push_str(&text[copied..]);
    Some(out)
}

fn stand_in(mark: u8) -> char {
    let index = MARKS.iter().position(|&one| one == mark).unwrap_or_default();
    char::from_u32(FIRST + u32::try_from(index).unwrap_or_default()).unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn is_stand_in(c: char) -> bool {
    (FIRST..FIRST + 32).contains(&u32::from(c))
}

/// `text` with its stand-ins turned back.
pub(super) fn reveal(text: &str) -> Cow<'_, str> {
    if !text.contains(is_stand_in) {
        return Cow::Borrowed(text);
    }
    let mark = |c: char| MARKS[(c as u32 - FIRST) as usize] as char;
    Cow::Owned(text.chars().map(|c| if is_stand_in(c) { mark(c) } else { c }).collect())
}

/// The lines as the parser should see them. People write what CommonMark reads otherwise: code may end in the middle of
/// a line (```` ```let a = 1;⏎let b = 2;``` ````) and gets a line for its fence; a line right behind a list is not
/// part of the last item, and gets a blank line before it.
pub(super) fn lines_apart(text: &str) -> Cow<'_, str> {
    let text = if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    };
    let mut out = String::with_capacity(text.len() + 8);
    // Mark and length of the fence that is open.
    let mut open: Option<(char, usize)> = None;
    let mut before = Line::Blank;
    for line in text.split_inclusive('\n') {
        let body = line.trim_end();
        let inner = body.trim_start_matches(' ');
        let fence = fence(inner).filter(|_| body.len() - inner.len() <= 3);
        match (open, fence) {
            (None, Some((mark, length))) if mark == '~' || !inner[length..].contains('`') => {
                open = Some((mark, length));
                before = Line::Other;
            }
            (None, _) => {
                let now = kind_of(body, before);
                let behind_item = before == Line::Item && now == Line::Other;
                let indented = body.starts_with([' ', '\t']);
                if behind_item && !indented {
                    out.push('\n');
                }
                before = if behind_item && indented { Line::Item } else { now };
            }
            (Some((mark, length)), Some((same, end)))
                if same == mark && end >= length && inner.len() == end =>
            {
                open = None;
            }
            (Some(('`', length)), _) if body.len() - body.trim_end_matches('`').len() >= length => {
                let code = body.trim_end_matches('`');
                out.push_str(code);
                out.push('\n');
                out.push_str(&line[code.len()..]);
                open = None;
                continue;
            }
            _ => {}
        }
        out.push_str(line);
    }
    Cow::Owned(out)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    Blank,
    /// Begins an item of a list, or goes on with one.
    Item,
    Other,
}

fn kind_of(line: &str, before: Line) -> Line {
    let inner = line.trim_start();
    if inner.is_empty() {
        return Line::Blank;
    }
    // Under a line of text only a bullet or a 1 with something behind it begins a list.
    let one = inner.starts_with("1.")
        || inner.starts_with("1)")
        || !inner.starts_with(|c: char| c.is_ascii_digit());
    let item = begins_block(inner.as_bytes())
        && !inner.starts_with(['#', '>'])
        && (before != Line::Other || (one && inner.contains([' ', '\t'])));
    if item { Line::Item } else { Line::Other }
}

/// Mark and length of the fence that `line` begins with.
fn fence(line: &str) -> Option<(char, usize)> {
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = line.len() - line.trim_start_matches(mark).len();
    (length >= 3).then_some((mark, length))
}
