//! Who a device belongs to: the signed statements behind a user id.
//!
//! The genesis names the recovery key and the first device. Statements follow, each naming the one before: a device was
//! added, a device was removed. A device's identity is the chain up to the statement that added it. All of it is pure:
//! what a chain says follows from its bytes.

use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};

use crate::{
    codec,
    ids::{DeviceId, UserId},
    limits,
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

/// What a statement does to a person's devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    Add(DeviceId),
    /// For good: a device that was removed never comes back.
    Remove(DeviceId),
}

/// A statement after the genesis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    pub v: u16,
    /// [`Identity::tip`] of the chain before it.
    #[serde(with = "serde_bytes")]
    pub prev: [u8; 32],
    pub what: What,
    /// Who says it: the recovery key, or a device that is active at this point.
    #[serde(with = "serde_bytes")]
    pub by: [u8; 32],
    /// Milliseconds since 1970 on its author's clock; shown, never trusted.
    pub at: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedStatement {
    pub statement: Statement,
    /// [`Purpose::Devices`] over the CBOR of the statement, by the key it names.
    pub signature: Signature,
    /// For an addition: the added device over the same, so that nobody adds a device that they do not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_added: Option<Signature>,
}

/// A device's proof of whose it is: the content of its MLS credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub genesis: Genesis,
    /// By the recovery key over the CBOR of the genesis.
    pub by_recovery: Signature,
    /// By the first device over the same.
    pub by_device: Signature,
    /// What was said since. In a device's own proof the last one adds it; empty for the first device.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chain: Vec<SignedStatement>,
}

/// Whose device it is, checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Member {
    pub user: UserId,
    pub device: DeviceId,
}

/// Why a chain says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadIdentity {
    #[error(transparent)]
    Signature(#[from] BadSignature),
    #[error("a statement of a version that this app does not know: update Beseda")]
    Version,
    #[error("a statement that does not follow the one before")]
    Order,
    #[error("a statement by a device that was not active")]
    NotActive,
    #[error("a device that was added before")]
    Known,
    #[error("a person has at most {} devices", limits::DEVICES)]
    TooManyDevices,
    #[error("too many changes of devices")]
    TooLong,
    #[error("the last device cannot be removed")]
    Last,
    #[error("the last statement adds no device")]
    NotAdded,
    #[error("this device was removed, or added beside what its owner said")]
    Outranked,
}

