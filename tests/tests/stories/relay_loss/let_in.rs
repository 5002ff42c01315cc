//! Who was let into a chat by something that a relay has lost, or by more than one thing: they are in by the log that stands,
//! and come to know it.

use beseda_core::{
    crypto::random,
    store::{Durability, chats::PutIn, linking},
    sync::session::Session,
};
use beseda_protocol::{EnvelopeId, request::Deliver};

use super::*;

#[tokio::test]
async fn what_one_has_asked_with_lets_one_in_though_another_thing_has_done_so_in_a_lost_log() {
    // And it has read further in the lost log than the one goes that stands, or not.
    for (history, said) in
        [(History::All, 0), (History::FromJoining, 0), (History::All, 9), (History::FromJoining, 9)]
    {
        let world = World::new().await;
        let Team { anna, boris, clara, chat } = team_of_two_admins(&world, history).await;
        // Her tablet has sent her what she can let it in with; and it asks Boris, who comes first.
        let tablet = world.device_of(&anna, "tablet").await;
        tablet.sync().await;
        tablet.core().join(&boris.invites(chat).await).await.unwrap();
        tablet.sync().await;
        world.keep_relay().await;
        exchange(&[&boris, &tablet]).await;
        assert_eq!(tablet.status(chat).await, Some(Status::Active));
        for n in 0..said {
            boris.says(chat, &format!("lost {n}")).await;
        }
        exchange(&[&boris, &tablet]).await;
        // That is lost, and now Anna is the first; the tablet finds that it is out, or nothing.
        world.put_relay_back().await;
        if said > 0 {
            tablet.sync().await;
            assert_eq!(tablet.status(chat).await, Some(Status::Removed));
        }
        anna.sync().await;
        tablet.sync().await;
        assert_eq!(tablet.status(chat).await, Some(Status::Active));
        let people = [&tablet, &anna, &boris, &clara];
        for _ in 0..3 {
            exchange(&people).await;
        }
        all_hear(&tablet, "Anna", &[&anna, &boris, &clara], chat).await;
        assert!(tablet.core().chats().await.unwrap().iter().all(|line| line.status == Status::Active));
    }
}

#[tokio::test]
async fn whose_welcome_is_lost_with_a_relay_is_let_in_though_who_let_them_in_is_out() {
    for history in [History::All, History::FromJoining] {
        let world = World::new().await;
        let Team { anna, boris, clara, chat } = team_of_two_admins(&world, history).await;
        let dora = world.person("Dora").await;
        dora.core().join(&boris.invites(chat).await).await.unwrap();
        dora.sync().await;
        // Boris lets her in, and is put out before she comes.
        exchange(&[&boris, &anna, &clara]).await;
        anna.removes(chat, &boris).await;
        exchange(&[&anna, &clara, &boris]).await;
        world.lose_relay().await;
        let people = [&anna, &clara, &dora];
        for _ in 0..3 {
            exchange(&people).await;
        }
        // Where she cannot read that Boris has done what she has asked him for, it could be anybody's doing.
        let asked = if history == History::All { PutIn::No } else { PutIn::Asked };
        assert_eq!(dora.line(chat).await.put_in, asked);
        dora.core().accept(dora.number(chat).await).await.unwrap();
        all_hear(&dora, "Dora", &[&anna, &clara], chat).await;
        // What she had asked with waits for nobody any more.
        assert_eq!(dora.core().chats().await.unwrap().len(), 1);
        for person in people {
            rebuilt(person).await;
        }
    }
}

#[tokio::test]
async fn a_key_of_a_lost_log_is_not_taken_for_one_of_the_log_that_stands() {
    let world = World::new().await;
    let Team { anna, boris, clara, chat } = team_of_two_admins(&world, History::FromJoining).await;
    world.keep_relay().await;
    let dora = world.person("Dora").await;
    admit(&anna, &dora, chat).await;
    clara.sync().await;
    // Boris has heard nothing of that. A message stands in its place now, and what lets Eva in behind it.
    world.put_relay_back().await;
    boris.says(chat, "instead").await;
    boris.sync().await;
    let eva = world.person("Eva").await;
    admit(&boris, &eva, chat).await;
    boris.says(chat, "since Eva came").await;
    boris.sync().await;
    // Clara asks to come again, and Anna sends her keys before she knows of the other log.
    exchange(&[&clara, &anna]).await;
    let people = [&boris, &clara, &anna, &eva];
    for _ in 0..3 {
        exchange(&people).await;
    }
    all_hear(&clara, "Clara", &[&anna, &boris, &eva], chat).await;
}

