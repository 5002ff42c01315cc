//! What a timeline is made from.

use std::{fmt, sync::Arc};

use beseda_protocol::{MessageId, UserId};

use crate::{
    document::Forwarded,
    domain::{Place, UserNo},
    markup::Markup,
    store::annotations::ReactionCount,
};

/// What an entry is, for as long as it lives; also when it gets its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryKey {
    Message(MessageId),
    /// Event `n` of the handshake at this seq of the log.
    Event(u64, u32),
}

impl fmt::Display for EntryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message(id) => write!(f, "message:{id}"),
            Self::Event(seq, n) => write!(f, "event:{seq}:{n}"),
        }
    }
}

/// A message or an event, in the order of the chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub place: Place,
    pub key: EntryKey,
    pub body: EntryBody,
    /// The time that is shown, in milliseconds since 1970: when the relay accepted it; for what it has not yet
    /// accepted, when it was written.
    pub at: i64,
    /// How many others have read the message.
    pub readers: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryBody {
    Message(Arc<MessageBody>),
    Event(ChatEvent),
}

/// What is shown of a message beside its place, its state and its readers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageBody {
    pub author_no: UserNo,
    pub author: UserId,
    pub author_name: String,
    /// By the person at this screen, from whichever device.
    pub mine: bool,
    /// By somebody whom this person has blocked.
    pub blocked: bool,
    /// Markdown; empty once deleted.
    pub text: String,
    pub markup: Markup,
    /// The author's own clock, in milliseconds since 1970.
    pub written_at: i64,
    pub failed: Option<FailReason>,
    /// Not yet at the relay.
    pub queued: bool,
    pub edited: bool,
    pub deleted: bool,
    pub pinned: bool,
    pub saved: bool,
    /// It names the person at this screen, or everyone.
    pub names_me: bool,
    pub reply: Option<Quote>,
    pub forwarded: Option<Forwarded>,
    pub reactions: Vec<ReactionCount>,
    pub poll: Option<PollState>,
    pub may: May,
}

/// What the person at this screen may do with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct May {
    pub edit: bool,
    /// For everyone.
    pub delete: bool,
    pub pin: bool,
}

/// The message that another one answers, in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    pub id: MessageId,
    /// Empty where the message is not here.
    pub author_name: String,
    pub text: String,
    /// It was deleted, or is not here.
    pub gone: bool,
}

/// A poll as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollState {
    pub options: Vec<PollOption>,
    pub several: bool,
    pub voters: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollOption {
    pub text: String,
    pub votes: u32,
    pub mine: bool,
}

/// A change of the chat itself, names resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChatEvent {
    Created {
        by: String,
    },
    Added {
        by: String,
        who: String,
    },
    Removed {
        by: String,
        who: String,
    },
    Left {
        by: String,
    },
    Promoted {
        by: String,
        who: String,
    },
    Demoted {
        by: String,
        who: String,
    },
    /// Has the chat from then on.
    Owner {
        by: String,
        who: String,
    },
    /// Who may do what.
    Rights {
        by: String,
    },
    /// `open`: newcomers may read what was said before them.
    History {
        by: String,
        open: bool,
    },
    /// Title, description or category.
    Info {
        by: String,
        title: String,
    },
}

/// Why a message will not be sent as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailReason {
    /// No longer a member of the chat.
    NotMember,
    /// The relay refuses it for ever, or its author might not write any more when it came there.
    Refused,
}

/// The highest places that any other member's device has received, and that any other member has read. Zero: none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks {
    pub delivered: Place,
    pub read: Place,
}
