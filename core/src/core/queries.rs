//! What screens, scripts and tests ask.

use beseda_protocol::{ChatId, MessageId, Seq, link::MessageLink, membership::ChatKind};

use super::Core;
use crate::{
    actions::invite,
    document::Mention,
    domain::{ChatNo, Millis, Place},
    error::{Error, Result},
    people::picture,
    store::{
        account,
        annotations::{self, Reacted},
        chat_pictures,
        chats::{self, ChatLine, Creation},
        events::{self, EventLine},
        invitations::{self, Made},
        kept::{self, Scheduled},
        messages::{self, Extra, Message, flag},
        quarantine,
        readers::{self, Reader},
    },
};

/// Readers listed by name; beyond them there is the count.
const READERS_LISTED: u32 = 500;

/// How the notes, which have no title, are asked for.
const NOTES: &str = "notes";

/// Who has read a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readers {
    pub count: u32,
    /// At most 500.
    pub people: Vec<Reader>,
    /// This person shows nobody what they read, and so sees nobody's marks: nothing is counted.
    pub shown: bool,
}

/// Unread in all chats together; of those that are muted only what names this person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    pub unread: u32,
    /// Of the unread, those that name this person or everyone.
    pub mentions: u32,
    /// Chats that have nothing unread but bear the mark.
    pub marked: u32,
}

/// What an edited message said at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    pub text: String,
    pub mentions: Vec<Mention>,
    pub at: Millis,
}

/// A list of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageList {
    Links,
    Media,
    Files,
    Pinned,
    Mine,
    /// Of all chats.
    Saved,
}

/// A line of such a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub message: Message,
    /// In the list of links.
    pub url: Option<String>,
}

/// An id that begins with `digits` and goes on with `with`.
fn pad(digits: &str, with: char) -> std::result::Result<MessageId, beseda_protocol::ids::InvalidId> {
    let rest = (2 * MessageId::LEN).saturating_sub(digits.len());
    format!("{digits}{}", with.to_string().repeat(rest)).parse()
}

