//! A screen that looks at any part of a long chat.

use beseda_core::{
    actions::send_message::Outgoing,
    timeline::{Item, ItemKey},
    window::{OpenAt, PAGE},
};
use beseda_protocol::{ChatId, MessageId};
use beseda_tests::world::{Person, Screen, World, exchange};

use super::group;

/// More than these are never held, as core/src/window.rs says.
const HELD: usize = 2_000;

/// Anna has said so many things to Boris.
async fn long_chat(world: &World, messages: u32) -> (ChatId, Person, Person) {
    let (chat, anna, [boris]) = group(world, ["Boris"]).await;
    anna.counts(chat, 0, messages).await;
    exchange(&[&anna, &boris]).await;
    (chat, anna, boris)
}

async fn ids(person: &Person, chat: ChatId) -> Vec<MessageId> {
    person.reads(chat).await.into_iter().map(|message| message.id).collect()
}

fn shown(screen: &Screen<'_>) -> Vec<MessageId> {
    screen.messages().map(|message| message.id).collect()
}

fn key(id: MessageId) -> Option<ItemKey> {
    Some(ItemKey::Entry(beseda_core::timeline::EntryKey::Message(id)))
}

/// What is on the screen is a piece of the whole, with nothing left out and nothing twice.
fn is_piece(screen: &Screen<'_>, whole: &[MessageId]) {
    let shown = shown(screen);
    assert!(shown.len() <= HELD, "{} messages are held", shown.len());
    let from = whole.iter().position(|id| *id == shown[0]).unwrap();
    assert_eq!(shown, whole[from..from + shown.len()]);
}

#[tokio::test]
async fn from_the_middle_of_three_thousand_one_scrolls_to_both_ends() {
    let world = World::new().await;
    let (chat, anna, boris) = long_chat(&world, 3_000).await;
    let whole = ids(&boris, chat).await;
    let middle = whole[1_500];
    let (mut screen, target) = Screen::open(&boris, chat, OpenAt::Message(middle)).await;
    assert_eq!(target, key(middle));
    assert!(screen.window.more_before() && screen.window.more_after());
    let around = shown(&screen);
    let at = around.iter().position(|id| *id == middle).unwrap();
    assert!(at > 0 && at < PAGE as usize && around.len() > PAGE as usize, "{at} of {}", around.len());
    is_piece(&screen, &whole);

    let (mut up, mut down) = (0, 0);
    while screen.window.more_before() {
        screen.scrolls_up().await;
        is_piece(&screen, &whole);
        up += 1;
    }
    assert_eq!(shown(&screen)[0], whole[0]);
    assert!(!matches!(screen.shown[0], Item::Message(_)), "the day, and that the chat was made");
    while screen.window.more_after() {
        screen.scrolls_down().await;
        is_piece(&screen, &whole);
        down += 1;
    }
    assert_eq!(shown(&screen).last(), whole.last());
    assert!(up >= 29 && down >= 29, "{up} pages up, {down} pages down");
    // As if it had been opened at the end, and as many pages loaded.
    let (mut fresh, target) = Screen::open(&boris, chat, OpenAt::End).await;
    assert_eq!(target, None);
    while shown(&fresh).len() < HELD {
        fresh.scrolls_up().await;
    }
    assert_eq!(shown(&fresh), shown(&screen));
    let (messages, again): (Vec<_>, Vec<_>) = (screen.messages().collect(), fresh.messages().collect());
    assert_eq!(messages[1..], again[1..]);

    // At the end it follows what is said, and holds no more than before.
    anna.counts(chat, 3_000, 3_120).await;
    exchange(&[&anna, &boris]).await;
    for screen in [&mut screen, &mut fresh] {
        screen.catches_up().await;
        assert!(shown(screen).len() <= HELD, "{}", shown(screen).len());
    }
    assert_eq!(screen.texts().last().unwrap(), "Anna 3119", "who looks down stays at the end");
    let whole = ids(&boris, chat).await;
    for screen in [&screen, &fresh] {
        is_piece(screen, &whole);
    }
    while fresh.window.more_after() {
        fresh.scrolls_down().await;
    }
    assert_eq!(fresh.texts().last().unwrap(), "Anna 3119");
}

