//! What the SQLite store keeps in memory: heads and keys of chats in use, and the newest entries for fan-out.
//!
//! Right because one process alone serves a data directory (`serving.lock`) and every commit goes through
//! [`Cache::committed`]. Nothing here is needed for truth: it may be emptied at any moment.

use std::{
    collections::{HashMap, VecDeque, hash_map::Entry},
    sync::Arc,
};

use beseda_protocol::{ChatId, Seq, envelope::LogEntry, request::Mark};

use crate::store::{Chat, Page};

/// Chats and keys kept before all is forgotten, about 100 bytes each.
const MAX_WEIGHT: usize = 400_000;
/// Bytes of newest entries kept for all chats together.
const MAX_TAIL_BYTES: usize = 32 * 1024 * 1024;
/// What an entry costs beside its body.
const ENTRY_BYTES: usize = 160;

#[derive(Debug, Default)]
pub struct Cache {
    chats: HashMap<ChatId, Cached>,
    weight: usize,
    /// Counts how often all was forgotten, see [`Cache::loaded`].
    generation: u64,
    /// Chats of the tails' entries, oldest entry first.
    order: VecDeque<ChatId>,
    tail_bytes: usize,
}

#[derive(Debug)]
struct Cached {
    number: i64,
    chat: Chat,
    /// The newest entries without a hole.
    tail: VecDeque<Arc<LogEntry>>,
}

impl Cache {
    pub fn chat(&self, id: &ChatId) -> Option<(i64, Chat)> {
        self.chats.get(id).map(|cached| (cached.number, cached.chat.clone()))
    }

    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Takes in what a reader loaded when `generation` was read before loading. What a commit put here meanwhile is
    /// newer and stays; after a forgetting the loaded value may be older than a commit, and is not kept.
    pub fn loaded(&mut self, generation: u64, id: ChatId, number: i64, chat: Chat) -> Chat {
        if generation != self.generation {
            return chat;
        }
        match self.chats.entry(id) {
            Entry::Occupied(held) => held.get().chat.clone(),
            Entry::Vacant(free) => {
                self.weight += 1 + chat.keys.0.len();
                free.insert(Cached { number, chat: chat.clone(), tail: VecDeque::new() });
                self.forget_if_full();
                chat
            }
        }
    }

    /// Takes in a chat after a commit.
    pub fn committed(&mut self, id: ChatId, number: i64, chat: Chat) {
        let weight = 1 + chat.keys.0.len();
        match self.chats.entry(id) {
            Entry::Occupied(mut held) => {
                let held = held.get_mut();
                self.weight = self.weight - (1 + held.chat.keys.0.len()) + weight;
                held.chat = chat;
            }
            Entry::Vacant(free) => {
                self.weight += weight;
                free.insert(Cached { number, chat, tail: VecDeque::new() });
            }
        }
        self.forget_if_full();
    }

    /// Takes in a committed entry; the entries of a chat come in order.
    pub fn appended(&mut self, id: ChatId, entry: LogEntry) {
        let Some(cached) = self.chats.get_mut(&id) else { return };
        self.tail_bytes += entry.body.len() + ENTRY_BYTES;
        cached.tail.push_back(Arc::new(entry));
        self.order.push_back(id);
        while self.tail_bytes > MAX_TAIL_BYTES {
            let Some(oldest) = self.order.pop_front() else { break };
            let dropped = self.chats.get_mut(&oldest).and_then(|cached| cached.tail.pop_front());
            self.tail_bytes -= dropped.map_or(0, |entry| entry.body.len() + ENTRY_BYTES);
        }
    }

    /// Entries after `after` if memory holds them all from there on.
    pub fn read(&self, id: &ChatId, after: Seq, page: Page) -> Option<Vec<Arc<LogEntry>>> {
        let cached = self.chats.get(id)?;
        if after >= cached.chat.head {
            return Some(Vec::new());
        }
        let first = cached.tail.front()?.seq;
        let skip = usize::try_from((after.0 + 1).checked_sub(first.0)?).ok()?;
        let mut bytes = 0;
        let fits = |entry: &&Arc<LogEntry>| {
            bytes += entry.body.len();
            bytes <= page.bytes
        };
        Some(cached.tail.iter().skip(skip).take(page.count).take_while(fits).cloned().collect())
    }

    /// What stands at a place if memory holds it.
    pub fn mark_at(&self, id: &ChatId, seq: Seq) -> Option<Mark> {
        let tail = &self.chats.get(id)?.tail;
        let index = usize::try_from(seq.0.checked_sub(tail.front()?.seq.0)?).ok()?;
        let entry = tail.get(index)?;
        let LogEntry { id, kind, accepted_at, tag, .. } = **entry;
        Some(Mark { id, kind, accepted_at: Some(accepted_at), tag })
    }

    fn forget_if_full(&mut self) {
        if self.weight > MAX_WEIGHT {
            *self = Self { generation: self.generation + 1, ..Self::default() };
        }
    }
}

#[cfg(test)]
mod tests {
    use beseda_protocol::{EnvelopeId, LogId, Tag, envelope::EnvelopeKind};

    use super::*;

    fn chat(head: u64) -> Chat {
        let log = LogId([1; 16]);
        Chat { log, head: Seq(head), last_handshake: Seq(1), touched_at: 0, keys: Arc::default() }
    }

    fn entry(seq: u64, bytes: usize) -> LogEntry {
        let id = EnvelopeId([seq as u8; 16]);
        let (kind, tag) = (EnvelopeKind::Content, Tag::default());
        LogEntry { seq: Seq(seq), id, kind, accepted_at: 0, tag, body: vec![0; bytes] }
    }

    #[test]
    fn a_late_reader_does_not_bring_back_the_past() {
        let id = ChatId([1; 16]);
        let mut cache = Cache::default();
        let before = cache.generation();
        cache.committed(id, 1, chat(5));
        assert_eq!(cache.loaded(before, id, 1, chat(4)).head, Seq(5));
        cache.weight = MAX_WEIGHT + 1;
        cache.forget_if_full();
        cache.loaded(before, id, 1, chat(4));
        assert_eq!(cache.chat(&id), None);
    }

    #[test]
    fn the_tail_is_bounded_and_answers_only_without_holes() {
        let id = ChatId([1; 16]);
        let page = Page { bytes: usize::MAX, count: 10 };
        let mut cache = Cache::default();
        cache.committed(id, 1, chat(200));
        for seq in 101..=200 {
            cache.appended(id, entry(seq, MAX_TAIL_BYTES / 50));
        }
        assert!(cache.tail_bytes <= MAX_TAIL_BYTES);
        assert!(cache.read(&id, Seq(100), page).is_none(), "older ones are on disk only");
        assert_eq!(cache.read(&id, Seq(198), page).unwrap().len(), 2);
        assert_eq!(cache.read(&id, Seq(200), page).unwrap().len(), 0);
        assert_eq!(cache.mark_at(&id, Seq(100)), None);
        assert_eq!(cache.mark_at(&id, Seq(199)).map(|mark| mark.id), Some(EnvelopeId([199; 16])));
        assert_eq!(cache.mark_at(&id, Seq(201)), None);
        let small = Page { bytes: MAX_TAIL_BYTES / 50 + 1, count: 10 };
        assert_eq!(cache.read(&id, Seq(190), small).unwrap().len(), 1);
    }
}
