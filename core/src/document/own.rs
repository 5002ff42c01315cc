//! What a person's devices tell each other in the notes: drafts, saved and hidden messages, read marks, settings, the
//! profile, what this person thinks of others, how the list is arranged, names of devices, and the chain that says which
//! devices there are. It counts nowhere else.
//!
//! Of two about the same thing the one with the higher place stands.

use std::{collections::BTreeMap, ops::Range};

use beseda_protocol::{ChatId, DeviceId, MessageId, UserId, limits};
use serde::{Deserialize, Serialize};

use super::fact::{body, tagged};
use crate::domain::Level;

const DRAFT: &str = "own-draft";
const SAVED: &str = "own-saved";
const HIDDEN: &str = "own-hidden";
const READ: &str = "own-read";
const SETTING: &str = "own-setting";
const PROFILE: &str = "own-profile";
const PERSON: &str = "own-person";
const ARRANGED: &str = "own-arranged";
const DEVICE: &str = "own-device";
const CHAIN: &str = "own-chain";

/// Longest name and value of a setting, in bytes.
const SETTING_BYTES: usize = 1024;
/// Largest profile and most that is said of a person, in bytes.
const PERSON_BYTES: usize = 64 * 1024;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Own {
    /// What stands in the composer of a chat; an empty text: nothing.
    Draft {
        chat: ChatId,
        text: String,
        reply_to: Option<MessageId>,
    },
    /// For oneself, since a time on the clock of who saved it.
    Saved {
        of: MessageId,
        on: bool,
        at: i64,
    },
    /// For good.
    Hidden {
        of: MessageId,
    },
    /// Everything up to this message was seen. For who tells nobody else; else the chat's own mark says it.
    Read {
        of: MessageId,
    },
    Setting {
        name: String,
        value: String,
    },
    /// All that this person tells of themselves, and whom.
    Profile(Box<OwnProfileFact>),
    Person(Box<OwnPerson>),
    Arranged(Arranged),
    /// What a device is called.
    Device {
        device: DeviceId,
        name: String,
    },
    /// An identity with all that was said about the person's devices, as CBOR.
    Chain {
        identity: Vec<u8>,
    },
}

/// The profile as this person wrote it; empty fields are not set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnProfileFact {
    pub rev: u64,
    pub username: String,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub mobile: String,
    /// As 1990-05-31.
    pub birth_date: String,
    pub description: String,
    #[serde(with = "serde_bytes")]
    pub picture: Vec<u8>,
    /// When the account was made, in milliseconds since 1970.
    pub created_at: i64,
    /// By the name of the field: `nobody`, `contacts` or `everyone`.
    pub shown: BTreeMap<String, String>,
}

/// What this person thinks of another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnPerson {
    pub user: UserId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<OwnContact>,
    /// Since when they are blocked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<OwnVerified>,
    /// The devices that are no surprise.
    pub seen: Vec<DeviceId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnContact {
    /// Empty: what they call themselves.
    pub petname: String,
    pub added_at: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnVerified {
    /// The safety number that was compared.
    pub number: String,
    pub at: i64,
}

/// Where a chat stands in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arranged {
    pub chat: ChatId,
    /// The rank among those pinned; 0: not pinned.
    pub pinned: i64,
    pub archived: bool,
    /// 0: it is heard.
    pub muted_until: i64,
    /// 1: somebody has put this person in, who has not answered; 2: they do not want it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub request: i64,
    #[serde(default, skip_serializing_if = "Level::is_all")]
    pub notices: Level,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "what serde asks for")]
fn is_zero(number: &i64) -> bool {
    *number == 0
}

#[derive(Serialize, Deserialize)]
struct DraftBody<S> {
    chat: ChatId,
    text: S,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reply_to: Option<MessageId>,
}

#[derive(Serialize, Deserialize)]
struct SavedBody {
    of: MessageId,
    on: bool,
    at: i64,
}

#[derive(Serialize, Deserialize)]
struct OfBody {
    of: MessageId,
}

