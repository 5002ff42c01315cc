//! Running text as inlines: links and mentions are found here, in parsed and unparsed messages alike.

use std::ops::Range;

use super::{
    Inline, MAX_MENTIONS,
    address::{self, Found},
};
use crate::document::Mention;

/// Whom the `@name`s of one message mean.
pub(super) struct Names<'a> {
    /// Longest first, so that `@Anna Karenina` is not `@Anna`.
    longest_first: Vec<&'a Mention>,
}

impl<'a> Names<'a> {
    pub(super) fn new(mentions: &'a [Mention]) -> Self {
        let mut names: Vec<_> =
            mentions.iter().take(MAX_MENTIONS).filter(|one| !one.name.is_empty()).collect();
        names.sort_by_key(|one| std::cmp::Reverse(one.name.len()));
        Self { longest_first: names }
    }

    /// Where each `@name` stands in `text`, in order.
    pub(super) fn find(&self, text: &str) -> Vec<(Range<usize>, &'a Mention)> {
        let mut found = Vec::new();
        if self.longest_first.is_empty() {
            return found;
        }
        let mut from = 0;
        while let Some(at) = text[from..].find('@').map(|at| from + at) {
            from = at + 1;
            if text[..at].ends_with(part_of_word) {
                continue;
            }
            let rest = &text[from..];
            let named = |one: &&&Mention| {
                rest.strip_prefix(one.name.as_str()).is_some_and(|after| !after.starts_with(part_of_word))
            };
            if let Some(mention) = self.longest_first.iter().find(named) {
                from += mention.name.len();
                found.push((at..from, *mention));
            }
        }
        found
    }
}

fn part_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// What stands in `text` as a whole and is not markup inside.
pub(super) enum Whole<'a> {
    /// What is opened.
    Link(String),
    Mention(&'a Mention),
}

/// The links and mentions in `text`, in order and apart. An `@name` within an address is part of the address.
pub(super) fn wholes<'a>(text: &str, names: &Names<'a>) -> Vec<(Range<usize>, Whole<'a>)> {
    let mentions = names.find(text);
    let mut found: Vec<_> =
        address::find(text).into_iter().map(|Found { range, url }| (range, Whole::Link(url))).collect();
    let links = found.len();
    for (range, mention) in mentions {
        // Both are sorted: only the last link that begins before the mention's end can touch it.
        let before = found[..links].partition_point(|(link, _)| link.start < range.end);
        if before == 0 || found[before - 1].0.end <= range.start {
            found.push((range, Whole::Mention(mention)));
        }
    }
    found.sort_by_key(|(range, _)| range.start);
    found
}

/// Appends `text` to `out`. `linked`: it stands in a link already and is only text there.
pub(super) fn push(out: &mut Vec<Inline>, text: &str, names: &Names<'_>, linked: bool) {
    let wholes = if linked { Vec::new() } else { wholes(text, names) };
    let mut at = 0;
    for (range, whole) in wholes {
        // `<https://example.org>` is how Markdown writes an address; the brackets are not part of the text.
        let bracketed = matches!(whole, Whole::Link(_))
            && text[at..range.start].ends_with('<')
            && text[range.end..].starts_with('>');
        push_text(out, &text[at..range.start - usize::from(bracketed)]);
        let words = &text[range.clone()];
        out.push(match whole {
            Whole::Link(url) => Inline::Link { url, children: vec![Inline::Text(words.to_owned())] },
            Whole::Mention(mention) => Inline::Mention { name: mention.name.clone(), user: mention.user },
        });
        at = range.end + usize::from(bracketed);
    }
    push_text(out, &text[at..]);
}

fn push_text(out: &mut Vec<Inline>, text: &str) {
    if !text.is_empty() {
        out.push(Inline::Text(text.to_owned()));
    }
}
