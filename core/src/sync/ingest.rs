//! Entries of a chat's log become rows: one batch, one transaction.
//!
//! Every byte is hostile until it is opened, checked against the membership log and past the gate. What fails is set
//! aside and the chat goes on.

mod ahead;
mod content;

use std::collections::HashSet;

use beseda_protocol::{
    EnvelopeId, LogId, Seq, Tag, codec,
    envelope::{Envelope, EnvelopeKind, LogEntry},
    flaws::{self, Flaw},
    limits,
    membership::ChatKind,
};

use self::{
    ahead::Ahead,
    content::{Into, Refusal, content},
};
use super::{handshake, inbox, twins};
use crate::{
    device::Device,
    document::{Fact, Own},
    domain::ChatNo,
    error::Result,
    store::{
        Durability, Tx, changes,
        chats::{self, ChatState, PutIn, Status},
        eras, handshakes, linking, log, own, profiles,
        projection::{self, Projection},
        quarantine::{self, Reason},
        say, tell,
    },
};

/// Entries of a batch after which what they brought is written.
const FLUSH_AFTER: usize = 512;

/// What a batch did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ingested {
    /// Set aside for good, or until others come.
    pub quarantined: u32,
    /// This device is no longer in the chat.
    pub removed: bool,
    /// The chat has gone on without this device, which asks to be let in again.
    pub parted: bool,
    /// Something of this device was set aside: sent again it would be once more.
    pub refused: bool,
    /// Somebody else's messages came.
    pub news: bool,
}

/// The relay sent something that no honest relay sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    #[error("the relay left out entries between {have} and {got}")]
    Gap { have: Seq, got: Seq },
    #[error("the relay sent entries of another log")]
    OtherLog,
    #[error("the log is full")]
    Full,
}

/// Who gave entries of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Relay,
    /// A bundle: that the relay has them, and since when, is its author's word.
    Bundle,
}

