//! Somebody is put out of a chat while their device compares its log with that of a relay which was put back. From one request
//! to the next the relay denies what it has opened: that ends what is done about this chat, and not the exchange.

use beseda_tests::world::sync_within;

use super::*;

/// In the middle of Boris's exchange Anna has hers. He goes on with what he has told himself, and is out of the chat.
async fn goes_on(after: u32, [boris, anna, clara]: [&Person; 3], chat: ChatId) {
    let notes = boris.core().notes().await.unwrap().unwrap().id;
    boris.says(notes, "for myself").await;
    let (outer, inner) = sync_within(boris, after, anna).await;
    assert!(outer.is_ok() && !matches!(inner, Some(Err(_))), "after {after}: {outer:?} {inner:?}");
    let queued = boris.message(notes, "for myself").await.place.is_queued();
    assert!(!queued, "after {after}");
    exchange(&[anna, clara, boris]).await;
    assert_eq!(boris.status(chat).await, Some(Status::Removed), "after {after}");
    let status = boris.core().sync_status().await.unwrap();
    assert_eq!((status.waiting, status.progress.error), (0, None), "after {after}");
    rebuilt(boris).await;
    all_the_same(&[anna, clara], chat).await;
}

#[tokio::test]
async fn whoever_is_put_out_while_their_device_compares_two_logs_goes_on_elsewhere() {
    for after in 0..14 {
        let world = World::new().await;
        let Team { anna, boris, clara, chat } = team(&world, History::All).await;
        world.keep_relay().await;
        boris.says(chat, "soon lost").await;
        exchange(&[&boris, &anna, &clara]).await;
        world.put_relay_back().await;
        anna.removes(chat, &boris).await;
        goes_on(after, [&boris, &anna, &clara], chat).await;
    }
}

#[tokio::test]
async fn whoever_is_put_out_again_while_their_device_looks_whether_they_are_in_goes_on_elsewhere() {
    for after in 0..10 {
        let world = World::new().await;
        let Team { anna, boris, clara, chat } = team(&world, History::All).await;
        world.keep_relay().await;
        anna.removes(chat, &boris).await;
        exchange(&[&anna, &clara]).await;
        // His device reads it in a file: the relay tells it no more than that it is out.
        let file = world.dir().join("out.bundle");
        anna.core().export_bundle(&file, true, &beseda_core::unreported()).await.unwrap();
        boris.core().import_bundle(&file, &beseda_core::unreported()).await.unwrap();
        assert_eq!(boris.status(chat).await, Some(Status::Removed));
        world.put_relay_back().await;
        goes_on(after, [&boris, &anna, &clara], chat).await;
    }
}
