//! Taking a message back: for everyone, and for oneself.

use beseda_core::{
    Error, MessageList,
    actions::send_message::Outgoing,
    document::{Fact, Poll},
    store::messages::flag,
    window::OpenAt,
};
use beseda_protocol::{ChatId, MessageId};
use beseda_tests::world::{
    Person, Screen, World, exchange,
    mallory::{Mallory, Writer, next_own},
    tables::{holding, rebuilt},
};

use super::{agree, group};

/// Texts of a list of the chat.
async fn listed(person: &Person, chat: ChatId, list: MessageList) -> Vec<MessageId> {
    let listed = person.core().list(Some(person.number(chat).await), list, None, 50).await.unwrap();
    listed.into_iter().map(|line| line.message.id).collect()
}

#[tokio::test]
async fn of_what_its_author_deletes_nothing_is_left_on_any_screen_or_in_any_table() {
    let world = World::new().await;
    world.record();
    let (chat, anna, [boris, clara]) = group(&world, ["Boris", "Clara"]).await;
    let people = [&anna, &boris, &clara];
    let poll = Poll { options: vec!["quixotry".into(), "no".into()], several: false };
    let text = "@Clara zugzwang https://zugzwang.example/qwfpgj";
    let mentions = vec![clara.mention()];
    let outgoing = Outgoing { text: text.into(), mentions, poll: Some(poll), ..Outgoing::default() };
    let id = anna.sends(chat, outgoing).await;
    exchange(&people).await;
    boris.reads_upto(chat, id).await;
    boris.reacts(chat, id, "👍", true).await;
    clara.reacts(chat, id, "🎉", true).await;
    boris.votes(chat, id, &[0]).await;
    boris.pins(chat, id, true).await;
    anna.core()
        .edit_message(anna.number(chat).await, id, &format!("{text} borborygmus"), vec![clara.mention()])
        .await
        .unwrap();
    let answer = Outgoing { reply_to: Some(id), ..Outgoing::from("I see") };
    let answer = boris.sends(chat, answer).await;
    exchange(&people).await;
    clara.has_unread(chat, 2, 1).await;
    clara.core().save_message(id, true).await.unwrap();
    // Screens that were open all the time.
    let mut screens = vec![];
    for person in people {
        let (screen, _) = Screen::open(person, chat, OpenAt::End).await;
        assert!(screen.message(answer).reply.as_ref().is_some_and(|quote| quote.text.contains("zugzwang")));
        screens.push(screen);
    }
    for (person, word) in people.iter().flat_map(|person| [(person, "borborygmus"), (person, "quixotry")]) {
        assert!(!holding(person.core(), word).await.is_empty(), "{} had it", person.name);
    }

    anna.deletes(chat, id).await;
    exchange(&people).await;
    for person in people {
        let message = person.reads(chat).await.into_iter().find(|message| message.id == id).unwrap();
        assert!(message.text.is_empty() && message.extra == Default::default() && message.is(flag::DELETED));
        for word in ["zugzwang", "borborygmus", "quixotry", "qwfpgj"] {
            let left = holding(person.core(), word).await;
            assert!(
                left.iter().all(|at| at == "changes.bytes" || at == "segments.saved"),
                "{}: {word} is in {left:?}; docs/deleting.md allows the signed changes",
                person.name
            );
            assert!(person.finds(word).await.is_empty());
        }
        for list in [MessageList::Links, MessageList::Pinned, MessageList::Saved] {
            assert_eq!(listed(person, chat, list).await, [], "{list:?}");
        }
        assert_eq!(person.core().pinned(person.number(chat).await).await.unwrap(), 0);
        for gone in [
            person.core().versions(id).await.err(),
            person.core().reacted(id).await.err(),
            person.core().message_link(id).await.err(),
            person.core().react(person.number(chat).await, id, "👍", true).await.err(),
            person.core().forward_messages(&[id], person.number(chat).await).await.err(),
            person.core().save_message(id, true).await.err(),
        ] {
            assert!(matches!(gone, Some(Error::NoSuchMessage)), "{}: {gone:?}", person.name);
        }
    }
    for screen in &mut screens {
        screen.catches_up().await;
        let item = screen.message(id);
        assert!(item.deleted && item.reactions.is_empty() && item.poll.is_none() && !item.pinned);
        assert!(!item.may.edit && !item.may.delete && !item.may.pin);
        let quote = screen.message(answer).reply.clone().unwrap();
        assert!(quote.gone && quote.text.is_empty(), "{quote:?}");
    }
    clara.has_unread(chat, 1, 0).await;
    assert!(anna.line(chat).await.last.is_some());
    agree(&people, chat).await;
    let words = "borborygmus".as_bytes();
    let traffic = world.traffic();
    assert!(!traffic.iter().any(|bytes| bytes.windows(words.len()).any(|window| window == words)));
}

