//! Who was let into a chat by something that a relay has lost, or by more than one thing: they are in by the log that stands,
//! and come to know it.

use beseda_core::store::chats::PutIn;

use super::*;

/// Who is in hears what the device of `by` says, and nothing is set aside.
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

#[tokio::test]
async fn what_one_has_asked_with_lets_one_in_though_another_thing_has_done_so_in_a_lost_log() {
    for history in [History::All, History::FromJoining] {
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
        // That is lost, and now Anna is the first.
        world.put_relay_back().await;
        anna.sync().await;
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
