//! What is kept, found again, sent later, and waits while the relay is away.

use anyhow::Result;
use beseda_tests::desktop::{RelayProcess, Stories, Window};
use serde_json::json;
use thirtyfour::Key;

use crate::{Pair, TITLE};

const FLASHES: &str = "document.querySelector('.flash')?.innerText.includes(given.text)";

#[tokio::test]
async fn what_was_said_is_kept_and_found_again() -> Result<()> {
    let mut pair = Pair::meet("keeping").await?;
    let (anna, boris) = (&pair.anna, &pair.boris);
    let both = [anna, boris];
    let mut stories = Stories::of("keeping");

    stories.tell("a message is saved and found among the saved", &both, saved(anna, boris)).await;
    stories.tell("a message is pinned for all and taken down again", &both, pinned(anna, boris)).await;
    stories.tell("links that were shared are listed", &both, shared(anna, boris)).await;
    stories.tell("a link to a message leads to it", &both, linked(anna)).await;
    stories.tell("everything is searched, and one chat", &both, searched(anna)).await;
    stories.tell("a day is jumped to", &both, jumped(anna)).await;
    stories.tell("a message is deleted for oneself, and that is undone", &both, deleted(anna, boris)).await;
    stories.tell("a message is sent later, now, or not at all", &both, later(anna, boris)).await;
    stories.tell("a chat is closed and opened where it was read to", &both, where_it_was(anna, boris)).await;
    stories.tell("a wide window keeps beside a chat what is known of it", &both, beside(anna)).await;
    let away = away(&mut pair.relay, anna, boris);
    stories.tell("without the relay it says so, and tries again when it is told to", &both, away).await;
    pair.part().await?;
    stories.end()
}

async fn saved(anna: &Window, boris: &Window) -> Result<()> {
    boris.say("The key lies under the third stone").await?;
    anna.await_last("The key lies under the third stone").await?;
    anna.choose("The key lies under the third stone", "act-save").await?;
    anna.press("Escape")?;
    anna.click("open-saved").await?;
    anna.find_with("found", "third stone").await?;
    anna.assert_accessible("what was saved").await?;
    anna.click_with("found", "third stone").await?;
    anna.await_no_dialog().await?;
    anna.await_message("The key lies under the third stone", "true").await
}

async fn pinned(anna: &Window, boris: &Window) -> Result<()> {
    anna.choose("The key lies under the third stone", "act-pin").await?;
    boris.find_with("pinned-bar", "third stone").await?;
    boris.click("pinned-open").await?;
    boris.until("what is pinned to be shown", FLASHES, json!({ "text": "third stone" })).await?;
    boris.assert_accessible("a chat with something pinned").await?;
    anna.choose("The key lies under the third stone", "act-unpin").await?;
    for person in [anna, boris] {
        person.await_gone("pinned-bar").await?;
    }
    Ok(())
}

async fn shared(anna: &Window, boris: &Window) -> Result<()> {
    anna.say("See https://example.org/lake?map=1").await?;
    boris.await_last("See https://example.org/lake?map=1").await?;
    boris.take("chat-menu", "menu-shared").await?;
    boris.find_with("panel-links", "example.org").await?;
    boris.assert_accessible("what was shared").await?;
    boris.close_dialog().await
}

async fn linked(anna: &Window) -> Result<()> {
    anna.choose("The key lies under the third stone", "act-link").await?;
    // Pasted into the search, it leads there from any chat.
    anna.find_with("toast", "").await?;
    anna.press("Escape")?;
    anna.await_gone("composer").await?;
    anna.click("search").await?;
    anna.press("ctrl+v")?;
    anna.until("the message to be shown", FLASHES, json!({ "text": "third stone" })).await?;
    anna.await_gone("search-results").await
}

async fn searched(anna: &Window) -> Result<()> {
    anna.create_group("Shopping").await?;
    anna.say("A stone for the stove").await?;
    anna.fill("search", "stone").await?;
    anna.await_count("found", 2).await?;
    anna.assert_accessible("what was found").await?;
    anna.click("search-close").await?;
    anna.open_chat("Shopping").await?;
    anna.click("search-in-chat").await?;
    anna.fill("search", "stone").await?;
    anna.await_count("found", 1).await?;
    anna.click("search-scope").await?;
    anna.await_count("found", 2).await?;
    anna.click_with("found", "third").await?;
    anna.find_with("chat-title", TITLE).await?;
    anna.fill("search", "nobody ever said this").await?;
    anna.find("search-nothing").await?;
    anna.assert_accessible("nothing found").await?;
    anna.press_in_page(Key::Escape).await?;
    anna.await_gone("search-results").await
}

