//! What happens to an append: compare and swap, idempotent ids, places, keys, welcomes. Pure; the store loads the
//! [`Ledger`] before, in the transaction that writes the [`Plan`] after.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use beseda_protocol::{
    ChatId, DeviceId, EnvelopeId, Seq, SlotId, SlotKey,
    access::Keys,
    envelope::{Envelope, EnvelopeKind, LogEntry, Welcome},
    flaws::{self, Flaw},
    limits,
    request::Accepted,
};

use crate::store::{AppendRequest, Appended, Chat};

/// What is stored about the chats, ids and inboxes that a group of requests names.
#[derive(Debug, Default)]
pub struct Ledger {
    pub chats: HashMap<ChatId, Chat>,
    pub known: HashMap<(ChatId, EnvelopeId), Accepted>,
    /// Absent: the device has no account.
    pub inboxes: HashMap<DeviceId, Inbox>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inbox {
    pub next: u64,
    pub waiting: usize,
}

/// Rows to write so that the answers come true.
#[derive(Debug, Default)]
pub struct Plan {
    pub entries: Vec<(ChatId, LogEntry)>,
    pub welcomes: Vec<PlannedWelcome>,
    pub key_changes: Vec<PlannedKey>,
}

#[derive(Debug)]
pub struct PlannedKey {
    pub chat: ChatId,
    pub key: SlotKey,
    /// Its slot and whether it is an admin's; absent when the key goes.
    pub value: Option<(SlotId, bool)>,
}

#[derive(Debug)]
pub struct PlannedWelcome {
    pub number: u64,
    pub chat: ChatId,
    pub seq: Seq,
    /// The handshake's.
    pub id: EnvelopeId,
    pub welcome: Welcome,
}

/// When an entry counts as accepted: `now`, or the `given` time of an envelope that was in a lost log, cut so that it
/// is neither before the entry before (`before`; 0 for the first) nor in the future.
fn accepted_at(given: Option<i64>, before: i64, now: i64) -> i64 {
    // `now` has the last word: after a clock was set back it may be before the entry before.
    given.map_or(now, |given| given.max(before).min(now))
}

/// Decides one request after those before it in its group: changes `ledger`, and adds to `plan`.
///
/// An answer other than accepted leaves both as they were.
pub fn decide(ledger: &mut Ledger, plan: &mut Plan, request: AppendRequest, now: i64) -> Appended {
    let AppendRequest { chat: id, by, cas, envelopes, new_log, tag } = request;
    let known: Vec<Option<Accepted>> =
        envelopes.iter().map(|envelope| ledger.known.get(&(id, envelope.id)).copied()).collect();
    let creates = cas == Seq::ZERO && matches!(&envelopes[..], [one] if one.kind == EnvelopeKind::Handshake);
    let mut chat = match ledger.chats.get(&id) {
        Some(chat) => chat.clone(),
        None if creates => Chat {
            log: new_log,
            head: Seq::ZERO,
            last_handshake: Seq::ZERO,
            touched_at: now,
            keys: Arc::default(),
        },
        None => return Appended::NoChat,
    };
    // Before the keys: who removed itself and lost the answer may ask again. It learns nothing it did not know.
    if let Some(at) = known.iter().copied().collect::<Option<Vec<_>>>() {
        return Appended::Accepted { log: chat.log, at, inboxes: Vec::new() };
    }
    if chat.head > Seq::ZERO {
        if !chat.keys.may_use(&by) {
            return Appended::Refused(beseda_protocol::access::AccessRefusal::Denied);
        }
        if cas != chat.last_handshake && !flaws::has(Flaw::SkipCas) {
            if flaws::has(Flaw::WelcomeEarly) {
                welcome_early(ledger, plan, id, chat.head.next(), envelopes);
            }
            return Appended::Conflict(chat.head());
        }
    }
    let new = known.iter().filter(|known| known.is_none()).count() as u64;
    if chat.head.0 + new > limits::SEQ_MAX {
        return Appended::LogFull;
    }

    let mut at = Vec::with_capacity(envelopes.len());
    let mut inboxes = Vec::new();
    for (envelope, known) in envelopes.into_iter().zip(known) {
        if let Some(place) = known {
            at.push(place);
            continue;
        }
        let seq = chat.head.next();
        if envelope.kind == EnvelopeKind::Handshake {
            let keys = match &envelope.keys {
                None if chat.head > Seq::ZERO => Arc::clone(&chat.keys),
                changes => match chat.keys.apply(&by, changes.as_ref().unwrap_or(&Default::default())) {
                    Ok(keys) => Arc::new(keys),
                    Err(refusal) => return Appended::Refused(refusal),
                },
            };
            let Some(numbers) = deliver(ledger, &envelope.welcomes) else { return Appended::Undeliverable };
            plan_keys(plan, id, &chat.keys, &keys);
            for (number, welcome) in numbers.into_iter().zip(envelope.welcomes) {
                inboxes.push((welcome.device, number));
                plan.welcomes.push(PlannedWelcome { number, chat: id, seq, id: envelope.id, welcome });
            }
            chat.keys = keys;
            chat.last_handshake = seq;
        }
        let before = if chat.head > Seq::ZERO { chat.touched_at } else { 0 };
        let accepted_at = accepted_at(envelope.accepted_at, before, now);
        let place = Accepted { seq, accepted_at };
        chat.head = seq;
        chat.touched_at = accepted_at;
        at.push(place);
        ledger.known.insert((id, envelope.id), place);
        let (kind, body) = (envelope.kind, envelope.body);
        plan.entries.push((id, LogEntry { seq, id: envelope.id, kind, accepted_at, tag, body }));
    }
    let log = chat.log;
    ledger.chats.insert(id, chat);
    Appended::Accepted { log, at, inboxes }
}

/// See [`Flaw::WelcomeEarly`].
fn welcome_early(ledger: &mut Ledger, plan: &mut Plan, chat: ChatId, seq: Seq, envelopes: Vec<Envelope>) {
    for envelope in envelopes {
        let numbers = deliver(ledger, &envelope.welcomes).unwrap_or_default();
        for (number, welcome) in numbers.into_iter().zip(envelope.welcomes) {
            plan.welcomes.push(PlannedWelcome { number, chat, seq, id: envelope.id, welcome });
        }
    }
}

/// Numbers for all welcomes, or `None` and no change when one cannot be delivered.
fn deliver(ledger: &mut Ledger, welcomes: &[Welcome]) -> Option<Vec<u64>> {
    let mut after: HashMap<DeviceId, Inbox> = HashMap::new();
    let mut numbers = Vec::with_capacity(welcomes.len());
    for welcome in welcomes {
        let stored = *ledger.inboxes.get(&welcome.device)?;
        let inbox = after.entry(welcome.device).or_insert(stored);
        if inbox.waiting >= limits::INBOX_ITEMS {
            return None;
        }
        numbers.push(inbox.next);
        inbox.next += 1;
        inbox.waiting += 1;
    }
    ledger.inboxes.extend(after);
    Some(numbers)
}

fn plan_keys(plan: &mut Plan, chat: ChatId, old: &Arc<Keys>, new: &Arc<Keys>) {
    if Arc::ptr_eq(old, new) {
        return;
    }
    let differs = |one: &BTreeMap<SlotKey, (SlotId, bool)>, key: &SlotKey, value: &(SlotId, bool)| {
        one.get(key) != Some(value)
    };
    for key in old.0.keys().filter(|key| !new.0.contains_key(*key)) {
        plan.key_changes.push(PlannedKey { chat, key: *key, value: None });
    }
    for (key, value) in new.0.iter().filter(|(key, value)| differs(&old.0, key, value)) {
        plan.key_changes.push(PlannedKey { chat, key: *key, value: Some(*value) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_given_time_is_neither_before_the_entry_before_nor_in_the_future() {
        let cases = [
            (None, 10, 20, 20),
            (None, 30, 20, 20),
            (Some(15), 10, 20, 15),
            (Some(10), 10, 20, 10),
            (Some(9), 10, 20, 10),
            (Some(21), 10, 20, 20),
            (Some(i64::MAX), 0, 20, 20),
            (Some(i64::MIN), 0, 20, 0),
            // The relay's clock was set back.
            (Some(15), 30, 20, 20),
            (Some(40), 30, 20, 20),
        ];
        for (given, before, now, expected) in cases {
            assert_eq!(accepted_at(given, before, now), expected, "{given:?} after {before} at {now}");
        }
    }
}
