//! One candidate after the other, each in a database of its own that is opened as the core opens its: filled, asked,
//! written to. One after the other, because SQLite as we build it has one page cache for all connections of a process.
//!
//! Of a question two times are told: once everything it reads is in the page cache, and the first time, when none of it
//! is. What is timed is the processor, not the clock: the files are in memory, and on a busy machine whoever has worked
//! for a second is made to wait for others.

use std::{collections::BTreeSet, path::Path, time::Duration};

use anyhow::{Result, ensure};
use nix::time::{ClockId, clock_gettime};
use rusqlite::{Connection, params};

use super::{
    candidates::{Candidate, query},
    probes,
    texts::{self, AUTHORS, Message, Texts},
};
use crate::{KEY, timings::Timings};

/// Results of a page.
const PAGE: usize = 50;
/// Messages that come at once while filling; each such batch is in the order of row ids.
const AT_ONCE: usize = 10_000;
const BATCH: usize = 1_000;
/// KiB of page cache, as the core gives its readers and its writer; to fill, what holds most.
const READER_CACHE: i64 = -8_000;
const WRITER_CACHE: i64 = -16_000;
const FILLING_CACHE: i64 = -500_000;
/// Milliseconds after which a question has been asked enough.
const ENOUGH: f64 = 3_000.0;

const SCHEMA: &str = "
    CREATE TABLE messages (place INTEGER PRIMARY KEY, message_id BLOB NOT NULL, author_no INTEGER NOT NULL,
        text TEXT NOT NULL, sent_at INTEGER NOT NULL, at INTEGER NOT NULL) STRICT;
    CREATE TABLE search_rows (number INTEGER PRIMARY KEY, place INTEGER NOT NULL) STRICT;";

pub struct Line {
    /// What was asked, and the answer as it is printed.
    pub cells: Vec<(String, String)>,
}

/// # Errors
/// When SQLite fails, or an index does not answer newest first.
pub fn run(candidate: &Candidate, dir: &Path, texts: &Texts, turns: usize) -> Result<Line> {
    println!("  {}", candidate.name);
    let path = dir.join(format!("search-{}.db", candidate.name.replace([' ', ','], "")));
    let mut cells = vec![];
    let mut add = |name: String, value: String| {
        println!("    {name}: {value}");
        cells.push((name, value));
    };
    let found = probed(candidate, dir)?;
    let started = worked()?;
    fill(candidate, &path, texts)?;
    let seconds = worked()?.saturating_sub(started).as_secs_f64();
    let bytes: i64 = open(&path, READER_CACHE)?.query_row(
        "SELECT coalesce(sum(pgsize), 0) FROM dbstat
         WHERE aggregate = TRUE AND (name LIKE 'search%' OR name LIKE 'pieces%')",
        [],
        |row| row.get(0),
    )?;
    let rows = texts.len() as f64;
    add("size, MiB".to_owned(), format!("{:.0}", bytes as f64 / f64::from(1 << 20)));
    add("size a message, bytes".to_owned(), format!("{:.0}", bytes as f64 / rows));
    add("filling a million, s".to_owned(), format!("{:.0}", seconds * 1e6 / rows));
    add(format!("finds, of {}", probes::ALL.len()), found.to_string());

    // The largest, a middling and a small chat.
    let chats = [1, 12, 120];
    for (name, input) in [
        ("a rare word", texts::RARE),
        ("a middling word", texts::MIDDLING),
        ("a common word", texts::COMMON),
        ("two first letters", texts::BEGINNING),
        ("a piece", texts::PIECE),
        ("a Chinese piece", texts::CHINESE),
    ] {
        for (scope, chats) in [("in a chat", &chats[..]), ("in all", &[0])] {
            add(format!("{name}, {scope}, ms"), asked(candidate, &path, input, chats, turns)?);
        }
    }
    let writer = open(&path, WRITER_CACHE)?;
    writer.pragma_update(None, "secure_delete", "ON")?;
    for (name, work) in [
        ("1,000 more at once, ms", Work::Batch),
        ("one more, ms", Work::One),
        ("one edited, ms", Work::Edit),
        ("one deleted, ms", Work::Delete),
    ] {
        add(name.to_owned(), milliseconds(&written(candidate, &writer, texts, turns, work)?));
    }
    drop(writer);
    std::fs::remove_file(&path)?;
    Ok(Line { cells })
}

/// How long this thread has had a processor.
fn worked() -> Result<Duration> {
    Ok(Duration::from(clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID)?))
}

fn milliseconds(timings: &Timings) -> String {
    format!("{:.2} / {:.2}", timings.median(), timings.p99())
}

fn open(path: &Path, cache: i64) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "key", format!("x'{}'", data_encoding::HEXLOWER.encode(&KEY)))?;
    connection.pragma_update(None, "cipher_memory_security", "OFF")?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "mmap_size", 0)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", cache)?;
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

