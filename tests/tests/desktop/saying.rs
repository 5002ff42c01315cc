//! Two people talk: what is said is seen to be read, what was edited keeps what it said, and a file carries it where no relay
//! does.

use std::path::Path;

use anyhow::Result;
use beseda_tests::desktop::{Stories, Window};
use serde_json::json;
use thirtyfour::Key;

use crate::{Pair, TITLE};

#[tokio::test]
async fn two_people_say_things_and_answer_them() -> Result<()> {
    let mut pair = Pair::meet("saying").await?;
    let (anna, boris) = (&pair.anna, &pair.boris);
    let stick = pair.world.path().join("stick.bundle");
    let both = [anna, boris];
    let mut stories = Stories::of("saying");

    stories.tell("what is said is read, and its author sees it", &both, read(anna, boris)).await;
    stories.tell("a message is edited by its menu and keeps its versions", &both, edited(anna, boris)).await;
    stories.tell("people are asked, and vote", &both, asked(anna, boris)).await;
    stories.tell("a message is passed on to another chat", &both, passed_on(anna)).await;
    pair.relay.kill();
    let carried = carried(anna, boris, &stick);
    stories.tell("a file carries messages where no relay is", &both, carried).await;
    pair.part().await?;
    stories.end()
}

async fn read(anna: &Window, boris: &Window) -> Result<()> {
    anna.say("Is the boat dry?").await?;
    boris.await_last("Is the boat dry?").await?;
    anna.await_message("Is the boat dry?", "one.dataset.state === 'read'").await?;
    anna.choose("Is the boat dry?", "act-readers").await?;
    anna.await_dialog("readers").await?;
    anna.find_with("dialog", "Boris").await?;
    anna.assert_accessible("who has read a message").await?;
    anna.close_dialog().await
}

async fn edited(anna: &Window, boris: &Window) -> Result<()> {
    anna.say("We leave at noon").await?;
    anna.choose("We leave at noon", "act-edit").await?;
    anna.await_value("composer", "We leave at noon").await?;
    anna.assert_accessible("editing").await?;
    anna.fill("composer", "We leave at one").await?;
    anna.press_in_page(Key::Enter).await?;
    boris.await_message("We leave at one", "one.querySelector('[data-testid=edited]')").await?;
    boris.choose("We leave at one", "act-versions").await?;
    boris.find_with("version", "We leave at noon").await?;
    boris.await_count("version", 2).await?;
    boris.assert_accessible("the versions of a message").await?;
    boris.close_dialog().await
}

async fn asked(anna: &Window, boris: &Window) -> Result<()> {
    anna.take("composer-more", "new-poll").await?;
    anna.fill("poll-question", "Tent or hut?").await?;
    for (n, option) in ["Tent", "Hut"].into_iter().enumerate() {
        let field = format!("document.querySelectorAll('[data-testid=poll-option-text]')[{n}].focus()");
        anna.script(&field, vec![]).await?;
        anna.type_in_page(option).await?;
    }
    anna.assert_accessible("asking people").await?;
    anna.click("poll-submit").await?;
    anna.await_no_dialog().await?;
    boris.await_last("Tent or hut?").await?;
    anna.await_message("Tent or hut?", "true").await?;
    for (person, choice) in [(boris, "Hut"), (anna, "Hut")] {
        person.click_with("poll-option", choice).await?;
    }
    let votes = "[...document.querySelectorAll('[data-testid=poll-result]')].map((one) => one.dataset.votes).join() === '0,2'";
    for person in [anna, boris] {
        person.until("both votes", votes, json!({})).await?;
    }
    anna.assert_accessible("a poll").await
}

async fn passed_on(anna: &Window) -> Result<()> {
    anna.create_group("Shopping").await?;
    anna.open_chat(TITLE).await?;
    anna.choose("We leave at one", "act-forward").await?;
    anna.assert_accessible("passing on").await?;
    anna.click_with("forward-to", "Shopping").await?;
    anna.await_no_dialog().await?;
    anna.open_chat("Shopping").await?;
    anna.await_message("We leave at one", "true").await?;
    anna.open_chat(TITLE).await
}

async fn carried(anna: &Window, boris: &Window, stick: &Path) -> Result<()> {
    let stick = stick.to_string_lossy();
    for person in [anna, boris] {
        person.await_sync("offline", 0).await?;
    }
    anna.say("No network here").await?;
    write(anna, &stick).await?;
    take_in(boris, &stick).await?;
    boris.find_with("carried-in", TITLE).await?;
    boris.assert_accessible("what a file has brought").await?;
    boris.close_dialog().await?;
    boris.await_last("No network here").await?;
    // And back, over the same file.
    boris.say("But a stick").await?;
    write(boris, &stick).await?;
    take_in(anna, &stick).await?;
    anna.find_with("carried-in", TITLE).await?;
    anna.close_dialog().await?;
    anna.await_last("But a stick").await?;
    // Once more, and something that is no such file.
    take_in(anna, &stick).await?;
    anna.find_with("carried-in", "nothing new").await?;
    anna.click("carry-in").await?;
    anna.fill("carry-file", "/etc/hostname").await?;
    anna.click("carry-submit").await?;
    let wrong = "!!document.querySelector('[data-testid=carry-file][aria-invalid=true]')";
    anna.until("another file to be refused", wrong, json!({})).await?;
    anna.assert_accessible("a file that carries nothing").await?;
    anna.close_dialog().await
}

async fn write(person: &Window, stick: &str) -> Result<()> {
    person.open_settings("network").await?;
    person.click("carry-out").await?;
    person.fill("carry-file", stick).await?;
    person.assert_accessible("messages into a file").await?;
    person.click("carry-submit").await?;
    person.find("carried-out").await?;
    person.close_dialog().await
}

async fn take_in(person: &Window, stick: &str) -> Result<()> {
    person.open_settings("network").await?;
    person.click("carry-in").await?;
    person.fill("carry-file", stick).await?;
    person.click("carry-submit").await?;
    person.find("carried-in").await?;
    Ok(())
}
