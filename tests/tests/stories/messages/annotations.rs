//! Reactions, polls, pins.

use beseda_core::{
    Error, MessageList,
    actions::send_message::Outgoing,
    document::{Fact, Poll},
};
use beseda_protocol::{ChatId, MessageId, membership::ChatKind};
use beseda_tests::world::{
    Person, World, admit, exchange,
    mallory::{Mallory, Writer},
    tables::rebuilt,
};

use super::{agree, group};

/// `emoji count`, with a star where one's own is among them.
async fn reactions(person: &Person, chat: ChatId, message: MessageId) -> Vec<String> {
    let item = person.shown(chat, message).await;
    let line = |one: &beseda_core::store::annotations::ReactionCount| {
        format!("{} {}{}", one.emoji, one.count, if one.mine { "*" } else { "" })
    };
    item.reactions.iter().map(line).collect()
}

/// Votes for each option, with a star at one's own; and how many people voted.
async fn votes(person: &Person, chat: ChatId, message: MessageId) -> (Vec<String>, u32) {
    let poll = person.shown(chat, message).await.poll.clone().unwrap();
    let star = |mine| if mine { "*" } else { "" };
    (
        poll.options.iter().map(|option| format!("{}{}", option.votes, star(option.mine))).collect(),
        poll.voters,
    )
}

async fn pinned(person: &Person, chat: ChatId) -> Vec<String> {
    let number = person.number(chat).await;
    let list = person.core().list(Some(number), MessageList::Pinned, None, 50).await.unwrap();
    assert_eq!(person.core().pinned(number).await.unwrap() as usize, list.len());
    list.into_iter().map(|line| line.message.text).collect()
}

fn reaction(of: MessageId, emoji: &str, on: bool) -> Fact {
    Fact::Reaction { of, emoji: emoji.into(), on }
}

#[tokio::test]
async fn people_react_and_think_better_of_it() {
    let world = World::new().await;
    let (chat, anna, [boris, clara]) = group(&world, ["Boris", "Clara"]).await;
    let people = [&anna, &boris, &clara];
    let id = anna.sends(chat, "I did it").await;
    exchange(&people).await;
    boris.reacts(chat, id, "🎉", true).await;
    exchange(&people).await;
    clara.reacts(chat, id, "👍🏽", true).await;
    clara.reacts(chat, id, "🎉", true).await;
    clara.reacts(chat, id, "🎉", true).await;
    anna.reacts(chat, id, "🎉", true).await;
    exchange(&people).await;
    assert_eq!(reactions(&anna, chat, id).await, ["🎉 3*", "👍🏽 1"], "in the order they came");
    assert_eq!(reactions(&clara, chat, id).await, ["🎉 3*", "👍🏽 1*"]);
    let who = boris.core().reacted(id).await.unwrap();
    let mut who: Vec<_> = who.into_iter().map(|one| (one.emoji, one.name)).collect();
    who.sort();
    let expected = [("🎉", "Anna"), ("🎉", "Boris"), ("🎉", "Clara"), ("👍🏽", "Clara")];
    assert_eq!(who, expected.map(|(emoji, name)| (emoji.to_owned(), name.to_owned())));

    clara.reacts(chat, id, "👍🏽", false).await;
    boris.reacts(chat, id, "🎉", false).await;
    boris.reacts(chat, id, "🎉", true).await;
    boris.reacts(chat, id, "🎉", false).await;
    assert_eq!(reactions(&boris, chat, id).await, ["🎉 2", "👍🏽 1"], "at once, without a relay");
    exchange(&people).await;
    for person in people {
        assert_eq!(person.core().reacted(id).await.unwrap().len(), 2);
    }
    assert_eq!(reactions(&clara, chat, id).await, ["🎉 2*"]);
    let number = boris.number(chat).await;
    let refused = boris.core().react(number, id, "nice", true).await;
    assert!(matches!(refused, Err(Error::BadText(_))), "{refused:?}");
    let refused = boris.core().react(number, MessageId([7; 16]), "👍", true).await;
    assert!(matches!(refused, Err(Error::NoSuchMessage)), "{refused:?}");
    agree(&people, chat).await;
}

