//! One message from its first word to its last.

use anyhow::Result;
use beseda_tests::desktop::{RelayProcess, Window, fresh_output};
use serde_json::json;
use thirtyfour::Key;

use crate::TITLE;

#[tokio::test]
async fn what_is_said_is_answered_edited_marked_found_and_taken_back() -> Result<()> {
    let shots = fresh_output("screenshots-messages")?;
    let world = tempfile::tempdir()?;
    let relay = RelayProcess::start(&world.path().join("relay")).await?;
    let anna = Window::open("Anna", world.path(), &relay.url(), &shots).await?;
    anna.create_account(&relay.url()).await?;
    anna.create_group(TITLE).await?;
    let link = anna.invitation().await?;
    let boris = Window::open("Boris", world.path(), &relay.url(), &shots).await?;
    boris.create_account(&relay.url()).await?;
    boris.join(&link, TITLE).await?;

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

/// Rows cost more than anything else on the screen: where one reads along, none is drawn twice.
#[tokio::test]
async fn a_message_that_comes_leaves_the_rows_that_are_there() -> Result<()> {
    let shots = fresh_output("screenshots-rows")?;
    let world = tempfile::tempdir()?;
    let relay = RelayProcess::start(&world.path().join("relay")).await?;
    let anna = Window::open("Anna", world.path(), &relay.url(), &shots).await?;
    anna.create_account(&relay.url()).await?;
    anna.create_group(TITLE).await?;
    for n in 0..40 {
        anna.paste_and_send(&format!("Said before, {n}")).await?;
    }
    let rests = "!document.querySelector('[data-testid=timeline] > div').style.pointerEvents";
    anna.until("the timeline at rest", rests, json!({})).await?;

    let watch = "const list = document.querySelector('[data-testid=timeline]');
        window.drawn = [];
        window.flat = false;
        list.addEventListener('scroll', () => {
            window.scrolled = true;
            window.flat ||= list.clientHeight === 0;
        });
        new MutationObserver((all) => {
            for (const { addedNodes } of all)
                for (const node of addedNodes)
                    if (node.querySelector?.('article')) window.drawn.push(node.textContent);
        }).observe(list.querySelector('div'), { childList: true });";
    anna.script(watch, vec![]).await?;
    anna.paste_and_send("Said now").await?;
    anna.until("the timeline at rest again", &format!("window.scrolled && {rests}"), json!({})).await?;
    let drawn = anna.script("return window.drawn;", vec![]).await?;
    let rows: Vec<&str> = drawn.as_array().into_iter().flatten().filter_map(|row| row.as_str()).collect();
    assert!(matches!(rows[..], [row] if row.contains("Said now")), "{rows:#?}");
    assert_eq!(
        anna.script("return window.flat;", vec![]).await?,
        json!(false),
        "laid out by itself, it has no height"
    );
    anna.close().await
}
