//! What people tell of themselves, whom, and how it comes to be known.
#![expect(clippy::unwrap_used, reason = "the steps of a test are the test")]

use beseda_core::{
    Error, Person as Card,
    people::{Field, ProfileChange, Shown},
};
use beseda_protocol::{ChatId, membership::ChatKind};
use beseda_tests::world::{
    Person, World, admit, exchange,
    tables::{meaning, rebuilt},
};

/// Anna's and Boris' dialog, and the group in which Clara is too.
async fn three(world: &World) -> (ChatId, ChatId, [Person; 3]) {
    let people = [world.person("Anna").await, world.person("Boris").await, world.person("Clara").await];
    let [anna, boris, clara] = &people;
    let dialog = anna.creates(ChatKind::Dialog, "").await;
    admit(anna, boris, dialog).await;
    let group = anna.creates(ChatKind::Group, "Trip").await;
    admit(anna, boris, group).await;
    admit(anna, clara, group).await;
    exchange(&[anna, boris, clara]).await;
    (dialog, group, people)
}

async fn sets(person: &Person, change: ProfileChange) {
    person.core().set_profile(change).await.unwrap();
}

/// What one person knows of another.
async fn card(of: &Person, by: &Person) -> Card {
    by.core().person(of.user(), None).await.unwrap()
}

/// A PNG of one colour.
pub fn png(side: u32) -> Vec<u8> {
    // Signature, header, one block of data that holds rows of zeros, end: written out so that nothing of ours is tested
    // with itself.
    fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let crc = [kind.as_slice(), data].concat().iter().fold(u32::MAX, |crc, byte| {
            (0..8)
                .fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
        });
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [&length[..], kind, data, &(!crc).to_be_bytes()].concat()
    }
    let rows = vec![0_u8; (side as usize + 1) * side as usize];
    let adler = {
        let a = 1_u32;
        let b = u32::try_from(rows.len()).unwrap() % 65_521;
        (b << 16) | a
    };
    let length = u16::try_from(rows.len()).unwrap();
    let stored = [
        &[0x78, 0x01, 0x01][..],
        &length.to_le_bytes(),
        &(!length).to_le_bytes(),
        &rows,
        &adler.to_be_bytes(),
    ]
    .concat();
    let header = [&side.to_be_bytes()[..], &side.to_be_bytes(), &[8, 0, 0, 0, 0]].concat();
    [&b"\x89PNG\r\n\x1a\n"[..], &chunk(b"IHDR", &header), &chunk(b"IDAT", &stored), &chunk(b"IEND", &[])]
        .concat()
}

#[tokio::test]
async fn a_new_name_and_picture_reach_everybody_also_when_chosen_offline() {
    let world = World::new().await;
    let (dialog, group, people) = three(&world).await;
    let [anna, boris, clara] = &people;
    anna.says(group, "hello").await;

    world.stop_relay().await;
    sets(
        anna,
        ProfileChange {
            username: Some("Anna_K".into()),
            last_name: Some("Karenina".into()),
            description: Some("on the train".into()),
            picture: Some(png(200)),
            ..ProfileChange::default()
        },
    )
    .await;
    assert_eq!(anna.core().name().await.unwrap(), "Anna Karenina");
    assert_eq!(anna.sees(group).await, ["Anna Karenina: hello"]);
    assert_eq!(card(anna, clara).await.name, "Anna");
    world.start_relay().await;
    exchange(&[anna, boris, clara]).await;

    for other in [boris, clara] {
        let seen = card(anna, other).await;
        assert_eq!(seen.name, "Anna Karenina");
        assert_eq!((seen.card.username.as_str(), seen.card.description.as_str()), ("anna_k", "on the train"));
        assert_eq!((seen.card.first_name.as_str(), seen.card.last_name.as_str()), ("Anna", "Karenina"));
        assert!(seen.picture.is_some() && !seen.card.picture.is_empty());
        assert!(seen.card.created_at.is_some());
        assert_eq!(other.sees(group).await, ["Anna Karenina: hello"]);
        rebuilt(other).await;
        assert_eq!(card(anna, other).await, seen, "a rebuild knows it too");
    }
    assert_eq!(boris.line(dialog).await.title, "Anna Karenina");
    rebuilt(anna).await;
    for chat in [dialog, group] {
        assert_eq!(meaning(anna, chat).await, meaning(boris, chat).await);
    }
}

