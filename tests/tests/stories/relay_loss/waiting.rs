//! What waits on a device while a relay that was put back goes on in another way: when it gets its place it counts as
//! everybody else counts it.

use beseda_core::{actions::send_message::Outgoing, store::messages::flag};
use beseda_protocol::ChatId;
use beseda_tests::world::tables::meaning;

use super::*;

/// Rows of a chat are the same for all, and what their changes make.
async fn rows_agree(people: &[&Person], chat: ChatId) {
    let rows = meaning(people[0], chat).await;
    for person in people {
        assert_eq!(meaning(person, chat).await, rows, "{}", person.name);
        rebuilt(person).await;
    }
}

/// Somebody comes into a closed chat, who could not read what Boris has said as it was sealed: he says it again, under another
/// id, and all have it once.
async fn is_said_again(world: &World, [boris, anna, clara]: [&Person; 3], chat: ChatId, text: &str) {
    let dora = world.person("Dora").await;
    admit(anna, &dora, chat).await;
    clara.sync().await;
    rebuilt(clara).await;
    let people = [boris, anna, clara, &dora];
    exchange(&people).await;
    for person in people {
        assert_eq!(person.sees(chat).await.iter().filter(|one| one.ends_with(text)).count(), 1);
        rebuilt(person).await;
    }
}

#[tokio::test]
async fn a_mark_that_was_not_sent_counts_when_what_it_names_stands_in_the_log_again() {
    let world = World::new().await;
    let Team { anna, boris, clara, chat } = team(&world, History::All).await;
    world.keep_relay().await;
    boris.says(chat, "soon lost").await;
    for person in [&boris, &anna] {
        person.sync().await;
    }
    // She has read it, and nobody has heard of that.
    anna.reads_all(chat).await;
    world.put_relay_back().await;
    clara.says(chat, "first").await;
    let people = [&anna, &boris, &clara];
    for person in [&clara, &anna, &boris] {
        person.sync().await;
    }
    exchange(&people).await;
    rows_agree(&people, chat).await;
    let id = boris.message(chat, "soon lost").await.id;
    assert_eq!(anna.core().readers(id).await.unwrap().count, 1);
}

#[tokio::test]
async fn what_waits_of_who_has_left_by_the_log_that_stands_counts_for_nobody() {
    let world = World::new().await;
    let Team { anna, boris, clara, chat } = team(&world, History::All).await;
    let phone = world.device_of(&boris, "phone").await;
    let all = [&anna, &boris, &clara, &phone];
    exchange(&all).await;
    exchange(&all).await;
    world.keep_relay().await;
    phone.says(chat, "from the phone").await;
    for person in [&phone, &clara] {
        person.sync().await;
    }
    world.put_relay_back().await;
    // Boris leaves with the other device, which has not heard of that.
    boris.core().leave_chat(boris.number(chat).await).await.unwrap();
    for person in [&boris, &clara] {
        person.sync().await;
    }
    exchange(&[&anna, &clara]).await;
    assert_eq!(anna.line(chat).await.members, 2);
    assert_eq!(clara.sees(chat).await, anna.sees(chat).await);
    rows_agree(&[&anna, &clara], chat).await;
}

#[tokio::test]
async fn what_others_said_and_waits_goes_with_its_row_when_a_closed_chat_begins_a_new_segment() {
    let world = World::new().await;
    let Team { anna, boris, clara, chat } = team(&world, History::FromJoining).await;
    // Clara gets it in a file, and has nothing of her own to send.
    boris.says(chat, "in a file").await;
    let file = world.dir().join("waiting.bundle");
    boris.core().export_bundle(&file, false, &beseda_core::unreported()).await.unwrap();
    clara.core().import_bundle(&file, &beseda_core::unreported()).await.unwrap();
    assert_eq!(clara.sees(chat).await.last().unwrap(), "Boris: in a file");
    let in_a_file = clara.message(chat, "in a file").await.id;
    clara.core().save_message(in_a_file, true).await.unwrap();
    is_said_again(&world, [&boris, &anna, &clara], chat, "in a file").await;
}

/// Clara reads what Boris says, which the relay loses, and tells nobody but her own devices that she has.
async fn reads_what_is_lost(world: &World, history: History) -> Team {
    let team = team(world, history).await;
    let Team { boris, clara, chat, .. } = &team;
    clara.core().set_read_receipts(false).await.unwrap();
    world.keep_relay().await;
    boris.says(*chat, "soon lost").await;
    exchange(&[boris, clara]).await;
    clara.reads_all(*chat).await;
    clara.sync().await;
    world.put_relay_back().await;
    team
}

#[tokio::test]
async fn a_mark_of_ones_own_waits_for_what_has_gone_from_its_chat() {
    let world = World::new().await;
    let Team { anna, boris, clara, chat } = reads_what_is_lost(&world, History::FromJoining).await;
    is_said_again(&world, [&boris, &anna, &clara], chat, "soon lost").await;
}

