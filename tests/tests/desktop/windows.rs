//! A chat in a window of its own, beside the main one.

use anyhow::Result;
use beseda_tests::desktop::{RelayProcess, SessionBus, Stories, Window, fresh_output};
use serde_json::json;
use thirtyfour::Key;

use crate::TITLE;

/// What the title of the main window holds.
const MAIN: &str = "Beseda — profile";
const PASSPHRASE: &str = "three stones";

#[tokio::test]
async fn a_chat_has_a_window_of_its_own() -> Result<()> {
    let shots = fresh_output("screenshots-windows")?;
    let world = tempfile::tempdir()?;
    let relay = RelayProcess::start(&world.path().join("relay")).await?;
    let url = relay.url();
    let bus = SessionBus::start().await?;
    let anna = Window::open_on(&bus, "Anna", world.path(), &url, &shots);
    let boris = Window::open("Boris", world.path(), &url, &shots);
    let (anna, boris) = tokio::try_join!(anna, boris)?;
    anna.create_account(&url).await?;
    boris.create_account(&url).await?;
    anna.create_group(TITLE).await?;
    let link = anna.invitation().await?;
    boris.join(&link, TITLE).await?;
    let both = [&anna, &boris];
    let mut stories = Stories::of("windows");

    stories.tell("a chat is opened in a window of its own, once", &both, opened(&anna)).await;
    stories.tell("both windows have the same conversation and draft", &both, shared(&anna, &boris)).await;
    let told = told(&anna, &boris, &bus);
    stories.tell("what its window shows is not told, and what it does not show is", &both, told).await;
    stories.tell("a link in it leads to the main window", &both, led(&anna)).await;
    stories.tell("the main window goes to the tray and leaves it", &both, left(&anna, &boris, &bus)).await;
    stories.tell("it is closed, and comes back as it was", &both, closed(&anna)).await;
    stories.tell("the lock of the app locks it too", &both, locked(&anna)).await;
    stories.tell("pages that die come back where one was", &[&boris], died(&anna, &boris)).await;
    boris.close().await?;
    bus.choose_in_tray("Quit").await?;
    anna.await_end().await?;
    stories.end()
}

async fn opened(anna: &Window) -> Result<()> {
    anna.take_of_row(TITLE, "row-apart").await?;
    // It is in one place.
    anna.await_gone("composer").await?;
    anna.await_front(TITLE).await?;
    anna.enter_apart().await?;
    anna.find_with("chat-title", TITLE).await?;
    anna.find("composer").await?;
    anna.await_gone("chat-list").await?;
    anna.assert_accessible("a chat in a window of its own").await?;
    anna.shoot("1-apart").await?;
    anna.enter_main().await?;
    anna.bring_up(MAIN).await?;
    anna.take_of_row(TITLE, "row-apart").await?;
    anna.await_front(TITLE).await?;
    anna.await_windows(2).await
}

async fn shared(anna: &Window, boris: &Window) -> Result<()> {
    anna.enter_apart().await?;
    anna.say("From a window of its own").await?;
    boris.await_last("From a window of its own").await?;
    boris.say("And back").await?;
    anna.await_last("And back").await?;
    boris.await_message("And back", "one.dataset.state === 'read'").await?;
    anna.find("composer").await?.send_keys("half a sen").await?;
    anna.bring_up(MAIN).await?;
    anna.enter_main().await?;
    anna.await_row(TITLE, "row.innerText.includes('half a sen')").await?;
    anna.open_chat(TITLE).await?;
    anna.await_value("composer", "half a sen").await?;
    anna.find("composer").await?.send_keys("tence").await?;
    anna.bring_up(TITLE).await?;
    anna.enter_apart().await?;
    anna.await_value("composer", "half a sentence").await?;
    anna.press_in_page(Key::Enter).await?;
    boris.await_last("half a sentence").await?;
    anna.enter_main().await?;
    anna.await_value("composer", "").await?;
    anna.press_in_page(Key::Escape).await?;
    anna.await_gone("composer").await
}

async fn told(anna: &Window, boris: &Window, bus: &SessionBus) -> Result<()> {
    // She looks at it.
    let before = bus.notifications().len();
    boris.say("Seen at once").await?;
    boris.await_message("Seen at once", "one.dataset.state === 'read'").await?;
    assert_eq!(bus.notifications().len(), before);
    // She does something in the other window.
    anna.bring_up(MAIN).await?;
    boris.say("Not seen").await?;
    let told =
        bus.await_notification("what she does not see", |shown| shown.body.contains("Not seen")).await?;
    anna.await_row(TITLE, "row.querySelector('[data-testid=unread]')?.dataset.count === '1'").await?;
    bus.press(told.id, "default").await?;
    anna.await_front(TITLE).await?;
    boris.await_message("Not seen", "one.dataset.state === 'read'").await?;
    // In its own window, not in the main one.
    anna.await_gone("composer").await
}

