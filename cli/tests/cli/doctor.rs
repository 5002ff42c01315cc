//! `doctor`: the report, and its exit code.

use serde_json::Value;

use crate::world::World;

#[test]
fn a_whole_profile_has_a_good_report_and_a_rebuild_changes_nothing() {
    let world = World::new();
    let (anna, _boris) = world.anna_and_boris();
    anna.send_lines("Trip", "one\ntwo\nthree");
    anna.ok(&["sync"]);
    let checks = ["pages", "database", "changes", "documents", "projection", "index"];
    for arguments in [&["doctor"][..], &["doctor", "--rebuild"], &["doctor"]] {
        let log = anna.ok(&["log", "Trip"]);
        let report = anna.ok(arguments);
        let names: Vec<&str> = report.iter().map(|line| line["check"].as_str().unwrap()).collect();
        assert_eq!(names, checks);
        assert!(
            report.iter().all(|line| line["findings"] == Value::Array(vec![]) && line["advice"].is_null())
        );
        assert_eq!(report[5]["looked_at"], 3);
        assert_eq!(anna.ok(&["log", "Trip"]), log);
    }
    let text = anna.text(&["doctor"]);
    assert!(text.starts_with("ok       pages") && text.ends_with("Everything is whole.\n"), "{text}");
}

#[test]
fn a_page_that_the_disk_has_changed_is_named() {
    let world = World::without_relay();
    let anna = world.made("Anna");
    anna.ok(&["chat", "create", "--title", "Trip"]);
    let lines: Vec<String> = (0..400).map(|n| format!("line {n}")).collect();
    anna.send_lines("Trip", &lines.join("\n"));
    assert_eq!(anna.ok(&["doctor"]).len(), 6);
    let mut bytes = std::fs::read(anna.database()).unwrap();
    // In the last page: nothing that opening needs lies there.
    let at = bytes.len() - 2_000;
    bytes[at] ^= 1;
    std::fs::write(anna.database(), bytes).unwrap();
    let output = anna.run(&["doctor"]);
    assert_eq!(output.status.code(), Some(6), "{output:?}");
    let report = String::from_utf8(output.stdout).unwrap();
    assert!(report.contains("DIFFERS  pages"), "{report}");
}
