//! Who a device belongs to: the signed statements behind a user id.
//!
//! Here the chain holds the genesis alone; later statements (devices added and revoked) append to it.

use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};

use crate::{
    codec,
    ids::{DeviceId, UserId},
    sign::{self, BadSignature, Purpose, Signature},
};

/// The first statement about a user, from which the user id is derived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Genesis {
    pub v: u16,
    /// Ed25519 key that outranks devices; it is used only for recovery and revocation.
    #[serde(with = "serde_bytes")]
    pub recovery_key: [u8; 32],
    pub first_device: DeviceId,
}

/// A device's proof of whose it is: the content of its MLS credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub genesis: Genesis,
    /// By the recovery key over the CBOR of the genesis.
    pub by_recovery: Signature,
    /// By the first device over the same.
    pub by_device: Signature,
}

/// Whose device it is, checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Member {
    pub user: UserId,
    pub device: DeviceId,
}

impl Identity {
    #[must_use]
    pub fn create(recovery: &SigningKey, device: &SigningKey) -> Self {
        let genesis = Genesis {
            v: 1,
            recovery_key: recovery.verifying_key().to_bytes(),
            first_device: DeviceId(device.verifying_key().to_bytes()),
        };
        let bytes = codec::encode(&genesis);
        Self {
            by_recovery: sign::sign(recovery, Purpose::Genesis, &[&bytes]),
            by_device: sign::sign(device, Purpose::Genesis, &[&bytes]),
            genesis,
        }
    }

    /// # Errors
    /// When either signature does not hold, or the statement is of an unknown version.
    pub fn verify(&self) -> Result<Member, BadSignature> {
        if self.genesis.v != 1 {
            return Err(BadSignature);
        }
        let bytes = codec::encode(&self.genesis);
        sign::verify(&self.genesis.recovery_key, Purpose::Genesis, &[&bytes], &self.by_recovery)?;
        sign::verify(&self.genesis.first_device.0, Purpose::Genesis, &[&bytes], &self.by_device)?;
        Ok(Member { user: self.user_id(), device: self.genesis.first_device })
    }

    /// `BLAKE3-derive("beseda user id v1", CBOR of the genesis)`; says nothing before [`Identity::verify`].
    #[must_use]
    pub fn user_id(&self) -> UserId {
        UserId(blake3::derive_key("beseda user id v1", &codec::encode(&self.genesis)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_holds_for_its_own_keys_only() {
        let (recovery, device, other) = (
            SigningKey::from_bytes(&[1; 32]),
            SigningKey::from_bytes(&[2; 32]),
            SigningKey::from_bytes(&[3; 32]),
        );
        let identity = Identity::create(&recovery, &device);
        let member = identity.verify().unwrap();
        assert_eq!(member.device.0, device.verifying_key().to_bytes());

        let mut stolen = identity.clone();
        stolen.genesis.first_device = DeviceId(other.verifying_key().to_bytes());
        assert_eq!(stolen.verify(), Err(BadSignature));
        assert_ne!(stolen.user_id(), member.user);
    }
}
