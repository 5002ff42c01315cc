//! A relay that was put back, and that others have healed before somebody looks: what that person's device cannot see in the
//! log. Times, what lay in inboxes, and which of two logs it is that let them in.

use beseda_core::store::{Durability, linking};
use beseda_protocol::{EnvelopeId, backup::SealedReturn, codec, request::Deliver};

use super::*;

/// Boris says something and does not hear that the relay has taken it; Anna reads it. Answers what he has said. The relay is
/// kept as it was before.
async fn said_unheard(world: &World, Team { anna, boris, clara, chat }: &Team) -> String {
    for at in 1..20 {
        let text = format!("said at {at}");
        world.keep_relay().await;
        boris.says(*chat, &text).await;
        boris.wire.set(Faults { lose_answer: Some(at), ..Faults::default() });
        let _ = boris.try_sync().await;
        boris.wire.set(Faults::default());
        anna.sync().await;
        let here = anna.sees(*chat).await.contains(&format!("Boris: {text}"));
        if here && boris.message(*chat, &text).await.place.is_queued() {
            return text;
        }
        exchange(&[boris, anna, clara]).await;
    }
    panic!("some answer is the one");
}

#[tokio::test]
async fn what_is_put_there_again_has_one_time_for_everybody() {
    let world = World::new().await;
    let team = team(&world, History::All).await;
    said_unheard(&world, &team).await;
    let Team { anna, boris, clara, chat } = team;
    let first = times(&anna, chat).await;
    world.put_relay_back().await;
    world.advance(3600);
    // So he says it again, an hour later, and it stands where it stood.
    boris.sync().await;
    let people = [&anna, &boris, &clara];
    exchange(&people).await;
    assert_ne!(times(&anna, chat).await, first);
    for person in people {
        assert_eq!(times(person, chat).await, times(&boris, chat).await, "{}", person.name);
    }
    all_the_same(&people, chat).await;
}

#[tokio::test]
async fn where_two_logs_part_the_times_before_that_are_the_same_too() {
    let world = World::new().await;
    let team = team(&world, History::All).await;
    let text = said_unheard(&world, &team).await;
    let Team { anna, boris, clara, chat } = team;
    let first = anna.message(chat, &text).await.at;
    world.put_relay_back().await;
    world.advance(3600);
    // He says it again, an hour later, and Clara answers. Anna hears of neither before all that is lost too.
    exchange(&[&boris, &clara]).await;
    clara.says(chat, "really?").await;
    exchange(&[&clara, &boris]).await;
    assert_ne!(boris.message(chat, &text).await.at, first);
    world.put_relay_back().await;
    // She has it from the first time, and what she said after it.
    let people = [&anna, &boris, &clara];
    exchange(&people).await;
    for person in people {
        assert_eq!(person.message(chat, &text).await.at, first, "{}", person.name);
        assert_eq!(times(person, chat).await, times(&anna, chat).await, "{}", person.name);
    }
    all_the_same(&people, chat).await;
}

#[tokio::test]
async fn who_stands_at_an_entry_that_both_logs_have_learns_that_times_before_it_are_others() {
    let world = World::new().await;
    let team = team(&world, History::All).await;
    let dora = world.person("Dora").await;
    admit(&team.anna, &dora, team.chat).await;
    exchange(&[&team.anna, &team.boris, &team.clara, &dora]).await;
    let text = said_unheard(&world, &team).await;
    let Team { anna, boris, clara, chat } = team;
    exchange(&[&anna, &dora]).await;
    let at = async |person: &Person| person.message(chat, &text).await.at;
    let first = at(&anna).await;
    world.put_relay_back().await;
    world.advance(3600);
    // Boris says it again, an hour later, Dora brings what came after it, Clara answers: they have that time, Anna has not.
    for person in [&boris, &dora] {
        person.sync().await;
    }
    clara.says(chat, "really?").await;
    for person in [&clara, &boris, &clara] {
        person.sync().await;
    }
    let later = at(&boris).await;
    assert!(later > first && later == at(&clara).await);
    world.put_relay_back().await;
    // Anna brings it with the first time, and Clara what came after it, with the times that it had.
    for person in [&anna, &clara, &boris] {
        person.sync().await;
        assert_eq!(at(person).await, first, "{}", person.name);
    }
    let people = [&anna, &boris, &clara, &dora];
    exchange(&people).await;
    for person in people {
        assert_eq!(times(person, chat).await, times(&anna, chat).await, "{}", person.name);
    }
    all_the_same(&people, chat).await;
}

