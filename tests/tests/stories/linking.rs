//! A new device comes in: with a code, over a relay that goes away, through restarts, into many chats.

use beseda_core::{
    Core, Error,
    linking::Linking,
    store::{Unlock, chats::Status},
};
use beseda_protocol::{ChatId, membership::ChatKind};
use beseda_tests::world::{Faults, Person, RELAY, World, admit, exchange};

async fn chats_of(person: &Person, count: usize) -> Vec<ChatId> {
    let mut chats = Vec::new();
    for n in 0..count {
        let chat = person.creates(ChatKind::Group, &format!("Chat {n}")).await;
        person.says(chat, &format!("word {n}")).await;
        chats.push(chat);
    }
    person.sync().await;
    chats
}

async fn is_in_all(phone: &Person, chats: &[ChatId]) -> bool {
    for chat in chats {
        if phone.status(*chat).await != Some(Status::Active) {
            return false;
        }
    }
    true
}

#[tokio::test]
async fn two_hundred_chats_come_over_and_restarts_lose_none() {
    let world = World::new().await;
    let mut anna = world.person("Anna").await;
    let chats = chats_of(&anna, 200).await;
    let mut phone = world.device_of(&anna, "phone").await;
    let joins = |devices: Vec<beseda_core::OwnDevice>| devices.into_iter().find_map(|device| device.joins);
    assert_eq!(joins(anna.core().devices().await.unwrap()), Some((0, 201)), "with the notes");
    // Each side is stopped and started at all times, and the wire breaks.
    for round in 0_u32.. {
        assert!(round < 60, "it comes to an end: {:?}", joins(anna.core().devices().await.unwrap()));
        for person in [&mut phone, &mut anna] {
            let cut = (round < 8).then_some(5 + round * 17);
            person.wire.set(Faults { cut_before: cut, ..Faults::default() });
            let _ = person.try_sync().await;
            person.wire.set(Faults::default());
            if round % 3 == 0 {
                person.restart().await;
            }
        }
        if is_in_all(&phone, &chats).await {
            break;
        }
        world.advance(60);
    }
    exchange(&[&anna, &phone]).await;
    for (n, chat) in chats.iter().enumerate() {
        assert_eq!(phone.sees(*chat).await, [format!("Anna: word {n}")]);
    }
    for person in [&anna, &phone] {
        assert_eq!(joins(person.core().devices().await.unwrap()), None);
    }
}

#[tokio::test]
async fn only_the_right_code_links_and_only_once() {
    let world = World::new().await;
    let (anna, mallory) = (world.person("Anna").await, world.person("Mallory").await);
    let wire = world.wire();
    let linking = Linking::begin(RELAY, None).unwrap();
    linking.register_over(&wire).await.unwrap();
    // Mallory has seen where the device waits, not the secret: what she offers is passed over.
    let mut guessed = beseda_protocol::link::DeviceCode::parse(&linking.code()).unwrap();
    guessed.secret = [7; 16];
    mallory.core().link_device(&guessed.to_link()).await.unwrap();
    let offers = async {
        // She does not wait for the answer that never comes.
        let _ = tokio::time::timeout(std::time::Duration::from_millis(300), mallory.try_sync()).await;
        anna.core().link_device(&linking.code()).await.unwrap();
        anna.sync().await;
    };
    let (granted, ()) = tokio::join!(linking.wait_over(&wire), offers);
    let dir = tempfile::tempdir().unwrap();
    let phone = Core::link(dir.path(), granted.unwrap(), Unlock::File, world.options(0)).await.unwrap();
    assert_eq!(phone.device().keys.user(), anna.user());
    assert!(
        matches!(anna.core().link_device(&linking.code()).await, Err(Error::Devices(_))),
        "it is one already"
    );
    assert!(matches!(anna.core().link_device("beseda:link/nonsense").await, Err(Error::NotALink(_))));
    let elsewhere = Linking::begin("https://elsewhere.example", None).unwrap();
    assert!(matches!(anna.core().link_device(&elsewhere.code()).await, Err(Error::OtherRelay(_))));
    phone.close().await;
}

#[tokio::test]
async fn a_person_has_ten_devices_at_most() {
    let world = World::new().await;
    let anna = world.person("Anna").await;
    anna.sync().await;
    let mut devices = Vec::new();
    for n in 2..=10 {
        devices.push(world.device_of(&anna, &format!("device {n}")).await);
    }
    let linking = Linking::begin(RELAY, None).unwrap();
    assert!(matches!(anna.core().link_device(&linking.code()).await, Err(Error::Devices(_))));
    let gone = devices[3].core().device().keys.device();
    anna.core().remove_device(gone).await.unwrap();
    anna.core().link_device(&linking.code()).await.unwrap();
    assert_eq!(anna.core().devices().await.unwrap().len(), 9);
}

#[tokio::test]
async fn a_member_who_is_no_admin_links_a_device_by_themselves() {
    let world = World::new().await;
    let (anna, boris) = (world.person("Anna").await, world.person("Boris").await);
    let chat = anna.creates(ChatKind::Group, "Trip").await;
    anna.says(chat, "long ago").await;
    admit(&anna, &boris, chat).await;
    anna.wire.set(Faults { down: true, ..Faults::default() });
    let phone = world.device_of(&boris, "phone").await;
    exchange(&[&phone, &boris]).await;
    assert_eq!(phone.sees(chat).await, ["Anna: long ago"]);
    phone.says(chat, "from the phone").await;
    phone.sync().await;
    anna.wire.set(Faults::default());
    exchange(&[&anna, &phone]).await;
    assert_eq!(anna.sees(chat).await, ["Anna: long ago", "Boris: from the phone"]);
    // An admin puts the person out with all of it.
    anna.removes(chat, &boris).await;
    exchange(&[&anna]).await;
    for device in [&boris, &phone] {
        let _ = device.try_sync().await;
        assert_eq!(device.status(chat).await, Some(Status::Removed));
    }
}

#[tokio::test]
async fn a_device_that_is_being_linked_itself_links_no_other() {
    let world = World::new().await;
    let anna = world.person("Anna").await;
    let chats = chats_of(&anna, 1).await;
    let phone = world.device_of(&anna, "phone").await;
    let linking = Linking::begin(RELAY, None).unwrap();
    // It has not heard yet which chats there are.
    let done = phone.core().link_device(&linking.code()).await;
    assert!(matches!(done, Err(Error::StillLinking)), "{done:?}");
    exchange(&[&phone, &anna]).await;
    let tablet = world.device_of(&phone, "tablet").await;
    exchange(&[&tablet, &phone, &anna]).await;
    assert!(is_in_all(&tablet, &chats).await);
}

#[tokio::test]
async fn a_device_is_linked_though_another_one_is_removed_while_it_answers() {
    let world = World::new().await;
    let anna = world.person("Anna").await;
    let tablet = world.device_of(&anna, "tablet").await;
    exchange(&[&anna, &tablet]).await;
    let old = world.device_of(&anna, "old").await;
    for _ in 0..2 {
        exchange(&[&anna, &tablet, &old]).await;
    }
    tablet.core().remove_device(old.core().device().keys.device()).await.unwrap();
    tablet.sync().await;
    // She hears of that when her offer has gone out, and what the new device answers to it stands no more.
    let phone = world.device_of(&anna, "phone").await;
    exchange(&[&anna, &phone, &tablet]).await;
    for device in [&anna, &tablet, &phone] {
        assert_eq!(device.core().devices().await.unwrap().len(), 3, "{}", device.profile.display());
    }
}
