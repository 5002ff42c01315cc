//! The store in one SQLite file: WAL, `synchronous = FULL`, one writing connection, a pool of reading ones.

mod accounts;
mod append;
mod backups;
mod cache;
mod directory;
mod inbox;
mod open;
mod statements;

use std::{
    fs::File,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use beseda_protocol::{
    BackupId, ChatId, DeviceId, EnvelopeId, LogId, RecordId, Seq, SlotId, SlotKey, UserId,
    access::Keys,
    backup::BackupRecord,
    envelope::LogEntry,
    limits,
    request::{InboxItem, Mark},
};
use futures_util::{TryStreamExt, future::BoxFuture};
use sqlx::{Connection, Row, SqliteConnection, SqlitePool, query, query_scalar};
use tokio::{
    sync::{Mutex as AsyncMutex, MutexGuard as AsyncMutexGuard, Notify},
    task::JoinHandle,
};

pub use self::open::{OpenError, Purpose};
use self::{append::corrupt, cache::Cache, statements as sql};
use crate::store::{
    Account, Admission, Answer, AppendRequest, Appended, BackupPut, BackupStored, Chat, LogStore, Page,
    StoreError,
};

/// Bytes written before the background task is asked to checkpoint.
const CHECKPOINT_BYTES: usize = 4 * 1024 * 1024;
/// Pages in the log file at which the writer checkpoints itself: nothing else lets the file start anew while
/// appends never pause.
const LONG_WAL_PAGES: i64 = 16 * 1024;

pub struct SqliteStore {
    readers: SqlitePool,
    /// Absent after [`LogStore::close`].
    writer: AsyncMutex<Option<Writer>>,
    cache: Mutex<Cache>,
    checkpoints: Arc<Checkpoints>,
    checkpointing: Mutex<Option<JoinHandle<()>>>,
    lock: Mutex<Option<File>>,
}

struct Writer {
    connection: SqliteConnection,
    /// Highest number of a chat.
    last_chat: i64,
    /// Bytes since the last checkpoint, about.
    written: usize,
}

#[derive(Default)]
struct Checkpoints {
    due: Notify,
    long_wal: std::sync::atomic::AtomicBool,
    stop: Notify,
}

impl SqliteStore {
    fn new(
        readers: SqlitePool,
        connection: SqliteConnection,
        checkpointer: SqliteConnection,
        last_chat: i64,
        lock: Option<File>,
    ) -> Self {
        let checkpoints = Arc::new(Checkpoints::default());
        let checkpointing = tokio::spawn(checkpoint_in_background(checkpointer, Arc::clone(&checkpoints)));
        Self {
            readers,
            writer: AsyncMutex::new(Some(Writer { connection, last_chat, written: 0 })),
            cache: Mutex::default(),
            checkpoints,
            checkpointing: Mutex::new(Some(checkpointing)),
            lock: Mutex::new(lock),
        }
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn writer(&self) -> Result<WriterGuard<'_>, StoreError> {
        let guard = self.writer.lock().await;
        AsyncMutexGuard::try_map(guard, Option::as_mut)
            .map_err(|_| StoreError::Failed("the store is closed".into()))
    }

    async fn load(&self, id: ChatId) -> Result<Option<(i64, Chat)>, StoreError> {
        let generation = {
            let cache = self.cache();
            if let Some(found) = cache.chat(&id) {
                return Ok(Some(found));
            }
            cache.generation()
        };
        let mut connection = self.readers.acquire().await?;
        let Some((number, chat)) = load_chat(&mut connection, id).await? else { return Ok(None) };
        let chat = self.cache().loaded(generation, id, number, chat);
        Ok(Some((number, chat)))
    }

    async fn checkpoint_if_long(&self, writer: &mut Writer) {
        use std::sync::atomic::Ordering::Relaxed;
        if writer.written > CHECKPOINT_BYTES {
            writer.written = 0;
            self.checkpoints.due.notify_one();
        }
        if self.checkpoints.long_wal.swap(false, Relaxed)
            && let Err(error) = query("PRAGMA wal_checkpoint(PASSIVE)").execute(&mut writer.connection).await
        {
            tracing::warn!(%error, "checkpoint failed");
        }
    }
}

type WriterGuard<'a> = tokio::sync::MappedMutexGuard<'a, Writer>;

async fn checkpoint_in_background(mut connection: SqliteConnection, checkpoints: Arc<Checkpoints>) {
    use std::sync::atomic::Ordering::Relaxed;
    loop {
        tokio::select! {
            () = checkpoints.due.notified() => {}
            () = checkpoints.stop.notified() => break,
        }
        match query("PRAGMA wal_checkpoint(PASSIVE)").fetch_one(&mut connection).await {
            Ok(row) => {
                let pages = row.try_get::<i64, _>(1).unwrap_or(0);
                checkpoints.long_wal.store(pages > LONG_WAL_PAGES, Relaxed);
            }
            Err(error) => tracing::warn!(%error, "checkpoint failed"),
        }
    }
    // The last connection to close empties the log file; an error here is met again at the next start.
    let _ = connection.close().await;
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.checkpoints.stop.notify_one();
    }
}

