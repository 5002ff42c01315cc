//! What is said about a message: reactions, readers, votes, pins, and what one saves for oneself.

use beseda_core::{Core, store::messages::Message};
use serde_json::json;

use super::{find, message::done};
use crate::{
    failure::{Exit, Failure, Result},
    output::{Output, shown_line},
    view,
};

pub async fn react(core: &Core, message: &str, emoji: &str, on: bool, out: &mut Output) -> Result<()> {
    let found = find::message(core, message).await?;
    core.react(found.chat, found.id, emoji.trim(), on).await?;
    done(core, &found, if on { "Reacted." } else { "Taken back." }, out).await
}

pub async fn reactions(core: &Core, message: &str, out: &mut Output) -> Result<()> {
    let found = find::message(core, message).await?;
    let reacted = core.reacted(found.id).await?;
    if reacted.is_empty() {
        out.remark("Nobody has reacted.")?;
    }
    for one in reacted {
        let text = format!("{}  {}  {}", one.emoji, view::local(one.at), shown_line(&one.name));
        let value = json!({ "emoji": one.emoji, "user": one.user, "name": one.name, "at": one.at });
        out.result(&value, &text)?;
    }
    Ok(())
}

pub async fn readers(core: &Core, message: &str, out: &mut Output) -> Result<()> {
    let found = find::message(core, message).await?;
    let readers = core.readers(found.id).await?;
    if !readers.shown {
        out.remark(
            "You show nobody what you read, and so see nobody's marks: `beseda settings read-receipts on`.",
        )?;
    } else if readers.count == 0 {
        out.remark("Nobody else has read it yet.")?;
    } else {
        out.remark(&format!("Read by {}.", readers.count))?;
    }
    for one in readers.people {
        let text = format!("{}  {}", view::local(one.at), shown_line(&one.name));
        out.result(&json!({ "user": one.user, "name": one.name, "at": one.at }), &text)?;
    }
    Ok(())
}

/// `options` count from 1.
pub async fn vote(core: &Core, message: &str, options: &[u8], out: &mut Output) -> Result<()> {
    let found = find::message(core, message).await?;
    let Some(options) = options.iter().map(|option| option.checked_sub(1)).collect::<Option<Vec<u8>>>()
    else {
        return Err(Failure::new(Exit::BadInput, "bad_text", "options are numbered from 1"));
    };
    core.vote(found.chat, found.id, &options).await?;
    done(core, &found, if options.is_empty() { "Taken back." } else { "Voted." }, out).await
}

pub async fn pin(core: &Core, message: &str, on: bool, out: &mut Output) -> Result<()> {
    let found = find::message(core, message).await?;
    core.pin_message(found.chat, found.id, on).await?;
    done(core, &found, if on { "Pinned for all." } else { "Not pinned any more." }, out).await
}

pub async fn save(core: &Core, message: &str, on: bool, out: &mut Output) -> Result<()> {
    let found = find::message(core, message).await?;
    core.save_message(found.id, on).await?;
    done(core, &found, if on { "Saved." } else { "Not saved any more." }, out).await
}

pub async fn link(core: &Core, message: &str, out: &mut Output) -> Result<()> {
    let found: Message = find::message(core, message).await?;
    let link = core.message_link(found.id).await?;
    out.result(&json!({ "message": found.id, "link": link }), &link)
}