#[tokio::test]
async fn a_device_that_nobody_could_welcome_again_comes_by_another_one_of_its_person() {
    let world = World::new().await;
    let Team { anna, boris, clara, chat } = team(&world, History::All).await;
    let phone = world.device_of(&clara, "phone").await;
    exchange(&[&clara, &phone, &anna, &boris]).await;
    let tablet = world.device_of(&clara, "tablet").await;
    tablet.sync().await;
    // Her first device lets the tablet in, which does not hear of it; then she removes that device.
    exchange(&[&clara, &anna, &boris, &phone]).await;
    assert!(phone.core().devices().await.unwrap().len() == 3);
    phone.core().remove_device(clara.core().device().keys.device()).await.unwrap();
    exchange(&[&phone, &anna, &boris]).await;
    world.lose_relay().await;
    let people = [&phone, &anna, &boris, &tablet];
    for _ in 0..3 {
        exchange(&people).await;
    }
    all_hear(&tablet, "Clara", &[&anna, &boris, &phone], chat).await;
}

#[tokio::test]
async fn a_device_is_in_that_has_spoken_before_what_lets_it_in_anew_came_into_the_log() {
    for history in [History::All, History::FromJoining] {
        let world = World::new().await;
        let Team { anna, boris, clara, chat } = team(&world, history).await;
        let phone = world.device_of(&clara, "phone").await;
        exchange(&[&clara, &phone, &anna, &boris]).await;
        let tablet = world.device_of(&clara, "tablet").await;
        exchange(&[&clara, &tablet, &phone, &anna, &boris]).await;
        assert_eq!(tablet.status(chat).await, Some(Status::Active));
        // The tablet is in, and has said nothing. Who has let it in is removed, and has its welcome no more.
        phone.core().remove_device(clara.core().device().keys.device()).await.unwrap();
        exchange(&[&phone, &anna, &boris]).await;
        world.lose_relay().await;
        // So one of those who are there lets it in anew; and that is lost before the tablet comes.
        for person in [&tablet, &phone, &anna, &boris] {
            person.sync().await;
        }
        world.lose_relay().await;
        tablet.says(chat, "is anybody there?").await;
        let people = [&tablet, &phone, &anna, &boris];
        for _ in 0..3 {
            exchange(&people).await;
        }
        all_hear(&tablet, "Clara", &[&anna, &boris, &phone], chat).await;
        for person in people {
            rebuilt(person).await;
        }
    }
}

#[tokio::test]
async fn a_device_that_has_made_a_handshake_is_not_let_in_anew() {
    let world = World::new().await;
    let Team { anna, boris, clara, chat } = team(&world, History::All).await;
    let tablet = world.device_of(&clara, "tablet").await;
    exchange(&[&clara, &tablet, &anna, &boris]).await;
    // The tablet has said nothing there, and removes the device that has let it in.
    tablet.core().remove_device(clara.core().device().keys.device()).await.unwrap();
    let people = [&tablet, &anna, &boris];
    exchange(&people).await;
    let last = last_handshake(&anna, chat).await;
    world.lose_relay().await;
    for _ in 0..2 {
        exchange(&people).await;
    }
    for person in people {
        assert_eq!(last_handshake(person, chat).await, last, "{}", person.name);
    }
    all_hear(&tablet, "Clara", &[&anna, &boris], chat).await;
}

#[tokio::test]
async fn who_had_left_and_came_again_by_a_log_that_is_lost_is_in() {
    for history in [History::All, History::FromJoining] {
        let world = World::new().await;
        let Team { anna, boris, clara, chat } = team(&world, history).await;
        boris.core().leave_chat(boris.number(chat).await).await.unwrap();
        exchange(&[&boris, &anna, &clara]).await;
        assert_eq!(boris.status(chat).await, Some(Status::Removed));
        world.keep_relay().await;
        // He comes again, and Clara hears nothing of it.
        admit(&anna, &boris, chat).await;
        boris.says(chat, "it is me").await;
        exchange(&[&boris, &anna]).await;
        world.put_relay_back().await;
        clara.says(chat, "first").await;
        let people = [&clara, &anna, &boris];
        for _ in 0..2 {
            exchange(&people).await;
        }
        all_hear(&boris, "Boris", &[&anna, &clara], chat).await;
        all_hear(&anna, "Anna", &[&boris, &clara], chat).await;
        for person in people {
            rebuilt(person).await;
        }
    }
}

