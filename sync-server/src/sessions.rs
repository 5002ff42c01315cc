//! Who has proved what: challenges given out, and sessions with the slot keys proven in them. In memory only: after
//! a restart clients prove themselves again.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, AtomicU32, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use beseda_protocol::{ChatId, DeviceId, SlotKey, limits};

use crate::{config::Rates, rate::Bucket};

/// Milliseconds in which a challenge must be answered.
const CHALLENGE_LIFE: i64 = 60_000;
const MAX_CHALLENGES: usize = 65_536;
/// Sessions of one device; the oldest goes first.
const PER_DEVICE: usize = 16;
/// Milliseconds between forgetting what has expired.
const SWEEP_EVERY: u64 = 60_000;

pub type SessionId = [u8; 32];
pub type Nonce = [u8; 32];

/// Nonces given out and not yet used.
#[derive(Debug, Default)]
pub struct Challenges {
    given: HashMap<Nonce, (DeviceId, i64)>,
    order: VecDeque<(Nonce, i64)>,
}

impl Challenges {
    /// `false` when too many are waiting.
    pub fn give(&mut self, nonce: Nonce, device: DeviceId, now: i64) -> bool {
        while let Some((oldest, until)) = self.order.front()
            // A clock that was set back must not keep them for ever.
            && (*until <= now || *until > now + CHALLENGE_LIFE || !self.given.contains_key(oldest))
        {
            self.given.remove(oldest);
            self.order.pop_front();
        }
        if self.order.len() >= MAX_CHALLENGES {
            return false;
        }
        let until = now + CHALLENGE_LIFE;
        self.given.insert(nonce, (device, until));
        self.order.push_back((nonce, until));
        true
    }

    /// Whether `nonce` was given to `device` lately; it is worth nothing afterwards.
    pub fn redeem(&mut self, nonce: &Nonce, device: DeviceId, now: i64) -> bool {
        self.given
            .remove(nonce)
            .is_some_and(|(of, until)| of == device && now < until && until <= now + CHALLENGE_LIFE)
    }
}

#[derive(Debug)]
pub struct Session {
    pub device: DeviceId,
    /// Name of this server as the client proved it; proofs of slot keys must name it too.
    pub server: String,
    pub nonce: Nonce,
    expires_at: AtomicI64,
    /// Live connections; a session does not expire under them.
    live: AtomicU32,
    proven: Mutex<HashMap<ChatId, SlotKey>>,
    buckets: Option<Mutex<(Bucket, Bucket)>>,
}

impl Session {
    pub fn new(device: DeviceId, server: String, nonce: Nonce, rates: Option<Rates>) -> Self {
        let now = Instant::now();
        let full =
            |rates: Rates| Mutex::new((Bucket::full(rates.requests, now), Bucket::full(rates.bytes, now)));
        Self {
            device,
            server,
            nonce,
            expires_at: AtomicI64::new(i64::MAX),
            live: AtomicU32::new(0),
            proven: Mutex::default(),
            buckets: rates.map(full),
        }
    }

    /// The slot key that was proven for a chat.
    pub fn key(&self, chat: &ChatId) -> Option<SlotKey> {
        lock(&self.proven).get(chat).copied()
    }

    /// Remembers a proven key; `false` when the session holds too many.
    pub fn prove(&self, chat: ChatId, key: SlotKey) -> bool {
        let mut proven = lock(&self.proven);
        if proven.len() >= limits::SESSION_CHATS && !proven.contains_key(&chat) {
            return false;
        }
        proven.insert(chat, key);
        true
    }

    /// Charges a request of so many bytes, or answers how long to wait.
    pub fn charge(&self, rates: Option<Rates>, requests: f64, bytes: usize) -> Result<(), Duration> {
        let (Some(rates), Some(buckets)) = (rates, &self.buckets) else { return Ok(()) };
        let (now, mut buckets) = (Instant::now(), lock(buckets));
        buckets.0.take(rates.requests, requests, now)?;
        buckets.1.take(rates.bytes, bytes as f64, now)
    }

    /// How many live connections it has.
    pub fn connections(&self) -> u32 {
        self.live.load(Relaxed)
    }

    /// Keeps the session while the answer lives.
    pub fn hold(self: &Arc<Self>) -> Held {
        self.live.fetch_add(1, Relaxed);
        Held(Arc::clone(self))
    }

    fn expired(&self, now: i64) -> bool {
        self.live.load(Relaxed) == 0 && self.expires_at.load(Relaxed) <= now
    }
}

#[derive(Debug)]
pub struct Held(Arc<Session>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.live.fetch_sub(1, Relaxed);
    }
}

