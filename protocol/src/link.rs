//! Invitation links, the join request that answers one, and the answer to who is not let in; the code with which a person
//! links another device, and the letters that the two devices put into each other's inboxes.

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

use crate::{
    codec,
    identity::{Identity, Statement},
    ids::{BackupId, ChatId, DeviceId, EnvelopeId, MessageId, Seq, SlotKey, UserId},
    sign::Signature,
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
#[error(
    "this is not a link of Beseda: an invitation starts with {SCHEME}, a message with {MESSAGE_SCHEME}, a safety code with {SAFETY_SCHEME}, the code of a new device with {DEVICE_SCHEME}; links are copied whole"
)]
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

/// What a link to a message starts with.
pub const MESSAGE_SCHEME: &str = "beseda:message/";

/// A link to one message. It opens only for who is in the chat, and gives nobody else anything: ids are random.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageLink {
    pub chat: ChatId,
    pub message: MessageId,
}

impl MessageLink {
    #[must_use]
    pub fn to_link(&self) -> String {
        format!("{MESSAGE_SCHEME}{}/{}", self.chat, self.message)
    }

    /// # Errors
    /// When the text is not such a link.
    pub fn parse(link: &str) -> Result<Self, NotALink> {
        let ids = link.trim().strip_prefix(MESSAGE_SCHEME).ok_or(NotALink)?;
        let (chat, message) = ids.split_once('/').ok_or(NotALink)?;
        let (chat, message) = (chat.parse(), message.parse());
        Ok(Self { chat: chat.map_err(|_| NotALink)?, message: message.map_err(|_| NotALink)? })
    }
}

/// What a safety code starts with.
pub const SAFETY_SCHEME: &str = "beseda:verify/";

/// Who somebody is, and whom they take the other one for: what two people compare without reading digits. It is no
/// secret; it must come by a way that shows whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SafetyCode {
    pub v: u16,
    /// Whose code it is.
    pub user: UserId,
    /// Who is to compare it.
    pub peer: UserId,
}

impl SafetyCode {
    #[must_use]
    pub fn to_link(&self) -> String {
        format!("{SAFETY_SCHEME}{}", BASE64URL_NOPAD.encode(&codec::encode(self)))
    }

    /// # Errors
    /// When the text is not a whole code of a known version.
    pub fn parse(link: &str) -> Result<Self, NotALink> {
        let text: String = link.split_whitespace().collect();
        let data = text.strip_prefix(SAFETY_SCHEME).ok_or(NotALink)?;
        let bytes = BASE64URL_NOPAD.decode(data.as_bytes()).map_err(|_| NotALink)?;
        codec::decode::<Self>(&bytes, 256).ok().filter(|code| code.v == 1).ok_or(NotALink)
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

/// A welcome once more, from the device whose handshake let another one in: the relay may have lost it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WelcomeAgain {
    pub v: u16,
    pub chat: ChatId,
    /// Where the handshake stands now.
    pub seq: Seq,
    /// An MLS welcome.
    #[serde(with = "serde_bytes")]
    pub welcome: Vec<u8>,
}

/// What travels to an inbox about a join request that comes to nothing: from the inviter to the newcomer, or back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedJoinAnswer {
    pub v: u16,
    #[serde(with = "serde_bytes")]
    pub invitation: [u8; 16],
    /// A [`JoinAnswer`], sealed with the invitation's secret.
    #[serde(with = "serde_bytes")]
    pub answer: Vec<u8>,
}

/// "You are not let in", or "I no longer want to come in": which request, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinAnswer {
    pub v: u16,
    /// The id under which the request was delivered.
    pub request: EnvelopeId,
    pub reason: Reason,
}

/// Why a request came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It came after the invitation's time, by the inviter's clock.
    Expired,
    /// As many devices as the invitation is for have used it.
    UsedUp,
    /// The inviter has taken the invitation back.
    Revoked,
    /// The device is in the chat already.
    AlreadyIn,
    /// The inviter can let nobody into this chat any more.
    Closed,
    /// The request could not be fulfilled.
    Failed,
    /// The newcomer has taken the request back: the only one that goes to the inviter.
    Withdrawn,
    /// One of a later version.
    #[serde(other)]
    Unknown,
}

