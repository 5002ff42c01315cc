//! What a person typed, as a question.

use std::ops::Range;

use chrono::{Datelike as _, NaiveDate};
use unicode_segmentation::UnicodeSegmentation as _;

use super::{
    fold::fold,
    term::{Fit, Score, Term, score},
};

/// Characters of what was typed that are read.
const INPUT: usize = 1_000;
/// Terms, and names, that count.
const TERMS: usize = 32;
/// Tokens that the index is asked for: more of them find no fewer.
const TOKENS: usize = 24;
/// Whatever a keyboard or a phone makes of a quotation mark.
const QUOTES: [char; 7] = ['"', '“', '”', '„', '«', '»', '＂'];

/// A question to the messages. All that it says must be so of a message that is found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    terms: Vec<Term>,
    excluded: Vec<Term>,
    /// `from:`, any of them.
    pub from: Vec<Name>,
    /// `in:`, any of them.
    pub chats: Vec<Name>,
    /// `after:`, the first day.
    pub after: Option<NaiveDate>,
    /// `before:`, the first day that is too late.
    pub before: Option<NaiveDate>,
    /// `has:link`; with a minus, `false`: those without.
    pub link: Option<bool>,
    /// `has:file`.
    pub file: Option<bool>,
    /// `is:pinned`.
    pub pinned: Option<bool>,
}

/// Part of what a person or a chat is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    term: Term,
    /// The person who searches, by whatever name.
    pub is_me: bool,
    /// Not this one.
    pub excluded: bool,
}

impl Name {
    fn new(text: &str, excluded: bool) -> Option<Self> {
        let term = Term::new(text.trim_start_matches(['@', '#']), true)?;
        let folded: String = fold(text).letters.iter().collect();
        Some(Self { term, is_me: matches!(folded.as_str(), "me" | "я"), excluded })
    }

    /// Whether words of `name` begin with it.
    #[must_use]
    pub fn fits(&self, name: &str) -> bool {
        self.term.fit(&fold(name)).is_some()
    }
}

impl Query {
    /// Reads what was typed: words, `"phrases"`, `-exclusions`, `from:` `in:` `before:` `after:` `has:link` `has:file`
    /// `is:pinned`. Never fails: what is none of these is words, and what is too long is cut.
    ///
    /// `today` is the day where the person is. A month or a year is its first day, so `after:2026` and `before:2026`
    /// leave out nothing between them.
    #[must_use]
    pub fn parse(input: &str, today: NaiveDate) -> Self {
        let end = input.char_indices().nth(INPUT).map_or(input.len(), |(at, _)| at);
        let mut query = Self::default();
        let mut rest = input[..end].trim_start();
        while !rest.is_empty() {
            let minus = rest.strip_prefix('-').filter(|rest| rest.starts_with(|c: char| !c.is_whitespace()));
            let item = Item::read(minus.unwrap_or(rest));
            query.take(&item, minus.is_some(), today);
            rest = item.rest.trim_start();
        }
        query
    }

    fn take(&mut self, item: &Item<'_>, excluded: bool, today: NaiveDate) {
        if !self.filter(item, excluded, today)
            && let Some(term) = Term::new(item.text, item.quoted)
        {
            let terms = if excluded { &mut self.excluded } else { &mut self.terms };
            if terms.len() < TERMS && !terms.contains(&term) {
                terms.push(term);
            }
        }
    }

    /// Whether it is a filter, and then takes it.
    fn filter(&mut self, item: &Item<'_>, excluded: bool, today: NaiveDate) -> bool {
        let Some((key, value)) = item.filter else { return false };
        let value_is = |what: &str| value.to_lowercase() == what;
        match key.to_ascii_lowercase().as_str() {
            key @ ("from" | "in") => {
                let Some(name) = Name::new(value, excluded) else { return false };
                let names = if key == "in" { &mut self.chats } else { &mut self.from };
                if names.len() < TERMS {
                    names.push(name);
                }
            }
            key @ ("before" | "after") => {
                let Some(day) = day(value, today).filter(|_| !excluded) else { return false };
                if key == "after" {
                    self.after = self.after.max(Some(day));
                } else {
                    self.before = Some(self.before.map_or(day, |before| before.min(day)));
                }
            }
            "has" if value_is("link") => self.link = Some(!excluded),
            "has" if value_is("file") => self.file = Some(!excluded),
            "is" if value_is("pinned") => self.pinned = Some(!excluded),
            _ => return false,
        }
        true
    }

    /// It asks for nothing, so nothing is an answer.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// It has words, which the index can be asked for.
    #[must_use]
    pub fn has_terms(&self) -> bool {
        !self.terms.is_empty()
    }

