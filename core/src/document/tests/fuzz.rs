//! Damaged and stitched changes by the tens of thousands, the same ones in every run.

use automerge::{Change, ExpandedChange, legacy::OpId};
use beseda_protocol::limits;

use super::*;
use crate::document::hash_of;

/// Honest changes, each with the state of the world before it.
struct History {
    changes: Vec<(ActorId, Vec<u8>)>,
    /// Of change n: its column before it.
    columns: Vec<Column>,
    /// Of change n: the segment before it, saved.
    saved: Vec<Vec<u8>>,
    /// Of each change its highest operation and its index.
    known: HashMap<ChangeHash, (u64, usize)>,
}

impl History {
    fn new(dice: &mut Dice, people: u8, changes: usize) -> Self {
        let mut history = Self { changes: vec![], columns: vec![], saved: vec![], known: HashMap::new() };
        let mut replicas: Vec<Replica> = (0..people).map(|_| Replica::default()).collect();
        let mut all = Replica::default();
        for n in 0..changes {
            let who = dice.below(replicas.len());
            let facts: Vec<Fact> = match dice.below(5) {
                0 => (0..=dice.below(6)).map(|m| message(format!("{n} {m}"))).collect(),
                1 => vec![Fact::Marks { delivered: None, read: None }],
                2 => vec![message("long ".repeat(dice.below(200)))],
                _ => vec![message(format!("текст {n}"))],
            };
            history.columns.push(all.column(actor(who as u8)));
            history.saved.push(all.segment.save().unwrap());
            let made = replicas[who].write(actor(who as u8), &facts);
            history.known.insert(made.hash, (made.column.max_op, n));
            all.receive(actor(who as u8), &made.bytes).unwrap();
            history.changes.push((actor(who as u8), made.bytes));
            // Someone catches up, so that there are both branches and joins.
            let reader = dice.below(replicas.len());
            let have = replicas[reader].changes.clone();
            for (writer, bytes) in &history.changes {
                if !have.contains(bytes) {
                    replicas[reader].receive(*writer, bytes).unwrap();
                }
            }
        }
        history
    }

    fn admit(&self, n: usize, bytes: &[u8]) -> Result<Admitted, Refused> {
        admit(bytes, &self.columns[n], |hash| {
            self.known.get(hash).filter(|(_, index)| *index < n).map(|(max_op, _)| *max_op)
        })
    }

    /// What was admitted in the place of change `n` does a segment no harm.
    fn prove(&self, n: usize, bytes: &[u8], admitted: &Admitted) {
        let mut segment = Segment::load(&self.saved[n]).unwrap();
        let mut expected = segment.facts(admitted.column.actor);
        expected.extend(admitted.facts.iter().cloned());
        segment.apply([bytes]).unwrap();
        let mut loaded = Segment::load(&segment.save().unwrap()).unwrap();
        let next = loaded.write(&admitted.column, &[message("next")]).unwrap();
        for segment in [&segment, &loaded] {
            assert!(segment.contains(&admitted.hash));
        }
        assert_eq!(segment.facts(admitted.column.actor), expected);
        expected.push((next.numbers.start, message("next")));
        assert_eq!(loaded.facts(admitted.column.actor), expected);
    }
}

