//! What can be wrong with a profile, a disk, a clock, a link or a relay: a clear word, and nothing lost.
#![expect(clippy::unwrap_used, reason = "the steps of a test are the test")]

use std::{
    env, fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::Command,
    sync::{Arc, mpsc},
    thread,
};

use beseda_core::{
    Core, Error, NewProfile, Options,
    store::{Unlock, database},
    sync::{engine::SyncError, transport::TransportError},
};
use beseda_protocol::{
    PROTOCOL_VERSION, codec,
    membership::ChatKind,
    request::{ErrorCode, Hello, HelloAnswer, Request},
};
use beseda_tests::world::{Denial, Denying, Person, RELAY, World, admit};
use sqlx::{ConnectOptions as _, Connection as _};

async fn opened(profile: &Path) -> Result<Core, Error> {
    Core::open(profile, None, Options::default()).await
}

/// Anna, who has said something and closed the app.
async fn anna_closed(world: &World) -> (Person, beseda_protocol::ChatId) {
    let mut anna = world.person("Anna").await;
    let chat = anna.creates(ChatKind::Group, "Trip").await;
    anna.says(chat, "kept").await;
    anna.close().await;
    (anna, chat)
}

async fn still_has_everything(mut anna: Person, chat: beseda_protocol::ChatId) {
    anna.open().await.unwrap();
    assert_eq!(anna.sees(chat).await, ["Anna: kept"]);
    anna.says(chat, "and more").await;
    assert_eq!(anna.sees(chat).await.len(), 2);
}

/// What refuses must also say something that helps, and leave the files alone.
async fn refuses(anna: &Person, fits: impl Fn(&Error) -> bool, says: &str) {
    let files = || {
        let mut files: Vec<_> = fs::read_dir(&anna.profile)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.ends_with("beseda.db") || path.ends_with("key.json"))
            .map(|path| (path.clone(), fs::read(path).unwrap()))
            .collect();
        files.sort();
        files
    };
    let before = files();
    for _ in 0..2 {
        let error = opened(&anna.profile).await.err().expect("it must refuse");
        assert!(fits(&error), "{error:?}");
        assert!(error.to_string().contains(says), "{error}");
    }
    assert!(files() == before, "nothing was changed");
}

#[tokio::test]
async fn a_profile_is_open_once() {
    let world = World::new().await;
    let mut anna = world.person("Anna").await;
    let chat = anna.creates(ChatKind::Group, "Trip").await;
    refuses_while_open(&anna).await;
    anna.says(chat, "still mine").await;
    anna.close().await;
    anna.open().await.unwrap();
    assert_eq!(anna.sees(chat).await, ["Anna: still mine"]);
}

async fn refuses_while_open(anna: &Person) {
    let error = opened(&anna.profile).await.err().unwrap();
    assert!(matches!(error, Error::ProfileInUse), "{error:?}");
    let new = NewProfile { name: "Eve".into(), relay: RELAY.into(), invite: None, unlock: Unlock::File };
    let error = Core::create(&anna.profile, new, Options::default()).await.err().unwrap();
    assert!(matches!(error, Error::ProfileInUse), "{error:?}");
}

#[tokio::test]
async fn a_passphrase_opens_its_profile_and_no_other_does() {
    let dir = tempfile::tempdir().unwrap();
    let unlock = Unlock::Passphrase("correct horse".to_owned().into());
    let new = NewProfile { name: "Anna".into(), relay: RELAY.into(), invite: None, unlock };
    Core::create(dir.path(), new, Options::default()).await.unwrap().close().await;

    let open = async |passphrase: Option<&str>| {
        Core::open(dir.path(), passphrase.map(|text| text.to_owned().into()), Options::default()).await
    };
    assert!(matches!(open(None).await, Err(Error::PassphraseNeeded)));
    for wrong in ["", "Correct horse", "correct horse "] {
        let error = open(Some(wrong)).await.err().unwrap();
        assert!(matches!(error, Error::WrongKey), "{error:?}");
        assert!(error.to_string().contains("check the passphrase"));
    }
    let core = open(Some("correct horse")).await.unwrap();
    assert_eq!(core.name().await.unwrap(), "Anna");
    core.close().await;
}

