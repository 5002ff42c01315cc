//! Writing messages, changing them, and reading them back.

use beseda_core::{Core, actions::send_message::Outgoing, document::Poll, store::chats::ChatLine};
use beseda_protocol::MessageId;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};

use super::find;
use crate::{
    arguments::{Log, Sending},
    failure::{Exit, Failure, Result},
    output::{Output, shown},
    view::{self, Chat, Mentioned, Said},
};

pub async fn send(core: &Core, sending: &Sending, out: &mut Output) -> Result<()> {
    let line = core.find_chat(&sending.chat).await?;
    let reply_to = match &sending.reply_to {
        Some(text) => Some(find::message_of(core, line.number, text).await?),
        None => None,
    };
    match &sending.text {
        Some(text) => say(core, &line, text, reply_to, None, out).await,
        None => send_lines(core, &line, reply_to, out).await,
    }
}

pub async fn reply(core: &Core, message: &str, text: &str, out: &mut Output) -> Result<()> {
    let to = find::message(core, message).await?;
    let line = core.chat(to.chat).await?;
    say(core, &line, text, Some(to.id), None, out).await
}

pub async fn poll(
    core: &Core,
    chat: &str,
    question: &str,
    options: Vec<String>,
    several: bool,
    out: &mut Output,
) -> Result<()> {
    let line = core.find_chat(chat).await?;
    say(core, &line, question, None, Some(Poll { options, several }), out).await
}

async fn say(
    core: &Core,
    line: &ChatLine,
    text: &str,
    reply_to: Option<MessageId>,
    poll: Option<Poll>,
    out: &mut Output,
) -> Result<()> {
    let mentions = find::mentions(core, line.number, text).await?;
    let outgoing = Outgoing { text: text.to_owned(), reply_to, mentions, forwarded: None, poll };
    let id = core.send_message(line.number, outgoing).await?;
    let called = Chat::of(core, line).called();
    out.result(&queued(line, id), &format!("Kept for {called}; it leaves with the next `beseda sync`."))
}

/// A message a line, acknowledged as it is kept. What was kept before a line that cannot be kept stays.
async fn send_lines(
    core: &Core,
    line: &ChatLine,
    reply_to: Option<MessageId>,
    out: &mut Output,
) -> Result<()> {
    let mut input = BufReader::new(tokio::io::stdin());
    let mut bytes = Vec::new();
    let (mut number, mut kept) = (0_u64, 0_u64);
    loop {
        bytes.clear();
        if input.read_until(b'\n', &mut bytes).await? == 0 {
            break;
        }
        number += 1;
        let failed = |failure: Failure| Failure {
            message: format!("line {number}: {} ({kept} messages before it are kept)", failure.message),
            ..failure
        };
        let text = str::from_utf8(&bytes)
            .map_err(|_| failed(Failure::new(Exit::BadInput, "bad_text", "this is not UTF-8")))?;
        if text.trim().is_empty() {
            continue;
        }
        let mentions = find::mentions(core, line.number, text).await?;
        let outgoing = Outgoing { text: text.to_owned(), reply_to, mentions, ..Outgoing::default() };
        let id = core.send_message(line.number, outgoing).await.map_err(|error| failed(error.into()))?;
        kept += 1;
        out.result(&queued(line, id), "")?;
        // Whoever writes the next line may wait for this one.
        out.flush()?;
    }
    let called = Chat::of(core, line).called();
    out.remark(&format!("{kept} messages kept for {called}; they leave with the next `beseda sync`."))
}

fn queued(line: &ChatLine, id: MessageId) -> Value {
    json!({ "id": id, "chat": line.id, "state": "queued" })
}

pub async fn forward(core: &Core, messages: &[String], to: &str, out: &mut Output) -> Result<()> {
    let line = core.find_chat(to).await?;
    let mut ids = Vec::with_capacity(messages.len());
    for text in messages {
        ids.push(find::message(core, text).await?.id);
    }
    core.forward_messages(&ids, line.number).await?;
    let called = Chat::of(core, &line).called();
    out.result(
        &json!({ "chat": line.id, "messages": ids }),
        &format!("Forwarded to {called}; it leaves with the next `beseda sync`."),
    )
}

