//! What crosses the network between Beseda's devices and a relay, and the rules both sides read the same way.
//!
//! Reading order: [`ids`], [`limits`], [`codec`], [`sign`], [`identity`], [`membership`], [`envelope`], [`content`],
//! [`access`], [`request`], [`live`], [`link`], [`backup`].
//!
//! Deliberately absent: IO, SQL, clocks, randomness, and any code that seals or opens. The relay links this crate
//! and so stays blind. `docs/protocol.md` says the same in prose.

pub mod access;
pub mod backup;
pub mod codec;
pub mod content;
pub mod envelope;
pub mod flaws;
pub mod identity;
pub mod ids;
pub mod limits;
pub mod link;
pub mod live;
pub mod membership;
pub mod request;
pub mod sign;

pub use ids::{
    ActorId, BackupId, ChatId, DeviceId, EnvelopeId, LogId, MessageId, RecordId, Seq, SlotId, SlotKey, Tag,
    UserId,
};

/// Version of everything in this crate that crosses the network. A relay of another one answers
/// [`request::ErrorCode::Version`].
pub const PROTOCOL_VERSION: u16 = 1;
