//! People arrange their own lists, and admins what a chat is called.
#![expect(clippy::unwrap_used, reason = "the steps of a test are the test")]

use beseda_core::{
    Core, Error, Folder, Totals,
    actions::edit_chat::Edited,
    store::chats::{ChatLine, FOREVER},
};
use beseda_protocol::{
    ChatId,
    membership::{ChatKind, History},
};
use beseda_tests::world::{Person, World, admit, exchange, tables::rebuilt};

use crate::profiles_of_people::png;

async fn titles(core: &Core) -> Vec<String> {
    core.chats().await.unwrap().into_iter().map(|line| line.title).collect()
}

async fn with_chats<const N: usize>(world: &World, titles: [&str; N]) -> (Person, [ChatId; N]) {
    let anna = world.person("Anna").await;
    let mut chats = [ChatId([0; 16]); N];
    for (chat, title) in chats.iter_mut().zip(titles) {
        *chat = anna.creates(ChatKind::Group, title).await;
    }
    (anna, chats)
}

#[tokio::test]
async fn pinned_chats_stand_first_in_the_order_their_person_gives_them() {
    let world = World::new().await;
    let (mut anna, [one, two, three, _]) = with_chats(&world, ["one", "two", "three", "four"]).await;
    assert_eq!(titles(anna.core()).await, ["four", "three", "two", "one"]);
    for chat in [one, three] {
        let number = anna.number(chat).await;
        anna.core().pin_chat(number, true).await.unwrap();
    }
    assert_eq!(titles(anna.core()).await, ["three", "one", "four", "two"]);
    anna.says(two, "news").await;
    assert_eq!(titles(anna.core()).await, ["three", "one", "two", "four"], "what is new stands after them");
    let (first, last) = (anna.number(three).await, anna.number(one).await);
    anna.core().move_pinned(last, true).await.unwrap();
    assert_eq!(titles(anna.core()).await[..2], ["one", "three"]);
    // At the end nothing moves, and pinning twice is pinning once.
    anna.core().move_pinned(last, true).await.unwrap();
    anna.core().move_pinned(first, false).await.unwrap();
    anna.core().pin_chat(first, true).await.unwrap();
    let free = anna.number(two).await;
    anna.core().move_pinned(free, true).await.unwrap();
    anna.restart().await;
    assert_eq!(titles(anna.core()).await, ["one", "three", "two", "four"]);
    let last = anna.number(one).await;
    anna.core().pin_chat(last, false).await.unwrap();
    assert_eq!(titles(anna.core()).await, ["three", "two", "four", "one"]);
    // What is archived is not pinned, and the other way round.
    let first = anna.number(three).await;
    anna.core().archive_chat(first, true).await.unwrap();
    let line = anna.line(three).await;
    assert_eq!((line.pinned, line.archived), (0, true));
    anna.core().pin_chat(first, true).await.unwrap();
    let line = anna.line(three).await;
    assert!(line.pinned > 0 && !line.archived);
}

/// Anna and Boris in a chat that Anna has archived, and muted for so many seconds.
async fn archived(world: &World, muted: Option<i64>) -> (Person, Person, ChatId) {
    let (anna, boris) = (world.person("Anna").await, world.person("Boris").await);
    let chat = boris.creates(ChatKind::Group, "Trip").await;
    admit(&boris, &anna, chat).await;
    let number = anna.number(chat).await;
    anna.core().archive_chat(number, true).await.unwrap();
    if let Some(seconds) = muted {
        let until = anna.core().device().now() + seconds * 1000;
        anna.core().mute_chat(number, until).await.unwrap();
    }
    (anna, boris, chat)
}

