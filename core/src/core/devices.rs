//! This person's devices: the list, linking, names, removal; and what the devices have in common.

use std::path::Path;

use beseda_protocol::{DeviceId, MessageId};

use super::{Core, Options, blocking};
use crate::{
    actions::{devices, notes},
    crypto::{Secret, keys::DeviceKeys, recovery::BackupTarget},
    document::Own,
    domain::{ChatNo, Millis},
    error::{Error, Result},
    linking::Granted,
    store::{
        self, DatabaseKey, Durability, Store, Unlock,
        account::{self, NewAccount},
        backup,
        chats::{self, ChatLine},
        linking, members, own, own_profile, users,
    },
};

/// A device of this person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnDevice {
    pub device: DeviceId,
    pub name: String,
    /// The one this profile is.
    pub this: bool,
    /// On the clock of the device that added it; 0 for the first one.
    pub added_at: Millis,
    /// While it is being linked: chats it is in, of how many.
    pub joins: Option<(u32, u32)>,
}

impl Core {
    /// Makes a profile of what an existing device has granted. What is missing then comes with each exchange.
    ///
    /// # Errors
    /// As [`Core::create`].
    pub async fn link(profile: &Path, granted: Granted, unlock: Unlock, options: Options) -> Result<Self> {
        let store = Self::new_store(profile, &unlock, &options).await?;
        let Granted { device, grant, relay, invite, link, from, inbox_number } = granted;
        let keys = DeviceKeys::restore(&device, grant.identity.clone());
        let mut tx = store.begin(Durability::Power).await?;
        if account::load(&mut tx).await?.is_some() {
            return Err(Error::AccountExists);
        }
        let account = NewAccount {
            name: &grant.name,
            relay: &relay,
            relay_invite: invite.as_deref().unwrap_or_default(),
            device: &device,
            recovery: &Secret::new(grant.recovery.unwrap_or_default()),
            identity: keys.identity(),
            user: keys.user(),
            created_at: (options.clock)(),
            inbox_number,
        };
        account::insert(&mut tx, &account).await?;
        own_profile::insert(&mut tx, &grant.name).await?;
        users::number(&mut tx, keys.user(), &grant.name).await?;
        own::set_notes(&mut tx, grant.notes).await?;
        let target = BackupTarget { backup: grant.backup, recipient: grant.backup_recipient };
        backup::set_target(&mut tx, target).await?;
        if grant.recovery.is_none() {
            backup::keep_words(&mut tx).await?;
        }
        let chats = usize::try_from(grant.chats).unwrap_or(usize::MAX);
        linking::put_link(&mut tx, link, from, &Secret::new(grant.key), chats).await?;
        tx.commit().await?;
        Self::around(store, options).await
    }

    /// A store without an account, under a new key; or what an interrupted beginning has left of one.
    pub(super) async fn new_store(profile: &Path, unlock: &Unlock, options: &Options) -> Result<Store> {
        let lock = store::lock(profile)?;
        let (path, unlock) = (profile.to_owned(), unlock.clone());
        let key = blocking(move || {
            if Self::profile(&path)? == super::Profile::Fresh {
                DatabaseKey::discard_unused(&path)?;
                return DatabaseKey::create(&path, &unlock);
            }
            // Interrupted after the database was made: go on with it, if it holds nobody.
            let passphrase = match &unlock {
                Unlock::Passphrase(passphrase) => Some(passphrase.as_str()),
                Unlock::Keyring | Unlock::File => None,
            };
            DatabaseKey::load(&path, passphrase).map_err(|_| Error::AccountExists)
        })
        .await?;
        Store::open(profile, &key, lock, &options.store).await
    }

    /// This person's active devices, in the order they came.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn devices(&self) -> Result<Vec<OwnDevice>> {
        let mut reader = self.reader().await?;
        let this = self.device.keys.device();
        let links = linking::links(&mut reader).await?;
        let asking = linking::asking(&mut reader).await?;
        let mut devices = Vec::new();
        for known in own::chain(&mut reader).await?.devices()? {
            if !known.active {
                continue;
            }
            let device = known.device;
            let named = own::stands(&mut reader, &Own::device_key(device)).await?;
            let name = match named {
                Some(Own::Device { name, .. }) => name,
                _ => String::new(),
            };
            let mut joins = None;
            for (other, chats) in &links {
                let done = match device {
                    _ if *other == device => members::count_of(&mut reader, device).await?,
                    // Here it is the other side's device that the row names.
                    _ if device == this && asking > 0 => chats.saturating_sub(asking),
                    _ => continue,
                };
                // The other side of one's own linking is in already.
                joins = Some((done.min(*chats), *chats)).filter(|(done, chats)| done < chats);
            }
            devices.push(OwnDevice { device, name, this: device == this, added_at: known.added_at, joins });
        }
        Ok(devices)
    }

    /// # Errors
    /// See [`devices::link_device`].
    pub async fn link_device(&self, code: &str) -> Result<()> {
        let touched = devices::link_device(&self.device, code).await?;
        self.told(&touched);
        Ok(())
    }

    /// # Errors
    /// See [`devices::rename_device`].
    pub async fn rename_device(&self, device: DeviceId, name: &str) -> Result<()> {
        let touched = devices::rename_device(&self.device, device, name).await?;
        self.told(&touched);
        Ok(())
    }

    /// # Errors
    /// See [`devices::remove_device`].
    pub async fn remove_device(&self, device: DeviceId) -> Result<()> {
        let touched = devices::remove_device(&self.device, device).await?;
        self.told(&touched);
        Ok(())
    }

    /// Whether another device of this person has put this one out.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn is_removed(&self) -> Result<bool> {
        own::is_removed(&mut *self.reader().await?).await
    }

    /// The person's own chat; `None` on a new device that is not in it yet.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn notes(&self) -> Result<Option<ChatLine>> {
        let notes = own::notes(&mut *self.reader().await?).await?;
        match notes {
            Some(notes) => Ok(Some(self.chat(notes.number).await?)),
            None => Ok(None),
        }
    }

    /// Keeps what stands in a chat's composer. The person's other devices hear of it with the next [`Core::tell_drafts`].
    ///
    /// # Errors
    /// When the store fails.
    pub async fn save_draft(&self, chat: ChatNo, text: &str, reply_to: Option<MessageId>) -> Result<()> {
        let mut tx = self.device.store.begin(Durability::Process).await?;
        chats::set_draft(&mut tx, chat, text, reply_to).await?;
        own::put_untold(&mut tx, chat).await?;
        tx.commit().await?;
        self.typed.notify_one();
        Ok(())
    }

    /// Tells the person's other devices what stands in composers.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn tell_drafts(&self) -> Result<()> {
        let touched = notes::tell_drafts(&self.device).await?;
        self.told(&touched);
        Ok(())
    }
}
