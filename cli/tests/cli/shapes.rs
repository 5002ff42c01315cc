//! The JSON that scripts rely on: names and types of fields, written out.

use serde_json::{Value, json};

use crate::world::World;

/// Replaces what differs from run to run by what it is.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), shape(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Array(values) => values.iter().map(shape).collect(),
        Value::String(text) if text.starts_with("beseda:join/") => "<link>".into(),
        Value::String(text) if text.starts_with("http://") => "<url>".into(),
        Value::String(text)
            if matches!(text.len(), 32 | 64)
                && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) =>
        {
            format!("<id {}>", text.len() / 2).into()
        }
        // A time between 2020 and 2100, in milliseconds.
        Value::Number(number)
            if (1_577_836_800_000..4_102_444_800_000).contains(&number.as_i64().unwrap_or(0)) =>
        {
            "<time>".into()
        }
        other => other.clone(),
    }
}

#[test]
fn every_answer_has_its_shape() {
    let world = World::new();
    let anna = world.person("Anna");
    let account = json!({ "name": "Anna", "user": "<id 32>", "device": "<id 32>", "relay": "<url>", "key": "file",
        "waiting": 0, "last_sync": null });
    let init = anna.one(&["init", "--name", "Anna", "--relay", &world.url, "--key", "file"]);
    assert_eq!(shape(&init), account);
    assert_eq!(anna.one(&["whoami"]), init);
    assert_eq!(anna.one(&["key"]), json!({ "key": "file" }));
    let chat = json!({ "id": "<id 16>", "kind": "blog", "title": "News", "description": "of us", "category": "Home",
        "status": "active", "refused": null, "members": 1, "unread": 0, "mentions": 0, "marked_unread": false, "pinned": false,
        "archived": false, "muted": false, "muted_until": null, "notices": "all", "quarantined": 0, "admin": true, "may_write": true,
        "owner": true, "history": "all", "leaving": "no",
        "activity": "<time>", "last": null, "requested_by": null, "verified": false, "new_device": false });
    let create = [
        "chat",
        "create",
        "--kind",
        "blog",
        "--title",
        "News",
        "--description",
        "of us",
        "--category",
        "Home",
    ];
    assert_eq!(shape(&anna.one(&create)), chat);
    assert_eq!(shape(&anna.one(&["chat", "list"])), chat);
    assert_eq!(
        shape(&anna.one(&["chat", "members", "News"])),
        json!({ "user": "<id 32>", "name": "Anna", "own_name": "Anna", "admin": true, "owner": true, "me": true, "added_at": "<time>",
            "added_by": "Anna", "contact": false, "blocked": false,
            "verified": false, "new_device": false, "looks_like": null, "mixed_scripts": false })
    );
    let mut link = json!({ "chat": "<id 16>", "invitation": "<id 16>", "link": "<link>", "label": "", "uses": 0,
        "max_uses": null, "created_at": "<time>", "expires_at": null, "revoked_at": null, "standing": "open" });
    assert_eq!(shape(&anna.one(&["invite", "News"])), link);
    let limited = ["invite", "News", "--uses", "3", "--expires", "3d", "--label", "for us"];
    link["max_uses"] = 3.into();
    link["expires_at"] = "<time>".into();
    link["label"] = "for us".into();
    assert_eq!(shape(&anna.one(&limited)), link);
    assert_eq!(shape(&anna.ok(&["invitations", "News"])[0]), link);
    link["revoked_at"] = "<time>".into();
    link["standing"] = "revoked".into();
    assert_eq!(shape(&anna.one(&["revoke", "News", "for us"])), link);
    assert_eq!(
        shape(&anna.one(&["send", "News", "hello"])),
        json!({ "id": "<id 16>", "chat": "<id 16>", "state": "queued" })
    );
    let mut message = json!({ "id": "<id 16>", "chat": "<id 16>", "author": "<id 32>", "author_name": "Anna",
        "mine": true, "text": "hello", "at": "<time>", "sent_at": "<time>", "state": "queued", "reason": null,
        "edited": false, "deleted": false, "pinned": false, "saved": false, "names_me": false, "reply_to": null,
        "mentions": [], "forwarded": null, "reactions": [], "readers": 0, "poll": null });
    assert_eq!(shape(&anna.one(&["log", "News"])), message);
    assert_eq!(
        shape(&anna.one(&["sync"])),
        json!({ "state": "up_to_date", "waiting": 0, "undelivered": 0, "last_sync": "<time>" })
    );
    message["state"] = "accepted".into();
    assert_eq!(shape(&anna.one(&["log", "News"])), message);
    assert_eq!(
        shape(&anna.one(&["chat", "list"])["last"]),
        json!({ "author_name": "Anna", "mine": true, "text": "hello", "at": "<time>", "state": "accepted" })
    );
    assert_eq!(anna.ok(&["quarantine", "News"]), Vec::<Value>::new());
}

#[test]
fn the_author_learns_that_a_message_was_delivered() {
    let world = World::new();
    let (anna, boris) = world.anna_and_boris();
    anna.ok(&["send", "Trip", "hello"]);
    for person in [&anna, &boris, &anna] {
        person.ok(&["sync"]);
    }
    assert_eq!(anna.one(&["log", "Trip"])["state"], "delivered");
    let theirs = boris.one(&["log", "Trip"]);
    assert_eq!((&theirs["mine"], &theirs["state"]), (&false.into(), &"accepted".into()));
}
