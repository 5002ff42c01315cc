//! Profiles, as a terminal shows and sets them.

use serde_json::{Value, json};

use crate::world::{Person, World};

fn exchange(people: &[&Person]) {
    for _ in 0..2 {
        for person in people {
            person.ok(&["sync"]);
        }
    }
}

/// A member's card.
fn card(by: &Person, of: &str) -> Value {
    by.one(&["person", "Trip", of])
}

#[test]
fn a_profile_is_set_shown_and_told() {
    let world = World::new();
    let (anna, boris) = world.anna_and_boris();
    let own = anna.one(&["profile"]);
    assert_eq!(
        (&own["name"], &own["first_name"], &own["shown"]["email"]),
        (&json!("Anna"), &json!("Anna"), &json!("contacts"))
    );
    let set = [
        "profile",
        "set",
        "--username",
        "@Anna.K",
        "--last-name",
        "Karenina",
        "--birth-date",
        "1990-05-31",
        "--show",
        "birth_date=everyone",
        "--show",
        "first-name=everyone",
    ];
    let own = anna.one(&set);
    assert_eq!((&own["name"], &own["username"]), (&json!("Anna Karenina"), &json!("anna.k")));
    assert_eq!(anna.one(&["whoami"])["name"], "Anna Karenina");
    exchange(&[&anna, &boris]);
    let seen = card(&boris, "Anna Karenina");
    assert_eq!(
        (&seen["username"], &seen["last_name"], &seen["email"]),
        (&json!("anna.k"), &json!("Karenina"), &json!(""))
    );
    assert!(seen["age"].as_u64().is_some_and(|age| age > 30));
    assert!(boris.text(&["person", "Trip", "Anna Karenina"]).contains("anna.k"));
    // An empty text takes a field away.
    anna.ok(&["profile", "set", "--username", ""]);
    exchange(&[&anna, &boris]);
    assert_eq!(card(&boris, "Anna Karenina")["username"], "");
    assert!(anna.text(&["profile"]).contains("shown to everyone"));
}

#[test]
fn what_is_wrong_in_a_profile_is_said_and_nothing_is_changed() {
    let world = World::without_relay();
    let anna = world.made("Anna");
    let before = anna.one(&["profile"]);
    assert_eq!(anna.refused(&["profile", "set", "--username", "a b"]), (7, "bad_text".into()));
    assert_eq!(anna.refused(&["profile", "set", "--birth-date", "31.05.1990"]), (7, "bad_text".into()));
    assert_eq!(anna.refused(&["profile", "set", "--picture", "/nowhere"]), (7, "bad_picture".into()));
    let text = world.dir.path().join("text.png");
    std::fs::write(&text, "no picture").unwrap();
    assert_eq!(
        anna.refused(&["profile", "set", "--picture", text.to_str().unwrap()]),
        (7, "bad_picture".into())
    );
    assert!(!anna.run(&["profile", "set", "--show", "email=friends"]).status.success());
    assert_eq!(anna.one(&["profile"]), before);
}

#[test]
fn contacts_are_added_named_and_removed_and_people_blocked() {
    let world = World::new();
    let (anna, boris) = world.anna_and_boris();
    assert_eq!(anna.ok(&["contact", "list"]), Vec::<Value>::new());
    assert_eq!(anna.one(&["contact", "add", "Trip", "Boris", "--name", "Brother"])["name"], "Brother");
    let line = anna.one(&["contact", "list"]);
    assert_eq!(
        (&line["name"], &line["own_name"], &line["petname"]),
        (&json!("Brother"), &json!("Boris"), &json!("Brother"))
    );
    boris.ok(&["send", "Trip", "hello"]);
    exchange(&[&boris, &anna]);
    assert_eq!(anna.one(&["log", "Trip"])["author_name"], "Brother");
    assert_eq!(card(&anna, "Brother")["petname"], "Brother");
    // What others read is what they call themselves.
    anna.ok(&["send", "Trip", "hello @Boris"]);
    assert_eq!(anna.ok(&["log", "Trip"])[1]["mentions"][0]["name"], "Boris");
    anna.ok(&["contact", "remove", "brother"]);
    assert_eq!(anna.refused(&["contact", "remove", "Boris"]), (4, "no_such_member".into()));

    anna.ok(&["contact", "block", "Trip", "Boris"]);
    assert_eq!(anna.one(&["contact", "list", "--blocked"])["name"], "Boris");
    assert_eq!(card(&anna, "Boris")["blocked"], true);
    anna.ok(&["contact", "unblock", "Boris"]);
    assert_eq!(card(&anna, "Boris")["blocked"], false);
    assert_eq!(anna.refused(&["contact", "block", "Trip", "Anna"]), (7, "bad_text".into()));
}

#[test]
fn two_people_make_sure_of_each_other() {
    let world = World::new();
    let (anna, boris) = world.anna_and_boris();
    let (at_anna, at_boris) =
        (anna.one(&["verify", "Trip", "Boris"]), boris.one(&["verify", "Trip", "Anna"]));
    assert_eq!(at_anna["number"], at_boris["number"]);
    assert_eq!((at_anna["number"].as_str().map(str::len), &at_anna["verified_at"]), (Some(60), &Value::Null));
    let own = at_anna["code"].as_str().unwrap();
    assert_eq!(anna.refused(&["verify", "Trip", "Boris", "--code", own]), (5, "safety_mismatch".into()));
    assert_eq!(anna.refused(&["verify", "Trip", "Boris", "--code", "12345"]), (7, "not_a_link".into()));
    let theirs = at_boris["code"].as_str().unwrap();
    assert!(anna.one(&["verify", "Trip", "Boris", "--code", theirs])["verified_at"].is_number());
    assert!(anna.text(&["chat", "members", "Trip"]).contains("Boris (verified)"));
    assert!(anna.one(&["verify", "Trip", "Boris", "--undo"])["verified_at"].is_null());
    assert!(anna.one(&["verify", "Trip", "Boris", "--done"])["verified_at"].is_number());
    assert_eq!(anna.refused(&["verify", "Trip", "Anna"]), (7, "bad_text".into()));
}
