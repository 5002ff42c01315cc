//! Writing into a chat: a fact becomes a change, its projection and an outbox entry in one transaction.

use beseda_protocol::{
    ActorId, MessageId,
    flaws::{self, Flaw},
    limits,
    sign::Purpose,
};

use super::{
    Touched, Tx, actors,
    changes::{self, NewChange},
    chats::{ChatState, Status},
    memory::Actor,
    own,
    projection::{self, Projection, Said, queued_place},
};
use crate::{
    crypto::{keys::DeviceKeys, random},
    document::{Fact, Own},
    domain::{Me, Millis},
    error::{Error, Result},
};

/// A segment closes when it holds so many facts.
const SEGMENT_FACTS: u64 = 5_000;

/// Says `facts` in the chat, in one change, and gives the ids that messages among them have.
///
/// # Errors
/// When a fact is over a limit or the store fails; the caller then drops the transaction.
pub async fn say(
    tx: &mut Tx<'_>,
    keys: &DeviceKeys,
    me: Me,
    state: &ChatState,
    facts: Vec<Fact>,
    at: Millis,
) -> Result<Vec<MessageId>> {
    let (mut projection, ids) = gather(tx, keys, me, state, facts, at).await?;
    // Boxed: what it may have to do is much, and every action would carry room for it.
    Box::pin(projection.flush(tx)).await?;
    Ok(ids)
}

/// The same as the last thing of a transaction, which it ends.
///
/// # Errors
/// As [`say`]; nothing of the transaction happened then.
pub async fn say_and_commit(
    mut tx: Tx<'_>,
    keys: &DeviceKeys,
    me: Me,
    state: &ChatState,
    facts: Vec<Fact>,
    at: Millis,
) -> Result<(Vec<MessageId>, Touched)> {
    let (projection, ids) = gather(&mut tx, keys, me, state, facts, at).await?;
    let touched = Box::pin(projection.flush_and_commit(tx)).await?;
    Ok((ids, touched))
}

/// The change, applied to its document, and what it says, not yet written.
async fn gather(
    tx: &mut Tx<'_>,
    keys: &DeviceKeys,
    me: Me,
    state: &ChatState,
    facts: Vec<Fact>,
    at: Millis,
) -> Result<(Projection, Vec<MessageId>)> {
    let chat = state.number;
    let (actor_id, actor) = own_actor(tx, keys, state).await?;
    let mut open = changes::open_segment(tx, chat, actor.segment).await?;
    let change = open.document.write(&actor.column, &facts)?;
    let number = changes::reserve(tx, 1).await?;
    let new = NewChange {
        chat,
        segment: actor.segment,
        actor: actor.number,
        seq: change.column.seq,
        hash: change.hash,
        max_op: change.column.max_op,
        first_fact: actor.column.next_fact,
        next_fact: change.column.next_fact,
        place: None,
        accepted_at: at,
        bytes: change.bytes,
        sealed: None,
    };
    // The document holds everything up to this change: nothing else is written while this transaction is open.
    open.upto = number;
    changes::give_back(tx, chat, open);
    let memory = tx.memory().chat(chat);
    memory.own = Some(actor_id);
    if let Some(known) = memory.actors.get_mut(&actor_id) {
        known.column = change.column;
    }
    let mut projection = Projection::new(state, me, state.unread_after());
    projection.write(number, new);
    let mut ids = Vec::new();
    for (index, (fact_number, fact)) in (0..).zip((actor.column.next_fact..).zip(facts)) {
        if matches!(fact, Fact::Message { .. }) {
            ids.push(MessageId::of(state.id, actor_id, fact_number));
        }
        let place = queued_place(number, index);
        let said = Said {
            author: me.number,
            actor: actor_id,
            number: fact_number,
            fact,
            place,
            at,
            replaces: None,
            refused: None,
        };
        projection.say(tx, said).await?;
    }
    tx.touched.outbox = true;
    Ok((projection, ids))
}