fn create(candidate: &Candidate, connection: &Connection) -> Result<()> {
    connection.execute_batch(SCHEMA)?;
    for (table, made_of) in candidate.tables() {
        connection.execute_batch(&format!("CREATE VIRTUAL TABLE {table} USING fts5 ({made_of})"))?;
        connection
            .execute_batch(&format!("INSERT INTO {table} ({table}, rank) VALUES ('secure-delete', 1)"))?;
    }
    Ok(())
}

fn put(candidate: &Candidate, connection: &Connection, message: &Message) -> Result<()> {
    let (row_id, tokens) = (candidate.row_id(message), candidate.tokens(message));
    if candidate.by_time() {
        connection
            .prepare_cached("INSERT INTO search_rows (number, place) VALUES (?, ?)")?
            .execute((row_id, message.place))?;
    }
    add(candidate, connection, row_id, &tokens)
}

fn add(candidate: &Candidate, connection: &Connection, row_id: i64, tokens: &str) -> Result<()> {
    for (table, _) in candidate.tables() {
        connection
            .prepare_cached(&format!("INSERT INTO {table} (rowid, tokens) VALUES (?, ?)"))?
            .execute((row_id, tokens))?;
    }
    Ok(())
}

fn store(connection: &Connection, message: &Message) -> Result<()> {
    let mut id = message.place.to_le_bytes().to_vec();
    id.resize(16, 7);
    connection
        .prepare_cached("INSERT INTO messages (place, message_id, author_no, text, sent_at, at) VALUES (?, ?, ?, ?, ?, ?)")?
        .execute(params![message.place, id, message.author, message.text, message.at, message.at])?;
    Ok(())
}

fn fill(candidate: &Candidate, path: &Path, texts: &Texts) -> Result<()> {
    let connection = open(path, FILLING_CACHE)?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    create(candidate, &connection)?;
    for first in (0..texts.len()).step_by(AT_ONCE) {
        let mut messages: Vec<Message> =
            (first..texts.len().min(first + AT_ONCE)).map(|number| texts.message(number)).collect();
        messages.sort_by_key(|message| candidate.row_id(message));
        connection.execute_batch("BEGIN IMMEDIATE")?;
        for message in &messages {
            store(&connection, message)?;
        }
        for message in &messages {
            put(candidate, &connection, message)?;
        }
        connection.execute_batch("COMMIT")?;
        connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
    }
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(())
}

/// How long the first page takes in `chats`, of which 0 stands for all: again and again, and the first time. A dash where
/// the index cannot be asked this.
fn asked(candidate: &Candidate, path: &Path, input: &str, chats: &[i64], turns: usize) -> Result<String> {
    let (mut first, mut again) = (Timings::default(), Timings::default());
    for chat in chats {
        let reader = open(path, READER_CACHE)?;
        // Reads the schema.
        page(&reader, candidate, "qqq", None)?;
        let chat = (*chat > 0).then_some(*chat);
        for turn in 0..=turns {
            let started = worked()?;
            let found = page(&reader, candidate, input, chat)?;
            let took = worked()?.saturating_sub(started);
            let Some(found) = found else { return Ok("–".to_owned()) };
            ensure!(found.is_sorted_by(|a, b| a.0 >= b.0), "not newest first");
            if turn == 0 {
                first.add(took)
            } else {
                again.add(took)
            }
            // What takes seconds need not be asked again and again.
            if turn > 2 && again.total() > ENOUGH {
                break;
            }
        }
    }
    Ok(format!("{:.2} / {:.2}", again.median(), first.median()))
}

/// The first page, newest first, with text.
fn page(
    reader: &Connection,
    candidate: &Candidate,
    input: &str,
    chat: Option<i64>,
) -> Result<Option<Vec<(i64, String)>>> {
    let Some(asked) = candidate.ask(input, chat) else { return Ok(None) };
    let table = asked.table;
    let (from, to) = match chat {
        Some(chat) if !candidate.by_time() => (chat << 39, chat << 39 | 1 << 38),
        _ => (0, i64::MAX),
    };
    let sql = if candidate.by_time() {
        "SELECT m.at, m.text FROM search s CROSS JOIN search_rows r ON r.number = s.rowid
         CROSS JOIN messages m ON m.place = r.place
         WHERE s.search MATCH ? AND s.rowid >= ? AND s.rowid < ? ORDER BY s.rowid DESC"
            .to_owned()
    } else {
        // Of one chat, places are in the order of time; of all, every one that is found must be sorted.
        let order = if chat.is_some() { "s.rowid" } else { "m.at" };
        format!(
            "SELECT m.at, m.text FROM {table} s CROSS JOIN messages m ON m.place = s.rowid
             WHERE s.{table} MATCH ? AND s.rowid >= ? AND s.rowid < ? ORDER BY {order} DESC"
        )
    };
    let query = query(input);
    let mut statement = reader.prepare_cached(&sql)?;
    let mut rows = statement.query((asked.expression, from, to))?;
    let mut found = Vec::with_capacity(PAGE);
    while let Some(row) = rows.next()? {
        let text = row.get_ref(1)?.as_str()?;
        if candidate.fits(&query, input, text) {
            found.push((row.get(0)?, text.to_owned()));
            if found.len() == PAGE {
                break;
            }
        }
    }
    Ok(Some(found))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    /// As it comes from the relay.
    Batch,
    One,
    Edit,
    Delete,
}

