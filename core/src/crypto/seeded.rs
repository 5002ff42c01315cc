//! Chance that can be repeated: for schedules of the tests, which are told again by their seed.
//!
//! Only the tests build with the feature `seeded` (as with the protocol's `flaws`: a build of the whole workspace has it by
//! unification, a package has not), and even there chance is the system's until a thread has called [`seed`]. It is that
//! thread's alone: stories beside it are not concerned.
//!
//! What it gives are ids and the keys that ids are made of: whatever is sorted or compared. What OpenMLS, HPKE and Noise draw
//! for themselves stays the system's. It ends in ciphertexts, which decide nothing.

use std::cell::RefCell;

thread_local! {
    static SOURCE: RefCell<Option<blake3::OutputReader>> = const { RefCell::new(None) };
}

/// From now on this thread draws what follows from `seed`.
pub fn seed(seed: &[u8]) {
    let mut hasher = blake3::Hasher::new_derive_key("beseda chance of a test v1");
    hasher.update(seed);
    SOURCE.set(Some(hasher.finalize_xof()));
}

/// Whether this thread has a seed; `bytes` are the next ones then.
pub(super) fn fill(bytes: &mut [u8]) -> bool {
    SOURCE.with_borrow_mut(|source| source.as_mut().map(|source| source.fill(bytes)).is_some())
}