    /// What to ask the full-text index for: every text that matches has these tokens. `None` where there are no words
    /// to look for.
    #[must_use]
    pub fn fts(&self) -> Option<String> {
        let mut tokens: Vec<String> = vec![];
        for term in &self.terms {
            term.tokens(&mut tokens);
        }
        // The long ones are the rare ones; a single letter tells nothing beside them.
        tokens.sort_by_key(|token| std::cmp::Reverse(token.chars().count()));
        let mut asked: Vec<&String> = vec![];
        for token in &tokens {
            let says_little = token.len() <= 2 && token.chars().count() == 1 && !asked.is_empty();
            if asked.len() < TOKENS && !says_little && !asked.contains(&token) {
                asked.push(token);
            }
        }
        let quoted: Vec<String> =
            asked.into_iter().map(|token| format!("\"{}\"", token.replace('"', "\"\""))).collect();
        (!quoted.is_empty()).then(|| quoted.join(" AND "))
    }

    /// How well a plain text fits the words; `None` if it does not. Filters are not asked.
    #[must_use]
    pub fn matches(&self, text: &str) -> Option<Score> {
        if self.terms.is_empty() && self.excluded.is_empty() {
            return Some(Score(0));
        }
        let text = fold(text);
        if self.excluded.iter().any(|term| term.fit(&text) >= Some(Fit::Beginning)) {
            return None;
        }
        score(&self.terms, &text)
    }

    /// Whether a message of this day is wanted.
    #[must_use]
    pub fn wants(&self, day: NaiveDate) -> bool {
        self.after.is_none_or(|after| day >= after) && self.before.is_none_or(|before| day < before)
    }

    /// Where the words are in a plain text: bytes, in order, apart from each other, never within what a reader sees as
    /// one character.
    #[must_use]
    pub fn highlights(&self, text: &str) -> Vec<Range<usize>> {
        let folded = fold(text);
        let mut found = vec![];
        for term in &self.terms {
            term.ranges(&folded, &mut found);
        }
        if found.is_empty() {
            return found;
        }
        found.sort_unstable_by_key(|range| (range.start, range.end));
        let mut merged: Vec<Range<usize>> = vec![];
        let mut ends = text.grapheme_indices(true).map(|(at, seen)| at..at + seen.len()).peekable();
        for range in found {
            while ends.next_if(|seen| seen.end <= range.start).is_some() {}
            let start = ends.peek().map_or(range.start, |seen| seen.start.min(range.start));
            // Another cursor, since the next range may begin before this one ends.
            let end = ends.clone().find(|seen| seen.end >= range.end).map_or(range.end, |seen| seen.end);
            match merged.last_mut() {
                Some(last) if start <= last.end => last.end = last.end.max(end),
                _ => merged.push(start..end),
            }
        }
        merged
    }
}

/// The next thing that was typed.
struct Item<'a> {
    text: &'a str,
    quoted: bool,
    /// A key and what follows the colon.
    filter: Option<(&'a str, &'a str)>,
    rest: &'a str,
}

impl<'a> Item<'a> {
    /// `input` is not empty and does not begin with a space.
    fn read(input: &'a str) -> Self {
        if let Some((text, rest)) = quoted(input) {
            return Self { text, quoted: true, filter: None, rest };
        }
        let key =
            input.find(':').filter(|at| *at > 0 && input[..*at].bytes().all(|c| c.is_ascii_alphabetic()));
        if let Some(colon) = key {
            let value = &input[colon + 1..];
            if let Some((value, rest)) = quoted(value) {
                let text = &input[..input.len() - rest.len()];
                return Self { text, quoted: false, filter: Some((&input[..colon], value)), rest };
            }
        }
        let ends = |c: char| c.is_whitespace() || QUOTES.contains(&c);
        // Not at the first character: a lone sign must not stop the reading.
        let first = input.chars().next().map_or(0, char::len_utf8);
        let end = input[first..].find(ends).map_or(input.len(), |at| first + at);
        let (text, rest) = input.split_at(end);
        let filter = key.filter(|colon| *colon + 1 < end).map(|colon| (&text[..colon], &text[colon + 1..]));
        Self { text, quoted: false, filter, rest }
    }
}

/// What stands in quotation marks at the beginning, and what follows. One that is not closed goes on to the end.
fn quoted(input: &str) -> Option<(&str, &str)> {
    let inner = input.strip_prefix(QUOTES)?;
    Some(match inner.find(QUOTES) {
        Some(end) => {
            let close = inner[end..].chars().next().map_or(0, char::len_utf8);
            (&inner[..end], &inner[end + close..])
        }
        None => (inner, ""),
    })
}

/// The day that was meant, or the first one of the month or year.
fn day(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    match text.to_lowercase().as_str() {
        "today" | "сегодня" => return Some(today),
        "yesterday" | "вчера" => return today.pred_opt(),
        _ => {}
    }
    let mut parts = text.split('-');
    let mut number = |digits: Range<usize>| -> Option<Option<u32>> {
        let Some(part) = parts.next() else { return Some(None) };
        let fits = digits.contains(&part.len()) && part.bytes().all(|c| c.is_ascii_digit());
        if fits { part.parse().ok().map(Some) } else { None }
    };
    let year = number(4..5)??;
    let (month, day) = (number(1..3)?, number(1..3)?);
    if parts.next().is_some() {
        return None;
    }
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month.unwrap_or(1), day.unwrap_or(1))?;
    (date.year() > 0).then_some(date)
}
