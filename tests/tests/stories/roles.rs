//! Who is an admin, who has a chat, who may do what in it, and who leaves: also when several act at once, or far away.
#![expect(clippy::unwrap_used, reason = "the steps of a test are the test")]

use beseda_core::{
    Error,
    actions::send_message::Outgoing,
    store::{
        chats::{Leaving, Status},
        events::EventKind,
    },
};
use beseda_protocol::{
    ChatId,
    membership::{ChatKind, Refusal, Rights, Who},
};
use beseda_tests::world::{
    Faults, Person, World, admit, exchange,
    tables::{meaning, rebuilt},
};

/// Anna's chat, with Boris and Clara in it.
async fn three(world: &World, kind: ChatKind) -> ([Person; 3], ChatId) {
    let people = [world.person("Anna").await, world.person("Boris").await, world.person("Clara").await];
    let chat = people[0].creates(kind, "Trip").await;
    for guest in &people[1..] {
        admit(&people[0], guest, chat).await;
    }
    exchange(&[&people[0], &people[1], &people[2]]).await;
    (people, chat)
}

async fn promotes(who: &Person, chat: ChatId, whom: &Person, on: bool) {
    who.core().set_admin(who.number(chat).await, whom.user(), on).await.unwrap();
}

/// Names of the admins, the owner first.
async fn admins(person: &Person, chat: ChatId) -> Vec<String> {
    let mut members = person.core().members(person.number(chat).await).await.unwrap();
    members.retain(|member| member.admin);
    members.sort_by_key(|member| !member.owner);
    members.into_iter().map(|member| member.name).collect()
}

/// What happened beside messages, after the chat was made and people came.
async fn events(person: &Person, chat: ChatId) -> Vec<EventKind> {
    let events = person.core().events(person.number(chat).await).await.unwrap();
    let kinds = events.into_iter().map(|event| event.what);
    kinds.filter(|kind| !matches!(kind, EventKind::Created | EventKind::Added)).collect()
}

/// Everybody has the same rows, and a rebuild makes them again.
async fn agree(people: &[&Person], chat: ChatId) {
    let first = meaning(people[0], chat).await;
    for person in &people[1..] {
        assert_eq!(meaning(person, chat).await, first, "{} and {}", person.name, people[0].name);
    }
    for person in people {
        assert_eq!(person.line(chat).await.quarantined, 0, "{}", person.name);
        rebuilt(person).await;
    }
}

#[tokio::test]
async fn an_admin_is_made_and_may_do_what_admins_do_until_they_are_none() {
    let world = World::new().await;
    let ([anna, boris, clara], chat) = three(&world, ChatKind::Group).await;
    let number = boris.number(chat).await;
    assert!(matches!(boris.core().invite(number).await, Err(Error::Forbidden(Refusal::NotAdmin))));
    assert!(matches!(
        boris.core().set_admin(number, clara.user(), true).await,
        Err(Error::Forbidden(Refusal::NotAdmin))
    ));
    promotes(&anna, chat, &boris, true).await;
    exchange(&[&anna, &boris, &clara]).await;
    for person in [&anna, &boris, &clara] {
        assert_eq!(admins(person, chat).await, ["Anna", "Boris"], "{}", person.name);
        assert_eq!(events(person, chat).await, [EventKind::Promoted], "{}", person.name);
    }
    // Lets somebody in, at the relay too.
    let dmitri = world.person("Dmitri").await;
    admit(&boris, &dmitri, chat).await;
    assert_eq!(dmitri.status(chat).await, Some(Status::Active));
    boris.removes(chat, &dmitri).await;
    boris.sync().await;

    promotes(&anna, chat, &boris, false).await;
    exchange(&[&anna, &boris, &clara]).await;
    assert_eq!(admins(&clara, chat).await, ["Anna"]);
    assert!(boris.core().remove_member(number, clara.user()).await.is_err());
    agree(&[&anna, &boris, &clara], chat).await;
}

#[tokio::test]
async fn two_admins_who_act_at_once_both_get_what_the_rules_allow() {
    let world = World::new().await;
    let ([anna, boris, clara], chat) = three(&world, ChatKind::Group).await;
    promotes(&anna, chat, &boris, true).await;
    exchange(&[&anna, &boris, &clara]).await;
    // Neither has heard of the other: Boris is to be none any more, and makes Clara one.
    promotes(&anna, chat, &boris, false).await;
    promotes(&boris, chat, &clara, true).await;
    anna.sync().await;
    boris.sync().await;
    exchange(&[&anna, &boris, &clara]).await;
    for person in [&anna, &boris, &clara] {
        assert_eq!(admins(person, chat).await, ["Anna"], "{}: first come", person.name);
        assert_eq!(person.status(chat).await, Some(Status::Active));
    }
    agree(&[&anna, &boris, &clara], chat).await;

    // And the other way round: whoever comes first has done it.
    promotes(&anna, chat, &boris, true).await;
    exchange(&[&anna, &boris, &clara]).await;
    promotes(&anna, chat, &boris, false).await;
    promotes(&boris, chat, &clara, true).await;
    boris.sync().await;
    anna.sync().await;
    exchange(&[&anna, &boris, &clara]).await;
    assert_eq!(admins(&boris, chat).await, ["Anna", "Clara"]);
    agree(&[&anna, &boris, &clara], chat).await;
}

