//! Somebody loses every device they have. Twenty-four words on a piece of paper bring back who they are, what they were in
//! and what was said, and whoever has no words gets nothing.
#![expect(clippy::unwrap_used, reason = "the steps of a test are the test")]

use beseda_core::{
    Error,
    actions::create_chat::NewChat,
    crypto::{Secret, recovery::Recovery},
    store::chats::Status,
    sync::engine::SyncError,
};
use beseda_protocol::{
    ChatId,
    membership::{ChatKind, History},
};
use beseda_tests::world::{Faults, Person, World, admit, exchange, sync_within, tables::rebuilt};

async fn words(person: &Person) -> String {
    person.core().recovery_words().await.unwrap().to_string()
}

/// Anna, Boris and Clara in a group of Anna's, with a dialog and what Anna keeps for herself. Anna's device ends here.
struct Lost {
    words: String,
    group: ChatId,
    dialog: ChatId,
    notes: ChatId,
    boris: Person,
    clara: Person,
    seen: Vec<String>,
}

async fn anna_loses_everything(world: &World, history: History) -> Lost {
    let (mut anna, boris, clara) =
        (world.person("Anna").await, world.person("Boris").await, world.person("Clara").await);
    let new = NewChat { kind: ChatKind::Group, title: "Trip", description: "", category: "", history };
    let group = anna.core().create_chat_with(&new).await.unwrap().id;
    anna.says(group, "before anybody came").await;
    admit(&anna, &boris, group).await;
    admit(&anna, &clara, group).await;
    let dialog = boris.creates(ChatKind::Dialog, "").await;
    admit(&boris, &anna, dialog).await;
    boris.says(dialog, "between us").await;
    anna.says(group, "hello all").await;
    let notes = anna.core().notes().await.unwrap().unwrap().id;
    anna.says(notes, "the key is under the mat").await;
    anna.core().add_contact(boris.user(), "Bo").await.unwrap();
    exchange(&[&anna, &boris, &clara]).await;
    exchange(&[&anna, &boris, &clara]).await;
    let words = words(&anna).await;
    let seen = anna.sees(group).await;
    anna.close().await;
    Lost { words, group, dialog, notes, boris, clara, seen }
}

#[tokio::test]
async fn with_the_words_a_new_device_has_everything_though_nobody_else_is_there() {
    let world = World::new().await;
    let Lost { words, group, dialog, notes, boris, clara, seen } =
        anna_loses_everything(&world, History::All).await;
    let members = boris.core().members(boris.number(group).await).await.unwrap().len();
    let anna = world.recovers(&words, "again").await.unwrap();
    assert_eq!(anna.name, "Anna");
    // Boris and Clara are asleep all the while.
    exchange(&[&anna]).await;
    for chat in [group, dialog, notes] {
        assert_eq!(anna.status(chat).await, Some(Status::Active));
    }
    assert_eq!(anna.sees(group).await, seen);
    assert_eq!(anna.sees(notes).await, ["Anna: the key is under the mat"]);
    assert_eq!(anna.core().contacts().await.unwrap()[0].name, "Bo");
    assert_eq!(anna.sees(dialog).await, ["Bo: between us"]);
    assert!(anna.shown(group, anna.message(group, "hello all").await.id).await.mine);
    // What was lost is still in the list, and can be removed.
    let devices = anna.core().devices().await.unwrap();
    assert_eq!(devices.len(), 2);
    let lost = devices.iter().find(|device| !device.this).unwrap().device;
    anna.core().remove_device(lost).await.unwrap();
    anna.says(group, "I am back").await;
    exchange(&[&anna, &boris, &clara, &anna]).await;
    for person in [&boris, &clara] {
        assert_eq!(person.sees(group).await.last().unwrap(), "Anna: I am back");
        assert_eq!(person.core().members(person.number(group).await).await.unwrap().len(), members);
        assert_eq!(person.line(group).await.quarantined, 0);
    }
    boris.says(dialog, "welcome").await;
    exchange(&[&boris, &anna]).await;
    assert_eq!(anna.sees(dialog).await, ["Bo: between us", "Bo: welcome"]);
    assert_eq!(anna.core().devices().await.unwrap().len(), 1);
    for person in [&anna, &boris, &clara] {
        rebuilt(person).await;
    }
    // The words are for more than once: they are on paper only now.
    assert!(matches!(anna.core().recovery_words().await, Err(Error::WordsKept)));
    let third = world.recovers(&words, "third").await.unwrap();
    exchange(&[&third]).await;
    assert_eq!(third.sees(group).await, anna.sees(group).await);
}

