//! A relay loses its disk, or is put back to an older state, while people go on. Any one member's device brings back what
//! was there, in the old order, once.
#![expect(clippy::unwrap_used, reason = "the steps of a test are the test")]

mod healed;
mod let_in;
mod moving;
mod put_out;
mod random;
mod waiting;

use beseda_core::{
    actions::create_chat::NewChat,
    store::chats::{self, Status},
    sync::transport::TransportError,
};
use beseda_protocol::{
    ChatId, Seq,
    membership::{ChatKind, History},
};
use beseda_tests::world::{Faults, Person, World, admit, exchange, tables::rebuilt};

/// Everybody has the same chat, whole, and their rows are what their changes make.
async fn all_the_same(people: &[&Person], chat: ChatId) {
    let first = people[0].sees(chat).await;
    for person in people {
        assert_eq!(person.sees(chat).await, first, "{}", person.name);
        assert_eq!(person.status(chat).await, Some(Status::Active), "{}", person.name);
        assert_eq!(person.line(chat).await.quarantined, 0, "{}", person.name);
        let status = person.core().sync_status().await.unwrap();
        assert_eq!((status.waiting, status.progress.error), (0, None), "{}", person.name);
        rebuilt(person).await;
        let checked = person.core().examine(&beseda_core::unreported()).await.unwrap();
        assert!(checked.iter().all(beseda_core::doctor::Checked::is_fine), "{}: {checked:?}", person.name);
    }
}

/// When each message was accepted, as a person's device has it.
async fn times(person: &Person, chat: ChatId) -> Vec<i64> {
    person.reads(chat).await.iter().map(|message| message.at).collect()
}

struct Team {
    anna: Person,
    boris: Person,
    clara: Person,
    chat: ChatId,
}

/// Anna, who has the chat, Boris and Clara, with something said by each.
async fn team(world: &World, history: History) -> Team {
    let (anna, boris, clara) =
        (world.person("Anna").await, world.person("Boris").await, world.person("Clara").await);
    let new = NewChat { kind: ChatKind::Group, title: "Trip", description: "", category: "", history };
    let chat = anna.core().create_chat_with(&new).await.unwrap().id;
    anna.says(chat, "before anybody came").await;
    admit(&anna, &boris, chat).await;
    boris.counts(chat, 0, 3).await;
    exchange(&[&boris, &anna]).await;
    world.advance(3600);
    admit(&anna, &clara, chat).await;
    clara.counts(chat, 0, 3).await;
    anna.counts(chat, 0, 3).await;
    exchange(&[&anna, &boris, &clara]).await;
    Team { anna, boris, clara, chat }
}

/// The same, and Boris may let others in and put them out as Anna does.
async fn team_of_two_admins(world: &World, history: History) -> Team {
    let Team { anna, boris, clara, chat } = team(world, history).await;
    anna.core().set_admin(anna.number(chat).await, boris.user(), true).await.unwrap();
    exchange(&[&anna, &boris, &clara]).await;
    Team { anna, boris, clara, chat }
}

/// The device of `by` is in: the others hear what is said there, and nothing is set aside by anybody.
async fn all_hear(device: &Person, by: &str, others: &[&Person], chat: ChatId) {
    let all = [&[device], others].concat();
    device.says(chat, "here I am").await;
    exchange(&all).await;
    for person in all {
        assert_eq!(person.status(chat).await, Some(Status::Active), "{}", person.name);
        assert_eq!(person.line(chat).await.quarantined, 0, "{}", person.name);
        assert_eq!(person.sees(chat).await.last().unwrap(), &format!("{by}: here I am"), "{}", person.name);
    }
}

/// The last handshake that their device has read.
async fn last_handshake(person: &Person, chat: ChatId) -> Seq {
    let mut reader = person.core().device().store.readers().acquire().await.unwrap();
    chats::state(&mut reader, person.number(chat).await).await.unwrap().last_handshake
}

