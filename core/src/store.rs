//! The encrypted local store: one SQLite (SQLCipher) file, one writer, a few readers.
//!
//! All writes go through one door: [`Store::begin`], then [`Tx::commit`], which says what changed. One folder or file
//! a concept, each with its SQL as constants (a test asks the query planner about every one).
//!
//! Not here: what the bytes mean (document, crypto), and the network.

pub mod account;
pub mod actors;
pub mod annotations;
pub mod arrange;
pub mod backup;
pub mod changes;
pub mod chat_pictures;
pub mod chats;
pub mod contacts;
pub mod copy;
pub mod dialogs;
pub mod eras;
pub mod events;
pub mod handshakes;
pub mod invitations;
pub mod joining;
pub mod kept;
pub mod key;
mod lines;
pub mod linking;
pub mod listing;
pub mod log;
pub mod members;
pub mod memory;
pub mod messages;
pub mod mls;
pub mod moves;
pub mod news;
pub mod notices;
mod open;
pub mod own;
pub mod own_profile;
mod packed;
pub mod profiles;
pub mod projection;
pub mod quarantine;
pub mod readers;
pub mod repeats;
pub mod roles;
pub mod say;
pub mod search;
pub mod standings;
pub mod tell;
pub mod trust;
pub mod users;
pub mod welcomes;

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    mem::ManuallyDrop,
    ops::{Deref, DerefMut},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use sqlx::{Connection as _, SqliteConnection, SqlitePool};
use tokio::sync::{Mutex, OwnedMutexGuard, mpsc};

use crate::{
    domain::{ChatNo, Place, UserNo},
    error::Result,
};
use changes::NewChange;
use chats::{ChatLine, ChatState};
use lines::Lines;
use memory::Memory;
use messages::NewMessage;

pub use key::{DatabaseKey, KeyKind, Unlock};
pub use open::{Options, database, erase, lock};

/// Declares a file's statements and lists them for the planner test.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $sql:expr;)*) => {
        $($(#[$doc])* const $name: &str = $sql;)*
        #[cfg(test)]
        pub(super) const ALL: &[(&str, &str)] = &[$((stringify!($name), $name)),*];
    };
}
pub(crate) use statements;

/// What a transaction changed, so that each screen looks again only where it is concerned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    /// The lowest place from which on a chat is new or different; the end, where only its line or its marks are.
    pub chats: BTreeMap<ChatNo, Place>,
    /// Single messages that look different, each in its place.
    pub messages: BTreeSet<(ChatNo, Place)>,
    /// Ids under which a row of the chat list was known before.
    pub renamed: BTreeSet<beseda_protocol::ChatId>,
    /// People of whom something else is known than before.
    pub people: BTreeSet<UserNo>,
    /// Something waits to be sent.
    pub outbox: bool,
}

impl Touched {
    pub fn chat(&mut self, chat: ChatNo, from: Place) {
        self.chats.entry(chat).and_modify(|place| *place = (*place).min(from)).or_insert(from);
    }

    /// One message looks different.
    pub fn message(&mut self, chat: ChatNo, place: Place) {
        self.messages.insert((chat, place));
        self.line(chat);
    }

    /// The chat's line in the list, or how far others have got.
    pub fn line(&mut self, chat: ChatNo) {
        self.chat(chat, Place::END);
    }
}

struct Writer {
    conn: SqliteConnection,
    memory: Memory,
    /// A transaction was left without commit: roll back first.
    dirty: bool,
}

/// HAZARD: connections are closed by [`Store::close`], which waits for it, and never by dropping: that would go on behind
/// our back, and SQLCipher takes its memory away at exit whoever still uses it, where it is not built as
/// `.cargo/config.toml` says. A store that is dropped leaves them open.
pub struct Store {
    profile: std::path::PathBuf,
    writer: ManuallyDrop<Arc<Mutex<Writer>>>,
    readers: ManuallyDrop<SqlitePool>,
    lines: Lines,
    /// One connection, opened when it is first needed.
    checkpointer: ManuallyDrop<SqlitePool>,
    /// Held as long as the store is open; the system lets go of it when the process dies.
    _lock: File,
    listeners: std::sync::Mutex<Vec<mpsc::UnboundedSender<Arc<Touched>>>>,
    commits: AtomicU32,
}

