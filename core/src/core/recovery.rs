//! For the day on which all devices are lost: the recovery words, and a profile that is made of them.

use std::path::Path;

use beseda_protocol::{DeviceId, Seq, backup::ChatRecord, identity::What};
use ed25519_dalek::SigningKey;
use zeroize::Zeroizing;

use super::{Core, Options, Profile, blocking};
use crate::{
    crypto::{Secret, keys::DeviceKeys},
    document::Own,
    domain::Millis,
    error::{Error, Result},
    recovering::Recovered,
    store::{
        self, DatabaseKey, Durability, Store, Tx, Unlock,
        account::{self, NewAccount},
        backup,
        chats::{self, NewChat, Status},
        copy, eras, linking, own, own_profile, projection, say, users,
    },
    sync::engine::backup::record_of,
};

impl Core {
    /// The 24 recovery words, until the person has shown that they have written them down.
    ///
    /// # Errors
    /// [`Error::WordsKept`].
    pub async fn recovery_words(&self) -> Result<Zeroizing<String>> {
        let recovery = backup::recovery(&mut *self.reader().await?).await?;
        Ok(recovery.ok_or(Error::WordsKept)?.words())
    }

    /// Whether the person has shown that they have written down the words.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn words_kept(&self) -> Result<bool> {
        backup::words_kept(&mut *self.reader().await?).await
    }

    /// The person says some of the words, each with its place from 1 on. If they are right, the words are forgotten here
    /// and on the person's other devices: from then on only the paper has them.
    ///
    /// # Errors
    /// [`Error::WordsKept`]; [`Error::WrongWord`] with the place of the first that is another one, or that is missing.
    pub async fn keep_words(&self, said: &[(usize, String)]) -> Result<()> {
        let words = self.recovery_words().await?;
        let words: Vec<&str> = words.split(' ').collect();
        for (place, word) in said {
            let right = place.checked_sub(1).and_then(|at| words.get(at));
            if right.is_none_or(|right| !right.eq_ignore_ascii_case(word.trim())) {
                return Err(Error::WrongWord(*place));
            }
        }
        if said.len() < ASKED_BACK {
            return Err(Error::WrongWord(said.len() + 1));
        }
        let mut tx = self.device.store.begin(Durability::Power).await?;
        let kept = Own::Setting { name: projection::RECOVERY_WORDS.to_owned(), value: "kept".to_owned() };
        say::say_own(&mut tx, &self.device.keys, self.device.me, vec![kept], self.device.now()).await?;
        let touched = tx.commit().await?;
        self.told(&touched);
        Ok(())
    }

    /// Makes a profile of what the recovery words have opened. It comes back into each chat with the exchanges that
    /// follow.
    ///
    /// # Errors
    /// As [`Core::create`].
    pub async fn recover(
        profile: &Path,
        recovered: Recovered,
        unlock: Unlock,
        options: Options,
    ) -> Result<Self> {
        let store = Self::new_store(profile, &unlock, &options).await?;
        let Recovered { recovery, device, identity, account, chats, relay, invite } = recovered;
        let keys = DeviceKeys::restore(&device, identity.clone());
        let now = (options.clock)();
        let mut tx = store.begin(Durability::Power).await?;
        if account::load(&mut tx).await?.is_some() {
            return Err(Error::AccountExists);
        }
        let new = NewAccount {
            name: &account.name,
            relay: &relay,
            relay_invite: invite.as_deref().unwrap_or_default(),
            device: &device,
            recovery: recovery.seed(),
            identity: &identity,
            user: keys.user(),
            created_at: now,
            inbox_number: 0,
        };
        account::insert(&mut tx, &new).await?;
        own_profile::insert(&mut tx, &account.name).await?;
        users::number(&mut tx, keys.user(), &account.name).await?;
        own::set_notes(&mut tx, account.notes).await?;
        own::set_chain(&mut tx, &identity).await?;
        backup::set_target(&mut tx, recovery.target()).await?;
        // Who has just typed them has them.
        backup::keep_words(&mut tx).await?;
        for record in &chats {
            await_return(&mut tx, record, now).await?;
        }
        tx.commit().await?;
        Self::around(store, options).await
    }
}

/// Shortest passphrase of a backup file, in characters.
const PASSPHRASE_CHARS: usize = 8;