#[tokio::test]
async fn what_is_said_of_a_message_not_yet_here_waits_for_it() {
    let world = World::new().await;
    let (chat, anna, [boris, person]) = group(&world, ["Boris", "Mallory"]).await;
    let people = [&anna, &boris, &person];
    let mallory = Mallory::new(&person, chat, world.wire());
    let (mut words, mut deeds) = (Writer::new(), Writer::new());
    let id = words.next_id(chat);
    let early = [
        reaction(id, "👍", true),
        reaction(id, "🎉", true),
        reaction(id, "👍", false),
        Fact::Pin { of: id, on: true },
        Fact::Vote { of: id, options: vec![1] },
    ];
    mallory.sends(&mallory.content(&deeds.tell(&early))).await;
    exchange(&people).await;
    assert!(pinned(&anna, chat).await.is_empty());
    let with = beseda_core::document::With {
        poll: Some(Poll { options: vec!["a".into(), "b".into()], several: false }),
        ..Default::default()
    };
    let fact = Fact::Message { text: "at last".into(), sent_at: 0, with };
    mallory.sends(&mallory.content(&words.tell(&[fact]))).await;
    exchange(&people).await;
    for person in [&anna, &boris] {
        assert_eq!(reactions(person, chat, id).await, ["🎉 1"]);
        assert_eq!(pinned(person, chat).await, ["at last"]);
        assert_eq!(votes(person, chat, id).await, (vec!["0".into(), "1".into()], 1));
    }
    agree(&people, chat).await;
}

#[tokio::test]
async fn what_was_done_to_a_message_before_it_was_sent_goes_with_it() {
    let world = World::new().await;
    let (chat, anna, [boris]) = group(&world, ["Boris"]).await;
    boris.says(chat, "before").await;
    exchange(&[&boris, &anna]).await;
    world.stop_relay().await;
    let poll = Poll { options: vec!["yes".into(), "no".into()], several: false };
    let asked = anna.sends(chat, Outgoing { poll: Some(poll), ..Outgoing::from("Shall we?") }).await;
    let other = anna.sends(chat, "https://a.example and https://b.example").await;
    anna.reacts(chat, asked, "👍", true).await;
    anna.votes(chat, asked, &[1]).await;
    anna.votes(chat, asked, &[0]).await;
    anna.pins(chat, asked, true).await;
    anna.reacts(chat, other, "👍", true).await;
    anna.reacts(chat, other, "👍", false).await;
    anna.reacts(chat, other, "🎉", true).await;
    anna.pins(chat, other, true).await;
    anna.pins(chat, other, false).await;
    let plain = anna.sends(chat, "nothing special").await;
    anna.pins(chat, plain, true).await;
    anna.pins(chat, plain, false).await;
    assert_eq!(reactions(&anna, chat, other).await, ["🎉 1*"]);
    assert_eq!(pinned(&anna, chat).await, ["Shall we?"]);
    anna.edits(chat, other, "https://b.example").await;
    world.start_relay().await;
    boris.says(chat, "meanwhile").await;
    exchange(&[&boris, &anna]).await;

    for (person, star) in [(&anna, "*"), (&boris, "")] {
        assert_eq!(reactions(person, chat, asked).await, [format!("👍 1{star}")]);
        assert_eq!(reactions(person, chat, other).await, [format!("🎉 1{star}")]);
        assert_eq!(votes(person, chat, asked).await, (vec![format!("1{star}"), "0".into()], 1));
        assert_eq!(pinned(person, chat).await, ["Shall we?"]);
        let links = person.core().list(Some(person.number(chat).await), MessageList::Links, None, 9).await;
        let links: Vec<_> = links.unwrap().into_iter().filter_map(|line| line.url).collect();
        assert_eq!(links, ["https://b.example"]);
    }
    agree(&[&anna, &boris], chat).await;
}

