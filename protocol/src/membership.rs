//! Who is in a chat and who may change it: roles, rights, the signed membership log, and the one rule every client
//! applies ([`authorise`]).
//!
//! Not here: what an MLS commit is, and where any of it is kept.

mod authorise;
mod rights;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use authorise::{Effects, Refusal, authorise};
pub use rights::{Rights, Who};

use crate::{
    identity::Identity,
    ids::{ChatId, DeviceId, EnvelopeId, Seq, SlotId, SlotKey, UserId},
    sign::Signature,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatKind {
    /// Exactly two people.
    Dialog,
    Group,
    /// Admins post, everyone reads.
    Blog,
    /// One person's own: only their devices are in it.
    Notes,
}

impl ChatKind {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dialog => "dialog",
            Self::Group => "group",
            Self::Blog => "blog",
            Self::Notes => "notes",
        }
    }

    /// Nobody in it speaks for the others.
    #[must_use]
    pub fn is_of_equals(self) -> bool {
        matches!(self, Self::Dialog | Self::Notes)
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Dialog, Self::Group, Self::Blog, Self::Notes].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What newcomers may read of what was said before they came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum History {
    /// The previous era's key travels with each handshake; old messages lose forward secrecy.
    All,
    FromJoining,
}

impl History {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::FromJoining => "from_joining",
        }
    }
}

/// The chat's constitution: the group-context extension [`ROLES_EXTENSION`] of its MLS group, as CBOR.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roles {
    pub v: u16,
    pub chat: ChatId,
    pub kind: ChatKind,
    pub creator: UserId,
    pub admins: BTreeSet<UserId>,
    pub history: History,
    /// Who has the chat; absent while it is the creator. Nobody can put them out or take their admin's rights.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<UserId>,
    /// What differs from the usual for this kind of chat.
    #[serde(default, skip_serializing_if = "Rights::is_usual")]
    pub rights: Rights,
}

impl Roles {
    /// A new chat of one person, with the usual rights.
    #[must_use]
    pub fn new(chat: ChatId, kind: ChatKind, creator: UserId, history: History) -> Self {
        Self {
            v: 1,
            chat,
            kind,
            creator,
            admins: [creator].into(),
            history,
            owner: None,
            rights: Rights::default(),
        }
    }

    #[must_use]
    pub fn owner(&self) -> UserId {
        self.owner.unwrap_or(self.creator)
    }

    #[must_use]
    pub fn is_admin(&self, user: UserId) -> bool {
        self.admins.contains(&user)
    }
}

/// MLS extension type of [`Roles`], from the private-use range (RFC 9420 section 17.3).
pub const ROLES_EXTENSION: u16 = 0xF00A;
/// MLS credential type of [`Identity`], from the private-use range.
pub const IDENTITY_CREDENTIAL: u16 = 0xF00B;

/// One entry of the membership log, signed by the device that committed it. It repeats what the MLS commit does,
/// in a form that a newcomer, who cannot process old commits, can check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub v: u16,
    pub chat: ChatId,
    /// The era this handshake begins; 0 for the one that creates the chat.
    pub era: u64,
    /// Seq of the handshake that began the era before; 0 for the first. Handshakes that everyone refused are so
    /// left out of the chain.
    pub parent: Seq,
    /// The envelope at `parent`, by which it is found in a log in which it has another place. Absent for the first, and
    /// where the author did not know it: then `parent` counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<EnvelopeId>,
    pub by: DeviceId,
    /// For the first: the creator's own device.
    pub adds: Vec<Added>,
    pub removes: Vec<DeviceId>,
    pub roles: Roles,
    /// Milliseconds since 1970 on the committer's clock; shown, never trusted for order.
    pub at: i64,
}

impl Event {
    /// Devices that go and come again at once: their group was lost, they are in as they were.
    #[must_use]
    pub fn comes_again(&self) -> Vec<DeviceId> {
        if self.removes.is_empty() {
            return vec![];
        }
        let added = self.adds.iter().filter_map(|added| added.identity.verify().ok());
        added.map(|member| member.device).filter(|device| self.removes.contains(device)).collect()
    }

    /// Whether a device lets itself in that belongs to a member, and nothing else changes: an external commit of who has
    /// lost all other devices.
    #[must_use]
    pub fn comes_back(&self) -> bool {
        let [one] = &self.adds[..] else { return false };
        self.era > 0
            && self.removes.is_empty()
            && one.identity.verify().is_ok_and(|member| member.device == self.by)
    }
}

/// A device that a handshake lets in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Added {
    pub identity: Identity,
    /// What the relay knows it by, so that any admin can put it out again.
    pub slot: SlotId,
    pub key: SlotKey,
}

/// An [`Event`] with its author's signature ([`crate::sign::Purpose::Membership`] over the event's CBOR).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedEvent {
    pub event: Event,
    pub signature: Signature,
}
