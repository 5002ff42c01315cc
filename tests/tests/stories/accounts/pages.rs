//! Two pages of one window: each opens what it shows, and what it had open ends with it.

use beseda_contract::{
    ApiError, Code, Event,
    accounts::{AccountId, Page},
    api::{Attend, Command, LoadOlder, Lock, OpenTimeline, SendMessage, Unlock},
    view::{KeyChoice, TimelineAt, TimelineSnapshot},
};
use beseda_tests::world::Desk;
use serde_json::to_value;

use super::{AWAY, create_group, only};

async fn ask<C: Command>(page: &Page, account: &AccountId, command: C) -> Result<C::Result, ApiError> {
    let answer = page.call(Some(account), C::NAME, to_value(&command).unwrap()).await?;
    Ok(serde_json::from_value(answer).unwrap())
}

async fn open(page: &Page, account: &AccountId, chat: &str) -> u32 {
    let open = OpenTimeline { chat: chat.to_owned(), at: TimelineAt::End };
    let TimelineSnapshot { timeline, .. } = ask(page, account, open).await.unwrap();
    timeline
}

async fn say(desk: &Desk, account: &AccountId, chat: &str, text: &str) {
    let send = SendMessage {
        chat: chat.to_owned(),
        text: text.to_owned(),
        reply_to: None,
        mentions: vec![],
        poll: None,
    };
    desk.ask(account, send).await.unwrap();
}

/// Which timelines were told of something.
fn told_of(desk: &Desk) -> Vec<u32> {
    let timeline =
        |event: &Event| if let Event::Timeline { timeline, .. } = event { Some(*timeline) } else { None };
    desk.told.iter().filter_map(|(_, event)| timeline(event)).collect()
}

#[tokio::test]
async fn what_a_page_had_open_ends_with_it_and_with_no_other_page() {
    let dir = tempfile::tempdir().unwrap();
    let mut desk = Desk::open(dir.path());
    let home = AccountId::home();
    desk.make(&home, "Anna", AWAY, KeyChoice::File).await;
    let chat = create_group(&desk, &home, "Trip").await.id;
    let (main, apart) = (Page::of(desk.accounts.clone()), Page::of(desk.accounts.clone()));
    let (here, there) = (open(&main, &home, &chat).await, open(&apart, &home, &chat).await);
    ask(&apart, &home, Attend { timeline: there, on: true }).await.unwrap();

    say(&desk, &home, &chat, "to both").await;
    for page in [here, there] {
        let of = |event: &Event| matches!(event, Event::Timeline { timeline, .. } if *timeline == page);
        desk.hears("what a page shows", |_, event| of(event)).await;
    }

    apart.end().await;
    let gone = ask(&main, &home, LoadOlder { timeline: there }).await.unwrap_err();
    assert_eq!(gone.code, Code::BadRequest);
    let before = told_of(&desk).len();
    say(&desk, &home, &chat, "to one").await;
    desk.hears("the page that is left", |_, event| {
        matches!(event, Event::Chat { row } if row.last.as_ref().is_some_and(|last| last.text == "to one"))
    })
    .await;
    let told = &told_of(&desk)[before..];
    assert!(told.contains(&here) && !told.contains(&there), "{told:?}");

    // What it opens while it ends is closed too.
    let late = open(&apart, &home, &chat).await;
    assert_eq!(ask(&main, &home, LoadOlder { timeline: late }).await.unwrap_err().code, Code::BadRequest);
    desk.close().await;
}

#[tokio::test]
async fn all_pages_hear_that_an_account_is_locked_unlocked_and_gone() {
    let dir = tempfile::tempdir().unwrap();
    let mut desk = Desk::open(dir.path());
    let home = AccountId::home();
    let passphrase = "correct horse".to_owned();
    desk.make(&home, "Anna", AWAY, KeyChoice::Passphrase { passphrase: passphrase.clone() }).await;
    desk.ask(&home, Lock {}).await.unwrap();
    desk.hears("that it is locked", |_, event| *event == Event::Locked).await;
    desk.ask(&home, Unlock { passphrase }).await.unwrap();
    desk.hears("that it is unlocked", |_, event| *event == Event::Unlocked).await;
    desk.remove(&home, false).await.unwrap();
    desk.hears("that it is gone", |by, event| only(by) == only(&home) && *event == Event::Removed).await;
    desk.close().await;
}
