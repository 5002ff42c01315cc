//! What people do with messages, in a terminal.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::Stdio,
};

use serde_json::{Value, json};

use crate::world::{Person, World};

fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap()
}

fn exchange(people: &[&Person]) {
    for person in people {
        person.ok(&["sync"]);
    }
}

/// The message of this text in somebody's log.
fn said(person: &Person, text: &str) -> Value {
    let log = person.ok(&["log", "Trip", "--limit", "500"]);
    log.into_iter().find(|message| message["text"] == text).unwrap_or_else(|| panic!("{text}"))
}

#[test]
fn answers_edits_reactions_and_pins_arrive() {
    let world = World::new();
    let (anna, boris) = world.anna_and_boris();
    let first = anna.one(&["send", "Trip", "who brings @Boris the tent? See https://example.org/tent"]);
    exchange(&[&anna, &boris]);
    let (first, short) = (id(&first), &id(&first)[..10]);
    assert_eq!(said(&boris, "who brings @Boris the tent? See https://example.org/tent")["names_me"], true);
    assert_eq!(boris.one(&["totals"]), json!({ "unread": 1, "mentions": 1, "marked": 0 }));
    assert_eq!(id(&boris.one(&["mentions", "Trip"])), first);

    let answer = boris.one(&["reply", short, "I do, @everyone"]);
    boris.ok(&["react", short, "👍"]);
    boris.ok(&["react", short, "🎉"]);
    boris.ok(&["react", short, "🎉", "--off"]);
    boris.ok(&["pin", first]);
    boris.ok(&["save", first]);
    boris.ok(&["read", "Trip"]);
    assert_eq!(boris.one(&["totals"])["unread"], 0);
    exchange(&[&boris, &anna]);
    let at_anna = said(&anna, "who brings @Boris the tent? See https://example.org/tent");
    assert_eq!(at_anna["reactions"], json!([{ "emoji": "👍", "count": 1, "mine": false }]));
    assert_eq!(
        (&at_anna["pinned"], &at_anna["saved"], &at_anna["readers"]),
        (&true.into(), &false.into(), &1.into())
    );
    assert_eq!(said(&anna, "I do, @everyone")["reply_to"], first);
    assert_eq!(said(&anna, "I do, @everyone")["mentions"], json!([{ "name": "everyone", "user": null }]));
    assert_eq!(anna.one(&["reactions", short])["name"], "Boris");
    assert_eq!(anna.one(&["readers", short])["name"], "Boris");
    assert_eq!(id(&anna.one(&["pins", "Trip"])), first);
    assert_eq!(id(&boris.one(&["saved"])), first);
    assert_eq!(anna.ok(&["saved"]), Vec::<Value>::new());
    assert_eq!(anna.one(&["links", "Trip"])["url"], "https://example.org/tent");
    assert_eq!(id(&boris.one(&["mine", "Trip"])), id(&answer));

    anna.ok(&["edit", short, "who brings the tent?"]);
    anna.ok(&["unpin", first]);
    exchange(&[&anna, &boris]);
    let edited = said(&boris, "who brings the tent?");
    assert_eq!(
        (&edited["edited"], &edited["pinned"], &edited["names_me"]),
        (&true.into(), &false.into(), &false.into())
    );
    let history: Vec<Value> =
        boris.ok(&["history", first]).into_iter().map(|version| version["text"].clone()).collect();
    assert_eq!(history, ["who brings @Boris the tent? See https://example.org/tent", "who brings the tent?"]);
    assert_eq!(boris.ok(&["links", "Trip"]), Vec::<Value>::new());

    let link = anna.one(&["link", first])["link"].as_str().unwrap().to_owned();
    assert_eq!(id(&boris.one(&["open", &link])), first);
    boris.ok(&["react", &link, "🔥"]);
    let log = boris.text(&["log", "Trip"]);
    assert!(log.contains("who brings the tent?  (edited, saved, 👍, 🔥)"), "{log}");
    assert!(log.contains("[to Anna: who brings the tent?] I do, @everyone"), "{log}");
    assert!(log.contains(&id(&answer)[..8]), "{log}");

    assert_eq!(boris.refused(&["edit", first, "not mine"]), (5, "not_yours".into()));
    anna.ok(&["delete", id(&answer)]);
    exchange(&[&anna, &boris]);
    assert!(boris.text(&["log", "Trip"]).contains("[to Anna: who brings the tent?] (deleted)"));
    boris.ok(&["delete", first, "--for-me"]);
    assert_eq!(boris.refused(&["react", first, "👍"]), (4, "no_such_message".into()));
    assert_eq!(id(&anna.ok(&["log", "Trip"])[0]), first, "elsewhere it stays");
}