/// What a device has sent to another one with a handshake goes to that once more.
async fn sends_again(from: &Person, to: &Person) {
    let session = Session::open(&from.wire, from.core().device().keys.signing(), None).await.unwrap();
    let to = to.core().device().keys.device();
    let mut tx = from.core().device().store.begin(Durability::Process).await.unwrap();
    let kept = linking::kept(&mut tx).await.unwrap();
    tx.end().await.unwrap();
    let bodies: Vec<Vec<u8>> = kept.into_iter().filter(|one| one.to == to).map(|one| one.body).collect();
    assert!(!bodies.is_empty(), "{} keeps what it has sent", from.name);
    for body in bodies {
        session.call(&Deliver { to, id: EnvelopeId(random()), body }).await.unwrap();
    }
}

#[tokio::test]
async fn an_older_welcome_that_comes_after_a_later_one_does_not_take_its_place() {
    for history in [History::All, History::FromJoining] {
        let world = World::new().await;
        let Team { anna, boris, clara, chat } = team_of_two_admins(&world, history).await;
        let dora = world.person("Dora").await;
        dora.core().join(&boris.invites(chat).await).await.unwrap();
        dora.sync().await;
        exchange(&[&boris, &anna, &clara]).await;
        anna.removes(chat, &boris).await;
        exchange(&[&anna, &clara]).await;
        world.lose_relay().await;
        for person in [&anna, &clara, &dora, &anna] {
            person.sync().await;
        }
        // Anna has let her in anew. Boris, who has not heard that he is out, sends what she has missed.
        sends_again(&boris, &dora).await;
        let people = [&dora, &anna, &clara];
        for _ in 0..3 {
            exchange(&people).await;
        }
        dora.core().accept(dora.number(chat).await).await.unwrap();
        exchange(&people).await;
        all_hear(&dora, "Dora", &[&anna, &clara], chat).await;
    }
}

/// Anna has lost all devices, and is back in her notes by the words, as far as `status`.
async fn comes_back(world: &World, words: &str, status: Status) -> Person {
    let anna = world.recovers(words, "again").await.unwrap();
    let mut reader = anna.core().device().store.readers().acquire().await.unwrap();
    let notes = beseda_core::store::own::notes_id(&mut reader).await.unwrap().unwrap();
    drop(reader);
    for at in 0..30 {
        if anna.status(notes).await == Some(status) {
            return anna;
        }
        anna.wire.set(Faults { cut_before: Some(at), ..Faults::default() });
        let _ = anna.try_sync().await;
        anna.wire.set(Faults::default());
    }
    panic!("she does not come that far");
}

#[tokio::test]
async fn who_came_back_by_themselves_is_in_though_a_relay_has_lost_that() {
    for (history, status) in [
        (History::All, Status::Joining),
        (History::FromJoining, Status::Joining),
        (History::All, Status::Active),
    ] {
        let world = World::new().await;
        let Team { mut anna, boris, clara, chat } = team(&world, history).await;
        let notes = anna.core().notes().await.unwrap().unwrap().id;
        anna.says(notes, "the key is under the mat").await;
        exchange(&[&anna, &boris, &clara]).await;
        let words = anna.core().recovery_words().await.unwrap().to_string();
        anna.close().await;
        world.keep_relay().await;
        let anna = comes_back(&world, &words, status).await;
        // Nobody else is in her notes, and nobody has read that she is back in the chat.
        world.put_relay_back().await;
        let people = [&anna, &boris, &clara];
        exchange(&people).await;
        exchange(&people).await;
        assert!(!anna.core().is_removed().await.unwrap());
        assert_eq!(anna.sees(notes).await, ["Anna: the key is under the mat"]);
        anna.says(notes, "and the mat is new").await;
        all_hear(&anna, "Anna", &[&boris, &clara], chat).await;
        assert_eq!(anna.core().sync_status().await.unwrap().waiting, 0);
        for person in people {
            rebuilt(person).await;
        }
    }
}

