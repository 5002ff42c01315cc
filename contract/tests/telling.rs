//! How a page is told what changed.

use beseda_contract::{
    Event,
    app::{App, Config},
};
use serde_json::json;
use tokio::sync::mpsc;

#[tokio::test(flavor = "multi_thread")]
async fn what_came_of_a_message_is_told_at_one_time_and_what_is_as_before_not_again() {
    let dir = tempfile::tempdir().unwrap();
    let (sender, mut batches) = mpsc::unbounded_channel::<Vec<Event>>();
    let config = Config { profile: dir.path().to_owned(), version: String::new(), relay: None };
    let anna = App::new(config, Box::new(move |events| sender.send(events).unwrap()), Box::new(|_| ()));
    let new = json!({ "name": "Anna", "relay": " ", "invite": null, "key": { "kind": "file" } });
    anna.call("create_account", new).await.unwrap();
    let trip =
        json!({ "kind": "group", "title": "Trip", "description": "", "category": "", "open_history": true });
    let chat = anna.call("create_chat", trip).await.unwrap()["id"].clone();
    anna.call("open_timeline", json!({ "chat": chat, "at": { "at": "end" } })).await.unwrap();

    // A page that draws the message draws its chat's line in the same frame.
    let say = json!({ "chat": chat, "text": "off we go", "reply_to": null, "mentions": [], "poll": null });
    anna.call("send_message", say).await.unwrap();
    let lines = |batch: &[Event]| batch.iter().any(|event| matches!(event, Event::Chat { .. }));
    let said = loop {
        let batch = batches.recv().await.unwrap();
        if batch.iter().any(|event| matches!(event, Event::Timeline { .. })) {
            break batch;
        }
    };
    assert!(lines(&said), "{said:?}");
    assert!(
        said.iter().any(|event| matches!(event, Event::Sync { status } if status.waiting == 1)),
        "{said:?}"
    );

    anna.call("pin_chat", json!({ "chat": chat, "on": true })).await.unwrap();
    let pinned = batches.recv().await.unwrap();
    assert!(lines(&pinned), "{pinned:?}");
    let again = |event: &Event| matches!(event, Event::Sync { .. } | Event::Totals { .. });
    assert!(!pinned.iter().any(again), "{pinned:?}");
    anna.close().await;
}
