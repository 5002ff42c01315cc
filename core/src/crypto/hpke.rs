//! Sealing for somebody whose public key is all that is known of them: HPKE (RFC 9180, base mode), of the library that
//! OpenMLS rests on. The plaintext itself is sealed under a fresh key, so that it is packed and padded like everything.

use beseda_protocol::backup::SealedFor;
use openmls::prelude::OpenMlsProvider as _;
use openmls_rust_crypto::OpenMlsRustCrypto;
use openmls_traits::{
    crypto::OpenMlsCrypto as _,
    types::{HpkeAeadType, HpkeCiphertext, HpkeConfig, HpkeKdfType, HpkeKemType},
};
use zeroize::Zeroizing;

use super::{Secret, random, seal};

const SUITE: HpkeConfig =
    HpkeConfig(HpkeKemType::DhKem25519, HpkeKdfType::HkdfSha256, HpkeAeadType::ChaCha20Poly1305);

/// A recipient: who knows the seed opens what is sealed for the public key.
pub struct Pair {
    private: Zeroizing<Vec<u8>>,
    pub public: [u8; 32],
}

/// The key is no point, or what was sealed is for somebody else, or was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not sealed for this key")]
pub struct HpkeError;

/// The pair that follows from a seed (RFC 9180, section 7.1.3).
///
/// # Panics
/// Never: a key follows from any 32 bytes.
#[must_use]
pub fn pair(seed: &Secret) -> Pair {
    let provider = OpenMlsRustCrypto::default();
    let pair =
        provider.crypto().derive_hpke_keypair(SUITE, seed.expose()).expect("a key follows from any 32 bytes");
    let mut public = [0; 32];
    public.copy_from_slice(&pair.public);
    Pair { private: Zeroizing::new(pair.private.to_vec()), public }
}

/// Seals for `recipient`; `bound` must be known again to open it.
///
/// # Errors
/// [`HpkeError`] when the recipient is no point.
pub fn seal_for(
    recipient: &[u8; 32],
    part: seal::Part,
    bound: &[u8],
    plain: &[u8],
) -> Result<SealedFor, HpkeError> {
    let key = Secret::generate();
    let provider = OpenMlsRustCrypto::default();
    let wrapped = provider
        .crypto()
        .hpke_seal(SUITE, recipient, part.label(), bound, key.expose())
        .map_err(|_| HpkeError)?;
    Ok(SealedFor {
        kem: wrapped.kem_output.as_slice().to_vec(),
        key: wrapped.ciphertext.as_slice().to_vec(),
        sealed: seal::seal(&key, part, bound, plain, random()),
    })
}

impl Pair {
    /// Opens what is at most `limit` bytes.
    ///
    /// # Errors
    /// [`HpkeError`].
    pub fn open(
        &self,
        part: seal::Part,
        bound: &[u8],
        sealed: &SealedFor,
        limit: usize,
    ) -> Result<Vec<u8>, HpkeError> {
        let input =
            HpkeCiphertext { kem_output: sealed.kem.clone().into(), ciphertext: sealed.key.clone().into() };
        let provider = OpenMlsRustCrypto::default();
        let key = provider
            .crypto()
            .hpke_open(SUITE, &input, &self.private, part.label(), bound)
            .map_err(|_| HpkeError)?;
        let key = Secret::from_slice(&key).ok_or(HpkeError)?;
        seal::open(&key, part, bound, &sealed.sealed, limit).map_err(|_| HpkeError)
    }
}