/// A seq that no log reaches counts as the highest: it must not lead into another chat's log.
fn place(chat: i64, seq: Seq) -> i64 {
    chat << 26 | seq.0.min(limits::SEQ_MAX).cast_signed()
}

fn seq_of(place: i64) -> Seq {
    Seq(place.cast_unsigned() & limits::SEQ_MAX)
}

async fn load_chat(connection: &mut SqliteConnection, id: ChatId) -> Result<Option<(i64, Chat)>, StoreError> {
    let Some(row) = query(sql::CHAT).bind(id.0.as_slice()).fetch_optional(&mut *connection).await? else {
        return Ok(None);
    };
    let number: i64 = row.try_get(0)?;
    let mut keys = Keys::default();
    for row in query(sql::KEYS).bind(number).fetch_all(&mut *connection).await? {
        let key = SlotKey::from_slice(row.try_get(0)?).map_err(corrupt)?;
        let slot = SlotId::from_slice(row.try_get(1)?).map_err(corrupt)?;
        keys.0.insert(key, (slot, row.try_get(2)?));
    }
    let chat = Chat {
        log: LogId::from_slice(row.try_get(1)?).map_err(corrupt)?,
        head: Seq(row.try_get::<i64, _>(2)?.cast_unsigned()),
        last_handshake: Seq(row.try_get::<i64, _>(3)?.cast_unsigned()),
        touched_at: row.try_get(4)?,
        keys: Arc::new(keys),
    };
    Ok(Some((number, chat)))
}

