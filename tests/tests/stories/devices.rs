//! A person with several devices: what one does the others have, and nobody else notices how many there are.
#![expect(clippy::unwrap_used, reason = "the steps of a test are the test")]

use beseda_core::{
    Error,
    actions::create_chat::NewChat,
    document::Own,
    people::ProfileChange,
    store::chats::{FOREVER, Status},
    timeline::Item,
    window::OpenAt,
};
use beseda_protocol::{
    ChatId,
    membership::{ChatKind, History},
};
use beseda_tests::world::{Person, Screen, World, admit, exchange, tables::rebuilt};

/// Anna with a laptop, Boris, and a group of both that Anna has made.
async fn anna_and_boris(world: &World) -> (Person, Person, ChatId) {
    let (anna, boris) = (world.person("Anna").await, world.person("Boris").await);
    let chat = anna.creates(ChatKind::Group, "Trip").await;
    admit(&anna, &boris, chat).await;
    (anna, boris, chat)
}

/// Lines between the messages of a chat, as a screen shows them.
async fn events(person: &Person, chat: ChatId) -> usize {
    let (screen, _) = Screen::open(person, chat, OpenAt::End).await;
    screen.shown.iter().filter(|item| matches!(item, Item::Event(_))).count()
}

async fn draft(person: &Person, chat: ChatId, text: &str) {
    person.core().save_draft(person.number(chat).await, text, None).await.unwrap();
}

#[tokio::test]
async fn a_second_device_has_all_chats_and_all_that_is_ones_own() {
    let world = World::new().await;
    let (anna, boris, chat) = anna_and_boris(&world).await;
    let dialog = boris.creates(ChatKind::Dialog, "").await;
    admit(&boris, &anna, dialog).await;
    boris.counts(chat, 0, 6).await;
    boris.says(dialog, "between us").await;
    anna.says(chat, "mine").await;
    exchange(&[&anna, &boris]).await;
    let third = anna.reads(chat).await[2].id;
    anna.reads_upto(chat, third).await;
    let (saved, hidden) = (anna.message(chat, "Boris 1").await.id, anna.message(chat, "Boris 4").await.id);
    anna.core().save_message(saved, true).await.unwrap();
    anna.hides(chat, hidden).await;
    draft(&anna, dialog, "half a tho").await;
    let before = events(&boris, chat).await;

    let phone = world.device_of(&anna, "phone").await;
    exchange(&[&phone, &anna, &phone, &boris]).await;
    for of in [chat, dialog] {
        assert_eq!(phone.status(of).await, Some(Status::Active));
        assert_eq!(phone.sees(of).await, anna.sees(of).await);
        let (here, there) = (phone.line(of).await, anna.line(of).await);
        assert_eq!((here.unread, here.title, here.draft), (there.unread, there.title, there.draft));
    }
    assert_eq!(phone.line(chat).await.unread, 3, "one of four is hidden");
    assert_eq!(phone.line(dialog).await.draft, "half a tho");
    assert_eq!(phone.core().list(None, beseda_core::MessageList::Saved, None, 9).await.unwrap().len(), 1);
    assert!(!phone.sees(chat).await.iter().any(|line| line.contains("Boris 4")), "hidden there too");
    assert!(phone.shown(chat, anna.message(chat, "mine").await.id).await.mine);

    assert_eq!(events(&boris, chat).await, before, "nobody was added: Anna is Anna");
    assert_eq!(boris.core().members(boris.number(chat).await).await.unwrap().len(), 2);
    for person in [&anna, &phone, &boris] {
        assert_eq!(person.line(chat).await.quarantined, 0);
        rebuilt(person).await;
    }
}

