//! A device that was made from a backup comes back into a chat: by itself, where the group is as the backup knows it, else
//! because a member lets it in, whom it asks.

use beseda_protocol::{
    ChatId, DeviceId, EnvelopeId, Seq,
    access::{KeyChanges, SlotEntry},
    backup::{Return, ReturnEras, SealedReturn},
    codec,
    content::Handshake,
    envelope::Envelope,
    limits,
    link::{LinkedEra, PART_ERAS},
    membership::{Added, Event, History},
    request::InboxItem,
    sign::{self, Purpose},
};

use super::{envelope, sign_event};
use crate::{
    crypto::{Secret, hpke, keys, mls, random, seal},
    device::Device,
    domain::ChatNo,
    error::{Error, Result},
    store::{
        Durability, Tx, backup,
        backup::Returning,
        chats::{self, Status},
        eras,
        handshakes::{self, Since},
        joining,
        joining::Request,
        linking::{self, Until},
        log, members,
        memory::Era,
        mls as rows, roles, users,
    },
    sync::inbox::Outcome,
};

/// Makes the commit with which this device comes in by itself, or finds the one that was made. `None`: only a member can
/// let it in.
///
/// # Errors
/// When the store fails.
pub async fn prepare(device: &Device, returning: &Returning) -> Result<Option<Envelope>> {
    let chat = returning.chat;
    let mut tx = device.store.begin(Durability::Power).await?;
    if let Some(pending) = handshakes::pending(&mut tx, chat).await? {
        tx.end().await?;
        return Ok(Some(pending));
    }
    let state = chats::state(&mut tx, chat).await?;
    let Some(ends) = eras::newest(&mut tx, chat).await? else {
        tx.end().await?;
        return Ok(None);
    };
    let made = mls::Group::come_back(&device.keys, &returning.group_info);
    let (group, commit) = match made {
        Ok((group, commit)) if group.chat() == state.id && group.era() == ends.era + 1 => (group, commit),
        other => {
            if let Err(error) = other {
                tracing::warn!(%error, "a chat cannot be come back into without help");
            }
            backup::forget_info(&mut tx, chat).await?;
            tx.commit().await?;
            return Ok(None);
        }
    };
    let slot = Secret::generate();
    let key = keys::slot_key(&slot);
    let roles = group.roles().clone();
    let admin = roles.rights.may_add(roles.kind, roles.is_admin(device.keys.user()));
    let event = Event {
        v: 1,
        chat: state.id,
        era: group.era(),
        parent: ends.handshake,
        follows: None,
        by: device.keys.device(),
        adds: vec![Added { identity: device.keys.identity().clone(), slot: state.slot_id, key }],
        removes: vec![],
        roles,
        at: device.now(),
    };
    let handshake = Handshake { v: 1, commit: Some(commit), event: sign_event(&device.keys, event) };
    let changes =
        KeyChanges { put: vec![SlotEntry { slot: state.slot_id, key, admin }], ..KeyChanges::default() };
    let begins = group.era_key()?;
    let id = EnvelopeId(random());
    let envelope = envelope(&state, id, &handshake, &ends.key, Some((&begins, None)), vec![], changes);
    rows::save(&mut tx, chat, &group.changes()?).await?;
    backup::set_made(&mut tx, chat, group.id(), &slot).await?;
    handshakes::put_pending(&mut tx, chat, &envelope).await?;
    tx.commit().await?;
    Ok(Some(envelope))
}

