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

/// Where a new `key.json` is until it is whole.
fn unfinished(profile: &Path) -> PathBuf {
    profile.join("key.json.new")
}

impl DatabaseKey {
    #[must_use]
    pub fn from_secret(secret: Secret) -> Self {
        Self(secret)
    }

    pub(super) fn pragma(&self) -> String {
        format!("\"{}\"", self.raw().as_str())
    }

    /// As SQLCipher takes a key that is not to be stretched.
    pub(super) fn raw(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("x'{}'", HEXLOWER.encode(self.0.expose())))
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
        write_private(&descriptor(profile), &key.keep(unlock)?.bytes()?)?;
        Ok(key)
    }

    /// Keeps the key of an existing profile in another way, or under another passphrase; the database stays as it is. At each
    /// moment one way opens it, the old or the new. The caller holds the profile's lock.
    ///
    /// # Errors
    /// As [`DatabaseKey::load`] for the old way, [`Error::NoKeyring`] and [`Error::KeyringLocked`] for the new one,
    /// [`Error::BadText`] for an empty passphrase, a full disk: the old way stays then.
    pub fn rewrap(profile: &Path, passphrase: Option<&str>, unlock: &Unlock) -> Result<()> {
        if matches!(unlock, Unlock::Passphrase(new) if new.is_empty()) {
            return Err(Error::BadText("a passphrase cannot be empty"));
        }
        let old = read(profile)?.ok_or(Error::NoAccount)?;
        let key = Self::load(profile, passphrase)?;
        Self::discard_unfinished(profile)?;
        let new = key.keep(unlock)?;
        let replaced = new.bytes().and_then(|bytes| replace(profile, &bytes));
        // The entry that no `key.json` names: of the old way, or of the new one that did not come to be.
        forget_entry(if replaced.is_ok() { &old } else { &new });
        replaced
    }

    /// Removes what a change of the way that was interrupted has left. The caller holds the profile's lock.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn discard_unfinished(profile: &Path) -> Result<()> {
        match std::fs::remove_file(unfinished(profile)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    fn keep(&self, unlock: &Unlock) -> Result<Kept> {
        Ok(match unlock {
            Unlock::Keyring => {
                let entry = HEXLOWER.encode(&random::<8>());
                let place = keyring_entry(&entry)?;
                place.set_secret(self.0.expose()).map_err(keyring_error)?;
                // Before anything relies on it: a keyring may take what it does not give back.
                let given = Zeroizing::new(place.get_secret().map_err(keyring_error)?);
                if given.as_slice() != self.0.expose() {
                    return Err(Error::KeyringLocked);
                }
                Kept::Keyring { v: 1, entry }
            }
            Unlock::Passphrase(passphrase) => {
                let salt = random::<16>();
                let wrapping = stretch(passphrase, &salt, MEMORY_KIB, PASSES)?;
                let sealed = seal::seal(&wrapping, seal::Part::DatabaseKey, &salt, self.0.expose(), random());
                Kept::Passphrase {
                    v: 1,
                    salt: BASE64.encode(&salt),
                    memory_kib: MEMORY_KIB,
                    passes: PASSES,
                    sealed: BASE64.encode(&sealed),
                }
            }
            Unlock::File => Kept::File { v: 1, key: HEXLOWER.encode(self.0.expose()) },
        })
    }

    /// Removes a key that never opened anything: making the profile was interrupted before its database.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn discard_unused(profile: &Path) -> Result<()> {
        if database(profile).exists() {
            return Err(Error::AccountExists);
        }
        remove(&descriptor(profile))
    }

    /// Forgets the key of a profile: whatever it sealed opens no more. The caller holds the profile's lock.
    ///
    /// # Errors
    /// When `key.json` cannot be removed.
    pub(super) fn forget(profile: &Path) -> Result<()> {
        if let Ok(Some(Kept::Keyring { entry, .. })) = read(profile)
            && let Err(error) =
                keyring_entry(&entry).and_then(|entry| entry.delete_credential().map_err(keyring_error))
        {
            // What stays there opens nothing once the database is gone.
            tracing::warn!(%error, "the keyring did not give up a key");
        }
        remove(&descriptor(profile))
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

/// Removes a file, if it is there.
pub(super) fn remove(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

impl Kept {
    fn bytes(&self) -> Result<Zeroizing<Vec<u8>>> {
        Ok(Zeroizing::new(serde_json::to_vec_pretty(self).map_err(std::io::Error::from)?))
    }
}

fn forget_entry(kept: &Kept) {
    if let Kept::Keyring { entry, .. } = kept
        && let Err(error) =
            keyring_entry(entry).and_then(|entry| entry.delete_credential().map_err(keyring_error))
    {
        tracing::warn!(%error, "the keyring did not give up a key that is no longer used");
    }
}

/// `key.json` is the old one or the new one, whole, whenever the machine stops.
fn replace(profile: &Path, bytes: &[u8]) -> Result<()> {
    let new = unfinished(profile);
    let replaced = write_private(&new, bytes).and_then(|()| Ok(std::fs::rename(&new, descriptor(profile))?));
    if replaced.is_err() {
        let _ = std::fs::remove_file(&new);
        return replaced;
    }
    // The name is of the directory. What cannot be done any more is no reason to take the new way back.
    #[cfg(unix)]
    if let Err(error) = std::fs::File::open(profile).and_then(|directory| directory.sync_all()) {
        tracing::warn!(%error, "the disk did not say that the new key.json is on it");
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    fn passphrase(text: &str) -> Unlock {
        Unlock::Passphrase(text.to_owned().into())
    }

    /// A profile with something where its database would be.
    fn profile(unlock: &Unlock) -> (tempfile::TempDir, DatabaseKey) {
        let dir = tempfile::tempdir().unwrap();
        let key = DatabaseKey::create(dir.path(), unlock).unwrap();
        std::fs::write(database(dir.path()), [0]).unwrap();
        (dir, key)
    }

    fn opens(profile: &Path, passphrase: Option<&str>, key: &DatabaseKey) {
        assert_eq!(DatabaseKey::load(profile, passphrase).unwrap().raw(), key.raw());
    }

    #[test]
    fn the_same_key_is_kept_in_another_way_and_the_old_way_is_gone() {
        let (dir, key) = profile(&Unlock::File);
        let at = dir.path();
        DatabaseKey::rewrap(at, None, &passphrase("correct horse")).unwrap();
        assert_eq!(DatabaseKey::kind(at).unwrap(), Some(KeyKind::Passphrase));
        opens(at, Some("correct horse"), &key);
        let raw = HEXLOWER.encode(key.0.expose());
        assert!(!std::fs::read_to_string(descriptor(at)).unwrap().contains(&raw));

        DatabaseKey::rewrap(at, Some("correct horse"), &passphrase("battery")).unwrap();
        assert!(matches!(DatabaseKey::load(at, Some("correct horse")), Err(Error::WrongKey)));
        opens(at, Some("battery"), &key);

        DatabaseKey::rewrap(at, Some("battery"), &Unlock::File).unwrap();
        opens(at, None, &key);
        assert!(!unfinished(at).exists());
    }

    #[test]
    fn who_does_not_know_the_passphrase_changes_nothing() {
        let (dir, key) = profile(&passphrase("correct horse"));
        let before = std::fs::read(descriptor(dir.path())).unwrap();
        let change = |old: Option<&str>, new: &Unlock| DatabaseKey::rewrap(dir.path(), old, new);
        assert!(matches!(change(Some("wrong"), &Unlock::File), Err(Error::WrongKey)));
        assert!(matches!(change(None, &Unlock::File), Err(Error::PassphraseNeeded)));
        assert!(matches!(change(Some("correct horse"), &passphrase("")), Err(Error::BadText(_))));
        assert_eq!(std::fs::read(descriptor(dir.path())).unwrap(), before);
        opens(dir.path(), Some("correct horse"), &key);
    }

    #[test]
    fn a_crash_leaves_one_way_or_the_other() {
        // Before the new one took the place of the old one: half of it, or all.
        for part in [10, usize::MAX] {
            let (dir, key) = profile(&passphrase("correct horse"));
            let at = dir.path();
            let whole = key.keep(&Unlock::File).unwrap().bytes().unwrap();
            std::fs::write(unfinished(at), &whole[..part.min(whole.len())]).unwrap();
            opens(at, Some("correct horse"), &key);
            assert!(matches!(DatabaseKey::load(at, None), Err(Error::PassphraseNeeded)));
            // The next change is not in its way, and leaves nothing of it.
            DatabaseKey::rewrap(at, Some("correct horse"), &passphrase("battery")).unwrap();
            opens(at, Some("battery"), &key);
            assert!(!unfinished(at).exists());
        }
        // After: what is left to do is no more than to forget the old one.
        let (dir, key) = profile(&Unlock::File);
        let new = key.keep(&passphrase("correct horse")).unwrap();
        replace(dir.path(), &new.bytes().unwrap()).unwrap();
        opens(dir.path(), Some("correct horse"), &key);
    }

    #[cfg(unix)]
    #[test]
    fn a_disk_that_takes_nothing_leaves_the_old_way() {
        let (dir, key) = profile(&Unlock::File);
        // A directory in the place of the file that is written.
        std::fs::create_dir_all(unfinished(dir.path()).join("in the way")).unwrap();
        assert!(DatabaseKey::rewrap(dir.path(), None, &passphrase("correct horse")).is_err());
        opens(dir.path(), None, &key);
    }
}
