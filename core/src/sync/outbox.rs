//! What waits here becomes envelopes: sealed only when it is sent, under the era of that moment.

use beseda_protocol::{
    ActorId, EnvelopeId, Seq, codec,
    content::Content,
    envelope::{Envelope, EnvelopeKind},
    flaws::{self, Flaw},
    limits,
    request::Append,
    sign::{Purpose, Signature},
};

use super::refill;
use crate::{
    crypto::{Secret, random, seal},
    device::Device,
    domain::ChatNo,
    error::{Error, Result},
    store::{
        Durability, Tx, actors,
        changes::{self, Waiting},
        chats::{self, ChatState, Status},
        eras, handshakes, log,
        memory::{Actor, Era},
    },
};

/// Raw bytes of changes in one envelope; well under [`limits::ENVELOPE_BYTES`] also where nothing compresses.
const ENVELOPE_CHANGE_BYTES: usize = 128 * 1024;
/// Changes considered for one append.
const CHANGES_AT_ONCE: u32 = 2_048;

/// The next thing to append to a chat, or `None` when nothing waits or the chat cannot take it yet. Where no handshake is
/// due (`joining::to_commit`) none is looked for.
///
/// Which change goes into which envelope is on disk, and safe from loss of power, before anything leaves: after a crash
/// the same envelope ids go out again, and the relay gives the same answer.
///
/// # Errors
/// When the store fails.
pub async fn next(device: &Device, chat: ChatNo, handshake_due: bool) -> Result<Option<Append>> {
    let mut tx = device.store.begin(Durability::Power).await?;
    let state = chats::state(&mut tx, chat).await?;
    if state.status != Status::Active {
        tx.end().await?;
        return Ok(None);
    }
    let carried = if handshake_due { log::first_carried(&mut tx, chat).await? } else { None };
    if handshake_due
        && carried.is_none()
        && let Some(envelope) = handshakes::pending(&mut tx, chat).await?
    {
        tx.commit().await?;
        return Ok(Some(Append { chat: state.id, cas: state.last_handshake, envelopes: vec![envelope] }));
    }
    if state.last_handshake == Seq::ZERO {
        tx.end().await?;
        return Ok(None);
    }
    let mut waiting = changes::waiting(&mut tx, chat, CHANGES_AT_ONCE).await?;
    if let Some(carried) = carried {
        // Each at its turn: what comes after a handshake may be of somebody whom it let in.
        waiting.truncate(waiting.partition_point(|change| change.turn < carried.turn));
        if waiting.is_empty() {
            let envelope = refill::handshake_again(&mut tx, &state, carried).await?;
            tx.end().await?;
            return Ok(Some(Append { chat: state.id, cas: state.last_handshake, envelopes: vec![envelope] }));
        }
    }
    if waiting.is_empty() {
        tx.end().await?;
        return Ok(None);
    }
    let mut era = eras::newest(&mut tx, chat).await?.ok_or(Error::Damaged("a chat without an era"))?;
    if flaws::has(Flaw::OldEra) {
        era = eras::all(&mut tx, chat).await?.into_iter().rev().nth(1).unwrap_or(era);
    }
    let mut envelopes = Vec::new();
    let mut bytes = 0;
    for group in group(&waiting) {
        let envelope = seal_group(device, &mut tx, &state, &era, group).await?;
        bytes += envelope.body.len();
        envelopes.push(envelope);
        if envelopes.len() == limits::APPEND_ENVELOPES || bytes > limits::BATCH_BYTES {
            break;
        }
    }
    tx.commit().await?;
    Ok(Some(Append { chat: state.id, cas: state.last_handshake, envelopes }))
}

/// Everything that waits in a chat as envelopes, for a bundle. They keep their ids when they are sent.
///
/// # Errors
/// When the store fails.
pub async fn all(device: &Device, chat: ChatNo) -> Result<Vec<Envelope>> {
    let mut tx = device.store.begin(Durability::Power).await?;
    let state = chats::state(&mut tx, chat).await?;
    if state.status != Status::Active
        || state.last_handshake == Seq::ZERO
        || log::carries(&mut tx, chat).await?
    {
        tx.end().await?;
        return Ok(vec![]);
    }
    let waiting = changes::waiting(&mut tx, chat, u32::MAX).await?;
    let mut envelopes = Vec::new();
    if let Some(era) = eras::newest(&mut tx, chat).await? {
        for group in group(&waiting).into_iter().filter(|group| !group.is_empty()) {
            envelopes.push(seal_group(device, &mut tx, &state, &era, group).await?);
        }
    }
    tx.commit().await?;
    Ok(envelopes)
}