/// The relay has taken the commit: this device is in. Until it has read that in the log, the commit is kept: the relay may lose
/// it, and nobody else need have it.
///
/// # Errors
/// When the store fails.
pub async fn accepted(device: &Device, returning: &Returning, seq: Seq) -> Result<()> {
    let chat = returning.chat;
    let mut tx = device.store.begin(Durability::Power).await?;
    let (group_id, slot) =
        backup::made(&mut tx, chat).await?.ok_or(Error::Damaged("a commit without its group"))?;
    let group = mls::Group::load(rows::load(&mut tx, chat).await?, &group_id)?;
    let id = chats::state(&mut tx, chat).await?.id;
    tx.touched.renamed.insert(id);
    chats::set_joined(&mut tx, chat, id, &group_id, group.roles().kind, seq, &[]).await?;
    backup::take_slot(&mut tx, chat, &slot).await?;
    eras::insert(&mut tx, chat, &Era { era: group.era(), handshake: seq, key: group.era_key()? }).await?;
    for member in group.members() {
        users::number(&mut tx, member.member.user, "").await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The relay's log does not hold what has let this device in. Where that was its own commit, and was not read, the device sends
/// it once more, as it was.
///
/// # Errors
/// When the store fails.
pub async fn lost(device: &Device, chat: ChatNo) -> Result<()> {
    let mut tx = device.store.begin(Durability::Power).await?;
    let state = chats::state(&mut tx, chat).await?;
    let since = backup::returned_since(&mut tx, chat).await?;
    let Some(since) = since.filter(|_| state.status == Status::Joining) else { return tx.end().await };
    log::forget_eras(&mut tx, chat, since).await?;
    backup::give_slot_back(&mut tx, chat).await?;
    chats::set_returning(&mut tx, chat, true).await?;
    tx.touched.renamed.insert(state.id);
    tx.commit().await?;
    Ok(())
}

/// The group has changed since the backup: what was made counts for nothing.
///
/// # Errors
/// When the store fails.
pub async fn outdated(device: &Device, returning: &Returning) -> Result<()> {
    let mut tx = device.store.begin(Durability::Power).await?;
    handshakes::drop_pending(&mut tx, returning.chat).await?;
    rows::clear(&mut tx, returning.chat).await?;
    backup::forget_info(&mut tx, returning.chat).await?;
    tx.commit().await?;
    Ok(())
}

/// What members are asked with: made once.
///
/// # Errors
/// When the store fails.
pub async fn request(device: &Device, returning: &Returning) -> Result<Vec<u8>> {
    if !returning.request.is_empty() {
        return Ok(returning.request.clone());
    }
    let chat = returning.chat;
    let mut tx = device.store.begin(Durability::Power).await?;
    let state = chats::state(&mut tx, chat).await?;
    let era = eras::newest(&mut tx, chat).await?.ok_or(Error::Damaged("a chat without an era"))?;
    let (package, changes) = mls::new_key_package(&device.keys)?;
    rows::save(&mut tx, rows::KEY_PACKAGES, &changes).await?;
    chats::set_key_package(&mut tx, chat, &package.reference).await?;
    let seed = Secret::generate();
    let recipient = hpke::pair(&seed).public;
    let asked = Return {
        key_package: package.bytes,
        slot_key: keys::slot_key(&state.slot_secret),
        recipient,
        signature: device.keys.sign(Purpose::Return, &[state.id.as_bytes(), &recipient]),
    };
    let bound = state.id.as_bytes();
    let sealed = seal::seal(&era.key, seal::Part::Return, bound, &codec::encode(&asked), random());
    let body = codec::encode(&SealedReturn { v: 1, chat: state.id, handshake: era.handshake, sealed });
    backup::set_request(&mut tx, chat, &body, &seed).await?;
    tx.commit().await?;
    Ok(body)
}

/// Somebody of the chat has lost all devices and asks to be let in with a new one: who is in lets them, whoever that is.
///
/// # Errors
/// When the store fails.
pub async fn asked(tx: &mut Tx<'_>, item: &InboxItem, sealed: &SealedReturn) -> Result<Outcome> {
    let unknown = || Ok(Err("a wish to come back into a chat that is not here".into()));
    if sealed.v != 1 {
        return Ok(Err("a wish of a version that this app does not know".into()));
    }
    let Some(chat) = chats::find(tx, sealed.chat).await? else { return unknown() };
    let state = chats::state(tx, chat).await?;
    if state.status != Status::Active {
        return unknown();
    }
    let Some(era) = eras::begun_at(tx, chat, sealed.handshake).await? else { return unknown() };
    let bound = sealed.chat.as_bytes();
    let plain =
        match seal::open(&era.key, seal::Part::Return, bound, &sealed.sealed, limits::INBOX_ITEM_BYTES) {
            Ok(plain) => plain,
            Err(error) => return Ok(Err(error.to_string())),
        };
    let asked: Return = match codec::decode(&plain, limits::INBOX_ITEM_BYTES) {
        Ok(asked) => asked,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let owner = match mls::key_package_owner(&asked.key_package) {
        Ok((owner, _)) => owner,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let member = users::find(tx, owner.user).await?;
    let inside = match member {
        Some(user) => members::is_in(tx, chat, user).await?,
        None => false,
    };
    if !inside {
        return Ok(Err("a wish to come back by somebody who is not in".into()));
    }
    let signed = [sealed.chat.as_bytes(), &asked.recipient[..]];
    let by_itself = sign::verify(&owner.device.0, Purpose::Return, &signed, &asked.signature).is_ok();
    let present = members::presence(tx, chat, owner.device).await?;
    let is_in = present.is_some_and(|(_, inside)| inside);
    if is_in && !(by_itself && present.is_some_and(|(key, _)| key == asked.slot_key)) {
        return Ok(Err("a wish to come again that is not the device's own".into()));
    }
    let mut out_after = sealed.handshake;
    if is_in {
        let group = mls::Group::load(rows::load(tx, chat).await?, &state.group_id)?;
        let wish = (owner.device, &asked.key_package[..]);
        out_after = match out_since(tx, chat, &group, wish, sealed.handshake).await? {
            Some(after) => after,
            None => return Ok(Err("a wish to come back that was fulfilled".into())),
        };
    }
    let request = Request {
        id: item.id,
        key_package: asked.key_package,
        slot_key: asked.slot_key,
        name: String::new(),
        invitation: None,
        revoked: false,
        alone: false,
        again_after: sealed.handshake,
    };
    if roles::known(tx, chat).await?.history == History::FromJoining {
        if !by_itself {
            return Ok(Err("a wish to come back that its device did not sign".into()));
        }
        send_eras(tx, (chat, sealed.chat), out_after, owner.device, &asked.recipient).await?;
    }
    joining::put_request(tx, chat, &request).await?;
    Ok(Ok(()))
}

/// Since when a device that is in has been without its group, if its wish to come back, which names the handshake at `named`, is
/// to be fulfilled: since that; or since another one has let it in, with a key package that it has no more. `None`: it has come.
///
/// Whoever repeats an old wish has no device come again that was heard in its group, or that has come by that very wish; nor
/// one that has come again since what is named: so each time that it is newly let in it comes again once at most.
///
/// # Errors
/// When the store fails.
pub(super) async fn out_since(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    group: &mls::Group,
    (device, key_package): (DeviceId, &[u8]),
    named: Seq,
) -> Result<Option<Seq>> {
    let let_in = match handshakes::since(tx, chat, device, named).await? {
        Since::Same => return Ok(Some(named)),
        Since::LetIn(let_in) => let_in,
        Since::Moved => return Ok(None),
    };
    let came = linking::has_spoken(tx, chat, device, let_in).await?
        || !group.has(device)
        || group.came_by(device, key_package).unwrap_or(true);
    // It was in from there on: what came between is closed to it, where the history is.
    Ok((!came).then_some(Seq(let_in.0.saturating_sub(1))))
}

/// Who was in all the while may have the keys of that while: none leads to another where the history is closed.
async fn send_eras(
    tx: &mut Tx<'_>,
    (chat, id): (ChatNo, ChatId),
    after: Seq,
    to: DeviceId,
    recipient: &[u8; 32],
) -> Result<()> {
    let since = |era: &&Era| era.handshake > after;
    let eras: Vec<LinkedEra> = eras::all(tx, chat).await?.iter().filter(since).map(LinkedEra::from).collect();
    for part in eras.chunks(PART_ERAS) {
        let plain = codec::encode(&part);
        match hpke::seal_for(recipient, seal::Part::Eras, id.as_bytes(), &plain) {
            Ok(eras) => {
                let body = codec::encode(&ReturnEras { v: 1, chat: id, eras });
                linking::put_letter(tx, EnvelopeId(random()), to, &body, Until::Sent, false).await?;
            }
            Err(error) => tracing::warn!(%error, "keys could not be sealed for who comes back"),
        }
    }
    Ok(())
}

/// A member has sent the keys that have come since.
///
/// # Errors
/// When the store fails.
pub async fn take_eras(tx: &mut Tx<'_>, sealed: &ReturnEras) -> Result<Outcome> {
    let unasked = || Ok(Err("keys of a chat that this device does not come back into".into()));
    let Some(chat) = chats::find(tx, sealed.chat).await? else { return unasked() };
    let Some(seed) = backup::recipient(tx, chat).await? else { return unasked() };
    let bound = sealed.chat.as_bytes();
    let plain = hpke::pair(&seed).open(seal::Part::Eras, bound, &sealed.eras, limits::CONTENT_BYTES);
    let known = eras::newest(tx, chat).await?.map_or(0, |era| era.era);
    let eras: Vec<LinkedEra> = match plain.map(|plain| codec::decode(&plain, limits::CONTENT_BYTES)) {
        Ok(Ok(eras)) => eras,
        Ok(Err(error)) => return Ok(Err(error.to_string())),
        Err(error) => return Ok(Err(error.to_string())),
    };
    // One that began where this device has read something else is of another log.
    let cursor = chats::state(tx, chat).await?.cursor;
    for era in eras.into_iter().take(PART_ERAS).filter(|era| era.era > known && era.handshake > cursor) {
        eras::insert(tx, chat, &Era::from(&era)).await?;
        // What lets this device in may come twice, and the keys come once.
        linking::put_era(tx, sealed.chat, &era).await?;
    }
    Ok(Ok(()))
}