#[tokio::test]
async fn any_one_member_brings_back_what_an_empty_relay_has_lost() {
    for first in 0..3 {
        let world = World::new().await;
        let Team { anna, boris, clara, chat } = team(&world, History::All).await;
        let (seen, at) = (anna.sees(chat).await, times(&anna, chat).await);
        world.lose_relay().await;
        world.advance(24 * 3600);
        // They go on writing all the while.
        anna.says(chat, "still here").await;
        boris.says(chat, "so am I").await;
        let people = [&anna, &boris, &clara];
        people[first].sync().await;
        exchange(&people).await;
        assert_eq!(anna.sees(chat).await[..seen.len()], seen, "in the old order");
        assert_eq!(anna.sees(chat).await.len(), seen.len() + 2, "once");
        all_the_same(&people, chat).await;

        // Who comes now has all of it, with its times.
        let dora = world.person("Dora").await;
        admit(&anna, &dora, chat).await;
        dora.says(chat, "what a long chat").await;
        exchange(&[&dora, &anna, &boris, &clara]).await;
        all_the_same(&[&dora, &anna, &boris, &clara], chat).await;
        assert_eq!(times(&dora, chat).await[..at.len()], at);
        // And a member can be put out of the new log.
        anna.removes(chat, &clara).await;
        exchange(&[&anna, &boris, &dora, &clara]).await;
        assert_eq!(clara.status(chat).await, Some(Status::Removed));
        anna.says(chat, "without Clara").await;
        exchange(&[&anna, &boris, &dora]).await;
        all_the_same(&[&anna, &boris, &dora], chat).await;
    }
}

#[tokio::test]
async fn whoever_is_interrupted_goes_on_and_several_can_do_it_at_once() {
    let world = World::new().await;
    let Team { anna, boris, clara, chat } = team(&world, History::All).await;
    let seen = anna.sees(chat).await;
    world.lose_relay().await;
    // However often an answer is lost or the wire cut, it is where it was before long.
    for n in 1..60 {
        let person = [&boris, &clara, &anna][n % 3];
        let at = u32::try_from(3 + n / 3).unwrap();
        let faults = match n % 2 {
            0 => Faults { lose_answer: Some(at), ..Faults::default() },
            _ => Faults { cut_before: Some(at), ..Faults::default() },
        };
        person.wire.set(faults);
        let _ = person.try_sync().await;
        person.wire.set(Faults::default());
    }
    exchange(&[&clara, &boris, &anna]).await;
    assert_eq!(anna.sees(chat).await, seen);
    all_the_same(&[&anna, &boris, &clara], chat).await;
    // All three at the same moment.
    world.lose_relay().await;
    tokio::join!(anna.sync(), boris.sync(), clara.sync());
    exchange(&[&anna, &boris, &clara]).await;
    assert_eq!(anna.sees(chat).await, seen);
    all_the_same(&[&anna, &boris, &clara], chat).await;
}

#[tokio::test]
async fn a_chat_that_is_closed_to_newcomers_comes_back_as_closed_as_it_was() {
    for first in 0..3 {
        let world = World::new().await;
        let Team { anna, boris, clara, chat } = team(&world, History::FromJoining).await;
        let people = [&anna, &boris, &clara];
        let mut seen = Vec::new();
        for person in people {
            seen.push(person.sees(chat).await);
        }
        assert!(seen[1].len() > seen[2].len());
        world.lose_relay().await;
        people[first].says(chat, "still here").await;
        people[first].sync().await;
        exchange(&people).await;
        for (person, seen) in people.iter().zip(&mut seen) {
            seen.push(format!("{}: still here", people[first].name));
            assert_eq!(person.sees(chat).await, *seen, "{} after {}", person.name, people[first].name);
            assert_eq!(person.line(chat).await.quarantined, 0, "{}", person.name);
            rebuilt(person).await;
        }
        let dora = world.person("Dora").await;
        admit(&anna, &dora, chat).await;
        anna.says(chat, "hello Dora").await;
        exchange(&[&anna, &boris, &clara, &dora]).await;
        assert_eq!(dora.sees(chat).await, ["Anna: hello Dora"]);
        assert_eq!(clara.sees(chat).await.last().unwrap(), "Anna: hello Dora");
    }
}

