//! What a chat looks like in Automerge: fact -> change -> fact.
//!
//! A chat's content is a sequence of *segments*, each one Automerge document. In it every actor (one device in one
//! segment) owns a *column*: a map of its own under the root, filled with *facts* that nobody else can touch. This is
//! the document of one actor `a1…`, keys newest first:
//!
//! ```text
//! ROOT { "a1…": { "fffffffe": <fact 1>, "ffffffff": <fact 0> } }
//! ```
//!
//! Reading order: [`fact`], [`own`] and [`card`], [`column`], [`change`], [`gate`], [`segment`]. A foreign change passes [`admit`] before
//! anything else looks at it; a change of our own is made by [`Segment::write`].
//!
//! Deliberately absent: SQL, async, clocks, signatures (who owns an actor is settled before a change comes here), and
//! what facts mean together (an edit's winner, unread counts: the projection). No screen reads a document.

pub mod card;
pub mod change;
pub mod column;
pub mod fact;
pub mod gate;
pub mod own;
pub mod segment;

#[cfg(test)]
mod tests;

use std::fmt;

use data_encoding::HEXLOWER;

pub use card::Card;
pub use change::hash_of;
pub use column::{Column, key};
pub use fact::{Fact, Forwarded, Mention, Poll, With};
pub use gate::{Admitted, Refused, admit, facts_of};
pub use own::{Arranged, Own, OwnContact, OwnPerson, OwnProfileFact, OwnVerified};
pub use segment::{LocalChange, Segment};

/// SHA-256 of a change, as Automerge defines it. It covers the hashes of all changes the change depends on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChangeHash(pub [u8; 32]);

impl ChangeHash {
    /// `None` unless `bytes` are exactly 32.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for ChangeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for ChangeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChangeHash({})", HEXLOWER.encode(&self.0[..4]))
    }
}

impl From<automerge::ChangeHash> for ChangeHash {
    fn from(hash: automerge::ChangeHash) -> Self {
        Self(hash.0)
    }
}

impl From<ChangeHash> for automerge::ChangeHash {
    fn from(hash: ChangeHash) -> Self {
        Self(hash.0)
    }
}

/// A segment could not be opened, extended or saved. Drop it: the stored changes are the truth, and
/// [`Segment::rebuild`] makes it anew from them.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    #[error("the saved segment has {got} bytes where at most {limit} are read; rebuild it from its changes")]
    SavedTooLarge { got: usize, limit: usize },
    #[error("the change would have {got} bytes where at most {limit} are allowed; shorten it")]
    ChangeTooLarge { got: usize, limit: usize },
    #[error("a change holds 1 to {limit} facts, not {got}; split them over several changes")]
    FactCount { got: usize, limit: usize },
    #[error("fact {index} is over a limit or of an unknown kind, and nobody could read it; shorten it")]
    UnreadableFact { index: usize },
    #[error("the column is full; begin a new segment")]
    Full,
    #[error("{} changes that others build on are not in the segment; apply them first", .0.len())]
    Missing(Vec<ChangeHash>),
    #[error("Automerge refused: {0}; rebuild the segment from its changes")]
    Automerge(String),
    #[error("Automerge panicked: {0}; rebuild the segment from its changes")]
    Panicked(String),
    #[error("an earlier error left the segment in doubt; rebuild it from its changes")]
    InDoubt,
}
