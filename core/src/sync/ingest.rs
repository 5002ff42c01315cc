//! Entries of a chat's log become rows: one batch, one transaction.
//!
//! Every byte is hostile until it is opened, checked against the membership log and past the gate. What fails is set
//! aside and the chat goes on.

mod ahead;

use std::collections::{HashMap, HashSet};

use beseda_protocol::{
    ActorId, EnvelopeId, LogId, MessageId, Seq, Tag, codec,
    content::Content,
    envelope::{Envelope, EnvelopeKind, LogEntry},
    flaws::{self, Flaw},
    limits,
    membership::ChatKind,
};

use self::ahead::{Ahead, Opened};
use super::{handshake, inbox, twins};
use crate::{
    device::Device,
    document::{self, ChangeHash, Fact, Own, Refused},
    domain::{ChatNo, Millis, Place, UserNo},
    error::{Error, Result},
    store::{
        Durability, Tx, actors,
        changes::{self, NewChange, Sealed},
        chats::{self, ChatState, PutIn, Status},
        eras, handshakes, linking, log, members,
        memory::Actor,
        own, profiles,
        projection::{self, Projection, Said, queued_place},
        quarantine::{self, Held, Reason},
        readers, say, tell,
    },
};

/// Segments beyond this are nonsense: a chat of five thousand million messages.
const SEGMENT_MAX: u32 = 1_000_000;
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

