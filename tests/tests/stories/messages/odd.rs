//! Wrong clocks and doubled envelopes: each has an outcome, the same on all devices.

use beseda_core::document::Fact;
use beseda_protocol::{EnvelopeId, codec, envelope::EnvelopeKind, request::AppendAnswer};
use beseda_tests::world::{
    World, admit, exchange,
    mallory::{Mallory, Writer},
};

use super::{agree, group};

#[tokio::test]
async fn a_wrong_clock_orders_nothing_and_is_shown() {
    let world = World::new().await;
    let (chat, anna, []) = group(&world, []).await;
    let decade = 10 * 365 * 86_400_000;
    let boris = world.person_with_clock("Boris", decade).await;
    let clara = world.person_with_clock("Clara", -decade).await;
    for guest in [&boris, &clara] {
        admit(&anna, guest, chat).await;
    }
    let people = [&anna, &boris, &clara];
    for (n, person) in [&boris, &anna, &clara, &boris, &clara, &anna].into_iter().enumerate() {
        person.says(chat, &format!("{n}")).await;
        person.sync().await;
        world.advance(60);
    }
    let edited = boris.message(chat, "3").await.id;
    boris.edits(chat, edited, "3, of the future").await;
    boris.sync().await;
    clara.sync().await;
    clara.reacts(chat, edited, "🕰️", true).await;
    exchange(&people).await;
    let expected = ["Boris: 0", "Anna: 1", "Clara: 2", "Boris: 3, of the future", "Clara: 4", "Anna: 5"];
    for person in people {
        assert_eq!(person.sees(chat).await, expected, "{}", person.name);
        for message in person.reads(chat).await {
            let item = person.shown(chat, message.id).await;
            let wrong_by = match message.author_name.as_str() {
                "Boris" => decade,
                "Clara" => -decade,
                _ => 0,
            };
            assert!((message.sent_at - message.at - wrong_by).abs() < 60_000, "what its author's clock said");
            assert_eq!(item.sent_at.is_some(), wrong_by != 0, "{}: {}", person.name, item.text);
        }
        let versions = person.core().versions(edited).await.unwrap();
        assert!(versions[1].at.abs_diff(anna.reads(chat).await[5].at) < 86_400_000, "by the relay's clock");
    }
    agree(&people, chat).await;
}

#[tokio::test]
async fn what_is_in_the_log_twice_counts_once() {
    let world = World::new().await;
    let (chat, anna, [boris, person]) = group(&world, ["Boris", "Mallory"]).await;
    let people = [&anna, &boris, &person];
    let id = anna.sends(chat, "hello").await;
    exchange(&people).await;
    let mallory = Mallory::new(&person, chat, world.wire());
    let mut writer = Writer::new();
    let (said, words) = (writer.next_id(chat), writer.write("hello to you"));
    let on = writer.tell(&[Fact::Reaction { of: id, emoji: "👍".into(), on: true }]);
    let off = writer.tell(&[Fact::Reaction { of: id, emoji: "👍".into(), on: false }]);
    let edit = Fact::Edit { of: said, text: "hello to all".into(), mentions: vec![], edited_at: 0 };
    let edit = writer.tell(&[edit]);
    let contents = [words, on, off, edit].map(|change| mallory.content(&change));

    // The very same envelope: the relay answers where it stands already.
    let envelope = EnvelopeId([9; 16]);
    let body = mallory.sealed(envelope, &codec::encode(&contents[0])).await;
    let first = mallory.sends_body(EnvelopeKind::Content, envelope, body.clone()).await;
    match mallory.append(EnvelopeKind::Content, envelope, body).await {
        Ok(AppendAnswer::Accepted { at, .. }) => assert_eq!(at[0].seq, first),
        other => panic!("{other:?}"),
    }
    for content in &contents[1..] {
        mallory.sends(content).await;
    }
    exchange(&people).await;
    boris.has_unread(chat, 2, 0).await;
    let before = boris.reads(chat).await;
    // Somebody else uploads the same changes again, as whoever fills an empty relay does: in another order, too.
    let other = Mallory::new(&boris, chat, world.wire());
    for content in [&contents[1], &contents[0], &contents[3], &contents[2], &contents[1]] {
        other.sends(content).await;
    }
    exchange(&people).await;
    for person in people {
        assert_eq!(person.sees(chat).await, ["Anna: hello", "Mallory: hello to all"]);
        assert!(person.core().reacted(id).await.unwrap().is_empty(), "{}: it was taken back", person.name);
        assert_eq!(person.versions(said).await, ["hello to you", "hello to all"]);
        assert_eq!(person.line(chat).await.quarantined, 0);
    }
    boris.has_unread(chat, 2, 0).await;
    assert_eq!(boris.reads(chat).await, before);
    // Whoever reads the log from its start comes to the same.
    let clara = world.person("Clara").await;
    admit(&anna, &clara, chat).await;
    exchange(&[&anna, &boris, &person, &clara]).await;
    agree(&[&anna, &boris, &person, &clara], chat).await;
}
