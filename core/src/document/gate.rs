//! The check of a foreign change, before Automerge or anything else sees it.
//!
//! Whether a change passes depends on its bytes, on where its column stands and on the highest operation of the
//! changes it builds on: all of it is covered by the hash chain, so every replica answers alike, in whatever order
//! changes came. The rules, each with the harm it prevents:
//!
//! * at most [`limits::CHANGE_BYTES`], never compressed: no bombs;
//! * the column's own actor and nobody else, `seq` one higher than the last: no forks, no holes (Automerge panics);
//! * a first change builds on nothing. Every later one names its own predecessor among `deps` *directly*, even where
//!   another dep covers it already (as Automerge's own transactions do): so a column is a chain that can be checked,
//!   and its signature covered, from its own rows alone, and operation counters rise along it. The other deps are
//!   known and sorted without doubles; they need not be all heads, nor only heads;
//! * `start_op` is exactly one above the highest operation of the deps: a lower one makes Automerge save what it cannot
//!   load, a higher one would use up the counters;
//! * the rest must be, byte for byte, what [`change`](super::change) composes from the column, the deps and the fact
//!   values: operations that only put facts at the next keys of the own column, in order, overwriting nothing; no
//!   time, message, or bytes that nobody reads.

use std::num::NonZeroU64;

use beseda_protocol::limits;

use super::{
    ChangeHash, Column, Fact,
    change::{self, CHANGE_DEPS, MAX_OP},
};

/// A foreign change that may be stored and applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    pub hash: ChangeHash,
    /// What it builds on, sorted.
    pub deps: Vec<ChangeHash>,
    /// The column after it; its `max_op` is the change's highest operation.
    pub column: Column,
    /// Fact numbers with their facts, rising; [`Fact::Unknown`] where this version cannot read one, which does not make
    /// the change invalid.
    pub facts: Vec<(u32, Fact)>,
}

/// Why a change was not admitted. All but [`Refused::MissingDeps`] are for ever, as long as the column is the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Nothing else is wrong: hold the change and try again when these have come.
    #[error("builds on {} changes that have not come yet", .0.len())]
    MissingDeps(Vec<ChangeHash>),
    #[error("{got} bytes where at most {limit} are allowed")]
    TooLarge { got: usize, limit: usize },
    #[error("a compressed change")]
    Compressed,
    #[error("not an Automerge change")]
    Undecodable,
    #[error("made by another actor than the certified one")]
    WrongActor,
    #[error("mentions other actors")]
    OtherActors,
    #[error("is number {got} of its column where {expected} is due")]
    WrongSeq { expected: u64, got: u64 },
    #[error("does not name its predecessor, or names changes twice, unsorted or too many")]
    Deps,
    #[error("its operations begin at {got} where {expected} is due")]
    StartOp { expected: u64, got: u64 },
    #[error("carries a time")]
    Time,
    #[error("carries a commit message")]
    Message,
    #[error("carries bytes that nobody reads")]
    ExtraBytes,
    #[error("holds a value that is not a fact")]
    Value,
    #[error("holds no fact")]
    NoFacts,
    #[error("holds more than {} facts", limits::CHANGE_FACTS)]
    TooManyFacts,
    #[error("its column or its segment is full")]
    Full,
    /// Another object or key, an overwrite, a deletion, another order, a wrong checksum, wasteful coding.
    #[error("does more than append facts to its own column, or is not coded the one way that is allowed")]
    NotCanonical,
}

/// Checks a foreign change of the actor of `column`, which stands where its last admitted change left it. `known` tells
/// the highest operation (`column.max_op` of [`Admitted`] or [`super::LocalChange`]) of a change that is already in the
/// segment. Allocates a small multiple of the change's bytes; never panics.
///
/// # Errors
/// The first broken rule; [`Refused::MissingDeps`] only if no other is.
pub fn admit(
    bytes: &[u8],
    column: &Column,
    mut known: impl FnMut(&ChangeHash) -> Option<u64>,
) -> Result<Admitted, Refused> {
    if bytes.len() > limits::CHANGE_BYTES {
        return Err(Refused::TooLarge { got: bytes.len(), limit: limits::CHANGE_BYTES });
    }
    let parts = change::read(bytes)?;
    if parts.actor != column.actor.0 {
        return Err(Refused::WrongActor);
    }
    let due = column.seq + 1;
    if parts.seq != due {
        return Err(Refused::WrongSeq { expected: due, got: parts.seq });
    }
    let chained = match &column.last_hash {
        None => parts.deps.is_empty(),
        Some(last) => parts.deps.contains(last),
    };
    if !chained || parts.deps.len() > CHANGE_DEPS || parts.deps.windows(2).any(|pair| pair[0] >= pair[1]) {
        return Err(Refused::Deps);
    }

    // The operation that makes the column has no value.
    let puts = if column.seq == 0 {
        match parts.values.split_first() {
            Some((None, puts)) => puts,
            _ => return Err(Refused::NotCanonical),
        }
    } else {
        &parts.values[..]
    };
    let values = puts.iter().copied().collect::<Option<Vec<_>>>().ok_or(Refused::Value)?;
    if values.is_empty() {
        return Err(Refused::NoFacts);
    }
    if values.len() > limits::CHANGE_FACTS {
        return Err(Refused::TooManyFacts);
    }
    let next_fact = column.next_fact.checked_add(values.len() as u32).ok_or(Refused::Full)?;

    let Some(start_op) = NonZeroU64::new(parts.start_op).filter(|start_op| start_op.get() <= MAX_OP) else {
        return Err(Refused::StartOp { expected: column.max_op + 1, got: parts.start_op });
    };
    let composed = change::compose(column, &parts.deps, start_op, &values);
    if composed.raw_bytes() != bytes {
        return Err(Refused::NotCanonical);
    }

    let mut missing = Vec::new();
    let mut highest = column.max_op;
    for dep in &parts.deps {
        if column.last_hash.as_ref() == Some(dep) {
            continue;
        }
        match known(dep) {
            Some(max_op) => highest = highest.max(max_op),
            None => missing.push(*dep),
        }
    }
    // Already too low for what is known, it stays so whatever else comes.
    if start_op.get() <= highest || (missing.is_empty() && start_op.get() != highest + 1) {
        return Err(Refused::StartOp { expected: highest + 1, got: start_op.get() });
    }
    if !missing.is_empty() {
        return Err(Refused::MissingDeps(missing));
    }

    let hash = ChangeHash::from(composed.hash());
    let facts = (column.next_fact..).zip(values.iter().map(|value| Fact::decode(value))).collect();
    let column = Column {
        actor: column.actor,
        seq: due,
        last_hash: Some(hash),
        next_fact,
        max_op: start_op.get() + change::operations(column, values.len()) - 1,
    };
    Ok(Admitted { hash, deps: parts.deps, column, facts })
}

/// The facts of a change that was admitted before, in their order. `None` if the bytes are not a change.
#[must_use]
pub fn facts_of(bytes: &[u8]) -> Option<Vec<Fact>> {
    let parts = change::read(bytes).ok()?;
    Some(parts.values.iter().flatten().map(|value| Fact::decode(value)).collect())
}
