//! Ids as newtypes, so that a chat is never passed where a device is meant.

use std::{fmt, str::FromStr};

use data_encoding::HEXLOWER;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An id's text was not hexadecimal of the right length.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {what}: expected {bytes} bytes as hexadecimal")]
pub struct InvalidId {
    what: &'static str,
    bytes: usize,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// Length in bytes.
            pub const LEN: usize = $len;

            pub fn as_bytes(&self) -> &[u8] {
                &self.0
            }

            /// # Errors
            /// When `bytes` has another length.
            pub fn from_slice(bytes: &[u8]) -> Result<Self, InvalidId> {
                bytes.try_into().map(Self).map_err(|_| InvalidId { what: stringify!($name), bytes: $len })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&HEXLOWER.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), HEXLOWER.encode(&self.0[..4.min($len)]))
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let bytes = HEXLOWER
                    .decode(text.to_ascii_lowercase().as_bytes())
                    .map_err(|_| InvalidId { what: stringify!($name), bytes: $len })?;
                Self::from_slice(&bytes)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.serialize_str(&self.to_string())
                } else {
                    serializer.serialize_bytes(&self.0)
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    let text = String::deserialize(deserializer)?;
                    text.parse().map_err(de::Error::custom)
                } else {
                    let bytes = serde_bytes::ByteBuf::deserialize(deserializer)?;
                    Self::from_slice(&bytes).map_err(de::Error::custom)
                }
            }
        }
    };
}

id!(
    /// A person: BLAKE3 of the signed genesis statement ([`crate::identity::Genesis`]), so a relay cannot swap people.
    UserId, 32
);
id!(
    /// One installation: its Ed25519 public key, which is also its MLS leaf's signature key.
    DeviceId, 32
);
id!(
    /// A chat as the relay knows it: random, and not the MLS group id.
    ChatId, 16
);
id!(
    /// One incarnation of a relay's log of a chat. A changed one means that the relay lost or replaced it.
    LogId, 16
);
id!(
    /// Random, given by the relay to what one request appends. Under another one an entry was put where it stands anew: the
    /// log was put back to an older state before, and what is before the entry may be from other times. 0: from before
    /// relays gave tags.
    #[derive(Default)]
    Tag, 8
);
id!(
    /// Chosen by the client; the same id appended again gets the same answer.
    EnvelopeId, 16
);
id!(
    /// The Automerge actor of one device in one segment.
    ActorId, 16
);
id!(
    /// A message: derived from its actor and its place in that actor's column, so nobody can take another's.
    MessageId, 16
);
id!(
    /// One member of a chat as the relay knows it: random.
    SlotId, 16
);
id!(
    /// Ed25519 public key with which one device proves to the relay that it may use one chat: random, one a chat.
    SlotKey, 32
);
id!(
    /// A person's backup at a relay: an Ed25519 public key that the recovery words give, and nobody else knows.
    BackupId, 32
);
id!(
    /// One record of a backup.
    RecordId, 16
);

impl MessageId {
    /// The message that is fact `number` of `actor` in `chat`: the first 16 bytes of
    /// `BLAKE3-derive("beseda message id v1", chat || actor || number as u32 big-endian)`.
    #[must_use]
    pub fn of(chat: ChatId, actor: ActorId, number: u32) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("beseda message id v1");
        hasher.update(&chat.0).update(&actor.0).update(&number.to_be_bytes());
        let mut id = [0; 16];
        id.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        Self(id)
    }
}

impl EnvelopeId {
    /// What stands at `seq` of a log that was filled again by somebody who does not have what was there: the first 16 bytes
    /// of `BLAKE3-derive("beseda void v1", chat || seq as u64 big-endian)`. Readers pass over it.
    #[must_use]
    pub fn void(chat: ChatId, seq: Seq) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("beseda void v1");
        hasher.update(&chat.0).update(&seq.0.to_be_bytes());
        let mut id = [0; 16];
        id.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        Self(id)
    }
}

/// A place in a chat's log on one relay, from 1 upwards without holes; 0 stands before the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub u64);

impl Seq {
    pub const ZERO: Self = Self(0);

    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