#[tokio::test]
async fn a_poll_counts_the_last_vote_of_each_and_only_what_it_offers() {
    let world = World::new().await;
    let (chat, anna, [boris, person]) = group(&world, ["Boris", "Mallory"]).await;
    let people = [&anna, &boris, &person];
    let options = || ["train", "boat", "балон"].map(str::to_owned).to_vec();
    let one = Poll { options: options(), several: false };
    let one = anna.sends(chat, Outgoing { poll: Some(one), ..Outgoing::from("How?") }).await;
    let many = Poll { options: options(), several: true };
    let many = anna.sends(chat, Outgoing { poll: Some(many), ..Outgoing::from("How all?") }).await;
    let plain = anna.sends(chat, "no poll").await;
    exchange(&people).await;

    boris.votes(chat, one, &[0]).await;
    boris.votes(chat, one, &[2]).await;
    anna.votes(chat, one, &[2]).await;
    boris.votes(chat, many, &[0, 2]).await;
    anna.votes(chat, many, &[2, 2]).await;
    exchange(&people).await;
    let texts = |texts: [&str; 3]| texts.map(str::to_owned).to_vec();
    assert_eq!(votes(&boris, chat, one).await, (texts(["0", "0", "2*"]), 2));
    assert_eq!(votes(&boris, chat, many).await, (texts(["1*", "0", "2*"]), 2));
    boris.votes(chat, one, &[]).await;
    exchange(&people).await;
    assert_eq!(votes(&anna, chat, one).await, (texts(["0", "0", "1*"]), 1));
    assert_eq!(votes(&boris, chat, one).await, (texts(["0", "0", "1"]), 1));

    let number = boris.number(chat).await;
    for (message, wrong) in [(one, &[3][..]), (one, &[0, 1]), (many, &[12]), (plain, &[0])] {
        let refused = boris.core().vote(number, message, wrong).await;
        assert!(matches!(refused, Err(Error::BadText(_))), "{wrong:?}: {refused:?}");
    }
    // Another app than ours sends them all the same: what it voted for before stays.
    let mallory = Mallory::new(&person, chat, world.wire());
    let vote = |of, options: &[u8]| Fact::Vote { of, options: options.to_vec() };
    let wrong = [
        vote(one, &[1]),
        vote(one, &[3]),
        vote(one, &[0, 1]),
        vote(many, &[2, 255]),
        vote(plain, &[0]),
        vote(one, &[64]),
    ];
    mallory.sends(&mallory.content(&Writer::new().tell(&wrong))).await;
    exchange(&people).await;
    for person in [&anna, &boris] {
        let (counts, voters) = votes(person, chat, one).await;
        let counts: Vec<_> = counts.iter().map(|count| count.trim_end_matches('*')).collect();
        assert_eq!((counts, voters), (vec!["0", "1", "1"], 2), "{}", person.name);
        assert_eq!(votes(person, chat, many).await.1, 2);
        assert!(person.shown(chat, plain).await.poll.is_none());
    }
    agree(&people, chat).await;
}

#[tokio::test]
async fn two_people_who_pin_at_once_see_the_same_pins() {
    let world = World::new().await;
    let (chat, anna, [boris]) = group(&world, ["Boris"]).await;
    let (one, two) = (anna.sends(chat, "one").await, anna.sends(chat, "two").await);
    exchange(&[&anna, &boris]).await;
    anna.pins(chat, one, true).await;
    exchange(&[&anna, &boris]).await;
    // Neither hears of the other while doing it; Boris's comes first in the log.
    anna.pins(chat, one, false).await;
    anna.pins(chat, two, true).await;
    boris.pins(chat, one, true).await;
    boris.pins(chat, two, true).await;
    boris.pins(chat, two, false).await;
    boris.sync().await;
    assert_eq!(pinned(&boris, chat).await, ["one"]);
    anna.sync().await;
    assert_eq!(pinned(&anna, chat).await, ["two"], "what was accepted last counts");
    exchange(&[&anna, &boris]).await;
    assert_eq!(pinned(&boris, chat).await, ["two"]);
    assert!(boris.shown(chat, two).await.pinned && !boris.shown(chat, one).await.pinned);
    agree(&[&anna, &boris], chat).await;
}

#[tokio::test]
async fn in_a_blog_readers_react_and_only_admins_pin() {
    let world = World::new().await;
    let (anna, boris) = (world.person("Anna").await, world.person("Boris").await);
    let blog = anna.creates(ChatKind::Blog, "News").await;
    admit(&anna, &boris, blog).await;
    let id = anna.sends(blog, "Spring is here").await;
    exchange(&[&anna, &boris]).await;
    boris.reacts(blog, id, "🌷", true).await;
    let number = boris.number(blog).await;
    let refused = boris.core().pin_message(number, id, true).await;
    assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
    let refused = boris.core().send_message(number, "me too").await;
    assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
    assert!(!boris.shown(blog, id).await.may.pin && anna.shown(blog, id).await.may.pin);
    boris.sync().await;
    let mallory = Mallory::new(&boris, blog, world.wire());
    let mut writer = Writer::new();
    mallory.sends(&mallory.content(&writer.tell(&[Fact::Pin { of: id, on: true }]))).await;
    mallory.sends(&mallory.content(&writer.write("a guest's words"))).await;
    exchange(&[&anna, &boris]).await;
    for person in [&anna, &boris] {
        assert!(pinned(person, blog).await.is_empty());
        assert_eq!(person.sees(blog).await, ["Anna: Spring is here"]);
        assert_eq!(person.core().reacted(id).await.unwrap().len(), 1);
    }
    anna.pins(blog, id, true).await;
    exchange(&[&anna, &boris]).await;
    mallory.sends(&mallory.content(&writer.tell(&[Fact::Pin { of: id, on: false }]))).await;
    exchange(&[&anna, &boris]).await;
    for person in [&anna, &boris] {
        assert_eq!(pinned(person, blog).await, ["Spring is here"]);
        rebuilt(person).await;
    }
    agree(&[&anna, &boris], blog).await;
}
