//! Who may do what: proofs, keys, invitations.

use beseda_protocol::{
    ChatId, EnvelopeId, LogId, Seq,
    live::{ClientFrame, RelayFrame, Wanted},
    request::{
        AppendAnswer, Challenge, ChatState, Cursor, ErrorCode, ListHandshakes, ListMarks, OpenChats,
        TakeInbox,
    },
};
use ed25519_dalek::SigningKey;

use super::client::*;

fn code<T: std::fmt::Debug>(answer: Result<T, beseda_protocol::request::RelayError>) -> ErrorCode {
    answer.unwrap_err().code
}

#[tokio::test]
async fn a_session_needs_a_fresh_proof_for_this_server_by_this_device() {
    let data = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start(data.path(), &[]);
    let mut anna = Device::new(&relay);
    assert_eq!(code(anna.ask(&TakeInbox { after: 0 }).await), ErrorCode::SessionUnknown);
    assert_eq!(code(anna.connect_as("elsewhere.example.org", None).await), ErrorCode::BadProof);

    anna.nonce = random();
    let proof = anna.session_proof(&relay.address, None);
    assert_eq!(code(anna.ask(&proof).await), ErrorCode::BadProof, "a nonce of one's own");

    anna.nonce = anna.ask(&Challenge { device: anna.id() }).await.unwrap().nonce;
    let mut forged = anna.session_proof(&relay.address, None);
    forged.signature.0[5] ^= 1;
    assert_eq!(code(anna.ask(&forged).await), ErrorCode::BadProof);
    let honest = anna.session_proof(&relay.address, None);
    assert_eq!(code(anna.ask(&honest).await), ErrorCode::BadProof, "a challenge is good for one try");

    anna.connect(None).await.unwrap();
    let again = anna.session_proof(&relay.address, None);
    assert_eq!(code(anna.ask(&again).await), ErrorCode::BadProof, "a replayed proof");
    anna.ask(&TakeInbox { after: 0 }).await.unwrap();

    let mut boris = Device::new(&relay);
    boris.nonce = anna.ask(&Challenge { device: anna.id() }).await.unwrap().nonce;
    let stolen = boris.session_proof(&relay.address, None);
    assert_eq!(code(boris.ask(&stolen).await), ErrorCode::BadProof, "another device's challenge");
}

#[tokio::test]
async fn a_proof_of_a_slot_key_holds_for_its_session_only() {
    let data = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start(data.path(), &[]);
    let (anna, boris) = (Device::connected(&relay).await, Device::connected(&relay).await);
    let (chat, key) = anna.create_chat().await;
    let proofs = vec![anna.chat_proof(chat, &key)];
    assert_eq!(code(boris.ask(&OpenChats { proofs }).await), ErrorCode::BadProof);
    assert_eq!(code(boris.append(chat, 1, &[content(b"x")]).await), ErrorCode::Denied);
}

#[tokio::test]
async fn a_never_admitted_key_neither_reads_nor_appends() {
    let data = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start(data.path(), &[]);
    let (anna, stranger) = (Device::connected(&relay).await, Device::connected(&relay).await);
    let (chat, _) = anna.create_chat().await;
    let key = SigningKey::from_bytes(&random());
    assert_eq!(stranger.open(chat, &key).await.unwrap(), ChatState::Denied);
    nothing_works(&stranger, chat).await;
    let takeover = handshake(put(&key, 9, true));
    assert_eq!(code(stranger.append(chat, 1, std::slice::from_ref(&takeover)).await), ErrorCode::Denied);
    assert_eq!(code(stranger.append(chat, 0, &[takeover]).await), ErrorCode::Denied);
}