pub async fn edit(core: &Core, message: &str, text: &str, out: &mut Output) -> Result<()> {
    let found = find::message(core, message).await?;
    let mentions = find::mentions(core, found.chat, text).await?;
    core.edit_message(found.chat, found.id, text, mentions).await?;
    done(core, &found, "Edited; others see it after the next `beseda sync`.", out).await
}

pub async fn delete(core: &Core, message: &str, for_me: bool, out: &mut Output) -> Result<()> {
    let found = find::message(core, message).await?;
    if for_me {
        core.delete_for_me(found.chat, found.id).await?;
        return done(core, &found, "Deleted here; nobody else learns of it.", out).await;
    }
    core.delete_for_everyone(found.chat, found.id).await?;
    done(core, &found, "Deleted here; elsewhere with the next `beseda sync`.", out).await
}

/// Tells that something was done with a message.
///
/// # Errors
/// When the store fails, or stdout is closed.
pub async fn done(
    core: &Core,
    message: &beseda_core::store::messages::Message,
    text: &str,
    out: &mut Output,
) -> Result<()> {
    let chat = core.chat(message.chat).await?.id;
    out.result(&json!({ "message": message.id, "chat": chat }), text)
}

pub async fn history(core: &Core, message: &str, out: &mut Output) -> Result<()> {
    let found = find::message(core, message).await?;
    for version in core.versions(found.id).await? {
        let mentions: Vec<Mentioned> = version.mentions.into_iter().map(Mentioned::from).collect();
        let head = view::local(version.at);
        let indent = format!("\n{}", " ".repeat(head.len() + 2));
        let text = format!("{head}  {}", shown(&version.text).replace('\n', &indent));
        out.result(&json!({ "text": version.text, "mentions": mentions, "at": version.at }), &text)?;
    }
    Ok(())
}

pub async fn log(core: &Core, log: &Log, out: &mut Output) -> Result<()> {
    let line = core.find_chat(&log.chat).await?;
    let (chat, limit) = (line.number, log.limit);
    let one = async |text: &str| find::message_of(core, chat, text).await;
    // One more than asked for tells whether there are more.
    let more = limit.saturating_add(1);
    let (mut page, forward) = if let Some(after) = &log.after {
        (core.log_from(chat, one(after).await?, false, more).await?, true)
    } else if let Some(date) = &log.date {
        (core.log_at(chat, find::day(date)?, more).await?, true)
    } else if let Some(around) = &log.around {
        let around = one(around).await?;
        let half = limit / 2;
        let mut page = core.log(chat, half.saturating_add(1), Some(around)).await?;
        page.extend(core.log_from(chat, around, true, limit - half).await?);
        // The one more is before it here.
        return show(core, page, limit, false, out).await;
    } else {
        let before = match &log.before {
            Some(before) => Some(one(before).await?),
            None => None,
        };
        (core.log(chat, more, before).await?, false)
    };
    if forward && page.len() > limit as usize {
        page.truncate(limit as usize);
        let last = page.last().map(|message| message.id);
        show(core, page, limit, true, out).await?;
        return match last {
            Some(last) => out.remark(&format!("(newer ones: --after {last})")),
            None => Ok(()),
        };
    }
    show(core, page, limit, forward, out).await
}

async fn show(
    core: &Core,
    mut page: Vec<beseda_core::store::messages::Message>,
    limit: u32,
    forward: bool,
    out: &mut Output,
) -> Result<()> {
    let older = !forward && page.len() > limit as usize;
    if older {
        page.remove(0);
    }
    if let Some(first) = page.first().filter(|_| older) {
        out.remark(&format!("(older ones: --before {})", first.id))?;
    }
    tell(&view::said(core, page).await?, out)
}

/// Messages, a line each.
///
/// # Errors
/// When stdout is closed.
pub fn tell(page: &[Said], out: &mut Output) -> Result<()> {
    let width = page.iter().map(|said| said.author().chars().count()).max().unwrap_or_default();
    for said in page {
        out.result(said, &said.line(width))?;
    }
    Ok(())
}
