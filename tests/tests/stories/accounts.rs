//! Several accounts in one window: each hears its own, they are counted together, and none is in another's way.
#![expect(clippy::unwrap_used, reason = "the steps of a test are the test")]

mod coming;
mod pages;

use beseda_contract::{
    Code, Event,
    accounts::AccountId,
    api::{CreateChat, CreateInvitation, GetTotals, ListChats, ListMessages, MarkRead, OpenTimeline, Totals},
    view::{ChatKind, ChatRow, KeyChoice, MessageList, Start, TimelineAt},
};
use beseda_core::{Core, NewProfile, Options, store::Unlock};
use beseda_tests::world::{Desk, Served};
use serde_json::json;

/// Nobody answers there.
const AWAY: &str = "http://127.0.0.1:1";

/// Nobody else.
fn only(account: &AccountId) -> Vec<AccountId> {
    vec![account.clone()]
}

async fn create_group(desk: &Desk, account: &AccountId, title: &str) -> ChatRow {
    let new = CreateChat {
        kind: ChatKind::Group,
        title: title.to_owned(),
        description: String::new(),
        category: String::new(),
        open_history: true,
    };
    desk.ask(account, new).await.unwrap()
}

async fn titles(desk: &Desk, account: &AccountId) -> Vec<String> {
    let chats = desk.ask(account, ListChats {}).await.unwrap().chats;
    chats.into_iter().map(|row| row.title).collect()
}

/// Two accounts of one window, on relays that are away: home's and work's.
async fn two(desk: &Desk) -> (AccountId, AccountId) {
    let home = AccountId::home();
    desk.make(&home, "Anna", AWAY, KeyChoice::File).await;
    let work = desk.add().await;
    desk.make(&work, "Anna Karenina", AWAY, KeyChoice::File).await;
    (home, work)
}

#[tokio::test]
async fn a_call_goes_to_the_account_it_names() {
    let dir = tempfile::tempdir().unwrap();
    let desk = Desk::open(dir.path());
    assert_eq!(desk.list().await, [AccountId::home()]);
    assert!(matches!(desk.start(&AccountId::home()).await, Start::Fresh { .. }));
    let (home, work) = two(&desk).await;
    let trip = create_group(&desk, &home, "Trip").await;
    create_group(&desk, &work, "Team").await;
    assert_eq!(titles(&desk, &home).await, ["Trip"]);
    assert_eq!(titles(&desk, &work).await, ["Team"]);

    // What is one's is unknown to the other.
    let open = OpenTimeline { chat: trip.id, at: TimelineAt::End };
    assert_eq!(desk.ask(&work, open.clone()).await.unwrap_err().code, Code::NoSuchChat);
    assert_eq!(desk.ask(&home, open).await.unwrap().timeline, 1);

    let nobody = AccountId::new([9; 8]);
    assert_eq!(desk.ask(&nobody, ListChats {}).await.unwrap_err().code, Code::BadRequest);
    // Commands of the window are no account's, and the other way round.
    for (account, name) in [(Some(&home), "accounts"), (None, "chats")] {
        assert_eq!(desk.accounts.call(account, name, json!({})).await.unwrap_err().code, Code::BadRequest);
    }
    desk.close().await;
}

