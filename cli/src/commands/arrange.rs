//! One's own list of chats in order, and what a chat is called.

use beseda_core::{
    Core,
    actions::edit_chat::Edited,
    domain::{Level, Millis},
    folders as of_lines,
};
use serde_json::json;

use crate::{
    arguments::Direction,
    failure::Result,
    output::{Output, shown_line},
    view::Chat,
};

pub async fn pin(core: &Core, chat: &str, on: bool, out: &mut Output) -> Result<()> {
    let number = core.find_chat(chat).await?.number;
    core.pin_chat(number, on).await?;
    tell(core, number, if on { "Pinned" } else { "No longer pinned" }, out).await
}

pub async fn move_pin(core: &Core, chat: &str, to: Direction, out: &mut Output) -> Result<()> {
    let number = core.find_chat(chat).await?.number;
    core.move_pinned(number, to == Direction::Up).await?;
    tell(core, number, "Moved", out).await
}

pub async fn archive(core: &Core, chat: &str, on: bool, out: &mut Output) -> Result<()> {
    let number = core.find_chat(chat).await?.number;
    core.archive_chat(number, on).await?;
    tell(core, number, if on { "Archived" } else { "Back in the list" }, out).await
}

pub async fn mute(core: &Core, chat: &str, until: Millis, out: &mut Output) -> Result<()> {
    let number = core.find_chat(chat).await?.number;
    core.mute_chat(number, until).await?;
    tell(core, number, if until == 0 { "No longer muted" } else { "Muted" }, out).await
}

/// # Errors
/// When it is none of the three words.
pub fn level(text: &str) -> std::result::Result<Level, String> {
    Level::parse(text).ok_or_else(|| "it is `all`, `mentions` or `nothing`".to_owned())
}

pub async fn notify(core: &Core, chat: &str, of: Level, out: &mut Output) -> Result<()> {
    let number = core.find_chat(chat).await?.number;
    core.set_level(number, of).await?;
    let what = match of {
        Level::All => "Tells of every message",
        Level::Mentions => "Tells of what names or answers you",
        Level::Nothing => "Tells of nothing",
    };
    tell(core, number, what, out).await
}

pub async fn edit(core: &Core, chat: &str, edited: Edited, out: &mut Output) -> Result<()> {
    let number = core.find_chat(chat).await?.number;
    core.edit_chat(number, edited).await?;
    tell(core, number, "Changed for everyone", out).await
}

async fn tell(core: &Core, number: beseda_core::domain::ChatNo, what: &str, out: &mut Output) -> Result<()> {
    let chat = Chat::of(core, &core.chat(number).await?);
    let text = format!("{what}: {}", chat.called());
    out.result(&chat, &text)
}

pub async fn folders(core: &Core, out: &mut Output) -> Result<()> {
    let folders = of_lines(&core.chats().await?, core.device().now());
    if folders.is_empty() {
        out.remark("No chat has a category yet: beseda chat edit CHAT --category TEXT")?;
    }
    for folder in folders {
        let text = format!(
            "{:>4} chats  {:>5} unread  {}",
            folder.chats,
            folder.unread,
            shown_line(&folder.category)
        );
        let value = json!({
            "category": folder.category,
            "chats": folder.chats,
            "unread": folder.unread,
            "mentions": folder.mentions,
        });
        out.result(&value, &text)?;
    }
    Ok(())
}
