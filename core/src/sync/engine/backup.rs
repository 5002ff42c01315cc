//! The part of an exchange that is for the day on which all devices of a person are lost: what the relay keeps for it,
//! and how a device that was made from that comes back into its chats.

use beseda_protocol::{
    DeviceId, EnvelopeId, Seq,
    backup::{AccountRecord, BackupRecord, ChatRecord, Record},
    codec,
    envelope::HandshakeBody,
    limits,
    link::LinkedEra,
    membership::History,
    request::{Append, AppendAnswer, ChatState as Remote, Deliver, ErrorCode, ListHandshakes, PutBackup},
};

use super::{Exchange, SyncError};
use crate::{
    crypto::{mls, recovery::BackupTarget},
    domain::ChatNo,
    error::Error,
    store::{Durability, Tx, backup, backup::Returning, chats, eras, mls as rows, own, own_profile},
    sync::{handshake, handshake::returning, transport::TransportError},
};

/// Chats in one request.
const CHATS: u32 = 64;
/// A larger group comes back only by a member's help.
const GROUP_INFO_BYTES: usize = 24 * 1024;
/// Keys that a record holds: where newcomers may read the history each leads to the one before, elsewhere all are needed.
const ERAS_OF_OPEN: usize = 16;
const ERAS_OF_CLOSED: usize = 900;
/// Pages of handshakes that are looked through for the first one after the backup.
const PAGES: usize = 16;
/// Members' devices that a record names, and that are asked at a time.
const HELPERS: usize = 16;

