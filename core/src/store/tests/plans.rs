//! What the query planner makes of every statement: no table is read from end to end, and nothing is sorted, unless
//! it is written here why that is right.

use std::collections::BTreeSet;

use super::{
    super::{
        account, actors, annotations, arrange, backup, changes, chat_pictures, chats, contacts, dialogs,
        eras, events, handshakes, invitations, joining, kept, linking, listing, log, members, messages, mls,
        moves, news, notices, own, own_profile, profiles, projection, quarantine, readers, repeats, roles,
        search, standings, trust, users, welcomes,
    },
    anna,
};

const STATEMENTS: &[(&str, &[(&str, &str)])] = &[
    ("account", account::ALL),
    ("actors", actors::ALL),
    ("annotations", annotations::ALL),
    ("arrange", arrange::ALL),
    ("backup", backup::ALL),
    ("changes", changes::ALL),
    ("chat_pictures", chat_pictures::ALL),
    ("chats", chats::ALL),
    ("line", chats::LINE),
    ("contacts", contacts::ALL),
    ("dialogs", dialogs::ALL),
    ("eras", eras::ALL),
    ("events", events::ALL),
    ("handshakes", handshakes::ALL),
    ("invitations", invitations::ALL),
    ("joining", joining::ALL),
    ("kept", kept::ALL),
    ("linking", linking::ALL),
    ("listing", listing::ALL),
    ("log", log::ALL),
    ("members", members::ALL),
    ("messages", messages::ALL),
    ("mls", mls::ALL),
    ("moves", moves::ALL),
    ("news", news::ALL),
    ("notices", notices::ALL),
    ("own", own::ALL),
    ("own_profile", own_profile::ALL),
    ("profiles", profiles::ALL),
    ("rebuild", projection::REBUILD),
    ("quarantine", quarantine::ALL),
    ("readers", readers::ALL),
    ("repeats", repeats::ALL),
    ("roles", roles::ALL),
    ("standings", standings::ALL),
    ("find", search::FIND),
    ("search", search::ALL),
    ("trust", trust::ALL),
    ("users", users::ALL),
    ("welcomes", welcomes::ALL),
];