#[tokio::test]
async fn a_mark_of_ones_own_counts_when_what_it_names_stands_in_the_log_again() {
    let world = World::new().await;
    let Team { anna, boris, clara, chat } = reads_what_is_lost(&world, History::All).await;
    // Anna has not heard of it, and it waits with Clara until it stands behind that.
    anna.says(chat, "first").await;
    anna.sync().await;
    exchange(&[&clara, &boris, &anna]).await;
    rows_agree(&[&anna, &boris, &clara], chat).await;
    assert_eq!(clara.line(chat).await.unread, 0);
}

#[tokio::test]
async fn what_was_said_since_somebody_came_into_a_closed_chat_is_not_said_again_when_they_are_put_back() {
    let world = World::new().await;
    let Team { anna, boris, clara, chat } = team(&world, History::FromJoining).await;
    let dora = world.person("Dora").await;
    world.keep_relay().await;
    // Clara hears of none of it.
    admit(&anna, &dora, chat).await;
    anna.says(chat, "welcome").await;
    exchange(&[&anna, &boris]).await;
    world.put_relay_back().await;
    clara.says(chat, "first").await;
    clara.sync().await;
    // Anna and Boris both have what she has said, and bring it.
    let people = [&anna, &boris, &clara];
    exchange(&people).await;
    for person in people {
        let welcomes = person.sees(chat).await.into_iter().filter(|line| line == "Anna: welcome");
        assert_eq!((welcomes.count(), person.line(chat).await.quarantined), (1, 0), "{}", person.name);
        rebuilt(person).await;
    }
}

#[tokio::test]
async fn what_was_said_before_a_device_came_by_a_lost_log_is_not_said_again() {
    let world = World::new().await;
    let Team { anna, boris, clara, chat } = team_of_two_admins(&world, History::All).await;
    world.keep_relay().await;
    clara.says(chat, "before it came").await;
    // Boris hears of none of it.
    let tablet = world.device_of(&clara, "tablet").await;
    for _ in 0..2 {
        exchange(&[&clara, &tablet, &anna]).await;
    }
    tablet.says(chat, "from the tablet").await;
    exchange(&[&tablet, &anna, &clara]).await;
    clara.says(chat, "since it came").await;
    clara.sync().await;
    world.put_relay_back().await;
    // The log goes on without it, and the tablet brings what Clara has said.
    let dora = world.person("Dora").await;
    admit(&boris, &dora, chat).await;
    let people = [&clara, &anna, &boris, &tablet, &dora];
    for _ in 0..3 {
        exchange(&people).await;
    }
    for person in people {
        let seen = person.sees(chat).await;
        for text in ["Clara: before it came", "Clara: from the tablet", "Clara: since it came"] {
            let times = seen.iter().filter(|line| *line == text).count();
            assert_eq!(times, 1, "{} sees {text:?}: {seen:?}", person.name);
        }
        rebuilt(person).await;
    }
}

#[tokio::test]
async fn what_is_said_again_stands_before_what_was_said_after_it() {
    let world = World::new().await;
    let Team { anna, boris, clara, chat } = team_of_two_admins(&world, History::FromJoining).await;
    world.keep_relay().await;
    // Boris hears of none of it. What is said after Dora has come she can read, and what was said before it she cannot.
    clara.says(chat, "one").await;
    exchange(&[&clara, &anna]).await;
    let dora = world.person("Dora").await;
    dora.core().join(&anna.invites(chat).await).await.unwrap();
    dora.sync().await;
    exchange(&[&anna, &clara]).await;
    clara.says(chat, "two").await;
    clara.sync().await;
    world.put_relay_back().await;
    // The log goes on in another way, and Clara is let in again there: whoever comes in reads from there on.
    boris.core().set_admin(boris.number(chat).await, clara.user(), true).await.unwrap();
    for person in [&boris, &clara, &boris, &clara] {
        person.sync().await;
    }
    clara.says(chat, "three").await;
    let people = [&clara, &boris, &anna];
    exchange(&people).await;
    exchange(&people).await;
    for person in people {
        let seen = person.sees(chat).await;
        assert_eq!(seen[seen.len() - 3..], ["Clara: one", "Clara: two", "Clara: three"], "{}", person.name);
        assert_eq!(person.line(chat).await.quarantined, 0, "{}", person.name);
        rebuilt(person).await;
    }
}

