//! Who people are to each other.

use anyhow::{Result, bail};
use beseda_tests::desktop::{Stories, Window};
use serde_json::json;
use thirtyfour::Key;

use crate::Pair;

#[tokio::test]
async fn two_people_know_each_other() -> Result<()> {
    let pair = Pair::meet("people").await?;
    let (anna, boris) = (&pair.anna, &pair.boris);
    let both = [anna, boris];
    let mut stories = Stories::of("people");

    stories.tell("a profile is filled in, and others see what they may", &both, profile(anna, boris)).await;
    stories.tell("a person is a contact under a name of one's own", &both, contact(anna, boris)).await;
    stories.tell("two people verify each other", &both, verified(anna, boris)).await;
    stories.tell("somebody leaves, and the others see it", &both, gone(anna, boris)).await;
    pair.part().await?;
    stories.end()
}

/// Opens what is known of the open chat, at this part of it.
async fn about(person: &Window, tab: &str) -> Result<()> {
    person.click("open-info").await?;
    person.click(&format!("tab-{tab}")).await?;
    person.find(&format!("panel-{tab}")).await?;
    Ok(())
}

/// Opens the card of a member of the open chat.
async fn card(person: &Window, name: &str) -> Result<()> {
    about(person, "members").await?;
    person.click_with("member-card", name).await?;
    person.await_dialog("person").await
}

async fn profile(anna: &Window, boris: &Window) -> Result<()> {
    anna.open_settings("profile").await?;
    anna.find("profile-form").await?;
    anna.assert_accessible("one's own profile").await?;
    anna.fill("profile-description", "Rows, and cooks on stones").await?;
    let show = "const select = document.querySelector('[data-testid=shown-description]');
        select.value = 'everyone'; select.dispatchEvent(new Event('change', { bubbles: true }));";
    anna.script(show, vec![]).await?;
    above_the_button(anna).await?;
    anna.click("profile-save").await?;
    anna.find("toast").await?;
    anna.close_dialog().await?;
    card(boris, "Anna").await?;
    boris.find_with("person-facts", "cooks on stones").await?;
    boris.assert_accessible("a person").await?;
    boris.close_dialog().await
}

/// Whoever goes through the fields of the profile with Tab sees each, although the button sticks to the end of the page.
async fn above_the_button(person: &Window) -> Result<()> {
    const HIDDEN: &str = "const at = document.activeElement;
        const button = document.querySelector('[data-testid=profile-save]').parentElement;
        if (button.contains(at)) return 'the end';
        return at.getBoundingClientRect().bottom > button.getBoundingClientRect().top + 1 ? at.dataset.testid ?? at.tagName : '';";
    person.click("profile-username").await?;
    for _ in 0..40 {
        person.press_in_page(Key::Tab).await?;
        let hidden = person.script(HIDDEN, vec![]).await?;
        match hidden.as_str() {
            Some("") => {}
            Some("the end") => return Ok(()),
            _ => bail!("the button hides {hidden}"),
        }
    }
    bail!("there is no end of fields")
}

async fn contact(anna: &Window, boris: &Window) -> Result<()> {
    anna.say("Who brings the tea?").await?;
    boris.await_last("Who brings the tea?").await?;
    card(boris, "Anna").await?;
    boris.click("contact-add").await?;
    boris.fill("petname", "Anna the rower").await?;
    boris.click("petname-save").await?;
    boris.find_with("person-name", "Anna the rower").await?;
    boris.close_dialog().await?;
    boris.find_with("author", "Anna the rower").await?;
    boris.click("open-contacts").await?;
    boris.find_with("contact", "Anna the rower").await?;
    boris.assert_accessible("the contacts").await?;
    boris.click_with("contact", "Anna the rower").await?;
    boris.click("contact-remove").await?;
    boris.find("contact-add").await?;
    boris.close_dialog().await?;
    boris.find_with("author", "Anna").await?;
    Ok(())
}

async fn verified(anna: &Window, boris: &Window) -> Result<()> {
    card(anna, "Boris").await?;
    anna.click("open-verify").await?;
    let code = anna.text("safety-code").await?;
    anna.assert_accessible("a safety number").await?;
    anna.close_dialog().await?;
    card(boris, "Anna").await?;
    boris.click("open-verify").await?;
    boris.fill("their-code", &code).await?;
    boris.click("compare-code").await?;
    boris.find("verified-state").await?;
    boris.assert_accessible("somebody who is verified").await?;
    boris.close_dialog().await
}

async fn gone(anna: &Window, boris: &Window) -> Result<()> {
    boris.take("chat-menu", "menu-leave").await?;
    boris.assert_accessible("leaving a chat").await?;
    boris.click("leave-submit").await?;
    boris.await_no_dialog().await?;
    boris.find("composer-closed").await?;
    let left = "document.querySelector('[data-testid=timeline]').innerText.includes('left')";
    anna.until("that he has left", left, json!({})).await?;
    Ok(())
}