impl Reason {
    const ALL: [Self; 8] = [
        Self::Expired,
        Self::UsedUp,
        Self::Revoked,
        Self::AlreadyIn,
        Self::Closed,
        Self::Failed,
        Self::Withdrawn,
        Self::Unknown,
    ];

    /// As it is written in databases and for scripts.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::UsedUp => "used_up",
            Self::Revoked => "revoked",
            Self::AlreadyIn => "already_in",
            Self::Closed => "closed",
            Self::Failed => "failed",
            Self::Withdrawn => "withdrawn",
            Self::Unknown => "unknown",
        }
    }

    /// `None` for what [`Reason::as_str`] never gives.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }
}
/// What the code of a new device starts with.
pub const DEVICE_SCHEME: &str = "beseda:link/";

/// What a new device shows: where it waits, and a secret that only who sees it has. It is worth nothing after ten
/// minutes: then the device no longer listens.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceCode {
    pub v: u16,
    /// URL of the relay.
    pub relay: String,
    /// The new device.
    pub device: DeviceId,
    #[serde(with = "serde_bytes")]
    pub secret: [u8; 16],
}

impl std::fmt::Debug for DeviceCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DeviceCode({} at {}, ..)", self.device, self.relay)
    }
}

impl DeviceCode {
    #[must_use]
    pub fn to_link(&self) -> String {
        format!("{DEVICE_SCHEME}{}", BASE64URL_NOPAD.encode(&codec::encode(self)))
    }

    /// # Errors
    /// When the text is not a whole code of a known version.
    pub fn parse(code: &str) -> Result<Self, NotALink> {
        let text: String = code.split_whitespace().collect();
        let data = text.strip_prefix(DEVICE_SCHEME).ok_or(NotALink)?;
        let bytes = BASE64URL_NOPAD.decode(data.as_bytes()).map_err(|_| NotALink)?;
        codec::decode::<Self>(&bytes, 2048).ok().filter(|code| code.v == 1).ok_or(NotALink)
    }
}

/// A letter between two devices of a person, as it lies in an inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    pub v: u16,
    /// Names the exchange; random.
    #[serde(with = "serde_bytes")]
    pub link: [u8; 16],
    pub step: Step,
}

/// The steps of linking, in their order. `N` is `Noise_NNpsk0_25519_ChaChaPoly_BLAKE2s` with the code's secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Old to new, first message of N: an [`Offer`].
    Offer(#[serde(with = "serde_bytes")] Vec<u8>),
    /// New to old, second message of N: an [`Answer`].
    Answer(#[serde(with = "serde_bytes")] Vec<u8>),
    /// Old to new, within N: a [`Grant`].
    Grant(#[serde(with = "serde_bytes")] Vec<u8>),
    /// Either way, sealed under the grant's key: a [`Part`]. It can come long after.
    Part(#[serde(with = "serde_bytes")] Vec<u8>),
}

/// "Be a device of mine": what the new device is to sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    pub v: u16,
    /// Where the answer goes.
    pub device: DeviceId,
    /// Adds the new device to the chain.
    pub statement: Statement,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub v: u16,
    /// By the new device over the statement ([`crate::sign::Purpose::Devices`]).
    pub by_added: Signature,
    /// What the new device is called.
    pub name: String,
}

/// Makes the new device one of the person's.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub v: u16,
    /// Of the new device.
    pub identity: Identity,
    /// Seed of the recovery key, until the person has kept the words that say it.
    #[serde(default, with = "serde_bytes", skip_serializing_if = "Option::is_none")]
    pub recovery: Option<[u8; 32]>,
    /// Where the person's devices keep their backup, and for whom they seal it.
    pub backup: BackupId,
    #[serde(with = "serde_bytes")]
    pub backup_recipient: [u8; 32],
    /// What the person is called.
    pub name: String,
    /// The chat of the person's own devices.
    pub notes: ChatId,
    /// Seals the letters that follow.
    #[serde(with = "serde_bytes")]
    pub key: [u8; 32],
    /// How many chats follow in parts.
    pub chats: u32,
}

/// What follows the grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Old to new: chats that the new device is to come into.
    Chats(Vec<LinkedChat>),
    /// New to old: with what it can be let in.
    Packages(Vec<LinkedPackage>),
    /// Old to new, ahead of the welcome: the keys of a chat whose history is closed to newcomers.
    Eras { chat: ChatId, eras: Vec<LinkedEra> },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedChat {
    pub chat: ChatId,
    /// Shown until the chat itself says it.
    pub title: String,
}

/// What a time of the chat is sealed under.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedEra {
    pub era: u64,
    /// The handshake that begins it.
    pub handshake: Seq,
    #[serde(with = "serde_bytes")]
    pub key: [u8; 32],
}

