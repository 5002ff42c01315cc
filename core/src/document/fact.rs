//! One thing that an author has said, as self-describing CBOR: a message, a name, a mark.
//!
//! On the wire a fact is a map with `v` (format, 1), `k` (kind) and the kind's own fields. What this version does not
//! know it keeps and passes on as bytes and shows as [`Fact::Unknown`]; so decoding never fails, and whether a fact is
//! readable follows from its bytes alone. A kind grows by optional fields, which older apps ignore; a change that older
//! apps must not half-understand takes a new kind or a higher `v`.

use beseda_protocol::{MessageId, UserId, codec, limits};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::Own;

use super::Card;

/// Format of the facts this version writes; facts of a higher one are [`Fact::Unknown`].
const VERSION: u16 = 1;
/// Longest name of a kind, in bytes.
const KIND_BYTES: usize = 32;

const MESSAGE: &str = "message";
const PROFILE: &str = "profile";
const INFO: &str = "info";
const PICTURE: &str = "picture";
const LEAVE: &str = "leave";
const MARKS: &str = "marks";
const EDIT: &str = "edit";
const DELETE: &str = "delete";
const REACTION: &str = "reaction";
const PIN: &str = "pin";
const VOTE: &str = "vote";
const MOVE: &str = "move";

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    Message {
        /// Markdown.
        text: String,
        /// The author's own clock, in milliseconds since 1970. Never an order.
        sent_at: i64,
        with: With,
    },
    /// Another text for a message; counts only from its author. The one with the highest place stands.
    Edit {
        of: MessageId,
        text: String,
        mentions: Vec<Mention>,
        /// The author's own clock, in milliseconds since 1970.
        edited_at: i64,
    },
    /// Takes a message back, for everyone and for good; counts from its author and from admins.
    Delete { of: MessageId },
    /// One person's emoji at a message, put there or taken back. The last one counts.
    Reaction { of: MessageId, emoji: String, on: bool },
    /// For everyone; the last one counts. Only from who may pin in this chat.
    Pin { of: MessageId, on: bool },
    /// What one person chooses in a poll, by position; the last one counts, an empty one takes it back.
    Vote { of: MessageId, options: Vec<u8> },
    /// What the author tells of themselves in this chat. The one of the highest `rev` counts, of those the last.
    Profile(Box<Card>),
    /// What the chat is called; counts only from who may say it, which the projection decides.
    Info { title: String, description: String, category: String },
    /// What the chat is shown by; empty: nothing. Counts only from who may say what it is called; the last one counts.
    Picture { picture: Vec<u8> },
    /// How far the author has got; the last one counts. `None` stands before the first message.
    Marks { delivered: Option<MessageId>, read: Option<MessageId> },
    /// The author leaves the chat: nothing they say after it counts until they are let in again. The owner cannot.
    Leave,
    /// The author wants the chat to be at another relay (URL); counts from admins, and among equals from all.
    Move { relay: String },
    /// What a person's devices tell each other; it counts in their notes only.
    Own(Own),
    /// A newer kind, a newer format of a known kind, or something over a limit. `kind` is empty where not even that
    /// could be read.
    Unknown { kind: String },
}

/// What a message carries beside its text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct With {
    /// A message of the same chat.
    pub reply_to: Option<MessageId>,
    pub mentions: Vec<Mention>,
    pub forwarded: Option<Forwarded>,
    /// The message's text is the question.
    pub poll: Option<Poll>,
    /// The author has said this before: in this chat, or in a dialog with the same person that goes on in this one.
    pub again: Option<MessageId>,
}

/// Whom an `@name` in the text means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// As it stands in the text, without the `@`.
    pub name: String,
    /// `None`: everyone in the chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
}

/// Where a message was before. What the forwarder says: nobody else vouches for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forwarded {
    /// Name of the first author.
    pub author: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// Title of the chat it came from; empty where that is nobody else's business (dialogs).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub chat: String,
    /// When it was first sent, in milliseconds since 1970.
    pub sent_at: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Poll {
    /// 2 to 12.
    pub options: Vec<String>,
    /// More than one may be chosen.
    pub several: bool,
}

/// Most mentions of one message.
pub const MENTIONS: usize = 64;
/// Most options of a poll.
pub const POLL_OPTIONS: usize = 12;
/// Longest emoji of a reaction, in bytes: families and flags are sequences of several characters.
pub const EMOJI_BYTES: usize = 64;

/// Longest address of a relay, in bytes.
pub const RELAY_BYTES: usize = 256;

/// What every fact has, whatever its kind.
#[derive(Deserialize)]
struct Head {
    v: u16,
    k: String,
}

