//! People come into a chat, go, and come back.
#![expect(clippy::unwrap_used, reason = "the steps of a test are the test")]

use beseda_core::{Error, store::chats::Status};
use beseda_protocol::{ChatId, membership::ChatKind};
use beseda_tests::world::{Faults, Person, World, admit, exchange, sync_within};

async fn anna_and_boris(world: &World) -> (Person, Person, ChatId) {
    let (anna, boris) = (world.person("Anna").await, world.person("Boris").await);
    let chat = anna.creates(ChatKind::Group, "Trip").await;
    admit(&anna, &boris, chat).await;
    (anna, boris, chat)
}

#[tokio::test]
async fn who_is_put_out_keeps_what_they_have_and_learns_what_was_not_sent() {
    let world = World::new().await;
    let (anna, boris, chat) = anna_and_boris(&world).await;
    boris.says(chat, "heard by all").await;
    boris.sync().await;
    boris.says(chat, "too late").await;
    anna.removes(chat, &boris).await;
    anna.sync().await;
    anna.says(chat, "among ourselves").await;
    anna.sync().await;
    boris.sync().await;

    assert_eq!(boris.status(chat).await, Some(Status::Removed));
    let read: Vec<_> =
        boris.reads(chat).await.into_iter().map(|message| (message.text, message.failed)).collect();
    assert_eq!(read, [("heard by all".to_owned(), 0), ("too late".to_owned(), 1)]);
    let number = boris.number(chat).await;
    assert!(matches!(boris.core().send_message(number, "let me").await, Err(Error::NotMember)));
    assert_eq!(boris.core().sync_status().await.unwrap().waiting, 0, "it does not wait, it failed");
    boris.core().rebuild(&beseda_core::unreported()).await.unwrap();
    assert_eq!(boris.reads(chat).await.last().unwrap().failed, 1, "a rebuild knows too");
    boris.sync().await;
    assert_eq!(anna.sees(chat).await, ["Boris: heard by all", "Anna: among ourselves"]);
    let members = anna.core().members(anna.number(chat).await).await.unwrap();
    assert_eq!(members.len(), 1);
}

#[tokio::test]
async fn who_comes_back_reads_what_was_said_meanwhile_and_is_heard_again() {
    let world = World::new().await;
    let (anna, boris, chat) = anna_and_boris(&world).await;
    boris.says(chat, "queued").await;
    anna.removes(chat, &boris).await;
    anna.sync().await;
    anna.says(chat, "meanwhile").await;
    anna.sync().await;
    boris.sync().await;
    assert_eq!(boris.status(chat).await, Some(Status::Removed));

    admit(&anna, &boris, chat).await;
    boris.says(chat, "back again").await;
    boris.sync().await;
    anna.sync().await;
    let seen = ["Anna: meanwhile", "Boris: queued", "Boris: back again"];
    assert_eq!(anna.sees(chat).await, seen);
    assert_eq!(boris.sees(chat).await, seen);
    assert!(boris.reads(chat).await.iter().all(|message| message.failed == 0));
    assert_eq!(boris.core().chats().await.unwrap().len(), 1, "one chat, not two");
    assert_eq!(boris.line(chat).await.quarantined + anna.line(chat).await.quarantined, 0);
}

#[tokio::test]
async fn a_link_used_again_leads_to_the_chat_one_is_in() {
    let world = World::new().await;
    let (anna, boris, chat) = anna_and_boris(&world).await;
    let link = anna.invites(chat).await;
    assert_eq!(boris.core().join(&link).await.unwrap().id, chat);
    assert_eq!(anna.core().join(&link).await.unwrap().id, chat, "one's own link too");
    boris.sync().await;
    anna.sync().await;
    assert_eq!(boris.core().chats().await.unwrap().len(), 1);
    assert_eq!(anna.core().members(anna.number(chat).await).await.unwrap().len(), 2);
}

#[tokio::test]
async fn who_was_never_let_in_waits_and_hears_nothing() {
    let world = World::new().await;
    let (anna, boris, chat) = anna_and_boris(&world).await;
    let clara = world.person("Clara").await;
    clara.core().join(&anna.invites(chat).await).await.unwrap();
    clara.sync().await;
    boris.says(chat, "not for Clara").await;
    boris.sync().await;
    clara.sync().await;
    let line = clara.core().chats().await.unwrap().remove(0);
    assert_eq!((line.status, line.title.as_str()), (Status::Asking, ""));
    assert!(clara.core().log(line.number, 9, None).await.unwrap().is_empty());
    assert!(matches!(clara.core().send_message(line.number, "hello?").await, Err(Error::NotMember)));

    anna.sync().await;
    clara.sync().await;
    assert_eq!(clara.sees(chat).await, ["Boris: not for Clara"], "the history is shown to who is let in");
    assert_eq!(clara.line(chat).await.unread, 0, "and is not news");
}

