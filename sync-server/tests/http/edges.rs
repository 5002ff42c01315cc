//! What is malformed, too large, too much or of another version.

use beseda_protocol::{
    codec, limits,
    request::{Challenge, ErrorCode, Hello, RelayError},
};

use super::client::*;

fn error(body: &[u8]) -> ErrorCode {
    codec::decode::<RelayError>(body, usize::MAX).unwrap().code
}

#[tokio::test]
async fn bodies_of_rubbish_and_too_large_ones() {
    let data = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start(data.path(), &[]);
    let anna = Device::connected(&relay).await;
    for path in ["/v1/append", "/v1/chats", "/v1/challenge", "/v1/inbox-take", "/v1/no-such-request"] {
        for body in [vec![], vec![0xff; 100], vec![0x9f; 5000], b"{}".to_vec()] {
            let (status, answer) = anna.post(path, body).await;
            assert_eq!((status, error(&answer)), (400, ErrorCode::Invalid), "{path}");
        }
        let (status, answer) = anna.post(path, vec![0; limits::REQUEST_BYTES + 1]).await;
        assert_eq!((status, error(&answer)), (413, ErrorCode::TooLarge), "{path}");
    }
    let (chat, _) = anna.create_chat().await;
    let large = content(&vec![0; limits::ENVELOPE_BYTES + 1]);
    assert_eq!(anna.append(chat, 1, &[large]).await.unwrap_err().code, ErrorCode::TooLarge);
    let largest = content(&vec![0; limits::ENVELOPE_BYTES]);
    assert_eq!(places(anna.append(chat, 1, &[largest]).await), [2]);
}

#[tokio::test]
async fn another_version_is_told_so_and_health_says_what_runs() {
    let data = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start(data.path(), &[]);
    let anna = Device::new(&relay);
    let (status, body) = anna.post("/v2/append", vec![]).await;
    assert_eq!((status, error(&body)), (426, ErrorCode::Version));
    assert_eq!(anna.post("/elsewhere", vec![]).await.0, 404);
    let hello = anna.ask(&Hello { v: 99 }).await.unwrap();
    assert_eq!((hello.v, hello.invite_required), (beseda_protocol::PROTOCOL_VERSION, false));
    let health = anna.http.get(format!("http://{}/health", relay.address)).send().await.unwrap();
    let text = health.text().await.unwrap();
    assert!(text.contains(r#""status":"ok""#) && text.contains(r#""protocol":1"#), "{text}");
}

#[tokio::test]
async fn an_address_that_asks_too_often_is_told_to_wait() {
    let data = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start(data.path(), &[]);
    let anna = Device::new(&relay);
    let ask = Challenge { device: anna.id() };
    let refused = loop {
        if let Err(error) = anna.ask(&ask).await {
            break error;
        }
    };
    assert_eq!(refused.code, ErrorCode::Busy);
    assert!(refused.retry_after.is_some_and(|wait| wait > 0));
}