#[tokio::test]
async fn a_field_goes_only_where_everybody_may_see_it() {
    let world = World::new().await;
    let (_, _, people) = three(&world).await;
    let [anna, boris, clara] = &people;
    sets(
        anna,
        ProfileChange {
            email: Some("anna@example.org".into()),
            mobile: Some("+7 900 1234567".into()),
            birth_date: Some("1990-05-31".into()),
            shown: vec![
                (Field::Email, Shown::Nobody),
                (Field::Mobile, Shown::Contacts),
                (Field::BirthDate, Shown::Everyone),
            ],
            ..ProfileChange::default()
        },
    )
    .await;
    exchange(&[anna, boris, clara]).await;
    for other in [boris, clara] {
        let seen = card(anna, other).await.card;
        assert_eq!(
            (seen.email.as_str(), seen.mobile.as_str(), seen.age),
            ("", "", Some(35)),
            "no contacts yet"
        );
    }
    // Not even as bytes, and the date of birth never.
    for text in ["anna@example.org", "+7 900 1234567", "1990-05-31"] {
        let holding = beseda_tests::world::tables::holding(boris.core(), text).await;
        assert!(holding.is_empty(), "{text}: {holding:?}");
    }

    // Taken back: the profile is said without it.
    sets(anna, ProfileChange { shown: vec![(Field::BirthDate, Shown::Nobody)], ..ProfileChange::default() })
        .await;
    exchange(&[anna, boris, clara]).await;
    for other in [boris, clara] {
        assert_eq!(card(anna, other).await.card.age, None);
        rebuilt(other).await;
    }
}

#[tokio::test]
async fn who_comes_later_is_told_what_is_true_by_then() {
    let world = World::new().await;
    let (_, group, people) = three(&world).await;
    let [anna, boris, clara] = &people;
    sets(anna, ProfileChange { username: Some("anna".into()), ..ProfileChange::default() }).await;
    let dmitri = world.person("Dmitri").await;
    sets(&dmitri, ProfileChange { last_name: Some("Rostov".into()), ..ProfileChange::default() }).await;
    admit(anna, &dmitri, group).await;
    exchange(&[anna, boris, clara, &dmitri]).await;
    assert_eq!(card(anna, &dmitri).await.card.username, "anna");
    assert_eq!(card(&dmitri, clara).await.name, "Dmitri Rostov");
    // A chat made now says it from the start.
    let other = dmitri.creates(ChatKind::Group, "Other").await;
    admit(&dmitri, boris, other).await;
    exchange(&[&dmitri, boris]).await;
    assert_eq!(card(&dmitri, boris).await.name, "Dmitri Rostov");
}

#[tokio::test]
async fn nothing_is_said_where_nothing_is_different() {
    let world = World::new().await;
    let (_, _, people) = three(&world).await;
    let [anna, ..] = &people;
    let changes = async || -> i64 {
        let mut reader = anna.core().device().store.readers().acquire().await.unwrap();
        // But for what their own devices are told.
        let text = "SELECT count(*) FROM changes JOIN chats USING (chat_no) WHERE kind <> 'notes'";
        sqlx::query_scalar(text).fetch_one(&mut *reader).await.unwrap()
    };
    let before = changes().await;
    let mobile = ProfileChange { mobile: Some("112".into()), ..ProfileChange::default() };
    sets(anna, mobile.clone()).await;
    sets(anna, mobile).await;
    assert_eq!(changes().await, before, "for contacts only, and there are none");
    let named = ProfileChange { username: Some("anna".into()), ..ProfileChange::default() };
    sets(anna, named.clone()).await;
    sets(anna, named).await;
    assert_eq!(changes().await, before + 2, "once in each chat");
}

