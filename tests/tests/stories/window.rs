//! A screen that holds a part of a chat keeps showing it while what was queued finds its places.

use beseda_core::{
    timeline::SendState,
    window::{OpenAt, PAGE},
};
use beseda_protocol::membership::ChatKind;
use beseda_tests::world::{Screen, World, admit};

#[tokio::test]
async fn what_was_queued_stays_in_view_when_the_relay_takes_it() {
    let world = World::new().await;
    let (anna, boris) = (world.person("Anna").await, world.person("Boris").await);
    // So many are queued, so many pages were loaded before the relay came.
    for (queued, pages) in [(60, 1), (60, 2), (120, 1), (120, 2), (120, 3)] {
        let chat = anna.creates(ChatKind::Group, "Trip").await;
        admit(&anna, &boris, chat).await;
        boris.says(chat, "before").await;
        boris.sync().await;
        anna.sync().await;
        boris.says(chat, "meanwhile").await;
        boris.sync().await;

        world.stop_relay().await;
        let texts: Vec<_> = (0..queued).map(|n| format!("Anna {n}")).collect();
        anna.counts(chat, 0, queued).await;
        let (mut screen, _) = Screen::open(&anna, chat, OpenAt::End).await;
        for _ in 1..pages {
            screen.scrolls_up().await;
        }
        let in_view = texts.len().min((pages * PAGE) as usize);
        let expected = &texts[texts.len() - in_view..];
        let (own, states) = screen.own();
        assert_eq!(own, expected, "{queued} queued, {pages} pages");
        assert!(states.iter().all(|state| *state == SendState::Queued), "{states:?}");

        let mut told = anna.core().listen();
        world.start_relay().await;
        {
            let mut exchange = Box::pin(anna.sync());
            loop {
                tokio::select! {
                    biased;
                    Some(touched) = told.recv() => screen.told(&touched).await,
                    () = &mut exchange => break,
                }
            }
        }
        while let Ok(touched) = told.try_recv() {
            screen.told(&touched).await;
        }

        let (own, states) = screen.own();
        let still = &own[own.len().saturating_sub(in_view)..];
        assert_eq!(still, expected, "{queued} queued, {pages} pages");
        assert!(!states.contains(&SendState::Queued), "{queued} queued, {pages} pages: {states:?}");
        while screen.window.more_before() {
            screen.scrolls_up().await;
        }
        assert_eq!(screen.own().0, texts, "{queued} queued, {pages} pages");
        let (mut fresh, _) = anna.core().open_window(anna.number(chat).await, OpenAt::End).await.unwrap();
        while fresh.more_before() {
            anna.core().load_older(&mut fresh).await.unwrap();
        }
        assert_eq!(fresh.items(), screen.shown, "as if it had been opened now");
    }
    // The last test of the process to end: nothing may still be closing then.
    world.stop_relay().await;
}
