//! `Core::examine` names whatever is not as it should be, and a rebuild makes anew all that follows from the changes.
#![expect(clippy::unwrap_used, reason = "the steps of a test are the test")]

use std::sync::{Arc, Mutex};

use beseda_core::{
    Core, MessageList,
    actions::send_message::Outgoing,
    doctor::Check,
    document::{Mention, Poll},
    store::{Durability, search::Order},
    unreported,
};
use beseda_protocol::{ChatId, MessageId, membership::ChatKind};
use beseda_tests::world::{Person, World, admit};

/// Two people and everything they can do with messages.
async fn busy() -> (World, Person, Person, ChatId) {
    let world = World::new().await;
    let (anna, boris) = (world.person("Anna").await, world.person("Boris").await);
    let chat = anna.creates(ChatKind::Group, "Trip").await;
    anna.says(chat, "before anybody came").await;
    admit(&anna, &boris, chat).await;
    let number = anna.number(chat).await;
    for n in 0..6 {
        anna.says(chat, &format!("**Anna** number {n}, see https://example.org/{n}")).await;
        boris.says(chat, &format!("кошка номер {n}")).await;
    }
    for person in [&anna, &boris, &anna] {
        person.sync().await;
    }
    let texts = anna.reads(chat).await;
    let of = |text: &str| texts.iter().find(|message| message.text.contains(text)).unwrap().id;
    let core = anna.core();
    core.edit_message(number, of("Anna** number 0"), "said otherwise, see https://example.com", vec![])
        .await
        .unwrap();
    core.react(number, of("кошка номер 1"), "👍", true).await.unwrap();
    core.react(number, of("кошка номер 1"), "🎉", true).await.unwrap();
    core.react(number, of("кошка номер 1"), "🎉", false).await.unwrap();
    core.pin_message(number, of("кошка номер 2"), true).await.unwrap();
    core.save_message(of("кошка номер 3"), true).await.unwrap();
    core.delete_for_me(number, of("кошка номер 4")).await.unwrap();
    core.delete_for_everyone(number, of("Anna** number 5")).await.unwrap();
    let poll = Poll { options: vec!["tea".into(), "coffee".into()], several: false };
    let asked = Outgoing { text: "What?".into(), poll: Some(poll), ..Outgoing::default() };
    let poll = core.send_message(number, asked).await.unwrap();
    let theirs = boris.number(chat).await;
    anna.sync().await;
    boris.sync().await;
    boris.core().vote(theirs, poll, &[1]).await.unwrap();
    let all = Mention { name: "все".into(), user: None };
    let to_all = Outgoing {
        text: "@все посмотрите".into(),
        reply_to: Some(of("Anna** number 1")),
        mentions: vec![all],
        ..Outgoing::default()
    };
    boris.core().send_message(theirs, to_all).await.unwrap();
    boris.reads_all(chat).await;
    // Somebody's saved message goes, and so does a hidden one.
    boris.core().delete_for_everyone(theirs, of("кошка номер 3")).await.unwrap();
    boris.core().delete_for_everyone(theirs, of("кошка номер 4")).await.unwrap();
    boris.core().react(theirs, of("Anna** number 2"), "👋🏽", true).await.unwrap();
    for person in [&boris, &anna, &boris] {
        person.sync().await;
    }
    // Not sent yet: said, edited and reacted to.
    let queued = core.send_message(number, "in a while").await.unwrap();
    core.edit_message(number, queued, "later", vec![]).await.unwrap();
    core.react(number, queued, "👍", true).await.unwrap();
    core.edit_message(number, of("Anna** number 3"), "edited, not sent yet", vec![]).await.unwrap();
    (world, anna, boris, chat)
}

async fn findings(core: &Core) -> Vec<(Check, String)> {
    let checked = core.examine(&unreported()).await.unwrap();
    assert_eq!(checked.len(), 6, "every check has its line");
    let of = |checked: beseda_core::doctor::Checked| {
        checked.findings.into_iter().map(move |finding| (checked.check, finding.what))
    };
    checked.into_iter().flat_map(of).collect()
}

