//! Chats pinned, archived, muted and renamed, from a terminal.

use crate::world::{Person, World};

fn titles(person: &Person, arguments: &[&str]) -> Vec<String> {
    let chats = person.ok(&[&["chat", "list"], arguments].concat());
    chats.iter().map(|chat| chat["title"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_person_arranges_their_list() {
    let world = World::new();
    let anna = world.made("Anna");
    for (title, category) in [("one", "Fun"), ("two", ""), ("three", "Fun"), ("four", "Work")] {
        anna.ok(&["chat", "create", "--title", title, "--category", category]);
    }
    assert_eq!(anna.one(&["chat", "pin", "one"])["pinned"], true);
    anna.ok(&["chat", "pin", "two"]);
    assert_eq!(titles(&anna, &[]), ["two", "one", "four", "three"]);
    anna.ok(&["chat", "move", "one", "up"]);
    anna.ok(&["chat", "unpin", "two"]);
    assert_eq!(titles(&anna, &[]), ["one", "four", "three", "two"]);
    assert_eq!(anna.one(&["chat", "archive", "four"])["archived"], true);
    assert_eq!(titles(&anna, &["--archived"]), ["four"]);
    assert_eq!(titles(&anna, &["--category", "fun"]), ["one", "three"]);
    anna.ok(&["unread", "three"]);
    assert_eq!(titles(&anna, &["--unread"]), ["three"]);
    let muted = anna.one(&["chat", "mute", "three", "--for", "2h"]);
    assert_eq!(muted["muted"], true);
    assert!(muted["muted_until"].as_i64().unwrap() > muted["activity"].as_i64().unwrap());
    assert_eq!(anna.one(&["totals"])["marked"], 0);
    let muted = anna.one(&["chat", "mute", "three"]);
    assert_eq!((&muted["muted"], &muted["muted_until"]), (&true.into(), &serde_json::Value::Null));
    assert!(anna.text(&["chat", "list"]).contains("three [muted]"));
    assert_eq!(anna.one(&["chat", "unmute", "three"])["muted"], false);
    assert_eq!(anna.one(&["totals"])["marked"], 1);
    assert_eq!(anna.one(&["chat", "notify", "three", "mentions"])["notices"], "mentions");
    assert_eq!(anna.one(&["chat", "notify", "three", "all"])["notices"], "all");

    let folders = anna.ok(&["chat", "folders"]);
    let told: Vec<_> = folders
        .iter()
        .map(|folder| {
            let number = |name: &str| folder[name].as_u64().unwrap();
            (folder["category"].as_str().unwrap(), number("chats"), number("unread"))
        })
        .collect();
    assert_eq!(told, [("Fun", 2, 1), ("Work", 1, 0)]);
    assert_eq!(anna.one(&["chat", "unarchive", "four"])["archived"], false);
}

#[test]
fn an_admin_gives_a_chat_another_title() {
    let world = World::new();
    let (anna, boris) = world.anna_and_boris();
    let edited = anna.one(&["chat", "edit", "Trip", "--title", "Journey", "--category", "Fun"]);
    assert_eq!((&edited["title"], &edited["category"]), (&"Journey".into(), &"Fun".into()));
    anna.ok(&["chat", "edit", "Journey", "--description", "to the sea"]);
    for person in [&anna, &boris] {
        person.ok(&["sync"]);
    }
    let seen = boris.one(&["chat", "list"]);
    assert_eq!((&seen["title"], &seen["description"]), (&"Journey".into(), &"to the sea".into()));
    assert_eq!(boris.refused(&["chat", "edit", "Journey", "--title", "Mine"]), (5, "not_admin".into()));
    assert_eq!(anna.refused(&["chat", "edit", "Journey", "--title", " "]), (7, "bad_text".into()));
}