impl LogStore for SqliteStore {
    fn append(&self, group: Vec<AppendRequest>, now: i64) -> Answer<'_, Vec<Appended>> {
        Box::pin(async move {
            let mut writer = self.writer().await?;
            let answers = append::append(self, &mut writer, group, now).await?;
            self.checkpoint_if_long(&mut writer).await;
            Ok(answers)
        })
    }

    fn chat(&self, chat: ChatId) -> Answer<'_, Option<Chat>> {
        Box::pin(async move { Ok(self.load(chat).await?.map(|(_, chat)| chat)) })
    }

    fn read(&self, chat: ChatId, after: Seq, page: Page) -> Answer<'_, Vec<LogEntry>> {
        Box::pin(async move {
            let cached = self.cache().read(&chat, after, page);
            if let Some(entries) = cached {
                return Ok(entries.iter().map(|entry| LogEntry::clone(entry)).collect());
            }
            let Some((number, _)) = self.load(chat).await? else { return Ok(Vec::new()) };
            let (_, last) = append::places(number);
            let rows = query(sql::READ).bind(place(number, after)).bind(last);
            let (entries, _) = self.page(rows, page).await?;
            Ok(entries)
        })
    }

    fn handshakes(&self, chat: ChatId, before: Seq, page: Page) -> Answer<'_, (Vec<LogEntry>, bool)> {
        Box::pin(async move {
            let Some((number, _)) = self.load(chat).await? else { return Ok((Vec::new(), false)) };
            let (first, _) = append::places(number);
            let rows = query(sql::HANDSHAKES).bind(first).bind(place(number, before));
            self.page(rows, page).await
        })
    }

    fn marks(&self, chat: ChatId, after: Seq, count: usize) -> Answer<'_, Vec<Mark>> {
        Box::pin(async move {
            let Some((number, _)) = self.load(chat).await? else { return Ok(Vec::new()) };
            let (_, last) = append::places(number);
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            let rows = query(sql::MARKS).bind(place(number, after)).bind(last).bind(count);
            let (mut rows, mut marks) = (rows.fetch(&self.readers), Vec::new());
            while let Some(row) = rows.try_next().await? {
                marks.push(append::mark(&row)?);
            }
            Ok(marks)
        })
    }

    fn mark_at(&self, chat: ChatId, seq: Seq) -> Answer<'_, Option<Mark>> {
        Box::pin(async move {
            let cached = self.cache().mark_at(&chat, seq);
            if cached.is_some() {
                return Ok(cached);
            }
            let Some((number, _)) = self.load(chat).await? else { return Ok(None) };
            let row = query(sql::MARK_AT).bind(place(number, seq)).fetch_optional(&self.readers).await?;
            row.map(|row| append::mark(&row)).transpose()
        })
    }

    fn deliver(&self, to: DeviceId, id: EnvelopeId, body: Vec<u8>) -> Answer<'_, Option<u64>> {
        Box::pin(async move { inbox::deliver(&mut *self.writer().await?, to, id, body).await })
    }

    fn inbox(&self, device: DeviceId, after: u64, page: Page) -> Answer<'_, (Vec<InboxItem>, bool)> {
        Box::pin(inbox::read(&self.readers, device, after, page))
    }

    fn inbox_head(&self, device: DeviceId) -> Answer<'_, u64> {
        Box::pin(async move {
            let head: i64 =
                query_scalar(sql::INBOX_HEAD).bind(device.0.as_slice()).fetch_one(&self.readers).await?;
            Ok(head.cast_unsigned())
        })
    }

    fn acknowledge(&self, device: DeviceId, upto: u64) -> Answer<'_, ()> {
        Box::pin(async move {
            let upto = i64::try_from(upto).unwrap_or(i64::MAX);
            let forget = query(sql::INBOX_FORGET).bind(device.0.as_slice()).bind(upto);
            forget.execute(&mut self.writer().await?.connection).await?;
            Ok(())
        })
    }

    fn publish_key_packages(&self, device: DeviceId, packages: Vec<Vec<u8>>, now: i64) -> Answer<'_, u32> {
        Box::pin(async move {
            accounts::publish_key_packages(&mut *self.writer().await?, device, packages, now).await
        })
    }

    fn take_key_package(&self, device: DeviceId) -> Answer<'_, Option<Vec<u8>>> {
        Box::pin(async move {
            let take = query_scalar(sql::TAKE_KEY_PACKAGE).bind(device.0.as_slice());
            Ok(take.fetch_optional(&mut self.writer().await?.connection).await?)
        })
    }

    fn put_in_directory(
        &self,
        user: UserId,
        username: String,
        identity: Vec<u8>,
        now: i64,
    ) -> Answer<'_, bool> {
        Box::pin(
            async move { directory::put(&mut *self.writer().await?, user, &username, identity, now).await },
        )
    }

    fn find_in_directory(&self, username: String) -> Answer<'_, Option<Vec<u8>>> {
        Box::pin(
            async move { Ok(query_scalar(sql::FIND).bind(username).fetch_optional(&self.readers).await?) },
        )
    }

    fn listed(&self, user: UserId) -> Answer<'_, Option<Vec<u8>>> {
        Box::pin(async move {
            Ok(query_scalar(sql::LISTED).bind(user.0.as_slice()).fetch_optional(&self.readers).await?)
        })
    }

    fn put_backup(&self, by: DeviceId, put: BackupPut) -> Answer<'_, BackupStored> {
        Box::pin(async move { backups::put(&mut *self.writer().await?, by, put).await })
    }

    fn backup(
        &self,
        backup: BackupId,
        after: Option<RecordId>,
        page: Page,
    ) -> Answer<'_, (Vec<BackupRecord>, bool)> {
        Box::pin(backups::read(&self.readers, backup, after, page))
    }

    fn open_account(&self, device: DeviceId, admission: Admission, now: i64) -> Answer<'_, Account> {
        Box::pin(async move {
            let known = query(sql::DEVICE).bind(device.0.as_slice()).fetch_optional(&self.readers).await?;
            if known.is_some() {
                return Ok(Account::Known);
            }
            accounts::open(&mut *self.writer().await?, device, admission, now).await
        })
    }

    fn create_invite(&self, token_hash: [u8; 32], uses: u32, now: i64) -> Answer<'_, ()> {
        Box::pin(async move {
            let create = query(sql::CREATE_INVITE).bind(token_hash.as_slice()).bind(i64::from(uses));
            create.bind(now).execute(&mut self.writer().await?.connection).await?;
            Ok(())
        })
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            self.readers.close().await;
            if let Some(writer) = self.writer.lock().await.take()
                && let Err(error) = writer.connection.close().await
            {
                tracing::warn!(%error, "closing the database failed");
            }
            self.checkpoints.stop.notify_one();
            let checkpointing = self.checkpointing.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(checkpointing) = checkpointing {
                // It closes the last connection: whoever puts another file in place of this one is not written over.
                let _ = checkpointing.await;
            }
            self.lock.lock().unwrap_or_else(PoisonError::into_inner).take();
        })
    }
}