#[derive(Serialize)]
struct Tagged<'a, B> {
    v: u16,
    k: &'a str,
    #[serde(flatten)]
    body: B,
}

// Borrowed to write, owned to read: one struct serves both.
#[derive(Serialize, Deserialize)]
struct MessageBody<S> {
    text: S,
    sent_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reply_to: Option<MessageId>,
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    mentions: Vec<Mention>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    forwarded: Option<Forwarded>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    poll: Option<Poll>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    again: Option<MessageId>,
}

#[derive(Serialize, Deserialize)]
struct EditBody<S> {
    of: MessageId,
    text: S,
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    mentions: Vec<Mention>,
    edited_at: i64,
}

#[derive(Serialize, Deserialize)]
struct DeleteBody {
    of: MessageId,
}

#[derive(Serialize, Deserialize)]
struct ReactionBody<S> {
    of: MessageId,
    emoji: S,
    on: bool,
}

#[derive(Serialize, Deserialize)]
struct PinBody {
    of: MessageId,
    on: bool,
}

#[derive(Serialize, Deserialize)]
struct VoteBody {
    of: MessageId,
    options: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct InfoBody<S> {
    title: S,
    description: S,
    category: S,
}

#[derive(Serialize, Deserialize)]
struct PictureBody {
    #[serde(with = "serde_bytes")]
    picture: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct MarksBody {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delivered: Option<MessageId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    read: Option<MessageId>,
}

#[derive(Serialize, Deserialize)]
struct MoveBody<S> {
    relay: S,
}

#[derive(Serialize)]
struct NoBody {}

/// A fact of a kind as CBOR.
pub(super) fn tagged<B: Serialize>(kind: &str, body: B) -> Vec<u8> {
    codec::encode(&Tagged { v: VERSION, k: kind, body })
}

/// The kind's own fields.
pub(super) fn body<B: DeserializeOwned>(bytes: &[u8]) -> Option<B> {
    codec::decode(bytes, limits::CHANGE_BYTES).ok()
}

impl Fact {
    /// The fact as CBOR. Encode only what [`Fact::is_readable`]; others would read the rest as unknown.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Message { text, sent_at, with } => tagged(
                MESSAGE,
                MessageBody {
                    text: text.as_str(),
                    sent_at: *sent_at,
                    reply_to: with.reply_to,
                    mentions: with.mentions.clone(),
                    forwarded: with.forwarded.clone(),
                    poll: with.poll.clone(),
                    again: with.again,
                },
            ),
            Self::Edit { of, text, mentions, edited_at } => tagged(
                EDIT,
                EditBody { of: *of, text: text.as_str(), mentions: mentions.clone(), edited_at: *edited_at },
            ),
            Self::Delete { of } => tagged(DELETE, DeleteBody { of: *of }),
            Self::Reaction { of, emoji, on } => {
                tagged(REACTION, ReactionBody { of: *of, emoji: emoji.as_str(), on: *on })
            }
            Self::Pin { of, on } => tagged(PIN, PinBody { of: *of, on: *on }),
            Self::Vote { of, options } => tagged(VOTE, VoteBody { of: *of, options: options.clone() }),
            Self::Profile(card) => tagged(PROFILE, &**card),
            Self::Info { title, description, category } => tagged(
                INFO,
                InfoBody {
                    title: title.as_str(),
                    description: description.as_str(),
                    category: category.as_str(),
                },
            ),
            Self::Picture { picture } => tagged(PICTURE, PictureBody { picture: picture.clone() }),
            Self::Marks { delivered, read } => {
                tagged(MARKS, MarksBody { delivered: *delivered, read: *read })
            }
            Self::Leave => tagged(LEAVE, NoBody {}),
            Self::Move { relay } => tagged(MOVE, MoveBody { relay: relay.as_str() }),
            Self::Own(own) => own.encode(),
            Self::Unknown { kind } => tagged(kind, NoBody {}),
        }
    }

    /// Reads a fact. Never fails and never panics: what cannot be read is [`Fact::Unknown`].
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Self {
        let Ok(head) = codec::decode::<Head>(bytes, limits::CHANGE_BYTES) else {
            return Self::Unknown { kind: String::new() };
        };
        let known = (head.v == VERSION).then(|| Self::decode_known(&head.k, bytes)).flatten();
        known.filter(Self::is_readable).unwrap_or_else(|| Self::Unknown {
            kind: if head.k.len() <= KIND_BYTES { head.k } else { String::new() },
        })
    }

    fn decode_known(kind: &str, bytes: &[u8]) -> Option<Self> {
        match kind {
            MESSAGE => body(bytes).map(
                |MessageBody { text, sent_at, reply_to, mentions, forwarded, poll, again }| {
                    let with = With { reply_to, mentions, forwarded, poll, again };
                    Self::Message { text, sent_at, with }
                },
            ),
            EDIT => body(bytes).map(|EditBody { of, text, mentions, edited_at }| Self::Edit {
                of,
                text,
                mentions,
                edited_at,
            }),
            DELETE => body(bytes).map(|DeleteBody { of }| Self::Delete { of }),
            REACTION => body(bytes).map(|ReactionBody { of, emoji, on }| Self::Reaction { of, emoji, on }),
            PIN => body(bytes).map(|PinBody { of, on }| Self::Pin { of, on }),
            VOTE => body(bytes).map(|VoteBody { of, options }| Self::Vote { of, options }),
            PROFILE => body(bytes).map(|card| Self::Profile(Box::new(card))),
            INFO => body(bytes).map(|InfoBody { title, description, category }| Self::Info {
                title,
                description,
                category,
            }),
            PICTURE => body(bytes).map(|PictureBody { picture }| Self::Picture { picture }),
            MARKS => body(bytes).map(|MarksBody { delivered, read }| Self::Marks { delivered, read }),
            LEAVE => Some(Self::Leave),
            MOVE => body(bytes).map(|MoveBody { relay }| Self::Move { relay }),
            _ => Own::decode(kind, bytes).map(Self::Own),
        }
    }

    /// Every app of this version reads it as what it is: a known kind within the limits of
    /// [`beseda_protocol::limits`].
    #[must_use]
    pub fn is_readable(&self) -> bool {
        let title = |text: &str| text.chars().count() <= limits::TITLE_CHARS;
        let mentions = |named: &[Mention]| {
            named.len() <= MENTIONS && named.iter().all(|one| !one.name.is_empty() && title(&one.name))
        };
        match self {
            Self::Message { text, with, .. } => {
                let forwarded = |from: &Forwarded| title(&from.author) && title(&from.chat);
                text.len() <= limits::MESSAGE_TEXT_BYTES
                    && mentions(&with.mentions)
                    && with.forwarded.as_ref().is_none_or(forwarded)
                    && with.poll.as_ref().is_none_or(Poll::is_valid)
            }
            Self::Edit { text, mentions: named, .. } => {
                text.len() <= limits::MESSAGE_TEXT_BYTES && mentions(named)
            }
            Self::Picture { picture } => picture.len() <= limits::PICTURE_BYTES,
            Self::Delete { .. } | Self::Pin { .. } => true,
            Self::Reaction { emoji, .. } => is_emoji(emoji),
            Self::Vote { options, .. } => options.len() <= POLL_OPTIONS,
            Self::Profile(card) => card.is_valid(),
            Self::Info { title: name, description, category } => {
                title(name) && title(category) && description.chars().count() <= limits::DESCRIPTION_CHARS
            }
            Self::Marks { .. } | Self::Leave => true,
            Self::Move { relay } => !relay.is_empty() && relay.len() <= RELAY_BYTES,
            Self::Own(own) => own.is_readable(),
            Self::Unknown { .. } => false,
        }
    }
}

