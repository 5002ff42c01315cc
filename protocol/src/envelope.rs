//! What the relay stores and orders: sealed bytes with an id, in a log.

use serde::{Deserialize, Serialize};

use crate::{
    access::KeyChanges,
    ids::{DeviceId, EnvelopeId, Seq, Tag},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnvelopeKind {
    /// Changes who is in the chat; every later append must name its seq.
    Handshake,
    Content,
}

/// An envelope on its way to the log. The relay understands none of `body`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    pub id: EnvelopeId,
    pub kind: EnvelopeKind,
    #[serde(with = "serde_bytes")]
    pub body: Vec<u8>,
    /// With a handshake: put into the inboxes of these devices when, and only when, it is accepted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub welcomes: Vec<Welcome>,
    /// With a handshake: who may use the chat from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<KeyChanges>,
    /// Of an envelope that was in a log which is lost: when it was accepted there, in milliseconds since 1970. The relay
    /// takes the nearest time that is neither before the entry before nor after its own clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted_at: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    pub device: DeviceId,
    /// An MLS welcome, sealed to the device's key package.
    #[serde(with = "serde_bytes")]
    pub body: Vec<u8>,
}

/// An envelope in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    pub seq: Seq,
    pub id: EnvelopeId,
    pub kind: EnvelopeKind,
    /// Milliseconds since 1970 on the relay's clock when it accepted the envelope.
    pub accepted_at: i64,
    #[serde(default)]
    pub tag: Tag,
    #[serde(with = "serde_bytes")]
    pub body: Vec<u8>,
}

/// The body of a handshake envelope, before its parts are opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandshakeBody {
    pub v: u16,
    /// A [`crate::content::Handshake`], sealed under the era that this handshake ends (for the first: begins).
    #[serde(with = "serde_bytes")]
    pub commit: Vec<u8>,
    /// The key of the era that this handshake ends, sealed under the one it begins; absent when the chat keeps its
    /// history from newcomers.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "serde_bytes")]
    pub prior: Option<Vec<u8>>,
    /// Instead of it, where newcomers may not read what was before them: a [`crate::content::Standing`], sealed under the
    /// era that the handshake begins.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "serde_bytes")]
    pub standing: Option<Vec<u8>>,
}
