//! Gate and segments together: honest writers always pass, and what passes never harms a segment.

mod convergence;
mod forgery;
mod fuzz;

use std::collections::HashMap;

use beseda_protocol::ActorId;

use super::{Admitted, ChangeHash, Column, Fact, LocalChange, Refused, Segment, admit};

/// Numbers that are the same in every run (SplitMix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

fn actor(n: u8) -> ActorId {
    ActorId([n; 16])
}

fn message(text: impl Into<String>) -> Fact {
    Fact::Message { text: text.into(), sent_at: 1_700_000_000_000, with: crate::document::With::default() }
}

/// What a device keeps of one segment: the document, and the rows from which the gate answers.
#[derive(Default)]
struct Replica {
    segment: Segment,
    columns: HashMap<ActorId, Column>,
    max_ops: HashMap<ChangeHash, u64>,
    facts: HashMap<ActorId, Vec<(u32, Fact)>>,
    changes: Vec<Vec<u8>>,
}

impl Replica {
    fn column(&self, actor: ActorId) -> Column {
        self.columns.get(&actor).cloned().unwrap_or_else(|| Column::new(actor))
    }

    fn write(&mut self, actor: ActorId, facts: &[Fact]) -> LocalChange {
        let made = self.segment.write(&self.column(actor), facts).unwrap();
        let numbered = made.numbers.clone().zip(facts.iter().cloned()).collect();
        self.keep(&made.bytes, made.hash, made.column.clone(), numbered);
        made
    }

    fn admit(&self, actor: ActorId, bytes: &[u8]) -> Result<Admitted, Refused> {
        admit(bytes, &self.column(actor), |hash| self.max_ops.get(hash).copied())
    }

    /// Admits and applies, as catching up does.
    fn receive(&mut self, actor: ActorId, bytes: &[u8]) -> Result<(), Refused> {
        let admitted = self.admit(actor, bytes)?;
        self.segment.apply([bytes]).unwrap();
        self.keep(bytes, admitted.hash, admitted.column, admitted.facts);
        Ok(())
    }

    fn keep(&mut self, bytes: &[u8], hash: ChangeHash, column: Column, facts: Vec<(u32, Fact)>) {
        self.facts.entry(column.actor).or_default().extend(facts);
        self.max_ops.insert(hash, column.max_op);
        self.columns.insert(column.actor, column);
        self.changes.push(bytes.to_vec());
    }

    fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.changes.iter().map(Vec::as_slice)
    }

    /// The document holds exactly the facts of the rows, however it is opened.
    fn check(&mut self) {
        let saved = self.segment.save().unwrap();
        let loaded = Segment::load(&saved).unwrap();
        let rebuilt = Segment::rebuild(self.rows()).unwrap();
        for (actor, facts) in &self.facts {
            for segment in [&self.segment, &loaded, &rebuilt] {
                assert_eq!(&segment.facts(*actor), facts);
                assert_eq!(segment.heads(), self.segment.heads());
            }
        }
    }
}
