//! The rows that screens read are made again from the changes, and are the same.
#![expect(clippy::unwrap_used, reason = "the steps of a test are the test")]

use beseda_core::Core;
use beseda_protocol::membership::ChatKind;
use beseda_tests::world::{World, admit};

/// The whole projection, row by row.
async fn projection(core: &Core) -> Vec<String> {
    let mut reader = core.device().store.readers().acquire().await.unwrap();
    let mut rows = vec![];
    for (table, columns) in [
        ("messages", "place, message_id, author_no, text, sent_at, at, failed"),
        ("events", "place, what, by_no, who_no, at"),
        (
            "memberships",
            "chat_no, user_no, added_at, added_by_no, admin, removed, delivered_place, read_place",
        ),
        (
            "chats",
            "chat_no, creator_no, created_at, title, description, category, activity, last_place, last_author_no, \
             last_text, last_at, unread, members, quarantined, read_place, others_read_place, others_delivered_place",
        ),
        ("member_devices", "chat_no, device_id, user_no, slot_id, slot_key, added_seq, removed_seq"),
    ] {
        let quoted: Vec<_> = columns.split(", ").map(|column| format!("quote({column})")).collect();
        let list = quoted.join(" || ', ' || ");
        let sql = format!("SELECT '{table} ({columns}): ' || {list} FROM {table} ORDER BY 1");
        let found: Vec<String> =
            sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(&mut *reader).await.unwrap();
        assert!(!found.is_empty(), "{table} has rows");
        rows.extend(found);
    }
    rows
}

#[tokio::test]
async fn a_rebuilt_projection_is_the_same_row_by_row() {
    let world = World::new().await;
    let people = [
        world.person_with_clock("Anna", 86_400_000).await,
        world.person_with_clock("Boris", -86_400_000).await,
        world.person("Clara").await,
    ];
    let [anna, boris, clara] = &people;
    let chat = anna.core().create_chat(ChatKind::Group, "Trip", "by train", "family").await.unwrap().id;
    let dialog = boris.creates(ChatKind::Dialog, "").await;
    let unsent = clara.creates(ChatKind::Blog, "Not at the relay yet").await;
    anna.counts(chat, 0, 5).await;
    admit(anna, boris, chat).await;
    admit(boris, clara, dialog).await;
    boris.counts(chat, 0, 5).await;
    boris.sync().await;
    anna.sync().await;
    anna.reads_all(chat).await;
    anna.sync().await;
    admit(anna, clara, chat).await;
    for person in [anna, clara, boris] {
        person.counts(chat, 10, 15).await;
        person.sync().await;
    }
    clara.reads_all(chat).await;
    clara.counts(dialog, 0, 3).await;
    clara.sync().await;
    // Some are not sent, one of which never will be.
    boris.says(chat, "too late").await;
    anna.removes(chat, boris).await;
    anna.sync().await;
    for person in &people {
        person.sync().await;
    }
    anna.says(chat, "queued").await;
    clara.says(unsent, "first words").await;

    for person in &people {
        let core = person.core();
        let before = projection(core).await;
        core.rebuild().await.unwrap();
        let after = projection(core).await;
        for (old, new) in before.iter().zip(&after) {
            assert_eq!(old, new, "{}", person.name);
        }
        assert_eq!(before.len(), after.len(), "{}", person.name);
    }
    // It can be written to as before.
    clara.says(unsent, "more words").await;
    anna.says(chat, "more").await;
    for person in [anna, clara, anna] {
        person.sync().await;
    }
    assert_eq!(anna.sees(chat).await, clara.sees(chat).await);
    assert_eq!(clara.sees(unsent).await.len(), 2);
}
