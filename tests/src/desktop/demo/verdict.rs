//! Whether what the places hold is what was said.

use anyhow::{Result, bail, ensure};

use super::ledger::{Entry, Ledger};
use crate::desktop::{conversation::Line, timeline::on_screen};

/// Each place holds every message once, the first `connected` in the order of the conversation, the rest in each
/// author's own order; and all places hold them in one order under the same ids.
///
/// # Errors
/// With the first place and message that differ.
pub fn check(said: &[Line], connected: usize, screens: &[Ledger], databases: &[Ledger]) -> Result<()> {
    let places: Vec<&Ledger> = screens.iter().chain(databases).collect();
    for (n, place) in places.iter().enumerate() {
        let is = if n < screens.len() { is_drawn } else { is_kept };
        complete(said, connected, place, is)?;
    }
    for pair in places.windows(2) {
        let [one, other] = pair else { continue };
        same(one, other)?;
    }
    Ok(())
}

fn complete(said: &[Line], connected: usize, place: &Ledger, is: fn(&Line, &Entry) -> bool) -> Result<()> {
    let whose = &place.whose;
    ensure!(
        place.entries.len() == said.len(),
        "{whose} holds {} messages, and {} were said",
        place.entries.len(),
        said.len()
    );
    for (line, entry) in said.iter().zip(&place.entries).take(connected) {
        ensure!(is(line, entry), "{whose}: where {line:?} was said, there is {entry:?}");
    }
    for author in ["Anna", "Boris"] {
        let said = said.iter().filter(|line| line.author == author);
        let mut held = place.entries.iter().filter(|entry| entry.author == author);
        for line in said {
            match held.next() {
                Some(entry) if is(line, entry) => {}
                other => bail!("{whose}: where {author} said {:?}, there is {other:?}", line.text),
            }
        }
        if let Some(more) = held.next() {
            bail!("{whose}: {author} never said {:?}, or said it once", more.text);
        }
    }
    let mut ids: Vec<&str> = place.entries.iter().map(|entry| entry.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    ensure!(ids.len() == said.len(), "{whose} holds one message twice");
    Ok(())
}

fn is_kept(line: &Line, entry: &Entry) -> bool {
    line.author == entry.author && line.text == entry.text
}

/// A screen draws the Markdown.
fn is_drawn(line: &Line, entry: &Entry) -> bool {
    line.author == entry.author && on_screen(&line.text) == entry.text.trim()
}

fn same(one: &Ledger, other: &Ledger) -> Result<()> {
    for (left, right) in one.entries.iter().zip(&other.entries) {
        ensure!(
            (&left.id, &left.author) == (&right.id, &right.author),
            "{} and {} differ: {left:?} in one, {right:?} in the other",
            one.whose,
            other.whose
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said() -> Vec<Line> {
        [("Anna", "1"), ("Boris", "2"), ("Anna", "3"), ("Boris", "4"), ("Anna", "5")]
            .map(|(author, text)| Line { author: author.to_owned(), text: text.to_owned() })
            .to_vec()
    }

    fn place(texts: &str) -> Ledger {
        let entry = |text: char| Entry {
            id: format!("id {text}"),
            author: if "135".contains(text) { "Anna" } else { "Boris" }.to_owned(),
            text: text.to_string(),
        };
        Ledger { whose: "a place".to_owned(), entries: texts.chars().map(entry).collect() }
    }

    fn verdict(one: &str, other: &str) -> Result<()> {
        check(&said(), 2, &[place(one)], &[place(other)])
    }

    #[test]
    fn those_apart_may_be_merged_in_any_one_order() {
        assert!(verdict("12345", "12345").is_ok());
        assert!(verdict("12354", "12354").is_ok());
        assert!(verdict("12435", "12435").is_ok());
    }

    #[test]
    fn what_must_not_be_is_told() {
        for wrong in ["1234", "123455", "12534", "21345", "12344", ""] {
            assert!(verdict(wrong, wrong).is_err(), "{wrong}");
        }
        assert!(verdict("12354", "12345").is_err());
    }
}
