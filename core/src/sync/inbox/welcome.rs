//! Welcomes: what lets this device into a chat, and whether its person is asked whether they want to be in it.

use std::collections::HashSet;

use beseda_protocol::{
    ChatId, DeviceId, Seq, SlotKey, UserId,
    membership::{Added, ChatKind, Event, Roles},
};

use super::{Outcome, given_chat};
use crate::{
    crypto::{keys, mls, random},
    device::Device,
    document::Own,
    domain::ChatNo,
    error::Result,
    store::{
        Durability, Tx, backup,
        chats::{self, ChatState, PutIn, Status},
        contacts, dialogs, eras, handshakes,
        joining::{self, Waiting},
        linking, log, members,
        memory::Era,
        messages, mls as rows, own, standings, tell, users,
        welcomes::{self, Early},
    },
};

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

/// Whether somebody is in a chat and may let others in, as far as this device has read: they let it in again, and do not put
/// it in.
async fn may_let_in(tx: &mut Tx<'_>, chat: &ChatState, user: UserId) -> Result<bool> {
    let Some(user) = users::find(tx, user).await? else { return Ok(false) };
    let admin = members::is_admin(tx, chat.number, user).await?;
    Ok(chat.rights.may_add(chat.kind, admin) && members::is_in(tx, chat.number, user).await?)
}

/// The log has shown that this device is in: what it has asked with is done with. A key package of the directory is kept: a
/// relay that is put back gives it away again. With it nothing can be read that the keys of the eras here do not open.
///
/// # Errors
/// When the store fails.
pub async fn is_in(device: &Device, tx: &mut Tx<'_>, chat: ChatNo) -> Result<()> {
    joining::drop_knock(tx, chat).await?;
    // By its own commit, where it has come back by itself.
    backup::drop_return(tx, chat).await?;
    handshakes::drop_pending(tx, chat).await?;
    let id = chats::state(tx, chat).await?.id;
    linking::drop_eras(tx, id).await?;
    fulfil(device, tx, chat).await?;
    if linking::came_by_directory(tx, chat).await? {
        return Ok(());
    }
    chats::set_key_package(tx, chat, &[]).await?;
    rows::clear(tx, rows::coming_into(chat)).await
}

/// Requests that this device still waits with, and which have let it into this chat: what came of them did not reach it, and it
/// has come in by another way. So may what another device of this person has done.
///
/// By what nobody else can have made: a handshake that is signed by who was asked, or by another device of this person. What
/// members only tell of it where the history is closed counts once this person wants to be in the chat; else whoever has seen
/// the slot key elsewhere could put them into a chat unasked.
///
/// # Errors
/// When the store fails.
pub async fn fulfil(device: &Device, tx: &mut Tx<'_>, chat: ChatNo) -> Result<()> {
    let waiting = joining::waiting(tx).await?;
    let mut wanted = chats::state(tx, chat).await?.put_in == PutIn::No;
    if waiting.is_empty() && wanted {
        return Ok(());
    }
    let this = device.keys.device();
    let own = own::other_devices(tx, this).await?;
    let mut let_in: HashSet<(DeviceId, SlotKey)> = HashSet::new();
    for logged in handshakes::list(tx, chat).await? {
        let Event { by, adds, .. } = logged.event.event;
        if own.contains(&by) || waiting.iter().any(|request| request.inviter == by) {
            let adds_this = |added: &Added| added.identity.verify().is_ok_and(|member| member.device == this);
            let_in.extend(adds.into_iter().filter(adds_this).map(|added| (by, added.key)));
        }
    }
    if !wanted && let_in.iter().any(|(by, _)| own.contains(by)) {
        chats::set_put_in(tx, chat, PutIn::No).await?;
        wanted = true;
    }
    let mut told: HashSet<SlotKey> = HashSet::new();
    for (.., standing) in standings::list(tx, chat).await? {
        told.extend(standing.devices.iter().filter(|one| one.device == this).map(|one| one.key));
    }
    for Waiting { chat: asking, slot, inviter } in waiting {
        let key = keys::slot_key(&slot);
        if let_in.contains(&(inviter, key)) || wanted && told.contains(&key) {
            settle(tx, asking, chat).await?;
        }
    }
    Ok(())
}

