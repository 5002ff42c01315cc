//! A message with everything that is said about it.

use std::collections::{HashMap, hash_map::Entry};

use beseda_core::{
    Core, Error,
    document::Mention,
    domain::{ChatNo, Millis},
    markup,
    store::{
        annotations::{self, ReactionCount},
        chats::ChatLine,
        messages::{Message, flag},
    },
    timeline::FailReason,
    window::fail_reason,
};
use beseda_protocol::{ChatId, MessageId, UserId};
use serde::Serialize;

use super::{Marks, local, short};
use crate::{
    failure::Result,
    output::{shown, shown_line},
};

/// Longest line of the message that is answered, in characters.
const QUOTE_CHARS: usize = 40;

#[derive(Debug, Clone, Serialize)]
pub struct Said {
    pub id: MessageId,
    pub chat: ChatId,
    pub author: UserId,
    pub author_name: String,
    pub mine: bool,
    pub text: String,
    pub at: Millis,
    pub sent_at: Millis,
    pub state: &'static str,
    pub reason: Option<&'static str>,
    pub edited: bool,
    pub deleted: bool,
    pub pinned: bool,
    pub saved: bool,
    pub names_me: bool,
    pub reply_to: Option<MessageId>,
    pub mentions: Vec<Mentioned>,
    pub forwarded: Option<From>,
    pub reactions: Vec<Reaction>,
    pub readers: u32,
    pub poll: Option<Poll>,
    /// For people: whom it answers, and the beginning of what they said.
    #[serde(skip)]
    quote: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Mentioned {
    pub name: String,
    /// `None`: everyone.
    pub user: Option<UserId>,
}

impl std::convert::From<Mention> for Mentioned {
    fn from(mention: Mention) -> Self {
        Self { name: mention.name, user: mention.user }
    }
}

/// Where a message was before.
#[derive(Debug, Clone, Serialize)]
pub struct From {
    pub author: String,
    pub user: Option<UserId>,
    pub chat: String,
    pub sent_at: Millis,
}

#[derive(Debug, Clone, Serialize)]
pub struct Reaction {
    pub emoji: String,
    pub count: u32,
    pub mine: bool,
}

#[derive(Debug, Clone, Serialize)]
pub struct Poll {
    pub several: bool,
    pub voters: usize,
    pub options: Vec<PollOption>,
}

#[derive(Debug, Clone, Serialize)]
pub struct PollOption {
    pub text: String,
    pub votes: usize,
    pub mine: bool,
}

/// Messages as they are printed, in the order given; they may be of several chats.
///
/// # Errors
/// When the store fails.
pub async fn said(core: &Core, messages: Vec<Message>) -> Result<Vec<Said>> {
    let mut lines: HashMap<ChatNo, ChatLine> = HashMap::new();
    let mut of_chat: HashMap<ChatNo, Vec<Message>> = HashMap::new();
    for message in &messages {
        if let Entry::Vacant(line) = lines.entry(message.chat) {
            line.insert(core.chat(message.chat).await?);
        }
        of_chat.entry(message.chat).or_default().push(message.clone());
    }
    let mut readers: HashMap<MessageId, u32> = HashMap::new();
    for (chat, mut messages) in of_chat {
        messages.sort_by_key(|message| message.place);
        let counts = core.count_readers(chat, &messages).await?;
        readers.extend(messages.iter().map(|message| message.id).zip(counts));
    }
    let mut said = Vec::with_capacity(messages.len());
    for message in messages {
        let readers = readers.get(&message.id).copied().unwrap_or_default();
        let Some(line) = lines.get(&message.chat) else { continue };
        said.push(one(core, line, message, readers).await?);
    }
    Ok(said)
}

async fn one(core: &Core, line: &ChatLine, message: Message, readers: u32) -> Result<Said> {
    let me = core.device().me;
    let (row, mine) = (message.place.row(message.chat), message.author == me.id);
    let is = |flag| message.is(flag);
    let (mut reactions, mut votes) = (vec![], vec![]);
    if is(flag::ANNOTATED) {
        let mut reader = core.device().store.readers().acquire().await.map_err(Error::from)?;
        let counts = annotations::reactions(&mut reader, me.number, row, row).await?.remove(&row);
        let reaction = |ReactionCount { emoji, count, mine }| Reaction { emoji, count, mine };
        reactions = counts.unwrap_or_default().into_iter().map(reaction).collect();
        votes = annotations::votes(&mut reader, row, row).await?.remove(&row).unwrap_or_default();
    }
    let poll = message.extra.poll.as_ref().map(|poll| Poll {
        several: poll.several,
        voters: votes.len(),
        options: (0..)
            .zip(&poll.options)
            .map(|(n, text)| PollOption {
                text: text.clone(),
                votes: votes.iter().filter(|(_, bits)| bits >> n & 1 == 1).count(),
                mine: votes.iter().any(|(user, bits)| *user == me.number && bits >> n & 1 == 1),
            })
            .collect(),
    });
    let quote = match message.reply_to {
        Some(id) => Some(quote(core, id).await?),
        None => None,
    };
    Ok(Said {
        id: message.id,
        chat: line.id,
        author: message.author,
        mine,
        at: message.at,
        sent_at: message.sent_at,
        state: Marks::of(line).state(message.place, message.failed, mine),
        reason: fail_reason(message.failed).map(|reason| match reason {
            FailReason::NotMember => "not_member",
            FailReason::Refused => "refused",
        }),
        edited: is(flag::EDITED),
        deleted: is(flag::DELETED),
        pinned: is(flag::PINNED),
        saved: is(flag::SAVED),
        names_me: is(flag::NAMES_ME),
        reply_to: message.reply_to,
        forwarded: message.extra.forwarded.map(|from| From {
            author: from.author,
            user: from.user,
            chat: from.chat,
            sent_at: from.sent_at,
        }),
        mentions: message.extra.mentions.into_iter().map(Mentioned::from).collect(),
        reactions,
        readers,
        poll,
        quote,
        author_name: message.author_name,
        text: message.text,
    })
}

async fn quote(core: &Core, id: MessageId) -> Result<String> {
    Ok(match core.message(id).await {
        Ok(message) => {
            let text = markup::excerpt(&message.text, QUOTE_CHARS);
            format!("{}: {}", shown_line(&message.author_name), shown_line(&text))
        }
        Err(Error::NoSuchMessage) => "a message that is gone".to_owned(),
        Err(error) => return Err(error.into()),
    })
}

impl Said {
    pub fn author(&self) -> String {
        let name = shown_line(&self.author_name);
        if name.is_empty() { short(&self.author) } else { name }
    }

