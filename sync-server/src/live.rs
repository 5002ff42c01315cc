//! One live connection: what it subscribed, how much it may be sent, and what it is sent next.
//!
//! Entries are read from the store only when there is credit and room in the channel, so a slow reader holds a
//! cursor for each chat and nothing else.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use beseda_protocol::{
    ChatId, LogId, Seq, limits,
    live::{ClientFrame, RelayFrame, Wanted},
    request::{Cursor, ErrorCode, Mark, RelayError},
};
use tokio::sync::{mpsc, watch};

use crate::{
    fanout::Watch,
    relay::{Access, Relay, busy, stopping, store_failed},
    sessions::{Held, Session},
    store::{Page, StoreError},
};

/// Bytes of one batch while several chats wait, so that each gets its turn soon.
const FAIR_BATCH_BYTES: usize = 256 * 1024;
/// Answers to frames of a client that does not read; then its frames wait.
const MOST_ANSWERS: usize = 4;
/// What subscribing to one chat costs, in requests: it reads the chat's head, and the id at the cursor.
const SUBSCRIBED_CHAT: f64 = 0.02;
/// For the last frame to a client that does not read.
const GOODBYE: Duration = Duration::from_secs(1);

pub struct Connection {
    relay: Arc<Relay>,
    session: Arc<Session>,
    _held: Held,
    watch: Watch,
    chats: HashMap<ChatId, Subscription>,
    /// Chats with something new, and chats still catching up: they take turns.
    fresh: VecDeque<ChatId>,
    behind: VecDeque<ChatId>,
    fresh_was_last: bool,
    /// Heads, refusals, partings and inbox news: small, and not bound to credit.
    answers: VecDeque<RelayFrame>,
    credit: u64,
    /// The next entry is larger than the credit left.
    starved: bool,
    inbox_told: u64,
}

#[derive(Debug)]
struct Subscription {
    log: Option<LogId>,
    sent: Seq,
    /// In one of the queues.
    queued: bool,
}

impl Connection {
    pub fn new(relay: Arc<Relay>, session: Arc<Session>) -> Self {
        let watch = relay.fanout().watch(session.device);
        Self {
            _held: session.hold(),
            relay,
            session,
            watch,
            chats: HashMap::new(),
            fresh: VecDeque::new(),
            behind: VecDeque::new(),
            fresh_was_last: false,
            answers: VecDeque::new(),
            credit: 0,
            starved: false,
            inbox_told: 0,
        }
    }

    pub async fn run(
        mut self,
        mut from_client: mpsc::Receiver<ClientFrame>,
        to_client: mpsc::Sender<RelayFrame>,
        mut closing: watch::Receiver<bool>,
    ) {
        let ended = self.talk(&mut from_client, &to_client, &mut closing).await;
        if let Err(error) = ended {
            // A client that does not read does not learn why.
            let _ = tokio::time::timeout(GOODBYE, to_client.send(RelayFrame::Closing { error })).await;
        }
    }

    async fn talk(
        &mut self,
        from_client: &mut mpsc::Receiver<ClientFrame>,
        to_client: &mpsc::Sender<RelayFrame>,
        closing: &mut watch::Receiver<bool>,
    ) -> Result<(), RelayError> {
        let failed = |error: StoreError| store_failed(&error);
        let waiting = self.relay.store().inbox_head(self.session.device).await.map_err(failed)?;
        self.tell_inbox(waiting);
        let waker = Arc::clone(&self.watch.waker);
        loop {
            if from_client.is_empty() && (!self.has_something() || to_client.capacity() == 0) {
                self.watch.rests(self.inbox_told);
            }
            tokio::select! {
                // What happens in which order follows from what was there; an end goes before all.
                biased;
                () = stops(closing) => return Err(stopping()),
                () = to_client.closed() => return Ok(()),
                frame = from_client.recv(), if self.answers.len() < MOST_ANSWERS => match frame {
                    Some(frame) => self.take(frame).await?,
                    None => return Ok(()),
                },
                () = waker.woken() => self.look().await.map_err(failed)?,
                permit = to_client.reserve(), if self.has_something() => {
                    let Ok(permit) = permit else { return Ok(()) };
                    if let Some(frame) = self.next().await.map_err(failed)? {
                        permit.send(frame);
                    }
                }
            }
        }
    }

