//! A member with real keys sends what no honest app sends. It is set aside, everybody sees that, and the chat goes on.
#![expect(clippy::unwrap_used, reason = "the steps of a test are the test")]

use beseda_core::{
    crypto::{Secret, keys::DeviceKeys, random, seal},
    store::{Durability, eras},
    sync::transport::TransportError,
};
use beseda_protocol::{
    ChatId, EnvelopeId, Seq, codec,
    content::Handshake,
    envelope::{EnvelopeKind, HandshakeBody},
    limits,
    membership::{ChatKind, Event, History, Roles, SignedEvent},
    request::ErrorCode,
    sign::Purpose,
};
use beseda_tests::world::{
    Person, World, admit,
    mallory::{Mallory, Writer, own_actor, seal_with},
};

/// Anna's chat with Boris and Mallory, in which each has said something.
async fn chat_of_three(world: &World) -> (Person, Person, Person, ChatId) {
    let (anna, boris, mallory) =
        (world.person("Anna").await, world.person("Boris").await, world.person("Mallory").await);
    let chat = anna.creates(ChatKind::Group, "Trip").await;
    admit(&anna, &boris, chat).await;
    admit(&anna, &mallory, chat).await;
    for person in [&anna, &boris, &mallory] {
        person.says(chat, "I am here").await;
        person.sync().await;
    }
    anna.sync().await;
    boris.sync().await;
    (anna, boris, mallory, chat)
}

/// What is set aside: where, whether it may become valid, and why.
async fn aside(person: &Person, chat: ChatId) -> Vec<(Seq, bool, String)> {
    let list = person.core().quarantine(person.number(chat).await).await.unwrap();
    assert_eq!(person.line(chat).await.quarantined as usize, list.len(), "the chat's line counts them");
    list
}

/// Everybody else says something, and hears it.
async fn goes_on(people: [&Person; 2], chat: ChatId, n: usize) {
    for person in people {
        person.says(chat, &format!("still here {n}")).await;
        person.sync().await;
    }
    people[0].sync().await;
    let seen = people[0].sees(chat).await;
    assert_eq!(seen, people[1].sees(chat).await);
    for person in people {
        assert!(seen.contains(&format!("{}: still here {n}", person.name)), "{seen:?}");
    }
}

