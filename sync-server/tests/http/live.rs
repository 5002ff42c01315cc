//! The WebSocket: heads, credit, order, fan-out.

use std::collections::HashMap;

use beseda_protocol::{
    ChatId, LogId, Seq,
    envelope::Envelope,
    live::{ClientFrame, RelayFrame, Wanted},
    request::{ChatState, Cursor, ErrorCode, Head},
};

use super::client::*;

fn from(chat: ChatId, log: Option<LogId>, seq: u64) -> ClientFrame {
    ClientFrame::Subscribe {
        chats: vec![Wanted { chat, cursor: Cursor { log, seq: Seq(seq), id: None, tag: None } }],
    }
}

async fn head(live: &mut Live) -> ChatState {
    match live.next().await {
        Some(RelayFrame::Heads { chats }) => chats[0].1,
        other => panic!("{other:?}"),
    }
}

async fn batch(live: &mut Live) -> (ChatId, Vec<u64>, usize) {
    match live.next().await {
        Some(RelayFrame::Batch { chat, entries, .. }) => {
            let bytes = entries.iter().map(|entry| entry.body.len()).sum();
            (chat, entries.iter().map(|entry| entry.seq.0).collect(), bytes)
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn entries_come_as_far_as_the_credit_goes_and_then_live() {
    let data = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start(data.path(), &[]);
    let anna = Device::connected(&relay).await;
    let (chat, key) = anna.create_chat().await;
    let said: Vec<Envelope> = (0..10).map(|n| content(&[n; 1000])).collect();
    places(anna.append(chat, 1, &said).await);
    let ChatState::Open(Head { log, .. }) = anna.open(chat, &key).await.unwrap() else { panic!() };

    let mut live = anna.live().await;
    live.send(&from(chat, Some(log), 1)).await;
    assert!(matches!(head(&mut live).await, ChatState::Open(head) if head.seq == Seq(11)));
    live.send(&ClientFrame::Credit { bytes: 2500 }).await;
    assert_eq!(batch(&mut live).await, (chat, vec![2, 3], 2000));
    live.send(&ClientFrame::Credit { bytes: 400 }).await;
    live.send(&ClientFrame::Credit { bytes: 200 }).await;
    assert_eq!(batch(&mut live).await, (chat, vec![4], 1000), "only when it fits");
    live.send(&ClientFrame::Credit { bytes: 1 << 20 }).await;
    assert_eq!(batch(&mut live).await, (chat, (5..=11).collect(), 7000));
    places(anna.append(chat, 1, &[content(b"live")]).await);
    assert_eq!(batch(&mut live).await, (chat, vec![12], 4));

    live.send(&from(chat, None, 0)).await;
    head(&mut live).await;
    assert_eq!(batch(&mut live).await.1, (1..=12).collect::<Vec<_>>(), "from the start again");
}

#[tokio::test]
async fn a_cursor_of_another_log_gets_nothing_until_the_client_decides() {
    let data = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start(data.path(), &[]);
    let anna = Device::connected(&relay).await;
    let (chat, key) = anna.create_chat().await;
    let ChatState::Open(Head { log, .. }) = anna.open(chat, &key).await.unwrap() else { panic!() };
    let mut live = anna.live().await;
    live.send(&ClientFrame::Credit { bytes: 1 << 20 }).await;
    for kind in 0..3 {
        let ChatState::Open(now) = anna.open(chat, &key).await.unwrap() else { panic!() };
        live.send(&match kind {
            0 => from(chat, Some(LogId([7; 16])), 0),
            1 => from(chat, Some(log), now.seq.0 + 1),
            _ => from(chat, None, 1),
        })
        .await;
        assert_eq!(head(&mut live).await, ChatState::Open(now));
        places(anna.append(chat, 1, &[content(b"unseen")]).await);
        // Had the append been sent, it would stand before these heads or the next ones.
        live.send(&from(ChatId(random()), None, 0)).await;
        assert_eq!(head(&mut live).await, ChatState::Denied);
        live.send(&from(chat, Some(log), now.seq.0 + 1)).await;
        head(&mut live).await;
        places(anna.append(chat, 1, &[content(b"seen")]).await);
        assert_eq!(batch(&mut live).await.1, [now.seq.0 + 2]);
    }
}

#[tokio::test]
async fn newest_chats_first_and_each_in_turn() {
    let data = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start(data.path(), &["--no-rate-limit"]);
    let anna = Device::connected(&relay).await;
    let mut chats = Vec::new();
    for _ in 0..3 {
        let (chat, _) = anna.create_chat().await;
        for _ in 0..4 {
            places(anna.append(chat, 1, &[content(&[1; 200_000])]).await);
        }
        chats.push(chat);
    }
    let mut live = anna.live().await;
    let cursor = Cursor { log: None, seq: Seq(0), id: None, tag: None };
    let wanted = chats.iter().map(|chat| Wanted { chat: *chat, cursor }).collect();
    live.send(&ClientFrame::Subscribe { chats: wanted }).await;
    head(&mut live).await;
    live.send(&ClientFrame::Credit { bytes: 16 << 20 }).await;
    let (mut order, mut seqs) = (Vec::new(), HashMap::<ChatId, Vec<u64>>::new());
    while seqs.values().map(Vec::len).sum::<usize>() < 15 {
        let (chat, some, bytes) = batch(&mut live).await;
        assert!(bytes <= 1 << 20);
        order.push(chat);
        seqs.entry(chat).or_default().extend(some);
    }
    chats.reverse();
    assert_eq!(order[..6], [&chats[..], &chats[..]].concat());
    assert!(seqs.values().all(|seqs| *seqs == [1, 2, 3, 4, 5]), "each once and in order");
}

#[tokio::test]
async fn a_chat_subscribed_before_it_exists_is_followed_from_its_start() {
    let data = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start(data.path(), &[]);
    let anna = Device::connected(&relay).await;
    let (chat, key) = (ChatId(random()), ed25519_dalek::SigningKey::from_bytes(&random()));
    anna.open(chat, &key).await.unwrap();
    let mut live = anna.live().await;
    live.send(&ClientFrame::Credit { bytes: 1 << 20 }).await;
    live.send(&from(chat, None, 0)).await;
    assert_eq!(head(&mut live).await, ChatState::Unknown);
    places(anna.append(chat, 0, &[handshake(put(&key, 1, true))]).await);
    assert_eq!(batch(&mut live).await.1, [1]);
}

#[tokio::test]
async fn a_frame_of_rubbish_ends_the_connection_with_a_reason() {
    use futures_util::SinkExt;
    let data = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start(data.path(), &[]);
    let anna = Device::connected(&relay).await;
    let mut live = anna.live().await;
    live.0.send(tokio_tungstenite::tungstenite::Message::Binary(vec![0xff; 9].into())).await.unwrap();
    match live.next().await {
        Some(RelayFrame::Closing { error }) => assert_eq!(error.code, ErrorCode::Invalid),
        other => panic!("{other:?}"),
    }
    assert_eq!(live.next().await, None);
}

#[tokio::test]
async fn a_stopping_relay_says_so() {
    let data = tempfile::tempdir().unwrap();
    let mut relay = RelayProcess::start(data.path(), &[]);
    let anna = Device::connected(&relay).await;
    let (chat, _) = anna.create_chat().await;
    let mut live = anna.live().await;
    live.send(&from(chat, None, 0)).await;
    head(&mut live).await;
    let stopped = tokio::task::spawn_blocking(move || relay.stop());
    assert!(
        matches!(live.next().await, Some(RelayFrame::Closing { error }) if error.code == ErrorCode::Busy)
    );
    drop(live);
    assert!(stopped.await.unwrap());
}
