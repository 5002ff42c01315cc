//! A newcomer's way back: each handshake carries the key of the era it ended, sealed under the one it began, and names
//! the handshake before it. Pure.

use std::collections::HashMap;

use beseda_protocol::{
    EnvelopeId, Seq, codec,
    envelope::{HandshakeBody, LogEntry},
    limits,
};

use super::handshake;
use crate::{
    crypto::{Secret, seal},
    store::{chats::ChatState, memory::Era},
};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    #[error("the relay did not give the handshake at {0}")]
    Missing(Seq),
    #[error("the handshake at {seq} does not lead back: {why}")]
    Broken { seq: Seq, why: String },
}

/// Whether this handshake begins the era: what it carries opens under the era's key, and under no other one.
fn begins(state: &ChatState, era: &Era, entry: &LogEntry) -> bool {
    let Ok(body) = codec::decode::<HandshakeBody>(&entry.body, limits::ENVELOPE_BYTES) else { return false };
    if era.era == 0 {
        return handshake::open(state, entry, &body, &era.key).is_ok();
    }
    let bound = seal::bound_to(state.id, entry.id);
    match &body.prior {
        Some(prior) => seal::open(&era.key, seal::Part::Prior, &bound, prior, 64).is_ok(),
        None => handshake::standing::open(state, entry, &body, &era.key).is_ok(),
    }
}

/// Whether this log holds the handshake that began the era at the place that is known of it.
#[must_use]
pub fn holds(state: &ChatState, era: &Era, entries: &HashMap<Seq, LogEntry>) -> bool {
    entries.get(&era.handshake).is_some_and(|entry| begins(state, era, entry))
}

/// Where the handshake that began an era stands in this log: whoever has put it there again may have had to put something
/// else before it. `None`: the log does not hold it.
#[must_use]
pub fn place(state: &ChatState, era: &Era, entries: &HashMap<Seq, LogEntry>) -> Option<Seq> {
    let found = |entry: &&LogEntry| begins(state, era, entry);
    let as_known = entries.get(&era.handshake).filter(found);
    as_known.or_else(|| entries.values().find(found)).map(|entry| entry.seq)
}

/// The eras before `joined`, newest first, as far back as the chat shows its history. `entries` are handshakes of the
/// log up to and with the one that began `joined`.
///
/// # Errors
/// When the relay left out or forged a link of the chain.
pub fn follow(
    state: &ChatState,
    joined: &Era,
    entries: &HashMap<Seq, LogEntry>,
) -> Result<Vec<Era>, ChainError> {
    let by_id: HashMap<EnvelopeId, Seq> = entries.values().map(|entry| (entry.id, entry.seq)).collect();
    let mut eras = Vec::new();
    let mut era = joined.clone();
    loop {
        let seq = era.handshake;
        let broken = |why: String| ChainError::Broken { seq, why };
        let entry = entries.get(&seq).ok_or(ChainError::Missing(seq))?;
        let body: HandshakeBody =
            codec::decode(&entry.body, limits::ENVELOPE_BYTES).map_err(|error| broken(error.to_string()))?;
        if era.era == 0 {
            // The one that created the chat: it must open under its own era's key.
            handshake::open(state, entry, &body, &era.key).map_err(broken)?;
            return Ok(eras);
        }
        let Some(prior) = &body.prior else {
            // Its author says in so many words that what was before is closed: nobody else can have taken the key away.
            let standing =
                handshake::standing::open(state, entry, &body, &era.key).map_err(|why| broken(why.into()))?;
            if standing.event.event.era != era.era {
                return Err(broken("it tells of another era".into()));
            }
            return Ok(eras);
        };
        let bound = seal::bound_to(state.id, entry.id);
        let key = seal::open(&era.key, seal::Part::Prior, &bound, prior, 64)
            .map_err(|error| broken(error.to_string()))?;
        let key = Secret::from_slice(&key).ok_or_else(|| broken("a key of another length".into()))?;
        let event = handshake::open(state, entry, &body, &key).map_err(broken)?.event.event;
        let parent = match event.follows {
            None => event.parent,
            Some(id) => *by_id.get(&id).ok_or_else(|| broken("the one before is missing".into()))?,
        };
        if event.era != era.era || parent >= seq || parent == Seq::ZERO {
            return Err(broken("it does not follow the one before".into()));
        }
        era = Era { era: event.era - 1, handshake: parent, key };
        eras.push(era.clone());
    }
}