impl Exchange<'_> {
    /// Tells the relay's backup what has changed since it heard of it.
    pub(super) async fn back_up(&mut self) -> Result<(), SyncError> {
        while !self.unbacked {
            let Some((put, backed)) = self.due().await? else { return Ok(()) };
            match self.session.call(&put).await {
                Ok(_) => self.note_backed_up(backed).await?,
                // A relay that keeps none, or a device that the others have not named a writer yet.
                Err(TransportError::Relay(error))
                    if matches!(error.code, ErrorCode::Invalid | ErrorCode::Denied | ErrorCode::TooLarge) =>
                {
                    tracing::warn!(%error, "the relay does not keep the backup");
                    self.unbacked = true;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    async fn due(&self) -> Result<Option<(PutBackup, Backed)>, SyncError> {
        let device = self.device;
        let mut reader = self.reader().await?;
        let chats = backup::due(&mut reader, CHATS).await?;
        let target = backup::target(&mut reader).await?;
        let chain = own::chain(&mut reader).await?;
        let Some(notes) = own::notes_id(&mut reader).await? else { return Ok(None) };
        let name = own_profile::name(&mut reader).await?;
        let known = backup::account_backed_up(&mut reader).await?;
        drop(reader);
        let account = AccountRecord { identity: chain.clone(), name, notes };
        let account = codec::encode(&Record::Account(Box::new(account)));
        let hash = blake3::hash(&account).as_bytes().to_vec();
        let mut backed = Backed { account: None, chats: vec![] };
        let mut records = Vec::new();
        if known != hash {
            records.push(self.sealed(target, b"", account)?);
            backed.account = Some(hash);
        }
        let mut bytes = 0;
        for chat in chats {
            let mut tx = device.store.begin(Durability::Process).await?;
            let state = chats::state(&mut tx, chat).await?;
            let record = record_of(&mut tx, &device.keys, &state).await?;
            tx.end().await?;
            let id = record.chat;
            let record = codec::encode(&Record::Chat(Box::new(record)));
            let sealed = self.sealed(target, id.as_bytes(), record)?;
            bytes += sealed.body.len();
            records.push(sealed);
            backed.chats.push((chat, state.last_handshake));
            if bytes > limits::REQUEST_BYTES / 2 {
                break;
            }
        }
        if records.is_empty() {
            return Ok(None);
        }
        // Checks every signature of the chain: not at each quiet moment.
        let devices = chain.devices().map_err(|_| Error::Damaged("the chain of devices"))?;
        let writers = devices.iter().filter(|known| known.active).map(|known| known.device).collect();
        Ok(Some((PutBackup { backup: target.backup, writers, records, signature: None }, backed)))
    }

    fn sealed(&self, target: BackupTarget, about: &[u8], record: Vec<u8>) -> Result<BackupRecord, Error> {
        let id = target.record(about);
        let body = target.seal(id, record, &self.device.keys).map_err(|error| {
            tracing::error!(%error, "the backup's recipient is no key");
            Error::Damaged("for whom the backup is sealed")
        })?;
        Ok(BackupRecord { id, body })
    }

    async fn note_backed_up(&self, backed: Backed) -> Result<(), SyncError> {
        let mut tx = self.device.store.begin(Durability::Process).await?;
        if let Some(hash) = backed.account {
            backup::set_account_backed_up(&mut tx, &hash).await?;
        }
        for (chat, handshake) in backed.chats {
            backup::set_backed_up(&mut tx, chat, handshake).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Comes into chats of a backup: where the group is as it was, by itself; else a member is asked.
    pub(super) async fn come_back(&mut self) -> Result<(), SyncError> {
        let mut reader = self.reader().await?;
        let returns = backup::returns(&mut reader).await?;
        let mut states = Vec::with_capacity(returns.len());
        for returning in &returns {
            states.push(chats::state(&mut reader, returning.chat).await?);
        }
        drop(reader);
        if returns.is_empty() {
            return Ok(());
        }
        let remotes = self.open_chats(&states).await?;
        for ((returning, state), remote) in returns.iter().zip(&states).zip(remotes) {
            match remote {
                Remote::Open(head) => {
                    let as_it_was = head.last_handshake == returning.handshake;
                    let alone = as_it_was && !returning.group_info.is_empty() || returning.made.is_some();
                    if alone && self.come_back_alone(returning, state.id).await? {
                        continue;
                    }
                    self.ask(returning, head.seq).await?;
                }
                Remote::Denied => {
                    // This person is not in it any more.
                    let mut tx = self.device.store.begin(Durability::Power).await?;
                    backup::drop_return(&mut tx, returning.chat).await?;
                    tx.commit().await?;
                    self.leave(returning.chat).await?;
                }
                Remote::Unknown => tracing::error!("the relay has lost a chat that the backup knows"),
            }
        }
        Ok(())
    }

    /// Answers whether this device is in.
    async fn come_back_alone(
        &self,
        returning: &Returning,
        chat: beseda_protocol::ChatId,
    ) -> Result<bool, SyncError> {
        let Some(envelope) = returning::prepare(self.device, returning).await? else { return Ok(false) };
        let append = Append { chat, cas: returning.handshake, envelopes: vec![envelope] };
        let at = match self.session.call(&append).await {
            Ok(AppendAnswer::Accepted { at, .. }) => at,
            Ok(AppendAnswer::Conflict(_)) => vec![],
            Err(TransportError::Relay(error))
                if matches!(error.code, ErrorCode::Denied | ErrorCode::Invalid | ErrorCode::TooLarge) =>
            {
                tracing::warn!(%error, "the relay does not let this device come back by itself");
                vec![]
            }
            Err(error) => return Err(error.into()),
        };
        match at.first() {
            Some(accepted) => {
                returning::accepted(self.device, returning, accepted.seq).await?;
                Ok(true)
            }
            None => {
                returning::outdated(self.device, returning).await?;
                Ok(false)
            }
        }
    }

    /// Asks members to let this device in; again with each exchange, since who was asked may be lost too.
    async fn ask(&mut self, returning: &Returning, head: Seq) -> Result<(), SyncError> {
        self.unheard = true;
        let mut helpers = self.who_changed(returning, head).await?;
        helpers.extend(returning.devices.iter().copied().take(HELPERS));
        let body = returning::request(self.device, returning).await?;
        for to in &helpers {
            let mut id = [0; 16];
            let hash = blake3::hash(&[&body[..], to.as_bytes()].concat());
            id.copy_from_slice(&hash.as_bytes()[..16]);
            let deliver = Deliver { to: *to, id: EnvelopeId(id), body: body.clone() };
            match self.session.call(&deliver).await {
                Ok(_) => {}
                Err(TransportError::Relay(error)) if error.code == ErrorCode::Undeliverable => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

impl Exchange<'_> {
    /// Devices of the first handshake after what the backup knows: its author was there when all that it names were not.
    async fn who_changed(&self, returning: &Returning, head: Seq) -> Result<Vec<DeviceId>, SyncError> {
        let mut tx = self.device.store.begin(Durability::Process).await?;
        let state = chats::state(&mut tx, returning.chat).await?;
        let era = eras::begun_at(&mut tx, returning.chat, returning.handshake).await?;
        tx.end().await?;
        let Some(era) = era else { return Ok(vec![]) };
        let mut next = None;
        let mut before = head.next();
        for _ in 0..PAGES {
            let answer = match self.session.call(&ListHandshakes { chat: state.id, before }).await {
                // Somebody has put this person out since it was opened: it shows when it is opened again.
                Err(error) if error.is_denied() => return Ok(vec![]),
                answer => answer?,
            };
            let oldest = answer.entries.iter().map(|entry| entry.seq).min().unwrap_or_default();
            let later = answer.entries.into_iter().filter(|entry| entry.seq > returning.handshake);
            next = later.min_by_key(|entry| entry.seq).or(next);
            if !answer.more || oldest <= returning.handshake || oldest >= before {
                break;
            }
            before = oldest;
        }
        let Some(entry) = next else { return Ok(vec![]) };
        let opened = codec::decode::<HandshakeBody>(&entry.body, limits::ENVELOPE_BYTES)
            .map_err(|error| error.to_string())
            .and_then(|body| handshake::open(&state, &entry, &body, &era.key));
        match opened {
            Ok(opened) => {
                let event = opened.event.event;
                let added = event.adds.iter().filter_map(|added| added.identity.verify().ok());
                let mut devices: Vec<DeviceId> = added.map(|member| member.device).take(HELPERS).collect();
                devices.push(event.by);
                Ok(devices)
            }
            Err(why) => {
                tracing::info!(why, "who changed a chat since the backup cannot be seen");
                Ok(vec![])
            }
        }
    }
}

/// What a request tells the backup, to be noted when it is there.
struct Backed {
    account: Option<Vec<u8>>,
    chats: Vec<(ChatNo, Seq)>,
}

/// What a device needs to come back into a chat.
///
/// # Errors
/// When the store fails, or the group's state is damaged.
pub async fn record_of(
    tx: &mut Tx<'_>,
    keys: &crate::crypto::keys::DeviceKeys,
    state: &chats::ChatState,
) -> Result<ChatRecord, Error> {
    let group = mls::Group::load(rows::load(tx, state.number).await?, &state.group_id)?;
    let roles = group.roles();
    let mut eras = eras::all(tx, state.number).await?;
    let most = if roles.history == History::All { ERAS_OF_OPEN } else { ERAS_OF_CLOSED };
    let newest = eras.split_off(eras.len().saturating_sub(most));
    let info = group.info(keys)?;
    let mut others: Vec<_> = group
        .members()
        .iter()
        .map(|inside| inside.member)
        .filter(|member| member.user != keys.user())
        .collect();
    others.sort_by_key(|member| !roles.is_admin(member.user));
    let (title, ..) = chats::info(tx, state.number).await?;
    Ok(ChatRecord {
        chat: state.id,
        kind: state.kind,
        title,
        slot: crate::store::members::slot(tx, state.number, keys.device())
            .await?
            .map_or(state.slot_id, |(slot, _)| slot),
        slot_secret: *state.slot_secret.expose(),
        eras: newest.iter().map(LinkedEra::from).collect(),
        group_info: if info.len() <= GROUP_INFO_BYTES { info } else { vec![] },
        devices: others.iter().take(HELPERS).map(|member| member.device).collect(),
    })
}