#[tokio::test]
async fn a_removed_key_neither_reads_nor_appends() {
    let data = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start(data.path(), &[]);
    let (anna, boris) = (Device::connected(&relay).await, Device::connected(&relay).await);
    let (chat, _) = anna.create_chat().await;
    let key = SigningKey::from_bytes(&random());
    assert_eq!(places(anna.append(chat, 1, &[handshake(put(&key, 2, false))]).await), [2]);
    assert!(matches!(boris.open(chat, &key).await.unwrap(), ChatState::Open(head) if head.seq == Seq(2)));
    assert_eq!(places(boris.append(chat, 2, &[content(b"hello")]).await), [3]);
    let mut live = boris.live().await;
    let cursor = Cursor { log: None, seq: Seq(0), id: None, tag: None };
    live.send(&ClientFrame::Subscribe { chats: vec![Wanted { chat, cursor }] }).await;
    assert!(matches!(live.next().await, Some(RelayFrame::Heads { .. })));

    let takeover = handshake(put(&key, 2, true));
    assert_eq!(code(boris.append(chat, 2, &[takeover]).await), ErrorCode::Denied, "not an admin");
    assert_eq!(places(anna.append(chat, 2, &[handshake(remove(&key))]).await), [4]);
    assert_eq!(live.next().await, Some(RelayFrame::Denied { chat }));
    nothing_works(&boris, chat).await;
    assert_eq!(boris.open(chat, &key).await.unwrap(), ChatState::Denied);
    nothing_works(&boris, chat).await;
}

async fn nothing_works(device: &Device, chat: ChatId) {
    for cas in 0..5 {
        assert_eq!(code(device.append(chat, cas, &[content(b"x")]).await), ErrorCode::Denied);
    }
    assert_eq!(code(device.ask(&ListHandshakes { chat, before: Seq(9) }).await), ErrorCode::Denied);
    assert_eq!(code(device.ask(&ListMarks { chat, after: Seq::ZERO }).await), ErrorCode::Denied);
    let mut live = device.live().await;
    for log in [None, Some(LogId([0; 16]))] {
        let wanted =
            Wanted { chat, cursor: Cursor { log, seq: Seq(0), id: Some(EnvelopeId([0; 16])), tag: None } };
        live.send(&ClientFrame::Credit { bytes: 1 << 20 }).await;
        live.send(&ClientFrame::Subscribe { chats: vec![wanted] }).await;
        assert_eq!(live.next().await, Some(RelayFrame::Heads { chats: vec![(chat, ChatState::Denied)] }));
    }
}

#[tokio::test]
async fn compare_and_swap_and_idempotent_ids() {
    let data = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start(data.path(), &[]);
    let anna = Device::connected(&relay).await;
    let (chat, key) = anna.create_chat().await;
    let said = [content(b"one"), content(b"two")];
    let first = anna.append(chat, 1, &said).await;
    assert_eq!(places(first.clone()), [2, 3]);
    let ChatState::Open(head) = anna.open(chat, &key).await.unwrap() else { panic!() };
    assert_eq!((head.seq, head.last_handshake), (Seq(3), Seq(1)));

    let other = SigningKey::from_bytes(&random());
    assert_eq!(places(anna.append(chat, 1, &[handshake(put(&other, 2, false))]).await), [4]);
    let conflict = anna.append(chat, 1, &[content(b"stale")]).await.unwrap();
    assert!(matches!(conflict, AppendAnswer::Conflict(head) if head.last_handshake == Seq(4)));
    assert_eq!(anna.append(chat, 1, &said).await, first, "known ids, though cas is stale");
    assert_eq!(places(anna.append(chat, 4, &[said[0].clone(), content(b"three")]).await), [2, 5]);
}

#[tokio::test]
async fn accounts_by_invitation() {
    let data = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start(data.path(), &["--invite-only"]);
    let token = invitation(data.path(), "2");
    let mut anna = Device::new(&relay);
    assert_eq!(code(anna.connect(None).await), ErrorCode::InviteRequired);
    assert_eq!(code(anna.connect(Some("guess".into())).await), ErrorCode::InviteUnknown);
    anna.connect(Some(token.clone())).await.unwrap();
    anna.connect(None).await.unwrap();
    Device::new(&relay).connect(Some(token.clone())).await.unwrap();
    assert_eq!(code(Device::new(&relay).connect(Some(token)).await), ErrorCode::InviteUnknown, "used up");
}
