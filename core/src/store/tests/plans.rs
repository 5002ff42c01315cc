//! What the query planner makes of every statement: no table is read from end to end, and nothing is sorted, unless
//! it is written here why that is right.

use std::collections::BTreeSet;

use super::{
    super::{
        account, actors, changes, chats, eras, handshakes, joining, members, messages, mls, projection,
        quarantine, users,
    },
    anna,
};

const STATEMENTS: &[(&str, &[(&str, &str)])] = &[
    ("account", account::ALL),
    ("actors", actors::ALL),
    ("changes", changes::ALL),
    ("chats", chats::ALL),
    ("eras", eras::ALL),
    ("handshakes", handshakes::ALL),
    ("joining", joining::ALL),
    ("members", members::ALL),
    ("messages", messages::ALL),
    ("mls", mls::ALL),
    ("projection", projection::ALL),
    ("quarantine", quarantine::ALL),
    ("users", users::ALL),
];

/// File, statement, the step of the plan, and why it may stay.
const ALLOWED: &[(&str, &str, &str, &str)] = &[
    (
        "chats",
        "LIST",
        "SCAN c USING INDEX chats_by_activity",
        "the whole list is shown, and walking the index gives its order without a sort",
    ),
    (
        "joining",
        "KNOCKS",
        "SCAN knocks",
        "requests of this device that the relay has not taken: a handful, all wanted",
    ),
    (
        "projection",
        "ALL_CHANGES",
        "USE TEMP B-TREE FOR ORDER BY",
        "the rebuild of one chat reads all of it once; an index for it would cost every send",
    ),
];

#[tokio::test]
async fn every_statement_finds_its_rows_by_an_index_and_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let core = anna(dir.path()).await;
    let mut conn = core.device().store.readers().acquire().await.unwrap();
    let allowed: BTreeSet<_> =
        ALLOWED.iter().map(|(file, name, step, _)| format!("{file}::{name}: {step}")).collect();
    let mut unused = allowed.clone();
    let mut bad = vec![];
    for (file, statements) in STATEMENTS {
        for (name, sql) in *statements {
            let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
            let steps: Vec<(i64, i64, i64, String)> = sqlx::query_as(explain)
                .fetch_all(&mut *conn)
                .await
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            for (_, _, _, step) in steps {
                let slow =
                    (step.starts_with("SCAN") && step != "SCAN CONSTANT ROW") || step.contains("TEMP B-TREE");
                let step = format!("{file}::{name}: {step}");
                unused.remove(&step);
                if slow && !allowed.contains(&step) {
                    bad.push(step);
                }
            }
        }
    }
    assert!(bad.is_empty(), "{bad:#?}");
    assert!(unused.is_empty(), "allowed, but no longer so: {unused:?}");
}

/// SQL that is not declared with `statements!` would escape the test above.
#[test]
fn no_statement_hides_from_the_planner_test() {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let mut folders = vec![std::path::PathBuf::from(source)];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if !path.ends_with("store/tests") {
                    folders.push(path);
                }
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            if path.ends_with("store/tests.rs") {
                continue;
            }
            if text.contains("statements! {") {
                seen += 1;
                let file = path.file_stem().unwrap().to_str().unwrap();
                assert!(STATEMENTS.iter().any(|(name, _)| *name == file), "{file} is not in the list above");
            }
            for query in ["query(\n", "query(\"", "query_as(\"", "query_scalar(\"", "query_scalar(\n"] {
                for (at, _) in text.match_indices(query) {
                    let sql = text[at + query.len()..].trim_start().trim_start_matches('"');
                    let word: String = sql.chars().take_while(char::is_ascii_alphanumeric).collect();
                    let fine = ["PRAGMA", "BEGIN", "COMMIT", "ROLLBACK"].contains(&word.as_str())
                        || path.ends_with("store/open.rs");
                    assert!(fine, "{}: declare `{word} …` with statements!", path.display());
                }
            }
        }
    }
    assert_eq!(seen, STATEMENTS.len());
}