#[tokio::test]
async fn a_database_without_its_key_waits_for_it() {
    let world = World::new().await;
    let (anna, chat) = anna_closed(&world).await;
    let (key, aside) = (anna.profile.join("key.json"), anna.profile.join("key.aside"));
    fs::rename(&key, &aside).unwrap();
    refuses(&anna, |error| matches!(error, Error::Damaged(_)), "bring it back").await;
    let new = NewProfile { name: "Eve".into(), relay: RELAY.into(), invite: None, unlock: Unlock::File };
    let made = Core::create(&anna.profile, new, Options::default()).await;
    assert!(made.is_err() && !key.exists(), "no new key is made for a database that has one");

    fs::write(&key, "{").unwrap();
    refuses(&anna, |error| matches!(error, Error::Damaged(_)), "key.json").await;

    let stranger = world.person("Stranger").await;
    fs::copy(stranger.profile.join("key.json"), &key).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    refuses(&anna, |error| matches!(error, Error::WrongKey), "does not open").await;

    fs::rename(&aside, &key).unwrap();
    still_has_everything(anna, chat).await;
}

#[tokio::test]
async fn a_key_file_that_others_can_read_is_refused() {
    let world = World::new().await;
    let (anna, chat) = anna_closed(&world).await;
    let key = anna.profile.join("key.json");
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600, "made for its owner only");
    for mode in [0o644, 0o640, 0o604] {
        fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
        refuses(&anna, |error| matches!(error, Error::KeyFileOpen(_)), "chmod 600").await;
    }
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    still_has_everything(anna, chat).await;
}

#[tokio::test]
async fn a_foreign_file_in_place_of_the_database_is_left_alone() {
    let world = World::new().await;
    let (anna, chat) = anna_closed(&world).await;
    let (file, aside) = (database(&anna.profile), anna.profile.join("aside.db"));
    fs::rename(&file, &aside).unwrap();
    let foreign = |error: &Error| matches!(error, Error::NotADatabase(_));

    fs::write(&file, "Dear diary, today I …").unwrap();
    refuses(&anna, foreign, "not a Beseda database").await;
    fs::remove_file(&file).unwrap();

    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&file).create_if_missing(true);
    let mut plain = options.connect().await.unwrap();
    sqlx::query("CREATE TABLE diary (day TEXT)").execute(&mut plain).await.unwrap();
    plain.close().await.unwrap();
    refuses(&anna, foreign, "not a Beseda database").await;

    fs::rename(&aside, &file).unwrap();
    still_has_everything(anna, chat).await;
}

#[tokio::test]
async fn a_profile_of_a_newer_version_waits_for_that_version() {
    let world = World::new().await;
    let (anna, chat) = anna_closed(&world).await;
    raise_schema(
        &anna.profile,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (4711, 'of the future', 1, x'00', 0)",
    )
    .await;
    refuses(&anna, |error| matches!(error, Error::NewerSchema(4711)), "install that version").await;
    raise_schema(&anna.profile, "DELETE FROM _sqlx_migrations WHERE version = 4711").await;
    still_has_everything(anna, chat).await;
}

/// Writes into the list of migrations with the profile's own key.
async fn raise_schema(profile: &Path, sql: &'static str) {
    let key = fs::read_to_string(profile.join("key.json")).unwrap();
    let key: serde_json::Value = serde_json::from_str(&key).unwrap();
    let key = format!("\"x'{}'\"", key["key"].as_str().unwrap());
    let mut conn = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(database(profile))
        .pragma("key", key)
        .connect()
        .await
        .unwrap();
    sqlx::query(sql).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
}