#[tokio::test]
async fn who_came_back_by_themselves_is_let_in_by_the_log_that_has_gone_on_without_that() {
    for status in [Status::Joining, Status::Active] {
        let world = World::new().await;
        let Team { mut anna, boris, clara, chat } = team(&world, History::All).await;
        let words = anna.core().recovery_words().await.unwrap().to_string();
        anna.close().await;
        world.keep_relay().await;
        let anna = comes_back(&world, &words, status).await;
        world.put_relay_back().await;
        let phone = world.device_of(&clara, "phone").await;
        let people = [&clara, &phone, &anna, &boris];
        for _ in 0..3 {
            exchange(&people).await;
        }
        all_hear(&anna, "Anna", &[&boris, &clara, &phone], chat).await;
        for person in people {
            rebuilt(person).await;
        }
    }
}

#[tokio::test]
async fn who_came_back_by_themselves_and_was_removed_does_not_come_again() {
    for lost in [false, true] {
        let world = World::new().await;
        let Team { anna, boris, clara, chat } = team(&world, History::All).await;
        let words = anna.core().recovery_words().await.unwrap().to_string();
        world.keep_relay().await;
        let again = comes_back(&world, &words, Status::Active).await;
        // Somebody else had her words: she sees the device, and removes it.
        exchange(&[&again, &anna, &boris]).await;
        if lost {
            world.put_relay_back().await;
        }
        anna.core().remove_device(again.core().device().keys.device()).await.unwrap();
        let people = [&anna, &boris, &clara];
        exchange(&people).await;
        anna.says(chat, "that was not me").await;
        for _ in 0..3 {
            exchange(&people).await;
            let _ = again.try_sync().await;
        }
        assert!(again.core().is_removed().await.unwrap());
        assert!(!again.sees(chat).await.contains(&"Anna: that was not me".to_owned()));
        let members = anna.core().members(anna.number(chat).await).await.unwrap();
        assert_eq!(members.len(), 3);
        for person in people {
            assert_eq!(person.line(chat).await.quarantined, 0, "{}", person.name);
            rebuilt(person).await;
        }
    }
}

#[tokio::test]
async fn who_was_in_by_a_lost_log_of_a_closed_chat_keeps_nothing_of_it() {
    let world = World::new().await;
    let Team { anna, boris, clara, chat } = team_of_two_admins(&world, History::FromJoining).await;
    let dora = world.person("Dora").await;
    world.keep_relay().await;
    admit(&anna, &dora, chat).await;
    dora.says(chat, "soon lost").await;
    exchange(&[&dora, &anna]).await;
    world.put_relay_back().await;
    // Boris has heard of none of it, and the chat goes on without it: for longer than Dora has read.
    for admin in [true, false] {
        boris.core().set_admin(boris.number(chat).await, clara.user(), admin).await.unwrap();
        boris.sync().await;
    }
    for n in 0..8 {
        boris.says(chat, &format!("without Dora {n}")).await;
        boris.sync().await;
    }
    dora.sync().await;
    assert_eq!(dora.status(chat).await, Some(Status::Removed));
    admit(&boris, &dora, chat).await;
    let people = [&dora, &boris, &anna, &clara];
    for _ in 0..3 {
        exchange(&people).await;
    }
    boris.says(chat, "with Dora").await;
    exchange(&people).await;
    for person in people {
        assert_eq!(person.sees(chat).await.last().unwrap(), "Boris: with Dora", "{}", person.name);
        assert_eq!(person.line(chat).await.quarantined, 0, "{}", person.name);
        rebuilt(person).await;
    }
    // What she has is what stands in the log.
    let places = async |person: &Person| {
        person.reads(chat).await.iter().map(|message| (message.place, message.id)).collect::<Vec<_>>()
    };
    let (hers, his) = (places(&dora).await, places(&boris).await);
    assert!(
        hers.iter().all(|one| his.contains(one)),
        "{:?} {:?}",
        dora.sees(chat).await,
        boris.sees(chat).await
    );
    for person in [&dora, &boris] {
        let said = person.sees(chat).await.into_iter().filter(|line| line == "Dora: soon lost");
        assert_eq!(said.count(), 1, "{}", person.name);
    }
}