#[tokio::test]
async fn an_admin_deletes_what_others_said_and_nobody_else_does() {
    let world = World::new().await;
    let (chat, anna, [boris, clara, person]) = group(&world, ["Boris", "Clara", "Mallory"]).await;
    let people = [&anna, &boris, &clara, &person];
    let first = boris.sends(chat, "first").await;
    let second = boris.sends(chat, "second").await;
    exchange(&people).await;
    anna.has_unread(chat, 2, 0).await;
    let number = clara.number(chat).await;
    let refused = clara.core().delete_for_everyone(number, first).await;
    assert!(matches!(refused, Err(Error::NotYours)), "{refused:?}");
    let mallory = Mallory::new(&person, chat, world.wire());
    mallory.sends(&mallory.content(&Writer::new().tell(&[Fact::Delete { of: first }]))).await;
    exchange(&people).await;
    for person in people {
        assert_eq!(person.sees(chat).await, ["Boris: first", "Boris: second"], "{}", person.name);
    }

    assert!(anna.shown(chat, second).await.may.delete && !clara.shown(chat, second).await.may.delete);
    anna.deletes(chat, second).await;
    anna.has_unread(chat, 1, 0).await;
    exchange(&people).await;
    for person in people {
        assert_eq!(person.sees(chat).await, ["Boris: first", "Boris: "], "{}", person.name);
    }
    assert!(boris.line(chat).await.last.unwrap().deleted);
    anna.has_unread(chat, 1, 0).await;
    clara.has_unread(chat, 1, 0).await;
    agree(&people, chat).await;
}

#[tokio::test]
async fn a_deletion_that_comes_before_its_message_counts_by_who_said_it() {
    let world = World::new().await;
    // Mallory is an admin here, and Oscar is not.
    let person = world.person("Mallory").await;
    let chat = person.creates(beseda_protocol::membership::ChatKind::Group, "Trip").await;
    let (anna, oscar) = (world.person("Anna").await, world.person("Oscar").await);
    for guest in [&anna, &oscar] {
        beseda_tests::world::admit(&person, guest, chat).await;
    }
    let people = [&person, &anna, &oscar];
    exchange(&people).await;
    let (mallory, other) =
        (Mallory::new(&person, chat, world.wire()), Mallory::new(&oscar, chat, world.wire()));

    // By its author.
    let (mut words, mut deeds) = (Writer::new(), Writer::new());
    let own = words.next_id(chat);
    other.sends(&other.content(&deeds.tell(&[Fact::Delete { of: own }]))).await;
    other.sends(&other.content(&words.write("by its author"))).await;
    anna.sync().await;
    // By who has no right to, then by an admin. Both know which ids Anna's next messages will have.
    let [spared, gone] = next_own(&anna, chat).await;
    other.sends(&other.content(&deeds.tell(&[Fact::Delete { of: spared }]))).await;
    mallory.sends(&mallory.content(&Writer::new().tell(&[Fact::Delete { of: gone }]))).await;
    anna.sync().await;
    assert_eq!(anna.sends(chat, "spared").await, spared);
    assert_eq!(anna.sends(chat, "gone").await, gone);
    exchange(&people).await;
    for person in people {
        assert_eq!(person.sees(chat).await, ["Oscar: ", "Anna: spared", "Anna: "], "{}", person.name);
        assert!(person.finds("gone").await.is_empty());
        assert!(person.core().sync_status().await.unwrap().waiting == 0);
    }
    person.has_unread(chat, 1, 0).await;
    agree(&people, chat).await;
}

#[tokio::test]
async fn what_one_deletes_for_oneself_stays_with_the_others() {
    let world = World::new().await;
    let (chat, anna, [mut boris]) = group(&world, ["Boris"]).await;
    let kept = anna.sends(chat, "kept").await;
    let hidden = anna.sends(chat, "@Boris hidden qwfpgj https://a.example").await;
    let third = anna.sends(chat, "third").await;
    exchange(&[&anna, &boris]).await;
    boris.has_unread(chat, 3, 0).await;
    boris.core().save_message(hidden, true).await.unwrap();
    let own = boris.sends(chat, "my own, and not sent").await;
    boris.hides(chat, hidden).await;
    boris.hides(chat, own).await;
    boris.has_unread(chat, 2, 0).await;
    let seen = ["Anna: kept", "Anna: third"];
    assert_eq!(boris.sees(chat).await, seen);
    assert!(boris.finds("qwfpgj").await.is_empty());
    assert!(!holding(boris.core(), "qwfpgj").await.iter().any(|at| at.starts_with("search")));

    let answer = anna.sends(chat, Outgoing { reply_to: Some(hidden), ..Outgoing::from("as I said") }).await;
    exchange(&[&anna, &boris]).await;
    assert!(boris.shown(chat, answer).await.reply.clone().unwrap().gone);
    assert!(anna.sees(chat).await.contains(&"Boris: my own, and not sent".to_owned()));
    boris.restart().await;
    boris.core().rebuild(&beseda_core::unreported()).await.unwrap();
    rebuilt(&boris).await;
    assert_eq!(boris.sees(chat).await, ["Anna: kept", "Anna: third", "Anna: as I said"]);
    boris.has_unread(chat, 3, 0).await;
    assert_eq!(anna.sees(chat).await.len(), 5);

    // Whoever hid it sees no line that says "deleted" when it is deleted for all; and may hide such a line.
    anna.deletes(chat, hidden).await;
    anna.deletes(chat, third).await;
    exchange(&[&anna, &boris]).await;
    boris.hides(chat, third).await;
    boris.has_unread(chat, 2, 0).await;
    let ids: Vec<_> = boris.reads(chat).await.into_iter().map(|message| message.id).collect();
    assert_eq!(ids, [kept, answer]);
    rebuilt(&boris).await;
    let ids: Vec<_> = boris.reads(chat).await.into_iter().map(|message| message.id).collect();
    assert_eq!(ids, [kept, answer]);
}
