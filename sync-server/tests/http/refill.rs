//! What a client needs to refill a log: what stands where, where its cursor parts from the log, times that are kept.

use beseda_protocol::{
    ChatId, EnvelopeId, LogId, Seq,
    envelope::{Envelope, EnvelopeKind},
    limits,
    live::{ClientFrame, RelayFrame, Wanted},
    request::{AppendAnswer, ChatState, Cursor, ErrorCode, Head, ListMarks, Mark},
};
use ed25519_dalek::SigningKey;

use super::client::*;

/// What a mark tells but the time.
fn mark(envelope: &Envelope) -> (EnvelopeId, EnvelopeKind) {
    (envelope.id, envelope.kind)
}

fn told(marks: &[Mark]) -> Vec<(EnvelopeId, EnvelopeKind)> {
    marks.iter().map(|mark| (mark.id, mark.kind)).collect()
}

fn from(chat: ChatId, log: LogId, seq: u64, id: EnvelopeId) -> ClientFrame {
    let cursor = Cursor { log: Some(log), seq: Seq(seq), id: Some(id), tag: None };
    ClientFrame::Subscribe { chats: vec![Wanted { chat, cursor }] }
}

async fn log(device: &Device, chat: ChatId, key: &SigningKey) -> LogId {
    let ChatState::Open(Head { log, .. }) = device.open(chat, key).await.unwrap() else { panic!() };
    log
}

async fn head(live: &mut Live) -> ChatState {
    match live.next().await {
        Some(RelayFrame::Heads { chats }) => chats[0].1,
        other => panic!("{other:?}"),
    }
}