#[tokio::test]
async fn a_full_disk_stops_new_words_and_loses_none() {
    let world = World::new().await;
    let (mut anna, boris) = (world.person("Anna").await, world.person("Boris").await);
    let chat = anna.creates(ChatKind::Group, "Trip").await;
    admit(&anna, &boris, chat).await;
    anna.close().await;
    let pages = fs::metadata(database(&anna.profile)).unwrap().len() / 4096;
    anna.options.store.max_pages = Some(u32::try_from(pages).unwrap() + 20);
    anna.open().await.unwrap();

    let number = anna.number(chat).await;
    let mut said = vec![];
    let error = loop {
        let text = format!("{} {}", said.len(), "long ".repeat(200));
        match anna.core().send_message(number, &text).await {
            Ok(_) => said.push(format!("Anna: {}", text.trim_end())),
            Err(error) => break error,
        }
        assert!(said.len() < 1000, "the disk never fills");
    };
    assert!(matches!(error, Error::DiskFull), "{error:?}");
    assert!(error.to_string().contains("nothing was lost"));
    assert!(!said.is_empty());
    assert!(anna.core().send_message(number, &"x".repeat(9000)).await.is_err());
    assert_eq!(anna.sees(chat).await, said, "what was said before is all there");

    // What others say does not fit either; it waits at the relay.
    for n in 0..200 {
        boris.says(chat, &format!("{n} {}", "words ".repeat(200))).await;
    }
    boris.sync().await;
    let error = anna.try_sync().await.unwrap_err();
    assert!(matches!(error, SyncError::Store(Error::DiskFull)), "{error:?}");
    assert!(anna.sees(chat).await.len() >= said.len());

    anna.close().await;
    anna.options.store.max_pages = None;
    anna.open().await.unwrap();
    anna.says(chat, "there is room again").await;
    anna.sync().await;
    boris.sync().await;
    let seen = anna.sees(chat).await;
    assert_eq!(seen, boris.sees(chat).await);
    let own: Vec<_> = seen.iter().filter(|line| line.starts_with("Anna")).cloned().collect();
    said.push("Anna: there is room again".into());
    assert_eq!(own, said);
    assert_eq!(seen.len(), said.len() + 200);
}

/// A relay of some other version, or something that is no relay at all: what it says when it is greeted.
fn greeted(world: &World, says: Vec<u8>) -> Denying {
    let denial: Denial = Arc::new(move |name, _| (name == Hello::NAME).then(|| Ok(says.clone())));
    Denying { wire: world.wire(), denial }
}

#[tokio::test]
async fn a_relay_of_another_version_gets_nothing_and_is_named() {
    let world = World::new().await;
    let anna = world.person("Anna").await;
    let chat = anna.creates(ChatKind::Group, "Trip").await;
    anna.says(chat, "waiting").await;
    let newer = codec::encode(&HelloAnswer {
        v: PROTOCOL_VERSION + 1,
        invite_required: false,
        time: 0,
        directory: false,
    });
    let newer = greeted(&world, newer);
    match anna.core().sync_over(&newer).await {
        Err(SyncError::Transport(TransportError::Relay(error))) => {
            assert_eq!(error.code, ErrorCode::Version);
            assert!(error.message.contains(&(PROTOCOL_VERSION + 1).to_string()), "{error}");
        }
        other => panic!("{other:?}"),
    }
    let page = greeted(&world, b"<html>It works!</html>".to_vec());
    let error = anna.core().sync_over(&page).await.unwrap_err();
    assert!(matches!(error, SyncError::Transport(TransportError::Protocol(_))), "{error:?}");

    assert_eq!(anna.core().sync_status().await.unwrap().waiting, 1, "nothing is lost");
    anna.sync().await;
    assert_eq!(anna.core().sync_status().await.unwrap().waiting, 0);
}

