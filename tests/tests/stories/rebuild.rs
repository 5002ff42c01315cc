//! The rows that screens read are made again from the changes, and are the same.

use beseda_protocol::membership::ChatKind;
use beseda_tests::world::{World, admit, tables::rebuilt};

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
        rebuilt(person).await;
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