#[tokio::test]
async fn an_archived_chat_comes_back_with_something_new() {
    let world = World::new().await;
    let (anna, boris, chat) = archived(&world, None).await;
    anna.says(chat, "my own words change nothing").await;
    exchange(&[&anna, &boris]).await;
    assert!(anna.line(chat).await.archived);
    anna.core().rebuild(&beseda_core::unreported()).await.unwrap();
    assert!(anna.line(chat).await.archived, "nor does making the rows anew");
    boris.says(chat, "news").await;
    exchange(&[&boris, &anna]).await;
    assert!(!anna.line(chat).await.archived);
}

#[tokio::test]
async fn a_muted_chat_stays_archived_until_it_is_heard_again() {
    let world = World::new().await;
    let (anna, boris, chat) = archived(&world, Some(3_600)).await;
    let number = anna.number(chat).await;
    let muted = |line: ChatLine, core: &Core| line.muted(core.device().now());
    boris.says(chat, "not now").await;
    exchange(&[&boris, &anna]).await;
    assert!(anna.line(chat).await.archived);
    assert!(muted(anna.line(chat).await, anna.core()));
    let mention = format!("@{}, look", anna.name);
    let outgoing = beseda_core::actions::send_message::Outgoing {
        text: mention,
        mentions: vec![anna.mention()],
        ..Default::default()
    };
    boris.sends(chat, outgoing).await;
    exchange(&[&boris, &anna]).await;
    assert!(anna.line(chat).await.archived);
    // It counts what names her, and nothing else.
    assert_eq!(anna.core().totals().await.unwrap(), Totals { unread: 1, mentions: 1, marked: 0 });
    assert_eq!(anna.line(chat).await.unread, 2);
    anna.core().mute_chat(number, FOREVER).await.unwrap();
    anna.core().mark_unread(number).await.unwrap();
    assert_eq!(anna.core().totals().await.unwrap().unread, 1);
    anna.core().mute_chat(number, 0).await.unwrap();
    assert_eq!(anna.core().totals().await.unwrap().unread, 2);
    anna.reads_all(chat).await;

    let until = anna.core().device().now() + 3_600_000;
    anna.core().mute_chat(number, until).await.unwrap();
    anna.core().mark_unread(number).await.unwrap();
    assert_eq!(anna.core().totals().await.unwrap().marked, 0);
    world.advance(3_601);
    assert!(!muted(anna.line(chat).await, anna.core()));
    assert_eq!(anna.core().totals().await.unwrap().marked, 1);
    boris.says(chat, "and now?").await;
    exchange(&[&boris, &anna]).await;
    assert!(!anna.line(chat).await.archived);
    // A time that is past mutes nothing.
    anna.core().mute_chat(number, 1).await.unwrap();
    assert_eq!(anna.line(chat).await.muted_until, 0);
}

#[tokio::test]
async fn every_category_in_use_is_a_folder() {
    let world = World::new().await;
    let (anna, boris) = (world.person("Anna").await, world.person("Boris").await);
    for (title, category) in [("one", "Work"), ("two", "fun"), ("three", "Fun"), ("four", "")] {
        let chat = boris.core().create_chat(ChatKind::Group, title, "", category).await.unwrap().id;
        admit(&boris, &anna, chat).await;
        boris.says(chat, "hello").await;
        boris.says(chat, "anybody?").await;
        exchange(&[&boris, &anna]).await;
        if title == "two" {
            let number = anna.number(chat).await;
            anna.core().mute_chat(number, FOREVER).await.unwrap();
        }
    }
    let now = anna.core().device().now();
    let folder =
        |category: &str, chats, unread| Folder { category: category.to_owned(), chats, unread, mentions: 0 };
    let folders = beseda_core::folders(&anna.core().chats().await.unwrap(), now);
    assert_eq!(folders, [folder("Fun", 2, 2), folder("Work", 1, 2)]);
}

