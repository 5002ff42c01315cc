//! Who writes to somebody, or puts them into a group, without having been asked: it can be accepted, refused and blocked, and
//! of two people there is one dialog.
#![expect(clippy::unwrap_used, reason = "the steps of a test are the test")]

use beseda_core::{
    Error,
    actions::{create_chat::NewChat, send_message::Outgoing},
    store::chats::{PutIn, Status},
};
use beseda_protocol::{
    ChatId, UserId,
    membership::{ChatKind, History},
};
use beseda_tests::world::{Person, World, admit, exchange};

/// Two people who know each other from a group.
async fn met(world: &World) -> (Person, Person, ChatId) {
    let (anna, boris) = (world.person("Anna").await, world.person("Boris").await);
    let group = anna.creates(ChatKind::Group, "Trip").await;
    admit(&anna, &boris, group).await;
    exchange(&[&anna, &boris]).await;
    (anna, boris, group)
}

async fn dialog_with(person: &Person, user: UserId) -> ChatId {
    person.core().start_dialog(user).await.unwrap().id
}

async fn titles(person: &Person) -> Vec<String> {
    let mut titles: Vec<_> =
        person.core().chats().await.unwrap().into_iter().map(|line| line.title).collect();
    titles.sort();
    titles
}

#[tokio::test]
async fn a_dialog_is_begun_offline_and_is_a_request_until_it_is_accepted() {
    let world = World::new().await;
    let (anna, boris, _) = met(&world).await;
    let chat = dialog_with(&anna, boris.user()).await;
    assert_eq!(anna.line(chat).await.title, "Boris", "also before he is in it");
    anna.says(chat, "Are you free on Sunday?").await;
    assert_eq!(dialog_with(&anna, boris.user()).await, chat, "there is one");
    exchange(&[&anna, &boris]).await;

    let line = boris.line(chat).await;
    assert_eq!((line.put_in, line.put_in_by.as_str(), line.unread), (PutIn::Asked, "Anna", 1));
    assert_eq!(line.title, "Anna");
    assert_eq!(boris.sees(chat).await, ["Anna: Are you free on Sunday?"]);
    let refused = boris.core().send_message(boris.number(chat).await, "who is it?").await;
    assert!(matches!(refused, Err(Error::NotAccepted)), "{refused:?}");
    boris.reads_all(chat).await;
    exchange(&[&boris, &anna]).await;
    let place = anna.reads(chat).await[0].place;
    assert!(anna.line(chat).await.others_delivered < place, "she does not learn that it has come");
    assert!(anna.line(chat).await.others_read < place, "nor that it was read");

    boris.core().accept(boris.number(chat).await).await.unwrap();
    boris.says(chat, "Yes").await;
    exchange(&[&boris, &anna]).await;
    assert_eq!(anna.sees(chat).await, ["Anna: Are you free on Sunday?", "Boris: Yes"]);
    assert!(anna.line(chat).await.others_delivered >= place);
    assert_eq!(boris.line(chat).await.put_in, PutIn::No);
    assert_eq!(dialog_with(&boris, anna.user()).await, chat, "the same one from both sides");
}

#[tokio::test]
async fn what_is_refused_is_gone_and_who_is_blocked_comes_no_more() {
    let world = World::new().await;
    let (anna, boris, _) = met(&world).await;
    let chat = dialog_with(&anna, boris.user()).await;
    anna.says(chat, "Buy!").await;
    exchange(&[&anna, &boris]).await;
    assert_eq!(boris.core().totals().await.unwrap().unread, 1);
    boris.core().refuse(boris.number(chat).await, false).await.unwrap();
    exchange(&[&boris, &anna]).await;
    anna.says(chat, "Buy more!").await;
    exchange(&[&anna, &boris]).await;
    assert_eq!(titles(&boris).await, ["Trip"]);
    assert_eq!(boris.core().totals().await.unwrap().unread, 0);
    assert_eq!(anna.line(chat).await.members, 1, "she sees that he is not in it");

    // She asks once more, and is blocked.
    let again = dialog_with(&anna, boris.user()).await;
    assert_ne!(again, chat);
    anna.says(again, "Buy now!").await;
    exchange(&[&anna, &boris]).await;
    boris.core().refuse(boris.number(again).await, true).await.unwrap();
    exchange(&[&boris, &anna]).await;
    let third = dialog_with(&anna, boris.user()).await;
    anna.says(third, "Please!").await;
    exchange(&[&anna, &boris]).await;
    assert_eq!(titles(&boris).await, ["Trip"], "nothing is heard of who is blocked");
    assert!(boris.core().chat_by_id(&third.to_string()).await.is_err());
    assert!(matches!(boris.core().start_dialog(anna.user()).await, Err(Error::BadText(_))));
}