impl std::fmt::Debug for LinkedEra {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LinkedEra({} from {:?}, ..)", self.era, self.handshake)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedPackage {
    pub chat: ChatId,
    pub package: OwnPackage,
}

/// A key package with the slot key that goes with it: in letters, and in the relay's directory, from where a person's
/// other devices take it for a chat that one of them has come into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnPackage {
    pub v: u16,
    #[serde(with = "serde_bytes")]
    pub key_package: Vec<u8>,
    pub slot_key: SlotKey,
}

/// Most chats in one part.
pub const PART_CHATS: usize = 100;
/// Most keys in one part.
pub const PART_ERAS: usize = 2_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_of_a_device_survives_line_breaks_and_is_no_invitation() {
        let code = DeviceCode {
            v: 1,
            relay: "https://relay.example".into(),
            device: DeviceId([1; 32]),
            secret: [2; 16],
        };
        let text = code.to_link();
        let (head, tail) = text.split_at(30);
        assert_eq!(DeviceCode::parse(&format!(" {head}\n{tail}")), Ok(code));
        assert_eq!(DeviceCode::parse(&text[..text.len() - 3]), Err(NotALink));
        assert_eq!(Invitation::parse(&text), Err(NotALink));
        assert!(text.len() < 200, "it fits a square that a camera reads");
    }

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

    #[test]
    fn a_reason_of_a_later_version_is_one_that_is_not_known() {
        for reason in Reason::ALL {
            assert_eq!(codec::encode(&reason), codec::encode(&reason.as_str()));
            assert_eq!(codec::decode::<Reason>(&codec::encode(&reason), 100).unwrap(), reason);
            assert_eq!(Reason::parse(reason.as_str()), Some(reason));
        }
        let later = codec::encode(&"full_moon");
        assert_eq!(codec::decode::<Reason>(&later, 100).unwrap(), Reason::Unknown);
        assert_eq!(Reason::parse("full_moon"), None);
    }

    #[test]
    fn a_request_and_an_answer_are_told_apart() {
        let request = SealedJoinRequest { v: 1, invitation: [1; 16], sealed: vec![2] };
        let answer = SealedJoinAnswer { v: 1, invitation: [1; 16], answer: vec![2] };
        assert!(codec::decode::<SealedJoinAnswer>(&codec::encode(&request), 100).is_err());
        assert!(codec::decode::<SealedJoinRequest>(&codec::encode(&answer), 100).is_err());
    }

    #[test]
    fn a_safety_code_names_two_people_in_their_order() {
        let code = SafetyCode { v: 1, user: UserId([1; 32]), peer: UserId([2; 32]) };
        let link = code.to_link();
        assert_eq!(SafetyCode::parse(&format!("{}\n{}", &link[..40], &link[40..])), Ok(code));
        for other in [&link[..link.len() - 3], "beseda:verify/", "beseda:join/abc", ""] {
            assert_eq!(SafetyCode::parse(other), Err(NotALink));
        }
        let newer = SafetyCode { v: 2, ..code };
        assert_eq!(SafetyCode::parse(&newer.to_link()), Err(NotALink));
    }

    #[test]
    fn a_link_to_a_message_names_its_chat_and_it() {
        let link = MessageLink { chat: ChatId([1; 16]), message: MessageId([2; 16]) };
        assert_eq!(MessageLink::parse(&format!(" {}\n", link.to_link())), Ok(link));
        for other in ["beseda:message/01", "beseda:message/zz/zz", "beseda:join/abc", ""] {
            assert_eq!(MessageLink::parse(other), Err(NotALink));
        }
    }
}