/// Takes in consecutive entries of a chat's log. Entries that are here already are passed over.
///
/// # Errors
/// The outer error is the store's: nothing of the batch happened. The inner one is the relay's fault.
pub async fn ingest(
    device: &Device,
    chat: ChatNo,
    of: LogId,
    entries: &[LogEntry],
    source: Source,
) -> Result<std::result::Result<Ingested, LogError>> {
    let handshakes = entries.iter().any(|entry| entry.kind == EnvelopeKind::Handshake);
    let durability = if handshakes { Durability::Power } else { Durability::Process };
    let (mut tx, mut state) = device.store.begin_in(durability, chat).await?;
    if state.log.is_some_and(|known| known != of) {
        return Ok(Err(LogError::OtherLog));
    }
    let mut done = Ingested::default();
    let mut last = (state.cursor_id, state.cursor_tag);
    let mut projection = Projection::new(&state, device.me, state.unread_after());
    let mut arrived = HashSet::new();
    let eras = eras::all(&mut tx, chat).await?;
    let mut ahead = Ahead::start(state.id, eras, entries, state.cursor);
    for (n, entry) in entries.iter().enumerate() {
        if n % FLUSH_AFTER == FLUSH_AFTER - 1 {
            // It is written while what follows is opened.
            Box::pin(projection.flush(&mut tx)).await?;
        }
        if entry.seq <= state.cursor {
            continue;
        }
        if entry.seq != state.cursor.next() {
            return Ok(Err(LogError::Gap { have: state.cursor, got: entry.seq }));
        }
        if entry.seq.0 > limits::SEQ_MAX {
            return Ok(Err(LogError::Full));
        }
        let before = last;
        last = (Some(entry.id), (source == Source::Relay).then_some(entry.tag));
        if entry.id == EnvelopeId::void(state.id, entry.seq) {
            if entry.kind == EnvelopeKind::Handshake {
                chats::set_last_handshake(&mut tx, chat, entry.seq).await?;
            }
            state.cursor = entry.seq;
            continue;
        }
        if flaws::has(Flaw::SkipEnvelope)
            && entry.kind == EnvelopeKind::Content
            && (n > 0 && n + 1 == entries.len())
        {
            state.cursor = entry.seq;
            continue;
        }
        match entry.kind {
            EnvelopeKind::Handshake => {
                Box::pin(projection.flush(&mut tx)).await?;
                match Box::pin(handshake::take_in(device, &mut tx, &state, entry)).await? {
                    handshake::Outcome::Applied => {
                        handshakes::keep(&mut tx, chat, entry).await?;
                        state.segment_from = chats::state(&mut tx, chat).await?.segment_from;
                        projection.take_rights(&mut tx).await?;
                        projection.weigh_queued(&mut tx).await?;
                    }
                    handshake::Outcome::Removed => {
                        handshakes::keep(&mut tx, chat, entry).await?;
                        done.removed = true;
                        state.cursor = entry.seq;
                        break;
                    }
                    handshake::Outcome::ComesAgain => {
                        done.removed = true;
                        last = before;
                        break;
                    }
                    handshake::Outcome::Parted => {
                        // Read on from here once this device is in again.
                        done.parted = true;
                        projection.make_anew();
                        last = before;
                        break;
                    }
                    handshake::Outcome::Refused(reason) => {
                        tracing::warn!(seq = entry.seq.0, reason = %reason.text, "a handshake was set aside");
                        done.quarantined += 1;
                        quarantine::insert(&mut tx, chat, entry, &reason).await?;
                    }
                }
                chats::set_last_handshake(&mut tx, chat, entry.seq).await?;
            }
            EnvelopeKind::Content => {
                match content(&mut tx, &state, &mut projection, entry, Into::Log, &mut ahead, &mut arrived)
                    .await
                {
                    Ok(taken) => {
                        done.news |= taken.foreign;
                        if !taken.placed {
                            log::pass(&mut tx, chat, entry).await?;
                        }
                    }
                    Err(Refusal::NotForUs) => {}
                    Err(Refusal::Aside(reason)) => {
                        tracing::warn!(seq = entry.seq.0, reason = %reason.text, "an envelope was set aside");
                        done.quarantined += 1;
                        quarantine::insert(&mut tx, chat, entry, &reason).await?;
                        // What others said is theirs to say again: from here it would be refused for ever.
                        if changes::drop_others(&mut tx, chat, entry.id, device.keys.device()).await? {
                            projection.make_anew();
                        }
                        done.refused |= changes::take_out_of_envelope(&mut tx, chat, entry.id).await?;
                    }
                    Err(Refusal::Failed(error)) => return Err(error),
                }
            }
        }
        state.cursor = entry.seq;
    }
    Box::pin(projection.flush(&mut tx)).await?;
    retry_held(&mut tx, &state, &mut projection, arrived).await?;
    chats::set_cursor(&mut tx, chat, of, state.cursor, last).await?;
    if projection.is_stale() {
        Box::pin(projection::rebuild(&mut tx, chat, device.me)).await?;
    }
    if done.refused {
        // It was sealed before somebody came who could not read it.
        Box::pin(handshake::resay_before(device, &mut tx, chat, state.segment_from)).await?;
    }
    // By themselves.
    done.removed |= chats::state(&mut tx, chat).await?.status == Status::Removed;
    let came = state.status == Status::Joining && state.cursor >= state.joined_at;
    if came {
        // The history is there to be read, not to be caught up with; also where they are out again by now.
        let read = chats::state(&mut tx, chat).await?.unread_after();
        chats::count_unread(&mut tx, chat, read, device.me.number).await?;
    }
    if came && !done.removed && !done.parted {
        chats::set_status(&mut tx, chat, Status::Active).await?;
        inbox::is_in(device, &mut tx, chat).await?;
        let state = chats::state(&mut tx, chat).await?;
        if state.own_join && changes::waits_of_copy(&mut tx, chat, device.keys.device()).await? {
            Box::pin(handshake::resay_queued(device, &mut tx, chat)).await?;
        } else {
            // Newcomers since could not read it as it was sealed.
            Box::pin(handshake::resay_before(device, &mut tx, chat, state.segment_from)).await?;
        }
        // Tell the others what we are called, and our own devices what this one is.
        if state.own_join {
            tell::of_chat(&mut tx, device.me, state.id).await?;
        }
        match state.put_in {
            // The device that let this one in may have gone since, or there was none.
            PutIn::No => {
                linking::add_own_devices(&mut tx, chat, device.keys.device(), device.me.number).await?;
            }
            PutIn::Asked => {}
            PutIn::Refused => {
                say::say(&mut tx, &device.keys, device.me, &state, vec![Fact::Leave], device.now()).await?;
            }
        }
        if state.kind == ChatKind::Notes {
            let mut facts = vec![own_name(device)];
            let chain = Own::Chain { identity: codec::encode(&own::chain(&mut tx).await?) };
            // One that was made of the recovery words is the first to know of itself.
            if own::stands(&mut tx, &chain.key()).await?.is_none() {
                facts.push(Fact::Own(chain));
            }
            say::say(&mut tx, &device.keys, device.me, &state, facts, device.now()).await?;
        } else {
            Box::pin(profiles::tell(&mut tx, &device.keys, device.me, &state, device.now())).await?;
            Box::pin(twins::fold(device, &mut tx, chat)).await?;
        }
    } else if handshakes && !done.removed && (state.kind, state.status) == (ChatKind::Dialog, Status::Active)
    {
        // Who has just come may be a contact.
        Box::pin(profiles::tell(&mut tx, &device.keys, device.me, &state, device.now())).await?;
        Box::pin(twins::fold(device, &mut tx, chat)).await?;
    }
    tx.commit().await?;
    Ok(Ok(done))
}

