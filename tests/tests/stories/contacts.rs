//! People whom one has added, and people whom one has blocked.
#![expect(clippy::unwrap_used, reason = "the steps of a test are the test")]

use beseda_core::{
    Error,
    people::{Field, ProfileChange, Shown},
    store::chats::Status,
    window::OpenAt,
};
use beseda_protocol::{ChatId, membership::ChatKind};
use beseda_tests::world::{Person, Screen, World, admit, exchange, tables::rebuilt};

async fn dialog(world: &World) -> (ChatId, Person, Person) {
    let (anna, boris) = (world.person("Anna").await, world.person("Boris").await);
    let chat = anna.creates(ChatKind::Dialog, "").await;
    admit(&anna, &boris, chat).await;
    exchange(&[&anna, &boris]).await;
    (chat, anna, boris)
}

fn mobile(number: &str) -> ProfileChange {
    ProfileChange { mobile: Some(number.into()), ..ProfileChange::default() }
}

/// What one person knows of another's number.
async fn knows(of: &Person, by: &Person) -> String {
    by.core().person(of.user(), None).await.unwrap().card.mobile
}

#[tokio::test]
async fn a_contact_is_told_what_contacts_may_see_and_in_no_group() {
    let world = World::new().await;
    let (_, anna, boris) = dialog(&world).await;
    let clara = world.person("Clara").await;
    let group = anna.creates(ChatKind::Group, "Trip").await;
    for guest in [&boris, &clara] {
        admit(&anna, guest, group).await;
    }
    anna.core().set_profile(mobile("112")).await.unwrap();
    exchange(&[&anna, &boris, &clara]).await;
    assert_eq!(knows(&anna, &boris).await, "");

    anna.core().add_contact(boris.user(), "").await.unwrap();
    exchange(&[&anna, &boris, &clara]).await;
    assert_eq!((knows(&anna, &boris).await, knows(&anna, &clara).await), ("112".into(), String::new()));
    let holding = beseda_tests::world::tables::holding(clara.core(), "112").await;
    assert!(!holding.iter().any(|column| column.contains("mobile")), "{holding:?}");
    // A group that is joined later does not make the card poorer.
    let other = boris.creates(ChatKind::Group, "Other").await;
    admit(&boris, &anna, other).await;
    exchange(&[&anna, &boris]).await;
    assert_eq!(knows(&anna, &boris).await, "112");
    rebuilt(&boris).await;

    // It follows the visibility, and ends with the contact.
    let everyone =
        ProfileChange { shown: vec![(Field::Mobile, Shown::Everyone)], ..ProfileChange::default() };
    anna.core().set_profile(everyone).await.unwrap();
    exchange(&[&anna, &boris, &clara]).await;
    assert_eq!(knows(&anna, &clara).await, "112");
    let contacts =
        ProfileChange { shown: vec![(Field::Mobile, Shown::Contacts)], ..ProfileChange::default() };
    anna.core().set_profile(contacts).await.unwrap();
    exchange(&[&anna, &boris, &clara]).await;
    assert_eq!((knows(&anna, &boris).await, knows(&anna, &clara).await), ("112".into(), String::new()));
    anna.core().remove_contact(boris.user()).await.unwrap();
    exchange(&[&anna, &boris]).await;
    assert_eq!(knows(&anna, &boris).await, "");
}

#[tokio::test]
async fn a_dialog_that_is_made_with_a_contact_tells_them_at_once() {
    let world = World::new().await;
    let (anna, boris) = (world.person("Anna").await, world.person("Boris").await);
    let group = anna.creates(ChatKind::Group, "Trip").await;
    admit(&anna, &boris, group).await;
    anna.core().set_profile(mobile("112")).await.unwrap();
    anna.core().add_contact(boris.user(), "").await.unwrap();
    exchange(&[&anna, &boris]).await;
    assert_eq!(knows(&anna, &boris).await, "", "they have no dialog");
    let chat = anna.creates(ChatKind::Dialog, "").await;
    admit(&anna, &boris, chat).await;
    exchange(&[&anna, &boris]).await;
    assert_eq!(knows(&anna, &boris).await, "112");
}

