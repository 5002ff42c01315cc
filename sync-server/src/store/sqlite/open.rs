//! Opens a data directory: one serving process, a schema this program knows, a file that is ours.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{
    ConnectOptions, Connection, SqliteConnection, query_scalar, raw_sql,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{SqliteStore, statements as sql};

/// Applied in order; `user_version` counts them.
const MIGRATIONS: &[&str] = &[
    include_str!("../../../migrations/0001_logs_and_inboxes.sql"),
    include_str!("../../../migrations/0003_backups.sql"),
    include_str!("../../../migrations/0004_directory.sql"),
    include_str!("../../../migrations/0005_tags.sql"),
];
/// "BsdR" in the file's header, so that a foreign database is told apart.
const APPLICATION_ID: i64 = 0x4273_6452;
const READERS: u32 = 4;

/// Why a data directory cannot be opened, with what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("another relay serves from {0}: stop it first, or give this one a directory of its own")]
    Locked(PathBuf),
    #[error(
        "{path} was written by a newer relay (schema {found}, known {known}): install that version again"
    )]
    NewerSchema { path: PathBuf, found: i64, known: usize },
    #[error("{0} is not a relay's database: name another directory, or move that file away")]
    Foreign(PathBuf),
    #[error("cannot use the directory {path}: {source}. Check that it exists and may be written")]
    Io { path: PathBuf, source: std::io::Error },
    #[error("cannot open {path}: {source}")]
    Database { path: PathBuf, source: sqlx::Error },
}

/// What a process opens the directory for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Takes the lock; one process at a time.
    Serve,
    /// Creates invitations beside a serving process; must not append.
    Administer,
}

impl SqliteStore {
    /// Opens or creates `dir/relay.db`.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(dir: &Path, purpose: Purpose) -> Result<Self, OpenError> {
        let io = |source| OpenError::Io { path: dir.to_owned(), source };
        std::fs::create_dir_all(dir).map_err(io)?;
        // The SQLite that is linked brings OpenSSL along, which would free its state at exit while a connection is
        // still being closed.
        openssl_sys::init();
        let lock = match purpose {
            Purpose::Serve => Some(lock(dir)?),
            Purpose::Administer => None,
        };
        let path = dir.join("relay.db");
        let database = |source| OpenError::Database { path: path.clone(), source };
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(10))
            .foreign_keys(true)
            .statement_cache_capacity(64)
            .pragma("mmap_size", "0")
            .pragma("cache_size", "-16384")
            // A background task checkpoints, so that no sender waits for it.
            .pragma("wal_autocheckpoint", "0")
            .disable_statement_logging();
        let mut connection = match SqliteConnection::connect_with(&options).await {
            Ok(connection) => connection,
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("26") => {
                return Err(OpenError::Foreign(path));
            }
            Err(error) => return Err(database(error)),
        };
        migrate(&mut connection, &path).await?;
        let last_chat = query_scalar(sql::LAST_CHAT).fetch_one(&mut connection).await.map_err(database)?;
        let checkpointer = SqliteConnection::connect_with(&options).await.map_err(database)?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(options.clone().read_only(true).create_if_missing(false))
            .await
            .map_err(database)?;
        Ok(Self::new(readers, connection, checkpointer, last_chat, lock))
    }
}

fn lock(dir: &Path) -> Result<File, OpenError> {
    let io = |source| OpenError::Io { path: dir.to_owned(), source };
    let options = File::options().create(true).truncate(false).write(true).open(dir.join("serving.lock"));
    let file = options.map_err(io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::Locked(dir.to_owned())),
        Err(TryLockError::Error(error)) => Err(io(error)),
    }
}

async fn migrate(connection: &mut SqliteConnection, path: &Path) -> Result<(), OpenError> {
    let database = |source| OpenError::Database { path: path.to_owned(), source };
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(database)?;
    let number = async |connection: &mut SqliteConnection, text: &'static str| {
        query_scalar::<_, i64>(text).fetch_one(connection).await.map_err(database)
    };
    let application = number(&mut transaction, "PRAGMA application_id").await?;
    let found = number(&mut transaction, "PRAGMA user_version").await?;
    let tables = number(&mut transaction, "SELECT count(*) FROM sqlite_schema").await?;
    if application != APPLICATION_ID && (application != 0 || tables > 0) {
        return Err(OpenError::Foreign(path.to_owned()));
    }
    let newer = || OpenError::NewerSchema { path: path.to_owned(), found, known: MIGRATIONS.len() };
    let done = usize::try_from(found).map_err(|_| newer())?;
    if done > MIGRATIONS.len() {
        return Err(newer());
    }
    for text in &MIGRATIONS[done..] {
        raw_sql(*text).execute(&mut *transaction).await.map_err(database)?;
    }
    if done < MIGRATIONS.len() {
        let marks =
            format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {}", MIGRATIONS.len());
        raw_sql(sqlx::AssertSqlSafe(marks)).execute(&mut *transaction).await.map_err(database)?;
    }
    transaction.commit().await.map_err(database)
}