impl Core {
    /// The list of chats, newest first. The person's notes are among them once something was written there.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn chats(&self) -> Result<Vec<ChatLine>> {
        let mut lines = self.all_chats().await?;
        lines.retain(ChatLine::is_listed);
        Ok(lines)
    }

    /// With the notes, whether or not there is anything in them to see.
    pub(crate) async fn all_chats(&self) -> Result<Vec<ChatLine>> {
        let mut lines = self.device.store.chats(self.device.me.number).await?;
        if !account::read_receipts(&mut *self.reader().await?).await? {
            // Who shows nobody their marks sees nobody's.
            lines.iter_mut().for_each(|line| line.others_read = Place::FIRST);
        }
        Ok(lines)
    }

    /// When a chat was made, and by whom.
    ///
    /// # Errors
    /// When the store fails, or the chat is gone.
    pub async fn creation(&self, chat: ChatNo) -> Result<Creation> {
        chats::creation(&mut *self.reader().await?, chat).await
    }

    /// A chat's picture, if it may be shown.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn chat_picture(&self, chat: ChatNo) -> Result<Option<(picture::Kind, Vec<u8>)>> {
        let picture = chat_pictures::get(&mut *self.reader().await?, chat).await?;
        Ok(picture::look_at(&picture).map(|kind| (kind, picture)))
    }

    /// # Errors
    /// When the store fails, or the chat is gone.
    pub async fn chat(&self, chat: ChatNo) -> Result<ChatLine> {
        let mut reader = self.reader().await?;
        let mut line = chats::one(&mut reader, chat, self.device.me.number).await?;
        if !account::read_receipts(&mut reader).await? {
            line.others_read = Place::FIRST;
        }
        Ok(line)
    }

    /// # Errors
    /// [`Error::NoSuchChat`].
    pub async fn chat_by_id(&self, id: &str) -> Result<ChatNo> {
        let no_such = || Error::NoSuchChat(id.to_owned());
        let parsed: ChatId = id.parse().map_err(|_| no_such())?;
        let mut reader = self.reader().await?;
        match chats::find(&mut reader, parsed).await? {
            Some(chat) => Ok(chat),
            // The id that stood for it while we asked to come in: whoever holds it still means this chat.
            None => chats::asked_with(&mut reader, parsed.0).await?.ok_or_else(no_such),
        }
    }

    /// A chat by its id, a unique beginning of it, or its title.
    ///
    /// # Errors
    /// [`Error::NoSuchChat`], [`Error::AmbiguousChat`].
    pub async fn find_chat(&self, text: &str) -> Result<ChatLine> {
        let lines = self.all_chats().await?;
        let wanted = text.trim().to_lowercase();
        let mut fits: Vec<_> = lines.iter().filter(|line| line.title.to_lowercase() == wanted).collect();
        if fits.is_empty() && wanted == NOTES {
            fits = lines.iter().filter(|line| line.kind == ChatKind::Notes).collect();
        }
        if fits.is_empty() && !wanted.is_empty() {
            fits = lines.iter().filter(|line| line.id.to_string().starts_with(&wanted)).collect();
        }
        match fits[..] {
            [line] => Ok(line.clone()),
            [] => Err(Error::NoSuchChat(text.to_owned())),
            _ => Err(Error::AmbiguousChat(text.to_owned())),
        }
    }

    /// What happened in a chat beside messages, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn events(&self, chat: ChatNo) -> Result<Vec<EventLine>> {
        events::between(&mut *self.reader().await?, chat, Place::FIRST, Place::END).await
    }

    /// The newest `limit` messages, or those before one; oldest first.
    ///
    /// # Errors
    /// [`Error::NoSuchMessage`].
    pub async fn log(&self, chat: ChatNo, limit: u32, before: Option<MessageId>) -> Result<Vec<Message>> {
        let mut reader = self.reader().await?;
        let before = match before {
            Some(id) => match messages::find(&mut reader, id).await? {
                Some((of, place)) if of == chat => place,
                _ => return Err(Error::NoSuchMessage),
            },
            None => Place::END,
        };
        messages::before(&mut reader, chat, before, limit).await
    }

    /// The first `limit` messages from one on, it included or not; oldest first.
    ///
    /// # Errors
    /// [`Error::NoSuchMessage`].
    pub async fn log_from(
        &self,
        chat: ChatNo,
        from: MessageId,
        included: bool,
        limit: u32,
    ) -> Result<Vec<Message>> {
        let mut reader = self.reader().await?;
        match messages::find(&mut reader, from).await? {
            Some((of, place)) if of == chat => {
                let from = Place(place.0 + i64::from(!included));
                messages::between(&mut reader, chat, from, Place::END, limit).await
            }
            _ => Err(Error::NoSuchMessage),
        }
    }

    /// The first `limit` messages that the relay accepted at a time or later; oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn log_at(&self, chat: ChatNo, at: Millis, limit: u32) -> Result<Vec<Message>> {
        let mut reader = self.reader().await?;
        let from = messages::first_at(&mut reader, chat, at).await?.unwrap_or(Place::queued(0));
        messages::between(&mut reader, chat, from, Place::END, limit).await
    }

    /// One message, whichever chat it is in.
    ///
    /// # Errors
    /// [`Error::NoSuchMessage`] when it is not here or nothing is left of it.
    pub async fn message(&self, id: MessageId) -> Result<Message> {
        messages::one(&mut *self.reader().await?, id)
            .await?
            .filter(|message| !message.is(flag::GONE))
            .ok_or(Error::NoSuchMessage)
    }

    /// The messages whose id begins with these hexadecimal digits, two of them at most: one is the one that is meant.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn messages_starting(&self, digits: &str) -> Result<Vec<MessageId>> {
        let (Ok(from), Ok(to)) = (pad(digits, '0'), pad(digits, 'f')) else { return Ok(vec![]) };
        messages::ids_between(&mut *self.reader().await?, from, to).await
    }

    /// What a message said, the first text first; one version where it was never edited.
    ///
    /// # Errors
    /// [`Error::NoSuchMessage`].
    pub async fn versions(&self, id: MessageId) -> Result<Vec<Version>> {
        let message = self.message(id).await?;
        let row = message.place.row(message.chat);
        let rows = annotations::versions(&mut *self.reader().await?, row).await?;
        if rows.is_empty() {
            let Message { text, extra: Extra { mentions, .. }, at, .. } = message;
            return Ok(vec![Version { text, mentions, at }]);
        }
        Ok(rows.into_iter().map(|(text, extra, at)| Version { text, mentions: extra.mentions, at }).collect())
    }

    /// Who reacted to a message; at most 1,000.
    ///
    /// # Errors
    /// [`Error::NoSuchMessage`].
    pub async fn reacted(&self, id: MessageId) -> Result<Vec<Reacted>> {
        let message = self.message(id).await?;
        annotations::reacted(&mut *self.reader().await?, message.place.row(message.chat)).await
    }

    /// Who has read a message.
    ///
    /// # Errors
    /// [`Error::NoSuchMessage`].
    pub async fn readers(&self, id: MessageId) -> Result<Readers> {
        let message = self.message(id).await?;
        let mut reader = self.reader().await?;
        let shown = account::read_receipts(&mut reader).await?;
        if !shown || message.place.is_queued() {
            return Ok(Readers { count: 0, people: vec![], shown });
        }
        let Message { chat, place, author_no, .. } = message;
        let count = readers::counts(&mut reader, chat, &[(place, author_no)]).await?;
        let people = readers::list(&mut reader, chat, place, author_no, READERS_LISTED).await?;
        Ok(Readers { count: count.first().copied().unwrap_or_default(), people, shown })
    }

    /// Of each message how many others have read it. `messages` are of one chat and in its order.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn count_readers(&self, chat: ChatNo, messages: &[Message]) -> Result<Vec<u32>> {
        let mut reader = self.reader().await?;
        let places: Vec<_> = messages
            .iter()
            .filter(|message| !message.place.is_queued())
            .map(|message| (message.place, message.author_no))
            .collect();
        let mut counts = if account::read_receipts(&mut reader).await? {
            readers::counts(&mut reader, chat, &places).await?
        } else {
            vec![]
        };
        counts.resize(messages.len(), 0);
        Ok(counts)
    }

    /// Invitations that this device has made into a chat, the newest first; at most 1,000.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn invitations(&self, chat: ChatNo) -> Result<Vec<Made>> {
        invitations::of_chat(&mut *self.reader().await?, chat).await
    }

    /// The link of an invitation of this device.
    #[must_use]
    pub fn invitation_link(&self, made: &Made) -> String {
        invite::link(&self.device, made).to_link()
    }

    /// Of chats that are muted only what names this person counts.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn totals(&self) -> Result<Totals> {
        let (unread, mentions, marked) = chats::totals(&mut *self.reader().await?, self.device.now()).await?;
        let count = |n: i64| u32::try_from(n).unwrap_or_default();
        Ok(Totals { unread: count(unread), mentions: count(mentions), marked: count(marked) })
    }

    /// The next message that names this person, after `after` or after what was read.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn next_mention(&self, chat: ChatNo, after: Option<MessageId>) -> Result<Option<MessageId>> {
        let mut reader = self.reader().await?;
        let read = chats::rights(&mut reader, chat, self.device.me.number).await?.read;
        let after = match after {
            Some(id) => messages::find(&mut reader, id).await?.map_or(read, |(_, place)| place),
            None => read,
        };
        let Some(place) = messages::next_naming_me(&mut reader, chat, after).await? else { return Ok(None) };
        Ok(messages::between(&mut reader, chat, place, place, 1).await?.first().map(|message| message.id))
    }

    /// A page of a list, newest first, after the message `before`.
    ///
    /// # Errors
    /// [`Error::NoSuchMessage`].
    pub async fn list(
        &self,
        chat: Option<ChatNo>,
        list: MessageList,
        before: Option<MessageId>,
        limit: u32,
    ) -> Result<Vec<Listed>> {
        let mut reader = self.reader().await?;
        let start = match before {
            Some(id) => Some(messages::find(&mut reader, id).await?.ok_or(Error::NoSuchMessage)?.1),
            None => None,
        };
        let place = start.unwrap_or(Place::END);
        let mut rows: Vec<(i64, Option<String>)> = Vec::new();
        let mut listed = Vec::new();
        match (list, chat) {
            (MessageList::Saved, _) => {
                let before = match before {
                    Some(id) => kept::saved_at(&mut reader, id).await?.ok_or(Error::NoSuchMessage)?,
                    None => Millis::MAX,
                };
                for (id, _) in kept::saved(&mut reader, before, limit).await? {
                    let message = messages::one(&mut reader, id).await?;
                    let message = message.filter(|message| !message.is(flag::GONE));
                    listed.extend(message.map(|message| Listed { message, url: None }));
                }
            }
            (MessageList::Mine, Some(chat)) => {
                let me = self.device.me.number;
                let mine = messages::of_author(&mut reader, chat, me, place, limit).await?;
                listed.extend(mine.into_iter().map(|message| Listed { message, url: None }));
            }
            (MessageList::Pinned, Some(chat)) => {
                let pins = annotations::pins(&mut reader, chat, place, limit).await?;
                rows.extend(pins.into_iter().map(|row| (row, None)));
            }
            (MessageList::Links, Some(chat)) => {
                let links = annotations::links(&mut reader, chat, place, limit).await?;
                rows.extend(links.into_iter().map(|(row, url)| (row, Some(url))));
            }
            // No message carries files yet.
            (MessageList::Media | MessageList::Files, _) | (_, None) => {}
        }
        for (row, url) in rows {
            let (chat, place) = Place::from_row(row);
            let message = messages::between(&mut reader, chat, place, place, 1).await?;
            listed.extend(message.into_iter().map(|message| Listed { message, url: url.clone() }));
        }
        Ok(listed)
    }

    /// How many messages are pinned in a chat.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn pinned(&self, chat: ChatNo) -> Result<u32> {
        annotations::count_pins(&mut *self.reader().await?, chat).await
    }

    /// What waits for its time, the next one first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn scheduled(&self) -> Result<Vec<Scheduled>> {
        kept::scheduled(&mut *self.reader().await?).await
    }

    /// Whether others learn what this person reads.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn read_receipts(&self) -> Result<bool> {
        account::read_receipts(&mut *self.reader().await?).await
    }

    /// A link that opens the message for whoever is in its chat.
    ///
    /// # Errors
    /// [`Error::NoSuchMessage`].
    pub async fn message_link(&self, id: MessageId) -> Result<String> {
        let message = self.message(id).await?;
        let chat = self.chat(message.chat).await?.id;
        Ok(MessageLink { chat, message: id }.to_link())
    }

    /// Where such a link leads.
    ///
    /// # Errors
    /// [`Error::NotALink`]; [`Error::NoSuchChat`] when this person is not in the chat; [`Error::NoSuchMessage`].
    pub async fn open_link(&self, link: &str) -> Result<Message> {
        let MessageLink { chat, message } = MessageLink::parse(link)?;
        let number = self.chat_by_id(&chat.to_string()).await?;
        let message = self.message(message).await?;
        if message.chat == number { Ok(message) } else { Err(Error::NoSuchMessage) }
    }

    /// Envelopes of a chat that are set aside: seq, whether it waits for others, why.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn quarantine(&self, chat: ChatNo) -> Result<Vec<(Seq, bool, String)>> {
        quarantine::list(&mut *self.reader().await?, chat).await
    }
}
