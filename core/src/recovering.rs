//! A device that has no profile yet is made of the recovery words and the backup that lies at the relay.
//!
//! Not here: how it then comes back into each chat (`sync::handshake::returning`), with the exchanges that follow.

use beseda_protocol::{
    DeviceId,
    backup::{AccountRecord, ChatRecord, Record},
    codec,
    identity::{Identity, What},
    limits,
    request::{PutBackup, TakeBackup},
};
use ed25519_dalek::SigningKey;

use crate::{
    crypto::{Secret, recovery::Recovery},
    error::{Error, Result},
    sync::{
        engine::SyncError,
        http::{HttpTransport, relay_address},
        session::Session,
        transport::Transport,
    },
};

/// Somebody who has the words.
pub struct Recovering {
    recovery: Recovery,
    device: Secret,
    relay: String,
    invite: Option<String>,
}

/// What the words have opened: [`crate::Core::recover`] makes a profile of it.
pub struct Recovered {
    pub(crate) recovery: Recovery,
    pub(crate) device: Secret,
    /// Of the new device.
    pub(crate) identity: Identity,
    pub(crate) account: AccountRecord,
    pub(crate) chats: Vec<ChatRecord>,
    pub(crate) relay: String,
    pub(crate) invite: Option<String>,
}

impl Recovered {
    /// What the person is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.account.name
    }

    /// How many chats the backup knows, the notes among them.
    #[must_use]
    pub fn chats(&self) -> usize {
        self.chats.len()
    }
}

impl Recovering {
    /// # Errors
    /// [`Error::Words`], [`Error::BadRelayUrl`].
    pub fn begin(words: &str, relay: &str, invite: Option<&str>) -> Result<Self> {
        Ok(Self {
            recovery: Recovery::parse(words)?,
            device: Secret::generate(),
            relay: relay_address(relay)?,
            invite: invite.map(|invite| invite.trim().to_owned()).filter(|invite| !invite.is_empty()),
        })
    }

    /// Reads the backup over the relay's own address.
    ///
    /// # Errors
    /// As [`Recovering::fetch_over`].
    pub async fn fetch(self, now: i64) -> std::result::Result<Recovered, SyncError> {
        let transport = HttpTransport::new(&self.relay)?;
        self.fetch_over(&transport, now).await
    }

    /// Reads the backup, adds this device to the person's, and lets it write the backup from now on. `now` is in
    /// milliseconds since 1970.
    ///
    /// # Errors
    /// [`Error::NoBackup`]; what the relay refuses; no answer.
    pub async fn fetch_over(
        self,
        transport: &dyn Transport,
        now: i64,
    ) -> std::result::Result<Recovered, SyncError> {
        let Self { recovery, device, relay, invite } = self;
        let key = SigningKey::from_bytes(device.expose());
        let this = DeviceId(key.verifying_key().to_bytes());
        let session = Session::open_vouched(transport, &key, invite.as_deref(), Some(&recovery)).await?;
        let voucher = recovery.voucher(session.nonce(), this);
        let mut records = Vec::new();
        let mut after = None;
        loop {
            let take = TakeBackup { backup: voucher.backup, after, signature: voucher.signature };
            let answer = session.call(&take).await?;
            let last = answer.records.last().map(|record| record.id);
            records.extend(answer.records);
            match last {
                Some(last) if answer.more && after.is_none_or(|after| last > after) => after = Some(last),
                _ => break,
            }
        }
        let mut account = None;
        let mut chats = Vec::new();
        for record in records {
            let opened = recovery.open(record.id, &record.body);
            let opened = opened.and_then(|signed| {
                let record = codec::decode::<Record>(&signed.record, limits::CONTENT_BYTES);
                Ok((signed.by, record.map_err(|error| error.to_string())?))
            });
            match opened {
                Ok((by, Record::Account(record))) if recovery.is_of(&record.identity) => {
                    account = Some((by, *record));
                }
                Ok((by, Record::Chat(record))) => chats.push((by, *record)),
                Ok(_) => tracing::warn!("a record of the backup was passed over"),
                Err(why) => tracing::warn!(why, "a record of the backup was passed over"),
            }
        }
        let (by, account) = account.ok_or(Error::NoBackup)?;
        let devices = account.identity.devices().map_err(Error::from)?;
        let known = |by: DeviceId| devices.iter().any(|known| known.device == by);
        if !known(by) {
            return Err(Error::NoBackup.into());
        }
        chats.retain(|(by, _)| known(*by));
        let identity = added(&recovery, &key, account.identity.clone(), now)?;
        let active = identity.devices().map_err(Error::from)?;
        let writers: Vec<DeviceId> =
            active.iter().filter(|known| known.active).map(|known| known.device).collect();
        let signature = Some(recovery.sign_writers(&writers));
        session.call(&PutBackup { backup: voucher.backup, writers, records: vec![], signature }).await?;
        let chats = chats.into_iter().map(|(_, record)| record).collect();
        Ok(Recovered { recovery, device, identity, account, chats, relay, invite })
    }
}

/// The chain with the new device, which the recovery key adds; where there are as many as may be, the oldest goes.
fn added(recovery: &Recovery, key: &SigningKey, mut chain: Identity, now: i64) -> Result<Identity> {
    let by = recovery.key();
    let active: Vec<_> = chain.devices()?.into_iter().filter(|known| known.active).collect();
    if active.len() >= limits::DEVICES {
        chain = chain.signed(What::Remove(active[0].device), &by, None, now)?;
    }
    Ok(chain.signed(What::Add(DeviceId(key.verifying_key().to_bytes())), &by, Some(key), now)?)
}