#[derive(Serialize, Deserialize)]
struct SettingBody<S> {
    name: S,
    value: S,
}

#[derive(Serialize, Deserialize)]
struct DeviceBody<S> {
    device: DeviceId,
    name: S,
}

#[derive(Serialize, Deserialize)]
struct ChainBody {
    #[serde(with = "serde_bytes")]
    identity: Vec<u8>,
}

impl Own {
    pub(super) fn encode(&self) -> Vec<u8> {
        match self {
            Self::Draft { chat, text, reply_to } => {
                tagged(DRAFT, DraftBody { chat: *chat, text: text.as_str(), reply_to: *reply_to })
            }
            Self::Saved { of, on, at } => tagged(SAVED, SavedBody { of: *of, on: *on, at: *at }),
            Self::Hidden { of } => tagged(HIDDEN, OfBody { of: *of }),
            Self::Read { of } => tagged(READ, OfBody { of: *of }),
            Self::Setting { name, value } => {
                tagged(SETTING, SettingBody { name: name.as_str(), value: value.as_str() })
            }
            Self::Profile(profile) => tagged(PROFILE, &**profile),
            Self::Person(person) => tagged(PERSON, &**person),
            Self::Arranged(arranged) => tagged(ARRANGED, arranged),
            Self::Device { device, name } => {
                tagged(DEVICE, DeviceBody { device: *device, name: name.as_str() })
            }
            Self::Chain { identity } => tagged(CHAIN, ChainBody { identity: identity.clone() }),
        }
    }

    pub(super) fn decode(kind: &str, bytes: &[u8]) -> Option<Self> {
        match kind {
            DRAFT => {
                body(bytes).map(|DraftBody { chat, text, reply_to }| Self::Draft { chat, text, reply_to })
            }
            SAVED => body(bytes).map(|SavedBody { of, on, at }| Self::Saved { of, on, at }),
            HIDDEN => body(bytes).map(|OfBody { of }| Self::Hidden { of }),
            READ => body(bytes).map(|OfBody { of }| Self::Read { of }),
            SETTING => body(bytes).map(|SettingBody { name, value }| Self::Setting { name, value }),
            PROFILE => body(bytes).map(Box::new).map(Self::Profile),
            PERSON => body(bytes).map(Box::new).map(Self::Person),
            ARRANGED => body(bytes).map(Self::Arranged),
            DEVICE => body(bytes).map(|DeviceBody { device, name }| Self::Device { device, name }),
            CHAIN => body(bytes).map(|ChainBody { identity }| Self::Chain { identity }),
            _ => None,
        }
    }

    pub(super) fn is_readable(&self) -> bool {
        match self {
            Self::Draft { text, .. } => text.len() <= limits::MESSAGE_TEXT_BYTES,
            Self::Saved { .. } | Self::Hidden { .. } | Self::Read { .. } => true,
            Self::Setting { name, value } => name.len() <= SETTING_BYTES && value.len() <= SETTING_BYTES,
            Self::Profile(_) | Self::Person(_) => self.encode().len() <= PERSON_BYTES,
            Self::Arranged(_) => true,
            Self::Device { name, .. } => name.chars().count() <= limits::TITLE_CHARS,
            Self::Chain { identity } => identity.len() <= limits::IDENTITY_BYTES,
        }
    }

    /// What it is about: of two with the same key one stands. Marks are by message: they only rise.
    #[must_use]
    pub fn key(&self) -> Vec<u8> {
        let about: (&str, &[u8]) = match self {
            Self::Draft { chat, .. } => return Self::draft_key(*chat),
            Self::Saved { of, .. } => (SAVED, of.as_bytes()),
            Self::Hidden { of } => (HIDDEN, of.as_bytes()),
            Self::Read { of } => (READ, of.as_bytes()),
            Self::Setting { name, .. } => (SETTING, name.as_bytes()),
            Self::Profile(_) => return Self::profile_key(),
            Self::Person(person) => (PERSON, person.user.as_bytes()),
            Self::Arranged(arranged) => return Self::arranged_key(arranged.chat),
            Self::Device { device, .. } => return Self::device_key(*device),
            Self::Chain { identity } => (CHAIN, identity),
        };
        [about.0.as_bytes(), b"/", about.1].concat()
    }