async fn jumped(anna: &Window) -> Result<()> {
    anna.open_chat(TITLE).await?;
    anna.take("chat-menu", "menu-date").await?;
    anna.await_dialog("date").await?;
    anna.assert_accessible("choosing a day").await?;
    let today = anna.until(
        "the day of the first message",
        "document.querySelector('[data-testid=day]')?.dataset.value",
        json!({}),
    );
    let today = today.await?;
    let day = "document.querySelector(`[data-testid=calendar-day][data-date='${given.day}']`)";
    anna.until("the day in the calendar", &format!("!!{day}"), json!({ "day": today })).await?;
    anna.script(&format!("const given = arguments[0]; {day}.click();"), vec![json!({ "day": today })])
        .await?;
    anna.await_no_dialog().await?;
    let shown = "document.querySelector('[data-testid=day]')?.dataset.value === given.day";
    anna.until("the day that was chosen", shown, json!({ "day": today })).await?;
    Ok(())
}

async fn deleted(anna: &Window, boris: &Window) -> Result<()> {
    boris.say("Forget this").await?;
    anna.await_last("Forget this").await?;
    let gone = "!document.querySelector('[data-testid=timeline]').innerText.includes('Forget this')";
    anna.choose("Forget this", "act-delete-me").await?;
    anna.until("it to be gone", gone, json!({})).await?;
    anna.assert_accessible("something that can be undone").await?;
    anna.click("undo").await?;
    anna.await_message("Forget this", "true").await?;
    anna.choose("Forget this", "act-delete-me").await?;
    anna.await_gone("undo").await?;
    anna.until("it to stay away", gone, json!({})).await?;
    boris.await_message("Forget this", "true").await
}

async fn later(anna: &Window, boris: &Window) -> Result<()> {
    for text in ["Good morning!", "Never mind"] {
        let composer = anna.find("composer").await?;
        composer.send_keys(text).await?;
        anna.take("composer-more", "send-later").await?;
        anna.await_dialog("schedule").await?;
        anna.assert_accessible("sending later").await?;
        anna.click("schedule-preset").await?;
        anna.await_no_dialog().await?;
        anna.await_value("composer", "").await?;
    }
    anna.click("scheduled").await?;
    anna.await_count("scheduled-row", 2).await?;
    anna.assert_accessible("what is sent later").await?;
    let of = |text: &str, button: &str| {
        format!(
            "[...document.querySelectorAll('[data-testid=scheduled-row]')].find((row) => row.innerText.includes({}))
                .querySelector('[data-testid={button}]').click()",
            json!(text)
        )
    };
    anna.script(&of("Never mind", "scheduled-cancel"), vec![]).await?;
    anna.await_count("scheduled-row", 1).await?;
    anna.script(&of("Good morning!", "scheduled-now"), vec![]).await?;
    anna.await_count("scheduled-row", 0).await?;
    anna.close_dialog().await?;
    boris.await_last("Good morning!").await
}

async fn where_it_was(anna: &Window, boris: &Window) -> Result<()> {
    anna.open_chat("Shopping").await?;
    let lines = (1..=60).map(|line| format!("mile {line}")).collect::<Vec<_>>().join("\n");
    boris.paste_and_send(&lines).await?;
    boris.say("Are you still with me?").await?;
    anna.await_row(TITLE, "row.querySelector('[data-testid=unread]')?.dataset.count === '2'").await?;
    anna.open_chat(TITLE).await?;
    // The first unread one, not the last.
    anna.find("unread-line").await?;
    anna.find("jump-down").await?;
    anna.assert_accessible("a chat above its end").await?;
    anna.click("jump-down").await?;
    anna.await_row(TITLE, "!row.querySelector('[data-testid=unread]')").await
}

async fn beside(anna: &Window) -> Result<()> {
    anna.resize(1270, 800).await?;
    anna.click("open-info").await?;
    anna.find("info-panel").await?;
    anna.await_count("member", 2).await?;
    anna.assert_accessible("what is known of a chat, beside it").await?;
    // It follows from chat to chat.
    anna.open_chat("Shopping").await?;
    anna.await_count("member", 1).await?;
    anna.click("info-close").await?;
    anna.await_gone("info-panel").await?;
    anna.open_chat(TITLE).await?;
    anna.resize(1100, 760).await
}

async fn away(relay: &mut RelayProcess, anna: &Window, boris: &Window) -> Result<()> {
    relay.kill();
    anna.say("Does anybody hear me?").await?;
    anna.await_sync("offline", 1).await?;
    anna.take("account-menu", "menu-relay").await?;
    anna.until(
        "the relay to be away",
        "document.querySelector('[data-testid=relay-state]')?.dataset.state === 'offline'",
        json!({}),
    )
    .await?;
    anna.assert_accessible("a relay that is away").await?;
    relay.restart().await?;
    // It may have tried by itself meanwhile.
    let try_now = "document.querySelector('[data-testid=relay-try-now]')?.click()";
    anna.script(try_now, vec![]).await?;
    anna.until(
        "the relay to be there",
        "document.querySelector('[data-testid=relay-state]')?.dataset.state === 'up_to_date'",
        json!({}),
    )
    .await?;
    anna.close_dialog().await?;
    anna.await_sync("up_to_date", 0).await?;
    boris.await_last("Does anybody hear me?").await
}
