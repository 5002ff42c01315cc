//! Membership changes: making ours, taking in everybody's.

mod before;
mod prepare;
mod resay;
pub mod returning;
pub mod standing;

use beseda_protocol::{
    EnvelopeId, Seq, Tag,
    access::{KeyChanges, SlotEntry},
    codec,
    content::{Handshake, Standing},
    envelope::{Envelope, EnvelopeKind, HandshakeBody, LogEntry, Welcome},
    limits,
    membership::{Added, Event, Roles, SignedEvent},
    sign::{self, Purpose},
};

use standing::Closing;

use super::letters;
use crate::{
    crypto::{Secret, keys::DeviceKeys, mls, random, seal},
    device::Device,
    domain::ChatNo,
    error::{Error, Result},
    store::{
        Durability, Tx, backup, changes,
        chats::{self, ChatState},
        eras, handshakes, joining, linking, log, members,
        memory::Era,
        mls as rows, projection,
        quarantine::Reason,
        roles, standings,
    },
};

/// What a handshake of the log did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Applied,
    /// It put this device out.
    Removed,
    /// It has this device go and come again: to be read when the welcome is here.
    ComesAgain,
    /// The chat has gone on without what this device took part in: members are asked to let it in again.
    Parted,
    /// Every client ignores it alike.
    Refused(Reason),
}

pub use self::{
    prepare::{drop_stale, give_up, prepare},
    resay::{resay_before, resay_queued},
};

pub fn sign_event(keys: &DeviceKeys, event: Event) -> SignedEvent {
    let signature = keys.sign(Purpose::Membership, &[&codec::encode(&event)]);
    SignedEvent { event, signature }
}

/// # Errors
/// A sentence for the quarantine.
pub fn verify_event(signed: &SignedEvent, state: &ChatState) -> std::result::Result<(), &'static str> {
    if signed.event.v != 1 {
        return Err("a handshake of a version that this app does not know: update Beseda");
    }
    if signed.event.chat != state.id {
        return Err("a handshake of another chat");
    }
    sign::verify(&signed.event.by.0, Purpose::Membership, &[&codec::encode(&signed.event)], &signed.signature)
        .map_err(|_| "a membership event that its author did not sign")
}

fn envelope(
    state: &ChatState,
    id: EnvelopeId,
    handshake: &Handshake,
    ends: &Secret,
    begins: Option<(&Secret, Option<&Standing>)>,
    welcomes: Vec<Welcome>,
    keys: KeyChanges,
) -> Envelope {
    let bound = seal::bound_to(state.id, id);
    let (prior, standing) = match begins {
        None => (None, None),
        Some((key, None)) => {
            (Some(seal::seal(key, seal::Part::Prior, &bound, ends.expose(), random())), None)
        }
        Some((key, Some(standing))) => {
            let plain = codec::encode(standing);
            (None, Some(seal::seal(key, seal::Part::Standing, &bound, &plain, random())))
        }
    };
    let commit = seal::seal(ends, seal::Part::Commit, &bound, &codec::encode(handshake), random());
    let body = HandshakeBody { v: 1, commit, prior, standing };
    let (kind, body, keys) = (EnvelopeKind::Handshake, codec::encode(&body), Some(keys));
    Envelope { id, kind, body, welcomes, keys, accepted_at: None }
}

/// The first handshake of a chat that this device creates: it tells the relay who may use it.
pub fn creation(keys: &DeviceKeys, state: &ChatState, roles: &Roles, era_key: &Secret, at: i64) -> Envelope {
    let slot_key = crate::crypto::keys::slot_key(&state.slot_secret);
    let event = Event {
        v: 1,
        chat: state.id,
        era: 0,
        parent: Seq::ZERO,
        follows: None,
        by: keys.device(),
        adds: vec![Added { identity: keys.identity().clone(), slot: state.slot_id, key: slot_key }],
        removes: vec![],
        roles: roles.clone(),
        at,
    };
    let handshake = Handshake { v: 1, commit: None, event: sign_event(keys, event) };
    let put = vec![SlotEntry { slot: state.slot_id, key: slot_key, admin: true }];
    let changes = KeyChanges { put, ..KeyChanges::default() };
    envelope(state, EnvelopeId(random()), &handshake, era_key, None, vec![], changes)
}

