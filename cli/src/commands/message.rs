//! Writing messages, and reading them back.

use beseda_core::{Core, Error, store::chats::ChatLine};
use beseda_protocol::MessageId;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::{
    failure::{Exit, Failure, Result},
    output::Output,
    view::{Chat, Said},
};

pub async fn send(core: &Core, chat: &str, text: &str, out: &mut Output) -> Result<()> {
    let line = core.find_chat(chat).await?;
    let id = core.send_message(line.number, text).await?;
    let called = Chat::of(core, &line).called();
    out.result(&queued(&line, id), &format!("Kept for {called}; it leaves with the next `beseda sync`."))
}

/// A message a line. What was kept before a line that cannot be kept stays.
pub async fn send_lines(core: &Core, chat: &str, out: &mut Output) -> Result<()> {
    let line = core.find_chat(chat).await?;
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
        let id = core.send_message(line.number, text).await.map_err(|error| failed(error.into()))?;
        kept += 1;
        out.result(&queued(&line, id), "")?;
    }
    let called = Chat::of(core, &line).called();
    out.remark(&format!("{kept} messages kept for {called}; they leave with the next `beseda sync`."))
}

fn queued(line: &ChatLine, id: MessageId) -> Value {
    json!({ "id": id, "chat": line.id, "state": "queued" })
}

pub async fn log(core: &Core, chat: &str, limit: u32, before: Option<&str>, out: &mut Output) -> Result<()> {
    let line = core.find_chat(chat).await?;
    let before = match before {
        Some(id) => Some(id.parse::<MessageId>().map_err(|_| Error::NoSuchMessage)?),
        None => None,
    };
    // One more than asked for tells whether there are older ones.
    let mut page = core.log(line.number, limit.saturating_add(1), before).await?;
    let older = page.len() > limit as usize;
    if older {
        page.remove(0);
    }
    let page: Vec<Said> = page.into_iter().map(|message| Said::of(core, &line, message)).collect();
    if let Some(first) = page.first().filter(|_| older) {
        out.remark(&format!("(older ones: --before {})", first.id))?;
    }
    let width = page.iter().map(|said| said.author().chars().count()).max().unwrap_or_default();
    for said in &page {
        out.result(said, &said.line(width))?;
    }
    Ok(())
}
