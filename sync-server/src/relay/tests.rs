//! The relay without a network, with a clock and limits of our own.

use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

use beseda_protocol::{
    DeviceId, EnvelopeId, Seq, SlotId, SlotKey,
    access::{ChatProof, KeyChanges, SlotEntry},
    envelope::{Envelope, EnvelopeKind},
    request::{Append, AppendAnswer, Challenge, ListMarks, OpenChats, OpenSession, TakeInbox},
    sign::{self, Purpose},
};
use ed25519_dalek::SigningKey;

use super::*;
use crate::store::sqlite::{Purpose as Opening, SqliteStore};

const SERVER: &str = "relay.test";
const CHAT: ChatId = ChatId([1; 16]);

struct World {
    relay: Arc<Relay>,
    time: Arc<AtomicI64>,
    _data: tempfile::TempDir,
}

async fn world(change: impl FnOnce(&mut Config)) -> World {
    let (data, time) = (tempfile::tempdir().unwrap(), Arc::new(AtomicI64::new(1_000_000)));
    let store = SqliteStore::open(data.path(), Opening::Serve).await.unwrap();
    let mut config = Config::new(vec![SERVER.into()]);
    let clock = Arc::clone(&time);
    config.clock = Arc::new(move || clock.load(Relaxed));
    change(&mut config);
    World { relay: Relay::open(config, Arc::new(store)), time, _data: data }
}

impl World {
    async fn ask<R: Request>(&self, session: Option<SessionId>, request: R) -> Result<R::Answer, RelayError> {
        let answer = self.relay.call(session, R::NAME, &codec::encode(&request)).await?;
        Ok(codec::decode(&answer, usize::MAX).unwrap())
    }

    /// A session whose device and slot key are made of `seed`, with the slot key proven.
    async fn session(&self, seed: u8) -> Result<SessionId, RelayError> {
        let key = SigningKey::from_bytes(&[seed; 32]);
        let device = DeviceId(key.verifying_key().to_bytes());
        let nonce = self.ask(None, Challenge { device }).await?.nonce;
        let signature = sign::sign(&key, Purpose::Session, &[SERVER.as_bytes(), &[0], &nonce]);
        let open =
            OpenSession { device, nonce, server: SERVER.into(), signature, invite: None, voucher: None };
        let session = self.ask(None, open).await?.session;
        let signature =
            sign::sign(&key, Purpose::ChatAccess, &[SERVER.as_bytes(), &[0], &nonce, CHAT.as_bytes()]);
        let proofs = vec![ChatProof { chat: CHAT, key: SlotKey(device.0), signature }];
        self.ask(Some(session), OpenChats { proofs }).await?;
        Ok(session)
    }

    async fn create(&self, session: SessionId, seed: u8) -> AppendAnswer {
        let key = SlotKey(SigningKey::from_bytes(&[seed; 32]).verifying_key().to_bytes());
        let put = vec![SlotEntry { slot: SlotId([1; 16]), key, admin: true }];
        let envelope = Envelope {
            kind: EnvelopeKind::Handshake,
            keys: Some(KeyChanges { put, ..KeyChanges::default() }),
            ..content(0, 10)
        };
        self.ask(Some(session), Append { chat: CHAT, cas: Seq(0), envelopes: vec![envelope] }).await.unwrap()
    }
}

fn content(id: u8, bytes: usize) -> Envelope {
    let id = EnvelopeId([id; 16]);
    Envelope {
        id,
        kind: EnvelopeKind::Content,
        body: vec![1; bytes],
        welcomes: vec![],
        keys: None,
        accepted_at: None,
    }
}

fn code<T: std::fmt::Debug>(answer: Result<T, RelayError>) -> ErrorCode {
    answer.unwrap_err().code
}

#[tokio::test]
async fn the_clock_that_is_given_decides() {
    let world = world(|_| {}).await;
    let session = world.session(1).await.unwrap();
    let AppendAnswer::Accepted { at, .. } = world.create(session, 1).await else { panic!() };
    assert_eq!(at[0].accepted_at, 1_000_000);
    let hour = 60 * 60 * 1000;
    world.time.fetch_add(hour - 1, Relaxed);
    world.ask(Some(session), TakeInbox { after: 0 }).await.unwrap();
    world.time.fetch_add(hour, Relaxed);
    assert_eq!(code(world.ask(Some(session), TakeInbox { after: 0 }).await), ErrorCode::SessionUnknown);

    let ten_years = 10 * 365 * 24 * hour;
    world.time.fetch_sub(ten_years, Relaxed);
    let session = world.session(1).await.unwrap();
    let append = Append { chat: CHAT, cas: Seq(1), envelopes: vec![content(1, 10)] };
    assert!(matches!(world.ask(Some(session), append).await, Ok(AppendAnswer::Accepted { .. })));
}