/// Says something in the notes, for this person's other devices. Where this device is not in the notes yet, it counts
/// here alone.
///
/// # Errors
/// When the store fails.
pub async fn say_own(tx: &mut Tx<'_>, keys: &DeviceKeys, me: Me, owns: Vec<Own>, at: Millis) -> Result<()> {
    // Boxed: it is rare, and would make the futures of frequent actions larger.
    Box::pin(in_notes(tx, keys, me, owns, at)).await
}

async fn in_notes(tx: &mut Tx<'_>, keys: &DeviceKeys, me: Me, owns: Vec<Own>, at: Millis) -> Result<()> {
    let notes = own::notes(tx).await?.filter(|notes| notes.status == Status::Active);
    let Some(notes) = notes else {
        for own in owns {
            projection::apply(tx, me, &own).await?;
        }
        return Ok(());
    };
    let mut facts: Vec<Fact> = Vec::new();
    let mut bytes = 0;
    for fact in owns.into_iter().map(Fact::Own) {
        let more = fact.encode().len();
        if facts.len() == limits::CHANGE_FACTS
            || (bytes + more > limits::CHANGE_BYTES / 2 && !facts.is_empty())
        {
            say(tx, keys, me, &notes, std::mem::take(&mut facts), at).await?;
            bytes = 0;
        }
        bytes += more;
        facts.push(fact);
    }
    if !facts.is_empty() {
        say(tx, keys, me, &notes, facts, at).await?;
    }
    Ok(())
}

/// The actor to write with: the newest of this device whose segment is not full; else a new one in the next segment.
async fn own_actor(tx: &mut Tx<'_>, keys: &DeviceKeys, state: &ChatState) -> Result<(ActorId, Actor)> {
    let chat = state.number;
    let known = match tx.memory().chat(chat).own {
        Some(own) => actors::find(tx, chat, own).await?,
        None => actors::newest_of(tx, chat, keys.device()).await?,
    };
    let mut segment = known.as_ref().map_or(0, |actor| actor.segment).max(state.segment_from);
    while changes::facts_of(tx, chat, segment).await? >= SEGMENT_FACTS {
        segment = segment.checked_add(1).ok_or(Error::Damaged("segments"))?;
    }
    if let Some(actor) = known
        && actor.segment == segment
    {
        return Ok((actor.column.actor, actor));
    }
    begin_column(tx, keys, state, segment).await
}

/// Nothing more is said in the column in which this device writes, of which something was taken out: others may have that,
/// and would take what comes in its place for a forgery.
///
/// # Errors
/// When the store fails.
pub async fn end_column(tx: &mut Tx<'_>, keys: &DeviceKeys, state: &ChatState) -> Result<()> {
    let chat = state.number;
    tx.memory().chat(chat).own = None;
    let known = actors::newest_of(tx, chat, keys.device()).await?;
    if let Some(known) = known.filter(|known| known.segment >= state.segment_from) {
        begin_column(tx, keys, state, known.segment).await?;
    }
    Ok(())
}

/// What this device says next builds on what the log holds, and on nothing that waits. Until [`changes::close_segment`].
///
/// # Errors
/// When the store fails.
pub async fn build_on_log(tx: &mut Tx<'_>, keys: &DeviceKeys, state: &ChatState) -> Result<()> {
    let (_, actor) = own_actor(tx, keys, state).await?;
    changes::open_placed(tx, state.number, actor.segment).await
}

async fn begin_column(
    tx: &mut Tx<'_>,
    keys: &DeviceKeys,
    state: &ChatState,
    segment: u32,
) -> Result<(ActorId, Actor)> {
    let chat = state.number;
    let mut actor = ActorId(random());
    if flaws::has(Flaw::ReuseActor) {
        actor.0.copy_from_slice(
            &blake3::hash(&[keys.user().as_bytes(), &segment.to_be_bytes()[..]].concat()).as_bytes()[..16],
        );
    }
    let certificate =
        keys.sign(Purpose::Actor, &[state.id.as_bytes(), &segment.to_be_bytes(), actor.as_bytes()]);
    let row = actors::insert(tx, chat, actor, keys.device(), segment, certificate.0).await?;
    Ok((actor, row))
}