#[tokio::test]
async fn each_account_hears_its_own_and_they_are_counted_together() {
    let dir = tempfile::tempdir().unwrap();
    // Two teams, a relay each.
    let lake = Served::start(&dir.path().join("lake")).await;
    let office = Served::start(&dir.path().join("office")).await;
    let mut desk = Desk::open(&dir.path().join("window"));
    let mut unread = desk.accounts.totals();
    let home = AccountId::home();
    desk.make(&home, "Anna", &lake.url, KeyChoice::File).await;
    let work = desk.add().await;
    desk.make(&work, "Anna Karenina", &office.url, KeyChoice::File).await;

    let mut chats = vec![];
    for (account, relay, words) in [(&home, &lake, 2), (&work, &office, 3)] {
        let chat = create_group(&desk, account, "Talk").await.id;
        let link = desk.ask(account, CreateInvitation { chat: chat.clone() }).await.unwrap().link;
        let boris = boris(dir.path(), &relay.url).await;
        boris.join(&link).await.unwrap();
        boris.sync().await.unwrap();
        let in_it = |row: &ChatRow| row.id == chat && row.members == 2;
        desk.hears("that Boris is in", |_, event| matches!(event, Event::Chat { row } if in_it(row))).await;
        boris.sync().await.unwrap();
        let number = boris.chat_by_id(&chat).await.unwrap();
        for n in 0..words {
            boris.send_message(number, &format!("word {n}")).await.unwrap();
        }
        boris.sync().await.unwrap();
        boris.close().await;
        desk.hears("what is unread", |by, event| {
            by == account && *event == Event::Totals { totals: Totals { unread: words, mentions: 0 } }
        })
        .await;
        chats.push(chat);
    }
    assert_eq!(*unread.borrow_and_update(), Totals { unread: 5, mentions: 0 });

    // Nothing was told under the wrong name.
    let of = |by: &AccountId| {
        let told = desk.told.iter().filter(|(account, _)| account == by);
        told.filter_map(
            |(_, event)| if let Event::Chat { row } = event { Some(row.id.clone()) } else { None },
        )
        .collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(of(&home).into_iter().collect::<Vec<_>>(), chats[..1]);
    assert_eq!(of(&work).into_iter().collect::<Vec<_>>(), chats[1..]);

    // Read in one, it is still unread in the other.
    let open = OpenTimeline { chat: chats[0].clone(), at: TimelineAt::End };
    let page = desk.ask(&home, open).await.unwrap();
    let last = page.items.iter().rev().find_map(|item| match item {
        beseda_contract::view::TimelineItem::Message(message) => Some(message.id.clone()),
        _ => None,
    });
    desk.ask(&home, MarkRead { chat: chats[0].clone(), message: last.unwrap() }).await.unwrap();
    unread.wait_for(|all| all.unread == 3).await.unwrap();
    assert_eq!(desk.ask(&work, GetTotals {}).await.unwrap().unread, 3);
    assert_eq!(desk.ask(&home, GetTotals {}).await.unwrap().unread, 0);

    // One that is off the window is not counted.
    assert_eq!(desk.remove(&work, false).await.unwrap(), only(&home));
    assert_eq!(unread.borrow_and_update().unread, 0);
    desk.close().await;
    lake.stop().await;
    office.stop().await;
}

/// The other one, at each relay a person of its own.
async fn boris(dir: &std::path::Path, relay: &str) -> Core {
    let profile = dir.join(relay.rsplit(':').next().unwrap_or_default());
    let new =
        NewProfile { name: "Boris".into(), relay: relay.to_owned(), invite: None, unlock: Unlock::File };
    Core::create(&profile, new, Options::default()).await.unwrap()
}

#[tokio::test]
async fn one_that_does_not_open_keeps_nobody_from_the_others() {
    let dir = tempfile::tempdir().unwrap();
    let desk = Desk::open(dir.path());
    let (home, broken) = two(&desk).await;
    let locked = desk.add().await;
    let key = KeyChoice::Passphrase { passphrase: "correct horse".to_owned() };
    desk.make(&locked, "Anna the third", AWAY, key).await;
    create_group(&desk, &home, "Trip").await;
    desk.close().await;
    std::fs::write(beseda_core::store::database(&broken.profile(dir.path())), "Dear diary").unwrap();

    let desk = Desk::open(dir.path());
    assert_eq!(desk.list().await, [home.clone(), broken.clone(), locked.clone()]);
    let Start::Broken { error, .. } = desk.start(&broken).await else { panic!("it opens") };
    assert_eq!(error.code, Code::NotADatabase);
    assert!(matches!(desk.start(&locked).await, Start::Locked { .. }));
    assert!(matches!(desk.start(&home).await, Start::Ready { .. }));
    assert_eq!(titles(&desk, &home).await, ["Trip"]);
    assert_eq!(desk.ask(&broken, ListChats {}).await.unwrap_err().code, Code::NoAccount);

    let unlock = async |passphrase: &str| {
        let unlock = beseda_contract::api::Unlock { passphrase: passphrase.to_owned() };
        desk.ask(&locked, unlock).await
    };
    assert_eq!(unlock("Correct horse").await.unwrap_err().code, Code::WrongKey);
    assert_eq!(unlock("correct horse").await.unwrap().name, "Anna the third");
    let all = ListMessages { chat: None, list: MessageList::Saved, before: None };
    assert_eq!(desk.ask(&locked, all).await.unwrap().messages, []);
    desk.close().await;
}