#[tokio::test]
async fn a_full_queue_says_busy_and_nothing_is_half_done() {
    let world = world(|config| config.queue_bytes = 100_000).await;
    let session = world.session(1).await.unwrap();
    world.create(session, 1).await;
    let append = |id| {
        world.ask(Some(session), Append { chat: CHAT, cas: Seq(1), envelopes: vec![content(id, 60_000)] })
    };
    let answers = tokio::join!(append(1), append(2), append(3));
    let answers = [answers.0, answers.1, answers.2];
    let accepted =
        answers.iter().filter(|answer| matches!(answer, Ok(AppendAnswer::Accepted { .. }))).count();
    let busy = answers.iter().filter_map(|answer| answer.as_ref().err()).collect::<Vec<_>>();
    assert!(accepted >= 1 && accepted + busy.len() == 3 && !busy.is_empty());
    assert!(busy.iter().all(|error| error.code == ErrorCode::Busy && error.retry_after.is_some()));
    assert_eq!(world.relay.store().chat(CHAT).await.unwrap().unwrap().head, Seq(1 + accepted as u64));
}

#[tokio::test]
async fn live_connections_and_rates_are_bounded() {
    let world = world(|config| {
        config.max_live = 1;
        let slow = crate::config::Rate { per_second: 0.001, burst: 5.0 };
        config.rates = config.rates.map(|rates| crate::config::Rates { requests: slow, ..rates });
    })
    .await;
    let session = world.session(1).await.unwrap();
    let first = world.relay.live(session).unwrap();
    assert_eq!(code(world.relay.live(session)), ErrorCode::Busy);
    drop(first);
    let refused = loop {
        if let Err(error) = world.ask(Some(session), TakeInbox { after: 0 }).await {
            break error;
        }
    };
    assert_eq!(refused.code, ErrorCode::Busy);
}

#[tokio::test]
async fn listing_marks_costs_by_their_number() {
    let world = world(|config| {
        let slow = crate::config::Rate { per_second: 0.001, burst: 20.0 };
        config.rates = config.rates.map(|rates| crate::config::Rates { requests: slow, ..rates });
    })
    .await;
    let session = world.session(1).await.unwrap();
    world.create(session, 1).await;
    for append in 0..8_u8 {
        let some = (0..=255).map(|n| {
            let mut one = content(n, 1);
            one.id.0[0] = append + 100;
            one
        });
        world
            .ask(Some(session), Append { chat: CHAT, cas: Seq(1), envelopes: some.collect() })
            .await
            .unwrap();
    }
    // Of 20 requests 10 are left; a list of 2,049 marks counts as three.
    let list = |after| world.ask(Some(session), ListMarks { chat: CHAT, after: Seq(after) });
    for _ in 0..3 {
        assert_eq!(list(0).await.unwrap().marks.len(), 2049);
    }
    assert_eq!(code(list(0).await), ErrorCode::Busy);
}

#[tokio::test]
async fn after_closing_requests_are_told_to_come_back_and_the_directory_is_free() {
    let world = world(|_| {}).await;
    let session = world.session(1).await.unwrap();
    world.create(session, 1).await;
    let (_to_relay, mut from_relay) = world.relay.live(session).unwrap();
    world.relay.close().await;
    assert!(matches!(from_relay.recv().await, Some(RelayFrame::Closing { .. })));
    assert_eq!(from_relay.recv().await, None);
    assert_eq!(code(world.relay.live(session)), ErrorCode::Busy);
    let store = SqliteStore::open(world._data.path(), Opening::Serve).await.unwrap();
    assert_eq!(store.chat(CHAT).await.unwrap().unwrap().head, Seq(1));
}

#[tokio::test]
async fn what_arrives_together_is_committed_together() {
    // Each reading of the clock is another time, and a commit reads it once.
    let world = world(|config| {
        let ticks = AtomicI64::new(1);
        config.clock = Arc::new(move || ticks.fetch_add(1, Relaxed));
    })
    .await;
    let session = world.session(1).await.unwrap();
    world.create(session, 1).await;
    let append =
        |id| world.ask(Some(session), Append { chat: CHAT, cas: Seq(1), envelopes: vec![content(id, 10)] });
    let answers = futures_util::future::join_all((1..=50).map(append)).await;
    let mut times = std::collections::BTreeSet::new();
    let mut seqs = std::collections::BTreeSet::new();
    for answer in answers {
        let AppendAnswer::Accepted { at, .. } = answer.unwrap() else { panic!() };
        times.insert(at[0].accepted_at);
        seqs.insert(at[0].seq.0);
    }
    assert_eq!(seqs, (2..=51).collect(), "each its own place, without holes");
    assert!(times.len() <= 3, "{} commits for 50 appends", times.len());
}
