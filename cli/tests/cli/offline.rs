//! Many lines without a relay, and paging back through them.

use crate::world::{World, objects, refusal};

const COUNT: usize = 1_000;

#[test]
fn a_thousand_lines_wait_for_the_relay_and_keep_their_order() {
    let mut world = World::without_relay();
    let anna = world.made("Anna");
    anna.ok(&["chat", "create", "--title", "Trip"]);
    let lines: Vec<String> = (0..COUNT).map(|n| format!("line {n}")).collect();
    let sent = objects(&anna.send_lines("Trip", &lines.join("\n")));
    assert_eq!(sent.len(), COUNT);
    assert!(sent.iter().all(|message| message["state"] == "queued"));
    assert_eq!(anna.one(&["whoami"])["waiting"], COUNT);

    world.start_relay(None);
    assert_eq!(anna.one(&["sync"])["waiting"], 0);
    assert_eq!(anna.one(&["whoami"])["waiting"], 0);
    let log = anna.ok(&["log", "Trip", "--limit", "2000"]);
    assert_eq!(log.len(), COUNT);
    for ((line, said), sent) in lines.iter().zip(&log).zip(&sent) {
        assert_eq!((&said["text"], &said["id"]), (&line.as_str().into(), &sent["id"]));
        assert_eq!(said["state"], "accepted");
    }

    // Back to the beginning, page by page.
    let mut pages = Vec::new();
    let mut before: Option<String> = None;
    loop {
        let mut arguments = vec!["log", "Trip", "--limit", "300"];
        if let Some(before) = &before {
            arguments.extend(["--before", before]);
        }
        let page = anna.ok(&arguments);
        let Some(first) = page.first() else { break };
        before = Some(first["id"].as_str().unwrap().to_owned());
        pages.push(page);
    }
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [300, 300, 300, 100]);
    assert_eq!(pages.into_iter().rev().flatten().collect::<Vec<_>>(), log);
    assert_eq!(anna.ok(&["log", "Trip"]).len(), 50);
    let page = anna.text(&["log", "Trip", "--limit", "1"]);
    let last = log[COUNT - 1]["id"].as_str().unwrap();
    assert!(page.starts_with(&format!("(older ones: --before {last})")), "{page}");
}

#[test]
fn what_came_before_a_bad_line_is_kept() {
    let world = World::without_relay();
    let anna = world.made("Anna");
    anna.ok(&["chat", "create", "--title", "Trip"]);
    let long = "x".repeat(64 * 1024 + 1);
    let output = anna.send_lines("Trip", &format!("one\r\n\n  \ntwo\n{long}\nthree\n"));
    assert_eq!(refusal(&output), (7, "bad_text".into()));
    assert!(String::from_utf8_lossy(&output.stderr).contains("line 5"), "{output:?}");
    assert_eq!(anna.texts("Trip", 50), ["one", "two"]);
}
