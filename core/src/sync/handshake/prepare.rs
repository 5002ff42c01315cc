//! Handshakes of ours: which is due, and what becomes of one that the relay does not take. Not here: how one is sealed, and
//! what it does once it is in the log (`handshake`).

use beseda_protocol::{
    DeviceId, EnvelopeId, Seq, SlotId,
    access::{KeyChanges, SlotEntry},
    content::Handshake,
    envelope::Welcome,
    identity::{Identity, Member},
    limits, link,
    membership::{Added, Event, Refusal, Roles},
};

use super::{Closing, envelope, returning, sign_event, standing};
use crate::{
    crypto::{mls, random},
    device::Device,
    domain::ChatNo,
    error::{Error, Result},
    store::{
        Durability, Tx,
        chats::{self, Status},
        eras, handshakes, joining, linking, log, members, mls as rows, own, roles, users,
    },
    sync::{inbox, letters},
};

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
        made(proposed.map(|proposed| (proposed, vec![], out.clone())))?
    } else if let Some(roles) = wanted_roles(&mut tx, chat, &before).await? {
        let proposed = group.propose(&device.keys, &[], &[], Some(roles));
        made(proposed.map(|proposed| (proposed, vec![], vec![])))?
    } else {
        admit_some(device, &mut tx, chat, &mut group).await?
    };
    let Some((proposed, adds, gone)) = made else {
        // The rules say no, and will; or nobody is left who asks.
        for gone in out {
            joining::drop_removal(&mut tx, chat, gone).await?;
        }
        roles::drop_sent(&mut tx, chat).await?;
        tx.commit().await?;
        return Ok(());
    };
    let keys = key_changes(&mut tx, chat, &before, &proposed.roles, &gone, &adds).await?;
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
        removes: gone,
        roles: proposed.roles.clone(),
        at: device.now(),
    };
    tracing::debug!(chat = %state.id, adds = event.adds.len(), removes = event.removes.len(), "a handshake is due");
    let handshake = Handshake { v: 1, commit: Some(proposed.commit), event: sign_event(&device.keys, event) };
    let closing = Closing::of(before.history, &handshake.event.event);
    let id = EnvelopeId(random());
    if closing.closes {
        for own in own_added {
            letters::hand_over(&mut tx, (chat, state.id), own, id).await?;
        }
    }
    let standing = match closing.closes {
        false => None,
        true => Some(standing::standing(&mut tx, &state, handshake.event.clone(), closing).await?),
    };
    let begins = Some((&proposed.era_key, standing.as_ref()));
    let envelope = envelope(&state, id, &handshake, &era.key, begins, welcomes, keys);
    rows::save(&mut tx, chat, &group.changes()?).await?;
    handshakes::put_pending(&mut tx, chat, &envelope).await?;
    tx.commit().await?;
    Ok(())
}

/// The commit, who comes with it, and whose device goes for that.
type Made = Option<(mls::Proposed, Vec<(Member, Added)>, Vec<DeviceId>)>;