#[tokio::test]
async fn what_one_device_does_the_other_has() {
    let world = World::new().await;
    let (anna, boris, chat) = anna_and_boris(&world).await;
    let phone = world.device_of(&anna, "phone").await;
    exchange(&[&phone, &anna, &boris]).await;

    phone.says(chat, "from the train").await;
    boris.says(chat, "welcome").await;
    exchange(&[&phone, &boris, &anna]).await;
    assert_eq!(anna.sees(chat).await, ["Anna: from the train", "Boris: welcome"]);
    assert!(anna.shown(chat, anna.reads(chat).await[0].id).await.mine);

    // Read marks, both ways and also where nobody else is told.
    phone.reads_all(chat).await;
    exchange(&[&phone, &anna]).await;
    anna.has_unread(chat, 0, 0).await;
    anna.core().set_read_receipts(false).await.unwrap();
    boris.counts(chat, 0, 3).await;
    exchange(&[&anna, &boris, &phone]).await;
    assert!(!phone.core().read_receipts().await.unwrap());
    phone.has_unread(chat, 3, 0).await;
    anna.reads_all(chat).await;
    exchange(&[&anna, &phone, &boris]).await;
    phone.has_unread(chat, 0, 0).await;

    // The last word stands, whoever says it.
    draft(&anna, chat, "first").await;
    anna.sync().await;
    draft(&phone, chat, "second").await;
    exchange(&[&phone, &anna]).await;
    assert_eq!(anna.line(chat).await.draft, "second");
    let message = anna.message(chat, "welcome").await.id;
    anna.core().save_message(message, true).await.unwrap();
    anna.sync().await;
    phone.sync().await;
    phone.core().save_message(message, false).await.unwrap();
    exchange(&[&phone, &anna]).await;
    assert!(!anna.shown(chat, message).await.saved);

    // Notes are one's own.
    let notes = anna.core().notes().await.unwrap().unwrap();
    assert!(!anna.core().chats().await.unwrap().iter().any(|line| line.kind == ChatKind::Notes));
    anna.says(notes.id, "buy a lamp").await;
    exchange(&[&anna, &phone]).await;
    assert_eq!(phone.sees(notes.id).await, ["Anna: buy a lamp"]);
    assert!(phone.core().chats().await.unwrap().iter().any(|line| line.kind == ChatKind::Notes));
    assert!(matches!(anna.core().invite(notes.number).await, Err(Error::Forbidden(_))));
    for person in [&anna, &phone, &boris] {
        rebuilt(person).await;
    }
}

#[tokio::test]
async fn chats_made_and_joined_later_come_to_all_devices() {
    let world = World::new().await;
    let (anna, boris, _) = anna_and_boris(&world).await;
    let phone = world.device_of(&boris, "phone").await;
    exchange(&[&phone, &boris, &anna]).await;

    let made = boris.creates(ChatKind::Blog, "Diary").await;
    boris.says(made, "day one").await;
    let joined = anna.creates(ChatKind::Group, "Cooking").await;
    anna.says(joined, "soup").await;
    phone.core().join(&anna.invites(joined).await).await.unwrap();
    exchange(&[&boris, &phone, &anna, &phone, &boris]).await;
    for (chat, seen) in [(made, "Boris: day one"), (joined, "Anna: soup")] {
        for device in [&boris, &phone] {
            assert_eq!(device.sees(chat).await, [seen], "{}", device.profile.display());
        }
    }
    // Who is let in with a second device is as much an admin there.
    let clara = world.person("Clara").await;
    admit(&phone, &clara, made).await;
    assert_eq!(clara.sees(made).await, ["Boris: day one"]);
    assert_eq!(anna.core().members(anna.number(joined).await).await.unwrap().len(), 2);
    boris.says(joined, "more salt").await;
    exchange(&[&boris, &anna, &phone]).await;
    assert_eq!(anna.sees(joined).await, phone.sees(joined).await);
}

#[tokio::test]
async fn a_removed_device_is_locked_out_at_once_and_says_so() {
    let world = World::new().await;
    let (anna, boris, chat) = anna_and_boris(&world).await;
    let mut phone = world.device_of(&boris, "phone").await;
    exchange(&[&phone, &boris, &anna]).await;
    phone.says(chat, "before").await;
    exchange(&[&phone, &anna, &boris]).await;
    let before = events(&anna, chat).await;

    phone.says(chat, "never sent").await;
    let which = phone.core().device().keys.device();
    boris.core().remove_device(which).await.unwrap();
    boris.sync().await;
    anna.sync().await;
    anna.says(chat, "among us").await;
    anna.sync().await;
    let _ = phone.try_sync().await;
    assert!(phone.core().is_removed().await.unwrap());
    phone.restart().await;
    assert!(phone.core().is_removed().await.unwrap());
    assert_eq!(phone.status(chat).await, Some(Status::Removed));
    assert_eq!(phone.sees(chat).await, ["Boris: before", "Boris: never sent"], "readable");
    assert_eq!(phone.reads(chat).await[1].failed, 1);
    assert!(matches!(
        phone.core().create_chat(ChatKind::Group, "New", "", "").await,
        Err(Error::DeviceRemoved)
    ));
    assert!(matches!(phone.core().join(&anna.invites(chat).await).await, Err(Error::DeviceRemoved)));
    exchange(&[&boris, &anna]).await;
    assert_eq!(boris.sees(chat).await, ["Boris: before", "Anna: among us"]);
    assert_eq!(events(&anna, chat).await, before, "Boris is still there");
    assert_eq!(anna.core().members(anna.number(chat).await).await.unwrap().len(), 2);
    assert_eq!(boris.core().devices().await.unwrap().len(), 1);
    boris.says(chat, "still here").await;
    exchange(&[&boris, &anna]).await;
    assert_eq!(anna.sees(chat).await.last().unwrap(), "Boris: still here");
}