    async fn take(&mut self, frame: ClientFrame) -> Result<(), RelayError> {
        self.watch.waker.works();
        match frame {
            ClientFrame::Credit { bytes } => {
                self.credit = self.credit.saturating_add(bytes).min(limits::CREDIT_BYTES);
                self.starved = false;
                Ok(())
            }
            ClientFrame::Subscribe { chats } => {
                let new = chats.iter().filter(|wanted| !self.chats.contains_key(&wanted.chat)).count();
                if self.chats.len() + new > limits::SESSION_CHATS {
                    return Err(RelayError::new(ErrorCode::TooLarge, "too many chats are subscribed"));
                }
                let wait = |wait| busy("this session subscribes too often", wait);
                let work = 1.0 + chats.len() as f64 * SUBSCRIBED_CHAT;
                self.session.charge(self.relay.config().rates, work, 0).map_err(wait)?;
                self.subscribe(chats).await.map_err(|error| store_failed(&error))
            }
        }
    }

    async fn subscribe(&mut self, chats: Vec<Wanted>) -> Result<(), StoreError> {
        let mut heads = Vec::with_capacity(chats.len());
        let mut behind = Vec::new();
        let mut parted = Vec::new();
        for Wanted { chat, cursor } in chats {
            self.forget(&chat);
            // Before the head is read: what is appended in between is then noticed.
            self.watch.add(chat);
            let access = self.relay.access(&self.session, chat).await?;
            heads.push((chat, access.state()));
            let mut follows = match &access {
                Access::Open(found) => {
                    let same_log = cursor.log.map_or(cursor.seq == Seq::ZERO, |log| log == found.log);
                    same_log && cursor.seq <= found.head
                }
                // Follows from the start once it is created.
                Access::Unknown => cursor.log.is_none() && cursor.seq == Seq::ZERO,
                Access::Denied => false,
            };
            if follows && self.parts(chat, cursor).await? {
                follows = false;
                parted.push(chat);
            }
            if !follows && !matches!(access, Access::Open(_)) {
                self.watch.remove(&chat);
            }
            if follows {
                let subscription = Subscription { log: cursor.log, sent: cursor.seq, queued: false };
                self.chats.insert(chat, subscription);
                if let Access::Open(found) = access
                    && found.head > cursor.seq
                {
                    behind.push((found.touched_at, chat));
                }
            }
        }
        behind.sort_unstable_by(|one, other| other.cmp(one));
        for (_, chat) in behind {
            // A chat named twice in one frame is queued once.
            if let Some(subscription) = self.chats.get_mut(&chat)
                && !std::mem::replace(&mut subscription.queued, true)
            {
                self.behind.push_back(chat);
            }
        }
        self.starved = false;
        // A chat named twice in one frame goes by its last cursor.
        let parted = parted.into_iter().filter(|chat| !self.chats.contains_key(chat));
        // First: once the head is told, a client may append.
        self.answers.extend(parted.map(|chat| RelayFrame::Parted { chat }));
        self.answers.push_back(RelayFrame::Heads { chats: heads });
        Ok(())
    }

    /// Whether the log holds another envelope where the cursor stands, or the same one put there anew; the head is not
    /// behind it.
    async fn parts(&self, chat: ChatId, cursor: Cursor) -> Result<bool, StoreError> {
        match cursor.id {
            Some(id) if cursor.seq > Seq::ZERO => {
                let mark = self.relay.store().mark_at(chat, cursor.seq).await?;
                let same = |mark: Mark| mark.id == id && cursor.tag.is_none_or(|tag| tag == mark.tag);
                Ok(!mark.is_some_and(same))
            }
            _ => Ok(false),
        }
    }

