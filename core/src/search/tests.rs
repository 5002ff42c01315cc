//! What is found and what is not, in the languages people write; and that nothing that is typed can break it.

mod queries;
mod texts;

use chrono::NaiveDate;

use super::{Query, tokens};

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
}

fn parse(input: &str) -> Query {
    Query::parse(input, today())
}

/// The index would propose the text: it has every token that the query asks for.
fn proposed(query: &Query, text: &str) -> bool {
    let has = tokens(text);
    let has: Vec<&str> = has.split(' ').collect();
    query.fts().is_none_or(|asked| asked.split(" AND ").all(|token| has.contains(&token.trim_matches('"'))))
}

/// Whether the index proposes the text and the text then matches.
fn finds(input: &str, text: &str) -> bool {
    let query = parse(input);
    let matches = query.matches(text).is_some();
    assert!(!matches || proposed(&query, text), "{input:?} is in {text:?}, but the index would not say so");
    matches
}

/// The parts of the text that are highlighted.
fn marked<'a>(input: &str, text: &'a str) -> Vec<&'a str> {
    parse(input).highlights(text).into_iter().map(|range| &text[range]).collect()
}