impl Core {
    /// Writes everything this profile holds into one file, under a passphrase of its own. Dropping the future ends it.
    ///
    /// # Errors
    /// [`Error::BackupExists`], [`Error::BadText`] for a passphrase of fewer than eight characters, [`Error::DiskFull`].
    pub async fn back_up(&self, file: &Path, passphrase: &str) -> Result<()> {
        if passphrase.chars().count() < PASSPHRASE_CHARS {
            return Err(Error::BadText("a backup's passphrase has at least eight characters"));
        }
        self.device.store.copy_to(file, passphrase).await
    }

    /// Makes a profile of such a file: all that was in it is here at once. It is another device of the person, which comes
    /// back into each chat with the exchanges that follow.
    ///
    /// # Errors
    /// [`Error::NotABackup`], [`Error::WrongKey`], [`Error::NewerSchema`], [`Error::DeviceRemoved`] when the device that
    /// wrote it had been removed; as [`Core::create`].
    pub async fn restore(
        profile: &Path,
        file: &Path,
        passphrase: &str,
        unlock: Unlock,
        options: Options,
    ) -> Result<Self> {
        let lock = store::lock(profile)?;
        let path = profile.to_owned();
        let chosen = unlock.clone();
        let key = blocking(move || {
            if Self::profile(&path)? != Profile::Fresh {
                return Err(Error::AccountExists);
            }
            DatabaseKey::discard_unused(&path)?;
            DatabaseKey::create(&path, &chosen)
        })
        .await?;
        let made = async {
            copy::restore(file, passphrase, profile, &key).await?;
            let store = Store::open(profile, &key, lock, &options.store).await?;
            match reborn(&store, &options).await {
                Ok(()) => Ok(store),
                Err(error) => {
                    store.close().await;
                    Err(error)
                }
            }
        };
        match made.await {
            Ok(store) => Self::around(store, options).await,
            Err(error) => {
                // Nothing was here before: nothing is left of it.
                for ending in ["", "-wal", "-shm"] {
                    let mut name = store::database(profile).into_os_string();
                    name.push(ending);
                    let _ = std::fs::remove_file(name);
                }
                DatabaseKey::discard_unused(profile)?;
                Err(error)
            }
        }
    }
}

/// The copy of a device becomes a device of its own: the one that was copied adds it.
async fn reborn(store: &Store, options: &Options) -> Result<()> {
    let mut tx = store.begin(Durability::Power).await?;
    let old = account::load(&mut tx).await?.ok_or(Error::NotABackup)?.keys;
    let chain = own::chain(&mut tx).await?;
    if !chain.devices()?.iter().any(|known| known.active && known.device == old.device()) {
        return Err(Error::DeviceRemoved);
    }
    let device = Secret::generate();
    let new = SigningKey::from_bytes(device.expose());
    let now = (options.clock)();
    let what = What::Add(DeviceId(new.verifying_key().to_bytes()));
    let identity = chain.signed(what, old.signing(), Some(&new), now)?;
    for chat in chats::synced(&mut tx).await? {
        let state = chats::state(&mut tx, chat).await?;
        if state.last_handshake == Seq::ZERO {
            // The relay has never heard of it: nobody but the device that was copied can make it known.
            chats::set_status(&mut tx, chat, Status::Removed).await?;
            continue;
        }
        let record = record_of(&mut tx, &old, &state).await?;
        chats::set_returning(&mut tx, chat, true).await?;
        backup::put_return(&mut tx, chat, &record).await?;
    }
    account::become_device(&mut tx, &device, &identity).await?;
    own::set_chain(&mut tx, &identity).await?;
    backup::forget_device(&mut tx).await?;
    tx.commit().await?;
    Ok(())
}

/// How many words are asked back.
pub const ASKED_BACK: usize = 3;

/// A chat of the backup, as if this device had asked to be let in.
async fn await_return(tx: &mut Tx<'_>, record: &ChatRecord, now: Millis) -> Result<()> {
    let Some(newest) = record.eras.last() else { return Ok(()) };
    if newest.handshake == beseda_protocol::Seq::ZERO || chats::find(tx, record.chat).await?.is_some() {
        return Ok(());
    }
    let new = NewChat {
        id: record.chat,
        group_id: &[],
        kind: record.kind,
        status: Status::Asking,
        created_at: now,
        slot_id: record.slot,
        slot_secret: &Secret::new(record.slot_secret),
        inviter: None,
        key_package: &[],
        own_join: true,
    };
    let chat = chats::insert(tx, &new).await?;
    chats::set_info(tx, chat, &crate::people::text::clean(&record.title), "", "").await?;
    for era in &record.eras {
        eras::insert(tx, chat, &era.into()).await?;
        linking::put_era(tx, record.chat, era).await?;
    }
    backup::put_return(tx, chat, record).await
}
