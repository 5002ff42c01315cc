//! Two people at two real windows, with a relay that dies between them.

use anyhow::Result;
use beseda_tests::desktop::{RelayProcess, Window, fresh_output};

const TITLE: &str = "Trip to the lake";

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

async fn read(person: &Window) -> Result<Vec<String>> {
    Ok(person.read_all().await?.into_iter().map(|bubble| bubble.text).collect())
}
