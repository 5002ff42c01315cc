//! Links with limits: whom they let in, who is told why not, and who no longer wants to come.
#![expect(clippy::unwrap_used, reason = "the steps of a test are the test")]

mod answers;

use beseda_core::{
    Error,
    actions::invite::Limits,
    domain::ChatNo,
    store::{
        chats::Status,
        invitations::{Made, Standing},
    },
};
use beseda_protocol::{ChatId, link::Reason, membership::ChatKind};
use beseda_tests::world::{Faults, Person, World, admit, exchange};

/// Anna in a chat of her own, which the relay knows.
async fn anna_with_chat(world: &World) -> (Person, ChatId) {
    let anna = world.person("Anna").await;
    let chat = anna.creates(ChatKind::Group, "Trip").await;
    anna.sync().await;
    (anna, chat)
}

async fn makes(person: &Person, chat: ChatId, limits: Limits) -> (Made, String) {
    let made = person.core().make_invitation(person.number(chat).await, limits).await.unwrap();
    let link = person.core().invitation_link(&made);
    (made, link)
}

fn uses(uses: u32) -> Limits {
    Limits { uses, ..Limits::default() }
}

/// The guest asks, and the host hears of it and answers.
async fn knocks(guest: &Person, host: &Person, link: &str) {
    guest.core().join(link).await.unwrap();
    for person in [guest, host, guest] {
        person.sync().await;
    }
}

/// The line of the only chat that a person asked for.
async fn asked(person: &Person) -> (Status, Option<Reason>) {
    let lines = person.core().chats().await.unwrap();
    let line = lines.first().expect("something was asked for");
    (line.status, line.refused)
}

async fn members(person: &Person, chat: ChatId) -> Vec<String> {
    let members = person.core().members(person.number(chat).await).await.unwrap();
    members.into_iter().map(|member| member.name).collect()
}

async fn used(person: &Person, chat: ChatId, made: &Made) -> u32 {
    let list = person.core().invitations(person.number(chat).await).await.unwrap();
    list.into_iter().find(|listed| listed.id == made.id).unwrap().uses
}

