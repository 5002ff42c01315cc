//! Membership changes: making ours, taking in everybody's.

use beseda_protocol::{
    DeviceId, EnvelopeId, Seq, SlotId,
    access::{KeyChanges, SlotEntry},
    codec,
    content::Handshake,
    envelope::{Envelope, EnvelopeKind, HandshakeBody, LogEntry, Welcome},
    identity::{Identity, Member},
    limits,
    membership::{self, Added, Effects, Event, History, Roles, SignedEvent},
    sign::{self, Purpose},
};

use crate::{
    crypto::{Secret, keys::DeviceKeys, mls, random, seal},
    device::Device,
    domain::ChatNo,
    error::{Error, Result},
    store::{
        Durability, Tx,
        chats::{self, ChatState, Status},
        eras, handshakes, joining, members,
        memory::Era,
        messages, mls as rows, projection,
        quarantine::Reason,
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
    begins: Option<&Secret>,
    welcomes: Vec<Welcome>,
    keys: KeyChanges,
) -> Envelope {
    let bound = seal::bound_to(state.id, id);
    let body = HandshakeBody {
        v: 1,
        commit: seal::seal(ends, seal::Part::Commit, &bound, &codec::encode(handshake), random()),
        prior: begins.map(|key| seal::seal(key, seal::Part::Prior, &bound, ends.expose(), random())),
    };
    Envelope { id, kind: EnvelopeKind::Handshake, body: codec::encode(&body), welcomes, keys: Some(keys) }
}

/// The first handshake of a chat that this device creates: it tells the relay who may use it.
pub fn creation(keys: &DeviceKeys, state: &ChatState, roles: &Roles, era_key: &Secret, at: i64) -> Envelope {
    let slot_key = crate::crypto::keys::slot_key(&state.slot_secret);
    let event = Event {
        v: 1,
        chat: state.id,
        era: 0,
        parent: Seq::ZERO,
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
    {
        return tx.end().await;
    }
    let mut group = mls::Group::load(rows::load(&mut tx, chat).await?, &state.group_id)?;
    let out = due_removals(&mut tx, chat, &group).await?;
    // Apart from each other, so that who asks cannot keep in who must go.
    let (proposed, adds) = if out.is_empty() {
        match admit_some(device, &mut tx, chat, &mut group).await? {
            Some(admission) => admission,
            None => {
                tx.commit().await?;
                return Ok(());
            }
        }
    } else {
        match group.propose(&device.keys, &[], &out) {
            Ok(proposed) => (proposed, vec![]),
            Err(mls::MlsError::Refused(refusal)) => {
                // The rules say no, and will.
                tracing::warn!(%refusal, "a removal was refused");
                for gone in out {
                    joining::drop_removal(&mut tx, chat, gone).await?;
                }
                tx.commit().await?;
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        }
    };
    let mut keys = KeyChanges::default();
    for gone in &out {
        if let Some((slot, key)) = members::slot(&mut tx, chat, *gone).await? {
            keys.remove.push(key);
            keys.remove_slots.push(slot);
        }
    }
    for (_, added) in &adds {
        keys.put.push(SlotEntry { slot: added.slot, key: added.key, admin: false });
    }
    let welcomes = proposed
        .welcome
        .iter()
        .flat_map(|body| adds.iter().map(|(member, _)| Welcome { device: member.device, body: body.clone() }))
        .collect();
    let era = eras::newest(&mut tx, chat).await?.ok_or(Error::Damaged("a chat without an era"))?;
    let event = Event {
        v: 1,
        chat: state.id,
        era: proposed.era,
        parent: era.handshake,
        by: device.keys.device(),
        adds: adds.into_iter().map(|(_, added)| added).collect(),
        removes: out,
        roles: group.roles().clone(),
        at: device.now(),
    };
    let handshake = Handshake { v: 1, commit: Some(proposed.commit), event: sign_event(&device.keys, event) };
    let begins = (group.roles().history == History::All).then_some(&proposed.era_key);
    let envelope = envelope(&state, EnvelopeId(random()), &handshake, &era.key, begins, welcomes, keys);
    rows::save(&mut tx, chat, &group.changes()?).await?;
    handshakes::put_pending(&mut tx, chat, &envelope).await?;
    tx.commit().await?;
    Ok(())
}

/// Devices that must go and are still in.
async fn due_removals(tx: &mut Tx<'_>, chat: ChatNo, group: &mls::Group) -> Result<Vec<DeviceId>> {
    let mut out = Vec::new();
    for gone in joining::removals(tx, chat).await? {
        if group.members().iter().any(|inside| inside.member.device == gone) {
            out.push(gone);
        } else {
            joining::drop_removal(tx, chat, gone).await?;
        }
    }
    Ok(out)
}

/// Proposes to let in as many of those who ask as can come together and fit into one request; who cannot come at all is
/// dropped. `None`: nobody is left who asks.
async fn admit_some(
    device: &Device,
    tx: &mut Tx<'_>,
    chat: ChatNo,
    group: &mut mls::Group,
) -> Result<Option<(mls::Proposed, Vec<(Member, Added)>)>> {
    let mut asking: Vec<(joining::Request, Member, Identity)> = Vec::new();
    for request in joining::requests(tx, chat).await? {
        let known = |member: &Member| {
            group.members().iter().any(|inside| inside.member.device == member.device)
                || asking.iter().any(|(_, other, _)| other.device == member.device)
        };
        match mls::key_package_owner(&request.key_package) {
            Ok((member, identity)) if !known(&member) => asking.push((request, member, identity)),
            // Already in, twice in the queue, or not a key package: nothing to do for it.
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
        match group.propose(&device.keys, &packages, &[]) {
            Ok(proposed) if count == 1 || fits(&proposed, count) => {
                let adds = asking.into_iter().take(count).map(|(request, member, identity)| {
                    (member, Added { identity, slot: SlotId(random()), key: request.slot_key })
                });
                return Ok(Some((proposed, adds.collect())));
            }
            // Too many at once, or one of them spoils it for all.
            _ if count > 1 => count /= 2,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "a request to join cannot be fulfilled");
                let (request, ..) = asking.remove(0);
                joining::drop_request(tx, request.id).await?;
                count = together(&asking);
            }
        }
    }
    Ok(None)
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
    if invited.is_empty() {
        for gone in joining::removals(&mut tx, chat).await? {
            joining::drop_removal(&mut tx, chat, gone).await?;
        }
    }
    for request in joining::requests(&mut tx, chat).await? {
        let invited_too = mls::key_package_owner(&request.key_package)
            .is_ok_and(|(member, _)| invited.contains(&member.device));
        match invited.len() {
            _ if !invited_too => {}
            1 => joining::drop_request(&mut tx, request.id).await?,
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
pub async fn take_in(tx: &mut Tx<'_>, state: &ChatState, entry: &LogEntry) -> Result<Outcome> {
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
    if event.parent != era.handshake || event.era != era.era + 1 {
        return refused("a handshake that does not follow the last one".into());
    }
    let mut group = mls::Group::load(rows::load(tx, state.number).await?, &state.group_id)?;
    let inside = if ours {
        group.merge_own()?;
        true
    } else {
        let staged = match group.stage(commit) {
            Ok(staged) => staged,
            Err(error) => return refused(error.to_string()),
        };
        if let Err(why) = agrees(event, &staged, group.roles())
            .and_then(|()| leads_back(state, entry, &body, &group, &staged, &era.key))
        {
            return refused(why.into());
        }
        group.merge(staged)?
    };
    rows::save(tx, state.number, &group.changes()?).await?;
    // Ours is done, or came too late: what it was for is still in the queue and gets a new one.
    handshakes::drop_pending(tx, state.number).await?;
    projection::member_event(tx, state.number, entry.seq, entry.accepted_at, &handshake.event).await?;
    if !inside {
        chats::set_status(tx, state.number, Status::Removed).await?;
        messages::fail_queued(tx, state.number, FAILED_NOT_MEMBER).await?;
        return Ok(Outcome::Removed);
    }
    let key = group.era_key()?;
    eras::insert(tx, state.number, &Era { era: group.era(), handshake: entry.seq, key }).await?;
    tx.touched.outbox = true;
    Ok(Outcome::Applied)
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
) -> std::result::Result<(), &'static str> {
    let roles = staged.effects.roles.as_ref().unwrap_or(group.roles());
    if roles.history != History::All {
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
    let ends = match eras::at(tx, state.number, entry.seq).await? {
        Some(before) => before.key,
        None if begun.era == 0 => begun.key,
        // The history is closed: the members are known from the group itself.
        None => return Ok(Outcome::Applied),
    };
    let handshake = match open(state, entry, body, &ends) {
        Ok(handshake) => handshake,
        Err(why) => return refused(why),
    };
    let event = &handshake.event.event;
    if event.era > 0 {
        let Some(user) = members::user_of(tx, state.number, event.by).await? else {
            return refused("a handshake by somebody who was not a member".into());
        };
        let mut effects = Effects::default();
        for added in &event.adds {
            match added.identity.verify() {
                Ok(member) => effects.adds.push(member),
                Err(error) => return refused(error.to_string()),
            }
        }
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
    projection::member_event(tx, state.number, entry.seq, entry.accepted_at, &handshake.event).await?;
    Ok(Outcome::Applied)
}
