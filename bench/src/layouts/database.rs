//! One layout in a database of its own, opened as the core opens its: same key, page cache, journal and durability.

use std::{
    collections::BTreeMap,
    fs::File,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use nix::fcntl::{PosixFadviseAdvice, posix_fadvise};
use rusqlite::{Connection, types::Value};

use super::script::Script;

/// The same for all layouts. The rows of deleted text are overwritten, as the core wants it.
const SEARCH: &str = "CREATE VIRTUAL TABLE search USING fts5(text, content='', detail=none, columnsize=0,
        tokenize='unicode61 remove_diacritics 0');
    INSERT INTO search (search, rank) VALUES ('secure-delete', 1);";
/// KiB of page cache: as the core gives its readers and its writer. To fill, what holds everything.
const READER_CACHE: i64 = -8_000;
const WRITER_CACHE: i64 = -16_000;
const FILLING_CACHE: i64 = -1_000_000;

/// What a statement asks for by `:name`.
macro_rules! parameters {
    ($($variant:ident = $name:literal),* $(,)?) => {
        #[derive(Debug, Clone, Copy)]
        pub enum Parameter { $($variant),* }
        const NAMES: &[(&str, Parameter)] = &[$((concat!(":", $name), Parameter::$variant)),*];
    };
}
parameters! {
    About = "about", Admin = "admin", At = "at", Author = "author", Category = "category", Chat = "chat",
    First = "first", FirstAt = "first_at", FirstKey = "first_key", FirstRead = "first_read",
    IsReaded = "is_readed", Key = "key", Kind = "kind", Limit = "limit", Me = "me", Members = "members",
    Message = "message", NewKey = "new_key", Number = "number", ReadAt = "read_at", ReadPlace = "read_place", Readers = "readers",
    Second = "second", SecondRead = "second_read", SentAt = "sent_at", Text = "text", Title = "title",
    Unread = "unread", User = "user", Word = "word",
}

/// Values for the parameters of a section; what is not set is NULL.
#[derive(Debug, Clone)]
pub struct Values(Vec<Value>);

impl Values {
    #[must_use]
    pub fn new() -> Self {
        Self(vec![Value::Null; NAMES.len()])
    }

    #[must_use]
    pub fn with(mut self, parameter: Parameter, value: impl Into<Value>) -> Self {
        self.set(parameter, value);
        self
    }

    pub fn set(&mut self, parameter: Parameter, value: impl Into<Value>) {
        self.0[parameter as usize] = value.into();
    }
}

/// What a query gave, row after row.
#[derive(Debug, Default, PartialEq)]
pub struct Rows {
    pub columns: usize,
    pub values: Vec<Value>,
}

impl Rows {
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len().checked_div(self.columns).unwrap_or(0)
    }

    #[must_use]
    pub fn integer(&self, row: usize, column: usize) -> i64 {
        match self.values.get(row * self.columns + column) {
            Some(Value::Integer(number)) => *number,
            _ => 0,
        }
    }

    #[cfg(test)]
    pub fn iter(&self) -> impl Iterator<Item = &[Value]> {
        self.values.chunks(self.columns.max(1))
    }
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Nothing is journalled: the file is of no use if this is interrupted.
    Fill,
    Read,
    Write,
}

pub struct Database {
    pub connection: Connection,
    path: PathBuf,
    sections: BTreeMap<String, Vec<Statement>>,
}

struct Statement {
    sql: String,
    parameters: Vec<Parameter>,
}

impl Database {
    /// Opens `path`; makes the layout's tables when it is to be filled.
    ///
    /// # Errors
    /// When SQLite cannot, or a statement of the layout is wrong.
    pub fn open(path: &Path, key: [u8; 32], script: &Script, purpose: Purpose) -> Result<Self> {
        let connection = connect(path, key, purpose).with_context(|| format!("{}", path.display()))?;
        if purpose == Purpose::Fill {
            connection.execute_batch(&script.schema)?;
            connection.execute_batch(SEARCH)?;
        }
        let mut sections = BTreeMap::new();
        for (name, section) in &script.sections {
            let prepare = |sql: &String| prepare(&connection, sql).with_context(|| format!("section {name}"));
            sections.insert(name.clone(), section.statements.iter().map(prepare).collect::<Result<_>>()?);
        }
        Ok(Self { connection, path: path.to_owned(), sections })
    }

    #[must_use]
    pub fn has(&self, section: &str) -> bool {
        self.sections.get(section).is_some_and(|statements| !statements.is_empty())
    }

    /// Runs the statements of a section; nothing where the layout has none.
    ///
    /// # Errors
    /// When SQLite cannot.
    pub fn run(&self, section: &str, values: &Values) -> Result<Rows> {
        let mut found = Rows::default();
        for statement in self.sections.get(section).into_iter().flatten() {
            let mut prepared = self.connection.prepare_cached(&statement.sql)?;
            for (at, parameter) in statement.parameters.iter().enumerate() {
                prepared.raw_bind_parameter(at + 1, &values.0[*parameter as usize])?;
            }
            found.columns = prepared.column_count();
            let mut rows = prepared.raw_query();
            while let Some(row) = rows.next()? {
                for column in 0..found.columns {
                    found.values.push(row.get(column)?);
                }
            }
        }
        Ok(found)
    }