#[tokio::test]
async fn a_link_for_one_lets_in_one_and_tells_the_next() {
    let world = World::new().await;
    let (mut anna, chat) = anna_with_chat(&world).await;
    let (boris, clara) = (world.person("Boris").await, world.person("Clara").await);
    let (made, link) = makes(&anna, chat, uses(1)).await;
    knocks(&boris, &anna, &link).await;
    assert_eq!(boris.status(chat).await, Some(Status::Active));
    anna.restart().await;
    knocks(&clara, &anna, &link).await;
    assert_eq!(asked(&clara).await, (Status::Asking, Some(Reason::UsedUp)));
    assert_eq!(used(&anna, chat, &made).await, 1);
    exchange(&[&anna, &boris]).await;
    assert_eq!(members(&anna, chat).await, ["Anna", "Boris"]);

    // With another link she comes in; what was refused goes when she says so.
    let (_, other) = makes(&anna, chat, uses(1)).await;
    knocks(&clara, &anna, &other).await;
    assert_eq!(clara.status(chat).await, Some(Status::Active));
    let refused =
        clara.core().chats().await.unwrap().into_iter().find(|line| line.refused.is_some()).unwrap();
    clara.core().withdraw(refused.number).await.unwrap();
    assert_eq!(clara.core().chats().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_request_that_comes_again_costs_nothing_more() {
    let world = World::new().await;
    let (mut anna, chat) = anna_with_chat(&world).await;
    let (boris, clara) = (world.person("Boris").await, world.person("Clara").await);
    let (made, link) = makes(&anna, chat, uses(2)).await;
    for _ in 0..3 {
        boris.core().join(&link).await.unwrap();
        boris.sync().await;
    }
    // Anna's network dies somewhere while she deals with it, again and again.
    for cut in 0..12 {
        anna.wire.set(Faults { cut_before: Some(cut), ..Faults::default() });
        let _ = anna.try_sync().await;
        anna.restart().await;
        anna.wire.set(Faults::default());
        if cut == 6 {
            boris.core().join(&link).await.unwrap();
            boris.sync().await;
        }
    }
    exchange(&[&anna, &boris]).await;
    assert_eq!(boris.status(chat).await, Some(Status::Active));
    assert_eq!(used(&anna, chat, &made).await, 1);
    knocks(&clara, &anna, &link).await;
    assert_eq!(clara.status(chat).await, Some(Status::Active));
    assert_eq!(used(&anna, chat, &made).await, 2);
}

#[tokio::test]
async fn the_inviters_clock_ends_a_link() {
    let world = World::new().await;
    let (anna, chat) = anna_with_chat(&world).await;
    // A day ahead, and a day behind.
    let boris = world.person_with_clock("Boris", 86_400_000).await;
    let clara = world.person_with_clock("Clara", -86_400_000).await;
    let number = anna.number(chat).await;
    let expires_at = anna.core().device().now() + 3_600_000;
    let (made, link) = makes(&anna, chat, Limits { expires_at, ..Limits::default() }).await;
    knocks(&boris, &anna, &link).await;
    assert_eq!(boris.status(chat).await, Some(Status::Active));
    // In time it was sent; what counts is when it is taken in.
    clara.core().join(&link).await.unwrap();
    clara.sync().await;
    world.advance(3_600);
    anna.sync().await;
    clara.sync().await;
    assert_eq!(asked(&clara).await, (Status::Asking, Some(Reason::Expired)));
    assert_eq!(made.standing(anna.core().device().now()), Standing::Expired);
    let past = anna.core().make_invitation(number, Limits { expires_at: 1, ..Limits::default() }).await;
    assert!(matches!(past, Err(Error::BadText(_))));
    assert_eq!(members(&anna, chat).await, ["Anna", "Boris"]);
}

#[tokio::test]
async fn a_link_that_was_taken_back_lets_nobody_in() {
    let world = World::new().await;
    let (anna, chat) = anna_with_chat(&world).await;
    let (boris, clara, dora) =
        (world.person("Boris").await, world.person("Clara").await, world.person("Dora").await);
    let number = anna.number(chat).await;
    let plain = anna.invites(chat).await;
    assert_eq!(anna.invites(chat).await, plain, "one link without limits");
    knocks(&boris, &anna, &plain).await;
    let made = anna.core().invitations(number).await.unwrap().remove(0);
    anna.core().revoke(made.id).await.unwrap();
    knocks(&clara, &anna, &plain).await;
    assert_eq!(asked(&clara).await, (Status::Asking, Some(Reason::Revoked)));
    assert_eq!(boris.status(chat).await, Some(Status::Active), "who is in stays");

    let other = anna.invites(chat).await;
    assert_ne!(other, plain, "another one in its place");
    knocks(&dora, &anna, &other).await;
    assert_eq!(dora.status(chat).await, Some(Status::Active));
    assert!(matches!(anna.core().revoke([9; 16]).await, Err(Error::NoSuchInvitation)));
}

/// Asks, and the host hears of it and does nothing about it yet.
async fn waits(guest: &Person, host: &Person, link: &str) {
    guest.core().join(link).await.unwrap();
    guest.sync().await;
    take_in(host).await;
}

/// Reads the inbox, and nothing else of an exchange.
async fn take_in(person: &Person) {
    use beseda_core::sync::{inbox, session::Session};
    use beseda_protocol::request::{AcknowledgeInbox, TakeInbox};
    let device = person.core().device();
    let session = Session::open(&person.wire, device.keys.signing(), None).await.unwrap();
    let items = session.call(&TakeInbox { after: 0 }).await.unwrap().items;
    inbox::take_in(device, &items).await.unwrap();
    if let Some(last) = items.last() {
        session.call(&AcknowledgeInbox { upto: last.number }).await.unwrap();
    }
}

async fn to_commit(person: &Person, chat: ChatNo) -> bool {
    let mut reader = person.core().device().store.readers().acquire().await.unwrap();
    beseda_core::store::joining::to_commit(&mut reader, chat, person.core().device().me.number).await.unwrap()
}

#[tokio::test]
async fn who_waits_when_a_link_is_taken_back_is_told_and_not_let_in() {
    let world = World::new().await;
    let (anna, chat) = anna_with_chat(&world).await;
    let (boris, clara) = (world.person("Boris").await, world.person("Clara").await);
    let number = anna.number(chat).await;
    let (made, link) = makes(&anna, chat, Limits::default()).await;
    let (_, other) = makes(&anna, chat, uses(5)).await;
    waits(&boris, &anna, &link).await;
    waits(&clara, &anna, &other).await;
    assert!(to_commit(&anna, number).await);
    anna.core().revoke(made.id).await.unwrap();
    for person in [&anna, &boris, &clara, &anna] {
        person.sync().await;
    }
    assert_eq!(asked(&boris).await, (Status::Asking, Some(Reason::Revoked)));
    assert_eq!(clara.status(chat).await, Some(Status::Active), "she came by another link");
    assert_eq!(members(&anna, chat).await, ["Anna", "Clara"]);
    assert!(!to_commit(&anna, number).await, "nothing is left");
}

#[tokio::test]
async fn who_is_being_let_in_when_a_link_is_taken_back_comes_in_or_is_told() {
    for cut in 4..12 {
        let world = World::new().await;
        let (anna, chat) = anna_with_chat(&world).await;
        let boris = world.person("Boris").await;
        let (made, link) = makes(&anna, chat, Limits::default()).await;
        boris.core().join(&link).await.unwrap();
        boris.sync().await;
        anna.wire.set(Faults { cut_before: Some(cut), ..Faults::default() });
        let _ = anna.try_sync().await;
        anna.wire.set(Faults::default());
        anna.core().revoke(made.id).await.unwrap();
        exchange(&[&anna, &boris]).await;
        let inside = members(&anna, chat).await.len() == 2;
        let wanted = if inside { (Status::Active, None) } else { (Status::Asking, Some(Reason::Revoked)) };
        assert_eq!(asked(&boris).await, wanted, "cut before request {cut}");
        anna.says(chat, "who is here?").await;
        exchange(&[&anna, &boris]).await;
        assert_eq!(boris.core().chats().await.unwrap()[0].unread, u32::from(inside));
    }
}

#[tokio::test]
async fn who_was_put_out_does_not_come_back_by_a_link_for_one() {
    let world = World::new().await;
    let (anna, chat) = anna_with_chat(&world).await;
    let boris = world.person("Boris").await;
    let (made, link) = makes(&anna, chat, uses(3)).await;
    knocks(&boris, &anna, &link).await;
    anna.removes(chat, &boris).await;
    exchange(&[&anna, &boris]).await;
    assert_eq!(boris.status(chat).await, Some(Status::Removed));
    knocks(&boris, &anna, &link).await;
    let lines = boris.core().chats().await.unwrap();
    let asking = lines.iter().find(|line| line.status == Status::Asking).unwrap();
    assert_eq!(asking.refused, Some(Reason::UsedUp));
    assert_eq!(used(&anna, chat, &made).await, 1);
    boris.core().withdraw(asking.number).await.unwrap();
    // By one that is for everybody, and by another that is for him.
    admit(&anna, &boris, chat).await;
    assert_eq!(boris.status(chat).await, Some(Status::Active));
    assert_eq!(boris.core().chats().await.unwrap().len(), 1);
}

#[tokio::test]
async fn who_is_in_is_told_so() {
    let world = World::new().await;
    let (anna, chat) = anna_with_chat(&world).await;
    let boris = world.person("Boris").await;
    admit(&anna, &boris, chat).await;
    let (made, link) = makes(&anna, chat, uses(1)).await;
    knocks(&boris, &anna, &link).await;
    let lines = boris.core().chats().await.unwrap();
    let asking = lines.iter().find(|line| line.status == Status::Asking).unwrap();
    assert_eq!(asking.refused, Some(Reason::AlreadyIn));
    assert_eq!(used(&anna, chat, &made).await, 0, "it is still good for somebody else");
}

#[tokio::test]
async fn who_no_longer_wants_to_come_is_not_let_in() {
    let world = World::new().await;
    let (anna, chat) = anna_with_chat(&world).await;
    let (boris, clara) = (world.person("Boris").await, world.person("Clara").await);
    let (_, link) = makes(&anna, chat, uses(5)).await;
    // Before anything was sent, and after the inviter has heard of it.
    let never = boris.core().join(&link).await.unwrap();
    boris.core().withdraw(never.number).await.unwrap();
    waits(&clara, &anna, &link).await;
    let line = clara.core().chats().await.unwrap().remove(0);
    clara.core().withdraw(line.number).await.unwrap();
    assert!(clara.core().chats().await.unwrap().is_empty());
    for person in [&boris, &clara, &anna, &boris, &clara, &anna] {
        person.sync().await;
    }
    assert_eq!(members(&anna, chat).await, ["Anna"]);
    assert!(!to_commit(&anna, anna.number(chat).await).await);
    let own = anna.number(chat).await;
    assert!(matches!(anna.core().withdraw(own).await, Err(Error::NotAsking)));

    // Who thinks better of it asks again with the same link.
    knocks(&clara, &anna, &link).await;
    assert_eq!(clara.status(chat).await, Some(Status::Active));
}

#[tokio::test]
async fn only_an_admin_makes_links_and_labels_are_short() {
    let world = World::new().await;
    let (anna, chat) = anna_with_chat(&world).await;
    let boris = world.person("Boris").await;
    admit(&anna, &boris, chat).await;
    let number = boris.number(chat).await;
    let refused = boris.core().make_invitation(number, uses(1)).await;
    assert!(matches!(refused, Err(Error::Forbidden(_))));
    let number = anna.number(chat).await;
    let label = "x".repeat(129);
    let long = anna.core().make_invitation(number, Limits { label, ..Limits::default() }).await;
    assert!(matches!(long, Err(Error::BadText(_))));
    let label = " for\nClara ".to_owned();
    let (made, _) = makes(&anna, chat, Limits { label, ..Limits::default() }).await;
    let list = anna.core().invitations(number).await.unwrap();
    assert_eq!(list[0], made, "the newest first");
    assert_eq!((made.label.as_str(), list.len()), ("for Clara", 2));
}
