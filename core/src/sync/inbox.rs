//! What lies in this device's inbox: requests to let somebody in, answers to ours, and welcomes that let us in.

use std::collections::HashSet;

use beseda_protocol::{
    ChatId, DeviceId, EnvelopeId, Seq, SlotId, SlotKey, UserId,
    backup::{ReturnEras, SealedReturn},
    codec, limits,
    link::{self, JoinAnswer, JoinRequest, SealedJoinAnswer, SealedJoinRequest, WelcomeAgain},
    membership::{Added, ChatKind, Roles},
    request::{InboxItem, InboxKind},
};
use serde::de::DeserializeOwned;

use super::{handshake::returning, letters};
use crate::{
    crypto::{Secret, keys, mls, random, seal},
    device::Device,
    document::Own,
    domain::ChatNo,
    error::Result,
    people::text,
    store::{
        Durability, Tx, account, backup,
        chats::{self, NewChat, PutIn, Status},
        contacts, dialogs, eras, handshakes,
        invitations::{self, InvitationId},
        joining::{self, Answer, Request},
        linking, log, members,
        memory::Era,
        messages, mls as rows, own, standings, tell, users,
        welcomes::{self, Early},
    },
};

/// Deals with items in their order; each is one transaction with its number. What is not valid is passed over with a
/// word in the log: nobody else is kept waiting for it.
///
/// # Errors
/// When the store fails.
pub async fn take_in(device: &Device, items: &[InboxItem]) -> Result<()> {
    for item in items {
        let mut tx = device.store.begin(Durability::Power).await?;
        let outcome = match item.kind {
            InboxKind::Request => match letters::read(item) {
                Some(letter) => Box::pin(letters::take_in(device, &mut tx, item, &letter)).await?,
                None => request(device, &mut tx, item).await?,
            },
            InboxKind::Welcome { chat, seq } => {
                Box::pin(welcome(device, &mut tx, &item.body, (chat, seq), Via::Handshake)).await?
            }
        };
        tracing::debug!(number = item.number, id = %item.id, taken = outcome.is_ok(), "an item of the inbox");
        match outcome {
            Ok(()) => {
                account::set_inbox_number(&mut tx, item.number).await?;
                tx.commit().await?;
            }
            Err(why) => {
                tracing::warn!(why, "an item of the inbox was passed over");
                drop(tx);
                let mut tx = device.store.begin(Durability::Process).await?;
                account::set_inbox_number(&mut tx, item.number).await?;
                tx.commit().await?;
            }
        }
    }
    Ok(())
}

pub(super) type Outcome = std::result::Result<(), String>;

/// Opens a request with its invitation's secret.
#[must_use]
pub fn sealing_key(secret: &Secret) -> Secret {
    seal::derive(secret, "beseda/1 join request")
}

/// Opens an answer to a request with its invitation's secret.
#[must_use]
pub fn answering_key(secret: &Secret) -> Secret {
    seal::derive(secret, "beseda/1 join answer")
}

fn open<T: DeserializeOwned>(
    key: &Secret,
    part: seal::Part,
    invitation: InvitationId,
    sealed: &[u8],
) -> std::result::Result<T, String> {
    let plain = seal::open(key, part, &invitation, sealed, limits::INBOX_ITEM_BYTES);
    codec::decode(&plain.map_err(|error| error.to_string())?, limits::INBOX_ITEM_BYTES)
        .map_err(|error| error.to_string())
}