    /// The key of the profile.
    #[must_use]
    pub fn profile_key() -> Vec<u8> {
        [PROFILE.as_bytes(), b"/"].concat()
    }

    /// The key of what stands in a chat's composer.
    #[must_use]
    pub fn draft_key(chat: ChatId) -> Vec<u8> {
        [DRAFT.as_bytes(), b"/", chat.as_bytes()].concat()
    }

    /// The key of where a chat stands in the list.
    #[must_use]
    pub fn arranged_key(chat: ChatId) -> Vec<u8> {
        [ARRANGED.as_bytes(), b"/", chat.as_bytes()].concat()
    }

    /// Between which the keys of marks are: the first is what each begins with, and the message's id comes after it.
    #[must_use]
    pub fn read_keys() -> Range<Vec<u8>> {
        // `0` comes after `/`.
        [READ.as_bytes(), b"/"].concat()..[READ.as_bytes(), b"0"].concat()
    }

    /// The key of what a device is called.
    #[must_use]
    pub fn device_key(device: DeviceId) -> Vec<u8> {
        [DEVICE.as_bytes(), b"/", device.as_bytes()].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Fact, *};

    #[test]
    fn what_is_written_is_read_and_limits_hold() {
        let draft = |bytes: usize| Own::Draft {
            chat: ChatId([1; 16]),
            text: "a".repeat(bytes),
            reply_to: Some(MessageId([2; 16])),
        };
        let name = |n: usize| Own::Device { device: DeviceId([3; 32]), name: "ы".repeat(n) };
        let profile = |bytes: usize| OwnProfileFact {
            rev: 7,
            username: "anna".into(),
            first_name: "Анна".into(),
            last_name: String::new(),
            email: "anna@example.org".into(),
            mobile: String::new(),
            birth_date: "1990-05-31".into(),
            description: String::new(),
            picture: vec![9; bytes],
            created_at: 1,
            shown: [("email".to_owned(), "nobody".to_owned())].into(),
        };
        let person = OwnPerson {
            user: UserId([5; 32]),
            contact: Some(OwnContact { petname: "Bo".into(), added_at: 2 }),
            blocked_at: None,
            verified: Some(OwnVerified { number: "1".repeat(60), at: 3 }),
            seen: vec![DeviceId([6; 32])],
        };
        let arranged = |notices: Level| {
            let (chat, pinned, archived, muted_until) = (ChatId([1; 16]), 3, false, 9);
            Own::Arranged(Arranged { chat, pinned, archived, muted_until, request: 1, notices })
        };
        let chain = |n: usize| Own::Chain { identity: vec![7; n] };
        for own in [
            draft(limits::MESSAGE_TEXT_BYTES),
            Own::Saved { of: MessageId([4; 16]), on: true, at: -5 },
            Own::Hidden { of: MessageId([4; 16]) },
            Own::Read { of: MessageId([4; 16]) },
            Own::Setting { name: "read_receipts".into(), value: "off".into() },
            Own::Profile(Box::new(profile(32 * 1024))),
            Own::Person(Box::new(person)),
            arranged(Level::All),
            arranged(Level::Mentions),
            name(limits::TITLE_CHARS),
            chain(limits::IDENTITY_BYTES),
        ] {
            let fact = Fact::Own(own);
            assert_eq!(Fact::decode(&fact.encode()), fact);
        }
        for over in [
            draft(limits::MESSAGE_TEXT_BYTES + 1),
            Own::Profile(Box::new(profile(PERSON_BYTES))),
            name(limits::TITLE_CHARS + 1),
            chain(limits::IDENTITY_BYTES + 1),
            Own::Setting { name: String::new(), value: "a".repeat(SETTING_BYTES + 1) },
        ] {
            assert!(matches!(Fact::decode(&Fact::Own(over).encode()), Fact::Unknown { .. }));
        }
    }
}