#[test]
fn messages_are_named_by_the_beginning_of_their_id() {
    let world = World::without_relay();
    let anna = world.made("Anna");
    anna.ok(&["chat", "create", "--title", "Trip"]);
    let lines: Vec<String> = (0..40).map(|n| format!("line {n}")).collect();
    anna.send_lines("Trip", &lines.join("\n"));
    let log = anna.ok(&["log", "Trip"]);
    // Among forty ids two begin alike.
    let ids: Vec<&str> = log.iter().map(id).collect();
    let twice = ids.iter().find(|one| ids.iter().filter(|other| other[..1] == one[..1]).count() > 1).unwrap();
    assert_eq!(anna.refused(&["react", &twice[..1], "👍"]), (4, "ambiguous_message".into()));
    for wrong in ["", "zz", "00000000000000000000000000000000", "000000000000000000000000000000000000"] {
        assert_eq!(anna.refused(&["react", wrong, "👍"]), (4, "no_such_message".into()), "{wrong}");
    }
    anna.ok(&["react", &ids[7][..16], "👍"]);
    assert_eq!(said(&anna, "line 7")["reactions"][0]["mine"], true);
    anna.ok(&["react", &ids[8].to_uppercase(), "👍"]);
    assert_eq!(anna.refused(&["react", ids[8], "no emoji"]), (7, "bad_text".into()));
}

