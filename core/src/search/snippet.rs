//! The part of a text that shows why it was found.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation as _;

const CUT: &str = "…";
/// Of the room beside the match, so much stands before it: one part of this many.
const BEFORE: usize = 3;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snippet {
    /// One line; where something was cut off, an ellipsis.
    pub text: String,
    /// Bytes of `text`.
    pub ranges: Vec<Range<usize>>,
}

/// Cuts at most `max_chars` characters, as a reader counts them, out of a text, around the first of `ranges`, which are
/// bytes of it in order. Line ends become spaces.
#[must_use]
pub fn snippet(text: &str, ranges: &[Range<usize>], max_chars: usize) -> Snippet {
    let seen: Vec<(usize, &str)> = text.grapheme_indices(true).collect();
    let offset = |n: usize| seen.get(n).map_or(text.len(), |(at, _)| *at);
    let (mut first, mut end) = (0, seen.len());
    if seen.len() > max_chars {
        let found = ranges.first().cloned().unwrap_or(0..0);
        let at = seen.partition_point(|(at, seen)| at + seen.len() <= found.start);
        let length = seen.partition_point(|(at, _)| *at < found.end).saturating_sub(at);
        // An ellipsis on either side takes a place of its own.
        let (one, both) = (max_chars.saturating_sub(1), max_chars.saturating_sub(2));
        let wanted = at.saturating_sub(both.saturating_sub(length) / BEFORE);
        (first, end) = if wanted <= 1 {
            (0, one)
        } else if wanted + one >= seen.len() {
            (seen.len() - one, seen.len())
        } else {
            // Rather from the beginning of a word, if one is near.
            let blank = |n: &usize| seen[*n].1.trim().is_empty();
            let begins =
                (wanted - 1..at.min(wanted + both / 4)).find(blank).map_or(wanted, |blank| blank + 1);
            (begins, begins + both.min(seen.len() - begins))
        };
    }
    let (from, to) = (offset(first), offset(end));
    let mut cut = Snippet::default();
    if from > 0 && max_chars > 0 {
        cut.text.push_str(CUT);
    }
    let shift = cut.text.len();
    cut.text.extend(text[from..to].chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c }));
    if to < text.len() && max_chars > 0 && first < end {
        cut.text.push_str(CUT);
    }
    cut.ranges = ranges
        .iter()
        .map(|range| range.start.max(from)..range.end.min(to))
        .filter(|range| range.start < range.end)
        .map(|range| range.start - from + shift..range.end - from + shift)
        .collect();
    cut
}
