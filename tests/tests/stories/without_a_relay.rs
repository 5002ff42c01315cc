//! Two machines that no network joins: what one has goes to the other in a file, both ways, as often as one likes.
#![expect(clippy::unwrap_used, reason = "the steps of a test are the test")]

use std::sync::Arc;

use beseda_core::{
    Error,
    bundle::Imported,
    store::chats::{Leaving, Status},
    unreported,
};
use beseda_protocol::{ChatId, membership::ChatKind};
use beseda_tests::world::{Person, World, admit, exchange, tables::rebuilt};

/// What one person has, taken to another on a stick.
async fn carry(world: &World, from: &Person, to: &Person, all: bool) -> Imported {
    let stick = world.dir().join("stick.beseda");
    from.core().export_bundle(&stick, all, &unreported()).await.unwrap();
    to.core().import_bundle(&stick, &unreported()).await.unwrap()
}

async fn anna_and_boris(world: &World) -> (Person, Person, ChatId) {
    let (anna, boris) = (world.person("Anna").await, world.person("Boris").await);
    let chat = anna.creates(ChatKind::Group, "Trip").await;
    admit(&anna, &boris, chat).await;
    boris.says(chat, "together").await;
    exchange(&[&anna, &boris]).await;
    (anna, boris, chat)
}

#[tokio::test]
async fn two_talk_over_a_stick_and_the_relay_has_all_of_it_once_when_it_is_back() {
    let world = World::new().await;
    let (anna, boris, chat) = anna_and_boris(&world).await;
    world.stop_relay().await;
    anna.says(chat, "no network here").await;
    let came = carry(&world, &anna, &boris, false).await;
    assert!(came.envelopes > 0);
    assert_eq!(came.chats, [boris.line(chat).await.number]);
    assert_eq!(boris.sees(chat).await, ["Boris: together", "Anna: no network here"]);
    assert_eq!(boris.line(chat).await.unread, 1);
    assert_eq!(boris.core().sync_status().await.unwrap().waiting, 0, "it is not Boris who waits");
    let said = boris.message(chat, "no network here").await.id;
    boris.reacts(chat, said, "👍", true).await;
    boris.says(chat, "but a stick").await;
    carry(&world, &boris, &anna, false).await;
    let talk = ["Boris: together", "Anna: no network here", "Boris: but a stick"];
    assert_eq!(anna.sees(chat).await, talk);
    assert_eq!(anna.shown(chat, said).await.reactions.len(), 1);
    // Again, in both directions: nothing happens.
    for (from, to) in [(&anna, &boris), (&boris, &anna), (&anna, &boris)] {
        let again = carry(&world, from, to, false).await;
        assert_eq!((again.envelopes, again.chats.len(), again.gaps.len()), (0, 0, 0));
    }
    for person in [&anna, &boris] {
        rebuilt(person).await;
    }

    // Boris comes to the relay first, with what both have said.
    world.start_relay().await;
    boris.sync().await;
    anna.says(chat, "there it is again").await;
    exchange(&[&anna, &boris]).await;
    for person in [&anna, &boris] {
        assert_eq!(person.sees(chat).await[..3], talk, "{}", person.name);
        assert_eq!(person.sees(chat).await.len(), 4, "{}", person.name);
        assert_eq!(person.line(chat).await.quarantined, 0);
        assert_eq!(person.core().sync_status().await.unwrap().waiting, 0);
        rebuilt(person).await;
    }
    assert_eq!(boris.shown(chat, said).await.reactions.len(), 1);
}

#[tokio::test]
async fn who_hears_by_a_stick_that_somebody_leaves_does_not_leave() {
    let world = World::new().await;
    let (anna, boris, chat) = anna_and_boris(&world).await;
    world.stop_relay().await;
    boris.core().leave_chat(boris.number(chat).await).await.unwrap();
    carry(&world, &boris, &anna, false).await;
    assert_eq!(anna.line(chat).await.leaving, Leaving::No);
    anna.says(chat, "come back").await;
    rebuilt(&anna).await;
    assert_eq!(anna.line(chat).await.leaving, Leaving::No);
    world.start_relay().await;
    exchange(&[&anna, &boris]).await;
    assert_eq!(boris.status(chat).await, Some(Status::Removed));
    let line = anna.line(chat).await;
    assert_eq!((line.status, line.leaving, line.members), (Status::Active, Leaving::No, 1));
    rebuilt(&anna).await;
}

#[tokio::test]
async fn what_the_relay_gave_to_one_comes_to_the_other_in_its_order_and_with_who_came() {
    let world = World::new().await;
    let (anna, boris, chat) = anna_and_boris(&world).await;
    let clara = world.person("Clara").await;
    // Boris has no network for a while.
    admit(&anna, &clara, chat).await;
    clara.counts(chat, 0, 3).await;
    anna.counts(chat, 0, 3).await;
    exchange(&[&clara, &anna, &clara]).await;
    boris.says(chat, "meanwhile").await;
    assert!(carry(&world, &anna, &boris, false).await.envelopes > 6);
    let (anna_sees, boris_sees) = (anna.sees(chat).await, boris.sees(chat).await);
    assert_eq!(boris_sees[..anna_sees.len()], anna_sees);
    assert_eq!(boris_sees.last().unwrap(), "Boris: meanwhile");
    assert_eq!(boris.core().members(boris.number(chat).await).await.unwrap().len(), 3);
    exchange(&[&boris, &anna, &clara]).await;
    for person in [&anna, &boris, &clara] {
        assert_eq!(person.sees(chat).await, boris_sees, "{}", person.name);
        assert_eq!(person.line(chat).await.quarantined, 0, "{}", person.name);
        rebuilt(person).await;
    }
}

