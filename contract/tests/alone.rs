//! One can begin without a relay, and come to one later.
#![expect(clippy::unwrap_used, reason = "the steps of a test are the test")]

use beseda_contract::{
    Code,
    app::{App, Config},
};
use serde_json::{Value, json};

/// Nothing listens there.
const NOWHERE: &str = "http://127.0.0.1:1";

async fn app(profile: &std::path::Path, relay: &str) -> App {
    let config = Config { profile: profile.to_owned(), version: String::new(), relay: None };
    let app = App::new(config, Box::new(|_| ()), Box::new(|_| ()));
    let new = json!({ "name": "Anna", "relay": relay, "invite": null, "key": { "kind": "file" } });
    app.call("create_account", new).await.unwrap();
    app
}

async fn chat(app: &App) -> Value {
    let chat =
        json!({ "kind": "group", "title": "Trip", "description": "", "category": "", "open_history": true });
    app.call("create_chat", chat).await.unwrap()["id"].clone()
}

async fn refused(app: &App, name: &str, arguments: Value) -> Code {
    app.call(name, arguments).await.unwrap_err().code
}

async fn relay(app: &App) -> Value {
    app.call("sync_status", json!({})).await.unwrap()["relay"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_begins_alone_writes_at_once_and_is_offline_without_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let alone = app(dir.path(), " ").await;
    let chat = chat(&alone).await;
    let say = json!({ "chat": chat, "text": "first words", "reply_to": null, "mentions": [], "poll": null });
    alone.call("send_message", say).await.unwrap();
    let status = alone.call("sync_status", json!({})).await.unwrap();
    assert_eq!((&status["state"], &status["waiting"]), (&json!("offline"), &json!(1)), "{status}");
    assert_eq!((&status["relay"], &status["error"]), (&json!(""), &Value::Null), "{status}");

    // A link would lead nowhere, and no device can be met.
    assert_eq!(refused(&alone, "create_invitation", json!({ "chat": chat })).await, Code::NoRelay);
    alone.call("reconnect", json!({})).await.unwrap();

    // It is so after a restart too, until a relay is named.
    alone.close().await;
    let config = Config { profile: dir.path().to_owned(), version: String::new(), relay: None };
    let again = App::new(config, Box::new(|_| ()), Box::new(|_| ()));
    assert_eq!(again.call("start", json!({})).await.unwrap()["state"], "ready");
    assert_eq!(relay(&again).await, "");
    again.call("use_relay", json!({ "relay": NOWHERE, "invite": null })).await.unwrap();
    assert_eq!(relay(&again).await, NOWHERE);
    again.call("create_invitation", json!({ "chat": chat })).await.unwrap();
    again.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_link_leads_to_its_relay_and_a_second_one_to_no_other() {
    let (anna_dir, boris_dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let anna = app(anna_dir.path(), NOWHERE).await;
    let chat = chat(&anna).await;
    let link = anna.call("create_invitation", json!({ "chat": chat })).await.unwrap()["link"].clone();
    anna.call("use_relay", json!({ "relay": "http://127.0.0.1:2", "invite": null })).await.unwrap();
    let elsewhere = anna.call("create_invitation", json!({ "chat": chat })).await.unwrap()["link"].clone();

    let boris = app(boris_dir.path(), "").await;
    assert_eq!(refused(&boris, "join", json!({ "link": "beseda:join/nonsense" })).await, Code::NotALink);
    assert_eq!(relay(&boris).await, "");
    assert_eq!(boris.call("join", json!({ "link": link })).await.unwrap()["status"], "asking");
    assert_eq!(relay(&boris).await, NOWHERE);
    assert_eq!(refused(&boris, "join", json!({ "link": elsewhere })).await, Code::OtherRelay);
    anna.close().await;
    boris.close().await;
}
