//! Forwarding, saving, linking to and scheduling messages; and finding them.

use beseda_core::{
    Error, MessageList,
    actions::send_message::Outgoing,
    document::{Forwarded, Poll},
    store::search::Order,
};
use beseda_protocol::{MessageId, membership::ChatKind};
use beseda_tests::world::{Person, World, admit, exchange, tables::rebuilt};

use super::group;

/// The clock of a person's device; looking at it moves it on by a millisecond.
fn now(person: &Person) -> i64 {
    (person.options.clock)()
}

async fn scheduled(person: &Person) -> Vec<String> {
    person.core().scheduled().await.unwrap().into_iter().map(|waiting| waiting.text).collect()
}

#[tokio::test]
async fn what_is_forwarded_says_who_said_it_first_and_no_dialog_by_name() {
    let world = World::new().await;
    let (group, anna, [boris]) = group(&world, ["Boris"]).await;
    let dialog = anna.creates(ChatKind::Dialog, "Anna and Boris in private").await;
    admit(&anna, &boris, dialog).await;
    let clara = world.person("Clara").await;
    let public = boris.creates(ChatKind::Group, "Public").await;
    admit(&boris, &clara, public).await;

    let poll = Poll { options: vec!["yes".into(), "no".into()], several: false };
    let private = Outgoing {
        mentions: vec![boris.mention()],
        poll: Some(poll.clone()),
        ..Outgoing::from("@Boris, do you?")
    };
    let private = anna.sends(dialog, private).await;
    let open = anna.sends(group, "in the group").await;
    exchange(&[&anna, &boris]).await;
    boris.votes(dialog, private, &[0]).await;
    let number = boris.number(public).await;
    boris.core().forward_messages(&[private, open], number).await.unwrap();
    exchange(&[&boris, &clara]).await;

    let seen = clara.reads(public).await;
    let sent_at = async |person: &Person, id: MessageId| person.core().message(id).await.unwrap().at;
    let expected = [("", private, "@Boris, do you?"), ("Trip", open, "in the group")];
    for (message, (chat, first, text)) in seen.iter().zip(expected) {
        let from = Forwarded {
            author: "Anna".into(),
            user: Some(anna.user()),
            chat: chat.into(),
            sent_at: sent_at(&boris, first).await,
        };
        assert_eq!((message.text.as_str(), message.author_name.as_str()), (text, "Boris"));
        assert_eq!(message.extra.forwarded, Some(from));
        assert!(message.extra.mentions.is_empty(), "it calls nobody in another chat");
    }
    assert_eq!(seen.len(), 2, "in the order given");
    let item = clara.shown(public, seen[0].id).await;
    assert_eq!(item.poll.as_ref().map(|poll| (poll.options.len(), poll.voters)), Some((2, 0)));

    // Forwarded again it keeps its first author.
    let other = clara.creates(ChatKind::Group, "Elsewhere").await;
    let number = clara.number(other).await;
    clara.core().forward_messages(&[seen[1].id], number).await.unwrap();
    assert_eq!(clara.reads(other).await[0].extra.forwarded, seen[1].extra.forwarded);
    // All or none.
    let refused = clara.core().forward_messages(&[seen[0].id, MessageId([1; 16])], number).await;
    assert!(matches!(refused, Err(Error::NoSuchMessage)), "{refused:?}");
    assert_eq!(clara.reads(other).await.len(), 1);
}