#[tokio::test]
async fn an_admin_who_was_made_none_while_away_is_told_what_did_not_count() {
    let world = World::new().await;
    let ([anna, boris, clara], chat) = three(&world, ChatKind::Blog).await;
    promotes(&anna, chat, &boris, true).await;
    exchange(&[&anna, &boris, &clara]).await;
    boris.says(chat, "as an admin").await;
    boris.sync().await;
    boris.says(chat, "written far away").await;
    boris
        .core()
        .pin_message(boris.number(chat).await, boris.message(chat, "as an admin").await.id, true)
        .await
        .unwrap();
    promotes(&anna, chat, &boris, false).await;
    anna.sync().await;
    exchange(&[&boris, &anna, &clara]).await;

    assert_eq!(clara.sees(chat).await, ["Boris: as an admin"]);
    let own: Vec<_> =
        boris.reads(chat).await.into_iter().map(|message| (message.text, message.failed)).collect();
    assert_eq!(own, [("as an admin".to_owned(), 0), ("written far away".to_owned(), 2)]);
    assert!(!clara.message(chat, "as an admin").await.is(beseda_core::store::messages::flag::PINNED));
    assert_eq!(boris.core().sync_status().await.unwrap().waiting, 0);
    agree(&[&anna, &boris, &clara], chat).await;

    // Made one again: what did not count does not count later either.
    promotes(&anna, chat, &boris, true).await;
    exchange(&[&anna, &boris, &clara]).await;
    boris.says(chat, "here again").await;
    exchange(&[&boris, &anna, &clara]).await;
    assert_eq!(clara.sees(chat).await, ["Boris: as an admin", "Boris: here again"]);
    agree(&[&anna, &boris, &clara], chat).await;
}

#[tokio::test]
async fn what_an_admin_deletes_who_makes_themselves_none_before_it_is_sent_stays() {
    let world = World::new().await;
    let (people, chat) = three(&world, ChatKind::Group).await;
    let [anna, boris, clara] = &people;
    promotes(anna, chat, boris, true).await;
    clara.says(chat, "to stay").await;
    exchange(&[anna, boris, clara, boris]).await;
    // Both wait, and what changes who may what goes first.
    let id = boris.message(chat, "to stay").await.id;
    boris.core().delete_for_everyone(boris.number(chat).await, id).await.unwrap();
    promotes(boris, chat, boris, false).await;
    exchange(&[boris, anna, clara, boris]).await;
    for person in [anna, boris, clara] {
        assert_eq!(person.sees(chat).await.last().unwrap(), "Clara: to stay", "{}", person.name);
    }
    agree(&[anna, boris, clara], chat).await;
}

#[tokio::test]
async fn who_was_made_no_admin_while_away_changes_nothing_any_more() {
    for removes in [true, false] {
        let world = World::new().await;
        let ([anna, boris, clara], chat) = three(&world, ChatKind::Group).await;
        promotes(&anna, chat, &boris, true).await;
        exchange(&[&anna, &boris, &clara]).await;
        // The relay would refuse the one, and take the other.
        if removes {
            boris.removes(chat, &clara).await;
        } else {
            let open = Rights { pin: Some(Who::Everyone), ..Rights::default() };
            boris.core().set_rights(boris.number(chat).await, open).await.unwrap();
        }
        promotes(&anna, chat, &boris, false).await;
        anna.sync().await;
        exchange(&[&boris, &anna, &clara]).await;
        for person in [&anna, &boris, &clara] {
            assert_eq!(person.status(chat).await, Some(Status::Active), "{}", person.name);
            let line = person.line(chat).await;
            assert_eq!((line.members, line.rights), (3, Rights::default()), "{}", person.name);
        }
        agree(&[&anna, &boris, &clara], chat).await;
    }
}

