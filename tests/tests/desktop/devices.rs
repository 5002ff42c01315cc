//! Several devices of one person, none left, and the lock of one.

use std::path::Path;

use anyhow::{Context as _, Result};
use beseda_tests::desktop::{RelayProcess, Stories, Window, fresh_output};
use serde_json::json;
use thirtyfour::Key;

use crate::TITLE;

const PASSPHRASE: &str = "three stones";
const BACKUP_PASSPHRASE: &str = "under the third";
const SAID: &str = "On every device of mine";

#[tokio::test]
async fn a_person_has_several_devices_and_loses_them() -> Result<()> {
    let shots = fresh_output("screenshots-devices")?;
    let world = tempfile::tempdir()?;
    let relay = RelayProcess::start(&world.path().join("relay")).await?;
    let url = relay.url();
    let anna = Window::open("Anna", world.path(), &url, &shots).await?;
    anna.create_account(&url).await?;
    anna.create_group(TITLE).await?;
    anna.say(SAID).await?;
    let mut stories = Stories::of("devices");

    let laptop = Window::open("Laptop", world.path(), &url, &shots).await?;
    let both = [&anna, &laptop];
    stories.tell("a second device is linked and has everything", &both, linked(&anna, &laptop)).await;
    stories.tell("what one device says the other has said too", &both, shared(&anna, &laptop)).await;
    stories.tell("a device is renamed", &both, renamed(&anna)).await;
    stories.tell("a device that is removed is told so", &both, removed(&anna, &laptop)).await;
    laptop.close().await?;

    let words =
        stories.tell("the recovery words are written down and said back", &[&anna], words(&anna)).await;
    let file = world.path().join("anna.beseda");
    stories.tell("everything is backed up into a file", &[&anna], backed_up(&anna, &file)).await;
    stories.tell("the app is locked and unlocked", &[&anna], locked(&anna)).await;

    if let Some(words) = words {
        let lost = Window::open("Lost", world.path(), &url, &shots).await?;
        stories.tell("with the words everything comes back", &[&lost], recovered(&lost, &words)).await;
        lost.close().await?;
    }
    anna.close().await?;
    stories.end()
}

async fn linked(anna: &Window, laptop: &Window) -> Result<()> {
    laptop.click("link-this-device").await?;
    laptop.click("key-choice-file").await?;
    laptop.assert_accessible("linking this device").await?;
    laptop.click("show-code").await?;
    let code = laptop.text("link-code").await?;
    laptop.assert_accessible("a code that links").await?;
    anna.open_settings("devices").await?;
    anna.click("link-device").await?;
    anna.fill("device-text", &code).await?;
    anna.click("device-submit").await?;
    laptop.await_account("Anna").await?;
    laptop.open_chat(TITLE).await?;
    laptop.await_message(SAID, "one.dataset.mine === 'true'").await?;
    anna.await_count("device", 2).await?;
    anna.close_dialog().await
}

async fn shared(anna: &Window, laptop: &Window) -> Result<()> {
    let writable = "!!document.querySelector('[data-testid=composer]')";
    laptop.until("to be let into the chat", writable, json!({})).await?;
    laptop.say("From the train").await?;
    anna.await_message("From the train", "one.dataset.mine === 'true'").await
}

async fn renamed(anna: &Window) -> Result<()> {
    anna.open_settings("devices").await?;
    anna.await_count("device", 2).await?;
    let rename =
        "document.querySelector('[data-testid=device][data-this=true] [data-testid=device-rename]').click()";
    anna.script(rename, vec![]).await?;
    anna.fill("device-text", "The desk").await?;
    anna.click("device-submit").await?;
    anna.find_with("device", "The desk").await?;
    anna.close_dialog().await
}

async fn removed(anna: &Window, laptop: &Window) -> Result<()> {
    anna.open_settings("devices").await?;
    anna.click("device-remove").await?;
    anna.click("device-submit").await?;
    anna.await_count("device", 1).await?;
    anna.close_dialog().await?;
    let told = "document.querySelector('[data-testid=sync-status]')?.innerText.includes('removed')";
    laptop.until("to be told of the removal", told, json!({})).await?;
    laptop.assert_accessible("a device that was removed").await
}

async fn words(anna: &Window) -> Result<String> {
    anna.click("reminder-show").await?;
    anna.find("words").await?;
    anna.assert_accessible("the recovery words").await?;
    let words =
        "[...document.querySelectorAll('[data-testid=words] .word')].map((one) => one.innerText).join(' ')";
    let words = anna.until("the words", words, json!({})).await?;
    let words = words.as_str().context("the words")?.to_owned();
    anna.click("words-written").await?;
    anna.find("words-form").await?;
    let asked = "[...document.querySelectorAll('[data-testid=words-form] input')].map((one) => one.dataset.testid).join(' ')";
    let asked = anna.until("which words are asked for", asked, json!({})).await?;
    for field in asked.as_str().unwrap_or_default().split(' ') {
        let place: usize = field.trim_start_matches("word-").parse()?;
        let word = words.split(' ').nth(place - 1).with_context(|| format!("no word {place}"))?;
        anna.fill(field, word).await?;
    }
    anna.assert_accessible("saying words back").await?;
    anna.click("words-submit").await?;
    anna.find("words-kept").await?;
    anna.click("words-close").await?;
    anna.await_gone("recovery-reminder").await?;
    Ok(words)
}

async fn backed_up(anna: &Window, file: &Path) -> Result<()> {
    anna.open_settings("recovery").await?;
    anna.click("back-up").await?;
    anna.fill("backup-file", &file.to_string_lossy()).await?;
    anna.fill("backup-passphrase", BACKUP_PASSPHRASE).await?;
    anna.fill("backup-again", BACKUP_PASSPHRASE).await?;
    anna.assert_accessible("backing up").await?;
    anna.click("backup-submit").await?;
    anna.find("backed-up").await?;
    anna.close_dialog().await
}

async fn locked(anna: &Window) -> Result<()> {
    anna.open_settings("privacy").await?;
    anna.click("set-passphrase").await?;
    anna.fill("new-passphrase", PASSPHRASE).await?;
    anna.fill("new-passphrase-again", PASSPHRASE).await?;
    anna.click("passphrase-submit").await?;
    anna.click("lock-now").await?;
    anna.find("unlock").await?;
    anna.assert_accessible("a locked app").await?;
    anna.fill("passphrase", "two stones").await?;
    anna.click("unlock-submit").await?;
    let wrong = "!!document.querySelector('[data-testid=passphrase][aria-invalid=true]')";
    anna.until("the wrong passphrase to be refused", wrong, json!({})).await?;
    anna.fill("passphrase", PASSPHRASE).await?;
    anna.press_in_page(Key::Enter).await?;
    anna.open_chat(TITLE).await?;
    anna.await_message(SAID, "true").await?;
    anna.press("ctrl+l")?;
    anna.find("unlock").await?;
    anna.fill("passphrase", PASSPHRASE).await?;
    anna.click("unlock-submit").await?;
    anna.await_chat(TITLE).await
}

async fn recovered(lost: &Window, words: &str) -> Result<()> {
    lost.click("have-words").await?;
    lost.assert_accessible("recovering").await?;
    lost.fill("recover-words", words).await?;
    lost.click("key-choice-file").await?;
    lost.click("recover-submit").await?;
    lost.await_account("Anna").await?;
    lost.open_chat(TITLE).await?;
    lost.await_message(SAID, "one.dataset.mine === 'true'").await
}