#[derive(Debug)]
pub struct Sessions {
    life: i64,
    most: usize,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    sessions: HashMap<SessionId, Arc<Session>>,
    by_device: HashMap<DeviceId, VecDeque<SessionId>>,
    swept_at: i64,
}

impl Sessions {
    pub fn new(life: Duration, most: usize) -> Self {
        let life = i64::try_from(life.as_millis()).unwrap_or(i64::MAX);
        Self { life, most, open: Mutex::default() }
    }

    /// `false` when there are too many.
    pub fn add(&self, id: SessionId, session: Session, now: i64) -> bool {
        let mut open = lock(&self.open);
        // Also now and then, so that a quiet relay does not remember a busy day; also when the clock was set back.
        if open.sessions.len() >= self.most || now.abs_diff(open.swept_at) > SWEEP_EVERY {
            open.sweep(now);
        }
        if open.sessions.len() >= self.most {
            return false;
        }
        session.expires_at.store(now.saturating_add(self.life), Relaxed);
        let of_device = open.by_device.entry(session.device).or_default();
        of_device.push_back(id);
        let oldest = if of_device.len() > PER_DEVICE { of_device.pop_front() } else { None };
        if let Some(oldest) = oldest {
            open.sessions.remove(&oldest);
        }
        open.sessions.insert(id, Arc::new(session));
        true
    }

    /// The session, which lives on from now.
    pub fn find(&self, id: &SessionId, now: i64) -> Option<Arc<Session>> {
        let open = lock(&self.open);
        let session = open.sessions.get(id).filter(|session| !session.expired(now))?;
        session.expires_at.store(now.saturating_add(self.life), Relaxed);
        Some(Arc::clone(session))
    }
}

impl Open {
    fn sweep(&mut self, now: i64) {
        self.swept_at = now;
        self.sessions.retain(|_, session| !session.expired(now));
        let sessions = &self.sessions;
        self.by_device.retain(|_, ids| {
            ids.retain(|id| sessions.contains_key(id));
            !ids.is_empty()
        });
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANNA: DeviceId = DeviceId([1; 32]);

    fn session() -> Session {
        Session::new(ANNA, "here".into(), [0; 32], None)
    }

    #[test]
    fn a_challenge_is_good_once_for_one_device_and_a_short_time() {
        let mut challenges = Challenges::default();
        for nonce in 1..=4 {
            assert!(challenges.give([nonce; 32], ANNA, 0));
        }
        assert!(challenges.redeem(&[1; 32], ANNA, 10));
        assert!(!challenges.redeem(&[1; 32], ANNA, 10));
        assert!(!challenges.redeem(&[2; 32], DeviceId([2; 32]), 10));
        assert!(!challenges.redeem(&[3; 32], ANNA, CHALLENGE_LIFE));
        assert!(!challenges.redeem(&[9; 32], ANNA, 10));
        assert!(challenges.give([5; 32], ANNA, CHALLENGE_LIFE + 1));
        assert_eq!(challenges.given.len(), 1, "what nobody answered is forgotten");
    }

    #[test]
    fn challenges_are_bounded() {
        let mut challenges = Challenges::default();
        for number in 0..MAX_CHALLENGES as u32 {
            let mut nonce = [0; 32];
            nonce[..4].copy_from_slice(&number.to_be_bytes());
            assert!(challenges.give(nonce, ANNA, 0));
        }
        assert!(!challenges.give([255; 32], ANNA, 0));
        assert!(challenges.give([255; 32], ANNA, CHALLENGE_LIFE));
    }

    #[test]
    fn a_session_slides_and_expires_but_not_under_a_live_connection() {
        let sessions = Sessions::new(Duration::from_millis(100), 10);
        assert!(sessions.add([1; 32], session(), 0));
        assert!(sessions.find(&[1; 32], 90).is_some());
        let held = sessions.find(&[1; 32], 180).unwrap().hold();
        assert!(sessions.find(&[1; 32], 10_000).is_some());
        drop(held);
        assert!(sessions.find(&[1; 32], 20_000).is_none());
    }

    #[test]
    fn sessions_are_bounded_by_device_and_in_all() {
        let sessions = Sessions::new(Duration::from_millis(100), 20);
        for id in 0..=PER_DEVICE as u8 {
            assert!(sessions.add([id; 32], session(), 0));
        }
        assert!(sessions.find(&[0; 32], 1).is_none(), "the oldest went");
        assert!(sessions.find(&[1; 32], 1).is_some());
        let of = |device| Session::new(DeviceId([device; 32]), String::new(), [0; 32], None);
        for id in 100..104 {
            assert!(sessions.add([id; 32], of(id), 0));
        }
        assert!(!sessions.add([200; 32], of(200), 50));
        assert!(sessions.add([200; 32], of(200), 200), "expired ones make room");
    }
}
