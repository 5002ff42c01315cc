//! Two people at two real windows, with a relay that dies between them.

use std::path::Path;

use anyhow::Result;
use beseda_tests::desktop::{RelayProcess, Window, fresh_output};
use serde_json::json;
use thirtyfour::Key;

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
    let boris = comes_in(&anna, &relay, world.path(), &shots).await?;

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

#[tokio::test]
async fn what_is_said_is_answered_edited_marked_found_and_taken_back() -> Result<()> {
    let shots = fresh_output("screenshots-messages")?;
    let world = tempfile::tempdir()?;
    let relay = RelayProcess::start(&world.path().join("relay")).await?;
    let [anna, boris] = two_in_a_group(&relay, world.path(), &shots).await?;

    // Markdown is drawn, not shown.
    anna.find("composer").await?.send_keys("The train leaves at **9:40**").await?;
    anna.press_in_page(Key::Enter).await?;
    boris.await_message("The train leaves at 9:40", "one.querySelector('strong')").await?;

    // An answer shows what it answers.
    boris.choose("The train leaves at 9:40", "act-reply").await?;
    boris.say("Я буду, возьму ёлку").await?;
    let quote = "one.querySelector('[data-testid=quote]')?.innerText.includes('The train leaves at 9:40')";
    anna.await_message("Я буду, возьму ёлку", quote).await?;

    // A reaction, seen by both.
    anna.choose("Я буду, возьму ёлку", "menu-react").await?;
    for person in [&anna, &boris] {
        person.await_message("Я буду, возьму ёлку", "one.querySelector('[data-testid=reaction]')").await?;
    }
    boris.shoot("1-answered").await?;

    // Arrow up edits what one said last.
    anna.find("composer").await?.send_keys(Key::Up).await?;
    anna.until(
        "the text in the composer",
        "document.querySelector('[data-testid=composer]').value.includes('9:40')",
        json!({}),
    )
    .await?;
    anna.fill("composer", "The train leaves at **9:45**").await?;
    anna.find("composer").await?.send_keys(Key::Enter).await?;
    boris.await_message("The train leaves at 9:45", "one.querySelector('[data-testid=edited]')").await?;
    // The answer quotes what it says now.
    let quote = "one.querySelector('[data-testid=quote]')?.innerText.includes('9:45')";
    boris.await_message("Я буду, возьму ёлку", quote).await?;

    // Pinned for all.
    anna.choose("The train leaves at 9:45", "act-pin").await?;
    boris.find("pinned-bar").await?;

    // Found as one types, е for ё, and opened in its place.
    boris.fill("search", "елк").await?;
    boris
        .until(
            "what was found",
            "document.querySelector('[data-testid=found] mark')?.innerText === 'ёлк'",
            json!({}),
        )
        .await?;
    boris.shoot("2-found").await?;
    boris.assert_accessible("what was found").await?;
    boris.press_in_page(Key::Enter).await?;
    boris.press_in_page(Key::Escape).await?;

    // Taken back, called back, and taken back for good.
    boris.choose("Я буду, возьму ёлку", "act-delete-everyone").await?;
    boris.click("undo").await?;
    boris.await_message("Я буду, возьму ёлку", "true").await?;
    boris.choose("Я буду, возьму ёлку", "act-delete-everyone").await?;
    let gone = "!document.querySelector('[data-testid=timeline]').innerText.includes('ёлку')";
    anna.until("the answer to be gone", gone, json!({})).await?;
    anna.shoot("3-taken-back").await?;
    for person in [&anna, &boris] {
        person.assert_no_complaint().await?;
        person.assert_accessible("a chat with everything").await?;
    }
    boris.close().await?;
    anna.close().await
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

#[tokio::test]
async fn a_relay_that_has_lost_its_disk_is_filled_by_a_window_and_a_team_moves_to_another() -> Result<()> {
    let shots = fresh_output("relay")?;
    let world = tempfile::tempdir()?;
    let disk = world.path().join("relay");
    let mut relay = RelayProcess::start(&disk).await?;
    let [anna, boris] = two_in_a_group(&relay, world.path(), &shots).await?;
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

/// Anna has made a group, and Boris has come into it by her link.
async fn two_in_a_group(relay: &RelayProcess, world: &Path, shots: &Path) -> Result<[Window; 2]> {
    let anna = Window::open("Anna", world, &relay.url(), shots).await?;
    anna.create_account(&relay.url()).await?;
    anna.create_group(TITLE).await?;
    let boris = comes_in(&anna, relay, world, shots).await?;
    Ok([anna, boris])
}

/// Boris comes into Anna's group by her link.
async fn comes_in(anna: &Window, relay: &RelayProcess, world: &Path, shots: &Path) -> Result<Window> {
    let link = anna.invitation().await?;
    let boris = Window::open("Boris", world, &relay.url(), shots).await?;
    boris.create_account(&relay.url()).await?;
    boris.join(&link, TITLE).await?;
    Ok(boris)
}

async fn read(person: &Window) -> Result<Vec<String>> {
    Ok(person.read_all().await?.into_iter().map(|bubble| bubble.text).collect())
}