#[tokio::test]
async fn a_relay_that_is_put_back_to_an_older_state_gets_what_came_since() {
    for first in 0..2 {
        let world = World::new().await;
        let Team { anna, boris, clara, chat } = team(&world, History::All).await;
        world.keep_relay().await;
        let dora = world.person("Dora").await;
        admit(&anna, &dora, chat).await;
        dora.says(chat, "I have come").await;
        exchange(&[&dora, &anna, &boris, &clara]).await;
        anna.removes(chat, &clara).await;
        exchange(&[&anna, &boris, &dora, &clara]).await;
        boris.counts(chat, 3, 6).await;
        exchange(&[&boris, &anna, &dora]).await;
        let seen = anna.sees(chat).await;
        world.put_relay_back().await;
        // Only who may let others in can say again who may use the chat: Boris waits for Anna.
        let people = [[&anna, &boris, &dora], [&boris, &anna, &dora]][first];
        exchange(&people).await;
        exchange(&people).await;
        assert_eq!(anna.sees(chat).await, seen);
        all_the_same(&people, chat).await;
        // Who was put out in what was lost is out.
        clara.try_sync().await.unwrap();
        assert_eq!(clara.status(chat).await, Some(Status::Removed));
    }
}

#[tokio::test]
async fn who_was_behind_and_wrote_first_takes_nothing_from_the_others() {
    for letting_in in [false, true] {
        let world = World::new().await;
        let Team { anna, boris, clara, chat } = team(&world, History::All).await;
        world.keep_relay().await;
        // While Boris is away:
        anna.says(chat, "one").await;
        clara.says(chat, "two").await;
        exchange(&[&anna, &clara]).await;
        let dora = world.person("Dora").await;
        if letting_in {
            admit(&anna, &dora, chat).await;
            dora.says(chat, "three").await;
            exchange(&[&dora, &anna, &clara]).await;
        }
        anna.reads_all(chat).await;
        anna.says(chat, "four").await;
        exchange(&[&anna, &clara]).await;
        let newest = anna.message(chat, "one").await.id;
        clara.reacts(chat, newest, "👍", true).await;
        exchange(&[&anna, &clara]).await;
        world.put_relay_back().await;
        boris.says(chat, "where is everybody?").await;
        boris.sync().await;
        let mut people = vec![&boris, &anna, &clara];
        if letting_in {
            people.push(&dora);
        }
        exchange(&people).await;
        exchange(&people).await;
        all_the_same(&people, chat).await;
        let seen = anna.sees(chat).await;
        let said: &[&str] = match letting_in {
            false => &["Boris: where is everybody?", "Anna: one", "Clara: two", "Anna: four"],
            true => &["Boris: where is everybody?", "Anna: one", "Clara: two", "Dora: three", "Anna: four"],
        };
        assert_eq!(seen[seen.len() - said.len()..], *said, "{letting_in}");
        let one = boris.message(chat, "one").await.id;
        assert_eq!(boris.shown(chat, one).await.reactions.len(), 1);
        boris.says(chat, "there you are").await;
        exchange(&people).await;
        all_the_same(&people, chat).await;
    }
}

#[tokio::test]
async fn what_newcomers_could_not_read_is_said_again_by_who_said_it_and_by_nobody_else() {
    let world = World::new().await;
    let Team { anna, boris, clara, chat } = team(&world, History::FromJoining).await;
    world.keep_relay().await;
    // While Anna is away:
    boris.counts(chat, 10, 13).await;
    exchange(&[&boris, &clara]).await;
    clara.counts(chat, 10, 13).await;
    exchange(&[&clara, &boris]).await;
    world.put_relay_back().await;
    // She is the first to come, and lets somebody in who is not to read what was before.
    let dora = world.person("Dora").await;
    admit(&anna, &dora, chat).await;
    let people = [&clara, &boris, &anna, &dora];
    exchange(&people).await;
    exchange(&people).await;
    let mut said = Vec::new();
    for name in ["Boris", "Clara"] {
        said.extend((10..13).map(|n| format!("{name}: {name} {n}")));
    }
    for person in people {
        let mut seen = person.sees(chat).await;
        seen.drain(..seen.len() - said.len());
        seen.sort();
        assert_eq!(seen, said, "{}", person.name);
        assert_eq!(person.line(chat).await.quarantined, 0, "{}", person.name);
        rebuilt(person).await;
    }
}