/// The WAL is copied back into the database after so many commits.
const CHECKPOINT_COMMITS: u32 = 1_000;
const CHECKPOINT: &str = "PRAGMA wal_checkpoint(PASSIVE)";
const COMPACT: &str = "VACUUM";
const EMPTY_LOG: &str = "PRAGMA wal_checkpoint(TRUNCATE)";

/// How sure a commit must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Survives the death of the process at any moment.
    Process,
    /// Survives the loss of power too: for what is about to leave this machine, and for keys. It also makes everything
    /// committed before it as durable.
    Power,
}

impl Store {
    /// Starts a write; others wait. Dropping the result without [`Tx::commit`] changes nothing.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn begin(&self, durability: Durability) -> Result<Tx<'_>> {
        let mut writer = self.prepare(durability).await?;
        sqlx::query("BEGIN IMMEDIATE").execute(&mut writer.conn).await?;
        Ok(Tx { store: self, writer, durability, touched: Touched::default() })
    }

    /// The same where it is about one chat, whose state is read in the same exchange with the database's thread.
    ///
    /// # Errors
    /// When the chat is gone, or the database cannot be written.
    pub async fn begin_in(&self, durability: Durability, chat: ChatNo) -> Result<(Tx<'_>, ChatState)> {
        let mut writer = self.prepare(durability).await?;
        let state = chats::begin_with_state(&mut writer.conn, chat).await?;
        Ok((Tx { store: self, writer, durability, touched: Touched::default() }, state))
    }

    /// The writer, ready to begin.
    async fn prepare(&self, durability: Durability) -> Result<OwnedMutexGuard<Writer>> {
        let mut writer = Arc::clone(&self.writer).lock_owned().await;
        if writer.dirty {
            writer.memory = Memory::default();
            // Whether it was committed is not known.
            self.lines.forget();
            // There may be nothing to roll back: a full disk rolls back by itself.
            let _ = sqlx::query("ROLLBACK").execute(&mut writer.conn).await;
            sqlx::query("PRAGMA synchronous = NORMAL").execute(&mut writer.conn).await?;
        }
        writer.dirty = true;
        if durability == Durability::Power {
            sqlx::query("PRAGMA synchronous = FULL").execute(&mut writer.conn).await?;
        }
        Ok(writer)
    }

    /// The whole list of chats, pinned ones first, then the newest, as this person sees it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn chats(&self, me: UserNo) -> Result<Vec<ChatLine>> {
        self.lines.list(&self.readers, me).await
    }

    /// Connections that only read.
    #[must_use]
    pub fn readers(&self) -> &SqlitePool {
        &self.readers
    }

    /// What each commit changes, from now on.
    #[must_use]
    pub fn listen(&self) -> mpsc::UnboundedReceiver<Arc<Touched>> {
        let (sender, receiver) = mpsc::unbounded_channel();
        self.listeners.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(sender);
        receiver
    }

    fn tell(&self, touched: Touched) {
        let touched = Arc::new(touched);
        self.listeners
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .retain(|listener| listener.send(touched.clone()).is_ok());
    }

    /// Copies what the WAL holds into the database, as far as readers allow, over a connection of its own: writing goes
    /// on meanwhile.
    ///
    /// # Errors
    /// When the disk does not take it; nothing is lost then.
    pub async fn checkpoint(&self) -> Result<()> {
        sqlx::query(CHECKPOINT).execute(&*self.checkpointer).await?;
        Ok(())
    }

    /// Writes the file anew without what is free in it, and empties the WAL. Writing waits meanwhile.
    ///
    /// # Errors
    /// [`crate::Error::DiskFull`] where there is not as much room again as the file takes; nothing is changed then.
    pub async fn compact(&self) -> Result<()> {
        let mut writer = self.prepare(Durability::Process).await?;
        sqlx::query(COMPACT).execute(&mut writer.conn).await?;
        sqlx::query(EMPTY_LOG).execute(&mut writer.conn).await?;
        // Nothing that the memory knows by number has moved: every such number is a key of its table.
        writer.dirty = false;
        Ok(())
    }

    fn checkpoint_soon(&self) {
        let checkpointer = SqlitePool::clone(&self.checkpointer);
        tokio::spawn(async move {
            // One that fails is tried again a thousand commits later; the WAL keeps everything.
            if let Err(error) = sqlx::query(CHECKPOINT).execute(&checkpointer).await {
                tracing::warn!(%error, "the database's log was not copied back");
            }
        });
    }

    /// Closes all connections. What was committed stays.
    pub async fn close(self) {
        self.readers.close().await;
        self.checkpointer.close().await;
        if let Some(writer) = Arc::into_inner(ManuallyDrop::into_inner(self.writer)) {
            let _ = writer.into_inner().conn.close().await;
        }
    }
}

