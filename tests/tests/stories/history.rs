//! What newcomers may read of what was said before them: all of it, or nothing, and then not even the keys were ever theirs.
#![expect(clippy::unwrap_used, reason = "the steps of a test are the test")]

use beseda_core::{
    actions::create_chat::NewChat,
    store::{Durability, chats::Status, eras},
};
use beseda_protocol::{
    ChatId,
    membership::{ChatKind, History},
};
use beseda_tests::world::{
    Person, World, admit, exchange, sync_within,
    tables::{holding, rebuilt},
};

async fn closed(person: &Person) -> ChatId {
    let new = NewChat {
        kind: ChatKind::Group,
        title: "Trip",
        description: "by train",
        category: "",
        history: History::FromJoining,
    };
    person.core().create_chat_with(&new).await.unwrap().id
}

/// The eras of a chat whose keys a device has.
async fn keys(person: &Person, chat: ChatId) -> Vec<u64> {
    let number = person.number(chat).await;
    let mut tx = person.core().device().store.begin(Durability::Process).await.unwrap();
    let all = eras::all(&mut tx, number).await.unwrap();
    tx.end().await.unwrap();
    all.into_iter().map(|era| era.era).collect()
}

/// Names, who let them in, and whether they are admins.
async fn members(person: &Person, chat: ChatId) -> Vec<(String, String, bool)> {
    let lines = person.core().members(person.number(chat).await).await.unwrap();
    lines.into_iter().map(|line| (line.name, line.added_by, line.admin)).collect()
}

async fn whole(people: &[&Person], chat: ChatId) {
    for person in people {
        assert_eq!(person.line(chat).await.quarantined, 0, "{}", person.name);
        rebuilt(person).await;
        let checked = person.core().examine(&beseda_core::unreported()).await.unwrap();
        assert!(checked.iter().all(beseda_core::doctor::Checked::is_fine), "{}: {checked:?}", person.name);
    }
}

#[tokio::test]
async fn a_newcomer_to_a_closed_chat_sees_nothing_from_before_and_never_had_its_keys() {
    let world = World::new().await;
    let (anna, boris, clara) =
        (world.person("Anna").await, world.person("Boris").await, world.person("Clara").await);
    let chat = closed(&anna).await;
    anna.says(chat, "a xylophone, to myself").await;
    admit(&anna, &boris, chat).await;
    assert_eq!(boris.sees(chat).await, [""; 0]);
    let line = boris.line(chat).await;
    assert_eq!((line.title.as_str(), line.description.as_str()), ("Trip", "by train"));
    assert_eq!(line.unread, 0);
    boris.says(chat, "a zeppelin").await;
    anna.says(chat, "between us").await;
    exchange(&[&anna, &boris]).await;
    admit(boris_as_admin(&anna, &boris, chat).await, &clara, chat).await;
    exchange(&[&anna, &boris, &clara]).await;
    clara.says(chat, "hello").await;
    anna.says(chat, "hello Clara").await;
    exchange(&[&clara, &anna, &boris]).await;

    assert_eq!(clara.sees(chat).await, ["Clara: hello", "Anna: hello Clara"]);
    assert_eq!(
        boris.sees(chat).await,
        ["Anna: between us", "Boris: a zeppelin", "Clara: hello", "Anna: hello Clara"]
    );
    assert_eq!(anna.sees(chat).await.len(), 5);
    for (person, word) in [(&boris, "xylophone"), (&clara, "xylophone"), (&clara, "zeppelin")] {
        assert_eq!(holding(person.core(), word).await, [""; 0], "{} has nothing of it", person.name);
    }
    assert_eq!(keys(&boris, chat).await[0], 1, "not even the keys were there");
    assert_eq!(keys(&anna, chat).await[0], 0);
    let since = *keys(&clara, chat).await.first().unwrap();
    assert_eq!(
        keys(&clara, chat).await,
        (since..=*keys(&anna, chat).await.last().unwrap()).collect::<Vec<_>>()
    );
    // Who is in it, since when, and by whom, everybody knows alike.
    let known = members(&anna, chat).await;
    assert_eq!(members(&boris, chat).await, known);
    assert_eq!(members(&clara, chat).await, known);
    // And a newcomer can put somebody out, if they may: the relay's slots were told.
    whole(&[&anna, &boris, &clara], chat).await;
}

/// Boris, an admin from now on.
async fn boris_as_admin<'a>(anna: &Person, boris: &'a Person, chat: ChatId) -> &'a Person {
    anna.core().set_admin(anna.number(chat).await, boris.user(), true).await.unwrap();
    exchange(&[anna, boris]).await;
    boris
}

