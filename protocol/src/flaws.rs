//! Rules that a test breaks on purpose, to see that another test notices. Each place that keeps such a rule asks here.
//!
//! Only the tests build with the feature `flaws`; without it no rule can be broken.

use std::fmt;

/// A rule that is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Flaw {
    /// The relay takes an append whatever handshake it follows.
    SkipCas = 1,
    /// Everybody lets everybody change everything: [`crate::membership::authorise`] is not asked.
    SkipAuthorise,
    /// The relay delivers the welcomes of a handshake that it does not take.
    WelcomeEarly,
    /// A device goes on in the column of another device of its person.
    ReuseActor,
    /// What got no answer is said again, as if it had not arrived.
    SayAgain,
    /// The cursor goes past an envelope that was not taken in.
    SkipEnvelope,
    /// Content is sealed under the key of the era before.
    OldEra,
    /// A closed history is open to newcomers.
    TellNewcomers,
    /// Content counts whoever has signed it.
    SkipSignature,
    /// What waits is forgotten when the app ends.
    ForgetQueue,
}

impl Flaw {
    pub const ALL: [Self; 10] = [
        Self::SkipCas,
        Self::SkipAuthorise,
        Self::WelcomeEarly,
        Self::ReuseActor,
        Self::SayAgain,
        Self::SkipEnvelope,
        Self::OldEra,
        Self::TellNewcomers,
        Self::SkipSignature,
        Self::ForgetQueue,
    ];
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

#[cfg(feature = "flaws")]
static COMMITTED: std::sync::atomic::AtomicU8 = std::sync::atomic::AtomicU8::new(0);

/// From now on this process breaks the rule, and no other one.
#[cfg(feature = "flaws")]
pub fn commit(flaw: Flaw) {
    COMMITTED.store(flaw as u8, std::sync::atomic::Ordering::Relaxed);
}

/// Whether the rule is broken.
#[cfg(feature = "flaws")]
#[must_use]
pub fn has(flaw: Flaw) -> bool {
    COMMITTED.load(std::sync::atomic::Ordering::Relaxed) == flaw as u8
}

/// Whether the rule is broken: never.
#[cfg(not(feature = "flaws"))]
#[must_use]
pub const fn has(_: Flaw) -> bool {
    false
}