#[tokio::test]
async fn what_lies_in_an_inbox_is_read_though_the_relay_has_given_its_number_before() {
    let world = World::new().await;
    let Team { anna, boris, clara, chat } = team(&world, History::All).await;
    let (dora, emil, fay) =
        (world.person("Dora").await, world.person("Emil").await, world.person("Fay").await);
    world.keep_relay().await;
    admit(&anna, &dora, chat).await;
    world.put_relay_back().await;
    // Their requests have the number that Dora's had, and the next one.
    for guest in [&emil, &fay] {
        guest.core().join(&anna.invites(chat).await).await.unwrap();
        guest.sync().await;
    }
    let all = [&anna, &boris, &clara, &dora, &emil, &fay];
    exchange(&all).await;
    exchange(&all).await;
    all_the_same(&all, chat).await;
}

#[tokio::test]
async fn a_welcome_that_a_relay_has_lost_is_sent_again() {
    for put_back in [false, true] {
        let world = World::new().await;
        let Team { anna, boris, clara, chat } = team(&world, History::All).await;
        let link = anna.invites(chat).await;
        let dora = world.person("Dora").await;
        dora.core().join(&link).await.unwrap();
        dora.sync().await;
        world.keep_relay().await;
        // She is in, and does not know it yet.
        exchange(&[&anna, &boris]).await;
        if put_back {
            world.put_relay_back().await;
        } else {
            world.lose_relay().await;
        }
        // Others bring the log back; none of them has the welcome.
        exchange(&[&boris, &clara, &dora]).await;
        assert_eq!(boris.line(chat).await.members, 4);
        assert_eq!(dora.status(chat).await, None);
        let people = [&anna, &boris, &clara, &dora];
        exchange(&people).await;
        exchange(&people).await;
        dora.says(chat, "here I am").await;
        exchange(&[&dora, &anna, &boris, &clara]).await;
        all_the_same(&people, chat).await;
    }
}

#[tokio::test]
async fn a_device_that_is_being_linked_is_so_when_the_relay_has_lost_the_letters() {
    for history in [History::All, History::FromJoining] {
        let world = World::new().await;
        let Team { anna, boris, clara, chat } = team(&world, history).await;
        let phone = world.device_of(&anna, "phone").await;
        // What Anna has told it of the chat is lost; then what it has sent her; then what lets it in.
        for n in 0..3 {
            if n > 0 {
                phone.sync().await;
            }
            if n > 1 {
                anna.sync().await;
            }
            world.lose_relay().await;
            exchange(&[&clara, &boris]).await;
        }
        let all = [&anna, &boris, &clara, &phone];
        exchange(&all).await;
        exchange(&all).await;
        all_hear(&phone, "Anna", &[&anna, &boris, &clara], chat).await;
    }
}

#[tokio::test]
async fn an_own_device_begins_where_the_log_does_that_a_newcomer_has_filled() {
    let world = World::new().await;
    let Team { anna, boris, clara, chat } = team(&world, History::FromJoining).await;
    world.lose_relay().await;
    // Clara has nothing from before she came.
    clara.sync().await;
    exchange(&[&anna, &boris]).await;
    let phone = world.device_of(&anna, "phone").await;
    let all = [&anna, &boris, &clara, &phone];
    exchange(&all).await;
    exchange(&all).await;
    all_hear(&phone, "Anna", &[&anna, &boris, &clara], chat).await;
    assert_eq!(phone.sees(chat).await, clara.sees(chat).await);
}

