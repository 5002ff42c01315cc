//! What is asked of the floor beside the newest page: pages anywhere, readers, words.

use anyhow::Result;
use beseda_core::domain::{ChatNo, Place};
use rusqlite::params;

use super::{Floor, INSERT, NEWEST, Row, id};

const AFTER: &str = "SELECT place, message_id, author_no, text, sent_at, at FROM messages
    WHERE place >= ? AND place < ? ORDER BY place LIMIT ?";
const MARKS: &str = "CREATE TABLE IF NOT EXISTS marks (chat_no INTEGER NOT NULL, user_no INTEGER NOT NULL,
    place INTEGER NOT NULL, PRIMARY KEY (chat_no, user_no)) STRICT, WITHOUT ROWID";
const WORDS: &str = "CREATE VIRTUAL TABLE words USING fts5 (text, content = '', prefix = '2 3');
    INSERT INTO words (rowid, text) SELECT place, text FROM messages ORDER BY place";
const SEARCH: &str = "SELECT m.place, m.message_id, m.author_no, m.text, m.sent_at, m.at
    FROM words JOIN messages m ON m.place = words.rowid WHERE words MATCH ? ORDER BY words.rowid DESC LIMIT ?";

impl Floor {
    /// The `count` messages before a place, newest first.
    ///
    /// # Errors
    /// When SQLite cannot.
    pub fn page(&self, chat: i64, before: Place, count: u32) -> Result<Vec<Row>> {
        self.rows(NEWEST, (Place::FIRST.row(ChatNo(chat)), before.row(ChatNo(chat)), count))
    }

    /// Half a page before a place, and a whole one from it on.
    ///
    /// # Errors
    /// When SQLite cannot.
    pub fn around(&self, chat: i64, place: Place, count: u32) -> Result<Vec<Row>> {
        let (chat, end) = (ChatNo(chat), Place::END.row(ChatNo(chat)));
        let mut rows = self.rows(NEWEST, (Place::FIRST.row(chat), place.row(chat), count / 2))?;
        rows.extend(self.rows(AFTER, (place.row(chat), end, count))?);
        Ok(rows)
    }

    fn rows(&self, sql: &str, range: (i64, i64, u32)) -> Result<Vec<Row>> {
        let mut page = self.connection.prepare_cached(sql)?;
        let rows = page.query_map(range, |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// How far each member of a chat has read: the member, the place.
    ///
    /// # Errors
    /// When SQLite cannot.
    pub fn put_marks(&mut self, chat: i64, marks: &[(i64, i64)]) -> Result<()> {
        self.connection.execute_batch(MARKS)?;
        let transaction = self.connection.transaction()?;
        {
            let mut put = transaction.prepare_cached("INSERT OR REPLACE INTO marks VALUES (?, ?, ?)")?;
            for (user, place) in marks {
                put.execute(params![chat, user, place])?;
            }
        }
        Ok(transaction.commit()?)
    }

    /// How many marks reach each of the places.
    ///
    /// # Errors
    /// When SQLite cannot.
    pub fn readers(&self, chat: i64, places: &[i64]) -> Result<Vec<usize>> {
        let mut marks = self.connection.prepare_cached("SELECT place FROM marks WHERE chat_no = ?")?;
        let mut marks: Vec<i64> =
            marks.query_map([chat], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        marks.sort_unstable();
        Ok(places.iter().map(|place| marks.len() - marks.partition_point(|mark| mark < place)).collect())
    }

    /// Messages that were put among the others: rows and texts.
    ///
    /// # Errors
    /// When SQLite cannot.
    pub fn plant(&mut self, rows: &[(i64, &str)]) -> Result<()> {
        let transaction = self.connection.transaction()?;
        {
            let mut insert = transaction.prepare_cached(INSERT)?;
            for (row, text) in rows {
                insert.execute(params![row, id(row.cast_unsigned()), 1, text, 1, 1])?;
            }
        }
        Ok(transaction.commit()?)
    }

    /// Makes a full-text index over all messages, if there is none.
    ///
    /// # Errors
    /// When SQLite cannot.
    pub fn index(&mut self) -> Result<()> {
        let there: i64 = self.connection.query_row(
            "SELECT count(*) FROM sqlite_master WHERE name = 'words'",
            [],
            |row| row.get(0),
        )?;
        if there == 0 {
            let transaction = self.connection.transaction()?;
            transaction.execute_batch(WORDS)?;
            transaction.commit()?;
        }
        Ok(())
    }

    /// The newest messages with a word; how many.
    ///
    /// # Errors
    /// When SQLite cannot.
    pub fn search(&self, words: &str, limit: usize) -> Result<usize> {
        let mut search = self.connection.prepare_cached(SEARCH)?;
        let rows = search.query_map(params![words, limit as i64], |row| {
            let row: Row = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?);
            Ok(row)
        })?;
        Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?.len())
    }
}
