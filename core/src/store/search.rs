//! The full-text index: what is in it, and how it forgets. Asking it is in [`find`](mod@find).
//!
//! One FTS5 table without a copy of the texts (`content = ''`), without positions (`detail = none`), whose tokens we make
//! ([`crate::search::tokens`]), and beside them two of our own: in which chat the message is and whose it is. Its row ids
//! are *numbers*: the time at which the relay accepted a message, in units of 256 ms, or the next free one. So the newest
//! of all chats come first without sorting, a span of time is a range, and the differences between neighbours, of which
//! the index mostly consists, are small. `search_rows` leads from a number to a place.
//!
//! Deliberately absent: queued messages. They have no time of the relay yet and are few; [`find`](mod@find) reads them.

mod find;

use std::fmt::Write as _;

use sqlx::{QueryBuilder, Sqlite};

pub use find::{Find, Found, Hit, Order, find};

use super::{Tx, statements};
use crate::{
    domain::{ChatNo, Millis, Place},
    error::{Error, Result},
    markup, search,
};

statements! {
    MESSAGES = "SELECT place, at, author_no FROM messages WHERE place IN (SELECT value FROM json_each(?))";
    TAKEN = "SELECT number FROM search_rows WHERE number IN (SELECT value FROM json_each(?))";
    NEXT_FREE = "SELECT r.number + 1 FROM search_rows r WHERE r.number >= ?
        AND NOT EXISTS (SELECT 1 FROM search_rows n WHERE n.number = r.number + 1) ORDER BY r.number LIMIT 1";
    NUMBER = "SELECT r.number, m.author_no FROM messages m LEFT JOIN search_rows r ON r.place = m.place WHERE m.place = ?";
    FORGET = "INSERT INTO search (search, rowid, tokens) VALUES ('delete', ?, ?)";
    FLUSH = "INSERT INTO search (search) VALUES ('flush')";
    MARK_FORGOTTEN = "INSERT INTO search (search, rank) VALUES ('secure-delete', 0)";
    OVERWRITE = "INSERT INTO search (search, rank) VALUES ('secure-delete', 1)";
    MERGE_ALL = "INSERT INTO search (search) VALUES ('optimize')";
    FORGET_NUMBER = "DELETE FROM search_rows WHERE number = ?";
    OF_CHAT = "SELECT s.rowid, m.author_no, m.text FROM search s CROSS JOIN search_rows r ON r.number = s.rowid
        LEFT JOIN messages m ON m.place = r.place WHERE s.search MATCH ? LIMIT ?";
    FORGET_ALL = "INSERT INTO search (search) VALUES ('delete-all')";
    FORGET_NUMBERS = "DELETE FROM search_rows";
}

#[cfg(test)]
pub(super) const FIND: &[(&str, &str)] = find::ALL;

/// Milliseconds of a number, as a power of two.
const UNIT: u32 = 8;
/// Times outside are taken for these: a relay may say anything. In milliseconds since 1970; the last is in 2248.
const LAST: Millis = (1 << 43) - 1;
/// How far above its time a number may be. So many messages would have to be accepted in the same moment.
pub(crate) const SPILL: i64 = 1 << 20;
/// Rows in one statement.
const ROWS: usize = 256;
/// More messages are not overwritten one by one, which takes milliseconds each, but left out when the whole index is
/// written anew.
const FEW: usize = 200;

/// The number a message of this time has, if nobody has taken it.
pub(crate) fn number_at(at: Millis) -> i64 {
    at.clamp(0, LAST) >> UNIT
}

/// What the index is asked for to stay in a chat. Longer than any token of a text.
pub(crate) fn chat_token(chat: ChatNo) -> String {
    format!("chat{}", chat.0)
}

/// What the index is asked for to stay with an author.
fn author_token(author: i64) -> String {
    format!("user{author}")
}

/// What the index holds of a message: its row id in `messages`, its author, its Markdown.
pub(crate) fn tokens_of(row: i64, author: i64, text: &str) -> String {
    let (chat, _) = Place::from_row(row);
    let mut tokens = search::tokens(&markup::plain(text));
    let _ = write!(tokens, " {} {}", chat_token(chat), author_token(author));
    tokens
}