/// What the rules forbid is not made.
fn made<T>(proposed: std::result::Result<T, mls::MlsError>) -> Result<Option<T>> {
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
    let own = |inside: &&mls::GroupMember| inside.member.user == device.keys.user();
    for gone in joining::removals(tx, chat).await? {
        if group.has(gone) {
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
        out.extend(left.into_iter().filter(|gone| group.has(*gone) && *gone != device.keys.device()));
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
    // Who goes and comes again as what they were has the key that the relay knows.
    let stays = |one: &members::Inside| {
        adds.iter()
            .any(|(member, added)| (member.device, added.slot, added.key) == (one.device, one.slot, one.key))
    };
    let goes = |one: &members::Inside| out.contains(&one.device) && !stays(one);
    for one in inside.iter().filter(|one| goes(one)) {
        keys.remove.push(one.key);
        if !keys.remove_slots.contains(&one.slot) {
            keys.remove_slots.push(one.slot);
        }
    }
    for one in inside.iter().filter(|one| !goes(one)) {
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
        let twice = |member: &Member| asking.iter().any(|(_, other, _)| other.device == member.device);
        let again = request.again_after > Seq::ZERO;
        let owner = mls::key_package_owner(&request.key_package);
        if let Ok((member, _)) = &owner
            && member.user == device.keys.user()
            && members::was_let_in(tx, chat, member.device, request.slot_key).await?
        {
            // It may have read that, and have dropped what it came with. The directory has another one.
            joining::drop_request(tx, request.id).await?;
            linking::put_addition(tx, chat, member.device, device.me.number).await?;
            continue;
        }
        match owner {
            Ok((member, identity))
                if (again || !group.has(member.device))
                    && !twice(&member)
                    && !was_answered(tx, chat, group, &member, &request).await? =>
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
        let gone: Vec<DeviceId> = asking[..count]
            .iter()
            .map(|(_, member, _)| member.device)
            .filter(|asks| group.has(*asks))
            .collect();
        match group.propose(&device.keys, &packages, &gone, None) {
            Ok(proposed) if count == 1 || fits(&proposed, count) => {
                let mut adds = Vec::with_capacity(count);
                for (request, member, identity) in asking.into_iter().take(count) {
                    let user = users::number(tx, member.user, "").await?;
                    // Another device of who is in already takes their slot.
                    let slot = members::slot_of(tx, chat, user).await?.unwrap_or_else(|| SlotId(random()));
                    adds.push((member, Added { identity, slot, key: request.slot_key }));
                }
                return Ok(Some((proposed, adds, gone)));
            }
            // Too many at once, or one of them spoils it for all.
            _ if count > 1 => count /= 2,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "a request to join cannot be fulfilled");
                let (request, member, _) = asking.remove(0);
                linking::drop_addition(tx, chat, member.device).await?;
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
    group: &mls::Group,
    member: &Member,
    request: &joining::Request,
) -> Result<bool> {
    if request.again_after > Seq::ZERO {
        // Its slot key is the one that it had.
        let wish = (member.device, &request.key_package[..]);
        return Ok(returning::out_since(tx, chat, group, wish, request.again_after).await?.is_none());
    }
    Ok(members::slot(tx, chat, member.device).await?.is_some_and(|(_, key)| key == request.slot_key))
}

/// The relay takes a request of limited size, and each newcomer gets a copy of the welcome.
fn fits(proposed: &mls::Proposed, newcomers: usize) -> bool {
    let welcomes = proposed.welcome.as_ref().map_or(0, Vec::len) * newcomers;
    welcomes + proposed.commit.len() < limits::REQUEST_BYTES / 2
}

/// The relay will never take our handshake: forget it. Who alone was to come in with it is forgotten too; several try
/// again one by one, for each may be the cause. If it let nobody in, all that it was for stays, for another relay or a better
/// day: `false`.
///
/// # Errors
/// When the store fails.
pub async fn give_up(device: &Device, chat: ChatNo) -> Result<bool> {
    let mut tx = device.store.begin(Durability::Power).await?;
    let pending = handshakes::pending(&mut tx, chat).await?;
    let invited: Vec<DeviceId> =
        pending.iter().flat_map(|envelope| envelope.welcomes.iter().map(|welcome| welcome.device)).collect();
    handshakes::drop_pending(&mut tx, chat).await?;
    roles::unsend(&mut tx, chat).await?;
    for request in joining::requests(&mut tx, chat).await? {
        let invited_too = mls::key_package_owner(&request.key_package)
            .is_ok_and(|(member, _)| invited.contains(&member.device));
        match invited.len() {
            _ if !invited_too => {}
            1 => {
                inbox::turn_away(&mut tx, &request, link::Reason::Failed).await?;
                for own in own::other_devices(&mut tx, device.keys.device()).await? {
                    if invited.contains(&own) {
                        linking::put_addition(&mut tx, chat, own, device.me.number).await?;
                    }
                }
                linking::take_again(&mut tx, chat, invited[0]).await?;
            }
            _ => joining::let_in_alone(&mut tx, request.id).await?,
        }
    }
    tx.commit().await?;
    Ok(!invited.is_empty())
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