#[tokio::test]
async fn a_chat_is_handed_over_and_left() {
    let world = World::new().await;
    let ([anna, boris, clara], chat) = three(&world, ChatKind::Group).await;
    let number = anna.number(chat).await;
    assert!(matches!(anna.core().leave_chat(number).await, Err(Error::Forbidden(Refusal::OwnerStays))));
    anna.core().hand_over(number, boris.user()).await.unwrap();
    exchange(&[&anna, &boris, &clara]).await;
    assert_eq!(admins(&clara, chat).await, ["Boris", "Anna"]);
    assert!(boris.line(chat).await.owner && !anna.line(chat).await.owner);
    assert!(matches!(
        anna.core().remove_member(number, boris.user()).await,
        Err(Error::Forbidden(Refusal::OwnerStays))
    ));

    anna.says(chat, "good bye").await;
    anna.core().leave_chat(number).await.unwrap();
    assert_eq!(anna.line(chat).await.leaving, Leaving::Said);
    assert!(matches!(anna.core().send_message(number, "wait").await, Err(Error::NotMember)));
    exchange(&[&anna, &boris, &clara]).await;
    let line = anna.line(chat).await;
    assert_eq!((line.status, line.leaving), (Status::Removed, Leaving::Left));
    assert_eq!(anna.sees(chat).await, ["Anna: good bye"], "what was said stays");
    for person in [&boris, &clara] {
        assert_eq!(events(person, chat).await, [EventKind::Promoted, EventKind::Owner, EventKind::Left]);
        assert_eq!(person.line(chat).await.members, 2);
        assert_eq!(admins(person, chat).await, ["Boris"]);
    }
    // Boris's device has put hers out: what is said now is sealed without her.
    clara.says(chat, "among ourselves").await;
    exchange(&[&clara, &boris, &anna]).await;
    assert_eq!(anna.sees(chat).await, ["Anna: good bye"]);
    agree(&[&boris, &clara], chat).await;
    rebuilt(&anna).await;

    // And back again, as an ordinary member.
    admit(&boris, &anna, chat).await;
    exchange(&[&anna, &boris, &clara]).await;
    assert_eq!(anna.line(chat).await.leaving, Leaving::No);
    anna.says(chat, "hello again").await;
    exchange(&[&anna, &boris, &clara]).await;
    assert_eq!(clara.sees(chat).await, ["Anna: good bye", "Clara: among ourselves", "Anna: hello again"]);
    assert_eq!(anna.sees(chat).await, clara.sees(chat).await);
    assert_eq!(admins(&anna, chat).await, ["Boris"]);
    agree(&[&anna, &boris, &clara], chat).await;
}

#[tokio::test]
async fn who_closes_a_chat_that_they_are_alone_in_is_out_of_it_on_all_devices() {
    let world = World::new().await;
    let (anna, boris) = (world.person("Anna").await, world.person("Boris").await);
    let phone = world.device_of(&anna, "phone").await;
    let (empty, begun) =
        (anna.creates(ChatKind::Group, "Empty").await, anna.creates(ChatKind::Group, "Begun").await);
    exchange(&[&anna, &phone]).await;
    anna.core().leave_chat(anna.number(empty).await).await.unwrap();
    exchange(&[&anna, &phone]).await;
    for device in [&anna, &phone] {
        assert_eq!(device.status(empty).await, Some(Status::Removed));
    }
    // On the other device somebody is let in before it hears of that: then she has to hand the chat over first.
    boris.core().join(&phone.invites(begun).await).await.unwrap();
    boris.sync().await;
    anna.core().leave_chat(anna.number(begun).await).await.unwrap();
    exchange(&[&phone, &anna, &boris]).await;
    for device in [&anna, &phone, &boris] {
        assert_eq!(device.status(begun).await, Some(Status::Active));
        assert_eq!(device.line(begun).await.members, 2);
        rebuilt(device).await;
    }
}

#[tokio::test]
async fn who_leaves_while_they_are_made_the_owner_stays() {
    let world = World::new().await;
    let ([anna, boris, clara], chat) = three(&world, ChatKind::Group).await;
    anna.core().hand_over(anna.number(chat).await, boris.user()).await.unwrap();
    boris.core().leave_chat(boris.number(chat).await).await.unwrap();
    anna.sync().await;
    exchange(&[&boris, &anna, &clara]).await;
    let line = boris.line(chat).await;
    assert_eq!(
        (line.status, line.leaving),
        (Status::Active, Leaving::No),
        "a chat is never without its owner"
    );
    assert!(line.owner);
    agree(&[&anna, &boris, &clara], chat).await;
}

#[tokio::test]
async fn what_somebody_reads_while_they_leave_counts_for_nobody() {
    let world = World::new().await;
    let ([anna, boris, clara], chat) = three(&world, ChatKind::Group).await;
    for at in 4..10 {
        anna.says(chat, &format!("unread {at}")).await;
        exchange(&[&anna, &boris, &clara]).await;
        boris.core().leave_chat(boris.number(chat).await).await.unwrap();
        // The relay may have taken the word, and he does not know it yet.
        boris.wire.set(Faults { lose_answer: Some(at), ..Faults::default() });
        let _ = boris.try_sync().await;
        boris.wire.set(Faults::default());
        boris.reads_all(chat).await;
        exchange(&[&boris, &anna, &clara]).await;
        assert_eq!(boris.status(chat).await, Some(Status::Removed), "{at}");
        assert_eq!(boris.core().sync_status().await.unwrap().waiting, 0, "{at}");
        rebuilt(&boris).await;
        agree(&[&anna, &clara], chat).await;
        admit(&anna, &boris, chat).await;
    }
}

