//! The key of the local database, and where it is kept: the system's keyring, a passphrase, or a file.
//!
//! `key.json` in the profile says which; it never holds a usable key unless the person chose a file.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

use argon2::{Algorithm, Argon2, Params, Version};
use data_encoding::{BASE64, HEXLOWER};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::open::database;
use crate::{
    crypto::{Secret, random, seal},
    error::{Error, Result},
};

/// Opens the database. Never printed, never serialised but by the person's own choice.
#[derive(Clone)]
pub struct DatabaseKey(Secret);

/// Where the key is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    Keyring,
    Passphrase,
    File,
}

/// How the person opens the profile, or wants to from now on.
#[derive(Clone)]
pub enum Unlock {
    Keyring,
    Passphrase(Zeroizing<String>),
    File,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Kept {
    Keyring {
        v: u16,
        entry: String,
    },
    /// Argon2id (RFC 9106) gives the key that `sealed` is sealed under.
    Passphrase {
        v: u16,
        salt: String,
        memory_kib: u32,
        passes: u32,
        sealed: String,
    },
    File {
        v: u16,
        key: String,
    },
}

/// RFC 9106 section 4, second recommended option: 64 MiB, three passes.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const KEYRING_SERVICE: &str = "chat.beseda.app";

fn descriptor(profile: &Path) -> PathBuf {
    profile.join("key.json")
}

impl DatabaseKey {
    #[must_use]
    pub fn from_secret(secret: Secret) -> Self {
        Self(secret)
    }

    pub(super) fn pragma(&self) -> String {
        format!("\"x'{}'\"", HEXLOWER.encode(self.0.expose()))
    }

    /// Makes a key and keeps it as the person chose. The caller holds the profile's lock.
    ///
    /// # Errors
    /// [`Error::AccountExists`] when there is a database or a key already: a new key would lose it.
    pub fn create(profile: &Path, unlock: &Unlock) -> Result<Self> {
        if database(profile).exists() || descriptor(profile).exists() {
            return Err(Error::AccountExists);
        }
        let key = Self(Secret::generate());
        let kept = match unlock {
            Unlock::Keyring => {
                let entry = HEXLOWER.encode(&random::<8>());
                keyring_entry(&entry)?.set_secret(key.0.expose()).map_err(keyring_error)?;
                Kept::Keyring { v: 1, entry }
            }
            Unlock::Passphrase(passphrase) => {
                let salt = random::<16>();
                let wrapping = stretch(passphrase, &salt, MEMORY_KIB, PASSES)?;
                let sealed = seal::seal(&wrapping, seal::Part::DatabaseKey, &salt, key.0.expose(), random());
                Kept::Passphrase {
                    v: 1,
                    salt: BASE64.encode(&salt),
                    memory_kib: MEMORY_KIB,
                    passes: PASSES,
                    sealed: BASE64.encode(&sealed),
                }
            }
            Unlock::File => Kept::File { v: 1, key: HEXLOWER.encode(key.0.expose()) },
        };
        write_private(
            &descriptor(profile),
            &serde_json::to_vec_pretty(&kept).map_err(std::io::Error::from)?,
        )?;
        Ok(key)
    }

    /// Removes a key that never opened anything: making the profile was interrupted before its database.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn discard_unused(profile: &Path) -> Result<()> {
        if database(profile).exists() {
            return Err(Error::AccountExists);
        }
        match std::fs::remove_file(descriptor(profile)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Where the profile's key is kept; `None`: there is no profile yet.
    ///
    /// # Errors
    /// [`Error::Damaged`] when `key.json` is missing beside a database, or unreadable.
    pub fn kind(profile: &Path) -> Result<Option<KeyKind>> {
        Ok(read(profile)?.map(|kept| match kept {
            Kept::Keyring { .. } => KeyKind::Keyring,
            Kept::Passphrase { .. } => KeyKind::Passphrase,
            Kept::File { .. } => KeyKind::File,
        }))
    }

    /// Gets the key of an existing profile.
    ///
    /// # Errors
    /// [`Error::WrongKey`] for a wrong passphrase, [`Error::PassphraseNeeded`] without one,
    /// [`Error::KeyringLocked`] when the keyring does not give it.
    pub fn load(profile: &Path, passphrase: Option<&str>) -> Result<Self> {
        match read(profile)?.ok_or(Error::NoAccount)? {
            Kept::Keyring { entry, .. } => {
                let bytes = Zeroizing::new(keyring_entry(&entry)?.get_secret().map_err(keyring_error)?);
                Secret::from_slice(&bytes).map(Self).ok_or(Error::KeyringLocked)
            }
            Kept::Passphrase { salt, memory_kib, passes, sealed, .. } => {
                let passphrase = passphrase.ok_or(Error::PassphraseNeeded)?;
                let damaged = |_| Error::Damaged("key.json");
                let salt = BASE64.decode(salt.as_bytes()).map_err(damaged)?;
                let sealed = BASE64.decode(sealed.as_bytes()).map_err(damaged)?;
                let wrapping = stretch(passphrase, &salt, memory_kib, passes)?;
                let bytes = seal::open(&wrapping, seal::Part::DatabaseKey, &salt, &sealed, 64)
                    .map_err(|_| Error::WrongKey)?;
                Secret::from_slice(&Zeroizing::new(bytes)).map(Self).ok_or(Error::Damaged("key.json"))
            }
            Kept::File { key, .. } => {
                refuse_open(&descriptor(profile))?;
                let bytes =
                    Zeroizing::new(HEXLOWER.decode(key.as_bytes()).map_err(|_| Error::Damaged("key.json"))?);
                Secret::from_slice(&bytes).map(Self).ok_or(Error::Damaged("key.json"))
            }
        }
    }

    /// Whether a keyring answers on this system.
    #[must_use]
    pub fn keyring_answers() -> bool {
        keyring_entry("probe")
            .is_ok_and(|entry| matches!(entry.get_secret(), Ok(_) | Err(keyring::Error::NoEntry)))
    }
}

fn read(profile: &Path) -> Result<Option<Kept>> {
    match std::fs::read(descriptor(profile)) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|_| Error::Damaged("key.json")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            if database(profile).exists() {
                return Err(Error::Damaged("key.json is missing beside the database: bring it back"));
            }
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

fn stretch(passphrase: &str, salt: &[u8], memory_kib: u32, passes: u32) -> Result<Secret> {
    // Caps: key.json may have been changed by somebody.
    let params = Params::new(memory_kib.min(1024 * 1024), passes.min(64), 1, Some(32))
        .map_err(|_| Error::Damaged("key.json"))?;
    let mut key = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, &mut key)
        .map_err(|_| Error::Damaged("key.json"))?;
    Ok(Secret::new(key))
}

fn keyring_entry(entry: &str) -> Result<keyring::Entry> {
    keyring::Entry::new(KEYRING_SERVICE, entry).map_err(keyring_error)
}

fn keyring_error(error: keyring::Error) -> Error {
    match error {
        keyring::Error::NoDefaultStore => Error::NoKeyring,
        _ => Error::KeyringLocked,
    }
}

fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(())
}

#[cfg(unix)]
fn refuse_open(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    if std::fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
        return Err(Error::KeyFileOpen(path.to_owned()));
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_open(_path: &Path) -> Result<()> {
    Ok(())
}
