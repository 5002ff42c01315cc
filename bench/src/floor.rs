//! The floor: raw SQLite, one table, no sqlx. It does the least that keeps and finds a message; nothing real can be
//! faster on the same machine, so ratios to it mean the same everywhere.

mod answers;

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result};
use beseda_core::domain::{ChatNo, Place};
use beseda_protocol::Seq;
use rusqlite::{Connection, params};

use crate::words;

/// As in the core and in the relay: commits until the WAL is copied back.
const CHECKPOINT_COMMITS: u32 = 1_000;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS messages (place INTEGER PRIMARY KEY, message_id BLOB NOT NULL, author_no INTEGER NOT NULL,
        text TEXT NOT NULL, sent_at INTEGER NOT NULL, at INTEGER NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS chats (chat_no INTEGER PRIMARY KEY, title TEXT NOT NULL, last_text TEXT NOT NULL,
        last_at INTEGER NOT NULL, unread INTEGER NOT NULL) STRICT;
    CREATE INDEX IF NOT EXISTS chats_by_time ON chats (last_at DESC);
    CREATE TABLE IF NOT EXISTS entries (place INTEGER PRIMARY KEY, id BLOB NOT NULL, body BLOB NOT NULL) STRICT;";
const INSERT: &str =
    "INSERT INTO messages (place, message_id, author_no, text, sent_at, at) VALUES (?, ?, ?, ?, ?, ?)";
/// What is sent goes into the first chat.
const SENT: &str =
    "SELECT count(*) + 1 FROM messages WHERE place >= (1 << 39 | 1 << 38) AND place < (2 << 39)";
const NEWEST: &str = "SELECT place, message_id, author_no, text, sent_at, at FROM messages
    WHERE place >= ? AND place < ? ORDER BY place DESC LIMIT ?";
const CHATS: &str = "SELECT chat_no, title, last_text, last_at, unread FROM chats ORDER BY last_at DESC";
const APPEND: &str = "INSERT INTO entries (place, id, body) VALUES (?, ?, ?)";

/// What a commit survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durable {
    /// As the core's `Durability::Process`: `synchronous = NORMAL`.
    Process,
    /// As the relay: `synchronous = FULL`.
    Power,
}

pub struct Floor {
    connection: Connection,
    next: i64,
    commits: u32,
}

/// A message as the floor reads it back.
pub type Row = (i64, Vec<u8>, i64, String, i64, i64);
/// A chat's line.
pub type Line = (i64, String, String, i64, i64);

impl Floor {
    /// Opens or makes `file`, encrypted with `key` as the core's database is, or plain as the relay's.
    ///
    /// # Errors
    /// When SQLite cannot.
    pub fn open(file: &Path, key: Option<[u8; 32]>, durable: Durable) -> Result<Self> {
        let connection = Connection::open(file).with_context(|| format!("{}", file.display()))?;
        if let Some(key) = key {
            let hex = data_encoding::HEXLOWER.encode(&key);
            connection.pragma_update(None, "key", format!("x'{hex}'"))?;
            connection.pragma_update(None, "cipher_memory_security", "OFF")?;
        }
        connection.pragma_update(None, "journal_mode", "WAL")?;
        let synchronous = if durable == Durable::Power { "FULL" } else { "NORMAL" };
        connection.pragma_update(None, "synchronous", synchronous)?;
        connection.pragma_update(None, "mmap_size", 0)?;
        connection.pragma_update(None, "cache_size", -16_000)?;
        connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        connection.busy_timeout(Duration::from_secs(10))?;
        connection.set_prepared_statement_cache_capacity(32);
        connection.execute_batch(SCHEMA)?;
        // Above what an earlier run left in a kept database.
        let next = connection.query_row(SENT, [], |row| row.get(0))?;
        Ok(Self { connection, next, commits: 0 })
    }

