//! What waits to be sent when somebody comes into a chat whose history is closed to them: it builds on what they do not
//! have, so it is said again in a new column. Nobody else has seen it yet.

use std::collections::HashMap;

use beseda_protocol::{
    MessageId,
    flaws::{self, Flaw},
};

use crate::{
    device::Device,
    document::{self, Fact, Own, With},
    domain::ChatNo,
    error::{Error, Result},
    store::{
        Tx,
        changes::{self, Queued, Turn},
        chats, kept, messages, projection, say,
    },
};

/// Says what is queued again, in its order and with its times. Messages get other ids.
///
/// # Errors
/// When the store fails.
pub async fn resay_queued(device: &Device, tx: &mut Tx<'_>, chat: ChatNo) -> Result<()> {
    if changes::waits(tx, chat).await? {
        resay(device, tx, chat, Queued::All).await?;
    }
    Ok(())
}

/// The same with what was written in the segments before `segment`. What was written from it on newcomers can read, and others
/// may have it from a log that is lost: they bring it too.
///
/// # Errors
/// When the store fails.
pub async fn resay_before(device: &Device, tx: &mut Tx<'_>, chat: ChatNo, segment: u32) -> Result<()> {
    if changes::waits_before(tx, chat, segment).await? {
        resay(device, tx, chat, Queued::Before(segment)).await?;
    }
    Ok(())
}

/// The same with what may build on a change that stood at `turn` and counts for nothing. What stood before it cannot, and others
/// may have it from a log that is lost: they bring it too.
///
/// # Errors
/// When the store fails.
pub async fn resay_from(device: &Device, tx: &mut Tx<'_>, chat: ChatNo, turn: Turn) -> Result<()> {
    resay(device, tx, chat, Queued::From(turn)).await
}

async fn resay(device: &Device, tx: &mut Tx<'_>, chat: ChatNo, which: Queued) -> Result<()> {
    let queued = changes::take_queued(tx, chat, device.keys.device(), which).await?;
    // What hung on it goes with it, and what others said that only waited here.
    projection::rebuild(tx, chat, device.me).await?;
    let state = chats::state(tx, chat).await?;
    if !queued.is_empty() {
        say::end_column(tx, &device.keys, &state).await?;
    }
    // What stood in a log keeps its turn: it goes out before what was said after it and waits too.
    let keeps_turns = queued.iter().any(|change| change.turn < 0);
    if keeps_turns {
        say::build_on_log(tx, &device.keys, &state).await?;
    }
    let mut ids: HashMap<MessageId, MessageId> = HashMap::new();
    let mut owns = Vec::new();
    for change in queued {
        let facts = document::facts_of(&change.bytes).ok_or(Error::Damaged("a stored change"))?;
        let numbers = change.first_fact..;
        let old: Vec<MessageId> = numbers
            .zip(&facts)
            .filter(|(_, fact)| matches!(fact, Fact::Message { .. }))
            .map(|(number, _)| MessageId::of(state.id, change.actor, number))
            .collect();
        let mut named = old.iter().copied();
        let mut facts: Vec<Fact> =
            facts.into_iter().map(|fact| again(renamed(fact, &ids), &mut named)).collect();
        if let [Fact::Marks { delivered, read }] = &facts[..] {
            // What it names may be said again too, under another id: what has come is told anew when it is here.
            let is_here = match read.or(*delivered) {
                Some(id) => messages::find(tx, id).await?.is_some(),
                None => false,
            };
            if !is_here {
                facts.clear();
            }
        }
        if facts.is_empty() {
            continue;
        }
        let new = say::say(tx, &device.keys, device.me, &state, facts, change.at).await?;
        if change.turn < 0 {
            changes::set_turn_of_last(tx, change.turn).await?;
        }
        for (old, new) in old.into_iter().zip(new) {
            if let Some(at) = kept::saved_at(tx, old).await? {
                owns.push(Own::Saved { of: old, on: false, at });
                owns.push(Own::Saved { of: new, on: true, at });
            }
            kept::rename(tx, old, new).await?;
            ids.insert(old, new);
        }
    }
    if keeps_turns {
        changes::close_segment(tx, chat);
    }
    if !owns.is_empty() {
        say::say_own(tx, &device.keys, device.me, owns, device.now()).await?;
    }
    projection::apply_kept(tx, chat, device.me).await
}

/// The fact, where it is a message, with what it was first said as: others may bring that from a log that is lost.
fn again(fact: Fact, named: &mut impl Iterator<Item = MessageId>) -> Fact {
    match fact {
        Fact::Message { text, sent_at, with } => {
            let old = named.next().filter(|_| !flaws::has(Flaw::SayAgain));
            Fact::Message { text, sent_at, with: With { again: with.again.or(old), ..with } }
        }
        other => other,
    }
}

/// The fact, where it names a message that has another id now.
fn renamed(fact: Fact, ids: &HashMap<MessageId, MessageId>) -> Fact {
    let new = |id: MessageId| ids.get(&id).copied().unwrap_or(id);
    match fact {
        Fact::Message { text, sent_at, with } => {
            Fact::Message { text, sent_at, with: With { reply_to: with.reply_to.map(new), ..with } }
        }
        Fact::Edit { of, text, mentions, edited_at } => Fact::Edit { of: new(of), text, mentions, edited_at },
        Fact::Delete { of } => Fact::Delete { of: new(of) },
        Fact::Reaction { of, emoji, on } => Fact::Reaction { of: new(of), emoji, on },
        Fact::Pin { of, on } => Fact::Pin { of: new(of), on },
        Fact::Vote { of, options } => Fact::Vote { of: new(of), options },
        other => other,
    }
}
