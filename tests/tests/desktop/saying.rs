//! Two people talk: what is said is seen to be read, and what was edited keeps what it said.

use anyhow::Result;
use beseda_tests::desktop::{Stories, Window};
use thirtyfour::Key;

use crate::Pair;

#[tokio::test]
async fn two_people_say_things_and_answer_them() -> Result<()> {
    let pair = Pair::meet("saying").await?;
    let (anna, boris) = (&pair.anna, &pair.boris);
    let both = [anna, boris];
    let mut stories = Stories::of("saying");

    stories.tell("what is said is read, and its author sees it", &both, read(anna, boris)).await;
    stories.tell("a message is edited by its menu and keeps its versions", &both, edited(anna, boris)).await;
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
