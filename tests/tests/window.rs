//! A screen that holds a part of a chat keeps showing it while what was queued finds its places.
#![expect(clippy::unwrap_used, reason = "the steps of a test are the test")]

use beseda_core::{
    store::Touched,
    timeline::{Item, SendState, apply},
    window::{PAGE, Window},
};
use beseda_protocol::membership::ChatKind;
use beseda_tests::world::{Person, World, admit};

/// A screen: it knows a window only by its steps.
struct Screen<'a> {
    of: &'a Person,
    window: Window,
    shown: Vec<Item>,
}

impl Screen<'_> {
    async fn told(&mut self, touched: &Touched) {
        if let Some(from) = touched.chats.get(&self.window.chat()) {
            let ops = self.of.core().refresh(&mut self.window, *from).await.unwrap();
            apply(&mut self.shown, &ops);
            assert_eq!(self.shown, self.window.items(), "the steps lead to what the window holds");
        }
    }

    async fn scrolls_up(&mut self) {
        let ops = self.of.core().load_older(&mut self.window).await.unwrap();
        apply(&mut self.shown, &ops);
        assert_eq!(self.shown, self.window.items());
    }

    /// Texts of one's own messages and how far they have come.
    fn own(&self) -> (Vec<String>, Vec<SendState>) {
        let own = self.shown.iter().filter_map(|item| match item {
            Item::Message(message) => Some((message.text.clone(), message.state?)),
            _ => None,
        });
        own.unzip()
    }
}

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
        let window = anna.core().open_window(anna.number(chat).await).await.unwrap();
        let shown = window.items().to_vec();
        let mut screen = Screen { of: &anna, window, shown };
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
        let mut fresh = anna.core().open_window(anna.number(chat).await).await.unwrap();
        while fresh.more_before() {
            anna.core().load_older(&mut fresh).await.unwrap();
        }
        assert_eq!(fresh.items(), screen.shown, "as if it had been opened now");
    }
    // The last test of the process to end: nothing may still be closing then.
    world.stop_relay().await;
}
