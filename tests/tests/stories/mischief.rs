//! What one person does that would stop all others, where nobody took care: it costs nobody but them.
//!
//! Not here: single envelopes that are wrong in themselves (`hostile`).
#![expect(clippy::unwrap_used, reason = "the steps of a test are the test")]

mod package;
mod stranger;

use beseda_core::{
    crypto::{Secret, keys::slot_key, mls, random},
    document::LocalChange,
    store::{
        Durability,
        chats::{self, ChatState, Status},
        joining, members,
    },
    sync::{session::Session, transport::TransportError},
};
use beseda_protocol::{
    ChatId, EnvelopeId, Seq,
    access::{KeyChanges, SlotEntry},
    content::Content,
    envelope::{Envelope, EnvelopeKind},
    live::{ClientFrame, RelayFrame, Wanted},
    membership::ChatKind,
    request::{Append, AppendAnswer, ChatState as Remote, Cursor, ErrorCode},
    sign::Purpose,
};
use beseda_tests::world::{
    Person, World, admit,
    mallory::{Mallory, Writer},
};
use stranger::Stranger;

async fn chat_of_three(world: &World) -> (Person, Person, Person, ChatId) {
    let (anna, boris, mallory) =
        (world.person("Anna").await, world.person("Boris").await, world.person("Mallory").await);
    let chat = anna.creates(ChatKind::Group, "Trip").await;
    admit(&anna, &boris, chat).await;
    admit(&anna, &mallory, chat).await;
    boris.sync().await;
    (anna, boris, mallory, chat)
}

/// Both say something and hear each other, and have the same before them.
async fn goes_on(people: [&Person; 2], chat: ChatId, words: &str) {
    for person in people {
        person.says(chat, words).await;
        person.sync().await;
    }
    people[0].sync().await;
    let seen = people[0].sees(chat).await;
    assert_eq!(seen, people[1].sees(chat).await);
    for person in people {
        assert!(seen.contains(&format!("{}: {words}", person.name)), "{seen:?}");
    }
}

async fn state(person: &Person, chat: ChatId) -> ChatState {
    let mut reader = person.core().device().store.readers().acquire().await.unwrap();
    chats::state(&mut reader, person.number(chat).await).await.unwrap()
}

async fn names(person: &Person, chat: ChatId) -> Vec<String> {
    let members = person.core().members(person.number(chat).await).await.unwrap();
    let mut names: Vec<_> = members.into_iter().map(|member| member.name).collect();
    names.sort();
    names
}

fn envelope(kind: EnvelopeKind, keys: Option<KeyChanges>) -> Envelope {
    Envelope {
        id: EnvelopeId(random()),
        kind,
        body: vec![0xff; 300],
        welcomes: vec![],
        keys,
        accepted_at: None,
    }
}

#[tokio::test]
async fn a_key_that_a_member_hid_in_their_slot_goes_with_them() {
    let world = World::new().await;
    let (anna, boris, person, chat) = chat_of_three(&world).await;
    let (device, before) = (person.core().device(), state(&person, chat).await);
    let mut tx = device.store.begin(Durability::Process).await.unwrap();
    let (slot, _) = members::slot(&mut tx, before.number, device.keys.device()).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    let wire = world.wire();
    let append = |cas, envelope| Append { chat, cas, envelopes: vec![envelope] };

    // No client takes this for a handshake. The relay cannot know.
    let hidden = Secret::generate();
    let put = vec![SlotEntry { slot, key: slot_key(&hidden), admin: false }];
    let keys = KeyChanges { put, ..KeyChanges::default() };
    let session = Session::open(&wire, device.keys.signing(), None).await.unwrap();
    session.open_chats(&[(chat, before.slot_secret)]).await.unwrap();
    let hiding = append(before.last_handshake, envelope(EnvelopeKind::Handshake, Some(keys)));
    let AppendAnswer::Accepted { at, log } = session.call(&hiding).await.unwrap() else {
        panic!("the relay takes what it cannot read")
    };
    let session = Session::open(&wire, device.keys.signing(), None).await.unwrap();
    let opened = session.open_chats(&[(chat, hidden.clone())]).await.unwrap();
    assert!(matches!(opened.chats[..], [Remote::Open(_)]), "{opened:?}");
    let junk = append(at[0].seq, envelope(EnvelopeKind::Content, None));
    let AppendAnswer::Accepted { at, .. } = session.call(&junk).await.unwrap() else {
        panic!("the hidden key is as good as any")
    };
    let mut live = session.live().await.unwrap();
    let wanted = Wanted { chat, cursor: Cursor { log: Some(log), seq: at[0].seq, id: None, tag: None } };
    live.send.send(ClientFrame::Credit { bytes: 1_000_000 }).await.unwrap();
    live.send.send(ClientFrame::Subscribe { chats: vec![wanted] }).await.unwrap();
    assert!(matches!(live.receive.recv().await, Some(RelayFrame::Heads { .. })));

    anna.removes(chat, &person).await;
    anna.sync().await;
    let removed_at = state(&anna, chat).await.last_handshake;
    assert!(removed_at > at[0].seq);
    goes_on([&anna, &boris], chat, "among ourselves").await;

    loop {
        match live.receive.recv().await.expect("the relay says that it is over") {
            RelayFrame::Denied { chat: denied } if denied == chat => break,
            RelayFrame::Batch { entries, .. } => {
                assert!(entries.iter().all(|entry| entry.seq <= removed_at), "what was said without Mallory");
            }
            other => panic!("{other:?}"),
        }
    }
    let fresh = Session::open(&wire, device.keys.signing(), None).await.unwrap();
    let opened = fresh.open_chats(&[(chat, hidden)]).await.unwrap();
    assert_eq!(opened.chats, [Remote::Denied]);
    for session in [&session, &fresh] {
        match session.call(&append(removed_at, envelope(EnvelopeKind::Content, None))).await {
            Err(TransportError::Relay(error)) => assert_eq!(error.code, ErrorCode::Denied, "{error}"),
            other => panic!("{other:?}"),
        }
    }
    goes_on([&anna, &boris], chat, "in peace").await;
}