    /// `width`: of the longest author around, in characters.
    pub fn line(&self, width: usize) -> String {
        self.line_with(width, &self.text)
    }

    /// The same with another text in its place.
    pub fn line_with(&self, width: usize, text: &str) -> String {
        let head = format!("{}  {}  {:<width$}  ", short(&self.id), local(self.at), self.author());
        let indent = format!("\n{}", " ".repeat(head.chars().count()));
        let mut body = String::new();
        if let Some(quote) = &self.quote {
            body.push_str(&format!("[to {quote}] "));
        }
        if let Some(from) = &self.forwarded {
            body.push_str(&format!("[from {}] ", shown_line(&from.author)));
        }
        body.push_str(if self.deleted { "(deleted)" } else { text });
        body.push_str(&self.remarks());
        for (n, option) in (1..).zip(self.poll.iter().flat_map(|poll| &poll.options)) {
            let mine = if option.mine { ", yours too" } else { "" };
            body.push_str(&format!("\n{n}. {} ({}{mine})", shown_line(&option.text), option.votes));
        }
        format!("{head}{}", shown(&body).replace('\n', &indent))
    }

    /// What else is to be said of it, briefly.
    fn remarks(&self) -> String {
        let mut remarks: Vec<String> = Vec::new();
        match (self.state, self.reason) {
            ("queued", _) => remarks.push("queued".to_owned()),
            ("failed", Some("not_member")) => remarks.push("not sent: no longer a member".to_owned()),
            ("failed", _) => remarks.push("not sent: the relay refuses it".to_owned()),
            _ => {}
        }
        for (_, word) in [(self.edited, "edited"), (self.pinned, "pinned"), (self.saved, "saved")]
            .iter()
            .filter(|(is, _)| *is)
        {
            remarks.push((*word).to_owned());
        }
        for Reaction { emoji, count, .. } in &self.reactions {
            remarks.push(if *count > 1 { format!("{emoji} {count}") } else { emoji.clone() });
        }
        if self.mine && self.readers > 0 {
            remarks.push(format!("read by {}", self.readers));
        }
        if remarks.is_empty() { String::new() } else { format!("  ({})", remarks.join(", ")) }
    }
}
