//! One person in the first hour, with a relay that never answers: everything here works without it.

use anyhow::Result;
use beseda_tests::desktop::{Stories, Window, fresh_output};
use serde_json::json;
use thirtyfour::Key;

/// Nobody listens there.
const RELAY: &str = "http://127.0.0.1:9";
const ROWS: &str =
    "[...document.querySelectorAll('[data-testid=chat-row]')].map((row) => row.dataset.title).join()";

#[tokio::test]
async fn the_first_hour_of_one_person_without_a_relay() -> Result<()> {
    let shots = fresh_output("screenshots-alone")?;
    let world = tempfile::tempdir()?;
    let anna = Window::open("Anna", world.path(), RELAY, &shots).await?;
    let mut stories = Stories::of("alone");

    stories.tell("a person begins without a relay", &[&anna], begins(&anna)).await;
    stories.tell("a chat of each kind is created", &[&anna], creates(&anna)).await;
    stories.tell("a link for one person is made, drawn and taken back", &[&anna], invites(&anna)).await;
    stories.tell("notes to oneself are kept", &[&anna], notes(&anna)).await;
    stories.tell("a category is a folder", &[&anna], folders(&anna)).await;
    stories.tell("a chat is pinned on top", &[&anna], pins(&anna)).await;
    stories.tell("a chat is muted and heard again", &[&anna], mutes(&anna)).await;
    stories.tell("a chat is put away and taken out again", &[&anna], archives(&anna)).await;
    stories.tell("a chat is marked unread by hand", &[&anna], marks_unread(&anna)).await;
    stories.tell("back and forward lead through what was open", &[&anna], travels(&anna)).await;
    stories.tell("the list is narrowed to a kind of chat", &[&anna], narrows(&anna)).await;
    stories.tell("the palette goes anywhere and does anything", &[&anna], commands(&anna)).await;
    stories.tell("the window speaks another language at once", &[&anna], speaks(&anna)).await;
    stories.tell("the window is shown larger and as it was made", &[&anna], enlarges(&anna)).await;
    stories.tell("all keys are on one sheet", &[&anna], keys(&anna)).await;
    stories.tell("two chats stand side by side", &[&anna], divides(&anna)).await;
    anna.close().await?;
    stories.end()
}

async fn begins(anna: &Window) -> Result<()> {
    // Nothing filled in: the form says what is missing, and where.
    anna.click("key-choice-file").await?;
    anna.click("create-account").await?;
    let wrong = "document.activeElement?.matches('[data-testid=name][aria-invalid=true]')";
    anna.until("the missing name to be asked for", wrong, json!({})).await?;
    anna.assert_accessible("the first start with something missing").await?;
    anna.create_account(RELAY).await?;
    anna.await_sync("offline", 0).await
}

async fn creates(anna: &Window) -> Result<()> {
    for (kind, title) in [("dialog", "Clara"), ("group", "Family"), ("blog", "Field notes")] {
        anna.click("new-chat").await?;
        anna.click(&format!("kind-{kind}")).await?;
        anna.assert_accessible("creating a chat").await?;
        anna.fill("create-chat-title", title).await?;
        anna.click("create-chat-submit").await?;
        anna.find_with("chat-title", title).await?;
        anna.say(&format!("The first word of {title}")).await?;
    }
    anna.await_sync("offline", 3).await?;
    anna.await_message("The first word of Field notes", "one.dataset.state === 'queued'").await
}

async fn invites(anna: &Window) -> Result<()> {
    anna.open_chat("Family").await?;
    anna.click("invite-button").await?;
    anna.find("invite-link").await?;
    anna.click("new-link").await?;
    anna.click("uses-one").await?;
    anna.fill("link-label", "For Boris").await?;
    anna.assert_accessible("making a link").await?;
    anna.click("make-link").await?;
    anna.find_with("dialog", "For Boris").await?;
    anna.click("show-qr").await?;
    anna.until("the link as a picture", "!!document.querySelector('.dialog svg path[d^=M]')", json!({}))
        .await?;
    anna.assert_accessible("a link").await?;
    anna.click("revoke-link").await?;
    anna.click("revoke-confirm").await?;
    anna.await_gone("copy-invite").await?;
    anna.close_dialog().await
}

async fn notes(anna: &Window) -> Result<()> {
    anna.click("open-notes").await?;
    anna.find_with("chat-title", "Notes").await?;
    anna.say("Buy a lamp for the tent").await?;
    anna.await_message("Buy a lamp for the tent", "one.dataset.mine === 'true'").await
}

async fn folders(anna: &Window) -> Result<()> {
    anna.click("new-chat").await?;
    anna.fill("create-chat-title", "Team").await?;
    anna.fill("create-chat-category", "Work").await?;
    anna.click("create-chat-submit").await?;
    anna.find_with("chat-title", "Team").await?;
    anna.open_folder("=work").await?;
    anna.until("the chats of work alone", &format!("{ROWS} === 'Team'"), json!({})).await?;
    anna.assert_accessible("a folder").await?;
    anna.open_folder("all").await?;
    anna.await_chat("Family").await
}

