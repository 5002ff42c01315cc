//! Messages that leave at a time, and settings.

use beseda_core::{Core, actions::send_message::Outgoing, store::listing::Listing};
use serde_json::json;

use super::find;
use crate::{
    arguments::{Setting, Switch},
    failure::Result,
    output::{Output, shown_line},
    view::{self, Chat},
};

pub async fn schedule(
    core: &Core,
    chat: &str,
    text: &str,
    at: &str,
    reply_to: Option<&str>,
    out: &mut Output,
) -> Result<()> {
    let line = core.find_chat(chat).await?;
    let send_at = find::time(at, core.device().now())?;
    let reply_to = match reply_to {
        Some(message) => Some(find::message_of(core, line.number, message).await?),
        None => None,
    };
    let mentions = find::mentions(core, line.number, text).await?;
    let outgoing = Outgoing { text: text.to_owned(), reply_to, mentions, ..Outgoing::default() };
    let number = core.schedule_message(line.number, outgoing, send_at).await?;
    // A time that is past is now.
    core.send_due().await?;
    let called = Chat::of(core, &line).called();
    let text = format!(
        "{number}: for {called} at {}; `watch` or the next command after it sends it",
        view::local(send_at)
    );
    out.result(&json!({ "number": number, "chat": line.id, "send_at": send_at }), &text)
}

pub async fn scheduled(core: &Core, out: &mut Output) -> Result<()> {
    let waiting = core.scheduled().await?;
    if waiting.is_empty() {
        out.remark("Nothing is to be sent later.")?;
    }
    for one in waiting {
        let chat = Chat::of(core, &core.chat(one.chat).await?);
        let text = format!(
            "{:>4}  {}  {}: {}",
            one.number,
            view::local(one.send_at),
            chat.called(),
            shown_line(&one.text)
        );
        let value = json!({
            "number": one.number,
            "chat": chat.id,
            "send_at": one.send_at,
            "text": one.text,
            "reply_to": one.reply_to,
        });
        out.result(&value, &text)?;
    }
    Ok(())
}

pub async fn unschedule(core: &Core, number: i64, out: &mut Output) -> Result<()> {
    core.unschedule(number).await?;
    out.result(&json!({ "number": number }), "Called back.")
}

pub async fn settings(core: &Core, change: Option<Setting>, out: &mut Output) -> Result<()> {
    match change {
        Some(Setting::ReadReceipts { state }) => core.set_read_receipts(state == Switch::On).await?,
        Some(Setting::Directory { state }) => core.set_listed(state == Switch::On).await?,
        None => {}
    }
    let on = |on| if on { "on" } else { "off" };
    let receipts = core.read_receipts().await?;
    let (listed, listing) = core.listing().await?;
    let standing = match listing {
        Listing::No => "",
        Listing::Listed => "  (you are found by your username)",
        Listing::Taken => "  (somebody else at the relay has your username: choose another one)",
        Listing::NoDirectory => "  (your relay keeps none)",
    };
    let text = format!("read-receipts  {}\ndirectory      {}{standing}", on(receipts), on(listed));
    out.result(&json!({ "read_receipts": receipts, "directory": listed, "listing": listing.as_str() }), &text)
}
