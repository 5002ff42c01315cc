//! The rows that screens read are made again from the changes, and are the same.

use beseda_core::store::chats::Status;
use beseda_protocol::membership::ChatKind;
use beseda_tests::world::{World, admit, exchange, tables::rebuilt};

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

#[tokio::test]
async fn who_made_a_chat_is_in_it_while_their_other_devices_go_also_when_it_is_made_anew() {
    let world = World::new().await;
    let (anna, boris) = (world.person("Anna").await, world.person("Boris").await);
    let chat = anna.creates(ChatKind::Group, "Trip").await;
    admit(&anna, &boris, chat).await;
    let phone = world.device_of(&anna, "phone").await;
    exchange(&[&anna, &phone, &boris]).await;
    anna.core().remove_device(phone.core().device().keys.device()).await.unwrap();
    exchange(&[&anna, &boris]).await;
    let tablet = world.device_of(&anna, "tablet").await;
    exchange(&[&anna, &tablet, &boris]).await;
    // The one that was there from the first entry on goes last: it was in when the phone went.
    tablet.core().remove_device(anna.core().device().keys.device()).await.unwrap();
    exchange(&[&tablet, &boris]).await;
    assert_eq!(boris.line(chat).await.members, 2);
    for person in [&boris, &tablet] {
        rebuilt(person).await;
    }
}

#[tokio::test]
async fn a_device_that_hears_at_once_that_it_came_and_that_its_person_left_counts_what_was_unread() {
    let world = World::new().await;
    let (anna, clara) = (world.person("Anna").await, world.person("Clara").await);
    let phone = world.device_of(&clara, "phone").await;
    exchange(&[&clara, &phone]).await;
    let chat = anna.creates(ChatKind::Group, "Trip").await;
    anna.counts(chat, 0, 3).await;
    anna.sync().await;
    // Each of her devices asks, and the phone does not hear that it is let in.
    for device in [&phone, &clara] {
        device.core().join(&anna.invites(chat).await).await.unwrap();
        device.sync().await;
        anna.sync().await;
    }
    clara.sync().await;
    clara.core().leave_chat(clara.number(chat).await).await.unwrap();
    clara.sync().await;
    phone.sync().await;
    assert_eq!(phone.status(chat).await, Some(Status::Removed));
    assert_eq!(phone.line(chat).await.unread, 0);
    rebuilt(&phone).await;
}