#[tokio::test]
async fn who_came_in_what_was_lost_is_in_though_nobody_said_a_word_since() {
    let world = World::new().await;
    let Team { anna, boris, clara, chat } = team(&world, History::All).await;
    world.keep_relay().await;
    let mut dora = world.person("Dora").await;
    admit(&anna, &dora, chat).await;
    dora.close().await;
    world.put_relay_back().await;
    boris.says(chat, "am I alone?").await;
    boris.sync().await;
    exchange(&[&anna, &boris, &clara]).await;
    dora.open().await.unwrap();
    exchange(&[&dora, &anna, &boris, &clara]).await;
    exchange(&[&dora, &anna, &boris, &clara]).await;
    assert_eq!(boris.core().members(boris.number(chat).await).await.unwrap().len(), 4);
    all_the_same(&[&anna, &boris, &clara, &dora], chat).await;
}

#[tokio::test]
async fn a_device_that_the_relay_had_forgotten_is_in_again_when_the_others_have_said_so() {
    let world = World::new().await;
    let Team { anna, boris, clara, chat } = team(&world, History::All).await;
    world.keep_relay().await;
    let dora = world.person("Dora").await;
    admit(&anna, &dora, chat).await;
    world.put_relay_back().await;
    // The relay of now knows nothing of Dora.
    dora.says(chat, "hello?").await;
    dora.try_sync().await.unwrap();
    assert_eq!(dora.status(chat).await, Some(Status::Removed));
    exchange(&[&anna, &boris, &clara, &dora]).await;
    all_the_same(&[&anna, &boris, &clara, &dora], chat).await;
    assert_eq!(boris.sees(chat).await.last().unwrap(), "Dora: hello?");
}

#[tokio::test]
async fn requests_and_the_backup_are_told_again_to_a_relay_that_lost_them() {
    let world = World::new().await;
    let Team { anna, boris, clara, chat } = team(&world, History::All).await;
    let words = anna.core().recovery_words().await.unwrap().to_string();
    let link = anna.invites(chat).await;
    let mut dora = world.person("Dora").await;
    dora.core().join(&link).await.unwrap();
    dora.sync().await;
    world.lose_relay().await;
    // Dora is in no chat that could be lost but her notes, which tell her of it.
    exchange(&[&dora, &anna, &dora, &anna, &boris, &clara]).await;
    dora.restart().await;
    exchange(&[&dora, &anna]).await;
    all_the_same(&[&anna, &boris, &clara, &dora], chat).await;
    let (mut anna, seen) = (anna, dora.sees(chat).await);
    anna.close().await;
    let again = world.recovers(&words, "again").await.unwrap();
    exchange(&[&again]).await;
    assert_eq!(again.sees(chat).await, seen);
}

#[tokio::test]
async fn who_was_put_out_cannot_take_an_empty_relay_over() {
    let world = World::new().await;
    let Team { anna, boris, clara, chat } = team(&world, History::All).await;
    anna.removes(chat, &clara).await;
    exchange(&[&anna, &boris]).await;
    // Clara has not heard of it when the relay is lost: her device fills the new one with what it knows.
    world.lose_relay().await;
    clara.says(chat, "mine now").await;
    let _ = clara.try_sync().await;
    exchange(&[&anna, &boris]).await;
    anna.says(chat, "without Clara").await;
    exchange(&[&anna, &boris, &clara]).await;
    assert_eq!(clara.status(chat).await, Some(Status::Removed));
    assert!(!clara.sees(chat).await.contains(&"Anna: without Clara".to_owned()));
    all_the_same(&[&anna, &boris], chat).await;
    assert!(!matches!(
        anna.core().sync_status().await.unwrap().progress.error,
        Some(TransportError::Lost(_))
    ));
}