/// A device as a chain knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    pub device: DeviceId,
    /// When it was added, on the clock of who added it; 0 for the first.
    pub added_at: i64,
    pub active: bool,
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
            chain: vec![],
        }
    }

    /// Whose device this proves: the one that the last statement adds.
    ///
    /// # Errors
    /// When a signature does not hold, or a statement breaks a rule of the chain.
    pub fn verify(&self) -> Result<Member, BadIdentity> {
        self.devices()?;
        let device = match self.chain.last().map(|last| last.statement.what) {
            None => self.genesis.first_device,
            Some(What::Add(device)) => device,
            Some(What::Remove(_)) => return Err(BadIdentity::NotAdded),
        };
        Ok(Member { user: self.user_id(), device })
    }

    /// Every device the chain speaks of, in the order they were added, each statement checked.
    ///
    /// # Errors
    /// When a signature does not hold, or a statement breaks a rule of the chain.
    pub fn devices(&self) -> Result<Vec<Known>, BadIdentity> {
        if self.genesis.v != 1 {
            return Err(BadIdentity::Version);
        }
        if self.chain.len() > limits::STATEMENTS {
            return Err(BadIdentity::TooLong);
        }
        let bytes = codec::encode(&self.genesis);
        sign::verify(&self.genesis.recovery_key, Purpose::Genesis, &[&bytes], &self.by_recovery)?;
        sign::verify(&self.genesis.first_device.0, Purpose::Genesis, &[&bytes], &self.by_device)?;
        let mut devices = vec![Known { device: self.genesis.first_device, added_at: 0, active: true }];
        let mut tip = *blake3::hash(&bytes).as_bytes();
        for signed in &self.chain {
            tip = self.replay(&mut devices, tip, signed)?;
        }
        Ok(devices)
    }

    /// Lets one statement take effect; answers its own hash.
    fn replay(
        &self,
        devices: &mut Vec<Known>,
        tip: [u8; 32],
        signed: &SignedStatement,
    ) -> Result<[u8; 32], BadIdentity> {
        let statement = &signed.statement;
        if statement.v != 1 {
            return Err(BadIdentity::Version);
        }
        if statement.prev != tip {
            return Err(BadIdentity::Order);
        }
        let recovery = statement.by == self.genesis.recovery_key;
        if !recovery && !devices.iter().any(|known| known.active && known.device.0 == statement.by) {
            return Err(BadIdentity::NotActive);
        }
        let bytes = codec::encode(statement);
        sign::verify(&statement.by, Purpose::Devices, &[&bytes], &signed.signature)?;
        match statement.what {
            What::Add(device) => {
                if devices.iter().any(|known| known.device == device) {
                    return Err(BadIdentity::Known);
                }
                if devices.iter().filter(|known| known.active).count() >= limits::DEVICES {
                    return Err(BadIdentity::TooManyDevices);
                }
                let by_added = signed.by_added.ok_or(BadSignature)?;
                sign::verify(&device.0, Purpose::Devices, &[&bytes], &by_added)?;
                devices.push(Known { device, added_at: statement.at, active: true });
            }
            What::Remove(device) => {
                let gone = devices.iter_mut().find(|known| known.active && known.device == device);
                gone.ok_or(BadIdentity::NotActive)?.active = false;
                if !devices.iter().any(|known| known.active) {
                    return Err(BadIdentity::Last);
                }
            }
        }
        Ok(*blake3::hash(&bytes).as_bytes())
    }

    /// What the next statement must name: BLAKE3 of the last one's CBOR, or of the genesis.
    #[must_use]
    pub fn tip(&self) -> [u8; 32] {
        let bytes = match self.chain.last() {
            Some(last) => codec::encode(&last.statement),
            None => codec::encode(&self.genesis),
        };
        *blake3::hash(&bytes).as_bytes()
    }

    /// The statement that comes next, to be signed with [`Identity::append`].
    #[must_use]
    pub fn next(&self, what: What, by: [u8; 32], at: i64) -> Statement {
        Statement { v: 1, prev: self.tip(), what, by, at }
    }

    /// The chain with one more statement, signed by `by` and, where it adds a device that is at hand, by that one.
    ///
    /// # Errors
    /// The rule that the statement breaks.
    pub fn signed(
        &self,
        what: What,
        by: &SigningKey,
        added: Option<&SigningKey>,
        at: i64,
    ) -> Result<Self, BadIdentity> {
        let statement = self.next(what, by.verifying_key().to_bytes(), at);
        let bytes = codec::encode(&statement);
        let sign = |key| sign::sign(key, Purpose::Devices, &[&bytes]);
        let (signature, by_added) = (sign(by), added.map(sign));
        self.append(statement, signature, by_added)
    }

    /// The chain with one statement more.
    ///
    /// # Errors
    /// When it breaks a rule of the chain, or the whole would be over its limits.
    pub fn append(
        &self,
        statement: Statement,
        signature: Signature,
        by_added: Option<Signature>,
    ) -> Result<Self, BadIdentity> {
        let mut longer = self.clone();
        longer.chain.push(SignedStatement { statement, signature, by_added });
        longer.devices()?;
        if codec::encode(&longer).len() > limits::IDENTITY_BYTES {
            return Err(BadIdentity::TooLong);
        }
        Ok(longer)
    }

    /// Whether this proof may stand beside one of the same person that is known already. Both must have been verified.
    ///
    /// One that continues the other does. Of two that part, only one that parts with a statement of the recovery key: it
    /// outranks devices, and cuts off what they said since.
    ///
    /// # Errors
    /// [`BadIdentity::Outranked`].
    pub fn stands_beside(&self, known: &Self) -> Result<(), BadIdentity> {
        if self.genesis != known.genesis {
            return if self.user_id() == known.user_id() { Err(BadIdentity::Outranked) } else { Ok(()) };
        }
        let parts =
            self.chain.iter().zip(&known.chain).position(|(own, other)| own.statement != other.statement);
        let stands = match parts {
            Some(at) => self.chain[at].statement.by == self.genesis.recovery_key,
            None if self.chain.len() >= known.chain.len() => true,
            None => {
                let device = self.verify()?.device;
                known.devices()?.iter().any(|one| one.active && one.device == device)
            }
        };
        if stands { Ok(()) } else { Err(BadIdentity::Outranked) }
    }

    /// Whether this chain says everything that `other` says, and perhaps more.
    #[must_use]
    pub fn continues(&self, other: &Self) -> bool {
        self.genesis == other.genesis && self.chain.len() >= other.chain.len() && {
            let both = self.chain.iter().zip(&other.chain);
            both.into_iter().all(|(own, other)| own.statement == other.statement)
        }
    }

    /// `BLAKE3-derive("beseda user id v1", CBOR of the genesis)`; says nothing before [`Identity::verify`].
    #[must_use]
    pub fn user_id(&self) -> UserId {
        UserId(blake3::derive_key("beseda user id v1", &codec::encode(&self.genesis)))
    }
}

#[cfg(test)]
mod tests;