#[tokio::test]
async fn a_request_that_cannot_be_fulfilled_holds_up_nobody() {
    let world = World::new().await;
    let (anna, boris, _, chat) = chat_of_three(&world).await;
    let elsewhere = anna.creates(ChatKind::Group, "Work").await;
    admit(&anna, &boris, elsewhere).await;
    let link = anna.invites(chat).await;

    // Requests are dealt with in the order of their ids, which are their senders'.
    let unable = Stranger::new("Unable");
    unable.asks(&world, &link, 1, unable.package().without_roles().sign(&unable.signing)).await;
    let model = Stranger::new("Model");
    let keys = model.package();
    model.asks(&world, &link, 2, keys.sign(&model.signing)).await;
    model.asks(&world, &link, 3, model.package().sign(&model.signing)).await;
    // With a copied init key one can come in after the other, but not beside it; with a copied leaf key not at all.
    let copy = Stranger::new("Copied init key");
    let mut package = copy.package();
    package.init_key.clone_from(&keys.init_key);
    copy.asks(&world, &link, 4, package.sign(&copy.signing)).await;
    let twin = Stranger::new("Copied leaf key");
    let mut package = twin.package();
    package.encryption_key.clone_from(&keys.encryption_key);
    twin.asks(&world, &link, 5, package.sign(&twin.signing)).await;
    let clara = world.person("Clara").await;
    clara.core().join(&link).await.unwrap();
    clara.sync().await;
    let late = Stranger::new("Late");
    late.asks(&world, &link, 255, late.package().without_roles().sign(&late.signing)).await;

    boris.says(elsewhere, "work goes on").await;
    boris.sync().await;
    anna.sync().await;
    assert_eq!(anna.sees(elsewhere).await, ["Boris: work goes on"]);
    clara.sync().await;
    anna.sync().await;
    assert_eq!(clara.status(chat).await, Some(Status::Active));
    goes_on([&anna, &clara], chat, "welcome").await;
    goes_on([&boris, &anna], chat, "all of us").await;
    assert_eq!(boris.line(chat).await.quarantined + clara.line(chat).await.quarantined, 0);

    let names = names(&anna, chat).await;
    let inside = ["Anna", "Boris", "Clara", "Copied init key", "Mallory", "Model"];
    assert_eq!(names, inside, "each once, and who cannot come not");
    let mut reader = anna.core().device().store.readers().acquire().await.unwrap();
    let waits = joining::to_commit(&mut reader, anna.number(chat).await, anna.core().device().me.number)
        .await
        .unwrap();
    assert!(!waits, "nothing is left of the bad requests");
}