struct New<'a> {
    number: i64,
    row: i64,
    author: i64,
    text: &'a str,
}

/// Takes messages into the index: each its row id in `messages`, where it must stand already, and its Markdown. None of
/// them may be in it.
///
/// # Errors
/// [`Error::Damaged`] when one of them is not in `messages`; when the disk does not take it.
pub async fn put(tx: &mut Tx<'_>, rows: &[(i64, &str)]) -> Result<()> {
    if tx.memory().index_left_alone {
        return Ok(());
    }
    for chunk in rows.chunks(ROWS) {
        let stored = stored(tx, chunk.iter().map(|(row, _)| *row)).await?;
        let mut new = Vec::with_capacity(chunk.len());
        for (row, text) in chunk {
            let at = stored.binary_search_by_key(row, |(row, ..)| *row);
            let at = at.map_err(|_| Error::Damaged("a message to be indexed is not there"))?;
            let (_, at, author) = stored[at];
            new.push(New { number: number_at(at), row: *row, author, text });
        }
        // Rising row ids: the index otherwise writes itself out at each step back.
        new.sort_by_key(|new| (new.number, new.row));
        number(tx, &mut new).await?;
        insert(tx, &new).await?;
    }
    Ok(())
}

/// Place, time and author of messages, in the order of their places.
async fn stored(tx: &mut Tx<'_>, rows: impl Iterator<Item = i64>) -> Result<Vec<(i64, Millis, i64)>> {
    let mut stored: Vec<(i64, Millis, i64)> =
        sqlx::query_as(MESSAGES).bind(json(rows)).fetch_all(&mut **tx).await?;
    stored.sort_unstable();
    Ok(stored)
}

fn json(numbers: impl Iterator<Item = i64>) -> String {
    let mut text = String::from("[");
    for number in numbers {
        let _ = write!(text, "{}{number}", if text.len() > 1 { "," } else { "" });
    }
    text.push(']');
    text
}

/// Gives each the first free number from its time on.
async fn number(tx: &mut Tx<'_>, new: &mut [New<'_>]) -> Result<()> {
    let rise = |new: &mut [New<'_>], mut free: i64| {
        for new in new {
            new.number = new.number.max(free);
            free = new.number + 1;
        }
    };
    rise(new, 0);
    let mut from = 0;
    loop {
        let asked = json(new[from..].iter().map(|new| new.number));
        let taken: Vec<i64> = sqlx::query_scalar(TAKEN).bind(asked).fetch_all(&mut **tx).await?;
        let Some(first) = taken.iter().min() else { return Ok(()) };
        from = new.partition_point(|new| new.number < *first);
        rise(&mut new[from..], free_after(tx, *first).await?);
    }
}

/// The end of the numbers that are taken one after the other, as `taken` is; perhaps a later one, where some of them have
/// become free. Where many messages were accepted at once, these are hours: they are gone through once, not for each message.
async fn free_after(tx: &mut Tx<'_>, taken: i64) -> Result<i64> {
    let known = tx.memory().numbers_taken.clone();
    if known.contains(&taken) {
        return Ok(known.end);
    }
    let free: i64 = sqlx::query_scalar(NEXT_FREE).bind(taken).fetch_one(&mut **tx).await?;
    let start = if known.end == taken { known.start } else { taken };
    tx.memory().numbers_taken = start..free;
    Ok(free)
}

async fn insert(tx: &mut Tx<'_>, new: &[New<'_>]) -> Result<()> {
    let mut numbers = QueryBuilder::<Sqlite>::new("INSERT INTO search_rows (number, place) ");
    numbers.push_values(new, |mut row, new| {
        row.push_bind(new.number).push_bind(new.row);
    });
    numbers.build().execute(&mut **tx).await?;
    let mut tokens = QueryBuilder::<Sqlite>::new("INSERT INTO search (rowid, tokens) ");
    tokens.push_values(new, |mut row, new| {
        row.push_bind(new.number).push_bind(tokens_of(new.row, new.author, new.text));
    });
    tokens.build().execute(&mut **tx).await?;
    Ok(())
}