#[tokio::test]
async fn a_removed_device_takes_with_it_what_it_brought_in() {
    let world = World::new().await;
    let (anna, boris, chat) = anna_and_boris(&world).await;
    let phone = world.device_of(&boris, "phone").await;
    exchange(&[&phone, &boris, &anna]).await;
    // The phone is stolen; the thief links a device of their own, and Boris does not know.
    let thief = world.device_of(&phone, "thief").await;
    exchange(&[&thief, &phone]).await;
    assert_eq!(thief.status(chat).await, Some(Status::Active));
    boris.core().remove_device(phone.core().device().keys.device()).await.unwrap();
    exchange(&[&boris, &anna]).await;
    let _ = thief.try_sync().await;
    // By now Boris has heard of it, and removes that too if it is still there.
    for device in boris.core().devices().await.unwrap() {
        if !device.this {
            boris.core().remove_device(device.device).await.unwrap();
        }
    }
    exchange(&[&boris, &anna]).await;
    let _ = thief.try_sync().await;
    anna.says(chat, "among us").await;
    anna.sync().await;
    let _ = thief.try_sync().await;
    assert_eq!(thief.status(chat).await, Some(Status::Removed));
    assert!(thief.sees(chat).await.is_empty());
    boris.sync().await;
    assert_eq!(boris.sees(chat).await, ["Anna: among us"]);
}

#[tokio::test]
async fn devices_have_names_and_the_last_one_stands() {
    let world = World::new().await;
    let (anna, _, _) = anna_and_boris(&world).await;
    let phone = world.device_of(&anna, "phone").await;
    exchange(&[&phone, &anna]).await;
    let which = phone.core().device().keys.device();
    phone.core().rename_device(which, "Phone").await.unwrap();
    exchange(&[&phone, &anna]).await;
    anna.core().rename_device(which, "Old phone").await.unwrap();
    exchange(&[&anna, &phone]).await;
    for person in [&anna, &phone] {
        let devices = person.core().devices().await.unwrap();
        assert_eq!(devices.iter().filter(|device| device.this).count(), 1);
        assert_eq!(devices[1].name, "Old phone");
        assert!(devices.iter().all(|device| device.joins.is_none()), "{devices:?}");
    }
    assert!(matches!(
        anna.core().rename_device(beseda_protocol::DeviceId([9; 32]), "x").await,
        Err(Error::NoSuchDevice)
    ));
    let this = anna.core().device().keys.device();
    assert!(matches!(anna.core().remove_device(this).await, Err(Error::ThisDevice)));
}

#[tokio::test]
async fn nobody_else_says_what_is_ones_own() {
    let world = World::new().await;
    let (anna, boris, chat) = anna_and_boris(&world).await;
    boris.says(chat, "look").await;
    exchange(&[&boris, &anna]).await;
    let message = anna.message(chat, "look").await.id;
    // Boris says in the group what only counts in notes.
    {
        use beseda_core::{
            document::Fact,
            store::{Durability, chats, say},
        };
        let device = boris.core().device();
        let mut tx = device.store.begin(Durability::Process).await.unwrap();
        let state = chats::state(&mut tx, boris.number(chat).await).await.unwrap();
        let facts = vec![
            Fact::Own(Own::Hidden { of: message }),
            Fact::Own(Own::Setting { name: "read_receipts".into(), value: "off".into() }),
            Fact::Own(Own::Draft { chat, text: "I am Boris".into(), reply_to: None }),
        ];
        say::say(&mut tx, &device.keys, device.me, &state, facts, 1).await.unwrap();
        tx.commit().await.unwrap();
    }
    exchange(&[&boris, &anna]).await;
    assert_eq!(anna.sees(chat).await, ["Boris: look"]);
    assert!(anna.core().read_receipts().await.unwrap());
    assert_eq!(anna.line(chat).await.draft, "");
    rebuilt(&anna).await;
}