#[tokio::test]
async fn a_chat_opens_where_the_unread_begins() {
    let world = World::new().await;
    let (chat, anna, boris) = long_chat(&world, 300).await;
    let whole = ids(&boris, chat).await;
    boris.reads_upto(chat, whole[99]).await;
    boris.says(chat, "my own").await;
    let (mut screen, target) = Screen::open(&boris, chat, OpenAt::FirstUnread).await;
    assert_eq!(target, Some(ItemKey::Unread));
    let divider = |screen: &Screen<'_>| {
        let at = screen.shown.iter().position(|item| item.key() == ItemKey::Unread)?;
        match &screen.shown[at + 1] {
            Item::Message(message) => Some(message.text.clone()),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(divider(&screen).unwrap(), "Anna 100");
    is_piece(&screen, &ids(&boris, chat).await);
    // It stays while the person reads, and goes when it is scrolled out of what is held.
    boris.reads_all(chat).await;
    screen.catches_up().await;
    screen.scrolls_up().await;
    assert_eq!(divider(&screen).unwrap(), "Anna 100");
    assert_eq!(screen.shown.iter().filter(|item| item.key() == ItemKey::Unread).count(), 1);
    // Another screen, opened now, has none.
    let (fresh, target) = Screen::open(&boris, chat, OpenAt::FirstUnread).await;
    assert_eq!((divider(&fresh), target), (None, None));
    assert_eq!(fresh.texts().last().unwrap(), "my own");
    let (fresh, _) = Screen::open(&anna, chat, OpenAt::FirstUnread).await;
    assert_eq!(divider(&fresh), None, "one's own words are never unread");
}

#[tokio::test]
async fn who_looks_at_the_past_is_not_disturbed_by_the_present() {
    let world = World::new().await;
    let (chat, anna, boris) = long_chat(&world, 400).await;
    let whole = ids(&boris, chat).await;
    let (mut screen, _) = Screen::open(&boris, chat, OpenAt::Message(whole[100])).await;
    boris.reads_all(chat).await;
    boris.sync().await;
    screen.catches_up().await;
    let before = screen.shown.clone();
    anna.counts(chat, 400, 430).await;
    anna.reacts(chat, whole[390], "👍", true).await;
    anna.edits(chat, whole[10], "far above").await;
    boris.says(chat, "and I").await;
    anna.sync().await;
    boris.sync().await;
    screen.catches_up().await;
    assert_eq!(screen.shown, before);
    // What is in view is seen at once: at both edges and between them.
    let in_view = shown(&screen);
    for id in [in_view[0], in_view[30], *in_view.last().unwrap()] {
        anna.edits(chat, id, "another text").await;
        anna.reacts(chat, id, "👍", true).await;
    }
    exchange(&[&anna, &boris]).await;
    screen.catches_up().await;
    for id in [in_view[0], in_view[30], *in_view.last().unwrap()] {
        let item = screen.message(id);
        assert!(item.edited && item.text == "another text" && item.reactions.len() == 1, "{item:?}");
    }
    assert_eq!(shown(&screen), in_view);
    while screen.window.more_after() {
        screen.scrolls_down().await;
    }
    assert_eq!(shown(&screen).last(), ids(&boris, chat).await.last());
}

#[tokio::test]
async fn an_answer_quotes_a_message_as_it_is_now_wherever_that_is() {
    let world = World::new().await;
    let (chat, anna, boris) = long_chat(&world, 200).await;
    let whole = ids(&anna, chat).await;
    let answer = |to| Outgoing { reply_to: Some(to), ..Outgoing::from("an answer") };
    let far = boris.sends(chat, answer(whole[3])).await;
    let near = boris.sends(chat, answer(whole[198])).await;
    exchange(&[&anna, &boris]).await;
    let (mut screen, _) = Screen::open(&boris, chat, OpenAt::End).await;
    let quote = |screen: &Screen<'_>, id| {
        let quote = screen.message(id).reply.clone().unwrap();
        (quote.text, quote.gone)
    };
    assert_eq!(quote(&screen, far), ("Anna 3".into(), false));
    for id in [whole[3], whole[198]] {
        anna.edits(chat, id, "put **better**").await;
    }
    exchange(&[&anna, &boris]).await;
    screen.catches_up().await;
    for id in [far, near] {
        assert_eq!(quote(&screen, id), ("put better".into(), false));
    }
    for id in [whole[3], whole[198]] {
        anna.deletes(chat, id).await;
    }
    exchange(&[&anna, &boris]).await;
    screen.catches_up().await;
    for id in [far, near] {
        assert_eq!(quote(&screen, id), (String::new(), true));
    }
    let (fresh, _) = Screen::open(&boris, chat, OpenAt::End).await;
    assert_eq!(fresh.shown, screen.shown, "as if it had been opened now");
}

#[tokio::test]
async fn one_jumps_to_a_day_also_where_the_relays_clock_went_back() {
    let world = World::new().await;
    let (chat, anna, [boris]) = group(&world, ["Boris"]).await;
    // Forward three times, back once, forward: the same hours come twice.
    let start = (anna.options.clock)();
    for (n, hours) in [5, 5, 5, -10, 5, 5].into_iter().enumerate() {
        for text in 0..30 {
            anna.says(chat, &format!("{n}.{text}")).await;
            anna.sync().await;
        }
        world.advance(hours * 3_600);
    }
    exchange(&[&anna, &boris]).await;
    let messages = boris.reads(chat).await;
    let times: Vec<i64> = messages.iter().map(|message| message.at).collect();
    assert!(!times.is_sorted(), "the clock did go back");
    let first = *times.iter().min().unwrap();
    for hours in 0..20 {
        let time = start + hours * 3_600_000;
        let (screen, target) = Screen::open(&boris, chat, OpenAt::Time(time)).await;
        is_piece(&screen, &messages.iter().map(|message| message.id).collect::<Vec<_>>());
        if *times.last().unwrap() < time && target.is_none() {
            assert!(!screen.window.more_after(), "hour {hours}: the end is shown");
            continue;
        }
        let at = messages.iter().position(|message| key(message.id) == target).unwrap();
        assert!(times[at] >= time, "hour {hours}: not before it");
        assert!(at == 0 || times[at - 1] < time, "hour {hours}: what stands before it is from before");
        assert!(time > first || at == 0);
    }
    let (_, target) = Screen::open(&boris, chat, OpenAt::Time(0)).await;
    assert_eq!(target, key(messages[0].id));
}
