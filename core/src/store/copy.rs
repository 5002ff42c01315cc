//! A copy of the whole database in one file, under a passphrase of its own; and a profile's database made of one.
//!
//! SQLCipher stretches the passphrase with the salt that the file begins with, so the file is all that is needed. Not
//! here: what must become of a copy before it is used, since two devices with the same keys would harm each other
//! (`core::recovery`).

use std::{
    fs::{self, OpenOptions},
    io::Read as _,
    path::{Path, PathBuf},
};

use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};

use super::{DatabaseKey, Store, database};
use crate::error::{Error, Result};

const EXPORT: &str = "SELECT sqlcipher_export('copy')";
const ATTACH: &str = "ATTACH DATABASE ? AS copy KEY ?";
const DETACH: &str = "DETACH DATABASE copy";
const HAS_ACCOUNT: &str =
    "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('account', '_sqlx_migrations')";

/// Where a copy is while it is made: what is half done is never taken for a whole one.
fn unfinished(to: &Path) -> PathBuf {
    let mut name = to.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

impl Store {
    /// The directory it is of.
    pub(crate) fn profile(&self) -> &Path {
        &self.profile
    }

    /// Writes everything as it is now into a new file that its owner alone can read. Writing goes on meanwhile. Who drops
    /// the future leaves a file that ends in `.part`.
    ///
    /// # Errors
    /// [`Error::BackupExists`] when there is such a file; [`Error::DiskFull`].
    pub async fn copy_to(&self, to: &Path, passphrase: &str) -> Result<()> {
        if to.exists() {
            return Err(Error::BackupExists(to.to_owned()));
        }
        let part = unfinished(to);
        let _ = fs::remove_file(&part);
        private_file(&part)?;
        let mut conn = self.checkpointer.acquire().await?;
        let text = part.to_str().ok_or(Error::BadText("the file's name is not Unicode"))?;
        sqlx::query(ATTACH).bind(text).bind(passphrase).execute(&mut *conn).await?;
        let copied = sqlx::query(EXPORT).execute(&mut *conn).await;
        let detached = sqlx::query(DETACH).execute(&mut *conn).await;
        if let Err(error) = copied.and(detached) {
            let _ = fs::remove_file(&part);
            return Err(error.into());
        }
        OpenOptions::new().write(true).open(&part)?.sync_all()?;
        fs::rename(&part, to)?;
        Ok(())
    }
}

fn private_file(path: &Path) -> Result<()> {
    let mut options = OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?;
    Ok(())
}

/// Makes the database of a fresh profile of a copy. The caller holds the profile's lock.
///
/// # Errors
/// [`Error::NotABackup`]; [`Error::WrongKey`] for another passphrase; [`Error::DiskFull`]. The profile is fresh then.
pub async fn restore(from: &Path, passphrase: &str, profile: &Path, key: &DatabaseKey) -> Result<()> {
    let mut head = [0; 16];
    let length = fs::metadata(from)?.len();
    fs::File::open(from)?.read_exact(&mut head).map_err(|_| Error::NotABackup)?;
    if length % 4096 != 0 || &head == b"SQLite format 3\0" {
        return Err(Error::NotABackup);
    }
    openssl_sys::init();
    let quoted = format!("'{}'", passphrase.replace('\'', "''"));
    let mut conn = SqliteConnectOptions::new()
        .filename(from)
        .pragma("key", quoted)
        .disable_statement_logging()
        .connect()
        .await?;
    let to = database(profile);
    let copied = copy_into(&mut conn, &to, key).await;
    // Waited for: see `Store`.
    let _ = conn.close().await;
    if copied.is_err() {
        let _ = fs::remove_file(&to);
    }
    copied
}

async fn copy_into(conn: &mut SqliteConnection, to: &Path, key: &DatabaseKey) -> Result<()> {
    let tables: i64 = sqlx::query_scalar(HAS_ACCOUNT).fetch_one(&mut *conn).await?;
    if tables < 2 {
        return Err(Error::NotABackup);
    }
    let text = to.to_str().ok_or(Error::BadText("the profile's path is not Unicode"))?;
    private_file(to)?;
    sqlx::query(ATTACH).bind(text).bind(key.raw().as_str()).execute(&mut *conn).await?;
    sqlx::query(EXPORT).execute(&mut *conn).await?;
    sqlx::query(DETACH).execute(&mut *conn).await?;
    Ok(())
}
