//! Every message that has its place and its text is in the full-text index, with all its tokens, and nothing else is.
//!
//! The index keeps no texts, so its side is what it counts: in how many messages each token is.

use std::collections::HashMap;

use futures_util::TryStreamExt as _;

use super::{Checked, Steps};
use crate::{
    core::Core,
    domain::{ChatNo, Millis, Place},
    error::Result,
    store::{
        Durability,
        messages::flag,
        search::{SPILL, chat_token, number_at, tokens_of},
    },
};

const STRUCTURE: &str = "INSERT INTO search (search) VALUES ('integrity-check')";
const ROWS: &str = "SELECT place, number FROM search_rows";
const MESSAGES: &str = "SELECT place, author_no, at, flags, text FROM messages ORDER BY place";
const TERMS: &str = "CREATE VIRTUAL TABLE temp.search_terms USING fts5vocab('main', 'search', 'row')";
const COUNTS: &str = "SELECT term, doc FROM temp.search_terms";

/// Messages between two reports of how far it has come.
const REPORTED: u64 = 5_000;

pub(super) async fn examine(core: &Core, checked: &mut Checked, steps: &mut Steps<'_>) -> Result<()> {
    let store = &core.device().store;
    // Dropped at the end. The index is asked over the writer: asking is written as an INSERT.
    let mut tx = store.begin(Durability::Process).await?;
    let structure = sqlx::query(STRUCTURE).execute(&mut *tx).await;
    if let Err(error) = structure {
        checked.found(None, format!("its parts do not fit together: {error}"));
    }
    let mut numbers: Vec<(i64, i64)> = sqlx::query_as(ROWS).fetch_all(&mut *tx).await?;
    numbers.sort_unstable();

    let mut reader = store.readers().acquire().await?;
    let (mut expected, mut at_its_number) = (HashMap::<String, i64>::new(), 0_usize);
    let mut lost: HashMap<ChatNo, u64> = HashMap::new();
    type Row = (i64, i64, Millis, i64, String);
    let mut messages = sqlx::query_as::<_, Row>(MESSAGES).fetch(&mut *reader);
    while let Some((row, author, at, flags, text)) = messages.try_next().await? {
        let (chat, place) = Place::from_row(row);
        if place.is_queued() || flags & flag::GONE != 0 {
            continue;
        }
        checked.looked_at += 1;
        if checked.looked_at.is_multiple_of(REPORTED) {
            steps.go(REPORTED as usize);
        }
        let from = number_at(at);
        let found = numbers.binary_search_by_key(&row, |(row, _)| *row).ok();
        match found.filter(|found| (from..from + SPILL).contains(&numbers[*found].1)) {
            Some(_) => at_its_number += 1,
            None => *lost.entry(chat).or_default() += 1,
        }
        for token in tokens_of(row, author, &text).split(' ') {
            match expected.get_mut(token) {
                Some(count) => *count += 1,
                None => {
                    expected.insert(token.to_owned(), 1);
                }
            }
        }
    }
    for (chat, count) in lost {
        checked.found(Some(chat), format!("{count} messages are not listed in it"));
    }
    if numbers.len() > at_its_number {
        let count = numbers.len() - at_its_number;
        checked.found(None, format!("{count} of its rows are of no message, or not at its time"));
    }

    sqlx::query(TERMS).persistent(false).execute(&mut *tx).await?;
    let mut counts = sqlx::query_as::<_, (String, i64)>(COUNTS).persistent(false).fetch(&mut *tx);
    let mut differ = 0_u64;
    let mut short: Vec<String> = Vec::new();
    while let Some((term, count)) = counts.try_next().await? {
        if expected.remove(&term) != Some(count) {
            differ += 1;
            short.push(term);
        }
    }
    differ += expected.len() as u64;
    short.extend(expected.into_keys());
    if differ > 0 {
        checked.found(None, format!("{differ} tokens are in fewer or more messages than they should be"));
    }
    for line in core.all_chats().await? {
        if short.contains(&chat_token(line.number)) {
            checked.found(Some(line.number), "messages are missing in it, or are in it and gone");
        }
    }
    Ok(())
}
