//! Inboxes, welcomes and key packages.

use beseda_protocol::{
    EnvelopeId, Seq,
    envelope::{Envelope, Welcome},
    limits,
    live::RelayFrame,
    request::{
        AcknowledgeInbox, AppendAnswer, Deliver, ErrorCode, InboxKind, PublishKeyPackages, TakeInbox,
        TakeKeyPackage,
    },
};
use ed25519_dalek::SigningKey;
use serde_bytes::ByteBuf;

use super::client::*;

#[tokio::test]
async fn a_welcome_comes_with_an_accepted_handshake_and_only_with_one() {
    let data = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start(data.path(), &[]);
    let (anna, boris) = (Device::connected(&relay).await, Device::connected(&relay).await);
    let (chat, _) = anna.create_chat().await;
    let key = SigningKey::from_bytes(&random());
    let welcome = Welcome { device: boris.id(), body: b"welcome".to_vec() };
    let invite = Envelope { welcomes: vec![welcome], ..handshake(put(&key, 2, false)) };

    let refused = anna.append(chat, 7, std::slice::from_ref(&invite)).await.unwrap();
    assert!(matches!(refused, AppendAnswer::Conflict(_)));
    assert!(boris.ask(&TakeInbox { after: 0 }).await.unwrap().items.is_empty());

    let mut live = boris.live().await;
    for _ in 0..2 {
        assert_eq!(places(anna.append(chat, 1, std::slice::from_ref(&invite)).await), [2]);
    }
    let items = boris.ask(&TakeInbox { after: 0 }).await.unwrap().items;
    assert_eq!(items.len(), 1, "asked twice, delivered once");
    assert_eq!(items[0].kind, InboxKind::Welcome { chat, seq: Seq(2) });
    assert_eq!((items[0].id, &items[0].body[..]), (invite.id, &b"welcome"[..]));
    assert_eq!(live.next().await, Some(RelayFrame::Inbox { upto: items[0].number }));

    let mut later = boris.live().await;
    assert_eq!(later.next().await, Some(RelayFrame::Inbox { upto: items[0].number }), "told on connecting");
    boris.ask(&AcknowledgeInbox { upto: items[0].number }).await.unwrap();
    assert!(boris.ask(&TakeInbox { after: 0 }).await.unwrap().items.is_empty());

    let nobody = Welcome { device: beseda_protocol::DeviceId(random()), body: vec![1] };
    let lost = Envelope { welcomes: vec![nobody], ..handshake(put(&key, 2, false)) };
    assert_eq!(anna.append(chat, 2, &[lost]).await.unwrap_err().code, ErrorCode::Undeliverable);
}

#[tokio::test]
async fn join_requests_wait_once_each_and_not_without_end() {
    let data = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start(data.path(), &["--no-rate-limit"]);
    let (anna, boris) = (Device::connected(&relay).await, Device::connected(&relay).await);
    let request = |to, n: usize| {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&n.to_be_bytes());
        Deliver { to, id: EnvelopeId(id), body: n.to_be_bytes().to_vec() }
    };
    for n in [0, 0, 1, 2, 1] {
        boris.ask(&request(anna.id(), n)).await.unwrap();
    }
    let items = anna.ask(&TakeInbox { after: 0 }).await.unwrap().items;
    let ids: Vec<_> = items.iter().map(|item| item.id).collect();
    assert_eq!(ids, [0, 1, 2].map(|n| request(anna.id(), n).id));
    let rest = anna.ask(&TakeInbox { after: items[0].number }).await.unwrap().items;
    assert_eq!(rest, items[1..]);

    for n in 3..limits::INBOX_ITEMS {
        boris.ask(&request(anna.id(), n)).await.unwrap();
    }
    let full = boris.ask(&request(anna.id(), limits::INBOX_ITEMS)).await.unwrap_err();
    assert_eq!(full.code, ErrorCode::Undeliverable);
    let nobody = request(beseda_protocol::DeviceId([9; 32]), 0);
    assert_eq!(boris.ask(&nobody).await.unwrap_err().code, ErrorCode::Undeliverable);
}

#[tokio::test]
async fn a_key_package_is_given_out_once() {
    let data = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start(data.path(), &[]);
    let (anna, boris) = (Device::connected(&relay).await, Device::connected(&relay).await);
    let packages = |range: std::ops::Range<u8>| PublishKeyPackages {
        packages: range.map(|n| ByteBuf::from(vec![n])).collect(),
    };
    assert_eq!(anna.ask(&packages(0..3)).await.unwrap().kept, 3);
    let take = TakeKeyPackage { device: anna.id() };
    for expected in [Some(vec![0]), Some(vec![1]), Some(vec![2]), None] {
        assert_eq!(boris.ask(&take).await.unwrap().package, expected);
    }
    anna.ask(&packages(0..100)).await.unwrap();
    assert_eq!(anna.ask(&packages(100..103)).await.unwrap().kept, 100);
    assert_eq!(boris.ask(&take).await.unwrap().package, Some(vec![3]), "the oldest were forgotten");
    let large = PublishKeyPackages { packages: vec![ByteBuf::from(vec![0; limits::KEY_PACKAGE_BYTES + 1])] };
    assert_eq!(anna.ask(&large).await.unwrap_err().code, ErrorCode::TooLarge);
}
