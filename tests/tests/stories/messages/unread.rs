//! What is unread, and what of it names me.

use beseda_core::{
    Totals, actions::send_message::Outgoing, document::Mention, timeline::ItemKey, window::OpenAt,
};
use beseda_protocol::membership::ChatKind;
use beseda_tests::world::{Person, Screen, World, admit, exchange, tables::rebuilt};

use super::{agree, group};

fn naming(text: &str, mentions: Vec<Mention>) -> Outgoing {
    Outgoing { mentions, ..Outgoing::from(text) }
}

fn everyone(word: &str) -> Mention {
    Mention { name: word.to_owned(), user: None }
}

/// Texts of the messages that name a person, as one who jumps from one to the next sees them.
async fn walk(person: &Person, chat: beseda_protocol::ChatId) -> Vec<String> {
    let (mut texts, mut after) = (vec![], None);
    let number = person.number(chat).await;
    while let Some(id) = person.core().next_mention(number, after).await.unwrap() {
        texts.push(person.core().message(id).await.unwrap().text);
        after = Some(id);
    }
    texts
}

#[tokio::test]
async fn messages_that_name_me_are_counted_apart_and_walked_through() {
    let world = World::new().await;
    let (chat, anna, [boris, clara]) = group(&world, ["Boris", "Clara"]).await;
    let people = [&anna, &boris, &clara];
    anna.says(chat, "@Boris without meaning him").await;
    anna.sends(chat, naming("@Boris, are you there?", vec![boris.mention()])).await;
    anna.sends(chat, naming("@Clara?", vec![clara.mention(), boris.mention()])).await;
    clara.sends(chat, naming("@все сюда", vec![everyone("все")])).await;
    boris.sends(chat, naming("@Boris is me", vec![boris.mention()])).await;
    let edited = anna.sends(chat, "to be edited").await;
    exchange(&people).await;
    boris.has_unread(chat, 5, 2).await;
    clara.has_unread(chat, 5, 1).await;
    anna.has_unread(chat, 2, 1).await;
    assert_eq!(walk(&boris, chat).await, ["@Boris, are you there?", "@все сюда"]);
    assert!(boris.shown(chat, boris.message(chat, "@все сюда").await.id).await.names_me);

    // An edit names somebody, and no longer does.
    let number = anna.number(chat).await;
    let mentions = vec![everyone("everyone"), everyone("gone from the text")];
    anna.core().edit_message(number, edited, "@everyone, come", mentions).await.unwrap();
    exchange(&people).await;
    boris.has_unread(chat, 5, 3).await;
    assert_eq!(walk(&boris, chat).await.len(), 3);
    anna.edits(chat, edited, "never mind").await;
    exchange(&people).await;
    boris.has_unread(chat, 5, 2).await;
    assert_eq!(walk(&boris, chat).await.len(), 2);
    anna.deletes(chat, boris.message(chat, "@Boris, are you there?").await.id).await;
    exchange(&people).await;
    boris.has_unread(chat, 4, 1).await;
    assert_eq!(walk(&boris, chat).await, ["@все сюда"]);

    // Of what was read an edit makes nothing unread.
    boris.reads_all(chat).await;
    boris.has_unread(chat, 0, 0).await;
    let number = anna.number(chat).await;
    anna.core().edit_message(number, edited, "@Boris!", vec![boris.mention()]).await.unwrap();
    exchange(&people).await;
    boris.has_unread(chat, 0, 0).await;
    assert_eq!(walk(&boris, chat).await, [""; 0], "one walks from what was read");
    agree(&people, chat).await;
}