#[track_caller]
fn assert_only(found: &[(Check, String)], check: Check, what: &str) {
    assert!(found.iter().any(|(of, said)| *of == check && said.contains(what)), "{what}: {found:?}");
    assert!(found.iter().all(|(of, _)| *of == check), "{found:?}");
}

async fn damage(core: &Core, sql: &'static str) {
    let mut tx = core.device().store.begin(Durability::Process).await.unwrap();
    let done = sqlx::query(sql).execute(&mut *tx).await.unwrap();
    assert!(done.rows_affected() > 0, "{sql}");
    tx.commit().await.unwrap();
}

async fn rebuild(core: &Core) {
    core.rebuild(&unreported()).await.unwrap();
}

/// Every row of every table that is rebuilt, and of those that a rebuild must not touch.
async fn tables(core: &Core) -> Vec<String> {
    let mut reader = core.device().store.readers().acquire().await.unwrap();
    let mut rows = vec![];
    for (table, rest) in [
        ("messages", ""),
        ("message_versions", ""),
        ("reactions", ""),
        ("votes", ""),
        ("pins", ""),
        ("links", ""),
        ("early_facts", ""),
        ("events", ""),
        ("memberships", ""),
        ("read_counts", "WHERE n <> 0"),
        ("chats", ""),
        ("search_rows", ""),
        ("changes", ""),
        ("handshakes", ""),
        ("saved", ""),
        ("hidden", ""),
        ("users", ""),
    ] {
        let columns: Vec<String> = sqlx::query_scalar("SELECT name FROM pragma_table_info(?)")
            .bind(table)
            .fetch_all(&mut *reader)
            .await
            .unwrap();
        // When one read oneself is known better after a rebuild, and shown to nobody. Of the messages of one moment any
        // may have the first number.
        let told = |name: &&String| *name != "read_at" && (table != "search_rows" || *name == "place");
        let columns: Vec<_> = columns.iter().filter(told).collect();
        let list =
            columns.iter().map(|name| format!("quote({name})")).collect::<Vec<_>>().join(" || ', ' || ");
        let sql = format!("SELECT '{table}: ' || {list} FROM {table} {rest} ORDER BY 1");
        rows.extend(
            sqlx::query_scalar::<_, String>(sqlx::AssertSqlSafe(sql)).fetch_all(&mut *reader).await.unwrap(),
        );
    }
    rows
}

async fn finds(core: &Core, words: &str) -> usize {
    core.search(words, None, Order::Newest, None, 100).await.unwrap().messages.len()
}

#[tokio::test]
async fn a_busy_profile_is_whole_and_looking_changes_nothing() {
    let (_world, mut anna, boris, _) = busy().await;
    for person in [&anna, &boris] {
        let before = tables(person.core()).await;
        assert_eq!(findings(person.core()).await, [], "{}", person.name);
        assert_eq!(tables(person.core()).await, before);
    }
    anna.restart().await;
    assert_eq!(findings(anna.core()).await, []);
    let checked = anna.core().examine(&unreported()).await.unwrap();
    assert!(
        checked.iter().all(|checked| checked.looked_at > 0 || checked.check == Check::Documents),
        "{checked:?}"
    );
}

#[tokio::test]
async fn rebuilt_tables_are_the_same_row_by_row() {
    let (_world, anna, boris, chat) = busy().await;
    for person in [&anna, &boris] {
        let before = tables(person.core()).await;
        for table in ["messages", "message_versions", "reactions", "votes", "pins", "links", "read_counts"] {
            assert!(before.iter().any(|row| row.starts_with(&format!("{table}: "))), "{table} has rows");
        }
        rebuild(person.core()).await;
        let after = tables(person.core()).await;
        for (old, new) in before.iter().zip(&after) {
            assert_eq!(old, new, "{}", person.name);
        }
        assert_eq!(before.len(), after.len());
        assert_eq!(findings(person.core()).await, []);
    }
    // And it is written to as before.
    anna.says(chat, "after the rebuild").await;
    for person in [&anna, &boris] {
        person.sync().await;
    }
    assert_eq!(finds(boris.core(), "rebuild").await, 1);
    assert_eq!(finds(boris.core(), "later").await, 1, "what was queued is found where it arrived");
}

