//! The one form in which a change may exist: [`compose`] writes it, [`read`] takes it apart again.
//!
//! Automerge's chunk format lets a few hundred bytes claim a billion operations, or panic its decoder. So a foreign
//! change is not given to that decoder. [`read`] finds only the parts that may differ between honest changes, in time
//! and memory bounded by the change's own length, and believes none of them; the gate then composes the change anew
//! from these parts and compares the bytes. What [`compose`] cannot have written does not pass, whatever it is.

use std::num::NonZeroU64;

use automerge::{
    ActorId as AutomergeActor, Change, ExpandedChange, ObjType, ScalarValue,
    legacy::{Key, ObjectId, Op, OpId, OpType, SortedVec},
};
use beseda_protocol::{ActorId, limits};
use sha2::{Digest, Sha256};

use super::{ChangeHash, Column, Refused, column::key};

/// Most changes that one change names as those it builds on. A writer that sees more heads leaves the rest for later.
pub const CHANGE_DEPS: usize = 256;

/// Highest operation counter. Counters only rise by the operations of real changes, and Automerge stores 32 bits.
pub const MAX_OP: u64 = 1 << 31;

/// The operation that makes an actor's column. The first change of a column builds on nothing, so its counter is 1 for
/// every actor, and no state of the document is needed to know the object that all later facts are put into.
const COLUMN_OP: u64 = 1;

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const KIND_CHANGE: u8 = 1;
const KIND_COMPRESSED: u8 = 2;
const VALUE_META: u64 = 0x56;
const VALUE_BYTES: u64 = 0x57;
/// More columns than Automerge knows for changes.
const COLUMNS: u64 = 32;

pub(super) fn automerge_actor(actor: ActorId) -> AutomergeActor {
    AutomergeActor::from(actor.0.as_slice())
}

/// The change that follows `column` with `values` as its facts. `deps` and `start_op` are the caller's to get right.
pub(super) fn compose(
    column: &Column,
    deps: &[ChangeHash],
    start_op: NonZeroU64,
    values: &[&[u8]],
) -> Change {
    let actor_id = automerge_actor(column.actor);
    let op = |action, obj, key: String| Op {
        action,
        obj,
        key: Key::Map(key.into()),
        pred: SortedVec::new(),
        insert: false,
    };
    let mut operations = Vec::with_capacity(values.len() + 1);
    if column.seq == 0 {
        operations.push(op(OpType::Make(ObjType::Map), ObjectId::Root, column.actor.to_string()));
    }
    let object = ObjectId::Id(OpId::new(COLUMN_OP, &actor_id));
    for (number, value) in (column.next_fact..).zip(values) {
        let value = ScalarValue::Bytes(value.to_vec());
        operations.push(op(OpType::Put(value), object.clone(), key(number)));
    }
    Change::from(ExpandedChange {
        operations,
        actor_id,
        hash: None,
        seq: column.seq + 1,
        start_op,
        time: 0,
        message: None,
        deps: deps.iter().map(|hash| (*hash).into()).collect(),
        extra_bytes: Vec::new(),
        author: None,
    })
}

/// How many operations a change of `facts` facts has after `column`.
pub(super) fn operations(column: &Column, facts: usize) -> u64 {
    facts as u64 + u64::from(column.seq == 0)
}

/// The hash of a change, from its bytes alone, to see whether it is already here. `None` if they are not one plain
/// change chunk. Says nothing about whether the change is valid.
#[must_use]
pub fn hash_of(bytes: &[u8]) -> Option<ChangeHash> {
    chunk(bytes).ok().map(hash_of_body)
}

fn hash_of_body(body: &[u8]) -> ChangeHash {
    let mut hasher = Sha256::new();
    hasher.update([KIND_CHANGE]);
    let mut length = body.len();
    while length >= 0x80 {
        hasher.update([(length & 0x7f) as u8 | 0x80]);
        length >>= 7;
    }
    hasher.update([length as u8]);
    hasher.update(body);
    ChangeHash(hasher.finalize().into())
}

/// The parts of a change that differ between honest changes. Nothing about them is checked.
#[derive(Debug)]
pub(super) struct Parts<'a> {
    pub deps: Vec<ChangeHash>,
    pub actor: &'a [u8],
    pub seq: u64,
    pub start_op: u64,
    /// Of each operation its value; `None` where it is null. At most one more than a change's facts.
    pub values: Vec<Option<&'a [u8]>>,
}