type Statement<'q> = sqlx::query::Query<'q, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>;

impl SqliteStore {
    /// The entries that fit a page, and whether there are more. The statement's last parameter is its row limit.
    async fn page(&self, statement: Statement<'_>, page: Page) -> Result<(Vec<LogEntry>, bool), StoreError> {
        let limit = i64::try_from(page.count).unwrap_or(i64::MAX).saturating_add(1);
        let mut rows = statement.bind(limit).fetch(&self.readers);
        let (mut entries, mut bytes) = (Vec::new(), 0);
        while let Some(row) = rows.try_next().await? {
            let entry = append::entry(&row)?;
            bytes += entry.body.len();
            if bytes > page.bytes || entries.len() == page.count {
                return Ok((entries, true));
            }
            entries.push(entry);
        }
        Ok((entries, false))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            // SQLITE_FULL; the extended codes of SQLITE_IOERR say nothing of space.
            sqlx::Error::Database(inner) if inner.code().as_deref() == Some("13") => Self::Full,
            _ => Self::Failed(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_statement_goes_by_an_index() {
        let dir = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(dir.path(), Purpose::Serve).await.unwrap();
        for text in statements::all() {
            let explain = format!("EXPLAIN QUERY PLAN {text}");
            let rows = query(sqlx::AssertSqlSafe(explain)).fetch_all(&store.readers).await.unwrap();
            for row in rows {
                let step: String = row.get("detail");
                let constant = step.ends_with("-ROW VALUES CLAUSE")
                    || step.contains("CONSTANT ROW")
                    || step == "SCAN wanted";
                assert!(!step.contains("SCAN") || constant, "{text}\n  {step}");
                assert!(!step.contains("TEMP B-TREE"), "{text}\n  {step}");
            }
        }
    }
}