#[tokio::test]
async fn a_chat_that_is_closed_to_newcomers_is_not_closed_to_who_was_in() {
    let world = World::new().await;
    let Lost { words, group, boris, clara, seen, .. } =
        anna_loses_everything(&world, History::FromJoining).await;
    let anna = world.recovers(&words, "again").await.unwrap();
    exchange(&[&anna]).await;
    assert_eq!(anna.sees(group).await, seen);
    anna.says(group, "I am back").await;
    exchange(&[&anna, &boris, &clara]).await;
    assert_eq!(clara.sees(group).await.last().unwrap(), "Anna: I am back");
    // Who comes after that has neither what was before nor a way to it.
    let dora = world.person("Dora").await;
    admit(&anna, &dora, group).await;
    exchange(&[&anna, &dora]).await;
    assert_eq!(dora.sees(group).await, [""; 0]);
    anna.says(group, "welcome").await;
    exchange(&[&anna, &dora, &boris]).await;
    assert_eq!(dora.sees(group).await, ["Anna: welcome"]);
    for person in [&anna, &boris, &clara, &dora] {
        assert_eq!(person.line(group).await.quarantined, 0, "{}", person.name);
        rebuilt(person).await;
    }
}

#[tokio::test]
async fn where_the_chat_has_changed_since_any_member_lets_in_who_lost_all() {
    for history in [History::All, History::FromJoining] {
        let world = World::new().await;
        let Lost { words, group, dialog, boris, clara, seen, .. } =
            anna_loses_everything(&world, history).await;
        // Clara, who is no admin, links a second device: the group is another one.
        let phone = world.device_of(&clara, "phone").await;
        exchange(&[&phone, &clara, &phone, &boris]).await;
        clara.says(group, "since then").await;
        exchange(&[&clara, &boris]).await;

        let anna = world.recovers(&words, "again").await.unwrap();
        exchange(&[&anna]).await;
        assert_eq!(anna.status(dialog).await, Some(Status::Active));
        assert_eq!(anna.status(group).await, Some(Status::Asking), "nobody was there yet");
        // Clara's device is the first to read it, then Boris'.
        exchange(&[&clara, &boris, &anna]).await;
        assert_eq!(anna.status(group).await, Some(Status::Active));
        let mut expected = seen.clone();
        expected.push("Clara: since then".to_owned());
        assert_eq!(anna.sees(group).await, expected, "{history:?}");
        anna.says(group, "I am back").await;
        exchange(&[&anna, &boris, &clara, &phone]).await;
        for person in [&anna, &boris, &clara, &phone] {
            assert_eq!(person.sees(group).await.last().unwrap(), "Anna: I am back");
            assert_eq!(person.line(group).await.quarantined, 0);
            rebuilt(person).await;
        }
    }
}

#[tokio::test]
async fn who_lost_all_and_is_welcomed_twice_has_the_keys_that_came_once() {
    let world = World::new().await;
    let Lost { words, group, boris, clara, seen, .. } =
        anna_loses_everything(&world, History::FromJoining).await;
    let phone = world.device_of(&clara, "phone").await;
    exchange(&[&phone, &clara, &phone, &boris]).await;
    clara.says(group, "since then").await;
    exchange(&[&clara, &boris]).await;
    let anna = world.recovers(&words, "again").await.unwrap();
    anna.sync().await;
    clara.sync().await;
    // The relay has started again and may have lost the welcome: it goes out once more, and both wait for her.
    world.stop_relay().await;
    world.start_relay().await;
    clara.sync().await;
    exchange(&[&anna, &clara]).await;
    let mut expected = seen;
    expected.push("Clara: since then".to_owned());
    assert_eq!(anna.sees(group).await, expected);
    assert_eq!(anna.line(group).await.quarantined, 0);
    rebuilt(&anna).await;
}