#[tokio::test]
async fn who_has_less_of_a_closed_chat_leaves_it_to_others_to_bring_back_what_somebody_has_not_read() {
    for patient in [true, false] {
        let world = World::new().await;
        let Team { anna, boris, clara, chat } = team(&world, History::FromJoining).await;
        let (dora, emil) = (world.person("Dora").await, world.person("Emil").await);
        // Boris hears of none of it.
        anna.says(chat, "somebody is coming").await;
        admit(&anna, &dora, chat).await;
        admit(&anna, &emil, chat).await;
        for person in [&clara, &dora, &emil] {
            person.sync().await;
        }
        world.lose_relay().await;
        emil.sync().await;
        let error = emil.core().sync_status().await.unwrap().progress.error;
        assert_eq!(error, Some(TransportError::Lost(1)));
        let people = [&boris, &emil, &dora, &anna, &clara];
        if patient {
            boris.says(chat, "what have I missed?").await;
            exchange(&people).await;
            exchange(&people).await;
            all_hear(&boris, "Boris", &people[1..], chat).await;
            assert!(boris.sees(chat).await.contains(&"Anna: somebody is coming".to_owned()));
        } else {
            // Nobody else comes for days.
            world.advance(4 * 24 * 3600);
            emil.sync().await;
            all_hear(&emil, "Emil", &[&dora, &anna, &clara], chat).await;
        }
        for person in people {
            rebuilt(person).await;
        }
    }
}

#[tokio::test]
async fn whom_the_log_that_stands_has_let_in_again_is_in_though_they_know_another_one() {
    let world = World::new().await;
    let Team { anna, boris, clara, chat } = team(&world, History::All).await;
    world.keep_relay().await;
    // Boris leaves, and Clara alone hears of it.
    boris.says(chat, "good bye").await;
    boris.core().leave_chat(boris.number(chat).await).await.unwrap();
    boris.sync().await;
    clara.sync().await;
    assert_eq!(boris.status(chat).await, Some(Status::Removed));
    world.put_relay_back().await;
    // Anna was behind and writes first. Clara brings her what Boris has said, and Anna puts him out.
    anna.says(chat, "where is everybody?").await;
    exchange(&[&anna, &clara]).await;
    exchange(&[&anna, &clara]).await;
    assert_eq!(anna.line(chat).await.members, 2);
    // He wants to be in again after all.
    boris.core().join(&anna.invites(chat).await).await.unwrap();
    exchange(&[&boris, &anna, &clara]).await;
    exchange(&[&boris, &anna, &clara]).await;
    let people = [&anna, &boris, &clara];
    all_the_same(&people, chat).await;
    boris.says(chat, "there I am").await;
    exchange(&people).await;
    all_the_same(&people, chat).await;
    assert_eq!(anna.sees(chat).await.last().unwrap(), "Boris: there I am");
}

#[tokio::test]
async fn whom_a_lost_log_has_put_out_is_in_by_the_one_that_stands() {
    let world = World::new().await;
    let Team { anna, boris, clara, chat } = team(&world, History::All).await;
    world.keep_relay().await;
    anna.removes(chat, &boris).await;
    exchange(&[&anna, &boris]).await;
    assert_eq!(boris.status(chat).await, Some(Status::Removed));
    world.put_relay_back().await;
    // Clara has heard nothing of it, and lets her phone in: the log goes on from there.
    let phone = world.device_of(&clara, "phone").await;
    exchange(&[&clara, &phone]).await;
    let people = [&boris, &anna, &clara, &phone];
    for _ in 0..3 {
        exchange(&people).await;
    }
    all_the_same(&people, chat).await;
    boris.says(chat, "that was a lot").await;
    exchange(&people).await;
    all_the_same(&people, chat).await;
    // Put out of this one he is out.
    anna.removes(chat, &boris).await;
    exchange(&people).await;
    assert_eq!(boris.status(chat).await, Some(Status::Removed));
    world.stop_relay().await;
    world.start_relay().await;
    exchange(&people).await;
    assert_eq!(boris.status(chat).await, Some(Status::Removed));
}

/// They are let in, and their device has not read on from there.
async fn takes_the_welcome(person: &Person, chat: ChatId) {
    for at in 0..30 {
        person.wire.set(Faults { cut_before: Some(at), ..Faults::default() });
        let _ = person.try_sync().await;
        person.wire.set(Faults::default());
        if person.status(chat).await == Some(Status::Joining) {
            return;
        }
    }
    panic!("no welcome comes");
}

#[tokio::test]
async fn who_was_let_in_finds_that_where_others_have_put_it() {
    for history in [History::All, History::FromJoining] {
        let world = World::new().await;
        let Team { anna, boris, clara, chat } = team_of_two_admins(&world, history).await;
        let dora = world.person("Dora").await;
        dora.core().join(&anna.invites(chat).await).await.unwrap();
        dora.sync().await;
        world.keep_relay().await;
        // Clara does not hear of it.
        for person in [&anna, &boris] {
            person.sync().await;
        }
        takes_the_welcome(&dora, chat).await;
        world.put_relay_back().await;
        clara.says(chat, "first").await;
        clara.sync().await;
        // Boris puts it after that. Anna, who has made it, does not come again.
        boris.sync().await;
        let people = [&dora, &boris, &clara];
        exchange(&people).await;
        all_hear(&dora, "Dora", &[&boris, &clara], chat).await;
    }
}