/// Splits what waits into envelopes: one actor each, and what was once put together stays together.
fn group(waiting: &[Waiting]) -> Vec<&[Waiting]> {
    let mut groups = Vec::new();
    let mut start = 0;
    let mut size = 0;
    for (n, change) in waiting.iter().enumerate() {
        let first = &waiting[start];
        let full = size + change.bytes.len() > ENVELOPE_CHANGE_BYTES || n - start == limits::ENVELOPE_CHANGES;
        let apart = (change.actor, change.envelope, change.turn) != (first.actor, first.envelope, first.turn);
        if n > start && (apart || (full && first.envelope.is_none())) {
            groups.push(&waiting[start..n]);
            (start, size) = (n, 0);
        }
        size += change.bytes.len();
    }
    // The last group of a full page may go on in the next one: only if its bounds are known is it safe to send.
    let cut_off = waiting.len() == CHANGES_AT_ONCE as usize && waiting[start].envelope.is_some() && start > 0;
    if !cut_off {
        groups.push(&waiting[start..]);
    }
    groups
}

async fn seal_group(
    device: &Device,
    tx: &mut Tx<'_>,
    state: &ChatState,
    era: &Era,
    group: &[Waiting],
) -> Result<Envelope> {
    let (Some(first), Some(last)) = (group.first(), group.last()) else {
        return Err(Error::Damaged("an empty envelope"));
    };
    let id = match first.envelope {
        Some(id) => id,
        None => {
            let id = EnvelopeId(random());
            changes::put_in_envelope(tx, state.number, first.number, last.number, id).await?;
            id
        }
    };
    let actor_id = actors::id_of(tx, first.actor).await?;
    let actor = actors::find(tx, state.number, actor_id)
        .await?
        .ok_or(Error::Damaged("a change without its actor"))?;
    let signature = if actor.device == device.keys.device() {
        let segment = actor.segment.to_be_bytes();
        let parts = [state.id.as_bytes(), &segment[..], actor_id.as_bytes(), &last.hash.0];
        device.keys.sign(Purpose::Changes, &parts)
    } else {
        // Somebody else's, from a log that has gone on without it.
        last.sealed
            .map(|sealed| sealed.signature)
            .ok_or(Error::Damaged("an envelope without its signature"))?
    };
    let changes = group.iter().map(|change| change.bytes.clone()).collect();
    Ok(seal_content(state, &era.key, id, (actor_id, &actor), changes, signature))
}

/// Seals changes of one actor.
pub(super) fn seal_content(
    state: &ChatState,
    key: &Secret,
    id: EnvelopeId,
    (actor_id, actor): (ActorId, &Actor),
    changes: Vec<Vec<u8>>,
    signature: Signature,
) -> Envelope {
    let content = Content {
        v: 1,
        device: actor.device,
        segment: actor.segment,
        actor: actor_id,
        certificate: Signature(actor.certificate),
        changes: changes.into_iter().map(Into::into).collect(),
        signature,
    };
    let bound = seal::bound_to(state.id, id);
    let body = seal::seal(key, seal::Part::Content, &bound, &codec::encode(&content), random());
    Envelope { id, kind: EnvelopeKind::Content, body, welcomes: vec![], keys: None, accepted_at: None }
}

/// The relay says that these envelopes are in its log at places that were read already, yet their changes still wait:
/// what is in the log under these ids is not ours. The changes go out again in others.
///
/// # Errors
/// When the store fails.
pub async fn release(device: &Device, chat: ChatNo, envelopes: &[EnvelopeId]) -> Result<()> {
    let mut tx = device.store.begin(Durability::Process).await?;
    for id in envelopes {
        changes::take_out_of_envelope(&mut tx, chat, *id).await?;
    }
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{document::ChangeHash, domain::ActorNo};

    fn change(number: i64, actor: i64, envelope: Option<u8>, size: usize) -> Waiting {
        Waiting {
            number,
            actor: ActorNo(actor),
            turn: 0,
            sealed: None,
            hash: ChangeHash([0; 32]),
            envelope: envelope.map(|n| EnvelopeId([n; 16])),
            bytes: vec![0; size],
        }
    }

    #[test]
    fn what_was_put_together_stays_together() {
        let waiting = [
            change(1, 1, Some(1), 100),
            change(2, 1, Some(1), ENVELOPE_CHANGE_BYTES),
            change(3, 1, None, 100),
            change(4, 1, None, 100),
            change(5, 1, None, ENVELOPE_CHANGE_BYTES),
            change(6, 2, None, 100),
        ];
        let lengths: Vec<_> = group(&waiting).iter().map(|group| group.len()).collect();
        assert_eq!(lengths, [2, 2, 1, 1]);
    }

    #[test]
    fn an_envelope_takes_no_more_changes_than_allowed() {
        let waiting: Vec<_> =
            (0..limits::ENVELOPE_CHANGES as i64 + 1).map(|n| change(n, 1, None, 1)).collect();
        let lengths: Vec<_> = group(&waiting).iter().map(|group| group.len()).collect();
        assert_eq!(lengths, [limits::ENVELOPE_CHANGES, 1]);
    }
}