#[tokio::test]
async fn the_unread_mark_is_put_back_and_reading_takes_it_away() {
    let world = World::new().await;
    let (chat, anna, [boris]) = group(&world, ["Boris"]).await;
    let other = anna.creates(ChatKind::Group, "Work").await;
    admit(&anna, &boris, other).await;
    let first = anna.sends(chat, "one").await;
    anna.sends(chat, naming("@Boris two", vec![boris.mention()])).await;
    anna.says(other, "three").await;
    exchange(&[&anna, &boris]).await;
    let totals = async || boris.core().totals().await.unwrap();
    assert_eq!(totals().await, Totals { unread: 3, mentions: 1, marked: 0 });
    boris.reads_all(chat).await;
    assert_eq!(totals().await, Totals { unread: 1, mentions: 0, marked: 0 });
    boris.core().mark_unread(boris.number(chat).await).await.unwrap();
    assert!(boris.line(chat).await.marked_unread);
    assert_eq!(totals().await, Totals { unread: 1, mentions: 0, marked: 1 });
    boris.core().mark_unread(boris.number(other).await).await.unwrap();
    assert_eq!(totals().await, Totals { unread: 1, mentions: 0, marked: 1 }, "it shows a number anyway");
    // Reading anything takes it away, also what was read before; and marks never go back.
    boris.reads_upto(chat, first).await;
    assert!(!boris.line(chat).await.marked_unread);
    boris.has_unread(chat, 0, 0).await;
    boris.reads_all(other).await;
    assert_eq!(totals().await, Totals::default());
    assert!(!boris.line(other).await.marked_unread);
    rebuilt(&boris).await;
}

#[tokio::test]
async fn counters_do_not_drift_whatever_happens_to_unread_messages() {
    let world = World::new().await;
    let (chat, anna, [boris, clara]) = group(&world, ["Boris", "Clara"]).await;
    let people = [&anna, &boris, &clara];
    let mut ids = vec![];
    for n in 0..12 {
        let text = format!("@Boris {n}");
        ids.push(anna.sends(chat, naming(&text, vec![boris.mention()])).await);
    }
    exchange(&people).await;
    boris.reads_upto(chat, ids[2]).await;
    boris.has_unread(chat, 9, 9).await;
    // Read ones, an unread one twice over, and one that is edited first.
    for n in [0, 3, 4, 4, 11] {
        boris.hides(chat, ids[n]).await;
    }
    anna.edits(chat, ids[5], "nobody is named").await;
    for n in [1, 4, 5, 6] {
        anna.deletes(chat, ids[n]).await;
    }
    exchange(&people).await;
    boris.has_unread(chat, 4, 4).await;
    boris.hides(chat, ids[6]).await;
    boris.has_unread(chat, 4, 4).await;
    boris.reads_upto(chat, ids[8]).await;
    boris.has_unread(chat, 2, 2).await;
    let line = boris.line(chat).await.last.unwrap();
    assert_eq!(line.text, "@Boris 10", "what is hidden is not the last line");
    boris.reads_all(chat).await;
    boris.has_unread(chat, 0, 0).await;
    clara.has_unread(chat, 8, 0).await;
    for person in people {
        rebuilt(person).await;
    }

    // The divider stands where the unread began, and whoever comes later has nothing unread.
    anna.says(chat, "new").await;
    exchange(&people).await;
    let (screen, target) = Screen::open(&boris, chat, OpenAt::FirstUnread).await;
    assert_eq!(target, Some(ItemKey::Unread));
    let at = screen.shown.iter().position(|item| item.key() == ItemKey::Unread).unwrap();
    let after = screen.messages().last().unwrap();
    assert_eq!((after.text.as_str(), at), ("new", screen.shown.len() - 2));
    let dmitri = world.person("Dmitri").await;
    admit(&anna, &dmitri, chat).await;
    dmitri.has_unread(chat, 0, 0).await;
}

#[tokio::test]
async fn what_another_device_has_read_is_not_taken_off_twice() {
    let world = World::new().await;
    let (chat, anna, [boris]) = group(&world, ["Boris"]).await;
    let phone = world.device_of(&boris, "phone").await;
    let all = [&anna, &boris, &phone];
    exchange(&all).await;
    exchange(&all).await;
    let first = anna.sends(chat, "one").await;
    exchange(&all).await;
    boris.has_unread(chat, 1, 0).await;
    // All in one batch: read on the phone; somebody comes; it is deleted; there is something else.
    phone.reads_upto(chat, first).await;
    phone.sync().await;
    let clara = world.person("Clara").await;
    admit(&anna, &clara, chat).await;
    anna.deletes(chat, first).await;
    anna.says(chat, "two").await;
    anna.sync().await;
    boris.sync().await;
    boris.has_unread(chat, 1, 0).await;
    exchange(&all).await;
    agree(&all, chat).await;
}
