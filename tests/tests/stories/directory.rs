//! Finding people by their usernames in a relay's directory: who wants to be found, and who is not.
#![expect(clippy::unwrap_used, reason = "the steps of a test are the test")]

use beseda_core::{
    Error,
    people::ProfileChange,
    store::{chats::PutIn, listing::Listing},
    sync::engine::SyncError,
};
use beseda_protocol::UserId;
use beseda_tests::world::{Person, World, exchange};

async fn called(world: &World, name: &str, username: &str) -> Person {
    let person = world.person(name).await;
    let change = ProfileChange { username: Some(username.into()), ..ProfileChange::default() };
    person.core().set_profile(change).await.unwrap();
    person
}

async fn finds(person: &Person, username: &str) -> Result<UserId, SyncError> {
    person.core().find_person_over(&person.wire, username).await
}

fn nobody(found: &Result<UserId, SyncError>) -> bool {
    matches!(found, Err(SyncError::Store(Error::NoSuchPerson)))
}

#[tokio::test]
async fn who_is_listed_is_found_and_written_to_by_strangers() {
    let world = World::new().await;
    let anna = called(&world, "Anna", "anna.k").await;
    let boris = world.person("Boris").await;
    anna.sync().await;
    boris.sync().await;
    assert!(nobody(&finds(&boris, "anna.k").await), "nobody is listed without wanting it");
    let nameless = boris.core().set_listed(true).await;
    assert!(matches!(nameless, Err(Error::BadText(_))), "{nameless:?}");

    anna.core().set_listed(true).await.unwrap();
    anna.sync().await;
    assert_eq!(anna.core().listing().await.unwrap(), (true, Listing::Listed));
    let found = finds(&boris, " @Anna.K ").await.unwrap();
    assert_eq!(found, anna.user());
    assert_eq!(boris.core().person(found, None).await.unwrap().name, "anna.k");
    assert!(nobody(&finds(&boris, "anna").await), "only the whole username finds");

    let chat = boris.core().start_dialog(found).await.unwrap().id;
    boris.says(chat, "We met at the station").await;
    exchange(&[&boris, &anna]).await;
    assert_eq!(anna.line(chat).await.put_in, PutIn::Asked);
    anna.core().accept(anna.number(chat).await).await.unwrap();
    anna.says(chat, "I remember").await;
    exchange(&[&anna, &boris]).await;
    assert_eq!(boris.sees(chat).await, ["Boris: We met at the station", "Anna: I remember"]);
    assert_eq!(boris.line(chat).await.title, "Anna", "as she calls herself");

    anna.core().set_listed(false).await.unwrap();
    anna.sync().await;
    assert_eq!(anna.core().listing().await.unwrap(), (false, Listing::No));
    assert!(nobody(&finds(&boris, "anna.k").await));
}

#[tokio::test]
async fn a_username_is_one_persons_and_the_other_one_is_told() {
    let world = World::new().await;
    let (anna, other) = (called(&world, "Anna", "anna").await, called(&world, "Other", "anna").await);
    for person in [&anna, &other] {
        person.core().set_listed(true).await.unwrap();
        person.sync().await;
    }
    assert_eq!(other.core().listing().await.unwrap(), (true, Listing::Taken));
    assert_eq!(finds(&other, "anna").await.unwrap(), anna.user());

    // She takes another one, and hers is free.
    let change = ProfileChange { username: Some("karenina".into()), ..ProfileChange::default() };
    anna.core().set_profile(change).await.unwrap();
    anna.sync().await;
    let change = ProfileChange { username: Some("anna2".into()), ..ProfileChange::default() };
    other.core().set_profile(change).await.unwrap();
    other.sync().await;
    assert_eq!(other.core().listing().await.unwrap(), (true, Listing::Listed));
    assert_eq!(finds(&other, "karenina").await.unwrap(), anna.user());
    assert!(nobody(&finds(&anna, "anna").await));
}

#[tokio::test]
async fn a_username_that_becomes_free_is_taken_at_the_next_start_or_on_the_next_day() {
    let world = World::new().await;
    let anna = called(&world, "Anna", "anna").await;
    let (mut first, second) = (called(&world, "First", "anna").await, called(&world, "Second", "anna").await);
    for person in [&anna, &first, &second] {
        person.core().set_listed(true).await.unwrap();
        person.sync().await;
    }
    let gives_up = async |person: &Person| {
        person.core().set_listed(false).await.unwrap();
        person.sync().await;
    };
    let listing = async |person: &Person| person.core().listing().await.unwrap().1;
    gives_up(&anna).await;
    // It was asked a moment ago.
    first.sync().await;
    assert_eq!(listing(&first).await, Listing::Taken);
    first.restart().await;
    first.sync().await;
    assert_eq!(listing(&first).await, Listing::Listed);

    gives_up(&first).await;
    second.sync().await;
    assert_eq!(listing(&second).await, Listing::Taken);
    world.advance(24 * 60 * 60);
    second.sync().await;
    assert_eq!(listing(&second).await, Listing::Listed);
    assert_eq!(finds(&anna, "anna").await.unwrap(), second.user());
}

#[tokio::test]
async fn where_the_operator_keeps_no_directory_nobody_is_found_and_syncing_goes_on() {
    let world = World::new().await;
    world.keeps_directory(false).await;
    let anna = called(&world, "Anna", "anna").await;
    anna.core().set_listed(true).await.unwrap();
    anna.sync().await;
    assert_eq!(anna.core().listing().await.unwrap(), (true, Listing::NoDirectory));
    let found = finds(&anna, "anna").await;
    assert!(matches!(found, Err(SyncError::Store(Error::NoDirectory))), "{found:?}");
}

#[tokio::test]
async fn a_person_has_all_their_devices_in_the_directory_and_none_that_is_gone() {
    let world = World::new().await;
    let anna = called(&world, "Anna", "anna").await;
    anna.core().set_listed(true).await.unwrap();
    anna.sync().await;
    let phone = world.device_of(&anna, "anna-phone").await;
    exchange(&[&anna, &phone]).await;
    let boris = world.person("Boris").await;
    let chat = boris.core().start_dialog(finds(&boris, "anna").await.unwrap()).await.unwrap().id;
    boris.says(chat, "to both").await;
    exchange(&[&boris, &anna, &phone]).await;
    for device in [&anna, &phone] {
        assert_eq!(device.sees(chat).await, ["Boris: to both"]);
    }
}