/// `bytes` with length and checksum made right, so that damage is not stopped by these alone.
pub(super) fn resealed(bytes: &[u8]) -> Vec<u8> {
    let mut at = 9;
    while bytes.get(at).is_some_and(|byte| byte & 0x80 != 0) {
        at += 1;
    }
    let body = bytes.get(at + 1..).unwrap_or_default();
    let mut sealed = vec![0x85, 0x6f, 0x4a, 0x83, 0, 0, 0, 0, 1];
    let mut length = body.len();
    while length >= 0x80 {
        sealed.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    sealed.push(length as u8);
    sealed.extend(body);
    let hash = hash_of(&sealed).expect("one change chunk");
    sealed[4..8].copy_from_slice(&hash.as_bytes()[..4]);
    sealed
}

/// Damage that needs no understanding.
fn damaged(history: &History, n: usize, dice: &mut Dice) -> Vec<u8> {
    let mut bytes = history.changes[n].1.clone();
    match dice.below(6) {
        0 | 1 => {
            for _ in 0..=dice.below(3) {
                let at = dice.below(bytes.len());
                bytes[at] ^= 1 << dice.below(8);
            }
        }
        2 => bytes.truncate(10 + dice.below(bytes.len() - 10)),
        3 => {
            let other = &dice.pick(&history.changes).1;
            let (from, to) = (dice.below(other.len()), dice.below(bytes.len()));
            let length = dice.below(other.len() - from) + 1;
            let end = (to + dice.below(length + 1)).min(bytes.len());
            bytes.splice(to..end, other[from..from + length].iter().copied());
        }
        4 => {
            let at = dice.below(bytes.len());
            let byte = *dice.pick(&[0, 1, 0x3f, 0x40, 0x7f, 0x80, 0xff]);
            bytes[at] = byte;
        }
        _ => {
            let at = dice.below(bytes.len());
            let many = dice.below(9);
            bytes.splice(at..at, (0..many).map(|_| dice.next() as u8));
        }
    }
    if dice.below(8) == 0 { bytes } else { resealed(&bytes) }
}

/// Damage by one who understands the format.
fn forged(history: &History, n: usize, dice: &mut Dice) -> Vec<u8> {
    let mut change = Change::try_from(history.changes[n].1.as_slice()).unwrap().decode();
    for _ in 0..=dice.below(2) {
        forge(&mut change, history, dice);
    }
    Change::from(change).raw_bytes().to_vec()
}

fn forge(change: &mut ExpandedChange, history: &History, dice: &mut Dice) {
    let donor = Change::try_from(dice.pick(&history.changes).1.as_slice()).unwrap().decode();
    let donated = dice.pick(&donor.operations).clone();
    let op = dice.below(change.operations.len().max(1));
    let length = change.operations.len();
    match dice.below(12) {
        0 => change.actor_id = donor.actor_id,
        1 => change.seq = 1 + dice.below(9) as u64,
        2 => change.start_op = change.start_op.saturating_add(dice.below(3) as u64),
        3 => change.start_op = donor.start_op,
        4 => change.deps = donor.deps,
        5 => change.deps.push(donor.hash.unwrap()),
        6 => drop(change.deps.pop()),
        7 => change.operations.insert(op.min(length), donated),
        8 if length > 0 => change.operations[op] = donated,
        9 if length > 0 => change.operations[op].action = donated.action,
        10 if length > 0 => {
            let pred = OpId::new(1 + dice.below(20) as u64, &donor.actor_id);
            change.operations[op].pred = vec![pred].into();
        }
        _ if length > 0 => drop(change.operations.remove(op)),
        _ => change.operations.push(donated),
    }
}

#[test]
fn nothing_damaged_panics_the_gate_and_nothing_admitted_harms_a_segment() {
    const CASES: usize = 30_000;
    let mut dice = Dice(20_261_122);
    let history = History::new(&mut dice, 4, 64);
    for (n, (_, bytes)) in history.changes.iter().enumerate() {
        let admitted = history.admit(n, bytes).expect("honest");
        history.prove(n, bytes, &admitted);
    }
    let (mut refusals, mut proven) = (HashMap::new(), 0);
    for case in 0..CASES {
        let n = dice.below(history.changes.len());
        let bytes =
            if case % 2 == 0 { damaged(&history, n, &mut dice) } else { forged(&history, n, &mut dice) };
        match history.admit(n, &bytes) {
            Ok(_) if bytes == history.changes[n].1 => {}
            Ok(admitted) => {
                assert!(bytes.len() <= limits::CHANGE_BYTES);
                history.prove(n, &bytes, &admitted);
                proven += 1;
            }
            Err(refused) => *refusals.entry(std::mem::discriminant(&refused)).or_insert(0) += 1,
        }
    }
    // The cases reach every part of the gate, and past it.
    assert!(refusals.len() >= 12, "{refusals:?}");
    assert!(proven > 1000, "{proven}");
}