/// The body of the one chunk that fills `bytes`.
fn chunk(bytes: &[u8]) -> Result<&[u8], Refused> {
    let mut input = Input(bytes);
    if input.take(4)? != MAGIC {
        return Err(Refused::Undecodable);
    }
    let _checksum = input.take(4)?;
    match input.byte()? {
        KIND_CHANGE => {}
        KIND_COMPRESSED => return Err(Refused::Compressed),
        _ => return Err(Refused::Undecodable),
    }
    let length = input.length()?;
    if length == input.0.len() { Ok(input.0) } else { Err(Refused::Undecodable) }
}

/// Takes a change apart without believing it, in time linear in `bytes`.
pub(super) fn read(bytes: &[u8]) -> Result<Parts<'_>, Refused> {
    let mut input = Input(chunk(bytes)?);
    let deps = input.length()?;
    if deps > CHANGE_DEPS {
        return Err(Refused::Deps);
    }
    let deps = (0..deps)
        .map(|_| input.take(32).and_then(|hash| ChangeHash::from_slice(hash).ok_or(Refused::Undecodable)))
        .collect::<Result<Vec<_>, _>>()?;
    let actor_length = input.length()?;
    let actor = input.take(actor_length)?;
    let seq = input.unsigned()?;
    let start_op = input.unsigned()?;
    if input.signed()? != 0 {
        return Err(Refused::Time);
    }
    if input.unsigned()? != 0 {
        return Err(Refused::Message);
    }
    if input.unsigned()? != 0 {
        return Err(Refused::OtherActors);
    }

    let columns = input.unsigned()?;
    if columns > COLUMNS {
        return Err(Refused::Undecodable);
    }
    let mut layout = Vec::with_capacity(columns as usize);
    for _ in 0..columns {
        layout.push((input.unsigned()?, input.length()?));
    }
    let (mut meta, mut raw) = (Input(&[]), Input(&[]));
    for (column, length) in layout {
        let data = Input(input.take(length)?);
        match column {
            VALUE_META => meta = data,
            VALUE_BYTES => raw = data,
            _ => {}
        }
    }
    if !input.0.is_empty() {
        return Err(Refused::ExtraBytes);
    }
    Ok(Parts { deps, actor, seq, start_op, values: values(meta, raw)? })
}

/// Reads the values of the operations. Their types and lengths are run-length coded: a run of n equal ones, or n
/// different ones written out, or (which no change of ours has) n absent ones.
fn values<'a>(mut meta: Input<'a>, mut raw: Input<'a>) -> Result<Vec<Option<&'a [u8]>>, Refused> {
    let mut values = Vec::new();
    while !meta.0.is_empty() {
        let run = meta.signed()?;
        // The cap on the run comes before anything is done a run's number of times.
        if run.unsigned_abs() > (limits::CHANGE_FACTS + 1 - values.len()) as u64 {
            return Err(Refused::TooManyFacts);
        }
        let mut repeated = if run > 0 { Some(meta.unsigned()?) } else { None };
        if run == 0 {
            return Err(Refused::Value);
        }
        for _ in 0..run.unsigned_abs() {
            let described = match repeated.as_mut() {
                Some(described) => *described,
                None => meta.unsigned()?,
            };
            values.push(match described & 0x0f {
                0 if described == 0 => None,
                7 => Some(raw.take(usize::try_from(described >> 4).map_err(|_| Refused::Value)?)?),
                _ => return Err(Refused::Value),
            });
        }
    }
    Ok(values)
}

/// Bytes yet to be read.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8], Refused> {
        let (taken, rest) = self.0.split_at_checked(n).ok_or(Refused::Undecodable)?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, Refused> {
        self.take(1).map(|byte| byte[0])
    }

    /// LEB128 of at most 63 bits: nothing here is larger.
    fn unsigned(&mut self) -> Result<u64, Refused> {
        let mut value = 0;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Refused::Undecodable)
    }

    /// Signed LEB128 of at most 63 bits.
    fn signed(&mut self) -> Result<i64, Refused> {
        let mut value = 0i64;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            value |= i64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                let unused = 64 - (shift + 7);
                return Ok(value << unused >> unused);
            }
        }
        Err(Refused::Undecodable)
    }

    /// A length or a count; how much of it there really is, is for the reader to see.
    fn length(&mut self) -> Result<usize, Refused> {
        usize::try_from(self.unsigned()?).map_err(|_| Refused::Undecodable)
    }
}
