//! Who may read: the device's keys, MLS groups, era keys, and sealing under them.
//!
//! Pure over its stores: MLS state comes in as rows and goes out as changed rows. No SQL, no IO, and no
//! cryptography of our own: OpenMLS (RFC 9420), Ed25519, XChaCha20-Poly1305, HKDF.

pub mod hpke;
pub mod keys;
pub mod mls;
pub mod noise;
pub mod recovery;
pub mod seal;
#[cfg(feature = "seeded")]
pub mod seeded;

use zeroize::Zeroizing;

/// Fresh random bytes from the operating system.
///
/// # Panics
/// When the system has no randomness to give: nothing safe can be done without it.
#[must_use]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    #[cfg(feature = "seeded")]
    if seeded::fill(&mut bytes) {
        return bytes;
    }
    getrandom::fill(&mut bytes).expect("the operating system gives randomness");
    bytes
}

/// 32 bytes that must not print or linger.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub(crate) Zeroizing<[u8; 32]>);

impl Secret {
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    #[must_use]
    pub fn generate() -> Self {
        Self::new(random())
    }

    /// `None` when `bytes` are not 32.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::new)
    }

    /// The bytes themselves: for the encrypted database and for ciphers only.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}
