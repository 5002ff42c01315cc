//! Opening: the lock, the key, the schema.

use std::{
    fmt::Write as _,
    fs::{File, OpenOptions, TryLockError},
    io::Read as _,
    mem::ManuallyDrop,
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, SqliteConnection,
    migrate::{Migration, MigrationType, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{DatabaseKey, Lines, Memory, Store, Writer, key::remove};
use crate::error::{Error, Result};

/// How to open a store.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Most pages of 4 KiB that the file may take; for showing what a full disk does.
    pub max_pages: Option<u32>,
}

const READERS: u32 = 3;
/// KiB of page cache for the writer and for each reader: SQLCipher decrypts on every miss.
const WRITER_CACHE: &str = "-10000";
const READER_CACHE: &str = "-5000";

const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "start", include_str!("../../migrations/0001_start.sql")),
    (2, "messages", include_str!("../../migrations/0002_messages.sql")),
    (3, "invitations", include_str!("../../migrations/0003_invitations.sql")),
    (4, "profiles", include_str!("../../migrations/0004_profiles.sql")),
    (7, "roles", include_str!("../../migrations/0007_roles.sql")),
    (8, "devices", include_str!("../../migrations/0008_devices.sql")),
    (9, "refill", include_str!("../../migrations/0009_refill.sql")),
    (10, "notices", include_str!("../../migrations/0010_notices.sql")),
    (11, "requests", include_str!("../../migrations/0011_requests.sql")),
    (12, "again", include_str!("../../migrations/0012_again.sql")),
    (13, "said_again", include_str!("../../migrations/0013_said_again.sql")),
    (14, "relay_loss", include_str!("../../migrations/0014_relay_loss.sql")),
    (15, "lost_by_a_relay", include_str!("../../migrations/0015_lost_by_a_relay.sql")),
    (16, "tags", include_str!("../../migrations/0016_tags.sql")),
    (17, "key_packages", include_str!("../../migrations/0017_key_packages.sql")),
    (18, "search_rows_by_place", include_str!("../../migrations/0018_search_rows_by_place.sql")),
    (19, "early_welcomes", include_str!("../../migrations/0019_early_welcomes.sql")),
    (20, "slot_before", include_str!("../../migrations/0020_slot_before.sql")),
    (21, "left_to_others", include_str!("../../migrations/0021_left_to_others.sql")),
    (22, "repeats", include_str!("../../migrations/0022_repeats.sql")),
];

// The newest is the last, and what a profile is asked for.
const _: () = {
    let mut n = 1;
    while n < MIGRATIONS.len() {
        assert!(MIGRATIONS[n - 1].0 < MIGRATIONS[n].0, "migrations stand in their order");
        n += 1;
    }
};

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

const LOCK: &str = "profile.lock";

/// Takes the profile for this process.
///
/// # Errors
/// [`Error::ProfileInUse`] when another process has it.
pub fn lock(profile: &Path) -> Result<File> {
    std::fs::create_dir_all(profile)?;
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(profile.join(LOCK))?;
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

/// Removes what a profile is made of: the key first, so that what a crash leaves of the rest opens no more. Files that
/// are not the profile's stay. `_lock` comes from [`lock`].
///
/// # Errors
/// When a file cannot be removed.
pub fn erase(profile: &Path, _lock: File) -> Result<()> {
    DatabaseKey::forget(profile)?;
    let database = database(profile);
    for end in ["-wal", "-shm", "-journal", ""] {
        let mut path = database.clone().into_os_string();
        path.push(end);
        remove(Path::new(&path))?;
    }
    remove(&profile.join(LOCK))
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
            .busy_timeout(Duration::from_secs(10))
            .statement_cache_capacity(200)
            // A whole page or chat list at once: otherwise its thread and the reader's wait for each other in turns.
            .row_buffer_size(1024)
            .disable_statement_logging();
        let mut conn = base.clone().create_if_missing(true).connect().await?;
        // HAZARD: a connection that fails while it is being made is closed behind our back, and SQLCipher takes its memory
        // away at exit whoever still uses it. So whatever reads the file, and may meet a wrong key, comes after.
        if let Err(error) = make_ready(&mut conn, options).await {
            let _ = conn.close().await;
            return Err(error);
        }
        let base = base
            .pragma("cipher_memory_security", "OFF")
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .pragma("mmap_size", "0")
            .pragma("temp_store", "MEMORY")
            .pragma("trusted_schema", "OFF");
        let lines = Lines::default();
        conn.lock_handle().await?.set_update_hook(lines.watch());
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
            profile: profile.to_owned(),
            writer: ManuallyDrop::new(std::sync::Arc::new(tokio::sync::Mutex::new(writer))),
            readers: ManuallyDrop::new(readers),
            lines,
            checkpointer: ManuallyDrop::new(checkpointer),
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

/// Sets up the connection that writes, and brings the schema up to date.
async fn make_ready(conn: &mut SqliteConnection, options: &Options) -> Result<()> {
    let mut set_up = format!(
        "PRAGMA cipher_memory_security = OFF; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
        PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;
        PRAGMA cache_size = {WRITER_CACHE}; PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 0;"
    );
    if let Some(pages) = options.max_pages {
        let _ = write!(set_up, "PRAGMA max_page_count = {pages};");
    }
    conn.execute(AssertSqlSafe(set_up)).await?;
    migrate(conn).await
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
