//! Links with limits, from a terminal.

use crate::world::World;

#[test]
fn a_link_for_one_is_made_used_listed_and_taken_back() {
    let world = World::new();
    let (anna, boris, clara, dora) =
        (world.made("Anna"), world.made("Boris"), world.made("Clara"), world.made("Dora"));
    anna.ok(&["chat", "create", "--title", "Trip"]);
    anna.ok(&["sync"]);
    let made = anna.one(&["invite", "Trip", "--uses", "1", "--expires", "2h", "--label", "for Boris"]);
    assert_eq!((&made["standing"], &made["uses"], &made["max_uses"]), (&"open".into(), &0.into(), &1.into()));
    let lasts = made["expires_at"].as_i64().unwrap() - made["created_at"].as_i64().unwrap();
    assert!((7_199_000..=7_200_000).contains(&lasts), "{lasts}");
    let link = made["link"].as_str().unwrap();
    for newcomer in [&boris, &clara] {
        newcomer.ok(&["join", link]);
        for person in [newcomer, &anna, newcomer] {
            person.ok(&["sync"]);
        }
    }
    assert_eq!(boris.one(&["chat", "list"])["status"], "active");
    let refused = clara.one(&["chat", "list"]);
    assert_eq!((&refused["status"], &refused["refused"]), (&"asking".into(), &"used_up".into()));
    assert!(clara.text(&["chat", "list"]).contains("(not let in: used_up)"));
    clara.ok(&["withdraw", &refused["id"].as_str().unwrap()[..8]]);
    assert!(clara.ok(&["chat", "list"]).is_empty());

    let open = anna.one(&["invite", "Trip"]);
    assert_eq!(anna.one(&["invite", "Trip"]), open, "one link without limits");
    let list = anna.ok(&["invitations", "Trip"]);
    assert_eq!(list.iter().map(|link| link["standing"].clone()).collect::<Vec<_>>(), ["open", "used_up"]);
    let table = anna.text(&["invitations", "Trip"]);
    assert!(table.lines().nth(2).unwrap().contains("1 of 1") && table.contains("for Boris"), "{table}");

    let id = &open["invitation"].as_str().unwrap()[..8];
    assert_eq!(anna.one(&["revoke", "Trip", id])["standing"], "revoked");
    assert_eq!(anna.one(&["revoke", "Trip", "FOR BORIS"])["standing"], "revoked");
    dora.ok(&["join", open["link"].as_str().unwrap()]);
    for person in [&dora, &anna, &dora] {
        person.ok(&["sync"]);
    }
    assert_eq!(dora.one(&["chat", "list"])["refused"], "revoked");
    assert_eq!(anna.refused(&["revoke", "Trip", "zz"]), (4, "no_such_invitation".into()));
    assert_eq!(anna.refused(&["withdraw", "Trip"]), (5, "not_asking".into()));
    assert_eq!(anna.refused(&["invite", "Trip", "--expires", "soon"]), (7, "bad_time".into()));
    assert_eq!(anna.refused(&["invite", "Trip", "--expires", "2020-01-01"]), (7, "bad_text".into()));
    assert_eq!(boris.refused(&["invite", "Trip", "--uses", "1"]), (5, "not_admin".into()));
}

#[test]
fn a_link_is_drawn_for_another_screen() {
    let world = World::new();
    let anna = world.made("Anna");
    anna.ok(&["chat", "create", "--title", "Trip"]);
    let text = anna.text(&["invite", "Trip", "--qr"]);
    let lines: Vec<&str> = text.lines().collect();
    let (link, drawn) = lines.split_last().unwrap();
    assert!(link.starts_with("beseda:join/"));
    assert!(drawn.iter().all(|line| line.chars().all(|c| " ▀▄█".contains(c))), "{text}");
    assert!(
        drawn.len() > 25 && drawn.iter().all(|line| line.chars().count() == drawn.len() * 2 - 1),
        "{text}"
    );
    let json = anna.one(&["invite", "Trip", "--qr"]);
    assert_eq!(json["qr"].as_array().unwrap().len(), drawn.len());
    assert_eq!(json["link"], *link);
}
