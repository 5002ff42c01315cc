//! Say something in a chat. Durable on this device when it returns, with or without a relay.

use beseda_protocol::{MessageId, limits};

use crate::{
    device::Device,
    document::{Fact, Forwarded, Mention, Poll, With, fact},
    domain::{ChatNo, Millis},
    error::{Error, Result},
    store::{
        Durability, Touched, Tx,
        chats::{self, ChatState, PutIn, Status},
        members, messages, say,
    },
};

/// What is to be said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outgoing {
    /// Markdown.
    pub text: String,
    /// A message of the same chat.
    pub reply_to: Option<MessageId>,
    pub mentions: Vec<Mention>,
    pub forwarded: Option<Forwarded>,
    pub poll: Option<Poll>,
}

impl From<&str> for Outgoing {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }
}

impl From<&String> for Outgoing {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

/// # Errors
/// [`Error::BadText`] when the text is empty or over [`limits::MESSAGE_TEXT_BYTES`], or the poll has too few or too many
/// options; [`Error::NoSuchMessage`] when it answers a message of another chat; [`Error::NotMember`];
/// [`Error::Forbidden`] for who may not write in this chat; [`Error::DiskFull`]. Then nothing was sent or stored.
pub async fn send_message(device: &Device, chat: ChatNo, outgoing: Outgoing) -> Result<(MessageId, Touched)> {
    let fact = fact(device.now(), outgoing)?;
    let (mut tx, state) = device.store.begin_in(Durability::Process, chat).await?;
    may_post_in(&mut tx, device, &state, answers(&fact)).await?;
    answers_here(&mut tx, &state, &fact).await?;
    let (ids, touched) =
        say::say_and_commit(tx, &device.keys, device.me, &state, vec![fact], device.now()).await?;
    Ok((only(&ids)?, touched))
}

/// The same, within a transaction.
pub(super) async fn say_message(
    tx: &mut Tx<'_>,
    device: &Device,
    chat: ChatNo,
    fact: Fact,
) -> Result<MessageId> {
    let state = may_post(tx, device, chat, answers(&fact)).await?;
    answers_here(tx, &state, &fact).await?;
    let ids = say::say(tx, &device.keys, device.me, &state, vec![fact], device.now()).await?;
    only(&ids)
}

fn answers(fact: &Fact) -> bool {
    matches!(fact, Fact::Message { with: With { reply_to: Some(_), .. }, .. })
}

async fn answers_here(tx: &mut Tx<'_>, state: &ChatState, fact: &Fact) -> Result<()> {
    if let Fact::Message { with: With { reply_to: Some(reply_to), .. }, .. } = fact {
        in_chat(tx, state.number, *reply_to).await?;
    }
    Ok(())
}

fn only(ids: &[MessageId]) -> Result<MessageId> {
    ids.first().copied().ok_or(Error::Damaged("a message without an id"))
}

/// The chat, if this person may write messages into it; `answers`: such as answer others.
pub(super) async fn may_post(
    tx: &mut Tx<'_>,
    device: &Device,
    chat: ChatNo,
    answers: bool,
) -> Result<ChatState> {
    let state = chats::state(tx, chat).await?;
    may_post_in(tx, device, &state, answers).await?;
    Ok(state)
}

async fn may_post_in(tx: &mut Tx<'_>, device: &Device, state: &ChatState, answers: bool) -> Result<()> {
    speaks_in(state)?;
    if !state.rights.may_write(state.kind, false, answers)
        && !members::is_admin(tx, state.number, device.me.number).await?
    {
        return Err(beseda_protocol::membership::Refusal::NotAdmin.into());
    }
    Ok(())
}

/// The chat, if this person is in it.
pub(super) async fn may_speak(tx: &mut Tx<'_>, chat: ChatNo) -> Result<ChatState> {
    let state = chats::state(tx, chat).await?;
    speaks_in(&state)?;
    Ok(state)
}

/// This person is in the chat, wants to be, and it is the one in which they speak.
pub(super) fn speaks_in(state: &ChatState) -> Result<()> {
    if state.status != Status::Active || state.leaving {
        return Err(Error::NotMember);
    }
    if state.put_in != PutIn::No {
        return Err(Error::NotAccepted);
    }
    if state.goes_on_in.is_some() {
        return Err(Error::BadText("you have another chat with the same person, in which this one goes on"));
    }
    Ok(())
}

/// The message, if it is in this chat.
pub(super) async fn in_chat(tx: &mut Tx<'_>, chat: ChatNo, id: MessageId) -> Result<messages::Target> {
    messages::target(tx, id).await?.filter(|target| target.chat == chat).ok_or(Error::NoSuchMessage)
}

/// A text as it may be sent.
pub(super) fn clean(text: &str) -> Result<String> {
    let text = text.trim_matches(['\n', '\r', ' ', '\t']);
    if text.is_empty() {
        return Err(Error::BadText("a message cannot be empty"));
    }
    if text.len() > limits::MESSAGE_TEXT_BYTES {
        return Err(Error::BadText("a message has at most 64 KiB: send it in parts"));
    }
    Ok(text.to_owned())
}

/// Mentions that stand in the text; others are of names the person has typed over.
pub(super) fn standing(text: &str, mentions: Vec<Mention>) -> Vec<Mention> {
    let mut standing: Vec<Mention> = Vec::new();
    for mention in mentions {
        if text.contains(&format!("@{}", mention.name)) && !standing.contains(&mention) {
            standing.push(mention);
        }
    }
    standing.truncate(fact::MENTIONS);
    standing
}

/// # Errors
/// As [`send_message`].
pub(super) fn fact(sent_at: Millis, outgoing: Outgoing) -> Result<Fact> {
    let Outgoing { text, reply_to, mentions, forwarded, poll } = outgoing;
    let text = clean(&text)?;
    if poll.as_ref().is_some_and(|poll| !poll.is_valid()) {
        return Err(Error::BadText(
            "a poll has 2 to 12 options of at most 128 characters, none of them empty",
        ));
    }
    let mentions = standing(&text, mentions);
    Ok(Fact::Message { text, sent_at, with: With { reply_to, mentions, forwarded, poll, again: None } })
}