#[tokio::test]
async fn what_nobody_would_take_is_not_put_into_a_log_that_has_gone_on_without_it() {
    let world = World::new().await;
    let Team { anna, boris, clara, chat } = team(&world, History::FromJoining).await;
    // Dora is let in, and has not been here since: whoever comes next begins to read where she does.
    let (dora, emil) = (world.person("Dora").await, world.person("Emil").await);
    dora.core().join(&anna.invites(chat).await).await.unwrap();
    dora.sync().await;
    exchange(&[&anna, &boris, &clara]).await;
    world.keep_relay().await;
    emil.core().join(&anna.invites(chat).await).await.unwrap();
    for person in [&emil, &anna] {
        person.sync().await;
    }
    world.put_relay_back().await;
    // What she says Emil, who came with a log that is lost, could not read.
    dora.sync().await;
    dora.says(chat, "hello").await;
    dora.sync().await;
    let people = [&anna, &dora, &boris, &clara, &emil];
    for _ in 0..3 {
        exchange(&people).await;
    }
    emil.says(chat, "hello Dora").await;
    exchange(&people).await;
    for person in people {
        assert_eq!(person.status(chat).await, Some(Status::Active), "{}", person.name);
        assert_eq!(person.line(chat).await.quarantined, 0, "{}", person.name);
        assert_eq!(person.sees(chat).await.last().unwrap(), "Emil: hello Dora", "{}", person.name);
        rebuilt(person).await;
    }
}

/// What somebody said in a closed chat, and said again when the log went on with a newcomer who could not read it, and what
/// they had said first stand in one log: the relay was put back once more, and who had only read the first one came first.
async fn said_twice(world: &World, [anna, boris, clara]: [&Person; 3], chat: ChatId) -> Person {
    world.keep_relay().await;
    clara.says(chat, "soon lost").await;
    exchange(&[clara, boris]).await;
    boris.core().save_message(boris.message(chat, "soon lost").await.id, true).await.unwrap();
    world.put_relay_back().await;
    let dora = world.person("Dora").await;
    admit(anna, &dora, chat).await;
    clara.sync().await;
    let first = boris.message(chat, "soon lost").await.id;
    assert_ne!(clara.message(chat, "soon lost").await.id, first, "she has said it again");
    exchange(&[&dora, anna]).await;
    world.put_relay_back().await;
    let people = [boris, clara, anna, &dora];
    for _ in 0..3 {
        exchange(&people).await;
    }
    dora
}

/// All have it once, and nothing waits.
async fn once(people: &[&Person], chat: ChatId, text: &str) {
    for person in people {
        let seen = person.sees(chat).await;
        assert_eq!(seen.iter().filter(|line| line.ends_with(text)).count(), 1, "{}: {seen:?}", person.name);
        assert_eq!(person.line(chat).await.quarantined, 0, "{}", person.name);
        assert_eq!(person.core().sync_status().await.unwrap().waiting, 0, "{}", person.name);
        rebuilt(person).await;
    }
}

#[tokio::test]
async fn what_was_said_again_is_there_once_where_the_first_one_comes_into_the_log_too() {
    let world = World::new().await;
    let Team { anna, boris, clara, chat } = team(&world, History::FromJoining).await;
    let dora = said_twice(&world, [&anna, &boris, &clara], chat).await;
    let people = [&anna, &boris, &clara, &dora];
    once(&people, chat, "soon lost").await;
    // Who came since can read only what was said again; the others show what was said first.
    let (first, again) =
        (boris.message(chat, "soon lost").await.id, dora.message(chat, "soon lost").await.id);
    assert_ne!(first, again);
    assert_eq!(anna.message(chat, "soon lost").await.id, first);
    assert_eq!(clara.message(chat, "soon lost").await.id, first);
    // What is said about the one is said about the other.
    dora.reacts(chat, again, "👍", true).await;
    dora.sends(chat, Outgoing { reply_to: Some(again), ..Outgoing::from("found") }).await;
    exchange(&people).await;
    for person in [&anna, &boris, &clara] {
        let reacted = person.core().reacted(first).await.unwrap();
        assert_eq!(reacted.len(), 1, "{}", person.name);
        let answer = person.message(chat, "found").await.reply_to.unwrap();
        assert_eq!(person.core().message(answer).await.unwrap().id, first, "{}", person.name);
    }
    clara.edits(chat, first, "not lost").await;
    exchange(&people).await;
    once(&people, chat, "not lost").await;
    anna.deletes(chat, first).await;
    exchange(&people).await;
    for person in people {
        assert!(!person.sees(chat).await.contains(&"Clara: not lost".to_owned()), "{}", person.name);
        rebuilt(person).await;
    }
}

#[tokio::test]
async fn what_was_saved_or_hidden_and_said_again_stays_so_until_its_person_wants_it_otherwise() {
    let world = World::new().await;
    let Team { anna, boris, clara, chat } = team(&world, History::FromJoining).await;
    let dora = said_twice(&world, [&anna, &boris, &clara], chat).await;
    assert!(boris.message(chat, "soon lost").await.is(flag::SAVED));
    boris.core().save_message(boris.message(chat, "soon lost").await.id, false).await.unwrap();
    assert!(!boris.message(chat, "soon lost").await.is(flag::SAVED));
    rebuilt(&boris).await;
    assert!(!boris.message(chat, "soon lost").await.is(flag::SAVED));
    clara.hides(chat, clara.message(chat, "soon lost").await.id).await;
    rebuilt(&clara).await;
    assert!(!clara.sees(chat).await.contains(&"Clara: soon lost".to_owned()));
    once(&[&anna, &boris, &dora], chat, "soon lost").await;
}