/// What this device is called, for the person's other ones.
fn own_name(device: &Device) -> Fact {
    Fact::Own(Own::Device { device: device.keys.device(), name: crate::device::machine_name() })
}

/// Envelopes that waited for what has arrived.
async fn retry_held(
    tx: &mut Tx<'_>,
    state: &ChatState,
    projection: &mut Projection,
    mut arrived: HashSet<Vec<u8>>,
) -> Result<()> {
    while !arrived.is_empty() {
        let due = quarantine::held(tx, state.number, &arrived).await?;
        arrived.clear();
        for entry in due {
            match content(tx, state, projection, &entry, Into::Log, &mut Ahead::default(), &mut arrived).await
            {
                Ok(_) | Err(Refusal::NotForUs) => {
                    quarantine::release(tx, state.number, entry.seq).await?;
                }
                Err(Refusal::Aside(Reason { held: Some(held), .. })) => {
                    quarantine::waits_now_for(tx, state.number, entry.seq, &held).await?;
                }
                Err(Refusal::Aside(reason)) => {
                    quarantine::release(tx, state.number, entry.seq).await?;
                    quarantine::insert(tx, state.number, &entry, &reason).await?;
                }
                Err(Refusal::Failed(error)) => return Err(error),
            }
        }
        projection.flush(tx).await?;
    }
    Ok(())
}

/// What came of envelopes that no log holds yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TakenQueued {
    /// They brought something.
    pub brought: u32,
    /// They cannot be taken in as they are.
    pub refused: u32,
}

/// Takes in what others said that no log holds yet, from a bundle: it stands with what is queued here, and goes to the relay
/// from here too. What cannot be taken in now may come another time.
///
/// # Errors
/// The store's: nothing happened.
pub async fn take_queued(device: &Device, chat: ChatNo, envelopes: &[Envelope]) -> Result<TakenQueued> {
    let (mut tx, state) = device.store.begin_in(Durability::Process, chat).await?;
    let mut projection = Projection::new(&state, device.me, state.unread_after());
    let mut done = TakenQueued::default();
    let mut arrived = HashSet::new();
    for envelope in envelopes {
        let Envelope { id, kind, body, .. } = envelope.clone();
        if kind != EnvelopeKind::Content {
            continue;
        }
        let (seq, accepted_at, tag) = (state.cursor.next(), device.now(), Tag::default());
        let entry = LogEntry { seq, id, kind, accepted_at, tag, body };
        let into = Into::Queue;
        match content(&mut tx, &state, &mut projection, &entry, into, &mut Ahead::default(), &mut arrived)
            .await
        {
            Ok(taken) => done.brought += u32::from(taken.foreign),
            Err(Refusal::NotForUs) => {}
            Err(Refusal::Aside(reason)) => {
                tracing::warn!(reason = %reason.text, "an envelope of a bundle was passed over");
                done.refused += 1;
            }
            Err(Refusal::Failed(error)) => return Err(error),
        }
        Box::pin(projection.flush(&mut tx)).await?;
    }
    retry_held(&mut tx, &state, &mut projection, arrived).await?;
    tx.touched.outbox = true;
    tx.commit().await?;
    Ok(done)
}
