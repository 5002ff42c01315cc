//! Membership changes: making ours, taking in everybody's.

mod resay;
pub mod returning;
pub mod standing;

use beseda_protocol::{
    DeviceId, EnvelopeId, Seq, SlotId, UserId,
    access::{KeyChanges, SlotEntry},
    codec,
    content::{Handshake, Standing},
    envelope::{Envelope, EnvelopeKind, HandshakeBody, LogEntry, Welcome},
    identity::{Identity, Member},
    limits, link,
    membership::{self, Added, Effects, Event, Refusal, Roles, SignedEvent},
    sign::{self, Purpose},
};

use standing::Closing;

use super::{inbox, letters};
use crate::{
    crypto::{Secret, keys::DeviceKeys, mls, random, seal},
    device::Device,
    domain::ChatNo,
    error::{Error, Result},
    store::{
        Durability, Tx,
        chats::{self, ChatState, Status},
        eras, handshakes, joining, linking, log, members,
        memory::Era,
        messages, mls as rows, own, projection,
        quarantine::Reason,
        roles, standings, users,
    },
};

/// What a handshake of the log did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Applied,
    /// It put this device out.
    Removed,
    /// Every client ignores it alike.
    Refused(Reason),
}

pub use self::resay::resay_queued;
pub use crate::store::messages::FAILED_NOT_MEMBER;

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

/// Prepares the handshake that puts out who must go or else lets in who asks, if one is due. It is stored before it is
/// sent: whatever happens then, the same bytes go out again.
///
/// # Errors
/// When the store or the group's state fails. What others sent never does that: a request that cannot be fulfilled is
/// dropped.
pub async fn prepare(device: &Device, chat: ChatNo) -> Result<()> {
    let mut tx = device.store.begin(Durability::Power).await?;
    let state = chats::state(&mut tx, chat).await?;
    if state.status != Status::Active
        || state.last_handshake == Seq::ZERO
        || handshakes::pending_id(&mut tx, chat).await?.is_some()
        // The group is ahead of the log.
        || log::carries(&mut tx, chat).await?
    {
        return tx.end().await;
    }
    let mut group = mls::Group::load(rows::load(&mut tx, chat).await?, &state.group_id)?;
    let before = group.roles().clone();
    let out = due_removals(device, &mut tx, chat, &group).await?;
    // Apart from each other, so that who asks cannot keep in who must go.
    let made = if !out.is_empty() {
        let proposed = group.propose(&device.keys, &[], &out, None);
        made(proposed.map(|proposed| (proposed, vec![])))?
    } else if let Some(roles) = wanted_roles(&mut tx, chat, &before).await? {
        let proposed = group.propose(&device.keys, &[], &[], Some(roles));
        made(proposed.map(|proposed| (proposed, vec![])))?
    } else {
        admit_some(device, &mut tx, chat, &mut group).await?
    };
    let Some((proposed, adds)) = made else {
        // The rules say no, and will; or nobody is left who asks.
        for gone in out {
            joining::drop_removal(&mut tx, chat, gone).await?;
        }
        roles::drop_sent(&mut tx, chat).await?;
        tx.commit().await?;
        return Ok(());
    };
    let keys = key_changes(&mut tx, chat, &before, &proposed.roles, &out, &adds).await?;
    let welcomes = proposed
        .welcome
        .iter()
        .flat_map(|body| adds.iter().map(|(member, _)| Welcome { device: member.device, body: body.clone() }))
        .collect();
    let own_added: Vec<DeviceId> = adds
        .iter()
        .filter(|(member, _)| member.user == device.keys.user())
        .map(|(member, _)| member.device)
        .collect();
    let era = eras::newest(&mut tx, chat).await?.ok_or(Error::Damaged("a chat without an era"))?;
    let event = Event {
        v: 1,
        chat: state.id,
        era: proposed.era,
        parent: era.handshake,
        follows: handshakes::id_at(&mut tx, chat, era.handshake).await?,
        by: device.keys.device(),
        adds: adds.into_iter().map(|(_, added)| added).collect(),
        removes: out,
        roles: proposed.roles.clone(),
        at: device.now(),
    };
    let handshake = Handshake { v: 1, commit: Some(proposed.commit), event: sign_event(&device.keys, event) };
    let closing = Closing::of(before.history, &handshake.event.event);
    if closing.closes {
        for own in own_added {
            letters::hand_over(&mut tx, chat, state.id, own).await?;
        }
    }
    let standing = match closing.closes {
        false => None,
        true => Some(standing::standing(&mut tx, &state, handshake.event.clone(), closing).await?),
    };
    let begins = Some((&proposed.era_key, standing.as_ref()));
    let envelope = envelope(&state, EnvelopeId(random()), &handshake, &era.key, begins, welcomes, keys);
    rows::save(&mut tx, chat, &group.changes()?).await?;
    handshakes::put_pending(&mut tx, chat, &envelope).await?;
    tx.commit().await?;
    Ok(())
}