#[tokio::test]
async fn what_was_written_before_somebody_came_and_sent_after_is_read_by_them() {
    let world = World::new().await;
    let (anna, boris, clara) =
        (world.person("Anna").await, world.person("Boris").await, world.person("Clara").await);
    let chat = closed(&anna).await;
    admit(&anna, &boris, chat).await;
    boris.says(chat, "sent").await;
    exchange(&[&boris, &anna]).await;
    // Written while nobody knew of Clara.
    let number = boris.number(chat).await;
    let first = boris.sends(chat, "written on the train").await;
    boris.edits(chat, first, "written on the slow train").await;
    boris.reacts(chat, first, "👍", true).await;
    boris.core().save_message(first, true).await.unwrap();
    let sent = boris.message(chat, "sent").await.id;
    boris.edits(chat, sent, "sent, and edited").await;
    admit(&anna, &clara, chat).await;
    exchange(&[&boris, &anna, &clara]).await;

    assert_eq!(clara.sees(chat).await, ["Boris: written on the slow train"]);
    let seen = ["Boris: sent, and edited", "Boris: written on the slow train"];
    assert_eq!(anna.sees(chat).await, seen);
    assert_eq!(boris.sees(chat).await, seen, "once");
    let told = clara.message(chat, "written on the slow train").await;
    let shown = clara.shown(chat, told.id).await;
    assert!(shown.edited && shown.reactions.len() == 1);
    let saved = boris.core().list(None, beseda_core::MessageList::Saved, None, 9).await.unwrap();
    assert_eq!(saved.len(), 1);
    assert_eq!(boris.core().chat(number).await.unwrap().quarantined, 0);
    whole(&[&anna, &boris, &clara], chat).await;
}

/// It is said again under another id, which the person's notes must be told: whatever else is on its way then.
#[tokio::test]
async fn at_whatever_moment_somebody_comes_what_is_saved_and_not_sent_yet_stays_saved() {
    let world = World::new().await;
    let (anna, boris) = (world.person("Anna").await, world.person("Boris").await);
    let phone = world.device_of(&boris, "phone").await;
    let chat = closed(&anna).await;
    admit(&anna, &boris, chat).await;
    exchange(&[&boris, &anna, &phone]).await;
    let moments = 2..14;
    for after in moments.clone() {
        let guest = world.person(&format!("Guest {after}")).await;
        guest.core().join(&anna.invites(chat).await).await.unwrap();
        guest.sync().await;
        let written = boris.sends(chat, format!("written at {after}").as_str()).await;
        boris.core().save_message(written, true).await.unwrap();
        let (his, hers) = sync_within(&boris, after, &anna).await;
        his.unwrap();
        hers.transpose().unwrap();
    }
    exchange(&[&anna, &boris, &phone]).await;
    for device in [&boris, &phone] {
        let saved = device.core().list(None, beseda_core::MessageList::Saved, None, 99).await.unwrap();
        assert_eq!(saved.len(), moments.len());
    }
    whole(&[&anna, &boris], chat).await;
}

#[tokio::test]
async fn who_was_out_of_a_closed_chat_comes_back_to_what_is_said_from_then_on() {
    let world = World::new().await;
    let (anna, boris, clara) =
        (world.person("Anna").await, world.person("Boris").await, world.person("Clara").await);
    let chat = closed(&anna).await;
    admit(&anna, &boris, chat).await;
    admit(&anna, &clara, chat).await;
    boris.says(chat, "heard").await;
    exchange(&[&boris, &anna, &clara]).await;
    anna.removes(chat, &boris).await;
    anna.sync().await;
    anna.says(chat, "without Boris").await;
    anna.removes(chat, &clara).await;
    exchange(&[&anna, &boris]).await;
    admit(&anna, &boris, chat).await;
    anna.says(chat, "with him again").await;
    exchange(&[&anna, &boris]).await;
    assert_eq!(boris.status(chat).await, Some(Status::Active));
    assert_eq!(boris.sees(chat).await, ["Boris: heard", "Anna: with him again"]);
    assert_eq!(boris.line(chat).await.members, 2, "who went meanwhile is not there");
    boris.says(chat, "hello").await;
    exchange(&[&boris, &anna]).await;
    assert_eq!(anna.sees(chat).await.len(), 4);
    whole(&[&anna, &boris], chat).await;
}

#[tokio::test]
async fn a_chat_is_closed_and_opened_and_each_newcomer_reads_what_was_open_when_they_came() {
    let world = World::new().await;
    let (anna, boris, clara, dmitri) = (
        world.person("Anna").await,
        world.person("Boris").await,
        world.person("Clara").await,
        world.person("Dmitri").await,
    );
    let chat = anna.creates(ChatKind::Group, "Trip").await;
    let number = anna.number(chat).await;
    anna.says(chat, "open").await;
    admit(&anna, &boris, chat).await;
    assert_eq!(boris.sees(chat).await, ["Anna: open"]);
    anna.core().set_history(number, History::FromJoining).await.unwrap();
    exchange(&[&anna, &boris]).await;
    boris.says(chat, "closed").await;
    exchange(&[&boris, &anna]).await;
    admit(&anna, &clara, chat).await;
    assert_eq!(clara.sees(chat).await, [""; 0]);
    anna.core().set_history(number, History::All).await.unwrap();
    exchange(&[&anna, &boris, &clara]).await;
    clara.says(chat, "open again").await;
    exchange(&[&clara, &anna, &boris]).await;
    admit(&anna, &dmitri, chat).await;
    exchange(&[&anna, &dmitri]).await;
    assert_eq!(dmitri.sees(chat).await, ["Clara: open again"], "as far back as it was ever open to anybody");
    assert_eq!(anna.sees(chat).await, ["Anna: open", "Boris: closed", "Clara: open again"]);
    dmitri.says(chat, "here").await;
    exchange(&[&dmitri, &anna, &boris, &clara]).await;
    assert_eq!(boris.sees(chat).await.len(), 4);
    whole(&[&anna, &boris, &clara, &dmitri], chat).await;
}
