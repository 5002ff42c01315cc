//! Who was let into a chat by something that a relay has lost, or by more than one thing: they are in by the log that stands,
//! and come to know it.

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
        let Team { anna, boris, clara, chat } = team(&world, history).await;
        anna.core().set_admin(anna.number(chat).await, boris.user(), true).await.unwrap();
        exchange(&[&anna, &boris, &clara]).await;
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