#[tokio::test]
async fn a_second_device_reads_all_of_a_chat_that_is_closed_to_newcomers() {
    let world = World::new().await;
    let (anna, boris, _) = anna_and_boris(&world).await;
    let new = NewChat {
        kind: ChatKind::Group,
        title: "Closed",
        description: "",
        category: "",
        history: History::FromJoining,
    };
    let chat = anna.core().create_chat_with(&new).await.unwrap().id;
    anna.says(chat, "to myself").await;
    admit(&anna, &boris, chat).await;
    anna.says(chat, "to Boris").await;
    exchange(&[&anna, &boris]).await;

    let phone = world.device_of(&anna, "phone").await;
    exchange(&[&phone, &anna, &phone, &boris]).await;
    assert_eq!(phone.sees(chat).await, ["Anna: to myself", "Anna: to Boris"]);
    phone.says(chat, "from the train").await;
    exchange(&[&phone, &boris, &anna]).await;
    assert_eq!(boris.sees(chat).await, ["Anna: to Boris", "Anna: from the train"]);
    // Who comes later builds on nothing older, whichever device writes.
    let clara = world.person("Clara").await;
    admit(&phone, &clara, chat).await;
    phone.says(chat, "welcome").await;
    exchange(&[&phone, &clara, &anna, &boris]).await;
    assert_eq!(clara.sees(chat).await, ["Anna: welcome"]);
    for person in [&anna, &phone, &boris, &clara] {
        assert_eq!(person.line(chat).await.quarantined, 0, "{}", person.profile.display());
        rebuilt(person).await;
    }

    // One that is made later, and written to before the relay hears of it.
    let later = anna.core().create_chat_with(&NewChat { title: "Later", ..new }).await.unwrap().id;
    anna.says(later, "offline").await;
    exchange(&[&anna, &phone, &anna, &phone]).await;
    assert_eq!(phone.sees(later).await, ["Anna: offline"]);
}

#[tokio::test]
async fn who_a_person_is_and_whom_they_know_is_the_same_on_all_their_devices() {
    let world = World::new().await;
    let (anna, boris, chat) = anna_and_boris(&world).await;
    exchange(&[&anna, &boris]).await;
    let core = anna.core();
    core.add_contact(boris.user(), "Bo").await.unwrap();
    core.set_verified(boris.user(), true).await.unwrap();
    let change = ProfileChange {
        last_name: Some("Karenina".into()),
        email: Some("anna@example.org".into()),
        ..ProfileChange::default()
    };
    core.set_profile(change).await.unwrap();
    core.pin_chat(anna.number(chat).await, true).await.unwrap();
    exchange(&[&anna, &boris]).await;
    let said = boris.core().person(anna.user(), None).await.unwrap().card;

    let phone = world.device_of(&anna, "phone").await;
    exchange(&[&phone, &anna, &phone, &boris]).await;
    assert_eq!(phone.core().own_profile().await.unwrap(), core.own_profile().await.unwrap());
    let contacts = phone.core().contacts().await.unwrap();
    assert_eq!((contacts.len(), contacts[0].name.as_str()), (1, "Bo"));
    let line = phone.line(chat).await;
    assert!(line.pinned > 0);
    let trust = phone.core().person(boris.user(), None).await.unwrap();
    assert!(trust.trust.verified.is_some() && !trust.trust.new_device);
    assert_eq!(boris.core().person(anna.user(), None).await.unwrap().card, said, "nothing else is told");

    // And the other way.
    phone.core().set_blocked(boris.user(), true).await.unwrap();
    phone.core().mute_chat(phone.number(chat).await, FOREVER).await.unwrap();
    let change = ProfileChange { first_name: Some("Anya".into()), ..ProfileChange::default() };
    phone.core().set_profile(change).await.unwrap();
    exchange(&[&phone, &anna, &boris]).await;
    assert_eq!(core.own_profile().await.unwrap().first_name, "Anya");
    assert_eq!(core.blocked().await.unwrap().len(), 1);
    assert_eq!(anna.line(chat).await.muted_until, FOREVER);
    let named = boris.core().members(boris.number(chat).await).await.unwrap();
    assert!(named.iter().any(|member| member.name == "Anya Karenina"), "{named:?}");
    for person in [&anna, &phone] {
        rebuilt(person).await;
    }
}
