//! One content envelope: opened, checked against who is in and past the gate, and taken in, or not at all.
//!
//! Not here: what becomes of one that is not taken in ([`super`]), and opening many of them ahead ([`super::ahead`]).

use std::collections::{HashMap, HashSet};

use beseda_protocol::{
    ActorId, MessageId,
    content::Content,
    envelope::LogEntry,
    flaws::{self, Flaw},
    limits,
};

use super::ahead::{self, Ahead, Opened};
use crate::{
    document::{self, ChangeHash, Fact, Refused},
    domain::{ActorNo, ChatNo, Millis, Place, UserNo},
    error::{Error, Result},
    store::{
        Tx, actors,
        changes::{self, NewChange, Sealed},
        chats::ChatState,
        eras, linking, log, members,
        memory::Actor,
        projection::{Projection, Said, queued_place},
        quarantine::{Held, Reason},
        readers,
    },
};

/// Segments beyond this are nonsense: a chat of five thousand million messages.
const SEGMENT_MAX: u32 = 1_000_000;

/// Why a content envelope was not taken in.
pub(super) enum Refusal {
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

/// Where what an envelope holds gets its place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Into {
    /// At the envelope's place.
    Log,
    /// After everything: no log holds it yet.
    Queue,
}

/// What an envelope brought.
pub(super) struct Taken {
    /// Something that was not here.
    pub foreign: bool,
    /// Something that has its place by it.
    pub placed: bool,
}

/// Opens, checks and takes in one content envelope; all of it or nothing.
pub(super) async fn content(
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
        linking::heard(tx, chat, content.device, entry.seq).await?;
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
        number: ActorNo(0),
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