#[tokio::test]
async fn who_is_alone_closes_the_chat_and_either_leaves_a_dialog() {
    let world = World::new().await;
    let (anna, boris) = (world.person("Anna").await, world.person("Boris").await);
    let alone = anna.creates(ChatKind::Group, "Alone").await;
    anna.sync().await;
    anna.core().leave_chat(anna.number(alone).await).await.unwrap();
    assert_eq!(anna.status(alone).await, Some(Status::Removed));

    let dialog = anna.creates(ChatKind::Dialog, "").await;
    admit(&anna, &boris, dialog).await;
    anna.core().leave_chat(anna.number(dialog).await).await.unwrap();
    exchange(&[&anna, &boris]).await;
    assert_eq!(anna.status(dialog).await, Some(Status::Removed));
    assert_eq!(events(&boris, dialog).await, [EventKind::Left]);
    rebuilt(&anna).await;
    rebuilt(&boris).await;
}

#[tokio::test]
async fn rights_say_who_writes_pins_lets_in_and_renames() {
    let world = World::new().await;
    let ([anna, boris, clara], chat) = three(&world, ChatKind::Group).await;
    let (of_anna, of_boris) = (anna.number(chat).await, boris.number(chat).await);
    let first = boris.sends(chat, "before").await;
    exchange(&[&boris, &anna, &clara]).await;
    boris.says(chat, "not sent yet").await;
    let rights = Rights {
        write: Some(Who::Admins),
        pin: Some(Who::Admins),
        add: Some(Who::Everyone),
        info: Some(Who::Everyone),
        ..Rights::default()
    };
    assert!(boris.core().set_rights(of_boris, rights).await.is_err(), "admins only");
    anna.core().set_rights(of_anna, rights).await.unwrap();
    anna.sync().await;
    exchange(&[&boris, &anna, &clara]).await;
    assert_eq!(clara.sees(chat).await, ["Boris: before"]);
    assert_eq!(boris.message(chat, "not sent yet").await.failed, 2);
    assert!(matches!(boris.core().send_message(of_boris, "may I?").await, Err(Error::Forbidden(_))));
    assert!(boris.core().pin_message(of_boris, first, true).await.is_err());
    assert!(!beseda_core::may_write(&boris.line(chat).await));
    // Reacting stays open to everybody.
    boris.reacts(chat, first, "👍", true).await;

    // A member lets somebody in.
    let dmitri = world.person("Dmitri").await;
    admit(&boris, &dmitri, chat).await;
    assert_eq!(dmitri.status(chat).await, Some(Status::Active));
    assert_eq!(dmitri.sees(chat).await, ["Boris: before"]);
    exchange(&[&anna, &boris, &clara, &dmitri]).await;
    agree(&[&anna, &clara, &dmitri], chat).await;

    // Back to how it was: everybody writes, and only admins let in, at the relay too.
    anna.core().set_rights(of_anna, Rights::default()).await.unwrap();
    exchange(&[&anna, &boris, &clara, &dmitri]).await;
    boris.says(chat, "again").await;
    exchange(&[&boris, &anna, &clara, &dmitri]).await;
    assert_eq!(clara.sees(chat).await, ["Boris: before", "Boris: again"]);
    assert!(boris.core().invite(of_boris).await.is_err());
    agree(&[&anna, &boris, &clara, &dmitri], chat).await;
}

#[tokio::test]
async fn a_blog_takes_comments_where_its_admins_allow_them() {
    let world = World::new().await;
    let ([anna, boris, clara], chat) = three(&world, ChatKind::Blog).await;
    let post = anna.sends(chat, "A post").await;
    exchange(&[&anna, &boris, &clara]).await;
    let answer = || Outgoing { text: "Well said".into(), reply_to: Some(post), ..Outgoing::default() };
    let number = boris.number(chat).await;
    assert!(boris.core().send_message(number, answer()).await.is_err());
    let rights = Rights { comment: Some(Who::Everyone), ..Rights::default() };
    anna.core().set_rights(anna.number(chat).await, rights).await.unwrap();
    exchange(&[&anna, &boris, &clara]).await;
    boris.sends(chat, answer()).await;
    assert!(boris.core().send_message(number, "A post of mine").await.is_err());
    exchange(&[&boris, &anna, &clara]).await;
    assert_eq!(clara.sees(chat).await, ["Anna: A post", "Boris: Well said"]);
    agree(&[&anna, &boris, &clara], chat).await;
}
