//! A relay that dies between two people, loses its disk, and is left for another.

use anyhow::Result;
use beseda_tests::desktop::{RelayProcess, Window, fresh_output};
use serde_json::json;

use crate::{TITLE, read};

#[tokio::test]
async fn two_windows_talk_part_and_come_together() -> Result<()> {
    let shots = fresh_output("screenshots")?;
    let world = tempfile::tempdir()?;
    let mut relay = RelayProcess::start(&world.path().join("relay")).await?;

    let anna = Window::open("Anna", world.path(), &relay.url(), &shots).await?;
    anna.shoot("1-first-start").await?;
    anna.assert_accessible("the first start").await?;
    anna.create_account(&relay.url()).await?;
    anna.shoot("2-no-chats").await?;
    anna.assert_accessible("the empty chat list").await?;
    anna.create_group(TITLE).await?;
    let link = anna.invitation().await?;

    let boris = Window::open("Boris", world.path(), &relay.url(), &shots).await?;
    boris.create_account(&relay.url()).await?;
    boris.join(&link, TITLE).await?;

    anna.say("Are you in?\nI hope so.").await?;
    boris.await_last("Are you in?\nI hope so.").await?;
    boris.say("Да, я здесь!").await?;
    anna.await_last("Да, я здесь!").await?;
    anna.paste_and_send("Great 👨‍👩‍👧‍👦 https://example.org/lake?a=1&b=2").await?;
    boris.await_last("Great 👨‍👩‍👧‍👦 https://example.org/lake?a=1&b=2").await?;
    anna.await_sync("up_to_date", 0).await?;
    boris.await_sync("up_to_date", 0).await?;
    boris.shoot("3-talking").await?;
    for person in [&anna, &boris] {
        person.assert_no_complaint().await?;
    }
    boris.assert_accessible("a chat").await?;

    relay.kill();
    for number in 1..=3 {
        anna.say(&format!("Anna alone {number}")).await?;
    }
    for number in 1..=2 {
        boris.say(&format!("Boris alone {number}")).await?;
    }
    anna.await_sync("offline", 3).await?;
    boris.await_sync("offline", 2).await?;
    anna.shoot("4-relay-away").await?;
    anna.assert_accessible("a chat without the relay").await?;

    relay.restart().await?;
    anna.await_sync("up_to_date", 0).await?;
    boris.await_sync("up_to_date", 0).await?;
    anna.await_nothing_queued().await?;
    boris.await_nothing_queued().await?;
    let (hers, his) = (read(&anna).await?, read(&boris).await?);
    anna.shoot("5-together").await?;
    boris.shoot("5-together").await?;
    assert_eq!(hers, his);
    assert_eq!(hers.len(), 8);
    let alone = |name: &str| hers.iter().filter(|text| text.starts_with(name)).cloned().collect::<Vec<_>>();
    assert_eq!(alone("Anna alone"), ["Anna alone 1", "Anna alone 2", "Anna alone 3"]);
    assert_eq!(alone("Boris alone"), ["Boris alone 1", "Boris alone 2"]);

    // Closed and opened again, the window is where it was, without the relay too.
    relay.kill();
    boris.close().await?;
    let boris = Window::open("Boris", world.path(), &relay.url(), &shots).await?;
    boris.open_chat(TITLE).await?;
    assert_eq!(read(&boris).await?, his);
    boris.close().await?;
    anna.close().await
}

#[tokio::test]
async fn a_relay_that_has_lost_its_disk_is_filled_by_a_window_and_a_team_moves_to_another() -> Result<()> {
    let shots = fresh_output("relay")?;
    let world = tempfile::tempdir()?;
    let disk = world.path().join("relay");
    let mut relay = RelayProcess::start(&disk).await?;
    let anna = Window::open("Anna", world.path(), &relay.url(), &shots).await?;
    anna.create_account(&relay.url()).await?;
    anna.create_group(TITLE).await?;
    let link = anna.invitation().await?;
    let boris = Window::open("Boris", world.path(), &relay.url(), &shots).await?;
    boris.create_account(&relay.url()).await?;
    boris.join(&link, TITLE).await?;
    anna.say("before the fire").await?;
    boris.await_last("before the fire").await?;
    for person in [&anna, &boris] {
        person.await_sync("up_to_date", 0).await?;
    }

    relay.kill();
    boris.say("is it gone?").await?;
    boris.await_sync("offline", 1).await?;
    std::fs::remove_dir_all(&disk)?;
    relay.restart().await?;
    anna.await_last("is it gone?").await?;
    for person in [&anna, &boris] {
        person.await_sync("up_to_date", 0).await?;
        assert_eq!(read(person).await?, ["before the fire", "is it gone?"]);
    }

    let elsewhere = RelayProcess::start(&world.path().join("elsewhere")).await?;
    anna.click("account-menu").await?;
    anna.click("menu-relay").await?;
    anna.find("relay-form").await?;
    anna.until("the menu to be gone", "!document.querySelector('.menu')", json!({})).await?;
    anna.assert_accessible("the relay").await?;
    anna.shoot("1-the-relay").await?;
    anna.fill("relay-new", &elsewhere.url()).await?;
    anna.click("relay-submit").await?;
    anna.find("relay-moved").await?;
    anna.shoot("2-moved").await?;
    anna.click("relay-close").await?;
    boris.find("relay-proposal").await?;
    boris.assert_accessible("somebody wants to move").await?;
    boris.shoot("3-asked").await?;
    boris.click("relay-go").await?;
    boris
        .until("no question any more", "!document.querySelector('[data-testid=relay-proposal]')", json!({}))
        .await?;
    relay.kill();
    boris.say("here we are").await?;
    anna.await_last("here we are").await?;
    for person in [&anna, &boris] {
        person.await_sync("up_to_date", 0).await?;
        assert_eq!(read(person).await?, ["before the fire", "is it gone?", "here we are"]);
        person.assert_no_complaint().await?;
    }
    boris.close().await?;
    anna.close().await
}