#[tokio::test]
async fn who_has_less_than_a_bundle_begins_with_is_told_and_asks_for_all() {
    let world = World::new().await;
    let (anna, boris, chat) = anna_and_boris(&world).await;
    // A device of Boris's that has slept: the others know of his other one that it has everything.
    let phone = world.device_of(&boris, "phone").await;
    exchange(&[&boris, &phone, &boris, &phone, &anna]).await;
    anna.counts(chat, 0, 3).await;
    exchange(&[&anna, &boris]).await;
    anna.says(chat, "and one more").await;
    anna.sync().await;
    let short = carry(&world, &anna, &phone, false).await;
    assert_eq!(short.gaps.len(), 1);
    assert_eq!(phone.sees(chat).await, ["Boris: together"]);
    let whole = carry(&world, &anna, &phone, true).await;
    assert_eq!(whole.gaps.len(), 0);
    assert_eq!(phone.sees(chat).await.len(), 5);
    exchange(&[&phone, &anna, &boris, &phone]).await;
    assert_eq!(phone.sees(chat).await, anna.sees(chat).await);
    rebuilt(&phone).await;
}

#[tokio::test]
async fn what_is_sealed_for_others_than_are_in_is_told_of_and_opens_when_both_know_who_came() {
    let world = World::new().await;
    let (anna, boris, chat) = anna_and_boris(&world).await;
    let clara = world.person("Clara").await;
    // Boris does not hear that Clara has come.
    admit(&anna, &clara, chat).await;
    world.stop_relay().await;
    boris.says(chat, "no network here").await;
    let early = carry(&world, &boris, &anna, true).await;
    assert_eq!((early.envelopes, early.unopened, early.gaps.len()), (0, 1, 0));
    carry(&world, &anna, &boris, true).await;
    let late = carry(&world, &boris, &anna, true).await;
    assert_eq!(late.unopened, 0);
    assert_eq!(anna.sees(chat).await.last().unwrap(), "Boris: no network here");
}

#[tokio::test]
async fn who_does_not_wait_for_the_end_of_a_bundle_has_no_half_of_it() {
    let world = World::new().await;
    let (anna, _boris, _chat) = anna_and_boris(&world).await;
    let directory = world.dir().join("sticks");
    std::fs::create_dir(&directory).unwrap();
    let stick = directory.join("stick.beseda");
    std::fs::write(&stick, b"of yesterday").unwrap();
    let begun = Arc::new(tokio::sync::Notify::new());
    let report = {
        let begun = begun.clone();
        Arc::new(move |_, _| begun.notify_one()) as beseda_core::Report
    };
    tokio::select! {
        biased;
        () = begun.notified() => {}
        ended = anna.core().export_bundle(&stick, true, &report) => panic!("{ended:?}"),
    }
    let files = || -> Vec<_> {
        let files = std::fs::read_dir(&directory).unwrap();
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
    };
    assert_eq!(files(), ["stick.beseda"]);
    assert_eq!(std::fs::read(&stick).unwrap(), b"of yesterday");
    anna.core().export_bundle(&stick, true, &report).await.unwrap();
    assert_eq!(files(), ["stick.beseda"]);
    assert!(std::fs::read(&stick).unwrap().starts_with(b"beseda bundle 1\n"));
}

#[tokio::test]
async fn what_is_no_bundle_or_not_ones_own_changes_nothing() {
    let world = World::new().await;
    let (anna, boris, chat) = anna_and_boris(&world).await;
    anna.says(chat, "a xylophone").await;
    let stick = world.dir().join("stick.beseda");
    anna.core().export_bundle(&stick, true, &unreported()).await.unwrap();
    let bytes = std::fs::read(&stick).unwrap();
    assert!(!bytes.windows(9).any(|window| window == b"xylophone"), "it is sealed");
    // A stranger gets nothing of it, and is told of how many chats: the group and Anna's notes.
    let clara = world.person("Clara").await;
    let imported = clara.core().import_bundle(&stick, &unreported()).await.unwrap();
    assert_eq!((imported.envelopes, imported.unknown), (0, 2));
    let before = boris.sees(chat).await;
    for (n, broken) in [&b""[..], b"beseda bundle 1", b"another file", &bytes[..40]].iter().enumerate() {
        std::fs::write(&stick, broken).unwrap();
        let ended = boris.core().import_bundle(&stick, &unreported()).await;
        assert!(matches!(ended, Err(Error::NotABundle)), "{n}: {ended:?}");
    }
    assert_eq!(boris.sees(chat).await, before);
    // Cut off or changed anywhere, it brings what is whole before that or nothing, and the chat goes on.
    for at in (16..bytes.len()).step_by(97) {
        let mut broken = bytes.clone();
        broken[at] ^= 0x55;
        std::fs::write(&stick, &broken).unwrap();
        let _ = boris.core().import_bundle(&stick, &unreported()).await;
    }
    exchange(&[&anna, &boris]).await;
    exchange(&[&anna, &boris]).await;
    assert_eq!(boris.sees(chat).await, anna.sees(chat).await);
    boris.says(chat, "here").await;
    exchange(&[&boris, &anna]).await;
    assert_eq!(anna.sees(chat).await.last().unwrap(), "Boris: here");
}
