//! Opening: the lock, the key, the schema.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::Read as _,
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{
    ConnectOptions as _, SqliteConnection,
    migrate::{Migration, MigrationType, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{DatabaseKey, Memory, Store, Writer};
use crate::error::{Error, Result};

/// How to open a store.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Most pages of 4 KiB that the file may take; for showing what a full disk does.
    pub max_pages: Option<u32>,
}

const READERS: u32 = 3;
/// KiB of page cache for the writer and for each reader: SQLCipher decrypts on every miss.
const WRITER_CACHE: &str = "-16000";
const READER_CACHE: &str = "-8000";

const MIGRATIONS: &[(i64, &str, &str)] = &[(1, "start", include_str!("../../migrations/0001_start.sql"))];

pub(super) fn migrator() -> Migrator {
    Migrator::with_migrations(
        MIGRATIONS
            .iter()
            .map(|(version, what, sql)| {
                Migration::new(
                    *version,
                    (*what).into(),
                    MigrationType::Simple,
                    sqlx::SqlStr::from_static(sql),
                    false,
                )
            })
            .collect(),
    )
}

/// Takes the profile for this process.
///
/// # Errors
/// [`Error::ProfileInUse`] when another process has it.
pub fn lock(profile: &Path) -> Result<File> {
    std::fs::create_dir_all(profile)?;
    let file =
        OpenOptions::new().create(true).truncate(false).write(true).open(profile.join("profile.lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::ProfileInUse),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// Where a profile's database is.
#[must_use]
pub fn database(profile: &Path) -> PathBuf {
    profile.join("beseda.db")
}

impl Store {
    /// Opens, or makes, the database of `profile`. `lock` comes from [`lock`].
    ///
    /// # Errors
    /// [`Error::WrongKey`], [`Error::NotADatabase`], [`Error::NewerSchema`], [`Error::DiskFull`]: the file stays as
    /// it is.
    pub async fn open(profile: &Path, key: &DatabaseKey, lock: File, options: &Options) -> Result<Self> {
        let path = database(profile);
        refuse_foreign(&path)?;
        // Before SQLCipher first uses it: OpenSSL would free its state at exit while a connection is still being closed.
        openssl_sys::init();
        let base = SqliteConnectOptions::new()
            .filename(&path)
            // First on each connection: nothing can be read before it.
            .pragma("key", key.pragma())
            .pragma("cipher_memory_security", "OFF")
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(Duration::from_secs(10))
            .pragma("mmap_size", "0")
            .pragma("temp_store", "MEMORY")
            .pragma("trusted_schema", "OFF")
            .statement_cache_capacity(200)
            // A whole page or chat list at once: otherwise its thread and the reader's wait for each other in turns.
            .row_buffer_size(1024)
            .disable_statement_logging();
        let mut writing = base
            .clone()
            .create_if_missing(true)
            .pragma("cache_size", WRITER_CACHE)
            .pragma("secure_delete", "ON")
            .pragma("wal_autocheckpoint", "0");
        if let Some(pages) = options.max_pages {
            writing = writing.pragma("max_page_count", pages.to_string());
        }
        let mut conn = writing.connect().await?;
        migrate(&mut conn).await?;
        let checkpointer = SqlitePoolOptions::new()
            .max_connections(1)
            .min_connections(0)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_lazy_with(base.clone().pragma("wal_autocheckpoint", "0"));
        let reading = base.read_only(true).pragma("cache_size", READER_CACHE).pragma("query_only", "ON");
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .min_connections(0)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .connect_lazy_with(reading);
        let writer = Writer { conn, memory: Memory::default(), dirty: false };
        Ok(Self {
            writer: std::sync::Arc::new(tokio::sync::Mutex::new(writer)),
            readers,
            checkpointer,
            _lock: lock,
            listeners: std::sync::Mutex::default(),
            commits: std::sync::atomic::AtomicU32::new(0),
        })
    }
}

/// SQLCipher cannot tell a wrong key from a foreign file; its size and first bytes can.
fn refuse_foreign(path: &Path) -> Result<()> {
    let Ok(mut file) = File::open(path) else { return Ok(()) };
    let length = file.metadata()?.len();
    if length == 0 {
        return Ok(());
    }
    let mut head = [0; 16];
    if length % 4096 != 0 || file.read_exact(&mut head).is_err() || &head == b"SQLite format 3\0" {
        return Err(Error::NotADatabase(path.to_owned()));
    }
    Ok(())
}

async fn migrate(conn: &mut SqliteConnection) -> Result<()> {
    // Reading is what shows a wrong key.
    let has_schema: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'",
    )
    .fetch_one(&mut *conn)
    .await?;
    if has_schema > 0 {
        let newest: Option<i64> =
            sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(&mut *conn).await?;
        let known = MIGRATIONS.last().map_or(0, |(version, ..)| *version);
        if newest.is_some_and(|newest| newest > known) {
            return Err(Error::NewerSchema(newest.unwrap_or_default()));
        }
    }
    // Not `run`: its future is not Send for every lifetime ("Acquire is not general enough").
    migrator().run_direct(None, conn, false).await.map_err(|error| match error {
        sqlx::migrate::MigrateError::Execute(error)
        | sqlx::migrate::MigrateError::ExecuteMigration(error, _) => Error::from(error),
        other => Error::Sql(sqlx::Error::Migrate(Box::new(other))),
    })
}