async fn request(device: &Device, tx: &mut Tx<'_>, item: &InboxItem) -> Result<Outcome> {
    if let Ok(sealed) = codec::decode::<ReturnEras>(&item.body, limits::INBOX_ITEM_BYTES) {
        return returning::take_eras(tx, &sealed).await;
    }
    if let Ok(sealed) = codec::decode::<SealedReturn>(&item.body, limits::INBOX_ITEM_BYTES) {
        return returning::asked(tx, item, &sealed).await;
    }
    if let Ok(sealed) = codec::decode::<SealedJoinAnswer>(&item.body, limits::INBOX_ITEM_BYTES) {
        return answer(tx, &sealed).await;
    }
    if let Ok(again) = codec::decode::<WelcomeAgain>(&item.body, limits::INBOX_ITEM_BYTES) {
        if again.v != 1 {
            return Ok(Err("a welcome of a version that this app does not know".into()));
        }
        let at = (again.chat, again.seq);
        return Box::pin(welcome(device, tx, &again.welcome, at, Via::Letter)).await;
    }
    let sealed: SealedJoinRequest = match codec::decode(&item.body, limits::INBOX_ITEM_BYTES) {
        Ok(sealed) => sealed,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let Some(invitation) = invitations::one(tx, &sealed.invitation).await? else {
        return Ok(Err("a request for an invitation that was not made here".into()));
    };
    let key = sealing_key(&invitation.secret);
    let request: JoinRequest = match open(&key, seal::Part::JoinRequest, sealed.invitation, &sealed.sealed) {
        Ok(request) => request,
        Err(why) => return Ok(Err(why)),
    };
    if request.v != 1 {
        return Ok(Err("a request of a version that this app does not know".into()));
    }
    let (owner, _) = match mls::key_package_owner(&request.key_package) {
        Ok(owner) => owner,
        Err(error) => return Ok(Err(error.to_string())),
    };
    if let Some(known) = users::find(tx, owner.user).await?
        && contacts::is_blocked(tx, known).await?
    {
        // Without a word: they learn no more than if nobody had read it.
        return Ok(Ok(()));
    }
    let request = Request {
        id: item.id,
        key_package: request.key_package,
        slot_key: request.slot_key,
        name: request.name,
        invitation: Some(invitation.id),
        revoked: false,
        alone: false,
        again_after: Seq::ZERO,
    };
    let before = members::presence(tx, invitation.chat, owner.device).await?;
    if before.is_some_and(|(key, _)| key == request.slot_key) {
        return Ok(Err("a request that has let its device in".into()));
    }
    let inside = before.is_some_and(|(_, inside)| inside);
    let used = invitations::used_by(tx, invitation.id, owner.device).await?;
    let now = device.now();
    // Where this device is coming back itself, who asks waits for that.
    let admitted = if chats::state(tx, invitation.chat).await?.status == Status::Removed {
        Err(link::Reason::Closed)
    } else if inside {
        Err(link::Reason::AlreadyIn)
    } else {
        invitation.admits(now, used, before.is_some())
    };
    if let Err(reason) = admitted {
        tell(tx, &request, reason).await?;
        return Ok(Ok(()));
    }
    invitations::put_use(tx, invitation.id, owner.device, now).await?;
    // Shown until the newcomer's own profile comes.
    users::number(tx, owner.user, &text::clean(&request.name)).await?;
    joining::put_request(tx, invitation.chat, &request).await?;
    Ok(Ok(()))
}

/// Drops a request, and tells who sent it why.
///
/// # Errors
/// When the store fails.
pub async fn turn_away(tx: &mut Tx<'_>, request: &Request, reason: link::Reason) -> Result<()> {
    joining::drop_request(tx, request.id).await?;
    tell(tx, request, reason).await
}

/// The answer goes to the device that signed the key package, whoever carried the request.
async fn tell(tx: &mut Tx<'_>, request: &Request, reason: link::Reason) -> Result<()> {
    let (Some(id), Ok((owner, _))) = (request.invitation, mls::key_package_owner(&request.key_package))
    else {
        return Ok(());
    };
    let Some(invitation) = invitations::one(tx, &id).await? else { return Ok(()) };
    put_answer(tx, invitation.id, &invitation.secret, owner.device, request.id, reason).await
}

/// Seals an answer with the secret of the invitation, and puts it among those to be delivered.
///
/// # Errors
/// When the store fails.
pub async fn put_answer(
    tx: &mut Tx<'_>,
    invitation: InvitationId,
    secret: &Secret,
    to: DeviceId,
    request: EnvelopeId,
    reason: link::Reason,
) -> Result<()> {
    let plain = codec::encode(&JoinAnswer { v: 1, request, reason });
    let key = answering_key(secret);
    let answer = seal::seal(&key, seal::Part::JoinAnswer, &invitation, &plain, random());
    let body = codec::encode(&SealedJoinAnswer { v: 1, invitation, answer });
    joining::put_answer(tx, &Answer { request, id: EnvelopeId(random()), to, body }).await
}

/// Believed only if it opens under the secret of the invitation that is meant, and names the request.
async fn answer(tx: &mut Tx<'_>, sealed: &SealedJoinAnswer) -> Result<Outcome> {
    let opened = |secret: &Secret| -> std::result::Result<JoinAnswer, String> {
        let key = answering_key(secret);
        let answer: JoinAnswer = open(&key, seal::Part::JoinAnswer, sealed.invitation, &sealed.answer)?;
        if answer.v == 1 {
            Ok(answer)
        } else {
            Err("an answer of a version that this app does not know".into())
        }
    };
    if let Some(invitation) = invitations::one(tx, &sealed.invitation).await? {
        return Ok(match opened(&invitation.secret) {
            Ok(JoinAnswer { request, reason: link::Reason::Withdrawn, .. }) => {
                joining::taken_back(tx, request, invitation.id).await?;
                Ok(())
            }
            Ok(_) => Err("an answer to an invitation that was made here".into()),
            Err(why) => Err(why),
        });
    }
    let unasked = || Ok(Err("an answer to a request that was not sent".into()));
    let Some(chat) = chats::asked_with(tx, sealed.invitation).await? else { return unasked() };
    if chats::state(tx, chat).await?.status != Status::Asking {
        return unasked();
    }
    let Some(knock) = joining::knock(tx, chat).await? else { return unasked() };
    let Some(secret) = knock.secret else { return unasked() };
    Ok(match opened(&secret) {
        Ok(JoinAnswer { request, .. }) if request != knock.id => return unasked(),
        Ok(JoinAnswer { reason: link::Reason::Withdrawn, .. }) => {
            Err("a request that somebody else takes back".into())
        }
        Ok(JoinAnswer { reason, .. }) => {
            chats::set_refused(tx, chat, Some(reason)).await?;
            Ok(())
        }
        Err(why) => Err(why),
    })
}

/// A chat that this device is to come into: one of this person's, or one that somebody puts them into.
pub(super) async fn given_chat(
    device: &Device,
    tx: &mut Tx<'_>,
    id: ChatId,
    by: (DeviceId, bool),
    slot: &Secret,
    reference: &[u8],
) -> Result<ChatNo> {
    let (by, own_join) = by;
    let new = NewChat {
        id,
        group_id: &[],
        kind: ChatKind::Group,
        status: Status::Asking,
        created_at: device.now(),
        slot_id: SlotId(random()),
        slot_secret: slot,
        inviter: Some(by),
        key_package: reference,
        own_join,
    };
    chats::insert(tx, &new).await
}

/// How somebody else may put this person into a chat; `None`: not at all, and without a word.
async fn put_in_by(device: &Device, tx: &mut Tx<'_>, by: UserId, roles: &Roles) -> Result<Option<PutIn>> {
    let by = users::number(tx, by, "").await?;
    if contacts::is_blocked(tx, by).await? {
        return Ok(None);
    }
    // As another device of this person has answered.
    if let Some(Own::Arranged(arranged)) = own::stands(tx, &Own::arranged_key(roles.chat)).await? {
        return Ok(Some(PutIn::from_bits(arranged.request)));
    }
    if contacts::contact(tx, by).await?.is_some() {
        return Ok(Some(PutIn::No));
    }
    if roles.kind == ChatKind::Dialog {
        // Who writes to somebody wants to hear from them.
        for (chat, _) in dialogs::with(tx, by).await? {
            if chats::state(tx, chat).await?.put_in == PutIn::No
                && dialogs::added_by(tx, chat, device.me.number).await? == Some(device.me.number)
            {
                return Ok(Some(PutIn::No));
            }
        }
    }
    Ok(Some(PutIn::Asked))
}

/// The log has shown that this device is in: what it has asked with is done with. A key package of the directory is kept: a
/// relay that is put back gives it away again. With it nothing can be read that the keys of the eras here do not open.
///
/// # Errors
/// When the store fails.
pub async fn is_in(device: &Device, tx: &mut Tx<'_>, chat: ChatNo) -> Result<()> {
    joining::drop_knock(tx, chat).await?;
    fulfil(device, tx, chat).await?;
    if linking::came_by_directory(tx, chat).await? {
        return Ok(());
    }
    chats::set_key_package(tx, chat, &[]).await?;
    rows::clear(tx, rows::coming_into(chat)).await
}

/// Requests that this device still waits with, and which have let it into this chat, as the log shows: what came of them did
/// not reach it, and it has come in by another way. So may what another device of this person has done.
async fn fulfil(device: &Device, tx: &mut Tx<'_>, chat: ChatNo) -> Result<()> {
    let waiting = joining::waiting(tx).await?;
    let asked = chats::state(tx, chat).await?.put_in == PutIn::Asked;
    if waiting.is_empty() && !asked {
        return Ok(());
    }
    let (this, me) = (device.keys.device(), device.keys.user());
    let mut known: HashSet<SlotKey> = HashSet::new();
    let mut by_own = false;
    for logged in handshakes::list(tx, chat).await? {
        let event = logged.event.event;
        known.extend(event.adds.iter().map(|added| added.key));
        let adds_this = |added: &Added| added.identity.verify().is_ok_and(|member| member.device == this);
        by_own |= asked
            && members::user_of(tx, chat, event.by).await? == Some(me)
            && event.adds.iter().any(adds_this);
    }
    for (.., standing) in standings::list(tx, chat).await? {
        known.extend(standing.devices.iter().map(|one| one.key));
        by_own |= standing.devices.iter().any(|one| one.device == this && one.added_by == me);
    }
    for (asking, slot) in waiting {
        if known.contains(&keys::slot_key(&slot)) {
            settle(tx, asking, chat).await?;
        }
    }
    if asked && by_own {
        chats::set_put_in(tx, chat, PutIn::No).await?;
    }
    Ok(())
}

/// This person has asked (`asking`) to be let into a chat, and is in: nothing is waited for any more, and nobody has put them
/// in.
async fn settle(tx: &mut Tx<'_>, asking: ChatNo, chat: ChatNo) -> Result<()> {
    linking::keep_package(tx, asking, &[]).await?;
    joining::drop_knock(tx, asking).await?;
    joining::came_by(tx, chat, asking).await?;
    let id = chats::state(tx, asking).await?.id;
    chats::forget(tx, asking, id).await?;
    if chats::state(tx, chat).await?.put_in == PutIn::Asked {
        chats::set_put_in(tx, chat, PutIn::No).await?;
    }
    Ok(())
}

/// How a welcome has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Via {
    /// The relay has released it with the handshake.
    Handshake,
    /// Its author has sent it again. Anybody can send such a thing: it lets nobody put this person into a chat who
    /// otherwise would have had to ask.
    Letter,
}

