//! A team goes to another relay.

use beseda_protocol::membership::ChatKind;
use beseda_tests::world::{Served, World};
use tempfile::TempDir;

use super::{History, Team, all_the_same, exchange, team};

#[tokio::test]
async fn a_team_goes_to_another_relay_and_takes_everything_with_it() {
    let world = World::new().await;
    let Team { anna, boris, clara, chat } = team(&world, History::All).await;
    let dialog = boris.creates(ChatKind::Dialog, "").await;
    beseda_tests::world::admit(&boris, &anna, dialog).await;
    boris.says(dialog, "between us").await;
    exchange(&[&boris, &anna]).await;
    let (seen, people) = (anna.sees(chat).await, [&anna, &boris, &clara]);

    let dir = TempDir::new().unwrap();
    let new = Served::start(dir.path()).await;
    anna.core().tell_move(&new.url).await.unwrap();
    assert_eq!(anna.core().sync_status().await.unwrap().proposed, None, "nobody asks her");
    exchange(&people).await;
    assert_eq!(anna.core().sync_status().await.unwrap().proposed, None);
    world.stop_relay().await;
    anna.core().use_relay(&new.url, None).await.unwrap();
    anna.core().sync().await.unwrap();
    for person in [&boris, &clara] {
        let proposed = person.core().sync_status().await.unwrap().proposed.unwrap();
        assert_eq!((proposed.relay.as_str(), proposed.by.as_str()), (new.url.as_str(), "Anna"));
        person.core().use_relay(&proposed.relay, None).await.unwrap();
        person.core().sync().await.unwrap();
        assert_eq!(person.core().sync_status().await.unwrap().proposed, None, "they are there");
    }
    boris.says(chat, "here it is nicer").await;
    for person in [&boris, &anna, &clara, &boris, &anna, &clara] {
        person.core().sync().await.unwrap();
    }
    assert_eq!(anna.sees(chat).await[..seen.len()], seen);
    assert_eq!(clara.sees(chat).await.last().unwrap(), "Boris: here it is nicer");
    all_the_same(&people, chat).await;
    all_the_same(&[&anna, &boris], dialog).await;
    new.stop().await;
}

#[tokio::test]
async fn only_who_speaks_for_a_chat_proposes_another_relay() {
    let world = World::new().await;
    let Team { anna, boris, clara, chat: _ } = team(&world, History::All).await;
    clara.core().tell_move("https://elsewhere.test").await.unwrap();
    exchange(&[&clara, &anna, &boris]).await;
    assert_eq!(boris.core().sync_status().await.unwrap().proposed, None);
    assert!(anna.core().tell_move("not an address").await.is_err());
    assert!(anna.core().tell_move("http://elsewhere.test").await.is_err(), "nothing goes out in the open");
}