#[tokio::test]
async fn what_one_saves_is_ones_own_list_and_survives_everything() {
    let world = World::new().await;
    let (chat, anna, [mut boris]) = group(&world, ["Boris"]).await;
    let work = boris.creates(ChatKind::Group, "Work").await;
    let mut ids = vec![];
    for n in 0..5 {
        ids.push(anna.sends(chat, &format!("Anna {n}")).await);
    }
    exchange(&[&anna, &boris]).await;
    ids.push(boris.sends(work, "not sent yet").await);
    for n in [5, 0, 3, 1] {
        boris.core().save_message(ids[n], true).await.unwrap();
    }
    boris.core().save_message(ids[0], false).await.unwrap();
    boris.core().save_message(ids[3], true).await.unwrap();
    let saved = async |person: &Person, before, limit| {
        let list = person.core().list(None, MessageList::Saved, before, limit).await.unwrap();
        list.into_iter().map(|line| line.message.id).collect::<Vec<_>>()
    };
    let expected = [ids[1], ids[3], ids[5]];
    assert_eq!(saved(&boris, None, 9).await, expected, "the one saved last first");
    assert_eq!(saved(&boris, None, 2).await, expected[..2]);
    assert_eq!(saved(&boris, Some(ids[3]), 2).await, expected[2..], "page by page");
    assert!(boris.shown(chat, ids[3]).await.saved && !boris.shown(chat, ids[0]).await.saved);
    anna.deletes(chat, ids[1]).await;
    anna.edits(chat, ids[3], "Anna 3, and saved").await;
    exchange(&[&anna, &boris]).await;
    boris.restart().await;
    rebuilt(&boris).await;
    assert_eq!(saved(&boris, None, 9).await, expected[1..], "of what is deleted nothing is left to list");
    assert!(boris.shown(chat, ids[3]).await.saved);
    assert!(saved(&anna, None, 9).await.is_empty(), "nobody else's matter");
    assert!(!anna.shown(chat, ids[3]).await.saved);
}

#[tokio::test]
async fn a_link_to_a_message_leads_there_for_members_only() {
    let world = World::new().await;
    let (chat, anna, [boris]) = group(&world, ["Boris"]).await;
    let clara = world.person("Clara").await;
    let id = anna.sends(chat, "look at this").await;
    exchange(&[&anna, &boris]).await;
    let link = anna.core().message_link(id).await.unwrap();
    let found = boris.core().open_link(&format!(" {link}\n")).await.unwrap();
    assert_eq!((found.id, found.text.as_str()), (id, "look at this"));
    let refused = clara.core().open_link(&link).await;
    assert!(matches!(refused, Err(Error::NoSuchChat(_))), "{refused:?}");
    let own = clara.creates(ChatKind::Group, "Own").await;
    let own = clara.sends(own, "own").await;
    // The chat of one message and the id of another.
    let mixed = link.replace(&id.to_string(), &own.to_string());
    let refused = anna.core().open_link(&mixed).await;
    assert!(matches!(refused, Err(Error::NoSuchMessage)), "{refused:?}");
    for nonsense in ["", "beseda:message/1/2", "https://example.org"] {
        let refused = anna.core().open_link(nonsense).await;
        assert!(matches!(refused, Err(Error::NotALink(_))), "{refused:?}");
    }
    anna.deletes(chat, id).await;
    let refused = anna.core().open_link(&link).await;
    assert!(matches!(refused, Err(Error::NoSuchMessage)), "{refused:?}");
}

#[tokio::test]
async fn what_is_scheduled_leaves_at_its_time_or_at_the_next_start() {
    let world = World::new().await;
    let (chat, mut anna, [boris]) = group(&world, ["Boris"]).await;
    let first = boris.sends(chat, "first").await;
    exchange(&[&boris, &anna]).await;
    let number = anna.number(chat).await;
    let hour = 3_600_000;
    let start = now(&anna);
    let answer = Outgoing { reply_to: Some(first), ..Outgoing::from("in two hours") };
    anna.core().schedule_message(number, answer, start + 2 * hour).await.unwrap();
    anna.core().schedule_message(number, "in one hour", start + hour).await.unwrap();
    let cancelled = anna.core().schedule_message(number, "cancelled", start + hour).await.unwrap();
    let at_once = anna.core().schedule_message(number, "sent at once", start + 9 * hour).await.unwrap();
    let waiting = scheduled(&anna).await;
    assert_eq!(waiting.len(), 4);
    assert_eq!((waiting[2].as_str(), waiting[3].as_str()), ("in two hours", "sent at once"), "by their time");
    anna.core().unschedule(cancelled).await.unwrap();
    anna.core().send_scheduled(at_once).await.unwrap();
    assert!(matches!(anna.core().unschedule(at_once).await, Err(Error::NoSuchMessage)));
    exchange(&[&anna, &boris]).await;
    assert_eq!(boris.sees(chat).await, ["Boris: first", "Anna: sent at once"]);

    world.advance(3_500);
    assert!(anna.core().send_due().await.unwrap().is_some_and(|next| next == start + hour));
    world.advance(200);
    exchange(&[&anna, &boris]).await;
    let seen = boris.sees(chat).await;
    assert_eq!(seen[2..], ["Anna: in one hour"], "leaves when its time has come, and once");
    assert_eq!(scheduled(&anna).await, ["in two hours"]);

    // Its time passes while the app is closed.
    anna.close().await;
    world.advance(7_200);
    anna.open().await.unwrap();
    assert_eq!(anna.sees(chat).await.last().unwrap(), "Anna: in two hours");
    assert_eq!(anna.reads(chat).await.last().unwrap().reply_to, Some(first));
    assert!(scheduled(&anna).await.is_empty());
    exchange(&[&anna, &boris]).await;
    assert_eq!(boris.sees(chat).await, anna.sees(chat).await);
}