/// Looks again at welcomes to chats that this device was in when they came: those into which it is now out, or which have
/// gone on without it, may be what lets it in. Answers whether any did. `follows`: chats in which the relay's log is the one
/// that is known here; what it lets this device in with is past where it was read.
///
/// # Errors
/// When the store fails.
pub async fn take_early(device: &Device, follows: &[ChatNo]) -> Result<bool> {
    let all = welcomes::all(&mut *device.store.readers().acquire().await?).await?;
    let mut taken = false;
    for early in all {
        let mut tx = device.store.begin(Durability::Power).await?;
        let state = chats::state(&mut tx, early.chat).await?;
        let is_in = state.status == Status::Active;
        if is_in && !(follows.contains(&early.chat) && early.seq <= state.cursor) {
            tx.end().await?;
            continue;
        }
        let mut outcome = Err("what it belongs to was read".to_owned());
        let present = members::presence(&mut tx, early.chat, device.keys.device()).await?;
        // By the word of a relay whose log may be another one, and not by what was read.
        let denied = state.status == Status::Removed && present.is_none_or(|(_, inside)| inside);
        if !is_in && (denied || early.seq > state.cursor) {
            let via = if early.released { Via::Handshake } else { Via::Letter };
            outcome = Box::pin(welcome(device, &mut tx, &early.body, (state.id, early.seq), via)).await?;
        }
        if let Err(why) = outcome {
            tracing::info!(why, "a welcome that has waited does not count");
            drop(tx);
            tx = device.store.begin(Durability::Process).await?;
        } else {
            taken = true;
        }
        welcomes::drop(&mut tx, &early).await?;
        tx.commit().await?;
    }
    Ok(taken)
}

