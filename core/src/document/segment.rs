//! One segment: an Automerge document of columns, held open to write to or to catch up.
//!
//! Only admitted changes come here ([`super::admit`]). Every entry into Automerge is inside `catch_unwind` all the same,
//! because 0.12 rests on an alpha storage crate; after any error but a plain refusal the segment answers
//! [`DocumentError::InDoubt`] until it is rebuilt.

use std::{
    collections::{BTreeMap, HashSet},
    num::NonZeroU64,
    ops::Range,
    panic::{AssertUnwindSafe, catch_unwind},
};

use automerge::{Automerge, Change, LoadOptions, ReadDoc, ScalarValueRef, ValueRef, VerificationMode};
use beseda_protocol::{ActorId, limits};

use super::{
    ChangeHash, Column, DocumentError, Fact,
    change::{self, CHANGE_DEPS, MAX_OP},
    column,
};

/// Most changes given to Automerge at once: one call with a million took 4.6 GB.
const CHUNK: usize = 1000;
/// Largest saved segment that is opened, in bytes; a larger one is rebuilt. Saved ones are a cache of our own making,
/// so this bounds damage, not hostility.
const SAVED_BYTES: usize = 128 * 1024 * 1024;
/// Own changes that the document may be behind.
const BEHIND: usize = 256;

/// One Automerge document with the columns of a segment.
pub struct Segment {
    document: Automerge,
    /// Heads with their highest operation. All other changes are ancestors of these.
    heads: BTreeMap<ChangeHash, u64>,
    /// Changes written here that the document does not hold yet: writing the next one needs only the heads, and it is
    /// cheaper to apply many at once, when the document itself is needed.
    behind: Vec<Change>,
    in_doubt: bool,
}

/// A change of our own, to be stored in the transaction that shows its facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalChange {
    /// Raw, never compressed; at most [`limits::CHANGE_BYTES`].
    pub bytes: Vec<u8>,
    pub hash: ChangeHash,
    /// What it builds on, sorted.
    pub deps: Vec<ChangeHash>,
    /// The column after it; its `max_op` is the change's highest operation.
    pub column: Column,
    /// Numbers of its facts, in the order they were given.
    pub numbers: Range<u32>,
}

impl Default for Segment {
    fn default() -> Self {
        Self::new()
    }
}

impl Segment {
    /// A segment nobody has written to.
    #[must_use]
    pub fn new() -> Self {
        Self { document: Automerge::new(), heads: BTreeMap::new(), behind: Vec::new(), in_doubt: false }
    }

    /// Opens what [`Segment::save`] wrote. Hashes are verified.
    ///
    /// # Errors
    /// When it is too large or damaged: use [`Segment::rebuild`].
    pub fn load(saved: &[u8]) -> Result<Self, DocumentError> {
        if saved.len() > SAVED_BYTES {
            return Err(DocumentError::SavedTooLarge { got: saved.len(), limit: SAVED_BYTES });
        }
        guarded(|| {
            let options = LoadOptions::new().verification_mode(VerificationMode::Check);
            let document = Automerge::load_with_options(saved, options).map_err(refused)?;
            let mut heads = BTreeMap::new();
            for hash in document.get_heads() {
                let meta = document.get_change_meta_by_hash(&hash);
                heads.insert(hash.into(), meta.map_or(0, |meta| meta.max_op));
            }
            Ok(Self { document, heads, behind: Vec::new(), in_doubt: false })
        })
    }

