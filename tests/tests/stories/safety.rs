//! Two people make sure of each other, and notice when the other's devices change.

use beseda_core::Error;
use beseda_protocol::{ChatId, membership::ChatKind};
use beseda_tests::world::{Person, World, admit, exchange, tables::rebuilt};

async fn dialog(world: &World) -> (ChatId, Person, Person) {
    let (anna, boris) = (world.person("Anna").await, world.person("Boris").await);
    let chat = anna.creates(ChatKind::Dialog, "").await;
    admit(&anna, &boris, chat).await;
    exchange(&[&anna, &boris]).await;
    (chat, anna, boris)
}

/// A further device of a person comes into all their chats, and another person hears of it.
async fn device_comes(world: &World, of: &Person, name: &str, at: &Person) {
    let device = world.device_of(of, name).await;
    exchange(&[&device, of, at]).await;
}

#[tokio::test]
async fn both_see_the_same_number_and_a_code_compares_it() {
    let world = World::new().await;
    let (chat, anna, boris) = dialog(&world).await;
    let clara = world.person("Clara").await;
    let at_anna = anna.core().safety(boris.user()).await.unwrap();
    let at_boris = boris.core().safety(anna.user()).await.unwrap();
    assert_eq!(at_anna.number, at_boris.number);
    assert_ne!(at_anna.number, anna.core().safety(clara.user()).await.unwrap().number);
    assert!(matches!(anna.core().safety(anna.user()).await, Err(Error::BadText(_))));

    // One's own code, one for somebody else, and one of somebody else say nothing.
    let of_clara = clara.core().safety(anna.user()).await.unwrap().code;
    let for_clara = boris.core().safety(clara.user()).await.unwrap().code;
    for wrong in [&at_anna.code, &of_clara, &for_clara] {
        let compared = anna.core().compare_safety(boris.user(), wrong).await;
        assert!(matches!(compared, Err(Error::SafetyMismatch)));
    }
    assert!(matches!(anna.core().compare_safety(boris.user(), "12345").await, Err(Error::NotALink(_))));
    assert!(!anna.line(chat).await.verified);

    anna.core().compare_safety(boris.user(), &at_boris.code).await.unwrap();
    assert!(anna.line(chat).await.verified);
    assert!(anna.core().chats().await.unwrap()[0].verified, "in the list too");
    let person = anna.core().person(boris.user(), None).await.unwrap();
    assert!(person.trust.verified.is_some() && !person.trust.new_device);
    let members = anna.core().members(anna.number(chat).await).await.unwrap();
    assert_eq!(members.iter().map(|member| member.verified).collect::<Vec<_>>(), [false, true]);
    assert!(!boris.line(chat).await.verified, "everybody makes sure for themselves");

    anna.core().set_verified(boris.user(), false).await.unwrap();
    assert!(!anna.line(chat).await.verified);
}

#[tokio::test]
async fn a_device_that_comes_to_a_verified_person_is_told_until_it_is_acknowledged() {
    let world = World::new().await;
    let (chat, mut anna, boris) = dialog(&world).await;
    device_comes(&world, &boris, "50", &anna).await;
    assert!(!anna.line(chat).await.new_device, "nobody has looked yet");
    anna.core().set_verified(boris.user(), true).await.unwrap();
    assert!(!anna.line(chat).await.new_device);
    exchange(&[&boris, &anna]).await;
    assert!(!anna.line(chat).await.new_device, "it was there when they compared");

    device_comes(&world, &boris, "51", &anna).await;
    for _ in 0..2 {
        assert!(anna.line(chat).await.new_device && anna.core().chats().await.unwrap()[0].new_device);
        let person = anna.core().person(boris.user(), None).await.unwrap();
        assert!(person.trust.new_device && person.trust.verified.is_some());
        let members = anna.core().members(anna.number(chat).await).await.unwrap();
        assert!(members[1].new_device);
        anna.restart().await;
    }
    anna.core().acknowledge_devices(boris.user()).await.unwrap();
    assert!(!anna.line(chat).await.new_device && anna.line(chat).await.verified);
    rebuilt(&anna).await;
    assert!(!anna.line(chat).await.new_device, "a rebuild brings nothing back");

    // Another chat with them warns all the same.
    let group = anna.creates(ChatKind::Group, "Trip").await;
    admit(&anna, &boris, group).await;
    assert!(!anna.line(chat).await.new_device);
    device_comes(&world, &boris, "52", &anna).await;
    assert!(anna.line(chat).await.new_device);
}

#[tokio::test]
async fn contacts_are_watched_too_and_others_are_not() {
    let world = World::new().await;
    let (chat, anna, boris) = dialog(&world).await;
    device_comes(&world, &boris, "50", &anna).await;
    anna.core().add_contact(boris.user(), "").await.unwrap();
    device_comes(&world, &boris, "51", &anna).await;
    assert!(anna.line(chat).await.new_device);
    // Another name for them is no look at their devices.
    anna.core().add_contact(boris.user(), "Brother").await.unwrap();
    assert!(anna.line(chat).await.new_device);
    anna.core().remove_contact(boris.user()).await.unwrap();
    assert!(!anna.line(chat).await.new_device);
    device_comes(&world, &boris, "52", &anna).await;
    assert!(!anna.line(chat).await.new_device);
}