/// A write transaction. It derefs to the connection.
pub struct Tx<'a> {
    store: &'a Store,
    writer: OwnedMutexGuard<Writer>,
    durability: Durability,
    pub touched: Touched,
}

impl Tx<'_> {
    /// Makes it so, tells the listeners what changed.
    ///
    /// # Errors
    /// When the disk does not take it: then nothing of it happened.
    pub async fn commit(mut self) -> Result<Touched> {
        let mut chats: Vec<ChatNo> = self.touched.chats.keys().copied().collect();
        let last = chats.pop();
        for chat in chats {
            chats::refresh_line(&mut self, chat).await?;
        }
        match last {
            // Nearly always there is one: its line and the commit go to the database together.
            Some(chat) => chats::refresh_line_and_commit(&mut self, chat).await?,
            None => {
                sqlx::query("COMMIT").execute(&mut self.writer.conn).await?;
            }
        }
        self.committed().await
    }

    /// The same, with a message that was written here as its last thing: in one exchange with the database's thread. No
    /// other chat was touched.
    async fn commit_with_message(
        mut self,
        number: i64,
        change: &NewChange,
        message: &NewMessage,
    ) -> Result<Touched> {
        self.touched.chat(message.chat, message.place);
        changes::insert_with_message_and_commit(&mut self, number, change, message).await?;
        self.committed().await
    }

    async fn committed(mut self) -> Result<Touched> {
        if self.durability == Durability::Power {
            sqlx::query("PRAGMA synchronous = NORMAL").execute(&mut self.writer.conn).await?;
        }
        self.writer.dirty = false;
        // Before anybody hears of it and looks.
        self.store.lines.committed();
        if self.store.commits.fetch_add(1, Ordering::Relaxed) % CHECKPOINT_COMMITS == CHECKPOINT_COMMITS - 1 {
            self.store.checkpoint_soon();
        }
        let touched = std::mem::take(&mut self.touched);
        if touched != Touched::default() {
            self.store.tell(touched.clone());
        }
        Ok(touched)
    }

    /// Ends a transaction that turned out to have nothing to write. What is kept in memory stays, unlike when it is
    /// dropped.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn end(mut self) -> Result<()> {
        sqlx::query("ROLLBACK").execute(&mut self.writer.conn).await?;
        self.store.lines.dropped();
        if self.durability == Durability::Power {
            sqlx::query("PRAGMA synchronous = NORMAL").execute(&mut self.writer.conn).await?;
        }
        self.writer.dirty = false;
        Ok(())
    }

    /// What is kept in memory about chats. It is dropped when a transaction does not commit.
    pub fn memory(&mut self) -> &mut Memory {
        &mut self.writer.memory
    }
}

impl Deref for Tx<'_> {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.writer.conn
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.writer.conn
    }
}
