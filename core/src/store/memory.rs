//! What the writer keeps in memory about the chats it works on. A cache: everything in it can be read again, and it is
//! dropped when a transaction does not commit.

use std::{collections::HashMap, num::NonZeroUsize};

use beseda_protocol::{ActorId, DeviceId, Seq};
use lru::LruCache;

use crate::{
    crypto::Secret,
    document::{ChangeHash, Column, Segment},
    domain::{ActorNo, ChatNo, UserNo},
};

/// Chats held at once, each with at most one open segment (2 MB).
const CHATS: NonZeroUsize = NonZeroUsize::new(16).expect("16 is not 0");
/// Changes of a chat whose operation count is known without asking the database: new changes build on new ones.
const MAX_OPS: NonZeroUsize = NonZeroUsize::new(8192).expect("8192 is not 0");

pub struct Memory {
    chats: LruCache<ChatNo, ChatMemory>,
    /// Next free `change_no`, once it was asked for.
    pub(super) next_change: Option<i64>,
}

impl Default for Memory {
    fn default() -> Self {
        Self { chats: LruCache::new(CHATS), next_change: None }
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
}

#[derive(Debug, Clone)]
pub struct Era {
    pub era: u64,
    /// The handshake that began it.
    pub handshake: Seq,
    pub key: Secret,
}

#[derive(Debug, Clone, Copy)]
pub struct MemberDevice {
    pub user: UserNo,
    pub added: Seq,
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
    pub document: Segment,
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
        })
    }

    pub fn forget(&mut self, chat: ChatNo) {
        self.chats.pop(&chat);
    }
}