    fn forget(&mut self, chat: &ChatId) {
        if self.chats.remove(chat).is_some_and(|subscription| subscription.queued) {
            self.fresh.retain(|other| other != chat);
            self.behind.retain(|other| other != chat);
        }
    }

    /// After being woken: which chats and whose inbox got something.
    async fn look(&mut self) -> Result<(), StoreError> {
        self.tell_inbox(self.watch.waker.inbox());
        for chat in self.watch.waker.changed() {
            // Told at once, without credit; also a chat that follows nothing because of its cursor.
            if let Access::Denied = self.relay.access(&self.session, chat).await? {
                self.deny(chat);
            } else if let Some(subscription) = self.chats.get_mut(&chat)
                && !std::mem::replace(&mut subscription.queued, true)
            {
                self.fresh.push_back(chat);
            }
        }
        Ok(())
    }

    fn tell_inbox(&mut self, upto: u64) {
        if upto > self.inbox_told {
            self.inbox_told = upto;
            self.answers.retain(|frame| !matches!(frame, RelayFrame::Inbox { .. }));
            self.answers.push_back(RelayFrame::Inbox { upto });
        }
    }

    fn deny(&mut self, chat: ChatId) {
        self.forget(&chat);
        self.watch.remove(&chat);
        self.starved = false;
        self.answers.push_back(RelayFrame::Denied { chat });
    }

    fn has_something(&self) -> bool {
        let entries = !self.fresh.is_empty() || !self.behind.is_empty();
        !self.answers.is_empty() || (entries && self.credit > 0 && !self.starved)
    }

    async fn next(&mut self) -> Result<Option<RelayFrame>, StoreError> {
        self.watch.waker.works();
        if let Some(answer) = self.answers.pop_front() {
            return Ok(Some(answer));
        }
        while let Some(chat) = self.turn() {
            let access = self.relay.access(&self.session, chat).await?;
            let found = match access {
                Access::Open(found) => found,
                Access::Unknown => continue,
                Access::Denied => {
                    self.deny(chat);
                    return Ok(self.answers.pop_front());
                }
            };
            let several = !self.fresh.is_empty() || !self.behind.is_empty();
            let Some(subscription) = self.chats.get_mut(&chat) else { continue };
            let log = *subscription.log.get_or_insert(found.log);
            if log != found.log || subscription.sent >= found.head {
                continue;
            }
            let most = if several { FAIR_BATCH_BYTES } else { limits::BATCH_BYTES };
            let bytes = usize::try_from(self.credit).unwrap_or(usize::MAX).min(most);
            let page = Page { bytes, count: limits::BATCH_ENTRIES };
            let mut entries = self.relay.store().read(chat, subscription.sent, page).await?;
            // Not beyond the head at which the key was checked: it may have been removed since.
            entries.retain(|entry| entry.seq <= found.head);
            let Some(last) = entries.last() else {
                subscription.queued = true;
                self.behind.push_front(chat);
                self.starved = true;
                return Ok(None);
            };
            subscription.sent = last.seq;
            if last.seq < found.head {
                subscription.queued = true;
                self.behind.push_back(chat);
            }
            let sent: usize = entries.iter().map(|entry| entry.body.len()).sum();
            self.credit = self.credit.saturating_sub(sent as u64);
            return Ok(Some(RelayFrame::Batch { chat, log, entries, head: found.head }));
        }
        Ok(None)
    }

    /// The chat whose turn it is, out of its queue.
    fn turn(&mut self) -> Option<ChatId> {
        self.fresh_was_last = !self.fresh_was_last && !self.fresh.is_empty() || self.behind.is_empty();
        let queue = if self.fresh_was_last { &mut self.fresh } else { &mut self.behind };
        let chat = queue.pop_front()?;
        if let Some(subscription) = self.chats.get_mut(&chat) {
            subscription.queued = false;
        }
        Some(chat)
    }
}

/// Returns when the relay stops, or is gone.
async fn stops(closing: &mut watch::Receiver<bool>) {
    let _ = closing.wait_for(|closing| *closing).await;
}
