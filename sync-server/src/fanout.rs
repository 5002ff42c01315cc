//! Who is to be woken when a chat or an inbox got something. Holds no entries: a woken connection reads the store
//! when it may send, so a slow reader costs a chat id.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    hash::Hash,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{
            AtomicBool, AtomicU64,
            Ordering::{Relaxed, SeqCst},
        },
    },
};

use beseda_protocol::{ChatId, DeviceId};
use tokio::sync::Notify;

/// What happened since a connection last looked.
#[derive(Debug, Default)]
pub struct Waker {
    /// In the order of their ids, so that the same things happen after the same ones.
    changed: Mutex<BTreeSet<ChatId>>,
    inbox: AtomicU64,
    notify: Notify,
    /// It has said what it has to say, and waits.
    rests: AtomicBool,
}

impl Waker {
    /// Returns when something may have happened.
    pub async fn woken(&self) {
        self.notify.notified().await;
    }

    /// Chats that got entries or new keys.
    pub fn changed(&self) -> BTreeSet<ChatId> {
        std::mem::take(&mut *lock(&self.changed))
    }

    /// Highest number put into the inbox.
    pub fn inbox(&self) -> u64 {
        self.inbox.load(Relaxed)
    }

    fn chat(&self, chat: ChatId) {
        lock(&self.changed).insert(chat);
        self.works();
        self.notify.notify_one();
    }

    fn item(&self, number: u64) {
        self.inbox.fetch_max(number, Relaxed);
        self.works();
        self.notify.notify_one();
    }

    /// The connection has something to do.
    pub fn works(&self) {
        self.rests.store(false, SeqCst);
    }
}

#[derive(Debug, Default)]
pub struct Fanout {
    chats: Watchers<ChatId>,
    /// Every connection has an inbox.
    inboxes: Watchers<DeviceId>,
    rested: Notify,
}

impl Fanout {
    /// Starts to watch an inbox; chats are added one by one.
    pub fn watch(self: &Arc<Self>, device: DeviceId) -> Watch {
        let waker = Arc::new(Waker::default());
        self.inboxes.add(device, &waker);
        Watch { fanout: Arc::clone(self), device, chats: HashSet::new(), waker }
    }

    pub fn chat(&self, chat: ChatId) {
        self.chats.each(&chat, |waker| waker.chat(chat));
    }

    pub fn inbox(&self, device: DeviceId, number: u64) {
        self.inboxes.each(&device, |waker| waker.item(number));
    }

    /// Returns when every connection has said what it has to say, or as much of it as there is room for.
    pub async fn at_rest(&self) {
        loop {
            let mut rested = std::pin::pin!(self.rested.notified());
            rested.as_mut().enable();
            if self.inboxes.all(|waker| waker.rests.load(SeqCst)) {
                return;
            }
            rested.await;
        }
    }
}

/// A connection's place in the lists; leaves them when dropped.
#[derive(Debug)]
pub struct Watch {
    fanout: Arc<Fanout>,
    device: DeviceId,
    chats: HashSet<ChatId>,
    pub waker: Arc<Waker>,
}

impl Watch {
    pub fn add(&mut self, chat: ChatId) {
        if self.chats.insert(chat) {
            self.fanout.chats.add(chat, &self.waker);
        }
    }

    pub fn remove(&mut self, chat: &ChatId) {
        if self.chats.remove(chat) {
            self.fanout.chats.remove(chat, &self.waker);
        }
    }

    /// The connection has nothing to do, unless something has happened since it looked.
    pub fn rests(&self, inbox_told: u64) {
        let changed = lock(&self.waker.changed);
        if changed.is_empty() && self.waker.inbox() <= inbox_told {
            self.waker.rests.store(true, SeqCst);
            self.fanout.rested.notify_waiters();
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.fanout.inboxes.remove(&self.device, &self.waker);
        for chat in &self.chats {
            self.fanout.chats.remove(chat, &self.waker);
        }
        self.fanout.rested.notify_waiters();
    }
}

#[derive(Debug)]
struct Watchers<K>(Mutex<HashMap<K, Vec<Arc<Waker>>>>);

impl<K> Default for Watchers<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash> Watchers<K> {
    fn add(&self, key: K, waker: &Arc<Waker>) {
        lock(&self.0).entry(key).or_default().push(Arc::clone(waker));
    }

    fn remove(&self, key: &K, waker: &Arc<Waker>) {
        let mut watchers = lock(&self.0);
        if let Some(wakers) = watchers.get_mut(key) {
            wakers.retain(|other| !Arc::ptr_eq(other, waker));
            if wakers.is_empty() {
                watchers.remove(key);
            }
        }
    }

    fn each(&self, key: &K, tell: impl Fn(&Waker)) {
        if let Some(wakers) = lock(&self.0).get(key) {
            wakers.iter().for_each(|waker| tell(waker));
        }
    }

    fn all(&self, is: impl Fn(&Waker) -> bool) -> bool {
        lock(&self.0).values().flatten().all(|waker| is(waker))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn watchers_are_woken_and_leave_no_trace() {
        let fanout = Arc::new(Fanout::default());
        let (chat, device) = (ChatId([1; 16]), DeviceId([1; 32]));
        let mut watch = fanout.watch(device);
        watch.add(chat);
        fanout.chat(chat);
        fanout.chat(ChatId([2; 16]));
        fanout.inbox(device, 7);
        watch.waker.woken().await;
        assert_eq!(watch.waker.changed(), BTreeSet::from([chat]));
        assert_eq!(watch.waker.inbox(), 7);
        watch.remove(&chat);
        fanout.chat(chat);
        assert!(watch.waker.changed().is_empty());
        watch.add(chat);
        drop(watch);
        assert!(lock(&fanout.chats.0).is_empty() && lock(&fanout.inboxes.0).is_empty());
    }
}