/// This person has asked (`asking`) to be let into a chat, and is in: nothing is waited for any more, and nobody has put them
/// in.
async fn settle(tx: &mut Tx<'_>, asking: ChatNo, chat: ChatNo) -> Result<()> {
    linking::keep_package(tx, asking, chat, &[]).await?;
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
pub(super) enum Via {
    /// The relay has released it with the handshake.
    Handshake,
    /// Its author has sent it again. Anybody can send such a thing: it lets nobody put this person into a chat who
    /// otherwise would have had to ask.
    Letter,
}

/// Looks again at welcomes to chats that this device was in when they came: those into which it is now out, or which have
/// gone on without it, may be what lets it in. And those that came after a later one, where that leads nowhere. Answers whether
/// any did. `follows`: chats in which the relay's log is the one that is known here; what it lets this device in with is past
/// where it was read. `None`: it is not known yet.
///
/// # Errors
/// When the store fails.
pub async fn take_early(device: &Device, follows: Option<&[ChatNo]>) -> Result<bool> {
    let all = welcomes::all(&mut *device.store.readers().acquire().await?).await?;
    let mut taken = false;
    for early in all {
        let mut tx = device.store.begin(Durability::Power).await?;
        let state = chats::state(&mut tx, early.chat).await?;
        let is_in = state.status == Status::Active;
        let follows = follows.map(|follows| follows.contains(&early.chat));
        let waits = match state.status {
            Status::Active => follows != Some(true) || early.seq > state.cursor,
            Status::Joining => follows != Some(false),
            Status::Asking | Status::Removed => false,
        };
        if waits {
            tx.end().await?;
            continue;
        }
        let mut outcome = Err("what it belongs to was read".to_owned());
        let present = members::presence(&mut tx, early.chat, device.keys.device()).await?;
        // By the word of a relay whose log may be another one, and not by what was read.
        let denied = state.status == Status::Removed && present.is_none_or(|(_, inside)| inside);
        if !is_in && (denied || early.seq > state.cursor) {
            let via = if early.released { Via::Handshake } else { Via::Letter };
            outcome = Box::pin(take_in(device, &mut tx, &early.body, (state.id, early.seq), via)).await?;
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

pub(super) async fn take_in(
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
    if let Some(known) = known.as_ref().filter(|known| known.status == Status::Joining)
        && let Some(joined) = eras::begun_at(tx, known.number, known.joined_at).await?
    {
        if known.joined_at == seq && joined.key == group.era_key()? {
            // The same once more: what was found since on the way back from it stays.
            return Ok(Ok(()));
        }
        if group.era() < joined.era {
            // Of one log the later handshake lets this device in, in whatever order the two come. Of another log, it is looked at
            // when it shows that the later one leads nowhere.
            let (chat, released, body) = (known.number, via == Via::Handshake, body.to_vec());
            welcomes::put(tx, &Early { chat, reference: ours, seq, released, body }).await?;
            return Ok(Ok(()));
        }
    }
    let own = by.user == device.keys.user();
    let present = match &known {
        Some(known) => members::presence(tx, known.number, device.keys.device()).await?,
        None => None,
    };
    // It has asked, or is in by what it has read, and its person has not left.
    let waits = known.as_ref().filter(|known| match known.status {
        Status::Asking | Status::Joining => true,
        Status::Active | Status::Removed => present.is_some_and(|(_, inside)| inside) && !known.leaving,
    });
    let mut put_in = None;
    let asking = match (came_into, &given) {
        (_, Some(package)) => {
            let asked = match waits {
                Some(waits) => package.asked == Some(chat_id) || may_let_in(tx, waits, by.user).await?,
                None => false,
            };
            if !own && !asked {
                put_in = put_in_by(device, tx, by.user, &roles).await?;
                if put_in.is_none() {
                    return Ok(Err("a welcome by somebody who is blocked".into()));
                }
                // Who waits to be let in somewhere may have lost what the relay has released.
                let expected = waits.is_some() || !joining::waiting(tx).await?.is_empty();
                if via == Via::Letter && put_in == Some(PutIn::Asked) && !expected {
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
        Some(before) if before.number == asking || asked.status == Status::Asking => {
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
                linking::keep_package(tx, known, known, &ours).await?;
                rows::give_back(tx, known).await?;
                joining::move_knock(tx, asking, known).await?;
                chats::take_over(tx, known, asking).await?;
                // What was said before and not sent is sent now: the column has no holes.
                messages::fail_queued(tx, known, 0).await?;
                backup::drop_return(tx, known).await?;
            }
            known
        }
        None if asked.status == Status::Asking => asking,
        // What this device has asked with lets it into one chat.
        _ => return Ok(Err("a welcome to another chat than the one before it".into())),
    };
    backup::drop_return(tx, asking).await?;
    // What this device has made for another group, or to come back by itself.
    handshakes::drop_pending(tx, chat).await?;
    chats::set_joined(tx, chat, chat_id, group.id(), roles.kind, seq, &ours).await?;
    rows::save_joined(tx, chat, &group.changes()?).await?;
    eras::insert(tx, chat, &Era { era: group.era(), handshake: seq, key: group.era_key()? }).await?;
    let cursor = chats::state(tx, chat).await?.cursor;
    for era in linking::early_eras(tx, chat_id).await? {
        // One that began where this device has read something else is of another log.
        if era.era < group.era() && era.handshake < seq && era.handshake > cursor {
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
