//! What is inside a sealed body once it is opened. The relay never sees these types filled.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{ActorId, ChatId, DeviceId, SlotId, SlotKey, UserId},
    membership::SignedEvent,
    sign::{self, BadSignature, Purpose, Signature},
};

/// Changes of one actor, in their order, with the proof of who made them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    pub v: u16,
    pub device: DeviceId,
    pub segment: u32,
    pub actor: ActorId,
    /// By the device: this actor is mine in this chat and segment ([`Purpose::Actor`]).
    pub certificate: Signature,
    /// Raw Automerge changes.
    pub changes: Vec<serde_bytes::ByteBuf>,
    /// By the device over the hash of the last change ([`Purpose::Changes`]); the hash chain covers all before it.
    pub signature: Signature,
}

/// A change of membership.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handshake {
    pub v: u16,
    /// The MLS commit; absent in the handshake that creates the chat.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "serde_bytes")]
    pub commit: Option<Vec<u8>>,
    pub event: SignedEvent,
}

/// How a chat stands when a handshake begins an era, for who comes in with it or later and may not read what was before:
/// all they get to know of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    pub v: u16,
    /// The handshake's own event, which its commit holds under the era that ends.
    pub event: SignedEvent,
    /// The first segment that may be written to from then on: older ones build on what newcomers do not have.
    pub segment: u32,
    pub title: String,
    pub description: String,
    pub category: String,
    /// Empty: none.
    #[serde(default, with = "serde_bytes", skip_serializing_if = "Vec::is_empty")]
    pub picture: Vec<u8>,
    /// Every device that is in the chat before the event, in rising order.
    pub devices: Vec<StandingDevice>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandingDevice {
    pub device: DeviceId,
    pub user: UserId,
    pub slot: SlotId,
    pub key: SlotKey,
    /// When its person came, and who let them in; milliseconds since 1970 on the relay's clock.
    pub added_at: i64,
    pub added_by: UserId,
    /// What the person is called, to show before they say it themselves.
    pub name: String,
}

impl Content {
    /// # Errors
    /// When `device` did not certify `actor` for this chat and segment.
    pub fn verify_actor(&self, chat: ChatId) -> Result<(), BadSignature> {
        let segment = self.segment.to_be_bytes();
        sign::verify(&self.device.0, Purpose::Actor, &[&chat.0, &segment, &self.actor.0], &self.certificate)
    }

    /// # Errors
    /// When `device` did not sign `last_hash` as its newest change.
    pub fn verify_changes(&self, chat: ChatId, last_hash: &[u8; 32]) -> Result<(), BadSignature> {
        let segment = self.segment.to_be_bytes();
        sign::verify(
            &self.device.0,
            Purpose::Changes,
            &[&chat.0, &segment, &self.actor.0, last_hash],
            &self.signature,
        )
    }
}
