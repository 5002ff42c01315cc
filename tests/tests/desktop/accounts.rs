//! Several accounts in a window, and one profile in two.

use anyhow::Result;
use beseda_tests::desktop::{RelayProcess, Window, fresh_output};
use serde_json::json;

use crate::{TITLE, read};

#[tokio::test]
async fn a_second_process_of_a_profile_says_that_it_is_in_use() -> Result<()> {
    let shots = fresh_output("screenshots-in-use")?;
    let world = tempfile::tempdir()?;
    let relay = RelayProcess::start(&world.path().join("relay")).await?;
    let first = Window::open("Anna", world.path(), &relay.url(), &shots).await?;
    first.create_account(&relay.url()).await?;

    // On another session bus, where the first cannot be found and brought to the front instead.
    let second = Window::open("Anna", world.path(), &relay.url(), &shots).await?;
    let code = "document.querySelector('[data-testid=broken]')?.dataset.code";
    assert_eq!(second.until("what is wrong", code, serde_json::json!({})).await?, "profile_in_use");
    second.kill();

    first.create_group(TITLE).await?;
    first.close().await
}

#[tokio::test]
async fn two_accounts_of_one_person_share_a_window() -> Result<()> {
    let shots = fresh_output("screenshots-accounts")?;
    let world = tempfile::tempdir()?;
    let lake = RelayProcess::start(&world.path().join("lake")).await?;
    let mut office = RelayProcess::start(&world.path().join("office")).await?;
    let anna = Window::open("Anna", world.path(), &lake.url(), &shots).await?;
    anna.create_account(&lake.url()).await?;
    anna.create_group(TITLE).await?;
    anna.find("composer").await?.send_keys("half a sent").await?;
    let switcher = "!!document.querySelector('[data-testid=accounts]')";
    anna.until("no switcher", &format!("!({switcher})"), json!({})).await?;

    // Another account, on the relay of another team.
    anna.add_account("Anna Karenina", &office.url()).await?;
    anna.until("the switcher", switcher, json!({})).await?;
    let nothing = "document.querySelectorAll('[data-testid=chat-row]').length === 0";
    anna.until("nothing of the first account", nothing, json!({})).await?;
    anna.create_group("Team").await?;
    let link = anna.invitation().await?;

    // Back to the first, which is as it was left; the second goes on in the background.
    anna.press("ctrl+1")?;
    anna.await_account("Anna").await?;
    let draft = "document.querySelector('[data-testid=composer]')?.value === 'half a sent'";
    anna.until("the open chat with its draft", draft, json!({})).await?;
    let boris = Window::open("Boris", world.path(), &office.url(), &shots).await?;
    boris.create_account(&office.url()).await?;
    boris.join(&link, "Team").await?;
    boris.say("Good morning!").await?;
    boris.say("Where is everybody?").await?;
    let unread = "document.querySelector('[data-testid=account-unread]')?.dataset.count === '2'";
    anna.until("what is unread in the other account", unread, json!({})).await?;
    anna.await_title("(2) Beseda — profile").await?;
    anna.shoot("1-unread-in-the-other").await?;
    anna.assert_accessible("a window with two accounts").await?;

    anna.press("ctrl+2")?;
    anna.await_account("Anna Karenina").await?;
    anna.await_last("Where is everybody?").await?;
    anna.await_title("Beseda — profile").await?;
    anna.say("On the train.").await?;
    boris.await_last("On the train.").await?;
    anna.shoot("2-the-other").await?;

    // One relay is away: the other account does not mind.
    office.kill();
    let offline = "document.querySelectorAll('[data-testid=account-button]')[1].dataset.state === 'offline'";
    anna.until("the second account to be offline", offline, json!({})).await?;
    anna.press("ctrl+1")?;
    anna.await_account("Anna").await?;
    anna.await_sync("up_to_date", 0).await?;
    anna.assert_no_complaint().await?;

    // The window comes back with both, where it was left.
    anna.close().await?;
    let anna = Window::open("Anna", world.path(), &lake.url(), &shots).await?;
    anna.await_account("Anna").await?;
    anna.press("ctrl+2")?;
    anna.await_account("Anna Karenina").await?;
    anna.open_chat("Team").await?;
    assert_eq!(read(&anna).await?, ["Good morning!", "Where is everybody?", "On the train."]);

    // Taken off, it is kept, and comes back.
    anna.click("account-menu").await?;
    anna.click("menu-account-remove").await?;
    anna.find("remove-submit").await?;
    anna.until("the menu to be gone", "!document.querySelector('.menu')", json!({})).await?;
    anna.assert_accessible("taking an account off").await?;
    anna.shoot("3-taking-off").await?;
    anna.click("remove-submit").await?;
    anna.await_account("Anna").await?;
    anna.until("no switcher", &format!("!({switcher})"), json!({})).await?;
    anna.click("account-menu").await?;
    anna.click("menu-account-add").await?;
    anna.find("bring-back").await?;
    anna.assert_accessible("adding an account").await?;
    anna.shoot("4-adding").await?;
    anna.click("bring-back").await?;
    anna.await_account("Anna Karenina").await?;
    anna.open_chat("Team").await?;
    assert_eq!(read(&anna).await?.len(), 3);
    boris.close().await?;
    anna.close().await
}
