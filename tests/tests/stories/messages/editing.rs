//! Giving a message another text.

use beseda_core::{Error, document::Fact, store::messages::flag};
use beseda_protocol::MessageId;
use beseda_tests::world::{
    Faults, Person, World, admit, exchange,
    mallory::{Mallory, Writer, next_own},
    tables::{holding, rebuilt},
};

use super::{agree, group};

fn edit(of: MessageId, text: &str) -> Fact {
    Fact::Edit { of, text: text.to_owned(), mentions: vec![], edited_at: 0 }
}

/// When each version was said.
async fn times(person: &Person, message: MessageId) -> Vec<i64> {
    person.core().versions(message).await.unwrap().into_iter().map(|version| version.at).collect()
}

#[tokio::test]
async fn the_last_edit_stands_and_what_was_said_before_can_be_seen() {
    let world = World::new().await;
    let (chat, anna, [boris]) = group(&world, ["Boris"]).await;
    let id = anna.sends(chat, "We leave at nine").await;
    exchange(&[&anna, &boris]).await;
    assert_eq!(boris.versions(id).await, ["We leave at nine"], "never edited: one version");
    anna.edits(chat, id, "We leave at ten").await;
    anna.edits(chat, id, "We leave at https://clock.example").await;
    exchange(&[&anna, &boris]).await;

    for person in [&anna, &boris] {
        assert_eq!(person.sees(chat).await, ["Anna: We leave at https://clock.example"]);
        let item = person.shown(chat, id).await;
        assert!(item.edited && !item.deleted && item.may.edit == (person.name == "Anna"));
        let versions = ["We leave at nine", "We leave at ten", "We leave at https://clock.example"];
        assert_eq!(person.versions(id).await, versions);
        assert_eq!(person.finds("nine").await.len() + person.finds("ten").await.len(), 0);
        assert_eq!(person.finds("clock").await.len(), 1);
    }
    assert_eq!(times(&anna, id).await, times(&boris, id).await);
    let number = boris.number(chat).await;
    let refused = boris.core().edit_message(number, id, "We stay", vec![]).await;
    assert!(matches!(refused, Err(Error::NotYours)), "{refused:?}");
    let number = anna.number(chat).await;
    let refused = anna.core().edit_message(number, id, " \n", vec![]).await;
    assert!(matches!(refused, Err(Error::BadText(_))), "{refused:?}");
    anna.edits(chat, id, "We leave at https://clock.example").await;
    assert_eq!(anna.versions(id).await.len(), 3, "the same text is no edit");
    agree(&[&anna, &boris], chat).await;
}

#[tokio::test]
async fn nobody_edits_somebody_elses_words() {
    let world = World::new().await;
    let (chat, anna, [boris, person]) = group(&world, ["Boris", "Mallory"]).await;
    let id = anna.sends(chat, "I like it").await;
    exchange(&[&anna, &boris, &person]).await;
    let mallory = Mallory::new(&person, chat, world.wire());
    mallory.sends(&mallory.content(&Writer::new().tell(&[edit(id, "I hate it")]))).await;
    exchange(&[&anna, &boris, &person]).await;

    for person in [&anna, &boris, &person] {
        assert_eq!(person.sees(chat).await, ["Anna: I like it"]);
        assert_eq!(person.versions(id).await, ["I like it"]);
        assert!(!person.shown(chat, id).await.edited);
        assert_eq!(person.line(chat).await.quarantined, 0, "it is well-formed, and means nothing");
    }
    agree(&[&anna, &boris, &person], chat).await;
}

#[tokio::test]
async fn an_edit_that_comes_before_its_message_takes_effect_with_it() {
    let world = World::new().await;
    let (chat, anna, [boris, person]) = group(&world, ["Boris", "Mallory"]).await;
    let mallory = Mallory::new(&person, chat, world.wire());
    let (mut words, mut edits) = (Writer::new(), Writer::new());
    let id = words.next_id(chat);
    for text in ["second thoughts", "third thoughts"] {
        mallory.sends(&mallory.content(&edits.tell(&[edit(id, text)]))).await;
    }
    exchange(&[&anna, &boris]).await;
    assert!(anna.sees(chat).await.is_empty());
    assert_eq!(anna.line(chat).await.unread, 0);
    // Somebody who edits what nobody has said yet, and is not its author.
    anna.sync().await;
    let [annas_next] = next_own(&anna, chat).await;
    mallory.sends(&mallory.content(&edits.tell(&[edit(annas_next, "Mallory's words")]))).await;
    mallory.sends(&mallory.content(&words.write("first thoughts"))).await;
    assert_eq!(anna.sends(chat, "Anna's words").await, annas_next);
    exchange(&[&anna, &boris, &person]).await;

    let clara = world.person("Clara").await;
    admit(&anna, &clara, chat).await;
    exchange(&[&anna, &boris, &person, &clara]).await;
    for person in [&anna, &boris, &clara] {
        assert_eq!(
            person.sees(chat).await,
            ["Mallory: third thoughts", "Anna: Anna's words"],
            "{}",
            person.name
        );
        assert_eq!(person.versions(id).await, ["first thoughts", "second thoughts", "third thoughts"]);
        assert_eq!(person.finds("second").await.len(), 0);
        assert_eq!(person.finds("third").await.len(), 1);
    }
    anna.has_unread(chat, 1, 0).await;
    agree(&[&anna, &boris, &person, &clara], chat).await;
}

