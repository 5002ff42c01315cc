//! What a person's devices keep at a relay for the day on which all of them are lost: records that only the recovery
//! words open. The devices write, and cannot read; who has the words reads.
//!
//! Not here: what the records hold, which is sealed, and the words.

use serde::{Deserialize, Serialize};

use crate::{
    codec,
    identity::Identity,
    ids::{BackupId, ChatId, DeviceId, RecordId, Seq, SlotId, SlotKey},
    link::LinkedEra,
    membership::ChatKind,
    sign::{self, BadSignature, Purpose, Signature},
};

/// A sealed record, as it lies at the relay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupRecord {
    /// Derived from what it is about and the recovery words: says nothing.
    pub id: RecordId,
    #[serde(with = "serde_bytes")]
    pub body: Vec<u8>,
}

/// Opens an account for a device without an invitation: who has a backup here has an account here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voucher {
    pub backup: BackupId,
    /// [`Purpose::Voucher`] over the nonce of the challenge and the device.
    pub signature: Signature,
}

impl Voucher {
    /// # Errors
    /// When it was not made by the backup's key for this device and nonce.
    pub fn verify(&self, nonce: &[u8; 32], device: DeviceId) -> Result<(), BadSignature> {
        sign::verify(&self.backup.0, Purpose::Voucher, &[nonce, device.as_bytes()], &self.signature)
    }
}

/// What [`Purpose::Backup`] signs when a device lets itself in among the writers: their CBOR and that of the records.
#[must_use]
pub fn signed(writers: &[DeviceId], records: &[BackupRecord]) -> Vec<u8> {
    codec::encode(&(writers, records))
}

/// Sealed for a public key: HPKE (RFC 9180, base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305) seals
/// the key of the rest. `info` is the label of what it is (docs/protocol.md), the associated data what it is bound to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedFor {
    #[serde(with = "serde_bytes")]
    pub kem: Vec<u8>,
    #[serde(with = "serde_bytes")]
    pub key: Vec<u8>,
    #[serde(with = "serde_bytes")]
    pub sealed: Vec<u8>,
}

/// The body of a record, as CBOR: who reads it needs the recipient's private key, which the recovery words give.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedRecord {
    pub v: u16,
    /// A [`SignedRecord`], bound to the record's id.
    pub record: SealedFor,
}

/// A record with the name of the device that wrote it: what is written by a device that the account does not have is not
/// believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedRecord {
    pub by: DeviceId,
    /// [`Purpose::Record`] over the record's id and `record`.
    pub signature: Signature,
    /// A [`Record`], as CBOR.
    #[serde(with = "serde_bytes")]
    pub record: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    Account(Box<AccountRecord>),
    Chat(Box<ChatRecord>),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRecord {
    /// With everything said about the person's devices.
    pub identity: Identity,
    /// What the person is called, until their profile is read.
    pub name: String,
    /// The chat of the person's own devices.
    pub notes: ChatId,
}

/// What a device needs to come back into a chat and to read it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatRecord {
    pub chat: ChatId,
    pub kind: ChatKind,
    /// Shown until the chat itself says it.
    pub title: String,
    /// Where the relay lets the person's devices in.
    pub slot: SlotId,
    #[serde(with = "serde_bytes")]
    pub slot_secret: [u8; 32],
    /// Keys, the newest last. Where newcomers may read the history, the newest leads to the older ones.
    pub eras: Vec<LinkedEra>,
    /// The group as it is in the newest of these eras (RFC 9420, section 12.4.3), for an external commit; empty where it
    /// is too large.
    #[serde(default, with = "serde_bytes", skip_serializing_if = "Vec::is_empty")]
    pub group_info: Vec<u8>,
    /// Some of the members' devices, which can let this person in again if the group has changed.
    pub devices: Vec<DeviceId>,
}

impl std::fmt::Debug for ChatRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ChatRecord({:?}, ..)", self.chat)
    }
}

/// Somebody who has lost all devices asks a member to be let in again: what travels to the member's inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedReturn {
    pub v: u16,
    pub chat: ChatId,
    /// The handshake that began the era whose key seals the rest.
    pub handshake: Seq,
    /// A [`Return`], bound to the chat.
    #[serde(rename = "return", with = "serde_bytes")]
    pub sealed: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Return {
    /// Of a device of somebody who is in the chat; its identity says so.
    #[serde(with = "serde_bytes")]
    pub key_package: Vec<u8>,
    /// The slot key of the device that was lost, which the relay knows.
    pub slot_key: SlotKey,
    /// For whom the keys are to be sealed that have come since, where the way back does not lead to them.
    #[serde(with = "serde_bytes")]
    pub recipient: [u8; 32],
    /// [`Purpose::Return`] by the device over the chat and the recipient.
    pub signature: Signature,
}

/// The answer, ahead of the welcome: keys of a chat whose history is closed to newcomers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnEras {
    pub v: u16,
    pub chat: ChatId,
    /// The [`LinkedEra`]s that came after the one that the wish was sealed under, bound to the chat.
    pub eras: SealedFor,
}