async fn pins(anna: &Window) -> Result<()> {
    anna.take_of_row("Family", "pin-chat").await?;
    anna.until("the pinned chat first", &format!("{ROWS}.startsWith('Family')"), json!({})).await?;
    anna.take_of_row("Clara", "pin-chat").await?;
    anna.take_of_row("Clara", "move-down").await?;
    let order = format!("{ROWS}.startsWith('Family,Clara')");
    anna.until("the pinned chats as they were put", &order, json!({})).await?;
    anna.take_of_row("Family", "unpin-chat").await?;
    anna.until("the other pinned chat first", &format!("{ROWS}.startsWith('Clara')"), json!({})).await?;
    Ok(())
}

async fn mutes(anna: &Window) -> Result<()> {
    for until in ["mute-hour", "mute-tomorrow", "mute-forever"] {
        anna.take_of_row("Team", until).await?;
        anna.await_row("Team", "row.dataset.muted").await?;
        anna.take_of_row("Team", "unmute-chat").await?;
        anna.await_row("Team", "!row.dataset.muted").await?;
    }
    Ok(())
}

async fn archives(anna: &Window) -> Result<()> {
    anna.take_of_row("Clara", "archive-chat").await?;
    let there = |title: &str| format!("{ROWS}.split(',').includes({})", json!(title));
    anna.until("the chat to be gone", &format!("!{}", there("Clara")), json!({})).await?;
    anna.click("open-archive").await?;
    anna.await_chat("Clara").await?;
    anna.assert_accessible("the archive").await?;
    anna.take_of_row("Clara", "unarchive-chat").await?;
    anna.await_chat("Family").await?;
    anna.await_chat("Clara").await
}

async fn marks_unread(anna: &Window) -> Result<()> {
    anna.open_chat("Team").await?;
    anna.take_of_row("Family", "mark-unread").await?;
    anna.open_folder("unread").await?;
    anna.until("the unread chat alone", &format!("{ROWS} === 'Family'"), json!({})).await?;
    anna.take_of_row("Family", "mark-read").await?;
    anna.find("folder-empty").await?;
    anna.open_folder("all").await?;
    anna.await_chat("Team").await
}

async fn travels(anna: &Window) -> Result<()> {
    anna.open_chat("Family").await?;
    anna.open_chat("Team").await?;
    anna.press("alt+Left")?;
    anna.find_with("chat-title", "Family").await?;
    anna.press("alt+Right")?;
    anna.find_with("chat-title", "Team").await?;
    Ok(())
}

async fn narrows(anna: &Window) -> Result<()> {
    for (folder, title) in [("blogs", "Field notes"), ("people", "Clara")] {
        anna.open_folder(folder).await?;
        anna.until("one kind of chat alone", &format!("{ROWS} === given"), json!(title)).await?;
    }
    anna.open_folder("all").await?;
    anna.await_chat("Family").await
}

/// Opens the palette, types, and takes what comes first.
async fn command(anna: &Window, text: &str) -> Result<()> {
    anna.press("ctrl+k")?;
    anna.fill("palette-input", text).await?;
    let first =
        "document.querySelector('[data-testid=palette-item]')?.innerText.toLowerCase().includes(given)";
    anna.until("what was typed to come first", first, json!(text.to_lowercase())).await?;
    anna.press_in_page(Key::Enter).await?;
    anna.await_gone("palette-input").await
}

async fn commands(anna: &Window) -> Result<()> {
    command(anna, "Clara").await?;
    anna.find_with("chat-title", "Clara").await?;
    let theme = "document.documentElement.dataset.theme === given";
    command(anna, "dark theme").await?;
    anna.until("the dark theme", theme, json!("dark")).await?;
    anna.assert_accessible("the dark theme").await?;
    command(anna, "light theme").await?;
    anna.until("the light theme", theme, json!("light")).await?;
    command(anna, "Poll").await?;
    anna.await_dialog("poll").await?;
    anna.close_dialog().await
}

async fn speaks(anna: &Window) -> Result<()> {
    command(anna, "на русский").await?;
    anna.until("Russian", "document.documentElement.lang === 'ru'", json!({})).await?;
    anna.find_with("folder", "Непрочитанные").await?;
    anna.assert_accessible("the window in Russian").await?;
    command(anna, "to English").await?;
    anna.find_with("folder", "Unread").await?;
    Ok(())
}

async fn enlarges(anna: &Window) -> Result<()> {
    let width = anna.script("return innerWidth", vec![]).await?;
    for _ in 0..3 {
        anna.press("ctrl+plus")?;
    }
    anna.until("less room for the page", "innerWidth < given * 0.75", width.clone()).await?;
    anna.assert_accessible("a window that is enlarged").await?;
    anna.press("ctrl+0")?;
    anna.until("the room there was", "innerWidth === given", width).await?;
    Ok(())
}

async fn keys(anna: &Window) -> Result<()> {
    anna.press("F1")?;
    anna.find_with("shortcut", "Ctrl").await?;
    anna.assert_accessible("the sheet of keys").await?;
    anna.close_dialog().await
}

async fn divides(anna: &Window) -> Result<()> {
    anna.resize(1270, 800).await?;
    anna.open_chat("Family").await?;
    anna.press("ctrl+backslash")?;
    anna.await_count("pane", 2).await?;
    anna.assert_accessible("two chats side by side").await?;
    anna.find("close-pane").await?;
    let acts = "document.querySelector('.chat.active [data-testid=chat-title]').innerText";
    let before = anna.until("where one acts", acts, json!({})).await?;
    anna.press("F6")?;
    anna.until("one to act in the other", &format!("{acts} !== given"), before).await?;
    anna.press("Escape")?;
    anna.await_count("pane", 1).await?;
    anna.resize(1100, 760).await
}