/// File, statement, the step of the plan, and why it may stay.
const ALLOWED: &[(&str, &str, &str, &str)] = &[
    (
        "line",
        "LIST",
        "SCAN c USING INDEX chats_in_order",
        "the whole list is shown, and walking the index gives its order without a sort",
    ),
    ("chats", "TOTALS", "SCAN chats", "a sum over all chats: the list itself holds as many"),
    (
        "kept",
        "SCHEDULED",
        "SCAN s USING INDEX scheduled_by_time",
        "all that waits is listed, in the index's order",
    ),
    (
        "log",
        "CHANGES",
        "USE TEMP B-TREE FOR ORDER BY",
        "the whole log of a chat, once, when a relay has lost it: an index by place would cost every message",
    ),
    (
        "messages",
        "FIRST_AT",
        "SCAN halves",
        "the steps of a search by halves, at most 76, each of which descends the index once",
    ),
    (
        "messages",
        "BEFORE",
        "SCAN (subquery-1)",
        "the rows of the page, already found, are put together as one value",
    ),
    (
        "messages",
        "AFTER",
        "SCAN (subquery-1)",
        "the rows of the page, already found, are put together as one value",
    ),
    ("readers", "COUNTS", "SCAN (subquery-7)", "the union of seven searches of at most 64 rows each"),
    (
        "readers",
        "COUNTS",
        "SCAN a VIRTUAL TABLE INDEX 1:",
        "the authors that were asked for, each then found by the key",
    ),
    (
        "joining",
        "KNOCKS",
        "SCAN knocks",
        "requests of this device that the relay has not taken: a handful, all wanted",
    ),
    (
        "joining",
        "ANSWERS",
        "SCAN join_answers",
        "answers that the relay has not taken: a handful, all wanted, a hundred at a time",
    ),
    (
        "rebuild",
        "ALL_CHANGES",
        "USE TEMP B-TREE FOR ORDER BY",
        "the rebuild of one chat reads all of it once; an index for it would cost every send",
    ),
    ("backup", "FORGET_DONE", "SCAN chats", "a relay has lost its data: every chat is due again"),
    ("joining", "KNOCK_AGAIN_ALL", "SCAN knocks", "a relay has lost its data: a handful, all of them"),
    ("moves", "NEWEST", "SCAN m USING INDEX moves_by_time", "ends at the first row of the index"),
    ("contacts", "LIST", "SCAN c", "all are listed"),
    ("contacts", "BLOCKED", "SCAN b", "all are listed"),
    ("contacts", "BLOCKED_NUMBERS", "SCAN blocked", "a handful, all wanted, a page at a time"),
    ("joining", "ALL_REQUESTS", "SCAN join_requests", "requests that wait, when somebody is blocked"),
    ("own_profile", "SHOWN", "SCAN profile_shown", "a row a field of a profile, nine at most, all wanted"),
    ("rebuild", "OUTDATE", "SCAN chats", "all chats are to be made anew, and each takes seconds then"),
    ("own", "DRAFTS", "SCAN chats", "once in a profile's life, when its notes are made"),
    (
        "own",
        "ABOUT",
        "SCAN s USING COVERING INDEX saved_by_time",
        "before a chat is made anew, which reads all of it",
    ),
    ("own", "ABOUT", "SCAN h", "before a chat is made anew, which reads all of it"),
    ("kept", "HIDDEN", "SCAN hidden", "once in a profile's life, when its notes are made"),
    ("notices", "HERE", "SCAN chats", "where each chat stands, once when a profile opens"),
    (
        "notices",
        "COUNT",
        "SCAN (subquery-3)",
        "the unread rows of one chat, already found and 10,000 at most, are counted",
    ),
    ("own", "ANY_EARLY", "SCAN own_early", "ends at the first row"),
    ("own", "UNTOLD", "SCAN u", "drafts of the last seconds, all wanted"),
    (
        "linking",
        "LETTERS",
        "SCAN letters USING INDEX letters_to_send",
        "what the relay has not taken: a handful, all wanted, in the index's order",
    ),
    (
        "welcomes",
        "ALL_EARLY",
        "SCAN early_welcomes",
        "to chats that this device is in already: hardly ever any, all wanted",
    ),
    ("linking", "KEPT", "SCAN letters", "all that is kept, once, when the relay has started again"),
    (
        "handshakes",
        "FORGET_ACCEPTED",
        "SCAN pending_handshakes",
        "when the relay has started again: one a chat at most",
    ),
    ("linking", "DROP_LINK", "SCAN device_links", "devices that are being let in: one"),
    (
        "linking",
        "UNSENT",
        "SCAN directory USING INDEX directory_unsent",
        "the index holds what the relay lacks, all wanted",
    ),
    (
        "linking",
        "SENT",
        "SCAN directory USING INDEX directory_unsent",
        "the index holds what the relay lacks, all wanted",
    ),
    ("linking", "LINKS", "SCAN device_links", "devices that are being let in: one, all wanted"),
    ("linking", "LINK_WITH", "SCAN device_links", "this person's devices: ten at most"),
    ("arrange", "ALL_ARRANGED", "SCAN chats", "once in a profile's life, when its notes are made"),
    ("contacts", "KNOWN", "SCAN contacts", "once in a profile's life, when its notes are made"),
    ("contacts", "KNOWN", "SCAN blocked", "once in a profile's life, when its notes are made"),
    ("contacts", "KNOWN", "SCAN verified", "once in a profile's life, when its notes are made"),
    ("contacts", "KNOWN", "UNION USING TEMP B-TREE", "once in a profile's life, when its notes are made"),
    (
        "backup",
        "DUE",
        "SCAN chats USING INDEX chats_to_back_up",
        "the index holds what the backup has not heard of, all wanted",
    ),
    ("backup", "RETURNS", "SCAN r", "chats that a new device is not back in yet, all wanted"),
    ("linking", "ADDITIONS", "SCAN a", "devices not yet in a new chat: a handful, all wanted"),
    ("dialogs", "TWICE", "USE TEMP B-TREE FOR GROUP BY", "once an exchange, over the dialogs of the list"),
    (
        "find",
        "PROPOSED",
        "SCAN s VIRTUAL TABLE INDEX 192:M1><",
        "so SQLite calls asking a full-text index; 192 is the order it already has, M the words, >< the span of time",
    ),
    ("find", "USERS", "SCAN users", "names are compared folded, and `from:` may mean several"),
    ("find", "CHATS", "SCAN c", "titles are compared folded, and `in:` may mean several"),
    (
        "search",
        "MESSAGES",
        "SCAN json_each VIRTUAL TABLE INDEX 1:",
        "the list that is asked for, 256 at most",
    ),
    ("search", "TAKEN", "SCAN json_each VIRTUAL TABLE INDEX 1:", "the list that is asked for, 256 at most"),
    ("search", "OF_CHAT", "SCAN s VIRTUAL TABLE INDEX 0:M1", "asks the full-text index for the chat's token"),
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