#[tokio::test]
async fn clocks_ten_years_off_change_nothing_but_the_times_they_say() {
    const TEN_YEARS: i64 = 10 * 365 * 24 * 60 * 60 * 1000;
    let world = World::new().await;
    let ahead = world.person_with_clock("Ahead", TEN_YEARS).await;
    let behind = world.person_with_clock("Behind", -TEN_YEARS).await;
    let right = world.person("Right").await;
    let chat = ahead.creates(ChatKind::Group, "Trip").await;
    admit(&ahead, &behind, chat).await;
    admit(&ahead, &right, chat).await;
    let people = [&ahead, &behind, &right];
    let mut order = vec![];
    for n in 0..3 {
        for person in people {
            person.says(chat, &format!("{n}")).await;
            person.sync().await;
            order.push(format!("{}: {n}", person.name));
            world.advance(60);
        }
    }
    for person in people {
        person.sync().await;
        assert_eq!(person.sees(chat).await, order, "{}: in the order of the relay", person.name);
        let log = person.reads(chat).await;
        let now = (world.options(0).clock)();
        assert!(log.iter().all(|message| (message.at - now).abs() < 3_600_000), "{}", person.name);
        // A chat of somebody ahead must not stay on top of everybody's list for ten years.
        let line = person.line(chat).await;
        assert_eq!(line.activity, log.last().unwrap().at, "{}", person.name);
        assert_eq!(line.quarantined, 0);
        let members = person.core().members(line.number).await.unwrap();
        let names: Vec<_> = members.iter().map(|member| member.name.as_str()).collect();
        assert_eq!(names, ["Ahead", "Behind", "Right"], "in the order they came");
    }
}

#[tokio::test]
async fn a_link_that_leads_nowhere_says_so() {
    let world = World::new().await;
    let (anna, boris) = (world.person("Anna").await, world.person("Boris").await);
    let chat = anna.creates(ChatKind::Group, "Trip").await;
    let link = anna.invites(chat).await;
    for mangled in [&link[..link.len() - 3], &link[3..], "", "https://example.org", &format!("{link}xx")] {
        let error = boris.core().join(mangled).await.err().unwrap();
        assert!(matches!(error, Error::NotALink(_)), "{mangled}: {error:?}");
        assert!(error.to_string().contains("copied whole"), "{error}");
    }
    assert!(boris.core().chats().await.unwrap().is_empty());

    let elsewhere = tempfile::tempdir().unwrap();
    let relay = "https://other.test".to_owned();
    let new = NewProfile { name: "Clara".into(), relay, invite: None, unlock: Unlock::File };
    let clara = Core::create(elsewhere.path(), new, Options::default()).await.unwrap();
    match clara.join(&link).await {
        Err(Error::OtherRelay(relay)) => assert_eq!(relay, RELAY),
        other => panic!("{other:?}"),
    }
    assert!(clara.chats().await.unwrap().is_empty());
    clara.close().await;

    // The link itself is fine. A relay that has not met the inviter's device yet keeps nothing for it.
    boris.core().join(&link).await.unwrap();
    boris.sync().await;
    anna.sync().await;
    boris.core().join(&format!("  {}\n{} ", &link[..30], &link[30..])).await.unwrap();
    boris.sync().await;
    anna.sync().await;
    boris.sync().await;
    assert_eq!(boris.core().chats().await.unwrap().len(), 1);
    assert_eq!(boris.line(chat).await.title, "Trip");
}

/// Told in processes of their own, which end while they read and write.
#[test]
fn an_app_that_ends_in_the_middle_of_its_work_ends_in_peace() {
    const ENDS: &str = "BESEDA_ENDS";
    if env::var_os(ENDS).is_some() {
        return work_without_end();
    }
    // One in eight did not.
    for _ in 0..12 {
        let dir = tempfile::tempdir().unwrap();
        let mut told = Command::new(env::current_exe().unwrap());
        told.args(["profiles::an_app_that_ends_in_the_middle_of_its_work_ends_in_peace", "--exact"]);
        let told = told.env(ENDS, "1").env("TMPDIR", dir.path()).output().unwrap();
        let said = String::from_utf8_lossy(&told.stdout);
        assert!(said.contains("1 passed"), "{said}");
        assert!(told.status.success(), "{}", told.status);
    }
}

/// Comes back while two people are still at work.
fn work_without_end() {
    let (at_work, both) = mpsc::channel();
    for name in ["Anna", "Boris"] {
        let at_work = at_work.clone();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let world = World::new().await;
                let person = world.person(name).await;
                let chat = person.creates(ChatKind::Group, "Trip").await;
                for n in 0_u32.. {
                    person.says(chat, &format!("{n}")).await;
                    person.reads_all(chat).await;
                    if n == 5 {
                        at_work.send(()).unwrap();
                    }
                }
            });
        });
    }
    for _ in 0..2 {
        both.recv().unwrap();
    }
}