#[tokio::test]
async fn what_was_edited_before_it_was_sent_is_the_same_everywhere_when_it_was() {
    let world = World::new().await;
    let (chat, anna, [boris]) = group(&world, ["Boris"]).await;
    world.stop_relay().await;
    let both = anna.sends(chat, "quickly writen").await;
    world.advance(3600);
    anna.edits(chat, both, "quickly written").await;
    assert_eq!(anna.finds("written").await, ["quickly written"], "also what waits is found");
    world.start_relay().await;
    boris.says(chat, "meanwhile").await;
    boris.sync().await;
    exchange(&[&anna, &boris]).await;
    // The message left, the edit did not: the answer got lost and the wire was cut after it.
    let first = anna.sends(chat, "in two peices").await;
    anna.wire.set(Faults { lose_answer: Some(3), ..Faults::default() });
    let _ = anna.try_sync().await;
    anna.edits(chat, first, "in two pieces").await;
    anna.wire.set(Faults::default());
    exchange(&[&boris, &anna, &boris]).await;

    for person in [&anna, &boris] {
        assert_eq!(person.sees(chat).await[1..], ["Anna: quickly written", "Anna: in two pieces"]);
        assert_eq!(person.versions(both).await, ["quickly writen", "quickly written"]);
        assert_eq!(person.versions(first).await, ["in two peices", "in two pieces"]);
        assert_eq!(person.finds("writ").await, ["quickly written"]);
    }
    assert_eq!(times(&anna, both).await, times(&boris, both).await, "by the relay's clock");
    agree(&[&anna, &boris], chat).await;
}

#[tokio::test]
async fn an_edit_brings_nothing_back() {
    let world = World::new().await;
    let (chat, anna, [boris, person]) = group(&world, ["Boris", "Mallory"]).await;
    let id = anna.sends(chat, "hidden by Boris").await;
    exchange(&[&anna, &boris]).await;
    boris.hides(chat, id).await;
    anna.edits(chat, id, "xylograph").await;
    exchange(&[&anna, &boris]).await;
    assert!(boris.sees(chat).await.is_empty() && boris.finds("xylograph").await.is_empty());
    let left = holding(boris.core(), "xylograph").await;
    assert_eq!(left, ["changes.bytes"], "only the signed change holds it");
    assert_eq!(anna.sees(chat).await, ["Anna: xylograph"]);

    // An honest app does not even try; another one may.
    let mallory = Mallory::new(&person, chat, world.wire());
    let mut writer = Writer::new();
    let gone = writer.next_id(chat);
    mallory.sends(&mallory.content(&writer.write("to be deleted"))).await;
    mallory.sends(&mallory.content(&writer.tell(&[Fact::Delete { of: gone }]))).await;
    exchange(&[&anna, &boris, &person]).await;
    mallory.sends(&mallory.content(&writer.tell(&[edit(gone, "zoetrope")]))).await;
    exchange(&[&anna, &boris, &person]).await;
    for person in [&anna, &boris, &person] {
        let left = person.reads(chat).await.pop().unwrap();
        assert_eq!((left.id, left.text.as_str()), (gone, ""));
        assert!(left.is(flag::DELETED) && !left.is(flag::EDITED));
        assert!(person.finds("zoetrope").await.is_empty());
    }
    let number = person.number(chat).await;
    let refused = person.core().edit_message(number, gone, "again", vec![]).await;
    assert!(matches!(refused, Err(Error::NoSuchMessage)), "{refused:?}");
    agree(&[&anna, &person], chat).await;
    rebuilt(&boris).await;
}
