//! The app looks after its profile: what takes room, what can go, whether all is whole.
#![expect(clippy::unwrap_used, reason = "the steps of a test are the test")]

use std::sync::mpsc;

use beseda_contract::{
    Event,
    app::{App, Config},
    view::Work,
};
use serde_json::{Value, json};

/// Nothing listens there.
const NOWHERE: &str = "http://127.0.0.1:1";

/// An app with a chat in which something was said and deleted, and what it tells.
async fn app(profile: &std::path::Path) -> (App, mpsc::Receiver<Vec<Event>>) {
    let (tell, told) = mpsc::channel();
    let config = Config { profile: profile.to_owned(), version: String::new(), relay: None };
    let app = App::new(config, Box::new(move |events| _ = tell.send(events)), Box::new(|_| ()));
    let new = json!({ "name": "Anna", "relay": NOWHERE, "invite": null, "key": { "kind": "file" } });
    app.call("create_account", new).await.unwrap();
    let chat =
        json!({ "kind": "group", "title": "Trip", "description": "", "category": "", "open_history": true });
    let chat = app.call("create_chat", chat).await.unwrap()["id"].clone();
    for n in 0..20 {
        let text = format!("said {n} {}", "and so on ".repeat(200));
        let say = json!({ "chat": chat, "text": text, "reply_to": null, "mentions": [], "poll": null });
        app.call("send_message", say).await.unwrap();
    }
    (app, told)
}

fn size(storage: &Value, part: &str) -> u64 {
    let parts = storage["parts"].as_array().unwrap();
    parts.iter().find(|one| one["part"] == part).unwrap()["bytes"].as_u64().unwrap()
}

fn work(told: &mpsc::Receiver<Vec<Event>>) -> Vec<(Work, u32, u32)> {
    let of = |event| match event {
        Event::Work { work, done, all } => Some((work, done, all)),
        _ => None,
    };
    told.try_iter().flatten().filter_map(of).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_room_is_told_and_caches_go_without_a_word_being_lost() {
    let dir = tempfile::tempdir().unwrap();
    let (app, _told) = app(dir.path()).await;
    let before = app.call("storage", json!({})).await.unwrap();
    assert_eq!((&before["chats"], &before["messages"]), (&json!(1), &json!(20)));
    assert!(size(&before, "messages") > 20 * 2_000, "{before}");
    assert!(size(&before, "changes") > 4_096, "{before}");
    assert!(before["log"].as_u64().unwrap() > 0);

    let after = app.call("clear_caches", json!({})).await.unwrap();
    assert_eq!((&after["messages"], &after["changes"]), (&before["messages"], &before["changes"]));
    assert_eq!(after["log"], 0);
    let clearable = |storage: &Value| storage["clearable"].as_u64().unwrap();
    assert!(clearable(&after) < clearable(&before), "{before} {after}");
    // The file is what its parts are, and its first pages.
    let parts: u64 =
        after["parts"].as_array().unwrap().iter().map(|part| part["bytes"].as_u64().unwrap()).sum();
    assert!(after["file"].as_u64().unwrap() - parts < 64 * 1024, "{after}");

    // Everything is there, can be searched, and goes on.
    let examined = app.call("examine", json!({ "rebuild": false })).await.unwrap();
    assert!(
        examined["checks"].as_array().unwrap().iter().all(|check| check["findings"] == json!([])),
        "{examined}"
    );
    let chat = app.call("chats", json!({})).await.unwrap()["chats"][0]["id"].clone();
    let say = json!({ "chat": chat, "text": "afterwards", "reply_to": null, "mentions": [], "poll": null });
    app.call("send_message", say).await.unwrap();
    assert_eq!(app.call("storage", json!({})).await.unwrap()["messages"], 21);
    app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_tells_how_far_it_is_and_what_it_found() {
    let dir = tempfile::tempdir().unwrap();
    let (app, told) = app(dir.path()).await;
    work(&told);
    let examined = app.call("examine", json!({ "rebuild": true })).await.unwrap();
    let checks = examined["checks"].as_array().unwrap();
    let names: Vec<_> = checks.iter().map(|check| check["check"].as_str().unwrap()).collect();
    assert_eq!(names, ["pages", "database", "changes", "documents", "projection", "index"]);
    assert!(checks.iter().all(|check| check["findings"] == json!([])), "{examined}");
    let work = work(&told);
    assert_eq!(work.first().map(|(work, ..)| *work), Some(Work::Rebuilding));
    let (last, done, all) = *work.last().unwrap();
    assert_eq!((last, done), (Work::Examining, all));
    app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_examination_can_be_stopped() {
    let dir = tempfile::tempdir().unwrap();
    let (app, _told) = app(dir.path()).await;
    let (examined, stopped) = tokio::join!(
        biased;
        app.call("examine", json!({ "rebuild": false })),
        app.call("stop_examining", json!({})),
    );
    assert_eq!(examined.unwrap(), json!({ "checks": [] }));
    stopped.unwrap();
    app.close().await;
}