#[tokio::test]
async fn a_birthday_is_told_at_the_next_start() {
    let world = World::new().await;
    let (_, _, mut people) = three(&world).await;
    let age = ProfileChange {
        // The world begins on 2026-01-01.
        birth_date: Some("1990-01-10".into()),
        shown: vec![(Field::BirthDate, Shown::Everyone)],
        ..ProfileChange::default()
    };
    sets(&people[0], age).await;
    exchange(&[&people[0], &people[1]]).await;
    assert_eq!(card(&people[0], &people[1]).await.card.age, Some(35));
    world.advance(10 * 86_400);
    people[0].restart().await;
    exchange(&[&people[0], &people[1]]).await;
    assert_eq!(card(&people[0], &people[1]).await.card.age, Some(36));
}

#[tokio::test]
async fn what_was_interrupted_goes_on_at_the_next_start() {
    let world = World::new().await;
    let (_, _, mut people) = three(&world).await;
    {
        // Saved, and then the program died before any chat was told.
        use beseda_core::store::{Durability, own_profile};
        let device = people[0].core().device();
        let mut tx = device.store.begin(Durability::Process).await.unwrap();
        let mut own = own_profile::load(&mut tx).await.unwrap();
        own.description = "later".into();
        own.rev += 1;
        own_profile::save(&mut tx, &own).await.unwrap();
        tx.commit().await.unwrap();
    }
    people[0].restart().await;
    exchange(&[&people[0], &people[1]]).await;
    assert_eq!(card(&people[0], &people[1]).await.card.description, "later");
}

#[tokio::test]
async fn a_name_that_looks_like_anothers_is_marked() {
    let world = World::new().await;
    let (_, group, people) = three(&world).await;
    let [anna, boris, clara] = &people;
    let number = boris.number(group).await;
    assert!(boris.core().members(number).await.unwrap().iter().all(|member| member.looks_like.is_none()));
    // With a Cyrillic А and а.
    sets(clara, ProfileChange { first_name: Some("Аnnа".into()), ..ProfileChange::default() }).await;
    exchange(&[clara, anna, boris]).await;
    let members = boris.core().members(number).await.unwrap();
    let marked: Vec<_> =
        members.iter().map(|member| (member.looks_like.as_deref(), member.mixed_scripts)).collect();
    assert_eq!(marked, [(Some("Аnnа"), false), (None, false), (Some("Anna"), true)]);
    let seen = boris.core().person(clara.user(), Some(number)).await.unwrap();
    assert_eq!((seen.looks_like.as_deref(), seen.mixed_scripts), (Some("Anna"), true));
    // Who is meant sees that of the other, and nothing about themselves.
    let members = anna.core().members(anna.number(group).await).await.unwrap();
    assert_eq!(members.iter().filter(|member| member.looks_like.is_some()).count(), 1);
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_changes_nothing() {
    let world = World::new().await;
    let anna = world.person("Anna").await;
    let set = |change| anna.core().set_profile(change);
    let before = anna.core().own_profile().await.unwrap();
    let text = |text: &str| Some(text.to_owned());
    for wrong in [
        ProfileChange { username: text("an"), email: text("a@b"), ..ProfileChange::default() },
        ProfileChange { first_name: text("Anna\u{202e}"), ..ProfileChange::default() },
        ProfileChange { first_name: text(""), ..ProfileChange::default() },
        ProfileChange { email: text("nowhere"), ..ProfileChange::default() },
        ProfileChange { mobile: text("call me"), ..ProfileChange::default() },
        ProfileChange { birth_date: text("2026-01-02"), ..ProfileChange::default() },
        ProfileChange { description: Some("a".repeat(2049)), ..ProfileChange::default() },
    ] {
        assert!(matches!(set(wrong.clone()).await, Err(Error::BadText(_))), "{wrong:?}");
    }
    let gif = ProfileChange { picture: Some(b"GIF89a".to_vec()), ..ProfileChange::default() };
    assert!(matches!(set(gif).await, Err(Error::BadPicture)));
    assert_eq!(anna.core().own_profile().await.unwrap(), before);
}