#[tokio::test]
async fn what_may_not_be_sent_any_more_is_kept_and_holds_up_nothing() {
    let world = World::new().await;
    let (chat, anna, [boris]) = group(&world, ["Boris"]).await;
    let own = boris.creates(ChatKind::Group, "Own").await;
    let (number, own_number) = (boris.number(chat).await, boris.number(own).await);
    let soon = now(&boris) + 60_000;
    boris.core().schedule_message(number, "to those who put me out", soon).await.unwrap();
    boris.core().schedule_message(own_number, "to myself", soon + 1).await.unwrap();
    anna.removes(chat, &boris).await;
    exchange(&[&anna, &boris]).await;
    world.advance(61);
    boris.core().send_due().await.unwrap();
    assert_eq!(boris.sees(own).await, ["Boris: to myself"]);
    assert_eq!(scheduled(&boris).await, ["to those who put me out"]);
    let refused = boris.core().schedule_message(number, "again", soon).await;
    assert!(matches!(refused, Err(Error::NotMember)), "{refused:?}");

    // What could never be sent is not taken in the first place.
    let foreign = anna.sends(chat, "among ourselves").await;
    for wrong in [
        Outgoing::from("   "),
        Outgoing { reply_to: Some(foreign), ..Outgoing::from("an answer to another chat") },
        Outgoing {
            poll: Some(Poll { options: vec!["only one".into()], several: false }),
            ..Outgoing::from("a poll?")
        },
    ] {
        let what = wrong.text.clone();
        let refused = boris.core().schedule_message(own_number, wrong, soon + 60_000).await;
        assert!(matches!(refused, Err(Error::BadText(_) | Error::NoSuchMessage)), "{what}: {refused:?}");
    }
    assert_eq!(scheduled(&boris).await.len(), 1);
}

#[tokio::test]
async fn what_is_found_is_what_is_there_on_every_device() {
    let world = World::new().await;
    let (chat, anna, [mut boris]) = group(&world, ["Boris"]).await;
    anna.says(chat, "Ёлка стоит в **Петербурге**").await;
    boris.says(chat, "the tree of Saint Petersburg https://tree.example").await;
    exchange(&[&anna, &boris]).await;
    boris.says(chat, "not sent: дерево").await;
    let queries = [
        ("елка", 1, 1),
        ("ПЕТЕРБУРГ", 1, 1),
        ("етербур", 1, 1),
        ("tr", 1, 1),
        ("from:Boris tree", 1, 1),
        ("from:Anna tree", 0, 0),
        ("has:link", 1, 1),
        ("\"saint petersburg\"", 1, 1),
        ("\"petersburg saint\"", 0, 0),
        ("дерево", 0, 1),
    ];
    let check = async |anna: &Person, boris: &Person| {
        for (query, annas, boriss) in queries {
            assert_eq!(anna.finds(query).await.len(), annas, "Anna: {query}");
            assert_eq!(boris.finds(query).await.len(), boriss, "Boris: {query}");
        }
    };
    check(&anna, &boris).await;
    boris.restart().await;
    rebuilt(&boris).await;
    check(&anna, &boris).await;

    let page = boris.core().search("tree", None, Order::Best, None, 10).await.unwrap();
    let hit = &page.messages[0].hit;
    let words: Vec<_> = hit.ranges.iter().map(|range| &hit.plain[range.clone()]).collect();
    assert!(words.contains(&"tree"), "{words:?}");
    assert_eq!(boris.core().message(hit.id).await.unwrap().text, hit.text, "it leads to its place");
    let other = boris.creates(ChatKind::Group, "Other").await;
    let other = boris.number(other).await;
    let page = boris.core().search("tree", Some(other), Order::Newest, None, 10).await.unwrap();
    assert!(page.messages.is_empty());
}
