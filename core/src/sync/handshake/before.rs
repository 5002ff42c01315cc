//! Handshakes from before this device was let in: it can check who signed them and with what right, and cannot process them.

use beseda_protocol::{
    UserId,
    envelope::{HandshakeBody, LogEntry},
    identity::Member,
    membership::{self, Effects},
};

use super::{Outcome, open, standing};
use crate::{
    domain::ChatNo,
    error::Result,
    store::{
        Tx, chats::ChatState, eras, handshakes, members, memory::Era, projection, quarantine::Reason,
        standings, users,
    },
};

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

/// Whether a device of theirs is in the group: whoever has said that they leave has some there until an admin's device puts
/// them out, and those who were in went by the group.
async fn has_device(tx: &mut Tx<'_>, chat: ChatNo, user: UserId) -> Result<bool> {
    match users::find(tx, user).await? {
        Some(user) => Ok(members::slot_of(tx, chat, user).await?.is_some()),
        None => Ok(false),
    }
}

/// A handshake from before this device was let in. It took effect if and only if the chain of era keys leads through
/// it; the members of that time checked the commit, and its author's signature and right are checked again.
pub(super) async fn take_in(
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
        Some(before)
            if before.era + 1 == begun.era
                && handshakes::id_at(tx, state.number, before.handshake).await?.is_some() =>
        {
            before.key
        }
        _ if begun.era == 0 => begun.key,
        // The history is closed: it begins here, or goes on after this device was out of the chat. Or who filled the log
        // again did not have what was before.
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
                Ok(member) if has_device(tx, state.number, member.user).await? => came_back = Some(member),
                Ok(member) => effects.adds.push(member),
                Err(error) => return refused(error.to_string()),
            }
        }
        let author = members::user_of(tx, state.number, event.by).await?;
        let author = author.or(came_back.filter(|_| event.comes_back()).map(|member| member.user));
        let Some(user) = author else {
            return refused("a handshake by somebody who was not a member".into());
        };
        let again = event.comes_again();
        for gone in event.removes.iter().filter(|gone| !again.contains(gone)) {
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
