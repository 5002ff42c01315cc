//! Two people talk: online, offline, and back.

use beseda_protocol::membership::ChatKind;
use beseda_tests::world::{Faults, World, admit, exchange};

#[tokio::test]
async fn two_people_meet_by_a_link_and_talk() {
    let world = World::new().await;
    let (anna, boris) = (world.person("Anna").await, world.person("Boris").await);
    let chat = anna.creates(ChatKind::Group, "Trip").await;
    anna.says(chat, "Is anybody here?").await;

    admit(&anna, &boris, chat).await;
    boris.says(chat, "I am. Привет!").await;
    boris.sync().await;
    anna.sync().await;

    let seen = ["Anna: Is anybody here?", "Boris: I am. Привет!"];
    assert_eq!(anna.sees(chat).await, seen);
    assert_eq!(boris.sees(chat).await, seen);
    let line = boris.core().find_chat("trip").await.unwrap();
    assert_eq!((line.members, line.unread, line.quarantined), (2, 0, 0));
}

#[tokio::test]
async fn a_thousand_messages_each_without_a_relay_come_together_once_and_in_one_order() {
    let world = World::new().await;
    let (anna, boris) = (world.person("Anna").await, world.person("Boris").await);
    let chat = anna.creates(ChatKind::Group, "Trip").await;
    admit(&anna, &boris, chat).await;

    world.stop_relay().await;
    anna.counts(chat, 0, 1000).await;
    boris.counts(chat, 0, 1000).await;
    assert!(anna.try_sync().await.is_err(), "there is no relay");
    assert_eq!(anna.core().sync_status().await.unwrap().waiting, 1000);

    world.start_relay().await;
    anna.sync().await;
    boris.sync().await;
    anna.sync().await;

    let seen = anna.sees(chat).await;
    assert_eq!(seen, boris.sees(chat).await);
    assert_eq!(seen.len(), 2000);
    for name in ["Anna", "Boris"] {
        let own: Vec<_> = seen.iter().filter(|line| line.starts_with(name)).collect();
        let expected: Vec<_> = (0..1000).map(|n| format!("{name}: {name} {n}")).collect();
        assert!(
            own.into_iter().eq(expected.iter()),
            "{name}'s own order is kept, nothing is lost or doubled"
        );
    }
    assert_eq!(anna.core().sync_status().await.unwrap().waiting, 0);
}

#[tokio::test]
async fn what_got_no_answer_is_in_the_chat_once() {
    let world = World::new().await;
    let (anna, boris) = (world.person("Anna").await, world.person("Boris").await);
    let chat = anna.creates(ChatKind::Group, "Trip").await;
    admit(&anna, &boris, chat).await;
    let mut said = vec![];
    let mut unheard = 0;
    for at in 1..16 {
        // Meanwhile Boris has said something: said again, her words would stand after it.
        let (before, text) = (format!("before {at}"), format!("said at {at}"));
        anna.says(chat, &text).await;
        boris.says(chat, &before).await;
        boris.sync().await;
        // One of these requests brings it to the relay.
        anna.wire.set(Faults { lose_answer: Some(at), ..Faults::default() });
        let _ = anna.try_sync().await;
        anna.wire.set(Faults::default());
        boris.sync().await;
        said.extend([format!("Boris: {before}"), format!("Anna: {text}")]);
        let here = boris.sees(chat).await == said;
        unheard += usize::from(here && anna.message(chat, &text).await.place.is_queued());
        exchange(&[&anna, &boris]).await;
        for person in [&anna, &boris] {
            assert_eq!(person.sees(chat).await, said, "{}", person.name);
            assert_eq!(person.line(chat).await.quarantined, 0, "{}", person.name);
        }
    }
    assert!(unheard > 0, "some answer is the one");
}

#[tokio::test]
async fn a_chat_that_outgrows_its_document_goes_on_in_the_next() {
    let world = World::new().await;
    let (mut anna, boris) = (world.person("Anna").await, world.person("Boris").await);
    let chat = anna.creates(ChatKind::Group, "Trip").await;
    admit(&anna, &boris, chat).await;

    // Past the end of the first segment, while Boris writes in it.
    anna.counts(chat, 0, 4990).await;
    boris.counts(chat, 0, 20).await;
    anna.restart().await;
    anna.counts(chat, 4990, 5030).await;
    for person in [&anna, &boris, &anna] {
        person.sync().await;
    }
    boris.counts(chat, 20, 40).await;
    anna.counts(chat, 5030, 5040).await;
    for person in [&boris, &anna, &boris] {
        person.sync().await;
    }

    let seen = anna.sees(chat).await;
    assert_eq!(seen, boris.sees(chat).await);
    for (name, count) in [("Anna", 5040), ("Boris", 40)] {
        let own: Vec<_> = seen.iter().filter(|line| line.starts_with(name)).cloned().collect();
        assert_eq!(own, (0..count).map(|n| format!("{name}: {name} {n}")).collect::<Vec<_>>());
    }
    assert_eq!((anna.line(chat).await.quarantined, boris.line(chat).await.quarantined), (0, 0));
    let mut reader = anna.core().device().store.readers().acquire().await.unwrap();
    let segments: Vec<i64> = sqlx::query_scalar("SELECT DISTINCT segment FROM changes ORDER BY segment")
        .fetch_all(&mut *reader)
        .await
        .unwrap();
    assert_eq!(segments, [0, 1], "there is more than one document");
}
