//! Invitation links and the join request that answers one.

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

use crate::{
    codec,
    ids::{DeviceId, SlotKey},
};

/// What every link starts with.
pub const SCHEME: &str = "beseda:join/";

/// An invitation to one chat: where to knock, at whose door, and the secret that shows one was invited.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    pub v: u16,
    /// URL of the relay.
    pub relay: String,
    /// The inviter's device, which admits when it is online.
    pub device: DeviceId,
    #[serde(with = "serde_bytes")]
    pub id: [u8; 16],
    /// Seals the join request; whoever has the link has it.
    #[serde(with = "serde_bytes")]
    pub secret: [u8; 32],
}

impl std::fmt::Debug for Invitation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Invitation({} at {}, ..)", self.device, self.relay)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is not an invitation: a link starts with {SCHEME} and is copied whole")]
pub struct NotALink;

impl Invitation {
    #[must_use]
    pub fn to_link(&self) -> String {
        format!("{SCHEME}{}", BASE64URL_NOPAD.encode(&codec::encode(self)))
    }

    /// # Errors
    /// When the text is not a whole link of a known version.
    pub fn parse(link: &str) -> Result<Self, NotALink> {
        let text: String = link.split_whitespace().collect();
        let data = text.strip_prefix(SCHEME).ok_or(NotALink)?;
        let bytes = BASE64URL_NOPAD.decode(data.as_bytes()).map_err(|_| NotALink)?;
        codec::decode::<Self>(&bytes, 2048).ok().filter(|link| link.v == 1).ok_or(NotALink)
    }
}

/// What travels to the inviter's inbox: the invitation's id in the clear, the rest sealed with its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedJoinRequest {
    pub v: u16,
    #[serde(with = "serde_bytes")]
    pub invitation: [u8; 16],
    /// A [`JoinRequest`].
    #[serde(with = "serde_bytes")]
    pub sealed: Vec<u8>,
}

/// "Let me in": everything the inviter needs to add the device in one commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinRequest {
    pub v: u16,
    /// MLS key package; its credential is the newcomer's [`crate::identity::Identity`].
    #[serde(with = "serde_bytes")]
    pub key_package: Vec<u8>,
    /// The key the newcomer will prove to the relay.
    pub slot_key: SlotKey,
    /// What the newcomer calls itself, to show before its profile arrives.
    pub name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_survives_line_breaks_and_nothing_else() {
        let invitation = Invitation {
            v: 1,
            relay: "http://127.0.0.1:7400".into(),
            device: DeviceId([1; 32]),
            id: [2; 16],
            secret: [3; 32],
        };
        let link = invitation.to_link();
        let (head, tail) = link.split_at(40);
        assert_eq!(Invitation::parse(&format!(" {head}\n{tail} ")), Ok(invitation));
        assert_eq!(Invitation::parse(&link[..link.len() - 2]), Err(NotALink));
        assert_eq!(Invitation::parse("https://example.org"), Err(NotALink));
    }
}