#[tokio::test]
async fn whoever_is_put_out_while_their_device_comes_back_into_a_chat_comes_back_into_the_others() {
    // Until he asks: whoever is asked while they put him out lets him in again.
    for after in 0..8 {
        let world = World::new().await;
        let (anna, mut boris, clara) =
            (world.person("Anna").await, world.person("Boris").await, world.person("Clara").await);
        let chat = anna.creates(ChatKind::Group, "Trip").await;
        admit(&anna, &boris, chat).await;
        let notes = boris.core().notes().await.unwrap().unwrap().id;
        boris.says(notes, "for myself").await;
        exchange(&[&boris, &anna]).await;
        let words = words(&boris).await;
        boris.close().await;
        // The group is another one since: he looks who has changed it.
        admit(&anna, &clara, chat).await;
        let boris = world.recovers(&words, "again").await.unwrap();
        anna.removes(chat, &boris).await;
        let (outer, inner) = sync_within(&boris, after, &anna).await;
        assert!(outer.is_ok() && !matches!(inner, Some(Err(_))), "after {after}: {outer:?} {inner:?}");
        assert_eq!(boris.sees(notes).await, ["Boris: for myself"], "after {after}");
        exchange(&[&anna, &boris]).await;
        assert_eq!(boris.status(chat).await, Some(Status::Removed), "after {after}");
        assert_eq!(anna.line(chat).await.members, 2, "after {after}");
    }
}

#[tokio::test]
async fn who_comes_back_by_a_backup_from_before_they_left_leads_no_newcomer_astray() {
    let world = World::new().await;
    let people = [world.person("Anna").await, world.person("Boris").await, world.person("Clara").await];
    let [anna, boris, clara] = &people;
    let chat = anna.creates(ChatKind::Group, "Trip").await;
    for guest in [boris, clara] {
        admit(anna, guest, chat).await;
    }
    exchange(&[anna, boris, clara]).await;
    let words = words(boris).await;
    boris.sync().await;
    // He says that he leaves, and no more than that reaches the relay.
    boris.core().leave_chat(boris.number(chat).await).await.unwrap();
    for at in 0..20 {
        boris.wire.set(Faults { cut_before: Some(at), ..Faults::default() });
        let _ = boris.try_sync().await;
        clara.sync().await;
        if clara.core().members(clara.number(chat).await).await.unwrap().len() == 2 {
            break;
        }
    }
    let again = world.recovers(&words, "again").await.unwrap();
    again.sync().await;
    // Her tablet comes before Anna has put his device out.
    clara.sync().await;
    let tablet = world.device_of(clara, "tablet").await;
    for _ in 0..2 {
        exchange(&[clara, &tablet, &again]).await;
    }
    tablet.says(chat, "here I am").await;
    let all = [anna, clara, &tablet];
    for _ in 0..3 {
        exchange(&[&tablet, anna, clara, &again]).await;
    }
    for person in all {
        assert_eq!(person.line(chat).await.quarantined, 0, "{}", person.name);
        assert_eq!(person.sees(chat).await.last().unwrap(), "Clara: here I am", "{}", person.name);
        rebuilt(person).await;
    }
}

#[tokio::test]
async fn the_words_are_shown_until_they_are_said_back_and_then_nowhere() {
    let world = World::new().await;
    let anna = world.person("Anna").await;
    let phone = world.device_of(&anna, "phone").await;
    exchange(&[&phone, &anna, &phone]).await;
    let text = words(&anna).await;
    assert_eq!(words(&phone).await, text);
    let all: Vec<&str> = text.split(' ').collect();
    assert_eq!(all.len(), 24);
    let said = |places: &[usize]| -> Vec<(usize, String)> {
        places.iter().map(|place| (*place, all[place - 1].to_uppercase())).collect()
    };
    let keep = async |said: &[(usize, String)]| anna.core().keep_words(said).await;
    assert!(matches!(keep(&said(&[4, 11])).await, Err(Error::WrongWord(3))), "too few");
    let mut wrong = said(&[4, 11, 20]);
    wrong[1].1 = "harbour".into();
    assert!(matches!(keep(&wrong).await, Err(Error::WrongWord(11))));
    assert!(matches!(keep(&[(25, "art".into())]).await, Err(Error::WrongWord(25))));
    assert!(!anna.core().words_kept().await.unwrap());
    keep(&said(&[4, 11, 20])).await.unwrap();
    exchange(&[&anna, &phone]).await;
    for device in [&anna, &phone] {
        assert!(device.core().words_kept().await.unwrap());
        assert!(matches!(device.core().recovery_words().await, Err(Error::WordsKept)));
    }
    // The paper is good all the same.
    let again = world.recovers(&text, "again").await.unwrap();
    assert_eq!(again.user(), anna.user());
}