#[tokio::test]
async fn whose_welcome_is_of_a_lost_log_is_let_in_by_another_one() {
    for history in [History::All, History::FromJoining] {
        let world = World::new().await;
        let Team { anna, boris, clara, chat } = team(&world, history).await;
        let dora = world.person("Dora").await;
        dora.core().join(&anna.invites(chat).await).await.unwrap();
        dora.sync().await;
        let phone = world.device_of(&clara, "phone").await;
        exchange(&[&clara, &phone]).await;
        world.keep_relay().await;
        anna.sync().await;
        takes_the_welcome(&dora, chat).await;
        world.put_relay_back().await;
        // The log goes on with another change of who is in, and Anna must do hers again.
        let tablet = world.device_of(&clara, "tablet").await;
        exchange(&[&clara, &tablet]).await;
        let people = [&anna, &dora, &boris, &clara, &phone, &tablet];
        for _ in 0..3 {
            exchange(&people).await;
        }
        all_hear(&dora, "Dora", &[&anna, &boris, &clara, &phone, &tablet], chat).await;
    }
}

/// They are let in by the device of `by`, which does not hear that the relay has taken that, and they read that they are in.
async fn let_in_unheard(by: &Person, device: &Person, chat: ChatId) {
    let before = last_handshake(by, chat).await;
    for at in 0..40 {
        by.wire.set(Faults { lose_answer: Some(at), cut_before: Some(at + 1), ..Faults::default() });
        let _ = by.try_sync().await;
        by.wire.set(Faults::default());
        device.sync().await;
        if device.status(chat).await == Some(Status::Active) {
            assert_eq!(last_handshake(by, chat).await, before);
            return;
        }
    }
    panic!("some answer is the one");
}

/// Wishes to come back that have crossed the wires, as they were sealed.
fn wishes(world: &World) -> Vec<Vec<u8>> {
    let traffic = world.traffic();
    let delivered = traffic.iter().filter_map(|sent| codec::decode::<Deliver>(sent, sent.len()).ok());
    let wish = |sent: &Deliver| codec::decode::<SealedReturn>(&sent.body, sent.body.len()).is_ok();
    delivered.filter(wish).map(|sent| sent.body).collect()
}

/// Somebody repeats to everybody what they have come by, and nobody does anything for that.
async fn repeats(by: &Person, wish: &[u8], round: u8, people: &[&Person], chat: ChatId) {
    let before = last_handshake(by, chat).await;
    let mut tx = by.core().device().store.begin(Durability::Process).await.unwrap();
    for (person, n) in people.iter().zip(0..) {
        let (id, to) = (EnvelopeId([round * 16 + n; 16]), person.core().device().keys.device());
        linking::put_letter(&mut tx, id, to, wish, linking::Until::Sent, false).await.unwrap();
    }
    tx.commit().await.unwrap();
    for person in [&[by], people].concat() {
        person.sync().await;
    }
    exchange(people).await;
    assert_eq!(last_handshake(people[0], chat).await, before);
}

#[tokio::test]
async fn who_has_read_that_they_are_in_is_let_in_anew_where_the_one_who_let_them_in_had_not_read_it() {
    // A guest of a closed chat has no key from before they came that they could seal a wish with.
    for (history, linked) in [(History::All, false), (History::All, true), (History::FromJoining, true)] {
        let world = World::new().await;
        let Team { anna, boris, clara, chat } = team(&world, history).await;
        let newcomer = if linked {
            world.device_of(&anna, "tablet").await
        } else {
            let dora = world.person("Dora").await;
            dora.core().join(&anna.invites(chat).await).await.unwrap();
            dora
        };
        newcomer.sync().await;
        world.keep_relay().await;
        let_in_unheard(&anna, &newcomer, chat).await;
        world.put_relay_back().await;
        // The log goes on with another change of who is in, and Anna does hers again.
        let phone = world.device_of(&clara, "phone").await;
        exchange(&[&clara, &phone]).await;
        world.record();
        let people = [&anna, &newcomer, &boris, &clara, &phone];
        for _ in 0..4 {
            exchange(&people).await;
        }
        let wishes = wishes(&world);
        assert!(!wishes.is_empty());
        repeats(&boris, &wishes[0], 1, &[&anna, &clara, &phone], chat).await;
        let by = if linked { "Anna" } else { "Dora" };
        all_hear(&newcomer, by, &[&anna, &boris, &clara, &phone], chat).await;
        repeats(&boris, &wishes[0], 2, &[&anna, &clara, &phone], chat).await;
        for person in people {
            rebuilt(person).await;
        }
    }
}