async fn welcome(
    device: &Device,
    tx: &mut Tx<'_>,
    body: &[u8],
    (chat_id, seq): (ChatId, Seq),
    via: Via,
) -> Result<Outcome> {
    let references = match mls::welcome_references(body) {
        Ok(references) => references,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let mut came_into = None;
    let mut given = None;
    let mut ours = vec![];
    for reference in references {
        let before = chats::asking_with(tx, &reference).await?;
        let package = linking::package(tx, &reference).await?;
        if before.is_some() || package.is_some() {
            (came_into, given, ours) = (before, package, reference);
        }
    }
    let mut packages = rows::load(tx, rows::KEY_PACKAGES).await?;
    if let Some(before) = came_into {
        // It has let this device in before, by a handshake that a relay may have lost, or into another chat.
        packages.extend(rows::load(tx, rows::coming_into(before)).await?);
    }
    let (group, by) = match mls::Group::join(packages, body) {
        Ok(group) => group,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let roles = group.roles().clone();
    if roles.chat != chat_id {
        return Ok(Err("a welcome to another chat than the relay says".into()));
    }
    if roles.kind == ChatKind::Notes && own::notes_id(tx).await? != Some(chat_id) {
        return Ok(Err("notes that are not this person's".into()));
    }
    if !group.has(device.keys.device()) {
        return Ok(Err("a group that this device is not in".into()));
    }
    if came_into.is_none() && given.is_none() {
        return Ok(Err("a welcome that was not asked for".into()));
    }
    let known = match chats::find(tx, chat_id).await? {
        Some(known) => Some(chats::state(tx, known).await?),
        None => None,
    };
    if let Some(known) = known.as_ref().filter(|known| known.status == Status::Active) {
        let key = group.era_key()?;
        if eras::all(tx, known.number).await?.iter().any(|era| era.key == key) {
            return Ok(Err("a welcome to a chat that this device is in".into()));
        }
        if let Some(asking) = came_into.filter(|asking| given.is_none() && *asking != known.number) {
            if chats::state(tx, asking).await?.status != Status::Asking {
                return Ok(Err("a welcome to another chat than the one before it".into()));
            }
            settle(tx, asking, known.number).await?;
        }
        let (chat, released, body) = (known.number, via == Via::Handshake, body.to_vec());
        welcomes::put(tx, &Early { chat, reference: ours, seq, released, body }).await?;
        return Ok(Ok(()));
    }
    let own = by.user == device.keys.user();
    let present = match &known {
        Some(known) => members::presence(tx, known.number, device.keys.device()).await?,
        None => None,
    };
    // It has asked, or is in by what it has read: nobody puts it in.
    let waits = known.as_ref().filter(|known| match known.status {
        Status::Asking | Status::Joining => true,
        Status::Active | Status::Removed => present.is_some_and(|(_, inside)| inside),
    });
    let mut put_in = None;
    let asking = match (came_into, &given) {
        (_, Some(package)) => {
            if !own && waits.is_none() && !(package.asked && known.is_some()) {
                put_in = put_in_by(device, tx, by.user, &roles).await?;
                if put_in.is_none() {
                    return Ok(Err("a welcome by somebody who is blocked".into()));
                }
                // Who waits to be let in somewhere may have lost what the relay has released.
                let asks = !joining::waiting(tx).await?.is_empty();
                if via == Via::Letter && put_in == Some(PutIn::Asked) && !asks {
                    return Ok(Err("a welcome by somebody unknown that the relay has not released".into()));
                }
            }
            if let Some(before) = came_into {
                // It has let this device in before, and a relay that was put back has given it away once more.
                rows::give_back(tx, before).await?;
                chats::set_key_package(tx, before, &[]).await?;
            }
            // A row as if it had asked.
            let own = own || waits.is_some_and(|known| known.own_join);
            given_chat(device, tx, ChatId(random()), (by.device, own), &package.slot, &[]).await?
        }
        (Some(asking), None) => asking,
        (None, None) => return Ok(Err("a welcome that was not asked for".into())),
    };
    let asked = chats::state(tx, asking).await?;
    tx.touched.renamed.insert(asked.id);
    let chat = match known {
        Some(before) => {
            let known = before.number;
            if before.status == Status::Joining
                || before.status == Status::Removed && before.cursor < before.joined_at
            {
                // The handshake that let it in before may be among what a relay has lost.
                rows::clear(tx, known).await?;
                log::forget_eras(tx, known, before.cursor).await?;
            }
            // Let in again, or by another way than the one that is waited for: what is here of the chat stays.
            if known != asking {
                linking::keep_package(tx, known, &ours).await?;
                rows::give_back(tx, known).await?;
                joining::move_knock(tx, asking, known).await?;
                chats::take_over(tx, known, asking).await?;
                // What was said before and not sent is sent now: the column has no holes.
                messages::fail_queued(tx, known, 0).await?;
                backup::drop_return(tx, known).await?;
            }
            known
        }
        None if asked.status != Status::Asking => {
            return Ok(Err("a welcome to another chat than the one before it".into()));
        }
        None => asking,
    };
    backup::drop_return(tx, asking).await?;
    chats::set_joined(tx, chat, chat_id, group.id(), roles.kind, seq, &ours).await?;
    rows::save_joined(tx, chat, &group.changes()?).await?;
    eras::insert(tx, chat, &Era { era: group.era(), handshake: seq, key: group.era_key()? }).await?;
    for era in linking::take_eras(tx, chat_id).await? {
        if era.era < group.era() && era.handshake < seq {
            eras::insert(tx, chat, &era).await?;
        }
    }
    for member in group.members() {
        users::number(tx, member.member.user, "").await?;
    }
    if let Some(put_in) = put_in {
        chats::set_put_in(tx, chat, put_in).await?;
        if put_in == PutIn::No {
            // This person's other devices need not ask.
            tell::arranged(tx, (&device.keys, device.me), &[chat], device.now()).await?;
        }
    }
    Ok(Ok(()))
}