type Made = Option<(mls::Proposed, Vec<(Member, Added)>)>;

/// What the rules forbid is not made.
fn made(proposed: std::result::Result<(mls::Proposed, Vec<(Member, Added)>), mls::MlsError>) -> Result<Made> {
    match proposed {
        Ok(made) => Ok(Some(made)),
        Err(mls::MlsError::Refused(refusal)) => {
            tracing::warn!(%refusal, "a change of members or roles was refused");
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// Devices that must go and are still in: those that this person puts out, and of those who have left, if it is for this
/// person to do it; with one of our own also those that a device which went has brought in.
async fn due_removals(
    device: &Device,
    tx: &mut Tx<'_>,
    chat: ChatNo,
    group: &mls::Group,
) -> Result<Vec<DeviceId>> {
    let mut out = Vec::new();
    let inside = |gone: &DeviceId| group.members().iter().any(|inside| inside.member.device == *gone);
    let own = |inside: &&mls::GroupMember| inside.member.user == device.keys.user();
    for gone in joining::removals(tx, chat).await? {
        if inside(&gone) {
            out.push(gone);
        } else {
            joining::drop_removal(tx, chat, gone).await?;
        }
    }
    if group.members().iter().filter(own).any(|inside| out.contains(&inside.member.device)) {
        let chain = own::chain(tx).await?;
        for inside in group.members().iter().filter(own) {
            let gone = inside.member.device;
            if gone != device.keys.device()
                && !out.contains(&gone)
                && inside.identity.stands_beside(&chain).is_err()
            {
                out.push(gone);
            }
        }
    }
    if group.roles().is_admin(device.keys.user()) {
        let left = members::that_left(tx, chat).await?;
        out.extend(left.into_iter().filter(|gone| inside(gone) && *gone != device.keys.device()));
    }
    out.sort();
    out.dedup();
    Ok(out)
}

/// The roles with everything that this person wants changed, if that changes anything. What is so already is forgotten.
async fn wanted_roles(tx: &mut Tx<'_>, chat: ChatNo, now: &Roles) -> Result<Option<Roles>> {
    let mut wanted = now.clone();
    let mut last = 0;
    for (number, change) in roles::wanted(tx, chat).await? {
        let next = change.apply(&wanted);
        if next == wanted {
            roles::drop(tx, number).await?;
        }
        wanted = next;
        last = number;
    }
    if wanted == *now {
        return Ok(None);
    }
    roles::send(tx, chat, last).await?;
    Ok(Some(wanted))
}

/// What the relay must know: who goes, who comes, and whose keys may change others'.
async fn key_changes(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    before: &Roles,
    after: &Roles,
    out: &[DeviceId],
    adds: &[(Member, Added)],
) -> Result<KeyChanges> {
    let mut keys = KeyChanges::default();
    let may_add = |roles: &Roles, user| roles.rights.may_add(roles.kind, roles.is_admin(user));
    let inside = members::inside(tx, chat).await?;
    for one in inside.iter().filter(|one| out.contains(&one.device)) {
        keys.remove.push(one.key);
        if !keys.remove_slots.contains(&one.slot) {
            keys.remove_slots.push(one.slot);
        }
    }
    for one in inside.iter().filter(|one| !out.contains(&one.device)) {
        // A slot is emptied, whatever a device that goes has put into it; the person's other devices come back into it.
        if keys.remove_slots.contains(&one.slot) || may_add(before, one.user) != may_add(after, one.user) {
            keys.put.push(SlotEntry { slot: one.slot, key: one.key, admin: may_add(after, one.user) });
        }
    }
    for (member, added) in adds {
        // A device that comes back as another one has its key, which the relay knows.
        if inside.iter().any(|one| (one.slot, one.key) == (added.slot, added.key)) {
            continue;
        }
        let admin = may_add(after, member.user);
        keys.put.push(SlotEntry { slot: added.slot, key: added.key, admin });
    }
    Ok(keys)
}

/// Proposes to let in as many of those who ask as can come together and fit into one request; who cannot come at all is
/// dropped. `None`: nobody is left who asks.
async fn admit_some(device: &Device, tx: &mut Tx<'_>, chat: ChatNo, group: &mut mls::Group) -> Result<Made> {
    let mut asking: Vec<(joining::Request, Member, Identity)> = Vec::new();
    for request in joining::requests(tx, chat).await? {
        let known = |member: &Member| {
            group.members().iter().any(|inside| inside.member.device == member.device)
                || asking.iter().any(|(_, other, _)| other.device == member.device)
        };
        match mls::key_package_owner(&request.key_package) {
            Ok((member, identity))
                if !known(&member) && !was_answered(tx, chat, &member, &request).await? =>
            {
                if request.revoked {
                    inbox::turn_away(tx, &request, link::Reason::Revoked).await?;
                } else {
                    asking.push((request, member, identity));
                }
            }
            // Already in, twice in the queue, answered before, or not a key package: nothing to do for it.
            _ => joining::drop_request(tx, request.id).await?,
        }
    }
    let together = |asking: &[(joining::Request, Member, Identity)]| match asking.first() {
        Some((first, ..)) if first.alone => 1,
        _ => asking.len(),
    };
    let mut count = together(&asking);
    while count > 0 {
        let packages: Vec<_> =
            asking[..count].iter().map(|(request, ..)| request.key_package.clone()).collect();
        match group.propose(&device.keys, &packages, &[], None) {
            Ok(proposed) if count == 1 || fits(&proposed, count) => {
                let mut adds = Vec::with_capacity(count);
                for (request, member, identity) in asking.into_iter().take(count) {
                    let user = users::number(tx, member.user, "").await?;
                    // Another device of who is in already takes their slot.
                    let slot = members::slot_of(tx, chat, user).await?.unwrap_or_else(|| SlotId(random()));
                    adds.push((member, Added { identity, slot, key: request.slot_key }));
                }
                return Ok(Some((proposed, adds)));
            }
            // Too many at once, or one of them spoils it for all.
            _ if count > 1 => count /= 2,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "a request to join cannot be fulfilled");
                let (request, ..) = asking.remove(0);
                let reason = match error {
                    // It is not for who asks: this person can let nobody in.
                    mls::MlsError::Refused(Refusal::NotAdmin) => link::Reason::Closed,
                    _ => link::Reason::Failed,
                };
                inbox::turn_away(tx, &request, reason).await?;
                count = together(&asking);
            }
        }
    }
    Ok(None)
}

/// A request that comes again, late, after it let its device in: who was put out since must ask anew. Each request has a
/// slot key of its own.
async fn was_answered(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    member: &Member,
    request: &joining::Request,
) -> Result<bool> {
    Ok(members::slot(tx, chat, member.device).await?.is_some_and(|(_, key)| key == request.slot_key))
}

/// The relay takes a request of limited size, and each newcomer gets a copy of the welcome.
fn fits(proposed: &mls::Proposed, newcomers: usize) -> bool {
    let welcomes = proposed.welcome.as_ref().map_or(0, Vec::len) * newcomers;
    welcomes + proposed.commit.len() < limits::REQUEST_BYTES / 2
}

/// The relay will never take our handshake: forget it. Who alone was to come in with it is forgotten too; several try
/// again one by one, for each may be the cause; if it let nobody in, it is forgotten who had to go.
///
/// # Errors
/// When the store fails.
pub async fn give_up(device: &Device, chat: ChatNo) -> Result<()> {
    let mut tx = device.store.begin(Durability::Power).await?;
    let pending = handshakes::pending(&mut tx, chat).await?;
    let invited: Vec<DeviceId> =
        pending.iter().flat_map(|envelope| envelope.welcomes.iter().map(|welcome| welcome.device)).collect();
    handshakes::drop_pending(&mut tx, chat).await?;
    if invited.is_empty() && !roles::drop_sent(&mut tx, chat).await? {
        for gone in joining::removals(&mut tx, chat).await? {
            joining::drop_removal(&mut tx, chat, gone).await?;
        }
    }
    for request in joining::requests(&mut tx, chat).await? {
        let invited_too = mls::key_package_owner(&request.key_package)
            .is_ok_and(|(member, _)| invited.contains(&member.device));
        match invited.len() {
            _ if !invited_too => {}
            1 => {
                inbox::turn_away(&mut tx, &request, link::Reason::Failed).await?;
                for own in own::other_devices(&mut tx, device.keys.device()).await? {
                    if invited.contains(&own) {
                        linking::put_addition(&mut tx, chat, own).await?;
                    }
                }
            }
            _ => joining::let_in_alone(&mut tx, request.id).await?,
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Our handshake stands in the log at a place that was read already, and was not ours to everybody: make another.
///
/// # Errors
/// When the store fails.
pub async fn drop_stale(device: &Device, chat: ChatNo) -> Result<()> {
    let mut tx = device.store.begin(Durability::Power).await?;
    handshakes::drop_pending(&mut tx, chat).await?;
    tx.commit().await?;
    Ok(())
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
        return from_before(tx, state, entry, &body).await;
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
    let ours = handshakes::pending(tx, state.number)
        .await?
        .is_some_and(|pending| pending.id == entry.id && pending.body == entry.body);
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
        group.merge(staged)?
    };
    rows::save(tx, state.number, &group.changes()?).await?;
    // Ours is done, or came too late: what it was for is still in the queue and gets a new one.
    handshakes::drop_pending(tx, state.number).await?;
    if ours {
        roles::drop_sent(tx, state.number).await?;
    } else {
        roles::unsend(tx, state.number).await?;
    }
    projection::member_event(tx, state.number, entry.seq, entry.accepted_at, &handshake.event).await?;
    if !inside {
        chats::set_status(tx, state.number, Status::Removed).await?;
        messages::fail_queued(tx, state.number, FAILED_NOT_MEMBER).await?;
        return Ok(Outcome::Removed);
    }
    let key = group.era_key()?;
    eras::insert(tx, state.number, &Era { era: group.era(), handshake: entry.seq, key }).await?;
    tx.touched.outbox = true;
    if let Some(segment) = segment
        && closing.parts
    {
        standings::set_segment_from(tx, state.number, segment).await?;
        Box::pin(resay::resay_queued(device, tx, state.number)).await?;
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
    let known = match log::carried_key(tx, chat, entry).await? {
        Some(key) => closed(tx, state, entry, body, signed, &key, closing).await?.map(|segment| (key, segment)),
        None => Err("the chat has gone on without this device"),
    };
    let (key, segment) = match known {
        Ok(known) => known,
        Err(why) => {
            tracing::warn!(why, "two logs of a chat cannot be brought together here");
            log::drop_all_carried(tx, chat).await?;
            handshakes::drop_pending(tx, chat).await?;
            members::remove_device(tx, chat, device.keys.device(), device.me.number, entry.seq).await?;
            chats::set_status(tx, chat, Status::Removed).await?;
            messages::fail_queued(tx, chat, FAILED_NOT_MEMBER).await?;
            return Ok(Outcome::Removed);
        }
    };
    log::drop_carried(tx, chat, entry.id).await?;
    projection::member_event(tx, chat, entry.seq, entry.accepted_at, signed).await?;
    eras::insert(tx, chat, &Era { era: signed.event.era, handshake: entry.seq, key }).await?;
    tx.touched.outbox = true;
    if let Some(segment) = segment
        && closing.parts
    {
        standings::set_segment_from(tx, chat, segment).await?;
        Box::pin(resay::resay_queued(device, tx, chat)).await?;
    }
    Ok(Outcome::Applied)
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

/// The handshake with which the history begins that this device may read: its author says how the chat stood.
async fn begins_here(
    tx: &mut Tx<'_>,
    state: &ChatState,
    entry: &LogEntry,
    body: &HandshakeBody,
    begun: &Era,
) -> Result<Outcome> {
    match standing::open(state, entry, body, &begun.key) {
        Ok(standing) => {
            projection::stand(tx, state.number, entry.seq, entry.accepted_at, &standing).await?;
            projection::member_event(tx, state.number, entry.seq, entry.accepted_at, &standing.event).await?;
            Ok(Outcome::Applied)
        }
        Err(why) => Ok(Outcome::Refused(Reason { held: None, text: why.into() })),
    }
}

async fn is_in(tx: &mut Tx<'_>, chat: ChatNo, user: UserId) -> Result<bool> {
    match users::find(tx, user).await? {
        Some(user) => members::is_in(tx, chat, user).await,
        None => Ok(false),
    }
}

/// A handshake from before this device was let in. It took effect if and only if the chain of era keys leads through
/// it; the members of that time checked the commit, and its author's signature and right are checked again.
async fn from_before(
    tx: &mut Tx<'_>,
    state: &ChatState,
    entry: &LogEntry,
    body: &HandshakeBody,
) -> Result<Outcome> {
    let refused = |why: String| Ok(Outcome::Refused(Reason { held: None, text: why }));
    let Some(begun) = eras::begun_at(tx, state.number, entry.seq).await? else {
        return refused("a handshake that took no effect".into());
    };
    let begins = begun.key.clone();
    let ends = match eras::at(tx, state.number, entry.seq).await? {
        Some(before) if before.era + 1 == begun.era => before.key,
        _ if begun.era == 0 => begun.key,
        // The history is closed: it begins here, or goes on after this device was out of the chat.
        _ => return begins_here(tx, state, entry, body, &begun).await,
    };
    let handshake = match open(state, entry, body, &ends) {
        Ok(handshake) => handshake,
        Err(why) => return refused(why),
    };
    let event = &handshake.event.event;
    if event.era > 0 {
        let mut effects = Effects::default();
        let mut came_back = None;
        for added in &event.adds {
            match added.identity.verify() {
                // Another device of who is in is let in by anybody, or by itself.
                Ok(member) if is_in(tx, state.number, member.user).await? => came_back = Some(member),
                Ok(member) => effects.adds.push(member),
                Err(error) => return refused(error.to_string()),
            }
        }
        let author = members::user_of(tx, state.number, event.by).await?;
        let author = author.or(came_back.filter(|_| event.comes_back()).map(|member| member.user));
        let Some(user) = author else {
            return refused("a handshake by somebody who was not a member".into());
        };
        for gone in &event.removes {
            if let Some(user) = members::user_of(tx, state.number, *gone).await? {
                effects.removes.push(Member { user, device: *gone });
            }
        }
        let author = Member { user, device: event.by };
        if let Err(refusal) = membership::authorise(&event.roles, &[], author, &effects) {
            return refused(refusal.to_string());
        }
    } else if event.adds.iter().any(|added| added.identity.verify().is_err()) {
        return refused("an identity that does not hold".into());
    }
    // Another own device has handed over the key of the era before: what newcomers build on counts here too.
    if body.standing.is_some() {
        match standing::open(state, entry, body, &begins) {
            Ok(standing) => standings::set_segment_from(tx, state.number, standing.segment).await?,
            Err(why) => return refused(why.into()),
        }
    }
    projection::member_event(tx, state.number, entry.seq, entry.accepted_at, &handshake.event).await?;
    Ok(Outcome::Applied)
}
