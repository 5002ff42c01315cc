//! Where one actor's column stands: the five numbers from which its next change is checked or made.

use beseda_protocol::ActorId;

use super::ChangeHash;

/// The state of one column after its last change. Stored beside the changes; it holds no content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub actor: ActorId,
    /// How many changes the column has.
    pub seq: u64,
    /// Hash of the last one; `None` exactly while `seq` is 0.
    pub last_hash: Option<ChangeHash>,
    /// Number of the next fact; numbers begin at 0 and have no holes.
    pub next_fact: u32,
    /// Highest Automerge operation counter of the last change; 0 before the first.
    pub max_op: u64,
}

impl Column {
    /// A column nobody has written to.
    #[must_use]
    pub fn new(actor: ActorId) -> Self {
        Self { actor, seq: 0, last_hash: None, next_fact: 0, max_op: 0 }
    }
}

/// The map key of fact `number`. Keys have a fixed width and count down, so that new facts sort first and Automerge
/// stops walking the map at once.
#[must_use]
pub fn key(number: u32) -> String {
    format!("{:08x}", u32::MAX - number)
}

/// The number of the fact at a map key, the inverse of [`key`].
pub(super) fn number(key: &str) -> Option<u32> {
    u32::from_str_radix(key, 16).ok().map(|inverted| u32::MAX - inverted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newer_facts_sort_first() {
        let numbers = [0, 1, 9, 10, 255, 256, 70_000, u32::MAX];
        for pair in numbers.windows(2) {
            assert!(key(pair[0]) > key(pair[1]), "{pair:?}");
        }
        for n in numbers {
            assert_eq!(number(&key(n)), Some(n));
            assert_eq!(key(n).len(), 8);
        }
    }
}