/// Opens the sealed parts of a handshake with the key of the era it ends.
///
/// # Errors
/// A sentence for the quarantine.
pub fn open(
    state: &ChatState,
    entry: &LogEntry,
    body: &HandshakeBody,
    ends: &Secret,
) -> std::result::Result<Handshake, String> {
    let bound = seal::bound_to(state.id, entry.id);
    let plain = seal::open(ends, seal::Part::Commit, &bound, &body.commit, limits::CONTENT_BYTES)
        .map_err(|error| error.to_string())?;
    let handshake: Handshake =
        codec::decode(&plain, limits::CONTENT_BYTES).map_err(|error| error.to_string())?;
    if handshake.v != 1 {
        return Err("a handshake of a version that this app does not know: update Beseda".into());
    }
    verify_event(&handshake.event, state)?;
    Ok(handshake)
}

/// Takes in one handshake of the log.
///
/// # Errors
/// When the store fails; a bad handshake is [`Outcome::Refused`].
pub async fn take_in(
    device: &Device,
    tx: &mut Tx<'_>,
    state: &ChatState,
    entry: &LogEntry,
) -> Result<Outcome> {
    let refused = |why: String| Ok(Outcome::Refused(Reason { held: None, text: why }));
    let body: HandshakeBody = match codec::decode(&entry.body, limits::ENVELOPE_BYTES) {
        Ok(body) => body,
        Err(error) => return refused(error.to_string()),
    };
    if body.v != 1 {
        return refused("a handshake of a version that this app does not know: update Beseda".into());
    }
    if entry.seq <= state.joined_at {
        return before::take_in(tx, state, entry, &body).await;
    }
    let Some(era) = eras::newest(tx, state.number).await? else {
        return refused("a handshake before the first era".into());
    };
    let handshake = match open(state, entry, &body, &era.key) {
        Ok(handshake) => handshake,
        Err(why) => return refused(why),
    };
    let event = &handshake.event.event;
    // To the byte: under our id somebody could have put another commit, which is not the one we would merge.
    let pending = handshakes::pending(tx, state.number).await?;
    let pending = pending.filter(|pending| pending.id == entry.id && pending.body == entry.body);
    let ours = pending.is_some();
    let Some(commit) = &handshake.commit else {
        if !ours || era.era != 0 || era.handshake != Seq::ZERO {
            return refused("a chat that is created twice".into());
        }
        eras::insert(tx, state.number, &Era { handshake: entry.seq, ..era }).await?;
        handshakes::drop_pending(tx, state.number).await?;
        projection::member_event(tx, state.number, entry.seq, entry.accepted_at, &handshake.event).await?;
        tx.touched.outbox = true;
        return Ok(Outcome::Applied);
    };
    if event.era != era.era + 1 || !follows(tx, state.number, event, &era).await? {
        return refused("a handshake that does not follow the last one".into());
    }
    if log::carries(tx, state.number).await? {
        return Box::pin(carried(device, tx, state, entry, &body, &handshake.event)).await;
    }
    let mut group = mls::Group::load(rows::load(tx, state.number).await?, &state.group_id)?;
    let closing = Closing::of(group.roles().history, event);
    let mut segment = None;
    let inside = if ours {
        let key = group.pending_key()?;
        match closed(tx, state, entry, &body, &handshake.event, &key, closing).await? {
            Ok(from) => segment = from,
            Err(why) => {
                // Written to between our making it and its place: everybody refuses it, and another is made.
                group.discard_own()?;
                rows::save(tx, state.number, &group.changes()?).await?;
                handshakes::drop_pending(tx, state.number).await?;
                roles::unsend(tx, state.number).await?;
                return refused(why.into());
            }
        }
        group.merge_own()?;
        true
    } else {
        let staged = match group.stage(commit) {
            Ok(staged) => staged,
            Err(error) => return refused(error.to_string()),
        };
        if let Err(why) = agrees(event, &staged, group.roles())
            .and_then(|()| leads_back(state, entry, &body, &group, &staged, &era.key, closing))
        {
            return refused(why.into());
        }
        if let Some(key) = group.staged_key(&staged).filter(|_| closing.closes) {
            match closed(tx, state, entry, &body, &handshake.event, &key, closing).await? {
                Ok(from) => segment = from,
                Err(why) => return refused(why.into()),
            }
        }
        if event.comes_again().contains(&device.keys.device()) {
            handshakes::drop_pending(tx, state.number).await?;
            roles::unsend(tx, state.number).await?;
            joining::is_out(tx, state.number).await?;
            return Ok(Outcome::ComesAgain);
        }
        group.merge(staged)?
    };
    rows::save(tx, state.number, &group.changes()?).await?;
    if let Some(pending) = pending {
        let (of, released) = (entry.id, handshakes::is_accepted(tx, state.number).await?);
        letters::keep_welcomes(tx, (state.number, state.id), (of, entry.seq), pending.welcomes, released)
            .await?;
    }
    // Ours is done, or came too late: what it was for is still in the queue and gets a new one.
    handshakes::drop_pending(tx, state.number).await?;
    if ours {
        roles::drop_sent(tx, state.number).await?;
    } else {
        roles::unsend(tx, state.number).await?;
    }
    projection::member_event(tx, state.number, entry.seq, entry.accepted_at, &handshake.event).await?;
    if !inside {
        joining::is_out(tx, state.number).await?;
        return Ok(Outcome::Removed);
    }
    let key = group.era_key()?;
    eras::insert(tx, state.number, &Era { era: group.era(), handshake: entry.seq, key }).await?;
    tx.touched.outbox = true;
    if let Some(segment) = segment
        && closing.parts
    {
        standings::set_segment_from(tx, state.number, segment).await?;
        Box::pin(resay::resay_before(device, tx, state.number, segment)).await?;
    }
    Ok(Outcome::Applied)
}