    /// Makes a segment from its admitted changes, in an order in which each comes after those it builds on.
    ///
    /// # Errors
    /// As [`Segment::apply`].
    pub fn rebuild<'a>(changes: impl IntoIterator<Item = &'a [u8]>) -> Result<Self, DocumentError> {
        let mut segment = Self::new();
        segment.apply(changes)?;
        Ok(segment)
    }

    /// Applies admitted changes, in an order in which each comes after those it builds on. Those already here are
    /// skipped.
    ///
    /// # Errors
    /// [`DocumentError::Missing`] when the order is wrong; then and after every other error changes before the failing
    /// one may have been applied.
    pub fn apply<'a>(&mut self, changes: impl IntoIterator<Item = &'a [u8]>) -> Result<(), DocumentError> {
        let mut changes = changes.into_iter();
        loop {
            let chunk: Vec<&[u8]> = changes.by_ref().take(CHUNK).collect();
            if chunk.is_empty() {
                return Ok(());
            }
            self.enter(|segment| segment.apply_chunk(&chunk))?;
        }
    }

    fn apply_chunk(&mut self, chunk: &[&[u8]]) -> Result<(), DocumentError> {
        self.catch_up()?;
        let mut coming = HashSet::with_capacity(chunk.len());
        let mut changes = Vec::with_capacity(chunk.len());
        for bytes in chunk {
            let change = Change::try_from(*bytes).map_err(refused)?;
            if coming.contains(&change.hash()) || self.holds(change.hash()) {
                continue;
            }
            // Automerge would queue it without bound and without a word.
            let missing: Vec<_> =
                change.deps().iter().filter(|dep| !coming.contains(*dep) && !self.holds(**dep)).collect();
            if !missing.is_empty() {
                return Err(DocumentError::Missing(missing.into_iter().map(|hash| (*hash).into()).collect()));
            }
            coming.insert(change.hash());
            changes.push(change);
        }
        self.apply_ready(changes)
    }

    fn apply_ready(&mut self, changes: Vec<Change>) -> Result<(), DocumentError> {
        let steps: Vec<_> =
            changes.iter().map(|change| (change.hash(), change.max_op(), change.deps().to_vec())).collect();
        self.document.apply_changes(changes).map_err(refused)?;
        for (hash, max_op, deps) in steps {
            self.advance(hash, max_op, &deps);
        }
        Ok(())
    }

    fn advance(&mut self, hash: automerge::ChangeHash, max_op: u64, deps: &[automerge::ChangeHash]) {
        for dep in deps {
            self.heads.remove(&(*dep).into());
        }
        self.heads.insert(hash.into(), max_op);
    }

    /// The document holds everything from here on.
    fn catch_up(&mut self) -> Result<(), DocumentError> {
        if self.behind.is_empty() {
            return Ok(());
        }
        self.document.apply_changes(std::mem::take(&mut self.behind)).map_err(refused)
    }

    /// Writes `facts` as one change of `column`, which must stand where the last change of that actor left it. The first
    /// change of a column also makes its map.
    ///
    /// # Errors
    /// [`DocumentError::FactCount`], [`DocumentError::UnreadableFact`], [`DocumentError::ChangeTooLarge`],
    /// [`DocumentError::Full`] and [`DocumentError::Missing`] (the segment is behind the column) leave the segment as it
    /// was.
    pub fn write(&mut self, column: &Column, facts: &[Fact]) -> Result<LocalChange, DocumentError> {
        if facts.is_empty() || facts.len() > limits::CHANGE_FACTS {
            return Err(DocumentError::FactCount { got: facts.len(), limit: limits::CHANGE_FACTS });
        }
        if let Some(index) = facts.iter().position(|fact| !fact.is_readable()) {
            return Err(DocumentError::UnreadableFact { index });
        }
        let values: Vec<Vec<u8>> = facts.iter().map(Fact::encode).collect();
        let values: Vec<&[u8]> = values.iter().map(Vec::as_slice).collect();
        self.enter(|segment| segment.write_values(column, &values))
    }

    fn write_values(&mut self, column: &Column, values: &[&[u8]]) -> Result<LocalChange, DocumentError> {
        if let Some(last) = column.last_hash.filter(|last| !self.holds((*last).into())) {
            return Err(DocumentError::Missing(vec![last]));
        }
        let next_fact = column.next_fact.checked_add(values.len() as u32).ok_or(DocumentError::Full)?;
        let (deps, start_op) = self.position(column);
        let start_op =
            NonZeroU64::new(start_op).filter(|op| op.get() <= MAX_OP).ok_or(DocumentError::Full)?;

        let composed = change::compose(column, &deps, start_op, values);
        let bytes = composed.raw_bytes().to_vec();
        if bytes.len() > limits::CHANGE_BYTES {
            return Err(DocumentError::ChangeTooLarge { got: bytes.len(), limit: limits::CHANGE_BYTES });
        }
        let (hash, max_op) = (ChangeHash::from(composed.hash()), composed.max_op());
        self.advance(composed.hash(), max_op, composed.deps());
        self.behind.push(composed);
        if self.behind.len() >= BEHIND {
            self.catch_up()?;
        }
        let numbers = column.next_fact..next_fact;
        let column =
            Column { actor: column.actor, seq: column.seq + 1, last_hash: Some(hash), next_fact, max_op };
        Ok(LocalChange { bytes, hash, deps, column, numbers })
    }

    /// What the next change of `column` builds on, sorted, and where its operations begin. The rules are the gate's.
    fn position(&self, column: &Column) -> (Vec<ChangeHash>, u64) {
        let Some(last) = column.last_hash else { return (Vec::new(), 1) };
        let others = self.heads.iter().filter(|(hash, _)| **hash != last).take(CHANGE_DEPS - 1);
        let (mut deps, ops): (Vec<_>, Vec<_>) = others.map(|(hash, max_op)| (*hash, *max_op)).unzip();
        deps.push(last);
        deps.sort_unstable();
        (deps, ops.into_iter().fold(column.max_op, u64::max) + 1)
    }

    /// The compact form for [`Segment::load`]: a cache, never the truth.
    ///
    /// # Errors
    /// When Automerge panics; or the segment is in doubt.
    pub fn save(&mut self) -> Result<Vec<u8>, DocumentError> {
        self.enter(|segment| {
            segment.catch_up()?;
            Ok(segment.document.save())
        })
    }

    /// Changes that no other builds on, sorted. Equal heads are equal content.
    #[must_use]
    pub fn heads(&self) -> Vec<ChangeHash> {
        self.heads.keys().copied().collect()
    }

    #[must_use]
    pub fn contains(&self, hash: &ChangeHash) -> bool {
        self.holds((*hash).into())
    }

    fn holds(&self, hash: automerge::ChangeHash) -> bool {
        self.heads.contains_key(&hash.into())
            || self.behind.iter().any(|change| change.hash() == hash)
            || self.document.get_change_meta_by_hash(&hash).is_some()
    }

    /// The facts of one column by number, rising: to check documents against the projection. Screens never ask.
    #[must_use]
    pub fn facts(&self, actor: ActorId) -> Vec<(u32, Fact)> {
        let mut document = self.document.clone();
        if document.apply_changes(self.behind.clone()).is_err() {
            return Vec::new();
        }
        let Ok(Some((_, object))) = document.get(automerge::ROOT, actor.to_string()) else {
            return Vec::new();
        };
        let mut facts: Vec<_> = document
            .map_range(&object, ..)
            .filter_map(|item| match item.value {
                ValueRef::Scalar(ScalarValueRef::Bytes(bytes)) => {
                    Some((column::number(&item.key)?, Fact::decode(&bytes)))
                }
                _ => None,
            })
            .collect();
        facts.reverse();
        facts
    }

    /// Runs `work` unless the segment is in doubt, and leaves it in doubt after what cannot be undone.
    fn enter<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, DocumentError>,
    ) -> Result<T, DocumentError> {
        if self.in_doubt {
            return Err(DocumentError::InDoubt);
        }
        let done = guarded(|| work(self));
        self.in_doubt = matches!(done, Err(DocumentError::Automerge(_) | DocumentError::Panicked(_)));
        done
    }
}

impl std::fmt::Debug for Segment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Segment").field("heads", &self.heads).field("in_doubt", &self.in_doubt).finish()
    }
}

fn refused(error: impl std::fmt::Display) -> DocumentError {
    DocumentError::Automerge(error.to_string())
}

/// Turns a panic into an error. What `work` borrowed is not used again: the caller marks it in doubt or drops it.
fn guarded<T>(work: impl FnOnce() -> Result<T, DocumentError>) -> Result<T, DocumentError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<String>().map(String::as_str);
        let said = said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no reason given");
        Err(DocumentError::Panicked(said.to_owned()))
    })
}