#[tokio::test]
async fn one_column_in_two_chats_shows_in_both() {
    let world = World::new().await;
    let (anna, boris, person, trip) = chat_of_three(&world).await;
    let work = boris.creates(ChatKind::Group, "Work").await;
    admit(&boris, &person, work).await;
    admit(&boris, &anna, work).await;
    let mut writer = Writer::new();
    let (first, second) = (writer.write("the same words"), writer.write("and more of them"));
    let mut twin = Writer::new();
    twin.column.actor = writer.column.actor;
    let other = twin.write("other words");
    for (chat, changes) in [(trip, [&first, &second].as_slice()), (work, &[&first, &second])] {
        let mallory = Mallory::new(&person, chat, world.wire());
        for change in changes {
            mallory.sends(&mallory.content(change)).await;
        }
        goes_on([&anna, &boris], chat, "we hear you").await;
    }
    let third = anna.creates(ChatKind::Group, "Home").await;
    admit(&anna, &person, third).await;
    let mallory = Mallory::new(&person, third, world.wire());
    mallory.sends(&mallory.content(&other)).await;
    anna.sync().await;

    for chat in [trip, work] {
        assert_eq!(
            anna.sees(chat).await[..2],
            ["Mallory: the same words", "Mallory: and more of them"],
            "in each chat on its own"
        );
        assert_eq!(anna.line(chat).await.quarantined, 0);
        anna.reads_all(chat).await;
        assert_eq!(anna.line(chat).await.unread, 0);
    }
    assert_eq!(anna.sees(third).await, ["Mallory: other words"]);
    let before = (anna.sees(trip).await, anna.sees(work).await, anna.sees(third).await);
    anna.core().rebuild(&beseda_core::unreported()).await.unwrap();
    assert_eq!((anna.sees(trip).await, anna.sees(work).await, anna.sees(third).await), before);
}

/// As [`Mallory::content`], in a segment.
fn content_in(mallory: &Mallory<'_>, segment: u32, change: &LocalChange) -> Content {
    let (keys, actor) = (&mallory.person.core().device().keys, change.column.actor);
    let sign = |purpose, what: &[&[u8]]| {
        let (chat, segment) = (mallory.chat, segment.to_be_bytes());
        keys.sign(purpose, &[&[chat.as_bytes(), &segment[..]], what].concat())
    };
    Content {
        segment,
        certificate: sign(Purpose::Actor, &[actor.as_bytes()]),
        signature: sign(Purpose::Changes, &[actor.as_bytes(), change.hash.as_bytes()]),
        ..mallory.content(change)
    }
}

/// What is set aside: where, and whether it waits.
async fn aside(person: &Person, chat: ChatId) -> Vec<(Seq, bool)> {
    let list = person.core().quarantine(person.number(chat).await).await.unwrap();
    list.into_iter().map(|(seq, held, _)| (seq, held)).collect()
}

#[tokio::test]
async fn a_change_that_builds_on_another_segment_is_never_let_in() {
    let world = World::new().await;
    let (mut anna, mut boris, person, chat) = chat_of_three(&world).await;
    goes_on([&anna, &boris], chat, "in segment 0").await;
    let mallory = Mallory::new(&person, chat, world.wire());
    let (mut far, mut near, mut hasty) = (Writer::new(), Writer::new(), Writer::new());
    let (elsewhere, later) = (far.write("in another segment"), far.write("more of it"));
    mallory.sends(&content_in(&mallory, 7, &elsewhere)).await;
    for writer in [&mut near, &mut hasty] {
        mallory.sends(&mallory.content(&writer.write("here"))).await;
    }
    goes_on([&anna, &boris], chat, "Boris has it in memory, and forgets it").await;
    boris.restart().await;

    near.segment.apply([elsewhere.bytes.as_slice()]).unwrap();
    hasty.segment.apply([elsewhere.bytes.as_slice(), later.bytes.as_slice()]).unwrap();
    let mut expected = vec![];
    for writer in [&mut near, &mut hasty] {
        let bridge = writer.write("a bridge");
        assert_eq!(bridge.deps.len(), 2, "it builds on both");
        expected.push((mallory.sends(&mallory.content(&bridge)).await, true));
    }
    goes_on([&anna, &boris], chat, "after the bridge").await;
    // What the second one names comes only now, and is no help.
    mallory.sends(&content_in(&mallory, 7, &later)).await;
    goes_on([&anna, &boris], chat, "after what it names").await;

    // Opened anew the segment is made of what is stored.
    anna.restart().await;
    goes_on([&anna, &boris], chat, "after a restart").await;
    let clara = world.person("Clara").await;
    admit(&anna, &clara, chat).await;
    goes_on([&clara, &anna], chat, "who came later").await;
    boris.sync().await;
    let seen = anna.sees(chat).await;
    assert!(!seen.contains(&"Mallory: a bridge".to_owned()), "{seen:?}");
    assert!(seen.contains(&"Mallory: more of it".to_owned()), "{seen:?}");
    for person in [&anna, &boris, &clara] {
        assert_eq!(aside(person, chat).await, expected, "{}", person.name);
        assert_eq!(person.sees(chat).await, seen, "{}", person.name);
    }
}