/// Anna and Boris may both let people in, and each has somebody who asks: Clara and Dora.
async fn two_are_asked(world: &World) -> ([Person; 4], ChatId) {
    let (anna, boris, chat) = anna_and_boris(world).await;
    anna.core().set_admin(anna.number(chat).await, boris.user(), true).await.unwrap();
    exchange(&[&anna, &boris]).await;
    let (clara, dora) = (world.person("Clara").await, world.person("Dora").await);
    for (host, guest) in [(&anna, &clara), (&boris, &dora)] {
        let link = host.invites(chat).await;
        guest.core().join(&link).await.unwrap();
        guest.sync().await;
    }
    ([anna, boris, clara, dora], chat)
}

#[tokio::test]
async fn a_welcome_comes_with_the_handshake_that_the_relay_takes_and_with_no_other() {
    for after in 0..12 {
        let world = World::new().await;
        let ([anna, boris, clara, dora], chat) = two_are_asked(&world).await;
        // If it was her handshake that came too late, she makes no other one for now.
        anna.wire.set(Faults { cut_before: Some(after + 2), ..Faults::default() });
        let _ = sync_within(&anna, after, &boris).await;
        for guest in [&clara, &dora] {
            guest.sync().await;
            let status = guest.status(chat).await;
            assert!(
                matches!(status, None | Some(Status::Active)),
                "{} after {after}: {status:?}",
                guest.name
            );
        }
    }
}

#[tokio::test]
async fn two_who_let_somebody_in_at_the_same_moment_both_do() {
    for after in 0..12 {
        let world = World::new().await;
        let ([anna, boris, clara, dora], chat) = two_are_asked(&world).await;
        let (outer, inner) = sync_within(&anna, after, &boris).await;
        assert!(outer.is_ok() && !matches!(inner, Some(Err(_))), "after {after}: {outer:?} {inner:?}");
        let all = [&clara, &dora, &anna, &boris];
        exchange(&all).await;
        dora.says(chat, "all here").await;
        exchange(&all).await;
        for person in all {
            let line = person.line(chat).await;
            assert_eq!((line.members, line.quarantined), (4, 0), "{} after {after}", person.name);
            assert_eq!(
                person.sees(chat).await.last().unwrap(),
                "Dora: all here",
                "{} after {after}",
                person.name
            );
        }
    }
}

/// Between two requests of one exchange the relay begins to deny a chat: that ends what is done about this chat, and nothing
/// else.
#[tokio::test]
async fn whoever_is_put_out_while_their_device_comes_into_a_chat_is_out_and_goes_on_elsewhere() {
    for after in 0..12 {
        let world = World::new().await;
        let (anna, boris, chat) = anna_and_boris(&world).await;
        let clara = world.person("Clara").await;
        let other = clara.creates(ChatKind::Group, "Work").await;
        admit(&clara, &boris, other).await;
        clara.core().join(&anna.invites(chat).await).await.unwrap();
        // She is let in, and has not heard of it.
        for person in [&clara, &anna] {
            person.sync().await;
        }
        anna.removes(chat, &clara).await;
        clara.says(other, "at work").await;
        let (outer, inner) = sync_within(&clara, after, &anna).await;
        assert!(outer.is_ok() && !matches!(inner, Some(Err(_))), "after {after}: {outer:?} {inner:?}");
        boris.sync().await;
        assert_eq!(boris.sees(other).await, ["Clara: at work"], "after {after}");
        exchange(&[&anna, &clara]).await;
        assert_eq!(clara.status(chat).await, Some(Status::Removed), "after {after}");

        admit(&anna, &clara, chat).await;
        clara.says(chat, "here I am").await;
        exchange(&[&clara, &anna]).await;
        assert_eq!(anna.sees(chat).await, ["Clara: here I am"], "after {after}");
        assert_eq!(clara.line(chat).await.quarantined + anna.line(chat).await.quarantined, 0);
    }
}