/// Takes a message out of the index, so that nothing of its words stays in the file. `text` is the Markdown that was
/// put; the message itself must still be in `messages`. One that is not in the index is left alone.
///
/// # Errors
/// [`Error::Damaged`] when it is not in `messages`; when the disk does not take it.
pub async fn remove(tx: &mut Tx<'_>, row: i64, text: &str) -> Result<()> {
    if tx.memory().index_left_alone {
        return Ok(());
    }
    let Some((number, author)) = find_number(tx, row).await? else { return Ok(()) };
    forget(tx, number, &tokens_of(row, author, text)).await?;
    flush(tx).await
}

/// The number under which a message is indexed, if it is, and its author.
async fn find_number(tx: &mut Tx<'_>, row: i64) -> Result<Option<(i64, i64)>> {
    let found: Option<(Option<i64>, i64)> =
        sqlx::query_as(NUMBER).bind(row).fetch_optional(&mut **tx).await?;
    let (number, author) = found.ok_or(Error::Damaged("a message to be forgotten is not there"))?;
    Ok(number.map(|number| (number, author)))
}

async fn forget(tx: &mut Tx<'_>, number: i64, tokens: &str) -> Result<()> {
    sqlx::query(FORGET).bind(number).bind(tokens).execute(&mut **tx).await?;
    sqlx::query(FORGET_NUMBER).bind(number).execute(&mut **tx).await?;
    Ok(())
}

/// HAZARD: FTS5 (3.50, secure-delete with detail=none) loses what comes after a row that is forgotten and put again before
/// it writes itself out. So it must write itself out between the two.
async fn flush(tx: &mut Tx<'_>) -> Result<()> {
    sqlx::query(FLUSH).execute(&mut **tx).await?;
    Ok(())
}

/// Takes a chat out of the index, while its messages are still there as they were put. Of a large chat it takes seconds
/// if there are a million other messages: whoever clears many calls [`clear_all`] and puts the others in again.
///
/// # Errors
/// [`Error::Damaged`] when a message is missing; when the disk does not take it.
pub async fn clear(tx: &mut Tx<'_>, chat: ChatNo) -> Result<()> {
    if tx.memory().index_left_alone {
        return Ok(());
    }
    let mut rows = of_chat(tx, chat, FEW + 1).await?;
    // HAZARD: FTS5 brings rows back if it overwrites one whose mark it has not merged away. So between the two settings
    // everything is merged.
    let many = rows.len() > FEW;
    if many {
        flush(tx).await?;
        sqlx::query(MARK_FORGOTTEN).execute(&mut **tx).await?;
    }
    while !rows.is_empty() {
        for (number, author, text) in rows {
            let (Some(author), Some(text)) = (author, text) else {
                return Err(Error::Damaged("an indexed message is not there"));
            };
            forget(tx, number, &tokens_of(Place::FIRST.row(chat), author, &text)).await?;
        }
        flush(tx).await?;
        rows = of_chat(tx, chat, ROWS).await?;
    }
    if many {
        sqlx::query(MERGE_ALL).execute(&mut **tx).await?;
        sqlx::query(OVERWRITE).execute(&mut **tx).await?;
    }
    Ok(())
}

/// Number, author and text of some of a chat's messages.
async fn of_chat(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    most: usize,
) -> Result<Vec<(i64, Option<i64>, Option<String>)>> {
    let token = format!("\"{}\"", chat_token(chat));
    Ok(sqlx::query_as(OF_CHAT).bind(token).bind(most as i64).fetch_all(&mut **tx).await?)
}

/// Empties the index: far quicker than chat by chat, and whatever is in it.
///
/// # Errors
/// When the disk does not take it.
pub async fn clear_all(tx: &mut Tx<'_>) -> Result<()> {
    sqlx::query(FORGET_ALL).execute(&mut **tx).await?;
    sqlx::query(FORGET_NUMBERS).execute(&mut **tx).await?;
    tx.memory().numbers_taken = 0..0;
    Ok(())
}