/// An envelope that is wrong as a whole, whatever is inside.
async fn body(mallory: &Mallory<'_>, id: EnvelopeId, what: &str) -> Vec<u8> {
    let plain = codec::encode(&mallory.content(&Writer::new().write("hostile")));
    let good = mallory.sealed(id, &plain).await;
    match what {
        "truncated to its head" => good[..40].to_vec(),
        "truncated by a byte" => good[..good.len() - 1].to_vec(),
        "changed by a bit" => {
            let mut changed = good;
            changed[100] ^= 1;
            changed
        }
        "random bytes" => [vec![good[0]], random::<999>().to_vec()].concat(),
        "sealed for another envelope" => mallory.sealed(EnvelopeId(random()), &plain).await,
        "sealed under the first era" => {
            let first = mallory.era_key(Some(Seq(2))).await;
            assert_ne!(first, mallory.era_key(None).await, "the chat has had more than one era");
            seal_with(&first, mallory.chat, id, &plain)
        }
        "sealed under no era's key" => seal_with(&Secret::generate(), mallory.chat, id, &plain),
        "sealed garbage" => mallory.sealed(id, &random::<500>()).await,
        "sealed half" => mallory.sealed(id, &plain[..plain.len() / 2]).await,
        "a bomb" => mallory.sealed(id, &vec![0; 100_000_000]).await,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn what_no_honest_app_sends_is_set_aside_and_the_chat_goes_on() {
    let world = World::new().await;
    let (mut anna, boris, person, chat) = chat_of_three(&world).await;
    let mallory = Mallory::new(&person, chat, world.wire());
    let annas_actor = own_actor(&anna, chat).await;
    let stranger = DeviceKeys::create(&Secret::generate(), &Secret::generate());

    // What is inside the envelope, as an app would make it but for one thing, and the reason that is given.
    let mut contents = vec![];
    let honest = || {
        let change = Writer::new().write("hostile");
        (mallory.content(&change), change)
    };
    let (mut content, change) = honest();
    content.signature = stranger.sign(
        Purpose::Changes,
        &[chat.as_bytes(), &[0; 4], content.actor.as_bytes(), change.hash.as_bytes()],
    );
    contents.push(("signed by somebody else", content, "the signature does not match"));
    let (mut content, _) = honest();
    content.signature = mallory.content(&Writer::new().write("another")).signature;
    contents.push(("a signature of something else", content, "the signature does not match"));
    let (mut content, _) = honest();
    content.device = anna.core().device().keys.device();
    contents.push(("in Anna's name", content, "the signature does not match"));
    let (mut content, _) = honest();
    content.device = stranger.device();
    contents.push(("by a device that nobody let in", content, "its author was not let into the chat"));
    let (mut content, _) = honest();
    content.actor = annas_actor;
    contents.push(("in Anna's column", content, "an actor that belongs to another device or segment"));
    let mut writer = Writer::new();
    writer.column.actor = annas_actor;
    let (mut content, _) = honest();
    content.changes = vec![writer.write("into Anna's column").bytes.into()];
    contents.push(("operations in Anna's column", content, "made by another actor than the certified one"));
    let (mut content, _) = honest();
    content.segment = 2_000_000;
    contents.push(("in a segment out of range", content, "a segment out of range"));
    let (mut content, _) = honest();
    content.v = 2;
    contents.push(("of another version", content, "update Beseda"));
    let (mut content, _) = honest();
    content.changes.clear();
    contents.push(("with nothing in it", content, "no changes, or too many"));
    let (mut content, change) = honest();
    content.changes = vec![change.bytes.clone().into(); limits::ENVELOPE_CHANGES + 1];
    contents.push(("with too much in it", content, "no changes, or too many"));
    let mut writer = Writer::new();
    writer.column.next_fact = 7;
    contents.push((
        "operations on keys that are not due",
        mallory.content(&writer.write("hostile")),
        "more than append facts",
    ));
    let (mut content, change) = honest();
    let mut bytes = change.bytes.clone();
    *bytes.last_mut().unwrap() ^= 1;
    content.changes = vec![bytes.into()];
    contents.push(("operations with a wrong checksum", content, "more than append facts"));
    let (mut content, change) = honest();
    content.changes = vec![change.bytes[..change.bytes.len() / 2].to_vec().into()];
    contents.push(("half a change", content, "not an Automerge change"));
    let (mut content, change) = honest();
    let mut bytes = change.bytes;
    bytes.resize(limits::CHANGE_BYTES + 1, 0);
    content.changes = vec![bytes.into()];
    contents.push(("a change that is too large", content, "bytes where at most"));

    let mut expected = vec![];
    for (n, (what, content, reason)) in contents.into_iter().enumerate() {
        expected.push((mallory.sends(&content).await, what, reason));
        goes_on([&anna, &boris], chat, n).await;
    }

    let bodies = [
        ("truncated to its head", "not sealed in a form"),
        ("truncated by a byte", "sealed under another key"),
        ("changed by a bit", "sealed under another key"),
        ("random bytes", "sealed under another key"),
        ("sealed for another envelope", "sealed under another key"),
        ("sealed under the first era", "sealed under another key"),
        ("sealed under no era's key", "sealed under another key"),
        ("sealed garbage", "CBOR"),
        ("sealed half", "CBOR"),
        ("a bomb", "once inflated"),
    ];
    for (n, (what, reason)) in bodies.into_iter().enumerate() {
        let id = EnvelopeId(random());
        let body = body(&mallory, id, what).await;
        assert!(body.len() < limits::ENVELOPE_BYTES);
        expected.push((mallory.sends_body(EnvelopeKind::Content, id, body).await, what, reason));
        goes_on([&anna, &boris], chat, 100 + n).await;
    }

    for person in [&anna, &boris] {
        let aside = aside(person, chat).await;
        assert_eq!(aside.len(), expected.len(), "{aside:#?}");
        for ((seq, what, reason), (at, held, why)) in expected.iter().zip(&aside) {
            assert_eq!((seq, false), (at, *held), "{what}");
            assert!(why.contains(reason), "{what}: {why}");
        }
        assert!(!person.sees(chat).await.iter().any(|line| line.contains("hostile")));
    }

    // The same member's honest words are heard, and it all stays so.
    person.says(chat, "I was curious").await;
    person.sync().await;
    anna.sync().await;
    boris.sync().await;
    let before = aside(&anna, chat).await;
    anna.restart().await;
    anna.sync().await;
    assert_eq!(aside(&anna, chat).await, before);
    assert_eq!(anna.sees(chat).await.last().unwrap(), "Mallory: I was curious");
    assert_eq!(anna.sees(chat).await, boris.sees(chat).await);

    // Somebody who comes later sets aside the same.
    let clara = world.person("Clara").await;
    admit(&anna, &clara, chat).await;
    assert_eq!(clara.sees(chat).await, anna.sees(chat).await);
    assert_eq!(aside(&clara, chat).await.len(), before.len());
}

#[tokio::test]
async fn a_handshake_that_everybody_refuses_costs_one_place_in_the_log() {
    let world = World::new().await;
    let (anna, boris, person, chat) = chat_of_three(&world).await;
    let mallory = Mallory::new(&person, chat, world.wire());
    let keys = &person.core().device().keys;
    let roles = |creator| Roles::new(chat, ChatKind::Group, creator, History::All);
    // Signed by a member, sealed with the right key: the chat made anew with Mallory as its creator, or a commit that
    // is none.
    let usurpation = |commit: Option<Vec<u8>>, era, parent| {
        let event = Event {
            v: 1,
            chat,
            era,
            parent,
            follows: None,
            by: keys.device(),
            adds: vec![],
            removes: vec![anna.core().device().keys.device()],
            roles: roles(keys.user()),
            at: 0,
        };
        let signature = keys.sign(Purpose::Membership, &[&codec::encode(&event)]);
        Handshake { v: 1, commit, event: SignedEvent { event, signature } }
    };
    let newest = {
        let device = person.core().device();
        let mut tx = device.store.begin(Durability::Process).await.unwrap();
        let era = eras::newest(&mut tx, person.number(chat).await).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        era
    };
    let mut unsigned = usurpation(None, 0, Seq::ZERO);
    unsigned.event.event.by = anna.core().device().keys.device();
    let handshakes = [
        ("the chat made anew", usurpation(None, 0, Seq::ZERO), "created twice"),
        ("in Anna's name", unsigned, "its author did not sign"),
        ("a commit that is none", usurpation(Some(vec![7; 99]), newest.era + 1, newest.handshake), ""),
        ("from elsewhere", usurpation(Some(vec![7; 99]), 77, Seq(1)), "does not follow the last one"),
    ];
    let mut expected = vec![];
    for (n, (what, handshake, reason)) in handshakes.into_iter().enumerate() {
        let id = EnvelopeId(random());
        let bound = seal::bound_to(chat, id);
        let commit =
            seal::seal(&newest.key, seal::Part::Commit, &bound, &codec::encode(&handshake), random());
        let body = codec::encode(&HandshakeBody { v: 1, commit, prior: None, standing: None });
        expected.push((mallory.sends_body(EnvelopeKind::Handshake, id, body).await, what, reason));
        goes_on([&anna, &boris], chat, n).await;
    }
    let garbage = mallory.sends_body(EnvelopeKind::Handshake, EnvelopeId(random()), vec![0xff; 300]).await;
    expected.push((garbage, "garbage", ""));
    goes_on([&anna, &boris], chat, 99).await;

    for person in [&anna, &boris] {
        let aside = aside(person, chat).await;
        assert_eq!(aside.len(), expected.len(), "{aside:#?}");
        for ((seq, what, reason), (at, held, why)) in expected.iter().zip(&aside) {
            assert_eq!((seq, false), (at, *held), "{what}");
            assert!(why.contains(reason), "{what}: {why}");
        }
        let members = person.core().members(person.number(chat).await).await.unwrap();
        assert_eq!(members.iter().filter(|member| member.admin).count(), 1);
        assert_eq!(members.len(), 3);
    }
    // The rightful handshake comes after them: Clara comes in, and Mallory goes.
    let clara = world.person("Clara").await;
    admit(&anna, &clara, chat).await;
    anna.removes(chat, &person).await;
    anna.sync().await;
    anna.says(chat, "at last").await;
    anna.sync().await;
    boris.sync().await;
    clara.sync().await;
    person.sync().await;
    assert_eq!(clara.sees(chat).await, anna.sees(chat).await);
    assert_eq!(boris.sees(chat).await, anna.sees(chat).await);
    assert!(!person.sees(chat).await.contains(&"Anna: at last".to_owned()));
}

#[tokio::test]
async fn the_relay_takes_no_envelope_over_the_limit() {
    let world = World::new().await;
    let (anna, boris, person, chat) = chat_of_three(&world).await;
    let mallory = Mallory::new(&person, chat, world.wire());
    for size in [limits::ENVELOPE_BYTES + 1, limits::REQUEST_BYTES + 1] {
        match mallory.append(EnvelopeKind::Content, EnvelopeId(random()), vec![0; size]).await {
            Err(TransportError::Relay(error)) => assert_eq!(error.code, ErrorCode::TooLarge, "{error}"),
            other => panic!("{other:?}"),
        }
    }
    match mallory.append(EnvelopeKind::Content, EnvelopeId(random()), vec![]).await {
        Err(TransportError::Relay(error)) => assert_eq!(error.code, ErrorCode::Invalid, "{error}"),
        other => panic!("an envelope of nothing: {other:?}"),
    }
    goes_on([&anna, &boris], chat, 0).await;
    assert_eq!(aside(&anna, chat).await, []);
}

#[tokio::test]
async fn words_under_a_number_that_is_taken_do_not_replace_what_was_said() {
    let world = World::new().await;
    let (anna, boris, person, chat) = chat_of_three(&world).await;
    let mallory = Mallory::new(&person, chat, world.wire());
    let mut writer = Writer::new();
    let mut twin = Writer::new();
    twin.column.actor = writer.column.actor;
    let said = mallory.content(&writer.write("I said this"));
    mallory.sends(&said).await;
    mallory.sends(&mallory.content(&twin.write("I never said that"))).await;
    // The same words sealed again, as any member may do to fill an empty relay, are nothing new.
    mallory.sends(&said).await;
    goes_on([&anna, &boris], chat, 0).await;
    for person in [&anna, &boris] {
        let aside = aside(person, chat).await;
        assert_eq!(aside.len(), 1, "{aside:?}");
        assert!(aside[0].2.contains("another change under a number that is taken"), "{aside:?}");
        let seen = person.sees(chat).await;
        assert_eq!(seen.iter().filter(|line| *line == "Mallory: I said this").count(), 1);
        assert!(!seen.contains(&"Mallory: I never said that".to_owned()));
    }
}

#[tokio::test]
async fn what_comes_before_its_predecessor_is_held_and_shown_when_that_comes() {
    let world = World::new().await;
    let (mut anna, boris, person, chat) = chat_of_three(&world).await;
    let mallory = Mallory::new(&person, chat, world.wire());

    // The second change of a column before the first.
    let mut writer = Writer::new();
    let (first, second) = (writer.write("one"), writer.write("two"));
    let seq = mallory.sends(&mallory.content(&second)).await;
    goes_on([&anna, &boris], chat, 0).await;
    let held = aside(&anna, chat).await;
    assert_eq!((held[0].0, held[0].1, held.len()), (seq, true, 1), "{held:?}");
    anna.restart().await;
    mallory.sends(&mallory.content(&first)).await;
    goes_on([&anna, &boris], chat, 1).await;

    // A change that builds on one in another column.
    let mut other = Writer::new();
    let elsewhere = other.write("three");
    writer.segment.apply([elsewhere.bytes.as_slice()]).unwrap();
    let after = writer.write("four");
    assert_eq!(after.deps.len(), 2, "it builds on both");
    mallory.sends(&mallory.content(&after)).await;
    goes_on([&anna, &boris], chat, 2).await;
    assert_eq!(aside(&boris, chat).await.len(), 1);
    mallory.sends(&mallory.content(&elsewhere)).await;
    goes_on([&anna, &boris], chat, 3).await;

    for person in [&anna, &boris] {
        assert_eq!(aside(person, chat).await, []);
        let lines = person.sees(chat).await;
        let said: Vec<_> = lines.iter().filter_map(|line| line.strip_prefix("Mallory: ")).collect();
        assert_eq!(said, ["I am here", "two", "one", "four", "three"], "where the relay put them");
    }
    let before = anna.sees(chat).await;
    anna.core().rebuild(&beseda_core::unreported()).await.unwrap();
    assert_eq!(anna.sees(chat).await, before);
}