#[tokio::test]
async fn a_contact_puts_somebody_into_a_group_without_asking_and_a_stranger_asks() {
    let world = World::new().await;
    let (anna, boris, _) = met(&world).await;
    boris.core().add_contact(anna.user(), "").await.unwrap();
    let team = anna.creates(ChatKind::Group, "Team").await;
    anna.says(team, "welcome").await;
    anna.core().add_member(anna.number(team).await, boris.user()).await.unwrap();
    exchange(&[&anna, &boris]).await;
    let line = boris.line(team).await;
    assert_eq!((line.put_in, line.status), (PutIn::No, Status::Active));
    assert_eq!(boris.sees(team).await, ["Anna: welcome"]);

    // He is none of hers.
    let club = boris.creates(ChatKind::Group, "Club").await;
    boris.core().add_member(boris.number(club).await, anna.user()).await.unwrap();
    exchange(&[&boris, &anna]).await;
    let line = anna.line(club).await;
    assert_eq!((line.put_in, line.put_in_by.as_str(), line.title.as_str()), (PutIn::Asked, "Boris", "Club"));
    anna.core().refuse(anna.number(club).await, false).await.unwrap();
    exchange(&[&anna, &boris]).await;
    assert_eq!(boris.line(club).await.members, 1);
    let twice = anna.core().add_member(anna.number(team).await, boris.user()).await;
    assert!(matches!(twice, Err(Error::BadText(_))), "{twice:?}");
    let none = boris.core().add_member(boris.number(team).await, anna.user()).await;
    assert!(matches!(none, Err(Error::Forbidden(_))), "{none:?}");
}

#[tokio::test]
async fn who_is_put_out_and_in_again_while_away_is_in_when_they_come() {
    for history in [History::All, History::FromJoining] {
        let world = World::new().await;
        // So she still knows him.
        let (anna, boris, _) = met(&world).await;
        let new = NewChat { kind: ChatKind::Group, title: "Club", description: "", category: "", history };
        let group = anna.core().create_chat_with(&new).await.unwrap().id;
        admit(&anna, &boris, group).await;
        exchange(&[&boris, &anna]).await;
        anna.removes(group, &boris).await;
        anna.sync().await;
        anna.core().add_member(anna.number(group).await, boris.user()).await.unwrap();
        anna.sync().await;
        anna.says(group, "that was a mistake").await;
        anna.sync().await;
        assert_eq!(anna.line(group).await.members, 2);
        // His device has the welcome before it has read that he was out.
        exchange(&[&boris, &anna]).await;
        assert_eq!(boris.status(group).await, Some(Status::Active));
        assert_eq!(boris.sees(group).await.last().unwrap(), "Anna: that was a mistake");
        assert_eq!(boris.line(group).await.members, 2);
        assert_eq!(
            boris.line(group).await.put_in,
            PutIn::No,
            "he has come into it himself, by what he knows"
        );
        boris.says(group, "never mind").await;
        exchange(&[&boris, &anna]).await;
        assert_eq!(anna.sees(group).await.last().unwrap(), "Boris: never mind");
    }
}

#[tokio::test]
async fn who_has_left_is_asked_before_they_are_in_again() {
    let world = World::new().await;
    let (anna, boris, _) = met(&world).await;
    let club = anna.creates(ChatKind::Group, "Club").await;
    admit(&anna, &boris, club).await;
    exchange(&[&boris, &anna]).await;
    boris.core().leave_chat(boris.number(club).await).await.unwrap();
    exchange(&[&boris, &anna, &boris]).await;
    assert_eq!(boris.status(club).await, Some(Status::Removed));
    // His device has not read that she has put it out since, as everybody is who leaves.
    anna.core().add_member(anna.number(club).await, boris.user()).await.unwrap();
    exchange(&[&anna, &boris]).await;
    assert_eq!(boris.line(club).await.put_in, PutIn::Asked);
}