#[tokio::test]
async fn a_name_of_ones_own_is_shown_here_and_told_to_nobody() {
    let world = World::new().await;
    let (chat, anna, boris) = dialog(&world).await;
    boris.says(chat, "hello").await;
    exchange(&[&boris, &anna]).await;
    anna.core().add_contact(boris.user(), "  My  brother ").await.unwrap();
    assert_eq!(anna.sees(chat).await, ["My brother: hello"]);
    assert_eq!(anna.line(chat).await.title, "My brother");
    let card = anna.core().person(boris.user(), None).await.unwrap();
    assert_eq!((card.name.as_str(), card.own_name.as_str()), ("My brother", "Boris"));
    assert_eq!(card.petname.as_deref(), Some("My brother"));

    // Their new name is known, and the own one stays.
    let renamed = ProfileChange { last_name: Some("Rostov".into()), ..ProfileChange::default() };
    boris.core().set_profile(renamed).await.unwrap();
    exchange(&[&boris, &anna]).await;
    let card = anna.core().person(boris.user(), None).await.unwrap();
    assert_eq!((card.name.as_str(), card.own_name.as_str()), ("My brother", "Boris Rostov"));
    rebuilt(&anna).await;
    assert_eq!(anna.line(chat).await.title, "My brother");

    let hello = anna.message(chat, "hello").await;
    let group = anna.creates(ChatKind::Group, "Trip").await;
    anna.core().forward_messages(&[hello.id], anna.number(group).await).await.unwrap();
    let forwarded = anna.reads(group).await.remove(0).extra.forwarded.unwrap();
    assert_eq!(forwarded.author, "Boris Rostov");

    assert_eq!(anna.core().contacts().await.unwrap().len(), 1);
    anna.core().remove_contact(boris.user()).await.unwrap();
    assert_eq!(anna.line(chat).await.title, "Boris Rostov");
    assert_eq!(anna.core().contacts().await.unwrap(), []);
    assert!(matches!(anna.core().remove_contact(boris.user()).await, Err(Error::NoSuchMember)));
    assert!(matches!(anna.core().add_contact(anna.user(), "").await, Err(Error::BadText(_))));
    assert!(matches!(anna.core().add_contact(boris.user(), "\u{202e}x").await, Err(Error::BadText(_))));
}

#[tokio::test]
async fn in_a_dialog_nothing_of_a_blocked_person_counts_as_unread() {
    let world = World::new().await;
    let (chat, anna, boris) = dialog(&world).await;
    boris.says(chat, "one").await;
    exchange(&[&boris, &anna]).await;
    assert_eq!(anna.line(chat).await.unread, 1);
    anna.core().set_blocked(boris.user(), true).await.unwrap();
    assert_eq!(anna.line(chat).await.unread, 0);
    boris.says(chat, "two").await;
    exchange(&[&boris, &anna]).await;
    assert_eq!(anna.core().totals().await.unwrap().unread, 0);
    rebuilt(&anna).await;
    assert!(anna.line(chat).await.last.unwrap().blocked);
    assert!(anna.core().chats().await.unwrap()[0].last.as_ref().unwrap().blocked, "in the list too");
    assert_eq!(boris.status(chat).await, Some(Status::Active), "they learn nothing of it");

    anna.core().set_blocked(boris.user(), false).await.unwrap();
    anna.has_unread(chat, 2, 0).await;
    assert!(!anna.line(chat).await.last.unwrap().blocked);
    anna.reads_all(chat).await;
    anna.has_unread(chat, 0, 0).await;
}

#[tokio::test]
async fn in_a_group_what_a_blocked_person_says_is_folded_and_opens_again() {
    let world = World::new().await;
    let anna = world.person("Anna").await;
    let boris = world.person("Boris").await;
    let group = anna.creates(ChatKind::Group, "Trip").await;
    admit(&anna, &boris, group).await;
    boris.says(group, "hello").await;
    exchange(&[&boris, &anna]).await;
    let hello = anna.message(group, "hello").await.id;
    let (mut screen, _) = Screen::open(&anna, group, OpenAt::End).await;
    assert!(!screen.message(hello).blocked);
    anna.core().set_blocked(boris.user(), true).await.unwrap();
    screen.catches_up().await;
    assert!(screen.message(hello).blocked);
    assert_eq!(anna.line(group).await.unread, 1, "a group goes on");
    let members = anna.core().members(anna.number(group).await).await.unwrap();
    assert_eq!(members.iter().map(|member| member.blocked).collect::<Vec<_>>(), [false, true]);
    anna.core().set_blocked(boris.user(), false).await.unwrap();
    screen.catches_up().await;
    assert!(!screen.message(hello).blocked);
}

#[tokio::test]
async fn a_blocked_person_asks_in_vain() {
    let world = World::new().await;
    let (_, anna, boris) = dialog(&world).await;
    let clara = world.person("Clara").await;
    let met = clara.creates(ChatKind::Group, "Met").await;
    admit(&clara, &anna, met).await;
    exchange(&[&clara, &anna]).await;
    let group = anna.creates(ChatKind::Group, "Trip").await;
    anna.sync().await;
    let link = anna.invites(group).await;
    anna.core().set_blocked(boris.user(), true).await.unwrap();
    boris.core().join(&link).await.unwrap();
    clara.core().join(&link).await.unwrap();
    exchange(&[&boris, &clara, &anna]).await;
    assert_eq!(anna.line(group).await.members, 2, "Clara came in");
    assert_eq!(
        boris.core().chats().await.unwrap().iter().filter(|line| line.status == Status::Asking).count(),
        1
    );
    // Once more, when it is forgiven.
    anna.core().set_blocked(boris.user(), false).await.unwrap();
    boris.core().join(&link).await.unwrap();
    exchange(&[&boris, &anna]).await;
    assert_eq!(anna.line(group).await.members, 3);
}
