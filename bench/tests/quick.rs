//! The whole benchmark in its quick form: every figure there, every peer at work, the report readable.

use std::process::Command;

use serde_json::Value;

#[test]
fn a_quick_run_measures_everything_but_the_window() {
    let results = tempfile::tempdir().unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_beseda-bench"))
        .args(["--quick", "--results"])
        .arg(results.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}\n{}", String::from_utf8_lossy(&run.stderr));

    let mut files: Vec<_> =
        std::fs::read_dir(results.path()).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let [json, markdown] = &files[..] else { panic!("{files:?}") };
    let report: Value = serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap();
    assert_eq!(report["quick"], true);
    assert!(report["machine"]["fsyncs_per_second"].as_f64().unwrap() > 0.0);
    let figures = report["figures"].as_array().unwrap();
    let markdown = std::fs::read_to_string(markdown).unwrap();
    for part in [
        "send, durable",
        "newest page",
        "random place",
        "jump to a date",
        "chat list",
        "readers of a page",
        "a rare word",
        "two letters",
        "memory of the core",
        "process start",
        "catch-up",
        "create a group of 10",
        "let one more into",
        "put one out of",
        "link a device",
        "the first page is shown",
        "all is searchable",
        "refill of an empty relay",
        "membership changes",
        "256 senders",
        "idle",
    ] {
        let named = |figure: &&Value| figure["name"].as_str().unwrap().contains(part);
        let figure = figures.iter().find(named).unwrap_or_else(|| panic!("no figure of {part}"));
        assert!(figure["ours"].as_f64().unwrap() > 0.0, "{figure}");
        assert!(
            ["idle", "memory of the core"].contains(&part) || figure["floor"].as_f64().unwrap() > 0.0,
            "{figure}"
        );
        assert!(said.contains(part) && markdown.contains(part), "{part} is not in the table");
    }
}