    /// # Errors
    /// When SQLite cannot.
    pub fn begin(&self) -> Result<()> {
        self.connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        Ok(())
    }

    /// # Errors
    /// When SQLite cannot.
    pub fn commit(&self) -> Result<()> {
        self.connection.prepare_cached("COMMIT")?.execute([])?;
        Ok(())
    }

    /// Puts a text into the search index, with a word for its chat: so one chat is searched by the same index.
    ///
    /// # Errors
    /// When SQLite cannot.
    pub fn index(&self, number: i64, key: i64, chat: i64, text: &str) -> Result<()> {
        let mut put = self.connection.prepare_cached("INSERT INTO search (rowid, text) VALUES (?, ?)")?;
        put.execute((number, format!("{text} {}", chat_word(chat))))?;
        self.run("found", &Values::new().with(Parameter::Number, number).with(Parameter::Key, key))?;
        Ok(())
    }

    /// # Errors
    /// When SQLite cannot.
    pub fn unindex(&self, number: i64, chat: i64, text: &str) -> Result<()> {
        let sql = "INSERT INTO search (search, rowid, text) VALUES ('delete', ?, ?)";
        self.connection.prepare_cached(sql)?.execute((number, format!("{text} {}", chat_word(chat))))?;
        self.run("forget", &Values::new().with(Parameter::Number, number))?;
        Ok(())
    }

    /// Bytes of each table and index, by name.
    ///
    /// # Errors
    /// When SQLite cannot.
    pub fn sizes(&self) -> Result<Vec<(String, i64)>> {
        let sql = "SELECT name, pgsize FROM dbstat WHERE aggregate = TRUE ORDER BY name";
        let mut sizes = self.connection.prepare(sql)?;
        let rows = sizes.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Holds every statement to "no full scan, no sort", but for the reasons given in the layout's file.
    ///
    /// # Errors
    /// Names the statement and the line of its plan.
    pub fn check_plans(&self, script: &Script) -> Result<()> {
        for (name, section) in &script.sections {
            for sql in &section.statements {
                let mut explain = self.connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
                let mut rows = explain.raw_query();
                while let Some(row) = rows.next()? {
                    let line: String = row.get(3)?;
                    if let Some(objection) = section.objection(&line) {
                        bail!("section {name}: {objection}: {line}\n{sql}");
                    }
                }
            }
        }
        Ok(())
    }

    /// Closes the database and asks the system to forget what it holds of the file. Of what lies below the system
    /// (a virtual disk, its host), nobody here can say.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn close_cold(self) -> Result<()> {
        self.connection.close().map_err(|(_, error)| error)?;
        let file = File::open(&self.path)?;
        file.sync_all()?;
        posix_fadvise(&file, 0, 0, PosixFadviseAdvice::POSIX_FADV_DONTNEED)?;
        Ok(())
    }
}

/// The word that every text of a chat holds in the search index.
#[must_use]
pub fn chat_word(chat: i64) -> String {
    format!("chat{chat}")
}

fn connect(path: &Path, key: [u8; 32], purpose: Purpose) -> Result<Connection> {
    let connection = Connection::open(path)?;
    let hex = data_encoding::HEXLOWER.encode(&key);
    connection.pragma_update(None, "key", format!("x'{hex}'"))?;
    connection.pragma_update(None, "cipher_memory_security", "OFF")?;
    let filling = purpose == Purpose::Fill;
    connection.pragma_update(None, "journal_mode", if filling { "OFF" } else { "WAL" })?;
    connection.pragma_update(None, "synchronous", if filling { "OFF" } else { "NORMAL" })?;
    connection.pragma_update(None, "mmap_size", 0)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    let cache = match purpose {
        Purpose::Fill => FILLING_CACHE,
        Purpose::Read => READER_CACHE,
        Purpose::Write => WRITER_CACHE,
    };
    connection.pragma_update(None, "cache_size", cache)?;
    match purpose {
        Purpose::Fill => {}
        Purpose::Read => connection.pragma_update(None, "query_only", "ON")?,
        Purpose::Write => connection.pragma_update(None, "secure_delete", "ON")?,
    }
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.set_prepared_statement_cache_capacity(200);
    Ok(connection)
}

fn prepare(connection: &Connection, sql: &str) -> Result<Statement> {
    let prepared = connection.prepare(sql)?;
    let named = |at| {
        let name = prepared.parameter_name(at).context("a parameter without a name")?;
        let known = NAMES.iter().find(|(known, _)| *known == name);
        known.map(|(_, parameter)| *parameter).with_context(|| format!("nobody sets {name}"))
    };
    let parameters = (1..=prepared.parameter_count()).map(named).collect::<Result<_>>()?;
    Ok(Statement { sql: sql.to_owned(), parameters })
}
