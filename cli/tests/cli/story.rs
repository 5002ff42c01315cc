//! Two people meet and talk.

use crate::world::World;

#[test]
fn anna_and_boris_meet_and_talk() {
    let world = World::new();
    let (anna, boris) = (world.made("Anna"), world.made("Boris"));
    let made = anna.one(&["chat", "create", "--title", "Trip", "--category", "Fun"]);
    anna.ok(&["send", "Trip", "said before anybody came"]);
    let link = anna.text(&["invite", "Trip"]);

    assert_eq!(boris.one(&["join", link.trim()])["status"], "asking");
    // The relay has not met Anna's device yet, so the request waits.
    assert_eq!(boris.one(&["sync"])["undelivered"], 1);
    anna.ok(&["sync"]);
    assert_eq!(boris.one(&["sync"])["undelivered"], 0);
    anna.ok(&["sync"]);
    boris.ok(&["sync"]);
    let joined = boris.one(&["chat", "list"]);
    assert_eq!(
        (&joined["id"], &joined["title"], &joined["status"]),
        (&made["id"], &"Trip".into(), &"active".into())
    );

    anna.ok(&["send", "trip", "hello, Boris"]);
    boris.ok(&["send", &made["id"].as_str().unwrap()[..6], "привет\nвторая строка"]);
    for person in [&anna, &boris, &anna] {
        person.ok(&["sync"]);
    }
    let said = ["said before anybody came", "hello, Boris", "привет\nвторая строка"];
    assert_eq!(anna.texts("Trip", 50), said);
    assert_eq!(boris.texts("Trip", 50), said);
    let ids = |person: &crate::world::Person| {
        person.ok(&["log", "Trip"]).iter().map(|message| message["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&anna), ids(&boris));

    let log = boris.text(&["log", "Trip"]);
    let lines: Vec<&str> = log.lines().collect();
    assert!(lines[1].ends_with("  Anna   hello, Boris"), "{log}");
    assert!(lines[2].ends_with("  Boris  привет"), "{log}");
    assert_eq!(lines[3], format!("{}вторая строка", " ".repeat(8 + 2 + 16 + 2 + 5 + 2)));
}

#[test]
fn who_is_put_out_writes_no_more() {
    let world = World::new();
    let (anna, boris) = world.anna_and_boris();
    let names = |person: &crate::world::Person| {
        let members = person.ok(&["chat", "members", "Trip"]);
        members.iter().map(|member| member["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&anna), ["Anna", "Boris"]);
    anna.ok(&["chat", "remove", "Trip", "boris"]);
    anna.ok(&["sync"]);
    assert_eq!(names(&anna), ["Anna"]);
    boris.ok(&["sync"]);
    assert_eq!(boris.one(&["chat", "list"])["status"], "removed");
    assert_eq!(boris.refused(&["send", "Trip", "still here?"]), (5, "not_member".into()));
}