async fn led(anna: &Window) -> Result<()> {
    anna.create_group("Shopping").await?;
    anna.press_in_page(Key::Escape).await?;
    anna.await_gone("composer").await?;
    anna.bring_up(TITLE).await?;
    anna.enter_apart().await?;
    anna.press("ctrl+k")?;
    anna.fill("palette-input", "Shopping").await?;
    anna.find_with("palette-item", "Shopping").await?;
    anna.press_in_page(Key::Enter).await?;
    anna.await_front(MAIN).await?;
    anna.find_with("chat-title", TITLE).await?;
    // What is searched for here is found here.
    anna.bring_up(TITLE).await?;
    anna.press("ctrl+f")?;
    anna.fill("search", "sentence").await?;
    anna.await_count("found", 1).await?;
    anna.assert_accessible("a search in a window of its own").await?;
    anna.shoot("2-searching").await?;
    anna.click_with("found", "sentence").await?;
    anna.await_message("half a sentence", "true").await?;
    anna.enter_main().await?;
    anna.find_with("chat-title", "Shopping").await?;
    Ok(())
}

async fn left(anna: &Window, boris: &Window, bus: &SessionBus) -> Result<()> {
    anna.bring_up(MAIN).await?;
    anna.press("alt+F4")?;
    anna.await_hidden().await?;
    anna.enter_apart().await?;
    anna.say("The other one is in the tray").await?;
    boris.await_last("The other one is in the tray").await?;
    bus.press_tray().await?;
    anna.await_title(MAIN).await?;
    anna.enter_main().await
}

async fn closed(anna: &Window) -> Result<()> {
    anna.bring_up(TITLE).await?;
    anna.enter_apart().await?;
    anna.resize_titled(TITLE, 640, 520).await?;
    let size = "innerWidth === 640 && innerHeight === 520";
    anna.until("the size that was given", size, json!({})).await?;
    anna.find("composer").await?.send_keys("not sent yet").await?;
    anna.press("alt+F4")?;
    anna.enter_main().await?;
    anna.await_windows(1).await?;
    anna.bring_up(MAIN).await?;
    anna.open_chat(TITLE).await?;
    anna.await_value("composer", "not sent yet").await?;
    anna.press("ctrl+shift+o")?;
    anna.await_front(TITLE).await?;
    anna.enter_apart().await?;
    anna.await_value("composer", "not sent yet").await?;
    anna.until("the size it had", size, json!({})).await?;
    // By its own key, and once more by the menu of the chat.
    anna.press("ctrl+w")?;
    anna.enter_main().await?;
    anna.await_windows(1).await?;
    anna.open_chat(TITLE).await?;
    anna.take("chat-menu", "menu-apart").await?;
    anna.await_front(TITLE).await?;
    anna.await_windows(2).await
}

async fn died(anna: &Window, boris: &Window) -> Result<()> {
    anna.open_chat(TITLE).await?;
    assert_eq!(anna.kill_pages()?, 2);
    for (title, text) in [(MAIN, "Still in the main one"), (TITLE, "Still in its own")] {
        anna.bring_up(title).await?;
        anna.say_by_keys(text, async || Ok(crate::read(boris).await?.iter().any(|said| said == text)))
            .await?;
    }
    Ok(())
}

async fn locked(anna: &Window) -> Result<()> {
    anna.open_settings("privacy").await?;
    anna.click("set-passphrase").await?;
    anna.fill("new-passphrase", PASSPHRASE).await?;
    anna.fill("new-passphrase-again", PASSPHRASE).await?;
    anna.click("passphrase-submit").await?;
    anna.find("lock-now").await?;
    anna.close_dialog().await?;
    // In the one or in the other.
    anna.bring_up(TITLE).await?;
    anna.press("ctrl+l")?;
    anna.find("unlock").await?;
    anna.enter_apart().await?;
    anna.find("unlock").await?;
    anna.await_gone("composer").await?;
    anna.assert_accessible("a locked window of a chat").await?;
    // Its title names nobody.
    anna.await_front("Beseda").await?;
    anna.enter_main().await?;
    anna.fill("passphrase", PASSPHRASE).await?;
    anna.click("unlock-submit").await?;
    anna.await_chat(TITLE).await?;
    anna.enter_apart().await?;
    anna.find_with("chat-title", TITLE).await?;
    anna.find("composer").await?;
    anna.enter_main().await
}