#[tokio::test]
async fn rows_changed_by_hand_are_named_and_a_rebuild_heals_them() {
    let (_world, anna, ..) = busy().await;
    let core = anna.core();
    let whole = tables(core).await;
    for (sql, named) in [
        (
            "UPDATE messages SET sent_at = 7 WHERE text LIKE '%номер 0'",
            "messages: 1 rows differ from what the changes make of them (sent_at), the first of envelope",
        ),
        ("UPDATE messages SET flags = flags | 4 WHERE text = 'later'", "(flags), the first not sent yet"),
        (
            "DELETE FROM message_versions WHERE edit_place = 0 AND text LIKE '%number 0%'",
            "message_versions: 1 rows that the changes make are not there",
        ),
        (
            "UPDATE reactions SET present = 1 WHERE present = 0",
            "reactions: 1 rows differ from what the changes make of them (present)",
        ),
        ("UPDATE votes SET options = 1", "(options)"),
        ("DELETE FROM pins", "pins: 1 rows that the changes make are not there"),
        (
            "INSERT INTO links SELECT place, 9, 'https://evil.example' FROM links LIMIT 1",
            "links: 1 rows are there that no change makes",
        ),
        ("DELETE FROM events", "events: "),
        (
            "UPDATE memberships SET admin = 1 - admin",
            "memberships: 2 rows differ from what the changes make of them (admin)",
        ),
        ("UPDATE read_counts SET n = n + 1 WHERE level = 0", "read_counts: "),
        (
            "UPDATE chats SET unread = unread + 1",
            "chats: 1 rows differ from what the changes make of them (unread)",
        ),
        ("UPDATE chats SET quarantined = 3", "0 envelopes are set aside, and 3 are counted"),
        (
            "INSERT INTO early_facts SELECT chat_no, x'00112233445566778899aabbccddeeff', 5, 1, 0, 1, x'00' FROM chats",
            "early_facts: 1 rows are there that no change makes",
        ),
    ] {
        damage(core, sql).await;
        assert_only(&findings(core).await, Check::Projection, named);
        if sql.contains("quarantined") {
            // Counted as envelopes come and go, from nothing that a rebuild reads.
            damage(core, "UPDATE chats SET quarantined = 0").await;
        } else {
            rebuild(core).await;
        }
        assert_eq!(findings(core).await, [], "after {sql}");
    }
    assert_eq!(tables(core).await, whole);
}

#[tokio::test]
async fn what_search_cannot_find_is_named_and_a_rebuild_heals_it() {
    let (_world, anna, ..) = busy().await;
    let core = anna.core();
    // Not listed.
    damage(core, "DELETE FROM search_rows WHERE number = (SELECT max(number) FROM search_rows)").await;
    assert_only(&findings(core).await, Check::Index, "1 messages are not listed in it");
    rebuild(core).await;
    // Listed, but its words are gone.
    damage(core, "INSERT INTO search (search) VALUES ('delete-all')").await;
    assert_eq!(finds(core, "кошка").await, 0);
    assert_only(&findings(core).await, Check::Index, "messages are missing in it");
    rebuild(core).await;
    assert_eq!(findings(core).await, []);
    assert_eq!(finds(core, "кошка").await, 4);
    // Words of nothing.
    damage(core, "INSERT INTO search (rowid, tokens) VALUES (77, 'abc')").await;
    assert_only(&findings(core).await, Check::Index, "1 tokens are in fewer or more messages");
    damage(core, "INSERT INTO search_rows (number, place) VALUES (78, 1)").await;
    assert_only(&findings(core).await, Check::Index, "1 of its rows are of no message");
    rebuild(core).await;
    assert_eq!(findings(core).await, []);
    // A message whose text another wrote over, and one that is gone: what a rebuild chat by chat could not forget.
    damage(core, "UPDATE messages SET text = 'other words' WHERE text LIKE '%номер 0'").await;
    damage(core, "DELETE FROM messages WHERE text LIKE '%номер 1'").await;
    let found = findings(core).await;
    assert!(found.iter().any(|(check, _)| *check == Check::Index), "{found:?}");
    assert!(found.iter().any(|(check, _)| *check == Check::Projection), "{found:?}");
    rebuild(core).await;
    assert_eq!(findings(core).await, []);
    assert_eq!((finds(core, "кошка").await, finds(core, "\"other words\"").await), (4, 0));
}

