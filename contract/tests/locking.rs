//! A profile that is locked shows and hears nothing until its passphrase is given.
#![expect(clippy::unwrap_used, reason = "the steps of a test are the test")]

use beseda_contract::{
    ApiError, Code, Event,
    app::{App, Config},
};
use serde_json::{Value, json};
use std::sync::mpsc;

/// Nothing listens there.
const NOWHERE: &str = "http://127.0.0.1:1";

/// The app, and what it tells.
async fn listening(profile: &std::path::Path, key: Value) -> (App, mpsc::Receiver<Vec<Event>>) {
    let (tell, told) = mpsc::channel();
    let config = Config { profile: profile.to_owned(), version: String::new(), relay: None };
    let app = App::new(config, Box::new(move |events| _ = tell.send(events)), Box::new(|_| ()));
    let new = json!({ "name": "Anna", "relay": NOWHERE, "invite": null, "key": key });
    app.call("create_account", new).await.unwrap();
    (app, told)
}

async fn made(profile: &std::path::Path, key: Value) -> App {
    listening(profile, key).await.0
}

async fn refused(app: &App, name: &str, arguments: Value) -> Code {
    let ApiError { code, .. } = app.call(name, arguments).await.unwrap_err();
    code
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_locked_says_nothing_until_the_passphrase_is_given() {
    let dir = tempfile::tempdir().unwrap();
    let (app, events) =
        listening(dir.path(), json!({ "kind": "passphrase", "passphrase": "correct horse" })).await;
    let chat =
        json!({ "kind": "group", "title": "Trip", "description": "", "category": "", "open_history": true });
    app.call("create_chat", chat).await.unwrap();
    app.call("lock", json!({})).await.unwrap();

    // What was told until then.
    while events.try_recv().is_ok() {}
    assert_eq!(refused(&app, "chats", json!({})).await, Code::NoAccount);
    assert_eq!(refused(&app, "lock", json!({})).await, Code::NoAccount);
    assert_eq!(app.call("start", json!({})).await.unwrap()["state"], "locked");
    assert_eq!(refused(&app, "unlock", json!({ "passphrase": "wrong" })).await, Code::WrongKey);
    assert!(events.try_recv().is_err());

    let me = app.call("unlock", json!({ "passphrase": "correct horse" })).await.unwrap();
    assert_eq!(me["name"], "Anna");
    assert_eq!(app.call("chats", json!({})).await.unwrap()["chats"][0]["title"], "Trip");
    app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_that_run_end_before_it_is_locked() {
    let dir = tempfile::tempdir().unwrap();
    let app = made(dir.path(), json!({ "kind": "passphrase", "passphrase": "correct horse" })).await;
    let file = dir.path().join("all.beseda");
    let back_up = json!({ "file": file, "passphrase": "battery staple" });
    let (backed_up, locked) = tokio::join!(app.call("back_up", back_up), app.call("lock", json!({})));
    backed_up.unwrap();
    locked.unwrap();
    assert!(file.exists());
    app.call("unlock", json!({ "passphrase": "correct horse" })).await.unwrap();
    app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_passphrase_locks_and_one_can_be_set() {
    let dir = tempfile::tempdir().unwrap();
    let app = made(dir.path(), json!({ "kind": "file" })).await;
    assert_eq!(app.call("settings", json!({})).await.unwrap()["key"], "file");
    assert_eq!(refused(&app, "lock", json!({})).await, Code::BadRequest);
    let keep = json!({ "key": { "kind": "passphrase", "passphrase": "correct horse" }, "passphrase": null });
    app.call("keep_key", keep).await.unwrap();
    assert_eq!(app.call("settings", json!({})).await.unwrap()["key"], "passphrase");
    app.call("lock", json!({})).await.unwrap();
    app.call("unlock", json!({ "passphrase": "correct horse" })).await.unwrap();
    app.close().await;
}
