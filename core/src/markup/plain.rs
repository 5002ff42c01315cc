//! A message without its markup: for search, quotes, the chat list and notifications.

use std::{borrow::Cow, fmt::Write as _};

use unicode_segmentation::UnicodeSegmentation;

use super::{Block, Inline, MAX_LINKS, Markup, parse, source};

/// What stands for a spoiler where it must not be seen. Its length says nothing.
const VEIL: &str = "▒▒▒";

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// All that can be found by searching: spoilers, and addresses behind words.
    Whole,
    /// What may be seen at a glance.
    Line,
}

/// The text that is searched and quoted: without markup, with what spoilers hide, and with the addresses that stand
/// behind words. Borrowed where there is no markup.
#[must_use]
pub fn plain(text: &str) -> Cow<'_, str> {
    if source::is_plain(text) { Cow::Borrowed(text) } else { Cow::Owned(parse(text, &[]).plain()) }
}

/// One line of at most `max_chars` characters (as people count them) that may be seen at a glance: spoilers are
/// veiled. Cut off with `…`.
#[must_use]
pub fn excerpt(text: &str, max_chars: usize) -> String {
    if source::is_plain(text) {
        return one_line(text, max_chars);
    }
    let mut out = String::new();
    write_blocks(&parse(text, &[]).blocks, Form::Line, &mut out);
    one_line(&out, max_chars)
}

/// The web addresses in a message, each once, the first [`MAX_LINKS`].
#[must_use]
pub fn links(markup: &Markup) -> Vec<String> {
    fn of_inlines(inlines: &[Inline], found: &mut Vec<String>) {
        for inline in inlines {
            match inline {
                Inline::Link { url, .. } => {
                    let web = url.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("http"));
                    if web && found.len() < MAX_LINKS && !found.contains(url) {
                        found.push(url.clone());
                    }
                }
                Inline::Bold(inner)
                | Inline::Italic(inner)
                | Inline::Strike(inner)
                | Inline::Spoiler(inner) => {
                    of_inlines(inner, found);
                }
                Inline::Text(_) | Inline::Code(_) | Inline::Mention { .. } | Inline::Break => {}
            }
        }
    }
    fn of_blocks(blocks: &[Block], found: &mut Vec<String>) {
        for block in blocks {
            match block {
                Block::Paragraph(inlines) => of_inlines(inlines, found),
                Block::Quote(blocks) => of_blocks(blocks, found),
                Block::List { items, .. } => items.iter().for_each(|item| of_blocks(item, found)),
                Block::Code { .. } => {}
            }
        }
    }
    let mut found = Vec::new();
    of_blocks(&markup.blocks, &mut found);
    found
}

impl Markup {
    /// As [`plain`], of a tree that is at hand.
    #[must_use]
    pub fn plain(&self) -> String {
        let mut out = String::new();
        write_blocks(&self.blocks, Form::Whole, &mut out);
        out
    }
}

fn write_blocks(blocks: &[Block], form: Form, out: &mut String) {
    let mut before: Option<&Block> = None;
    for block in blocks {
        match (before, block) {
            (None, _) => {}
            (Some(Block::Paragraph(_)), Block::Paragraph(_)) => out.push_str("\n\n"),
            _ => out.push('\n'),
        }
        before = Some(block);
        match block {
            Block::Paragraph(inlines) => write_inlines(inlines, form, out),
            Block::Quote(blocks) => write_blocks(blocks, form, out),
            Block::List { ordered, items } => {
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        out.push('\n');
                    }
                    match ordered {
                        Some(first) => {
                            let _ = write!(out, "{}. ", *first as usize + i);
                        }
                        None => out.push_str("• "),
                    }
                    write_blocks(item, form, out);
                }
            }
            Block::Code { text, .. } => out.push_str(text),
        }
    }
}

pub(super) fn write_inlines(inlines: &[Inline], form: Form, out: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text(text) | Inline::Code(text) => out.push_str(text),
            Inline::Bold(inner) | Inline::Italic(inner) | Inline::Strike(inner) => {
                write_inlines(inner, form, out);
            }
            Inline::Spoiler(_) if form == Form::Line => out.push_str(VEIL),
            Inline::Spoiler(inner) => write_inlines(inner, form, out),
            Inline::Link { url, children } => {
                let start = out.len();
                write_inlines(children, form, out);
                // An address that was found in the text is there already, perhaps without its scheme.
                let scheme = url.strip_suffix(&out[start..]);
                let there = matches!(scheme, Some("" | "https://" | "mailto:"));
                if form == Form::Whole && !there {
                    let _ = write!(out, " ({url})");
                }
            }
            Inline::Mention { name, .. } => {
                out.push('@');
                out.push_str(name);
            }
            Inline::Break => out.push('\n'),
        }
    }
}

/// The words of `text` with one blank between them, cut at `max` characters.
fn one_line(text: &str, max: usize) -> String {
    let mut line = Line { out: String::new(), chars: 0, max, cut: 0, full: false };
    for word in text.split_whitespace() {
        if !line.out.is_empty() {
            line.push(" ");
        }
        if word.chars().all(stands_alone) {
            let mut buffer = [0; 4];
            word.chars().for_each(|c| line.push(c.encode_utf8(&mut buffer)));
        } else {
            word.graphemes(true).for_each(|piece| line.push(piece));
        }
        if line.full {
            line.out.truncate(line.cut);
            line.out.truncate(line.out.trim_end().len());
            if max > 0 {
                line.out.push('…');
            }
            break;
        }
    }
    line.out
}

struct Line {
    out: String,
    chars: usize,
    max: usize,
    /// Length at which the mark of a cut still fits.
    cut: usize,
    full: bool,
}

impl Line {
    /// Appends one character.
    fn push(&mut self, piece: &str) {
        if self.chars + 1 == self.max {
            self.cut = self.out.len();
        }
        self.full |= self.chars >= self.max;
        if !self.full {
            self.out.push_str(piece);
            self.chars += 1;
        }
    }
}

/// Never one character together with its neighbours, as people count: Latin, Greek, Cyrillic, Chinese. The full rules
/// take ten times as long.
fn stands_alone(c: char) -> bool {
    matches!(c, '!'..='~' | '\u{A1}'..='\u{2FF}' | '\u{370}'..='\u{482}' | '\u{48A}'..='\u{52F}' | '\u{4E00}'..='\u{9FFF}')
        && c != '\u{AD}'
}
