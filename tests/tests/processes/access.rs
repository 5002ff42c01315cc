//! Who was put out, and who was never let in, against the real relay: with the app, and with requests of their own.

use std::path::Path;

use beseda_core::{
    Core, NewProfile, Options,
    crypto::{Secret, random},
    store::{
        Unlock,
        chats::{self, Status},
    },
    sync::{http::HttpTransport, session::Session, transport::TransportError},
};
use beseda_protocol::{
    ChatId, EnvelopeId, Seq,
    envelope::{Envelope, EnvelopeKind},
    live::{ClientFrame, RelayFrame, Wanted},
    membership::ChatKind,
    request::{Append, ChatState, Cursor, ErrorCode, ListHandshakes},
};
use beseda_tests::desktop::RelayProcess;

async fn person(dir: &Path, name: &str, relay: &RelayProcess) -> Core {
    let new = NewProfile { name: name.to_owned(), relay: relay.url(), invite: None, unlock: Unlock::File };
    Core::create(&dir.join(name), new, Options::default()).await.unwrap()
}

async fn says(core: &Core, chat: ChatId, text: &str) {
    let number = core.chat_by_id(&chat.to_string()).await.unwrap();
    core.send_message(number, text).await.unwrap();
}

async fn reads(core: &Core, chat: ChatId) -> Vec<(String, i64)> {
    let number = core.chat_by_id(&chat.to_string()).await.unwrap();
    let log = core.log(number, 100, None).await.unwrap();
    log.into_iter().map(|message| (message.text, message.failed)).collect()
}

/// The key with which a device shows the relay that it may use a chat.
async fn slot(core: &Core, chat: ChatId) -> Secret {
    let number = core.chat_by_id(&chat.to_string()).await.unwrap();
    let mut reader = core.device().store.readers().acquire().await.unwrap();
    chats::state(&mut reader, number).await.unwrap().slot_secret
}

/// A device that proves itself, shows a key, and tries everything.
async fn is_kept_out(core: &Core, chat: ChatId, slot: Secret, relay: &RelayProcess) {
    let transport = HttpTransport::new(&relay.url()).unwrap();
    let session = Session::open(&transport, core.device().keys.signing(), None).await.unwrap();
    let state = session.open_chats(&[(chat, slot)]).await.unwrap().chats.remove(0);
    assert_eq!(state, ChatState::Denied);
    let denied = |error: TransportError| match error {
        TransportError::Relay(error) => assert_eq!(error.code, ErrorCode::Denied, "{error}"),
        other => panic!("{other}"),
    };
    for (kind, cas) in [
        (EnvelopeKind::Content, 1),
        (EnvelopeKind::Content, 3),
        (EnvelopeKind::Handshake, 3),
        (EnvelopeKind::Handshake, 0),
    ] {
        let envelope = Envelope {
            id: EnvelopeId(random()),
            kind,
            body: vec![7; 300],
            welcomes: vec![],
            keys: None,
            accepted_at: None,
        };
        let append = Append { chat, cas: Seq(cas), envelopes: vec![envelope] };
        denied(session.call(&append).await.unwrap_err());
    }
    denied(session.call(&ListHandshakes { chat, before: Seq(1000) }).await.unwrap_err());

    let mut live = session.live().await.unwrap();
    let cursor = Cursor { log: None, seq: Seq::ZERO, id: None, tag: None };
    live.send.send(ClientFrame::Credit { bytes: 1_000_000 }).await.unwrap();
    live.send.send(ClientFrame::Subscribe { chats: vec![Wanted { chat, cursor }] }).await.unwrap();
    // Another answer, which comes after whatever the first one brought.
    live.send.send(ClientFrame::Subscribe { chats: vec![] }).await.unwrap();
    let mut heads = vec![];
    while heads.len() < 2 {
        match live.receive.recv().await.expect("the relay answers") {
            RelayFrame::Heads { chats } => heads.push(chats),
            RelayFrame::Batch { .. } => panic!("the relay gave away what was said"),
            RelayFrame::Parted { .. } => panic!("the relay compared a stranger's cursor with the log"),
            RelayFrame::Denied { .. } | RelayFrame::Inbox { .. } => {}
            RelayFrame::Closing { error } => panic!("{error}"),
        }
    }
    assert_eq!(heads[0], [(chat, ChatState::Denied)]);
}

#[tokio::test]
async fn who_was_put_out_or_never_let_in_can_neither_fetch_nor_append() {
    let dir = tempfile::tempdir().unwrap();
    let mut relay = RelayProcess::start(&dir.path().join("relay")).await.unwrap();
    let (anna, boris, eve) = (
        person(dir.path(), "Anna", &relay).await,
        person(dir.path(), "Boris", &relay).await,
        person(dir.path(), "Eve", &relay).await,
    );
    let line = anna.create_chat(ChatKind::Group, "Trip", "", "").await.unwrap();
    let chat = line.id;
    anna.sync().await.unwrap();
    let link = anna.invite(line.number).await.unwrap();
    boris.join(&link).await.unwrap();
    for core in [&boris, &anna, &boris, &anna] {
        core.sync().await.unwrap();
    }
    says(&anna, chat, "while Boris was here").await;
    anna.sync().await.unwrap();
    boris.sync().await.unwrap();
    // Eve has the link, has asked, and knows the chat's id from somewhere; nobody has let her in.
    let asking = eve.join(&link).await.unwrap();
    eve.sync().await.unwrap();
    is_kept_out(&eve, chat, slot(&eve, asking.id).await, &relay).await;
    is_kept_out(&eve, chat, Secret::generate(), &relay).await;

    let boris_slot = slot(&boris, chat).await;
    says(&boris, chat, "never sent").await;
    anna.remove_member(line.number, boris.device().keys.user()).await.unwrap();
    anna.sync().await.unwrap();
    says(&anna, chat, "after Boris").await;
    anna.sync().await.unwrap();
    // What the relay knows of it is on its disk.
    relay.kill();
    relay.restart().await.unwrap();
    is_kept_out(&boris, chat, boris_slot.clone(), &relay).await;
    boris.sync().await.unwrap();
    boris.sync().await.unwrap();
    let number = boris.chat_by_id(&chat.to_string()).await.unwrap();
    assert_eq!(boris.chat(number).await.unwrap().status, Status::Removed);
    let kept = [("while Boris was here".to_owned(), 0), ("never sent".to_owned(), 1)];
    assert_eq!(reads(&boris, chat).await, kept);
    is_kept_out(&boris, chat, boris_slot, &relay).await;

    anna.sync().await.unwrap();
    let said = [("while Boris was here".to_owned(), 0), ("after Boris".to_owned(), 0)];
    assert_eq!(reads(&anna, chat).await, said);
    for core in [anna, boris, eve] {
        core.close().await;
    }
}
