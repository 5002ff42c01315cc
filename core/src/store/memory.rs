//! What the writer keeps in memory about the chats it works on. A cache: everything in it can be read again, and it is
//! dropped when a transaction does not commit.

use std::{collections::HashMap, num::NonZeroUsize, ops::Range};

use beseda_protocol::{ActorId, DeviceId, Seq, link::LinkedEra};
use lru::LruCache;

use crate::{
    crypto::Secret,
    document::{ChangeHash, Column, Segment},
    domain::{ActorNo, ChatNo, UserNo},
    error::Error,
};

/// Chats held at once.
const CHATS: NonZeroUsize = NonZeroUsize::new(16).expect("16 is not 0");
/// Chats of them whose segment is open; the others' is opened again when something is written there.
const OPEN: usize = 6;
/// Changes of a chat whose operation count is known without asking the database: new changes build on new ones.
const MAX_OPS: NonZeroUsize = NonZeroUsize::new(8192).expect("8192 is not 0");

pub struct Memory {
    chats: LruCache<ChatNo, ChatMemory>,
    /// Next free `change_no`, once it was asked for.
    pub(super) next_change: Option<i64>,
    /// The full-text index is left as it is. For transactions that are dropped, and this with them.
    pub(crate) index_left_alone: bool,
    /// Numbers of the full-text index, one after the other, that were all found taken.
    pub(super) numbers_taken: Range<i64>,
    /// Whether facts of one's own wait for messages that are not here, where asked.
    pub(super) own_early: Option<bool>,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            chats: LruCache::new(CHATS),
            next_change: None,
            index_left_alone: false,
            numbers_taken: 0..0,
            own_early: None,
        }
    }
}

pub struct ChatMemory {
    /// In the order of their handshakes.
    pub eras: Option<Vec<Era>>,
    pub devices: HashMap<DeviceId, MemberDevice>,
    pub actors: HashMap<ActorId, Actor>,
    /// By segment: a change can build on changes of its own segment only.
    pub max_ops: LruCache<(u32, ChangeHash), u64>,
    /// The newest change of a segment, where known.
    pub newest: HashMap<u32, i64>,
    /// Facts in a segment, where counted.
    pub facts: HashMap<u32, u64>,
    pub open: Option<OpenSegment>,
    /// The actor this device writes with.
    pub own: Option<ActorId>,
    /// Whether facts wait for messages that are not here, where asked.
    pub early: Option<bool>,
    /// Whether anything was said again under another id, where asked.
    pub repeats: Option<bool>,
}

#[derive(Debug, Clone)]
pub struct Era {
    pub era: u64,
    /// The handshake that began it.
    pub handshake: Seq,
    pub key: Secret,
}

impl From<&Era> for LinkedEra {
    fn from(era: &Era) -> Self {
        Self { era: era.era, handshake: era.handshake, key: *era.key.expose() }
    }
}

impl From<&LinkedEra> for Era {
    fn from(linked: &LinkedEra) -> Self {
        Self { era: linked.era, handshake: linked.handshake, key: Secret::new(linked.key) }
    }
}

/// `(era, handshake, era_key)`.
impl TryFrom<(i64, i64, Vec<u8>)> for Era {
    type Error = Error;

    fn try_from((era, handshake, key): (i64, i64, Vec<u8>)) -> Result<Self, Error> {
        Ok(Self {
            era: era.cast_unsigned(),
            handshake: Seq(handshake.cast_unsigned()),
            key: Secret::from_slice(&key).ok_or(Error::Damaged("era key"))?,
        })
    }
}

#[derive(Debug, Clone, Copy)]
pub struct MemberDevice {
    pub user: UserNo,
    pub added: Seq,
    /// The person has left by themselves, and was not let in again.
    pub left: bool,
}

#[derive(Debug, Clone)]
pub struct Actor {
    pub number: ActorNo,
    pub device: DeviceId,
    pub segment: u32,
    pub certificate: [u8; 64],
    pub column: Column,
}

pub struct OpenSegment {
    pub number: u32,
    /// Boxed: it is three kilobytes, and moves with every change that is written.
    pub document: Box<Segment>,
    /// Changes up to this one are in it.
    pub upto: i64,
}

impl Memory {
    pub fn chat(&mut self, chat: ChatNo) -> &mut ChatMemory {
        self.chats.get_or_insert_mut(chat, || ChatMemory {
            eras: None,
            devices: HashMap::new(),
            actors: HashMap::new(),
            max_ops: LruCache::new(MAX_OPS),
            newest: HashMap::new(),
            facts: HashMap::new(),
            open: None,
            own: None,
            early: None,
            repeats: None,
        })
    }

    /// Keeps a segment open (2 MB), and closes the one that was not written to for the longest time.
    pub(super) fn keep_open(&mut self, chat: ChatNo, open: OpenSegment) {
        self.chat(chat).open = Some(open);
        // From the newest use to the oldest.
        let others = self.chats.iter_mut().filter(|(_, memory)| memory.open.is_some()).skip(OPEN);
        others.for_each(|(_, memory)| memory.open = None);
    }

    pub fn forget(&mut self, chat: ChatNo) {
        self.chats.pop(&chat);
    }
}