async fn batch(live: &mut Live) -> Vec<EnvelopeId> {
    match live.next().await {
        Some(RelayFrame::Batch { entries, .. }) => entries.iter().map(|entry| entry.id).collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn marks_of_a_long_log_come_page_by_page() {
    let data = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start(data.path(), &["--no-rate-limit"]);
    let anna = Device::connected(&relay).await;
    let (chat, key) = (ChatId(random()), SigningKey::from_bytes(&random()));
    anna.open(chat, &key).await.unwrap();
    let created = handshake(put(&key, 1, true));
    places(anna.append(chat, 0, std::slice::from_ref(&created)).await);
    let mut expected = vec![mark(&created)];
    while expected.len() <= limits::MARKS {
        let said: Vec<_> = (0..limits::APPEND_ENVELOPES).map(|_| content(b"x")).collect();
        places(anna.append(chat, 1, &said).await);
        expected.extend(said.iter().map(mark));
    }
    assert_eq!(expected[0].1, EnvelopeKind::Handshake);

    let log = log(&anna, chat, &key).await;
    let ask = async |after| anna.ask(&ListMarks { chat, after: Seq(after) }).await.unwrap();
    let first = ask(0).await;
    assert_eq!((first.log, first.marks.len(), first.more), (log, limits::MARKS, true));
    let rest = ask(limits::MARKS as u64).await;
    assert!(!rest.more);
    assert_eq!(told(&[first.marks, rest.marks].concat()), expected);
    let last = expected.len() as u64;
    assert_eq!(told(&ask(last - 1).await.marks), expected[expected.len() - 1..]);
    for beyond in [last, last + 1, u64::MAX] {
        let answer = ask(beyond).await;
        assert!(answer.marks.is_empty() && !answer.more, "after {beyond}");
    }
}

#[tokio::test]
async fn marks_are_for_who_may_use_the_chat() {
    let data = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start(data.path(), &[]);
    let (anna, boris) = (Device::connected(&relay).await, Device::connected(&relay).await);
    let (chat, _) = anna.create_chat().await;
    let list = ListMarks { chat, after: Seq::ZERO };
    assert_eq!(boris.ask(&list).await.unwrap_err().code, ErrorCode::Denied, "no key was shown");
    let key = SigningKey::from_bytes(&random());
    places(anna.append(chat, 1, &[handshake(put(&key, 2, false))]).await);
    boris.open(chat, &key).await.unwrap();
    assert_eq!(boris.ask(&list).await.unwrap().marks.len(), 2);
    places(anna.append(chat, 2, &[handshake(remove(&key))]).await);
    assert_eq!(boris.ask(&list).await.unwrap_err().code, ErrorCode::Denied, "the key was removed");
    let nowhere = ListMarks { chat: ChatId(random()), ..list };
    assert_eq!(anna.ask(&nowhere).await.unwrap_err().code, ErrorCode::Denied);
}

#[tokio::test]
async fn a_cursor_that_parts_from_a_log_of_an_older_backup_is_told_so() {
    let data = tempfile::tempdir().unwrap();
    let backup = tempfile::tempdir().unwrap();
    let mut relay = RelayProcess::start(data.path(), &[]);
    let mut anna = Device::connected(&relay).await;
    let (chat, key) = anna.create_chat().await;
    let [kept, lost, other, after] = [b"kept", b"lost", b"othr", b"aftr"].map(|body| content(body));
    places(anna.append(chat, 1, std::slice::from_ref(&kept)).await);
    let log_before = log(&anna, chat, &key).await;
    assert!(relay.stop());
    std::fs::copy(data.path().join("relay.db"), backup.path().join("relay.db")).unwrap();
    let mut relay = RelayProcess::start(data.path(), &[]);
    anna.back(&relay).await;
    anna.open(chat, &key).await.unwrap();
    assert_eq!(places(anna.append(chat, 1, std::slice::from_ref(&lost)).await), [3]);
    assert!(relay.stop());

    for in_memory in [true, false] {
        let mut relay = RelayProcess::start(backup.path(), &[]);
        anna.back(&relay).await;
        assert_eq!(log(&anna, chat, &key).await, log_before);
        if in_memory {
            assert_eq!(places(anna.append(chat, 1, &[other.clone(), after.clone()]).await), [3, 4]);
        }
        let ChatState::Open(now) = anna.open(chat, &key).await.unwrap() else { panic!() };
        let mut live = anna.live().await;
        live.send(&ClientFrame::Credit { bytes: 1 << 20 }).await;
        live.send(&from(chat, log_before, 3, lost.id)).await;
        assert_eq!(live.next().await, Some(RelayFrame::Parted { chat }));
        assert_eq!(head(&mut live).await, ChatState::Open(now));
        let unseen = content(b"unseen");
        places(anna.append(chat, 1, std::slice::from_ref(&unseen)).await);
        // Had an entry been sent, it would stand before these heads.
        live.send(&from(chat, log_before, now.seq.0 + 9, lost.id)).await;
        assert!(
            matches!(head(&mut live).await, ChatState::Open(_)),
            "behind the cursor: not told that it parts"
        );

        live.send(&from(chat, log_before, 2, kept.id)).await;
        head(&mut live).await;
        let seen = batch(&mut live).await;
        assert_eq!(seen[..2], [other.id, after.id]);
        assert_eq!(seen.last(), Some(&unseen.id));
        live.send(&from(chat, log_before, 0, lost.id)).await;
        head(&mut live).await;
        assert_eq!(batch(&mut live).await.len(), seen.len() + 2, "before the first there is no envelope");
        assert!(relay.stop());
    }
}

#[tokio::test]
async fn of_a_chat_that_is_named_twice_the_last_cursor_counts() {
    let data = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start(data.path(), &[]);
    let anna = Device::connected(&relay).await;
    let (chat, key) = anna.create_chat().await;
    let said = content(b"said");
    places(anna.append(chat, 1, std::slice::from_ref(&said)).await);
    let log = Some(log(&anna, chat, &key).await);
    let right = Wanted { chat, cursor: Cursor { log, seq: Seq(2), id: Some(said.id), tag: None } };
    let wrong = Wanted { chat, cursor: Cursor { log, seq: Seq(1), id: Some(said.id), tag: None } };
    let mut live = anna.live().await;
    live.send(&ClientFrame::Credit { bytes: 1 << 20 }).await;
    live.send(&ClientFrame::Subscribe { chats: vec![right, wrong] }).await;
    assert_eq!(live.next().await, Some(RelayFrame::Parted { chat }));
    head(&mut live).await;
    live.send(&ClientFrame::Subscribe { chats: vec![wrong, right] }).await;
    head(&mut live).await;
    let next = content(b"next");
    places(anna.append(chat, 1, std::slice::from_ref(&next)).await);
    assert_eq!(batch(&mut live).await, [next.id]);
}

#[tokio::test]
async fn envelopes_of_a_lost_log_keep_their_times() {
    let data = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start(data.path(), &[]);
    let anna = Device::connected(&relay).await;
    let (chat, key) = (ChatId(random()), SigningKey::from_bytes(&random()));
    anna.open(chat, &key).await.unwrap();
    let at = |time, envelope| Envelope { accepted_at: Some(time), ..envelope };
    let times = |answer| match answer {
        Ok(AppendAnswer::Accepted { at, .. }) => at.iter().map(|at| at.accepted_at).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let created = at(1_000, handshake(put(&key, 1, true)));
    assert_eq!(times(anna.append(chat, 0, &[created]).await), [1_000]);
    let said = [at(2_000, content(b"a")), at(1_500, content(b"b")), at(i64::MAX, content(b"c"))];
    let answer = times(anna.append(chat, 1, &said).await);
    assert_eq!(answer[..2], [2_000, 2_000]);
    let hello = anna.ask(&beseda_protocol::request::Hello { v: 1 }).await.unwrap();
    assert!(answer[2] > 2_000 && answer[2] <= hello.time);

    let mut live = anna.live().await;
    let cursor = Cursor { log: None, seq: Seq::ZERO, id: None, tag: None };
    live.send(&ClientFrame::Subscribe { chats: vec![Wanted { chat, cursor }] }).await;
    head(&mut live).await;
    live.send(&ClientFrame::Credit { bytes: 1 << 20 }).await;
    let Some(RelayFrame::Batch { entries, .. }) = live.next().await else { panic!() };
    let read: Vec<_> = entries.iter().map(|entry| entry.accepted_at).collect();
    assert_eq!(read, [&[1_000], &answer[..]].concat());
    // The marks tell them too, and who knows the entry by another tag is told that the log is another one.
    let marks = anna.ask(&ListMarks { chat, after: Seq::ZERO }).await.unwrap().marks;
    assert_eq!(marks.iter().map(|mark| mark.accepted_at.unwrap()).collect::<Vec<_>>(), read);
    let log = Some(log(&anna, chat, &key).await);
    for (tag, parted) in [(None, false), (Some(marks[0].tag), false), (Some(marks[1].tag), true)] {
        let cursor = Cursor { log, seq: Seq(1), id: Some(marks[0].id), tag };
        live.send(&ClientFrame::Subscribe { chats: vec![Wanted { chat, cursor }] }).await;
        if parted {
            assert_eq!(live.next().await, Some(RelayFrame::Parted { chat }));
        }
        head(&mut live).await;
        if !parted {
            assert_eq!(batch(&mut live).await.len(), 3);
        }
    }
}