#[tokio::test]
async fn two_who_write_to_each_other_offline_have_one_dialog_with_everything_in_it() {
    let world = World::new().await;
    let (anna, boris, _) = met(&world).await;
    let hers = dialog_with(&anna, boris.user()).await;
    let his = dialog_with(&boris, anna.user()).await;
    anna.says(hers, "Happy birthday, Boris!").await;
    anna.says(hers, "Come on Sunday").await;
    boris.says(his, "Guess what day it is").await;
    exchange(&[&anna, &boris]).await;
    exchange(&[&anna, &boris]).await;

    let (stays, other) = if hers < his { (hers, his) } else { (his, hers) };
    for person in [&anna, &boris] {
        assert_eq!(titles(person).await.len(), 2, "{:?}", titles(person).await);
        let mut said = person.sees(stays).await;
        said.sort();
        assert_eq!(
            said,
            ["Anna: Come on Sunday", "Anna: Happy birthday, Boris!", "Boris: Guess what day it is"]
        );
        // Who had it before they could let the other one in keeps it to themselves.
        if person.status(other).await.is_some() {
            assert_eq!(person.line(other).await.gone_on, Some(stays));
        }
        assert_eq!(person.line(stays).await.gone_on, None);
        assert_eq!(person.line(stays).await.put_in, PutIn::No, "who writes wants to hear");
    }
    assert_eq!(anna.sees(stays).await, boris.sees(stays).await, "in one order");
    for person in [&anna, &boris] {
        let peer = if person.name == "Anna" { boris.user() } else { anna.user() };
        assert_eq!(dialog_with(person, peer).await, stays);
        if person.status(other).await.is_some() {
            assert!(person.core().send_message(person.number(other).await, "here?").await.is_err());
        }
    }
    anna.says(stays, "and bring a cake").await;
    exchange(&[&anna, &boris]).await;
    assert_eq!(boris.sees(stays).await.len(), 4);
}

#[tokio::test]
async fn an_answer_goes_along_into_the_dialog_that_goes_on() {
    let world = World::new().await;
    let (anna, boris, _) = met(&world).await;
    let hers = dialog_with(&anna, boris.user()).await;
    let his = dialog_with(&boris, anna.user()).await;
    for (person, chat) in [(&anna, hers), (&boris, his)] {
        person.says(chat, &format!("{} asks", person.name)).await;
        let asked = person.message(chat, &format!("{} asks", person.name)).await.id;
        let answer =
            Outgoing { text: format!("{} adds", person.name), reply_to: Some(asked), ..Outgoing::default() };
        person.sends(chat, answer).await;
    }
    exchange(&[&anna, &boris]).await;
    exchange(&[&anna, &boris]).await;

    let stays = hers.min(his);
    for person in [&anna, &boris] {
        for author in ["Anna", "Boris"] {
            let (asked, added) = (format!("{author} asks"), format!("{author} adds"));
            let answer = person.message(stays, &added).await.id;
            let quote = person.shown(stays, answer).await.reply.clone();
            let quote = quote.unwrap_or_else(|| panic!("{}: {added} answers nothing", person.name));
            // The one that is in this chat, where one can be taken to it.
            assert_eq!(quote.id, person.message(stays, &asked).await.id, "{}: {added}", person.name);
            assert_eq!((quote.author_name.as_str(), quote.text.as_str()), (author, asked.as_str()));
        }
    }
}

#[tokio::test]
async fn both_devices_of_a_person_have_the_request_and_the_answer() {
    let world = World::new().await;
    let (anna, boris, _) = met(&world).await;
    let phone = world.device_of(&boris, "boris-phone").await;
    exchange(&[&boris, &phone, &anna]).await;
    let chat = dialog_with(&anna, boris.user()).await;
    anna.says(chat, "to both").await;
    exchange(&[&anna, &boris, &phone]).await;
    for device in [&boris, &phone] {
        assert_eq!(device.line(chat).await.put_in, PutIn::Asked);
    }
    phone.core().accept(phone.number(chat).await).await.unwrap();
    exchange(&[&phone, &boris, &anna]).await;
    assert_eq!(boris.line(chat).await.put_in, PutIn::No);
    boris.says(chat, "from the other one").await;
    exchange(&[&boris, &phone, &anna]).await;
    assert_eq!(anna.sees(chat).await, phone.sees(chat).await);
    assert_eq!(anna.line(chat).await.members, 2);
}