#[tokio::test]
async fn an_admin_gives_a_chat_another_title_and_everybody_sees_it() {
    let world = World::new().await;
    let (anna, boris) = (world.person("Anna").await, world.person("Boris").await);
    let chat = anna.creates(ChatKind::Group, "Trip").await;
    admit(&anna, &boris, chat).await;
    let number = anna.number(chat).await;
    let edited = |title: Option<&str>, description: Option<&str>, category: Option<&str>| Edited {
        title: title.map(str::to_owned),
        description: description.map(str::to_owned),
        category: category.map(str::to_owned),
        picture: None,
    };
    let info = |line: ChatLine| [line.title, line.description, line.category];
    anna.core().edit_chat(number, edited(Some(" Long  trip "), None, Some("Fun"))).await.unwrap();
    anna.core().edit_chat(number, edited(None, Some("to the sea\nand back"), None)).await.unwrap();
    let changed = ["Long trip", "to the sea\nand back", "Fun"].map(str::to_owned);
    assert_eq!(info(anna.line(chat).await), changed);
    exchange(&[&anna, &boris]).await;
    assert_eq!(info(boris.line(chat).await), changed);
    // What stays as it is, is not said again.
    let waiting = anna.core().sync_status().await.unwrap().waiting;
    anna.core().edit_chat(number, edited(Some("Long trip"), None, None)).await.unwrap();
    assert_eq!(anna.core().sync_status().await.unwrap().waiting, waiting);
    for person in [&anna, &boris] {
        person.core().rebuild(&beseda_core::unreported()).await.unwrap();
        assert_eq!(info(person.line(chat).await), changed);
    }

    let theirs = boris.number(chat).await;
    let refused = boris.core().edit_chat(theirs, edited(Some("Mine"), None, None)).await;
    assert!(matches!(refused, Err(Error::Forbidden(_))));
    let refused = anna.core().edit_chat(number, edited(Some(" "), None, None)).await;
    assert!(matches!(refused, Err(Error::BadText(_))));
    let refused = anna.core().edit_chat(number, edited(None, Some(&"x".repeat(2_049)), None)).await;
    assert!(matches!(refused, Err(Error::BadText(_))));
    anna.core().edit_chat(number, edited(None, Some(""), Some(""))).await.unwrap();
    assert_eq!(info(anna.line(chat).await), ["Long trip", "", ""].map(str::to_owned));
}

#[tokio::test]
async fn a_chat_has_a_picture_that_admins_choose_and_newcomers_see() {
    let world = World::new().await;
    let (anna, boris) = (world.person("Anna").await, world.person("Boris").await);
    let chat = anna.creates(ChatKind::Group, "Trip").await;
    admit(&anna, &boris, chat).await;
    let picture = |picture: Vec<u8>| Edited { picture: Some(picture), ..Edited::default() };
    anna.core().edit_chat(anna.number(chat).await, picture(png(200))).await.unwrap();
    exchange(&[&anna, &boris]).await;
    let (kind, bytes) = boris.core().chat_picture(boris.number(chat).await).await.unwrap().unwrap();
    assert_eq!(kind, beseda_core::people::picture::Kind::Jpeg);
    assert_eq!(anna.core().chat_picture(anna.number(chat).await).await.unwrap().unwrap().1, bytes);
    let version = boris.line(chat).await.picture;
    assert!(version != 0 && version == anna.line(chat).await.picture);
    let refused = boris.core().edit_chat(boris.number(chat).await, picture(vec![])).await;
    assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
    rebuilt(&boris).await;

    let vera = world.person("Vera").await;
    anna.core().set_history(anna.number(chat).await, History::FromJoining).await.unwrap();
    exchange(&[&anna, &boris]).await;
    admit(&anna, &vera, chat).await;
    assert_eq!(vera.line(chat).await.picture, version, "also where the history is closed");

    anna.core().edit_chat(anna.number(chat).await, picture(vec![])).await.unwrap();
    exchange(&[&anna, &boris]).await;
    assert_eq!(boris.line(chat).await.picture, 0);
    let bad = anna.core().edit_chat(anna.number(chat).await, picture(b"no picture".to_vec())).await;
    assert!(matches!(bad, Err(Error::BadPicture)), "{bad:?}");
}