/// Why a content envelope was not taken in.
enum Refusal {
    /// Set it aside.
    Aside(Reason),
    /// It is from before this device may read.
    NotForUs,
    Failed(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

fn aside(error: impl std::fmt::Display) -> Refusal {
    Refusal::Aside(Reason::invalid(error))
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
    if state.status == Status::Joining && state.cursor >= state.joined_at && !done.removed {
        chats::set_status(&mut tx, chat, Status::Active).await?;
        inbox::is_in(device, &mut tx, chat).await?;
        // The history is there to be read, not to be caught up with.
        let state = chats::state(&mut tx, chat).await?;
        chats::count_unread(&mut tx, chat, state.unread_after(), device.me.number).await?;
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

/// Where what an envelope holds gets its place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Into {
    /// At the envelope's place.
    Log,
    /// After everything: no log holds it yet.
    Queue,
}

/// What an envelope brought.
struct Taken {
    /// Something that was not here.
    foreign: bool,
    /// Something that has its place by it.
    placed: bool,
}

/// Opens, checks and takes in one content envelope; all of it or nothing.
async fn content(
    tx: &mut Tx<'_>,
    state: &ChatState,
    projection: &mut Projection,
    entry: &LogEntry,
    into: Into,
    ahead: &mut Ahead,
    arrived: &mut HashSet<Vec<u8>>,
) -> std::result::Result<Taken, Refusal> {
    let chat = state.number;
    let Some(era) = eras::at(tx, chat, entry.seq).await? else { return Err(Refusal::NotForUs) };
    let opened = match ahead.take(entry.seq, &era.key).await {
        Some(opened) => opened,
        None => ahead::open(state.id, &era.key, entry.id, &entry.body),
    };
    let Opened { content, signed } = opened.map_err(Refusal::Aside)?;
    if content.v != 1 {
        return Err(aside("content of a version that this app does not know: update Beseda"));
    }
    if content.changes.is_empty() || content.changes.len() > limits::ENVELOPE_CHANGES {
        return Err(aside("no changes, or too many"));
    }
    if content.segment > SEGMENT_MAX {
        return Err(aside("a segment out of range"));
    }
    if content.segment < state.segment_from {
        return Err(aside("a segment that those who came since could not read"));
    }
    let member = members::device(tx, chat, content.device)
        .await?
        .filter(|member| member.added < entry.seq)
        .ok_or_else(|| aside("its author was not let into the chat"))?;
    let author = member.user;
    let (mut actor, new_actor) = certified_actor(tx, chat, state, &content).await?;

    let mut columns = actor.column.clone();
    let mut own_ops: HashMap<ChangeHash, u64> = HashMap::new();
    let mut taken = Vec::new();
    let mut known_already = Vec::new();
    let mut index: u32 = 0;
    let sealed = Sealed { envelope: entry.id, signature: content.signature };
    let mut left = content.changes.len();
    for bytes in &content.changes {
        left -= 1;
        let sealed = (left == 0).then_some(sealed);
        let bytes = bytes.as_slice();
        let gate = |tx: &mut Tx<'_>, columns: &document::Column, own_ops: &HashMap<ChangeHash, u64>| {
            let memory = tx.memory().chat(chat);
            document::admit(bytes, columns, |hash| {
                own_ops.get(hash).or_else(|| memory.max_ops.peek(&(content.segment, *hash))).copied()
            })
        };
        let mut answer = gate(tx, &columns, &own_ops);
        if let Err(Refused::MissingDeps(missing)) = &answer {
            // What this batch brought must be found too.
            projection.flush(tx).await?;
            changes::recall(tx, chat, content.segment, missing).await?;
            answer = gate(tx, &columns, &own_ops);
        }
        match answer {
            Ok(change) => {
                let facts = u32::try_from(change.facts.len()).unwrap_or(u32::MAX);
                own_ops.insert(change.hash, change.column.max_op);
                let first_fact = columns.next_fact;
                columns = change.column.clone();
                taken.push((index, first_fact, change, bytes, sealed));
                index += facts;
            }
            Err(Refused::WrongSeq { got, .. }) if got <= actor.column.seq && got > 0 => {
                // Here already: our own come back, or somebody uploaded it again.
                projection.flush(tx).await?;
                let stored = changes::by_seq(tx, actor.number, got)
                    .await?
                    .ok_or(Error::Damaged("a column with a hole"))?;
                if document::hash_of(bytes) != Some(stored.hash) {
                    return Err(aside("another change under a number that is taken"));
                }
                index += stored.next_fact - stored.first_fact;
                known_already.push((index - (stored.next_fact - stored.first_fact), stored, sealed));
            }
            Err(refused @ (Refused::MissingDeps(_) | Refused::WrongSeq { .. })) => {
                // What it builds on, or its own predecessor, may still come.
                let waits_for = match &refused {
                    Refused::MissingDeps(missing) => missing.first().map(|hash| hash.0.to_vec()),
                    _ => Some(content.actor.0.to_vec()),
                };
                let held = waits_for.map(|waits_for| Held { author: content.device, waits_for });
                return Err(Refusal::Aside(Reason { held, text: refused.to_string() }));
            }
            Err(refused) => return Err(aside(refused)),
        }
        if Place::accepted(entry.seq, index).is_none() {
            return Err(aside("too many facts in one envelope"));
        }
    }
    if !flaws::has(Flaw::SkipSignature) {
        signed.map_err(aside)?;
    }

    // From here on nothing is refused.
    if new_actor {
        actor =
            actors::insert(tx, chat, content.actor, content.device, content.segment, content.certificate.0)
                .await?;
        linking::heard(tx, chat, content.device).await?;
    }
    let place = |index: u32| Place::accepted(entry.seq, index).ok_or(Error::Damaged("a place out of range"));
    let foreign = !taken.is_empty();
    let mut placed = foreign;
    for (index, stored, sealed) in known_already {
        if stored.queued && into == Into::Log {
            placed = true;
            let who = (author, content.actor);
            let at = (place(index)?, entry.accepted_at);
            if member.left {
                // In this log they had left before they said it. While it waited here it counted.
                changes::accept(tx, stored.number, at.0, at.1, sealed.as_ref()).await?;
                projection.make_anew();
            } else {
                accept_queued(tx, state, projection, who, &stored, at, sealed).await?;
            }
        }
    }
    if foreign {
        arrived.insert(content.actor.0.to_vec());
        arrived.extend(taken.iter().map(|(_, _, change, ..)| change.hash.0.to_vec()));
    }
    for (index, first_fact, change, bytes, sealed) in taken {
        let new = NewChange {
            chat,
            segment: content.segment,
            actor: actor.number,
            seq: change.column.seq,
            hash: change.hash,
            max_op: change.column.max_op,
            first_fact,
            next_fact: change.column.next_fact,
            place: if into == Into::Log { Some(place(index)?) } else { None },
            accepted_at: entry.accepted_at,
            bytes: bytes.to_vec(),
            sealed,
        };
        let queued = match into {
            Into::Log => {
                projection.store(new);
                None
            }
            Into::Queue => {
                let number = changes::reserve(tx, 1).await?;
                changes::insert(tx, number, std::slice::from_ref(&new)).await?;
                log::put_in_queue(tx, number, entry.id).await?;
                Some(number)
            }
        };
        for (n, (number, fact)) in (0..).zip(change.facts) {
            let (actor, at) = (content.actor, entry.accepted_at);
            let place = match queued {
                Some(queued) => queued_place(queued, i64::from(n)),
                None => place(index + n)?,
            };
            // What they said after they had left is kept, and counts for nothing.
            if !member.left {
                let said = Said { author, actor, number, fact, place, at, replaces: None, refused: None };
                projection.say(tx, said).await?;
            }
        }
    }
    let memory = tx.memory().chat(chat);
    for (hash, max_op) in own_ops {
        memory.max_ops.put((content.segment, hash), max_op);
    }
    if let Some(actor) = memory.actors.get_mut(&content.actor)
        && columns.seq > actor.column.seq
    {
        actor.column = columns;
    }
    Ok(Taken { foreign, placed })
}

/// The actor of an envelope, known or newly certified; `true`: it has no row yet.
async fn certified_actor(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    state: &ChatState,
    content: &Content,
) -> std::result::Result<(Actor, bool), Refusal> {
    if let Some(actor) = actors::find(tx, chat, content.actor).await? {
        if actor.device != content.device || actor.segment != content.segment {
            return Err(aside("an actor that belongs to another device or segment"));
        }
        return Ok((actor, false));
    }
    content.verify_actor(state.id).map_err(aside)?;
    let actor = Actor {
        number: crate::domain::ActorNo(0),
        device: content.device,
        segment: content.segment,
        certificate: content.certificate.0,
        column: document::Column::new(content.actor),
    };
    Ok((actor, true))
}

/// A change that waited here is in the log now: one of ours, or one that another log had held.
async fn accept_queued(
    tx: &mut Tx<'_>,
    state: &ChatState,
    projection: &mut Projection,
    (author, actor): (UserNo, ActorId),
    stored: &changes::Stored,
    (place, at): (Place, Millis),
    sealed: Option<Sealed>,
) -> Result<()> {
    changes::accept(tx, stored.number, place, at, sealed.as_ref()).await?;
    let facts = document::facts_of(&stored.bytes).ok_or(Error::Damaged("a stored change"))?;
    for ((n, number), fact) in (0..).zip(stored.first_fact..stored.next_fact).zip(facts) {
        let queued = queued_place(stored.number, n);
        let place = Place(place.0 + n);
        if let Fact::Message { with, .. } = &fact {
            let id = MessageId::of(state.id, actor, number);
            if projection.may_write(tx, author, with.reply_to.is_some()).await? {
                projection.accepted(tx, id, queued, place, at).await?;
            } else {
                projection.refuse(tx, author, id, at).await?;
            }
        } else {
            if let Fact::Marks { read: Some(read), .. } = fact
                && let Some(read) = members::place_of(tx, state.number, read).await?
            {
                readers::accepted(tx, state.number, author, read, at).await?;
            }
            // Until now it counted as said after everything. A mark may not have counted at all: what it names may have been
            // in a log that has gone on without it.
            let said = Said { author, actor, number, fact, place, at, replaces: Some(queued), refused: None };
            projection.say(tx, said).await?;
        }
    }
    tx.touched.chat(state.number, place);
    tx.touched.outbox = true;
    Ok(())
}
