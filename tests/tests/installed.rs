//! The window as a program of its session: started again, started with links, closed and opened, dying.

use std::fs;

use anyhow::Result;
use beseda_tests::desktop::{RelayProcess, Window, fresh_output};
use serde_json::json;
use thirtyfour::Key;

const TITLE: &str = "Trip to the lake";

#[tokio::test]
async fn a_second_start_hands_its_link_to_the_window_that_is_there() -> Result<()> {
    let shots = fresh_output("screenshots-links")?;
    let world = tempfile::tempdir()?;
    let relay = RelayProcess::start(&world.path().join("relay")).await?;
    let anna = Window::open("Anna", world.path(), &relay.url(), &shots).await?;
    anna.create_account(&relay.url()).await?;
    anna.create_group(TITLE).await?;
    let link = anna.invitation().await?;

    // Before there is an account it fills the form that makes one.
    let boris = Window::open("Boris", world.path(), &relay.url(), &shots).await?;
    boris.start_again(&[&link]).await?;
    let first = "document.querySelector('[data-testid=relay]')?.value === given.link";
    boris.until("the link in the first form", first, json!({ "link": link })).await?;
    boris.shoot("1-invited").await?;
    boris.fill("name", "Boris").await?;
    boris.click("key-choice-file").await?;
    boris.click("create-account").await?;
    boris.open_chat(TITLE).await?;

    // Filled into the dialog, and not while the person does something else.
    let filled = "document.querySelector('[data-testid=join-link]')?.value === given.link";
    anna.click("new-chat").await?;
    anna.start_again(&[&link]).await?;
    anna.fill("create-chat-title", "Another").await?;
    anna.press_in_page(Key::Escape).await?;
    anna.until("the link in the joining dialog", filled, json!({ "link": link })).await?;

    // No link of ours: the window, and nothing else.
    anna.press_in_page(Key::Escape).await?;
    anna.start_again(&["https://example.org/"]).await?;
    anna.until("no dialog", "!document.querySelector('[data-testid=dialog]')", json!({})).await?;
    anna.close().await?;
    boris.close().await
}

#[tokio::test]
async fn a_window_comes_back_as_it_was_left() -> Result<()> {
    let shots = fresh_output("screenshots-place")?;
    let world = tempfile::tempdir()?;
    let relay = RelayProcess::start(&world.path().join("relay")).await?;
    let anna = Window::open("Anna", world.path(), &relay.url(), &shots).await?;
    anna.create_account(&relay.url()).await?;
    anna.resize(900, 640).await?;
    await_size(&anna, 900, 640).await?;

    // With the session, from now on.
    let entries = world.path().join("Anna/.config/autostart");
    anna.click("open-settings").await?;
    anna.click("settings-system").await?;
    anna.click("autostart").await?;
    let on = "document.querySelector('[data-testid=autostart]')?.ariaChecked === given.on";
    anna.until("autostart to be on", on, json!({ "on": "true" })).await?;
    anna.find("system").await?;
    anna.shoot("1-system").await?;
    let entry = fs::read_dir(&entries)?.next().expect("an entry of the session")?.path();
    let text = fs::read_to_string(&entry)?;
    assert!(text.contains("--background --profile \""), "{text}");
    anna.click("autostart").await?;
    anna.until("autostart to be off", on, json!({ "on": "false" })).await?;
    assert!(!entry.exists());

    anna.close().await?;
    let anna = Window::open("Anna", world.path(), &relay.url(), &shots).await?;
    await_size(&anna, 900, 640).await?;
    anna.close().await
}

#[tokio::test]
async fn the_page_does_nothing_that_its_policy_forbids() -> Result<()> {
    let shots = fresh_output("screenshots-policy")?;
    let world = tempfile::tempdir()?;
    let relay = RelayProcess::start(&world.path().join("relay")).await?;
    let anna = Window::open("Anna", world.path(), &relay.url(), &shots).await?;
    let watch = "window.forbidden = [];
        document.addEventListener('securitypolicyviolation', (event) =>
            window.forbidden.push(`${event.violatedDirective} ${event.sourceFile}:${event.lineNumber} ${event.sample}`));";
    anna.script(watch, vec![]).await?;
    anna.create_account(&relay.url()).await?;
    anna.create_group(TITLE).await?;
    // Code, a menu, a popover, a dialog with a square, a long list: what libraries like to style by themselves.
    anna.paste("`code`\n```rust\nfn main() {}\n```\n||hidden|| [words](https://example.org/)").await?;
    anna.click("send").await?;
    anna.until("the code to be drawn", "!!document.querySelector('[data-testid=timeline] pre')", json!({}))
        .await?;
    anna.invitation().await?;
    anna.click("emoji-button").await?;
    anna.find("emoji-picker").await?;
    anna.press_in_page(Key::Escape).await?;
    for dialog in ["open-settings", "open-contacts"] {
        anna.click(dialog).await?;
        anna.find("dialog").await?;
        anna.press_in_page(Key::Escape).await?;
    }
    // What it does forbid, it hears of.
    let own = anna.script("return window.forbidden", vec![]).await?;
    assert_eq!(own, json!([]));
    anna.script("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')", vec![])
        .await?;
    anna.until("the watch to see it", "window.forbidden.length === 1", json!({})).await?;
    anna.close().await
}

async fn await_size(window: &Window, width: u32, height: u32) -> Result<()> {
    let shown = "innerWidth === given.width && innerHeight === given.height";
    window.until(format!("{width} x {height}"), shown, json!({ "width": width, "height": height })).await?;
    Ok(())
}
