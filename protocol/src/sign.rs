//! Ed25519 signatures, each over a statement with a purpose, so that none can be replayed as another.

use ed25519_dalek::{Signature as Ed25519Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

/// What a signature is for; its label goes in front of the signed bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A device proves itself to a relay: `server name || 0x00 || nonce`.
    Session,
    /// A slot key proves that it may use a chat in a session: `server name || 0x00 || nonce || chat`.
    ChatAccess,
    /// The first statement about a user.
    Genesis,
    /// A statement about a person's devices: CBOR of [`crate::identity::Statement`].
    Devices,
    /// A device binds an Automerge actor to itself: `chat || segment as u32 big-endian || actor`.
    Actor,
    /// The changes of an envelope: `chat || segment as u32 big-endian || actor || hash of the last change`.
    Changes,
    /// Records of a backup: their CBOR.
    Backup,
    /// A device wrote a record of a backup: its id and its CBOR.
    Record,
    /// Who comes back says for whom keys are to be sealed: `chat || recipient`.
    Return,
    /// Opens an account for a device: `nonce || device`.
    Voucher,
    /// A membership event: CBOR of [`crate::membership::Event`].
    Membership,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Self::Session => b"beseda/1 session\0",
            Self::ChatAccess => b"beseda/1 chat access\0",
            Self::Genesis => b"beseda/1 genesis\0",
            Self::Devices => b"beseda/1 devices\0",
            Self::Actor => b"beseda/1 actor\0",
            Self::Changes => b"beseda/1 changes\0",
            Self::Backup => b"beseda/1 backup\0",
            Self::Record => b"beseda/1 record\0",
            Self::Return => b"beseda/1 return\0",
            Self::Voucher => b"beseda/1 voucher\0",
            Self::Membership => b"beseda/1 membership\0",
        }
    }
}

/// 64 bytes of Ed25519.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Signature(#[serde(with = "serde_bytes")] pub [u8; 64]);

impl std::fmt::Debug for Signature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signature(..)")
    }
}

/// The signature is not by this key over these bytes for this purpose, or the key is not a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not match")]
pub struct BadSignature;

fn statement(purpose: Purpose, parts: &[&[u8]]) -> Vec<u8> {
    let label = purpose.label();
    let mut bytes = Vec::with_capacity(label.len() + parts.iter().map(|part| part.len()).sum::<usize>());
    bytes.extend_from_slice(label);
    for part in parts {
        bytes.extend_from_slice(part);
    }
    bytes
}

#[must_use]
pub fn sign(key: &SigningKey, purpose: Purpose, parts: &[&[u8]]) -> Signature {
    Signature(key.sign(&statement(purpose, parts)).to_bytes())
}

/// # Errors
/// [`BadSignature`]; weak keys and malleable signatures are refused too (`verify_strict`).
pub fn verify(
    key: &[u8; 32],
    purpose: Purpose,
    parts: &[&[u8]],
    signature: &Signature,
) -> Result<(), BadSignature> {
    VerifyingKey::from_bytes(key)
        .and_then(|key| {
            key.verify_strict(&statement(purpose, parts), &Ed25519Signature::from_bytes(&signature.0))
        })
        .map_err(|_| BadSignature)
}