/// Whether it names the handshake that began this era: by its envelope, which is the same in every log; or by its place.
async fn follows(tx: &mut Tx<'_>, chat: ChatNo, event: &Event, era: &Era) -> Result<bool> {
    let known = handshakes::id_at(tx, chat, era.handshake).await?;
    Ok(match (event.follows, known) {
        (Some(named), Some(known)) => named == known,
        _ => event.parent == era.handshake,
    })
}

/// A handshake that follows the last one of a log, while this device is ahead of it: the next of those that it brings
/// itself; any other one has the chat go on without this device.
async fn carried(
    device: &Device,
    tx: &mut Tx<'_>,
    state: &ChatState,
    entry: &LogEntry,
    body: &HandshakeBody,
    signed: &SignedEvent,
) -> Result<Outcome> {
    let chat = state.number;
    let closing = Closing::of(roles::known(tx, chat).await?.history, &signed.event);
    let (key, segment) = match goes_on(tx, state, entry, body, signed, closing).await? {
        Ok(known) => known,
        Err(why) => {
            tracing::warn!(why, "two logs of a chat cannot be brought together here");
            ask_again(device, tx, state).await?;
            return Ok(Outcome::Parted);
        }
    };
    log::drop_carried(tx, chat, entry.id).await?;
    projection::member_event(tx, chat, entry.seq, entry.accepted_at, signed).await?;
    // Who was let in by it is told where it stands now.
    letters::send_welcomes_again(tx, chat, entry).await?;
    eras::insert(tx, chat, &Era { era: signed.event.era, handshake: entry.seq, key }).await?;
    tx.touched.outbox = true;
    if let Some(segment) = segment
        && closing.parts
    {
        standings::set_segment_from(tx, chat, segment).await?;
        Box::pin(resay::resay_before(device, tx, chat, segment)).await?;
    }
    Ok(Outcome::Applied)
}

/// Whether an entry of the log is the next handshake that this device brings, and takes effect where it stands: the key of the
/// era that it begins, and the first segment that newcomers read.
async fn goes_on(
    tx: &mut Tx<'_>,
    state: &ChatState,
    entry: &LogEntry,
    body: &HandshakeBody,
    signed: &SignedEvent,
    closing: Closing,
) -> Result<std::result::Result<(Secret, Option<u32>), &'static str>> {
    let Some(key) = log::carried_key(tx, state.number, entry).await? else {
        return Ok(Err("the chat has gone on without this device"));
    };
    Ok(closed(tx, state, entry, body, signed, &key, closing).await?.map(|segment| (key, segment)))
}

/// The next handshake that this device brings would be set aside by everybody, because the log has gone on with what its
/// newcomers could not read. Then it is not put there, and members are asked to let this device in again: `true`.
///
/// # Errors
/// When the store fails.
pub async fn brings_in_vain(device: &Device, chat: ChatNo) -> Result<bool> {
    if !log::carries(&mut *device.store.readers().acquire().await?, chat).await? {
        return Ok(false);
    }
    let mut tx = device.store.begin(Durability::Power).await?;
    let Some(next) = log::first_carried(&mut tx, chat).await? else {
        tx.end().await?;
        return Ok(false);
    };
    let state = chats::state(&mut tx, chat).await?;
    let (seq, kind, tag) = (state.cursor.next(), EnvelopeKind::Handshake, Tag::default());
    let entry = LogEntry { seq, id: next.id, kind, accepted_at: device.now(), tag, body: next.body };
    let body: HandshakeBody = codec::decode(&entry.body, limits::ENVELOPE_BYTES)
        .map_err(|_| Error::Damaged("a handshake of another log"))?;
    let closing = Closing::of(roles::known(&mut tx, chat).await?.history, &next.event.event);
    let Err(why) = goes_on(&mut tx, &state, &entry, &body, &next.event, closing).await? else {
        tx.end().await?;
        return Ok(false);
    };
    tracing::warn!(why, "what another log held is not brought into this one");
    ask_again(device, &mut tx, &state).await?;
    Box::pin(projection::rebuild(&mut tx, chat, device.me)).await?;
    tx.commit().await?;
    Ok(true)
}