#[tokio::test]
async fn other_words_open_nothing_and_who_was_removed_writes_nothing() {
    let world = World::new().await;
    let anna = world.person("Anna").await;
    let chat = anna.creates(ChatKind::Group, "Trip").await;
    let phone = world.device_of(&anna, "phone").await;
    exchange(&[&phone, &anna, &phone]).await;
    let text = words(&anna).await;

    let other = Recovery::new(Secret::generate()).words().to_string();
    let refused = world.recovers(&other, "other").await.err().unwrap();
    assert!(matches!(refused, SyncError::Store(Error::NoBackup)), "{refused}");
    assert!(matches!(
        world.recovers("one two", "other").await.err().unwrap(),
        SyncError::Store(Error::Words(_))
    ));

    // The phone is stolen and removed. What it then tells the backup is not taken, and it is not read.
    let stolen = phone.core().device().keys.device();
    anna.core().remove_device(stolen).await.unwrap();
    anna.says(chat, "among us").await;
    exchange(&[&anna]).await;
    let _ = phone.try_sync().await;
    let again = world.recovers(&text, "again").await.unwrap();
    exchange(&[&again]).await;
    assert_eq!(again.sees(chat).await, ["Anna: among us"]);
    let devices = again.core().devices().await.unwrap();
    assert!(devices.iter().all(|device| device.device != stolen));
}

#[tokio::test]
async fn a_file_brings_everything_back_at_once_and_goes_on_where_it_ended() {
    let world = World::new().await;
    let (mut anna, boris) = (world.person("Anna").await, world.person("Boris").await);
    let chat = anna.creates(ChatKind::Group, "Trip").await;
    admit(&anna, &boris, chat).await;
    anna.says(chat, "hello").await;
    boris.says(chat, "here").await;
    exchange(&[&anna, &boris, &anna]).await;
    world.stop_relay().await;
    anna.says(chat, "written in the tunnel").await;

    let file = anna.profile.with_extension("backup");
    let core = anna.core();
    assert!(matches!(core.back_up(&file, "short").await, Err(Error::BadText(_))));
    core.back_up(&file, "correct horse").await.unwrap();
    assert!(matches!(core.back_up(&file, "correct horse").await, Err(Error::BackupExists(_))));
    let bytes = std::fs::read(&file).unwrap();
    assert!(!bytes.windows(5).any(|window| window == b"hello"), "nothing in it can be read");
    anna.close().await;

    // Without a relay, on another machine.
    let wrong = world.restores(&file, "another horse", "again").await.err().unwrap();
    assert!(matches!(wrong, Error::WrongKey), "{wrong}");
    let foreign = world.dir().join("letter");
    std::fs::write(&foreign, "a letter, and no backup at all").unwrap();
    let refused = world.restores(&foreign, "correct horse", "again").await.err().unwrap();
    assert!(matches!(refused, Error::NotABackup), "{refused}");
    let again = world.restores(&file, "correct horse", "again").await.unwrap();
    assert_eq!(again.sees(chat).await, ["Anna: hello", "Boris: here", "Anna: written in the tunnel"]);
    assert_eq!(again.finds("tunnel").await.len(), 1);
    world.start_relay().await;
    exchange(&[&again, &boris]).await;
    assert_eq!(again.status(chat).await, Some(Status::Active));
    assert_eq!(boris.sees(chat).await, ["Anna: hello", "Boris: here", "Anna: written in the tunnel"]);
    assert_eq!(again.sees(chat).await, boris.sees(chat).await);
    boris.says(chat, "welcome back").await;
    exchange(&[&boris, &again]).await;

    // The device that was copied was not lost after all. They are two, and nothing is there twice.
    anna.open().await.unwrap();
    exchange(&[&anna, &again, &boris]).await;
    exchange(&[&anna, &again, &boris]).await;
    for person in [&anna, &again, &boris] {
        assert_eq!(person.line(chat).await.quarantined, 0, "{}", person.profile.display());
        rebuilt(person).await;
    }
    assert_eq!(anna.core().devices().await.unwrap().len(), 2);
    assert_eq!(again.sees(chat).await, anna.sees(chat).await);
    assert_eq!(again.sees(chat).await, boris.sees(chat).await);
}
