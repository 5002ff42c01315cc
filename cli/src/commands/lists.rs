//! Finding messages: by their words, and in the lists of a chat.

use beseda_core::{
    Core, Found, MessageList, Totals,
    store::{messages::Message, search::Order},
};
use serde::Serialize;
use serde_json::json;

use super::{find, message};
use crate::{
    arguments::{List, Page, Search},
    failure::Result,
    output::{Output, shown_line},
    view::{self, Chat, Said},
};

/// A message that was found.
#[derive(Serialize)]
struct Hit<'a> {
    #[serde(flatten)]
    said: &'a Said,
    snippet: &'a str,
    /// From and to, in characters of the snippet.
    ranges: Vec<[usize; 2]>,
}

pub async fn search(core: &Core, search: &Search, out: &mut Output) -> Result<()> {
    let chat = match &search.chat {
        Some(chat) => Some(core.find_chat(chat).await?.number),
        None => None,
    };
    let order = if search.best { Order::Best } else { Order::Newest };
    let limit = search.limit as usize;
    // A page may end before it is full: the rest is not looked at yet.
    let (mut found, mut cursor): (Vec<Found>, _) = (vec![], search.before);
    loop {
        let page = core.search(&search.query, chat, order, cursor, limit - found.len()).await?;
        found.extend(page.messages);
        cursor = page.cursor;
        if cursor.is_none() || found.len() >= limit {
            break;
        }
    }
    if found.is_empty() {
        out.remark("Nothing was found.")?;
    }
    let mut messages = Vec::with_capacity(found.len());
    for one in &found {
        messages.push(core.message(one.hit.id).await?);
    }
    let said = view::said(core, messages).await?;
    let width = said.iter().map(|said| said.author().chars().count()).max().unwrap_or_default();
    for (said, one) in said.iter().zip(&found) {
        let text = &one.snippet.text;
        let chars = |at: usize| text[..at].chars().count();
        let ranges = one.snippet.ranges.iter().map(|range| [chars(range.start), chars(range.end)]).collect();
        let line = said.line_with(width, &shown_line(text));
        let called = Chat::of(core, &core.chat(one.hit.chat).await?).called();
        let line = if chat.is_none() { format!("{line}  — {called}") } else { line };
        out.result(&Hit { said, snippet: text, ranges }, &line)?;
    }
    match cursor {
        Some(cursor) => {
            out.result(&json!({ "cursor": cursor.to_string() }), &format!("(more: --before {cursor})"))
        }
        None => Ok(()),
    }
}

pub async fn list(core: &Core, list: &List, of: MessageList, out: &mut Output) -> Result<()> {
    let line = core.find_chat(&list.chat).await?;
    let before = before(core, &list.page).await?;
    let listed = core.list(Some(line.number), of, before, list.page.limit).await?;
    if listed.is_empty() {
        out.remark("None.")?;
    }
    let urls: Vec<_> = listed.iter().map(|listed| listed.url.clone()).collect();
    let said = view::said(core, listed.into_iter().map(|listed| listed.message).collect()).await?;
    if of != MessageList::Links {
        return message::tell(&said, out);
    }
    for (said, url) in said.iter().zip(urls) {
        let url = url.unwrap_or_default();
        let text = format!(
            "{}  {}  {}: {}",
            view::short(&said.id),
            view::local(said.at),
            said.author(),
            shown_line(&url)
        );
        out.result(&Link { url: &url, said }, &text)?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Link<'a> {
    url: &'a str,
    #[serde(flatten)]
    said: &'a Said,
}

pub async fn saved(core: &Core, page: &Page, out: &mut Output) -> Result<()> {
    let before = before(core, page).await?;
    let listed = core.list(None, MessageList::Saved, before, page.limit).await?;
    if listed.is_empty() {
        out.remark("Nothing is saved.")?;
    }
    message::tell(&view::said(core, listed.into_iter().map(|listed| listed.message).collect()).await?, out)
}

async fn before(core: &Core, page: &Page) -> Result<Option<beseda_protocol::MessageId>> {
    match &page.before {
        Some(text) => Ok(Some(find::message(core, text).await?.id)),
        None => Ok(None),
    }
}

/// Unread ones that name this person.
pub async fn mentions(core: &Core, chat: &str, out: &mut Output) -> Result<()> {
    let line = core.find_chat(chat).await?;
    let (mut found, mut after): (Vec<Message>, _) = (vec![], None);
    while let Some(id) = core.next_mention(line.number, after).await? {
        after = Some(id);
        found.push(core.message(id).await?);
    }
    found.retain(find::is_left);
    if found.is_empty() {
        out.remark("Nothing unread names you.")?;
    }
    message::tell(&view::said(core, found).await?, out)
}

pub async fn open(core: &Core, link: &str, out: &mut Output) -> Result<()> {
    let message = core.open_link(link).await?;
    message::tell(&view::said(core, vec![message]).await?, out)
}

pub async fn read(core: &Core, chat: &str, upto: Option<&str>, out: &mut Output) -> Result<()> {
    let line = core.find_chat(chat).await?;
    let upto = match upto {
        Some(text) => Some(find::message_of(core, line.number, text).await?),
        None => core.log(line.number, 1, None).await?.last().map(|message| message.id),
    };
    if let Some(upto) = upto {
        core.mark_read(line.number, upto).await?;
    }
    marks(core, &line, out).await
}

pub async fn unread(core: &Core, chat: &str, out: &mut Output) -> Result<()> {
    let line = core.find_chat(chat).await?;
    core.mark_unread(line.number).await?;
    marks(core, &line, out).await
}

async fn marks(core: &Core, line: &beseda_core::store::chats::ChatLine, out: &mut Output) -> Result<()> {
    let line = core.chat(line.number).await?;
    let called = Chat::of(core, &line).called();
    let text = match (line.unread, line.marked_unread) {
        (0, false) => format!("Nothing is unread in {called}."),
        (0, true) => format!("{called} is marked as unread."),
        (unread, _) => format!("{unread} unread in {called}."),
    };
    let value = json!({
        "chat": line.id,
        "unread": line.unread,
        "mentions": line.mentions,
        "marked_unread": line.marked_unread,
    });
    out.result(&value, &text)
}

pub async fn totals(core: &Core, out: &mut Output) -> Result<()> {
    let Totals { unread, mentions, marked } = core.totals().await?;
    let text =
        format!("{unread} unread, {mentions} of them name you; {marked} more chats are marked as unread");
    out.result(&json!({ "unread": unread, "mentions": mentions, "marked": marked }), &text)
}