    /// Fills chat `chat` with `count` messages, in one transaction.
    ///
    /// # Errors
    /// When SQLite cannot.
    pub fn fill(&mut self, chat: i64, first: u64, count: u64) -> Result<()> {
        let transaction = self.connection.transaction()?;
        {
            let mut insert = transaction.prepare_cached(INSERT)?;
            for n in 0..count {
                let place = Place::accepted(Seq(n + 1), 0).context("a place")?;
                let (text, at) = (words::message(first + n), n as i64);
                insert.execute(params![place.row(ChatNo(chat)), id(first + n), 1, text, at, at])?;
            }
            transaction.prepare_cached("INSERT INTO chats VALUES (?, ?, ?, ?, ?)")?.execute(params![
                chat,
                format!("Chat {chat}"),
                words::message(first + count),
                count as i64,
                3
            ])?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// # Errors
    /// When SQLite cannot.
    pub fn checkpoint(&self) -> Result<()> {
        self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
        Ok(())
    }

    /// One message, durable, in the first chat.
    ///
    /// # Errors
    /// When SQLite cannot.
    pub fn send(&mut self, text: &str) -> Result<()> {
        let place = Place::queued(self.next).row(ChatNo(1));
        self.next += 1;
        self.begin()?;
        self.connection.prepare_cached(INSERT)?.execute(params![
            place,
            id(self.next as u64),
            1,
            text,
            1,
            1
        ])?;
        self.commit()
    }

    /// # Errors
    /// When SQLite cannot.
    pub fn chats(&self) -> Result<Vec<Line>> {
        let mut chats = self.connection.prepare_cached(CHATS)?;
        let rows = chats
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// `count` sealed bodies in one transaction, as a relay keeps them.
    ///
    /// # Errors
    /// When SQLite cannot.
    pub fn append(&mut self, count: usize, body: &[u8]) -> Result<()> {
        self.begin()?;
        {
            let mut append = self.connection.prepare_cached(APPEND)?;
            for _ in 0..count {
                append.execute(params![self.next, id(self.next as u64), body])?;
                self.next += 1;
            }
        }
        self.commit()
    }

    fn begin(&self) -> Result<()> {
        self.connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        Ok(())
    }

    fn commit(&mut self) -> Result<()> {
        self.connection.prepare_cached("COMMIT")?.execute([])?;
        self.commits += 1;
        if self.commits.is_multiple_of(CHECKPOINT_COMMITS) {
            self.checkpoint()?;
        }
        Ok(())
    }
}

/// Sixteen bytes that look random, as ids are.
fn id(number: u64) -> [u8; 16] {
    let mut dice = words::Dice::new(number);
    std::array::from_fn(|_| dice.below(256) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_finds_the_newest_and_needs_its_key() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("floor.db");
        let mut floor = Floor::open(&file, Some([7; 32]), Durable::Process).unwrap();
        floor.fill(1, 0, 100).unwrap();
        floor.fill(2, 100, 10).unwrap();
        floor.send("the last").unwrap();
        let page = floor.page(1, Place::END, 50).unwrap();
        assert_eq!((page.len(), page[0].3.as_str()), (50, "the last"));
        assert_eq!(page[1].3, words::message(99));
        assert_eq!(floor.chats().unwrap().len(), 2);
        let middle = Place::accepted(Seq(50), 0).unwrap();
        let around: Vec<String> = floor.around(1, middle, 10).unwrap().into_iter().map(|row| row.3).collect();
        assert!(around.len() == 15 && around[0] == words::message(48) && around[5] == words::message(49));
        floor.plant(&[(middle.row(ChatNo(2)), "a zeppelin")]).unwrap();
        floor.index().unwrap();
        assert_eq!((floor.search("zeppelin", 9).unwrap(), floor.search("zep*", 9).unwrap()), (1, 1));
        floor.put_marks(1, &[(1, 5), (2, 9)]).unwrap();
        assert_eq!(floor.readers(1, &[4, 5, 6, 10]).unwrap(), [2, 2, 1, 0]);
        drop(floor);
        assert!(Floor::open(&file, Some([8; 32]), Durable::Process).is_err());
    }
}
