//! What waits on a device while a relay that was put back goes on in another way: when it gets its place it counts as
//! everybody else counts it.

use beseda_protocol::ChatId;
use beseda_tests::world::tables::meaning;

use super::*;

/// Rows of a chat are the same for all, and what their changes make.
async fn rows_agree(people: &[&Person], chat: ChatId) {
    let rows = meaning(people[0], chat).await;
    for person in people {
        assert_eq!(meaning(person, chat).await, rows, "{}", person.name);
        rebuilt(person).await;
    }
}

#[tokio::test]
async fn a_mark_that_was_not_sent_counts_when_what_it_names_stands_in_the_log_again() {
    let world = World::new().await;
    let Team { anna, boris, clara, chat } = team(&world, History::All).await;
    world.keep_relay().await;
    boris.says(chat, "soon lost").await;
    for person in [&boris, &anna] {
        person.sync().await;
    }
    // She has read it, and nobody has heard of that.
    anna.reads_all(chat).await;
    world.put_relay_back().await;
    clara.says(chat, "first").await;
    let people = [&anna, &boris, &clara];
    for person in [&clara, &anna, &boris] {
        person.sync().await;
    }
    exchange(&people).await;
    rows_agree(&people, chat).await;
    let id = boris.message(chat, "soon lost").await.id;
    assert_eq!(anna.core().readers(id).await.unwrap().count, 1);
}
