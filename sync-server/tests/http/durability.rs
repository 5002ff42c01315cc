//! What was accepted is there after a stop and after SIGKILL; one process serves a directory.

use beseda_protocol::{
    Seq,
    request::{AcknowledgeInbox, ChatState, ListHandshakes, TakeInbox},
};

use super::client::*;

#[tokio::test]
async fn sigkill_right_after_an_accepted_answer_loses_nothing() {
    let data = tempfile::tempdir().unwrap();
    let mut relay = RelayProcess::start(data.path(), &[]);
    let mut anna = Device::connected(&relay).await;
    let (chat, key) = anna.create_chat().await;
    let ChatState::Open(created) = anna.open(chat, &key).await.unwrap() else { panic!() };
    for round in 0..5 {
        let said = [content(b"kept")];
        let answer = anna.append(chat, 1, &said).await;
        assert_eq!(places(answer.clone()), [2 + round]);
        relay.kill();
        relay = RelayProcess::start(data.path(), &[]);
        anna.back(&relay).await;
        let ChatState::Open(head) = anna.open(chat, &key).await.unwrap() else { panic!() };
        assert_eq!((head.log, head.seq), (created.log, Seq(2 + round)));
        assert_eq!(anna.append(chat, 1, &said).await, answer, "asked again, answered alike");
    }
}

#[tokio::test]
async fn a_restart_keeps_everything() {
    let data = tempfile::tempdir().unwrap();
    let mut relay = RelayProcess::start(data.path(), &["--invite-only"]);
    let token = invitation(data.path(), "1");
    let mut anna = Device::new(&relay);
    anna.connect(Some(token)).await.unwrap();
    let (chat, key) = anna.create_chat().await;
    let request = beseda_protocol::request::Deliver {
        to: anna.id(),
        id: beseda_protocol::EnvelopeId([1; 16]),
        body: vec![1],
    };
    anna.ask(&request).await.unwrap();
    assert!(relay.stop());
    let relay = RelayProcess::start(data.path(), &["--invite-only"]);
    anna.back(&relay).await;
    assert!(matches!(anna.open(chat, &key).await.unwrap(), ChatState::Open(head) if head.seq == Seq(1)));
    let answer = anna.ask(&ListHandshakes { chat, before: Seq(u64::MAX) }).await.unwrap();
    assert_eq!((answer.entries.len(), answer.more), (1, false));
    let items = anna.ask(&TakeInbox { after: 0 }).await.unwrap().items;
    assert_eq!(items[0].body, [1]);
    anna.ask(&AcknowledgeInbox { upto: u64::MAX }).await.unwrap();
    assert!(anna.ask(&TakeInbox { after: 0 }).await.unwrap().items.is_empty());
}

#[test]
fn one_process_serves_a_directory_and_says_why_another_does_not() {
    let data = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start(data.path(), &[]);
    let output = command(data.path(), &[]).stderr(std::process::Stdio::piped()).output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("another relay serves from"));
    relay.kill();
    drop(RelayProcess::start(data.path(), &[]));
}

#[test]
fn plain_http_beyond_loopback_needs_a_word() {
    let data = tempfile::tempdir().unwrap();
    let output = command(data.path(), &[]).args(["--tls-cert", "a"]).output().unwrap();
    assert!(!output.status.success());
    let mut open = std::process::Command::new(env!("CARGO_BIN_EXE_beseda-relay"));
    let output = open.args(["serve", "--listen", "0.0.0.0:0", "--data"]).arg(data.path()).output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("--allow-plain-http"));
}