impl Fact {
    /// The message that it says something about.
    #[must_use]
    pub fn of(&self) -> Option<MessageId> {
        match self {
            Self::Edit { of, .. }
            | Self::Delete { of }
            | Self::Reaction { of, .. }
            | Self::Pin { of, .. }
            | Self::Vote { of, .. } => Some(*of),
            _ => None,
        }
    }
}

impl Poll {
    /// 2 to [`POLL_OPTIONS`] options, each a line that is neither empty nor longer than a title.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        (2..=POLL_OPTIONS).contains(&self.options.len())
            && self
                .options
                .iter()
                .all(|option| !option.trim().is_empty() && option.chars().count() <= limits::TITLE_CHARS)
    }
}

/// Whether a text may stand as a reaction. By its bytes alone, so that every app of every age agrees: which sequences
/// are drawn as one emoji depends on the Unicode version.
#[must_use]
pub fn is_emoji(text: &str) -> bool {
    // Keycaps (`1\u{fe0f}\u{20e3}`) begin with a digit; everything else of ASCII is no part of an emoji.
    let foreign = |c: char| {
        let turns_text =
            matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        c.is_control() || c.is_whitespace() || c.is_alphabetic() || turns_text
    };
    (1..=EMOJI_BYTES).contains(&text.len()) && !text.is_ascii() && !text.chars().any(foreign)
}

#[cfg(test)]
mod tests;