#[test]
fn a_log_is_read_from_any_place() {
    let world = World::new();
    let anna = world.made("Anna");
    anna.ok(&["chat", "create", "--title", "Trip"]);
    anna.ok(&["chat", "create", "--title", "Other"]);
    let elsewhere = anna.one(&["send", "Other", "elsewhere"]);
    let lines: Vec<String> = (0..30).map(|n| format!("line {n}")).collect();
    anna.send_lines("Trip", &lines.join("\n"));
    anna.ok(&["sync"]);
    let ids: Vec<String> = anna.ok(&["log", "Trip"]).iter().map(|message| id(message).to_owned()).collect();
    let texts = |arguments: &[&str]| -> Vec<String> {
        let log = anna.ok(&[&["log", "Trip"], arguments].concat());
        log.iter().map(|message| message["text"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(texts(&["--after", &ids[9], "--limit", "3"]), lines[10..13]);
    assert_eq!(texts(&["--after", &ids[27]]), lines[28..]);
    assert_eq!(texts(&["--before", &ids[5][..12], "--limit", "2"]), lines[3..5]);
    assert_eq!(texts(&["--around", &ids[15], "--limit", "6"]), lines[12..18]);
    assert_eq!(texts(&["--around", &ids[0], "--limit", "4"]), lines[..2]);
    assert_eq!(texts(&["--date", "2020-01-01", "--limit", "4"]), lines[..4]);
    assert_eq!(texts(&["--date", "2099-01-01"]), Vec::<String>::new());
    let page = anna.text(&["log", "Trip", "--after", &ids[9], "--limit", "3"]);
    assert!(page.ends_with(&format!("(newer ones: --after {})\n", ids[12])), "{page}");
    let around = anna.text(&["log", "Trip", "--around", &ids[15], "--limit", "6"]);
    assert!(around.starts_with(&format!("(older ones: --before {})", ids[12])), "{around}");
    assert_eq!(anna.refused(&["log", "Trip", "--after", id(&elsewhere)]), (4, "no_such_message".into()));
    assert_eq!(anna.refused(&["log", "Trip", "--date", "yesterday"]), (7, "bad_time".into()));
}

#[test]
fn words_are_found_page_by_page() {
    let world = World::new();
    let (anna, boris) = world.anna_and_boris();
    let lines: Vec<String> = (0..30).map(|n| format!("кошка Ёжик number {n}")).collect();
    anna.send_lines("Trip", &lines.join("\n"));
    boris.ok(&["chat", "create", "--title", "Notes"]);
    boris.ok(&["send", "Notes", "**кошка** in my notes"]);
    exchange(&[&anna, &boris]);
    let mut found = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let mut arguments = vec!["search", "кош ежик", "--limit", "13"];
        if let Some(cursor) = &cursor {
            arguments.extend(["--before", cursor]);
        }
        let mut page = boris.ok(&arguments);
        cursor = page
            .pop_if(|last| last.get("cursor").is_some())
            .map(|last| last["cursor"].as_str().unwrap().to_owned());
        found.extend(page.iter().map(|hit| hit["text"].as_str().unwrap().to_owned()));
        if cursor.is_none() {
            break;
        }
    }
    let newest_first: Vec<String> = lines.iter().rev().cloned().collect();
    assert_eq!(found, newest_first);
    assert_eq!(boris.ok(&["search", "кошка", "--chat", "Notes"]).len(), 1);
    let hit = boris.one(&["search", "notes", "--best"]);
    assert_eq!((&hit["snippet"], &hit["ranges"]), (&"кошка in my notes".into(), &json!([[12, 17]])));
    assert_eq!(
        boris.ok(&["search", "from:Anna number"]).iter().filter(|hit| hit.get("id").is_some()).count(),
        30
    );
    assert!(boris.text(&["search", "в моих"]).starts_with("Nothing was found."));
}

#[test]
fn polls_forwards_and_messages_for_later() {
    let world = World::new();
    let (anna, boris) = world.anna_and_boris();
    let poll = anna.one(&["poll", "Trip", "What?", "tea", "coffee", "--several"]);
    anna.ok(&["chat", "create", "--title", "Notes"]);
    exchange(&[&anna, &boris]);
    boris.ok(&["vote", id(&poll), "1", "2"]);
    anna.ok(&["vote", id(&poll), "2"]);
    exchange(&[&boris, &anna]);
    assert_eq!(
        said(&anna, "What?")["poll"],
        json!({ "several": true, "voters": 2, "options": [
            { "text": "tea", "votes": 1, "mine": false }, { "text": "coffee", "votes": 2, "mine": true }] })
    );
    assert!(anna.text(&["log", "Trip"]).contains("2. coffee (2, yours too)"));
    anna.ok(&["vote", id(&poll)]);
    assert_eq!(said(&anna, "What?")["poll"]["voters"], 1);
    assert_eq!(anna.refused(&["vote", id(&poll), "3"]), (7, "bad_text".into()));

    let letter = boris.one(&["send", "Trip", "a letter"]);
    exchange(&[&boris, &anna]);
    anna.ok(&["forward", id(&letter), id(&poll), "--to", "Notes"]);
    let forwarded = anna.ok(&["log", "Notes"]);
    assert_eq!(
        (&forwarded[0]["text"], &forwarded[0]["forwarded"]["author"]),
        (&"a letter".into(), &"Boris".into())
    );
    assert_eq!(forwarded[1]["poll"]["voters"], 0);

    let later = anna.one(&["schedule", "Notes", "later", "--at", "+2d"]);
    let number = later["number"].to_string();
    assert_eq!(anna.one(&["scheduled"])["text"], "later");
    anna.ok(&["unschedule", &number]);
    assert_eq!(anna.refused(&["unschedule", &number]), (4, "no_such_message".into()));
    anna.ok(&["schedule", "Notes", "late already", "--at", "2020-01-01T10:00"]);
    assert_eq!(anna.ok(&["scheduled"]), Vec::<Value>::new());
    assert_eq!(anna.ok(&["log", "Notes", "--limit", "1"])[0]["text"], "late already");
    assert_eq!(anna.refused(&["schedule", "Notes", "x", "--at", "someday"]), (7, "bad_time".into()));
}

#[test]
fn marks_are_ones_own_and_may_be_kept_to_oneself() {
    let world = World::new();
    let (anna, boris) = world.anna_and_boris();
    boris.ok(&["settings", "read-receipts", "off"]);
    let off = json!({ "read_receipts": false, "directory": false, "listing": "" });
    assert_eq!(boris.one(&["settings"]), off);
    let sent = anna.one(&["send", "Trip", "seen?"]);
    exchange(&[&anna, &boris]);
    boris.ok(&["read", "Trip"]);
    exchange(&[&boris, &anna]);
    assert_eq!(anna.ok(&["readers", id(&sent)]), Vec::<Value>::new());
    let marked = boris.one(&["unread", "Trip"]);
    assert_eq!((&marked["unread"], &marked["marked_unread"]), (&0.into(), &true.into()));
    assert_eq!(boris.one(&["totals"])["marked"], 1);
    assert_eq!(boris.one(&["read", "Trip"])["marked_unread"], false);
}

#[test]
fn each_line_is_acknowledged_before_the_next_is_written() {
    let world = World::without_relay();
    let anna = world.made("Anna");
    anna.ok(&["chat", "create", "--title", "Trip"]);
    let mut child = anna
        .command(&["send", "Trip", "--stdin", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut acknowledged = BufReader::new(child.stdout.take().unwrap()).lines();
    for n in 0..3 {
        writeln!(stdin, "line {n}").unwrap();
        // It would wait here for ever, and so would the program.
        let line: Value = serde_json::from_str(&acknowledged.next().unwrap().unwrap()).unwrap();
        assert_eq!(line["state"], "queued");
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}