/// Each with the message's own row, in a transaction.
fn written(
    candidate: &Candidate,
    writer: &Connection,
    texts: &Texts,
    turns: usize,
    work: Work,
) -> Result<Timings> {
    let mut timings = Timings::default();
    let first = texts.len() + if work == Work::One { turns * BATCH } else { 0 };
    for turn in 0..if work == Work::One { turns * 10 } else { turns } {
        let old = turn * texts.len() / turns;
        let numbers = match work {
            Work::Batch => first + turn * BATCH..first + (turn + 1) * BATCH,
            Work::One => first + turn..first + turn + 1,
            Work::Edit => old..old + 1,
            Work::Delete => old + 1..old + 2,
        };
        let messages: Vec<Message> = numbers.map(|number| texts.message(number)).collect();
        let started = worked()?;
        writer.execute_batch("BEGIN IMMEDIATE")?;
        match work {
            Work::Batch | Work::One => {
                messages.iter().try_for_each(|message| store(writer, message))?;
                messages.iter().try_for_each(|message| put(candidate, writer, message))?;
            }
            Work::Edit => messages.iter().try_for_each(|message| edit(candidate, writer, message))?,
            Work::Delete => messages.iter().try_for_each(|message| {
                forget(candidate, writer, candidate.row_id(message), &candidate.tokens(message))?;
                set_text(writer, message, "")
            })?,
        }
        writer.execute_batch("COMMIT")?;
        timings.add(worked()?.saturating_sub(started));
        if turn % 10 == 9 || work == Work::Batch {
            writer.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
        }
    }
    Ok(timings)
}

/// Another word at the end.
fn edit(candidate: &Candidate, writer: &Connection, message: &Message) -> Result<()> {
    let edited = Message { text: format!("{} edited", message.text), ..message.clone() };
    let (old, new) = (candidate.tokens(message), candidate.tokens(&edited));
    let row_id = candidate.row_id(message);
    if candidate.is_ours() {
        // Only what differs.
        let set = |tokens: &'_ str| tokens.split(' ').map(str::to_owned).collect::<BTreeSet<_>>();
        let (old, new) = (set(&old), set(&new));
        let without = |all: &BTreeSet<String>, others: &BTreeSet<String>| {
            all.difference(others).cloned().collect::<Vec<_>>().join(" ")
        };
        if old.difference(&new).next().is_some() {
            forget(candidate, writer, row_id, &without(&old, &new))?;
        }
        add(candidate, writer, row_id, &without(&new, &old))?;
    } else {
        forget(candidate, writer, row_id, &old)?;
        add(candidate, writer, row_id, &new)?;
    }
    set_text(writer, message, &edited.text)
}

fn forget(candidate: &Candidate, writer: &Connection, row_id: i64, tokens: &str) -> Result<()> {
    for (table, _) in candidate.tables() {
        let delete = format!("INSERT INTO {table} ({table}, rowid, tokens) VALUES ('delete', ?, ?)");
        writer.prepare_cached(&delete)?.execute((row_id, tokens))?;
        writer.prepare_cached(&format!("INSERT INTO {table} ({table}) VALUES ('flush')"))?.execute([])?;
    }
    Ok(())
}

fn set_text(writer: &Connection, message: &Message, text: &str) -> Result<()> {
    writer.prepare_cached("UPDATE messages SET text = ? WHERE place = ?")?.execute((text, message.place))?;
    Ok(())
}

/// How many of the probes are found, in a small database.
fn probed(candidate: &Candidate, dir: &Path) -> Result<usize> {
    let path = dir.join("search-probes.db");
    let connection = open(&path, READER_CACHE)?;
    create(candidate, &connection)?;
    let messages = probes::ALL.iter().zip(1..).map(|((_, text), n)| Message {
        place: 1 << 39 | n << 12,
        chat: 1,
        author: n % AUTHORS,
        at: n << 20,
        text: (*text).to_owned(),
    });
    for message in messages {
        store(&connection, &message)?;
        put(candidate, &connection, &message)?;
    }
    let mut found = 0;
    for (input, text) in probes::ALL {
        let page = page(&connection, candidate, input, None)?.unwrap_or_default();
        if page.iter().any(|(_, found)| found == text) {
            found += 1;
        } else {
            println!("    does not find {input:?} in {text:?}");
        }
    }
    drop(connection);
    std::fs::remove_file(path)?;
    Ok(found)
}