#[tokio::test]
async fn a_knock_does_not_keep_in_a_dialog_who_has_to_go() {
    let world = World::new().await;
    let (anna, boris, clara) =
        (world.person("Anna").await, world.person("Boris").await, world.person("Clara").await);
    let dialog = anna.creates(ChatKind::Dialog, "").await;
    admit(&anna, &boris, dialog).await;
    clara.core().join(&anna.invites(dialog).await).await.unwrap();
    clara.sync().await;

    anna.removes(dialog, &boris).await;
    anna.sync().await;
    boris.sync().await;
    assert_eq!(boris.status(dialog).await, Some(Status::Removed));
    anna.says(dialog, "alone again").await;
    anna.sync().await;
    boris.sync().await;
    assert_eq!(boris.sees(dialog).await, [""; 0]);
    assert!(!names(&anna, dialog).await.contains(&"Boris".to_owned()));
}

#[tokio::test]
async fn many_who_ask_at_once_all_come_in() {
    const NEWCOMERS: usize = 50;
    let world = World::new().await;
    let anna = world.person("Anna").await;
    let chat = anna.creates(ChatKind::Group, "Trip").await;
    anna.says(chat, "come in").await;
    anna.sync().await;
    let link = anna.invites(chat).await;
    // Members with much to say of their apps: each newcomer's welcome tells it all, and together these are too much for
    // one request to the relay.
    for id in 0..3 {
        let talkative = Stranger::new("Talkative");
        let mut package = talkative.package();
        package.understood.extend((0xF100..0xFE00_u16).flat_map(u16::to_be_bytes));
        talkative.asks(&world, &link, id, package.sign(&talkative.signing)).await;
    }
    anna.sync().await;
    assert_eq!(names(&anna, chat).await.len(), 4);
    let mut newcomers = vec![];
    for n in 0..NEWCOMERS {
        let newcomer = world.person(&format!("Guest {n:02}")).await;
        newcomer.core().join(&link).await.unwrap();
        newcomer.sync().await;
        newcomers.push(newcomer);
    }
    anna.sync().await;
    for newcomer in &newcomers {
        newcomer.sync().await;
        assert_eq!(newcomer.status(chat).await, Some(Status::Active), "{}", newcomer.name);
        assert_eq!(newcomer.sees(chat).await, ["Anna: come in"], "{}", newcomer.name);
    }
    anna.sync().await;
    assert_eq!(names(&anna, chat).await.len(), 4 + NEWCOMERS);
    let (first, last) = (&newcomers[0], &newcomers[NEWCOMERS - 1]);
    goes_on([first, last], chat, "hello all").await;
    assert_eq!(names(last, chat).await.len(), 4 + NEWCOMERS);
    // The last test of the process to end: nothing may still be closing then.
    world.stop_relay().await;
}

#[tokio::test]
async fn who_has_no_inbox_at_the_relay_keeps_out_nobody_else() {
    let world = World::new().await;
    let (anna, boris, person, chat) = chat_of_three(&world).await;
    let link = anna.invites(chat).await;
    let postman = Stranger::new("Postman");
    for n in [1, 2, 255] {
        let ghost = Stranger::new("Ghost");
        ghost.asks_through(&postman, &world, &link, n, ghost.package().sign(&ghost.signing)).await;
    }
    let (clara, dora) = (world.person("Clara").await, world.person("Dora").await);
    for newcomer in [&clara, &dora] {
        newcomer.core().join(&link).await.unwrap();
        newcomer.sync().await;
    }
    anna.removes(chat, &person).await;
    anna.sync().await;
    for newcomer in [&clara, &dora, &anna, &clara] {
        newcomer.sync().await;
    }
    assert_eq!(names(&anna, chat).await, ["Anna", "Boris", "Clara", "Dora"]);
    goes_on([&clara, &dora], chat, "we are in").await;
    goes_on([&boris, &clara], chat, "so you are").await;
    let mut reader = anna.core().device().store.readers().acquire().await.unwrap();
    assert!(
        !joining::to_commit(&mut reader, anna.number(chat).await, anna.core().device().me.number)
            .await
            .unwrap(),
        "no ghost is left"
    );
}

#[tokio::test]
async fn nobody_has_somebody_elses_device_go_and_come_again() {
    let world = World::new().await;
    let (anna, boris, _mallory, chat) = chat_of_three(&world).await;
    let link = anna.invites(chat).await;
    // As the relay's directory gives it to whoever asks.
    let package = mls::new_key_package(&boris.core().device().keys).unwrap().0;
    Stranger::new("Postman").asks_for(&world, &link, 7, package.bytes).await;
    anna.sync().await;
    boris.sync().await;
    goes_on([&anna, &boris], chat, "still here").await;
    assert_eq!(boris.status(chat).await, Some(Status::Active));
    assert_eq!(anna.line(chat).await.members, 3);
}