#[tokio::test]
async fn a_key_package_that_a_relay_gives_away_twice_lets_its_device_in_twice() {
    let world = World::new().await;
    let Team { anna, boris, clara, .. } = team(&world, History::All).await;
    let all = [&anna, &boris, &clara];
    // Boris and Clara both put Anna into a chat of theirs, with what lies in the directory for her.
    world.keep_relay().await;
    let mut chats = vec![];
    for host in [&boris, &clara] {
        let chat = host.creates(ChatKind::Group, &host.name).await;
        host.core().add_member(host.number(chat).await, anna.user()).await.unwrap();
        exchange(&all).await;
        chats.push(chat);
        assert_eq!(anna.status(chat).await, Some(Status::Active), "{}", host.name);
        world.put_relay_back().await;
    }
    exchange(&all).await;
    exchange(&all).await;
    for (host, chat) in [&boris, &clara].into_iter().zip(chats) {
        host.says(chat, "there you are").await;
        exchange(&all).await;
        assert_eq!(anna.sees(chat).await, [format!("{}: there you are", host.name)]);
    }
}

#[tokio::test]
async fn who_finds_what_let_them_in_and_that_the_chat_has_gone_on_without_what_they_did_since_asks_again() {
    let world = World::new().await;
    let Team { anna, boris, clara, chat } = team_of_two_admins(&world, History::FromJoining).await;
    let dora = world.person("Dora").await;
    world.keep_relay().await;
    // Clara hears of none of it, and Boris of Dora.
    admit(&anna, &dora, chat).await;
    boris.sync().await;
    let phone = world.device_of(&dora, "phone").await;
    exchange(&[&phone, &dora]).await;
    assert_eq!(phone.status(chat).await, Some(Status::Active));
    world.put_relay_back().await;
    clara.says(chat, "first").await;
    clara.sync().await;
    // Boris puts it after that, and something after it that is not what Dora has put there.
    boris.core().set_admin(boris.number(chat).await, clara.user(), true).await.unwrap();
    boris.sync().await;
    assert_eq!(boris.line(chat).await.members, 4);
    let people = [&dora, &boris, &anna, &clara, &phone];
    for _ in 0..4 {
        exchange(&people).await;
    }
    all_hear(&dora, "Dora", &people[1..], chat).await;
    all_hear(&phone, "Dora", &people[..4], chat).await;
    for person in people {
        rebuilt(person).await;
    }
}

#[tokio::test]
async fn who_has_read_on_in_a_closed_chat_finds_what_let_them_in_where_others_have_put_it() {
    for more in [false, true] {
        let world = World::new().await;
        let Team { anna, boris, clara, chat } = team(&world, History::FromJoining).await;
        let dora = world.person("Dora").await;
        world.keep_relay().await;
        // Clara hears of none of it.
        admit(&anna, &dora, chat).await;
        dora.says(chat, "good morning").await;
        exchange(&[&dora, &anna]).await;
        let mut people = vec![&dora, &anna, &clara, &boris];
        let phone = if more { Some(world.device_of(&anna, "phone").await) } else { None };
        if let Some(phone) = &phone {
            exchange(&[phone, &anna, &dora]).await;
            exchange(&[phone, &anna, &dora]).await;
            people.push(phone);
        }
        world.put_relay_back().await;
        clara.says(chat, "first").await;
        clara.sync().await;
        anna.sync().await;
        exchange(&people).await;
        exchange(&people).await;
        all_hear(&dora, "Dora", &people[1..], chat).await;
        assert!(clara.sees(chat).await.contains(&"Dora: good morning".to_owned()));
        for person in people {
            rebuilt(person).await;
        }
    }
}