#[tokio::test]
async fn a_saved_document_that_was_flipped_is_named_and_a_rebuild_heals_it() {
    let world = World::new().await;
    let mut anna = world.person("Anna").await;
    let chat = anna.creates(ChatKind::Group, "Trip").await;
    // So many that the document is saved when it is next opened.
    anna.counts(chat, 0, 501).await;
    anna.restart().await;
    anna.says(chat, "one more").await;
    assert_eq!(findings(anna.core()).await, []);
    // Flipped anywhere, cut, and one that holds less than it says.
    for damaged in 0..5 {
        let mut tx = anna.core().device().store.begin(Durability::Process).await.unwrap();
        let (mut upto, mut saved): (i64, Vec<u8>) =
            sqlx::query_as("SELECT change_no, saved FROM segments").fetch_one(&mut *tx).await.unwrap();
        match damaged {
            0 => saved[10] ^= 1,
            1 => *saved.get_mut(900).unwrap() ^= 1,
            2 => *saved.last_mut().unwrap() ^= 1,
            3 => saved.truncate(1000),
            _ => upto -= 1,
        }
        sqlx::query("UPDATE segments SET change_no = ?, saved = ?")
            .bind(upto)
            .bind(&saved)
            .execute(&mut *tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let found = findings(anna.core()).await;
        assert!(!found.is_empty(), "{damaged}");
        assert_only(&found, Check::Documents, "the saved document 0 does not");
        rebuild(anna.core()).await;
        assert_eq!(findings(anna.core()).await, [], "after {damaged}");
        anna.restart().await;
        anna.says(chat, "and more").await;
    }
    anna.sync().await;
    assert_eq!(findings(anna.core()).await, []);
}

#[tokio::test]
async fn a_change_that_was_flipped_is_named_and_the_other_chats_are_rebuilt() {
    let (_world, mut anna, _, chat) = busy().await;
    let other = anna.creates(ChatKind::Group, "Other").await;
    anna.says(other, "elsewhere").await;
    damage(
        anna.core(),
        "UPDATE changes SET bytes = CAST(x'ff' || substr(bytes, 2) AS BLOB) WHERE change_no = 3",
    )
    .await;
    let found = findings(anna.core()).await;
    assert!(
        found.iter().any(|(check, what)| *check == Check::Changes && what.starts_with("change 3 ")),
        "{found:?}"
    );
    damage(anna.core(), "UPDATE messages SET text = 'wrong' WHERE text = 'elsewhere'").await;
    let refused = anna.core().rebuild(&unreported()).await.unwrap_err();
    assert!(matches!(refused, beseda_core::Error::Damaged(_)), "{refused}");
    assert_eq!(anna.sees(other).await, ["Anna: elsewhere"]);
    // The chat itself stays as it was, also after a restart.
    assert!(anna.reads(chat).await.len() > 10);
    anna.restart().await;
    assert!(anna.reads(chat).await.len() > 10);
}

#[tokio::test]
async fn a_rebuild_that_is_interrupted_goes_on_at_the_next_start() {
    let (_world, mut anna, ..) = busy().await;
    anna.creates(ChatKind::Group, "Second").await;
    let before = tables(anna.core()).await;
    // As a process that ends after the index was emptied.
    damage(anna.core(), "DELETE FROM search_rows").await;
    damage(anna.core(), "INSERT INTO search (search) VALUES ('delete-all')").await;
    damage(anna.core(), "UPDATE chats SET projected = 0").await;
    let steps = Arc::new(Mutex::new(vec![]));
    let seen = steps.clone();
    anna.options.progress = Arc::new(move |done, total| seen.lock().unwrap().push((done, total)));
    anna.restart().await;
    // With the notes, three.
    assert_eq!(*steps.lock().unwrap(), [(0, 3), (1, 3), (2, 3), (3, 3)]);
    assert_eq!(tables(anna.core()).await, before);
    assert_eq!(findings(anna.core()).await, []);
}

#[tokio::test]
async fn an_examination_tells_how_far_it_is_and_may_be_left() {
    let (_world, anna, _, chat) = busy().await;
    let steps = Arc::new(Mutex::new(vec![]));
    let seen = steps.clone();
    let report: beseda_core::Report = Arc::new(move |done, total| seen.lock().unwrap().push((done, total)));
    anna.core().examine(&report).await.unwrap();
    let told = std::mem::take(&mut *steps.lock().unwrap());
    let (_, total) = told[0];
    assert!(told.is_sorted() && told[0].0 == 0 && told[told.len() - 1] == (total, total), "{told:?}");
    assert!(told.iter().all(|(_, of)| *of == total) && total > 10);
    // Left at its first step: what it had begun is undone.
    let before = tables(anna.core()).await;
    let (left, leave) = tokio::sync::oneshot::channel();
    let (left, at_rows) = (Mutex::new(Some(left)), total / 3 + 2);
    let report: beseda_core::Report = Arc::new(move |done, _| {
        if done > at_rows
            && let Some(left) = left.lock().unwrap().take()
        {
            left.send(()).unwrap();
        }
    });
    tokio::select! {
        biased;
        _ = leave => {}
        _ = anna.core().examine(&report) => panic!("it was left before its end"),
    }
    assert_eq!(tables(anna.core()).await, before);
    anna.says(chat, "still here").await;
    assert_eq!(findings(anna.core()).await, []);
}

/// A hidden message keeps nothing of itself here, whatever others do with it.
#[tokio::test]
async fn what_others_do_with_a_hidden_message_leaves_no_trace_here() {
    let (_world, anna, boris, chat) = busy().await;
    let (here, there) = (anna.number(chat).await, boris.number(chat).await);
    let id = |text: &str, all: &[beseda_core::store::messages::Message]| -> MessageId {
        all.iter().find(|message| message.text.contains(text)).unwrap().id
    };
    let hidden = id("кошка номер 5", &anna.reads(chat).await);
    anna.core().delete_for_me(here, hidden).await.unwrap();
    boris.core().react(there, hidden, "👍", true).await.unwrap();
    boris.core().pin_message(there, hidden, true).await.unwrap();
    boris.core().edit_message(there, hidden, "кошка, edited", vec![]).await.unwrap();
    for person in [&boris, &anna] {
        person.sync().await;
    }
    assert_eq!(findings(anna.core()).await, []);
    let pinned = anna.core().list(Some(here), MessageList::Pinned, None, 10).await.unwrap();
    assert!(pinned.iter().all(|listed| listed.message.id != hidden));
}

/// The only message of a chat may be hidden too.
#[tokio::test]
async fn a_chat_whose_every_message_is_hidden_shows_none() {
    let world = World::new().await;
    let anna = world.person("Anna").await;
    let chat = anna.creates(ChatKind::Group, "Notes").await;
    anna.says(chat, "secret").await;
    let only = anna.reads(chat).await[0].id;
    anna.core().delete_for_me(anna.number(chat).await, only).await.unwrap();
    assert!(anna.line(chat).await.last.is_none());
    assert_eq!(findings(anna.core()).await, []);
}