/// The chat goes on without what this device took part in: its group is forgotten, and members are asked to let it in again.
///
/// # Errors
/// When the store fails.
pub async fn ask_again(device: &Device, tx: &mut Tx<'_>, state: &ChatState) -> Result<()> {
    let chat = state.number;
    log::drop_all_carried(tx, chat).await?;
    if let Some(first) = changes::drop_outsiders(tx, chat, device.keys.device()).await? {
        // Who came in by what was carried is not in. What this device has said since may build on what they have.
        Box::pin(resay::resay_from(device, tx, chat, first)).await?;
    }
    handshakes::drop_pending(tx, chat).await?;
    rows::clear(tx, chat).await?;
    let helpers = members::inside(tx, chat).await?.into_iter().map(|inside| inside.device);
    let helpers: Vec<_> = helpers.filter(|helper| *helper != device.keys.device()).collect();
    let last = eras::newest(tx, chat).await?.ok_or(Error::Damaged("a chat without an era"))?;
    backup::put_parted(tx, chat, last.handshake, &helpers).await?;
    // What it was to come in with, or has come in with, may be what lets it in.
    linking::keep_package(tx, chat, chat, &[]).await?;
    rows::give_back(tx, chat).await?;
    chats::set_returning(tx, chat, false).await?;
    tx.touched.renamed.insert(state.id);
    Ok(())
}

/// Where the history is closed to newcomers: the first segment they will read, if what they are told holds.
async fn closed(
    tx: &mut Tx<'_>,
    state: &ChatState,
    entry: &LogEntry,
    body: &HandshakeBody,
    event: &SignedEvent,
    begins: &Secret,
    closing: Closing,
) -> Result<std::result::Result<Option<u32>, &'static str>> {
    if !closing.closes {
        return Ok(Ok(None));
    }
    let standing = match standing::open(state, entry, body, begins) {
        Ok(standing) => standing,
        Err(why) => return Ok(Err(why)),
    };
    Ok(standing::holds(tx, state, &standing, event, closing).await?.map(|()| Some(standing.segment)))
}

/// What the event says must be what the commit does.
fn agrees(event: &Event, staged: &mls::Staged, roles: &Roles) -> std::result::Result<(), &'static str> {
    let added = event.adds.iter().map(|added| &added.identity);
    let removed = staged.effects.removes.iter().map(|member| &member.device);
    let mut said: Vec<_> = event.removes.iter().collect();
    let mut done: Vec<_> = removed.collect();
    said.sort();
    done.sort();
    if event.by != staged.sender.device
        || !added.eq(staged.added.iter())
        || said != done
        || &event.roles != staged.effects.roles.as_ref().unwrap_or(roles)
    {
        return Err("a membership event that says something else than its commit does");
    }
    Ok(())
}

/// Where newcomers may read the history, the key of the era that ends must travel under the one that begins: else
/// nobody who comes later finds the way back.
fn leads_back(
    state: &ChatState,
    entry: &LogEntry,
    body: &HandshakeBody,
    group: &mls::Group,
    staged: &mls::Staged,
    ends: &Secret,
    closing: Closing,
) -> std::result::Result<(), &'static str> {
    if closing.closes {
        return Ok(());
    }
    let Some(begins) = group.staged_key(staged) else {
        // It puts this device out, who can check no more.
        return Ok(());
    };
    let prior = body.prior.as_ref().ok_or("a handshake without the key of the era before")?;
    let bound = seal::bound_to(state.id, entry.id);
    let key = seal::open(&begins, seal::Part::Prior, &bound, prior, 64)
        .map_err(|_| "a handshake whose key of the era before does not open")?;
    if key == ends.expose() {
        Ok(())
    } else {
        Err("a handshake with another key than that of the era before")
    }
}
