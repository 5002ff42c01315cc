//! Commands about chats and who is in them.

use std::path::PathBuf;

use beseda_protocol::membership::{ChatKind, History, Who};
use clap::{Args, Subcommand, ValueEnum};

use super::Whom;

#[derive(Debug, Subcommand)]
pub enum Chat {
    /// Make a chat; it can be written to at once.
    Create {
        #[arg(long, default_value = "group")]
        kind: Kind,
        /// Needed for groups and blogs.
        #[arg(long, default_value = "")]
        title: String,
        #[arg(long, default_value = "")]
        description: String,
        /// A label that also serves as a folder.
        #[arg(long, default_value = "")]
        category: String,
        /// What newcomers read of what was said before them.
        #[arg(long, default_value = "all")]
        history: HistoryChoice,
    },
    /// All chats: pinned ones first, then the latest.
    List(Which),
    /// The categories in use, how many chats are in each, and what is unread there.
    Folders,
    /// Give a chat another title, description or category, for everyone in it.
    Edit {
        chat: String,
        #[arg(long, required_unless_present_any = ["description", "category", "picture"])]
        title: Option<String>,
        /// Empty: none.
        #[arg(long)]
        description: Option<String>,
        /// Empty: none.
        #[arg(long)]
        category: Option<String>,
        /// A JPEG, PNG or WebP file, made small; `-` takes the picture away.
        #[arg(long, value_name = "FILE")]
        picture: Option<PathBuf>,
    },
    /// Put a chat above all others in your list; nobody else learns of it, nor of the commands below.
    Pin {
        chat: String,
    },
    Unpin {
        chat: String,
    },
    /// Move a pinned chat one place among those pinned.
    Move {
        chat: String,
        to: Direction,
    },
    /// Put a chat away until something new comes that is not muted.
    Archive {
        chat: String,
    },
    Unarchive {
        chat: String,
    },
    /// Count nothing of a chat but what names you.
    Mute {
        chat: String,
        /// As long as that: 2h, 3d (m, h or d), or until a time as 2026-05-31T18:00. Without this: for ever.
        #[arg(long = "for", value_name = "TIME")]
        until: Option<String>,
    },
    Unmute {
        chat: String,
    },
    /// Put somebody into a group or blog without a link: it is a request to them, unless you are a contact of theirs.
    Add {
        chat: String,
        #[command(flatten)]
        whom: Whom,
    },
    /// Be in a chat that somebody has put you into: only then do they learn that anything has come.
    Accept {
        chat: String,
    },
    /// Do not be in a chat that somebody has put you into.
    Refuse {
        chat: String,
        /// Hear no more from them.
        #[arg(long)]
        block: bool,
    },
    /// Show all about a chat: also its description, who made it and when.
    Show {
        chat: String,
    },
    /// Of which messages of a chat your windows tell you while it is not muted: all, mentions (what names or answers
    /// you), nothing.
    Notify {
        chat: String,
        #[arg(value_parser = crate::commands::arrange::level)]
        of: beseda_core::domain::Level,
    },
    /// Who is in a chat.
    Members {
        chat: String,
    },
    /// Put a person out of a chat; it takes effect when the relay has it.
    Remove {
        chat: String,
        member: String,
    },
    /// Make a member an admin; it takes effect when the relay has it.
    Promote {
        chat: String,
        member: String,
    },
    /// Make an admin an ordinary member; it takes effect when the relay has it.
    Demote {
        chat: String,
        member: String,
    },
    /// Hand the chat over to another member; you stay an admin.
    HandOver {
        chat: String,
        member: String,
    },
    /// Show who may do what in a chat, or change it; it takes effect when the relay has it.
    Rights {
        chat: String,
        /// Who writes messages.
        #[arg(long)]
        write: Option<Open>,
        /// In a blog: who answers its posts.
        #[arg(long)]
        comment: Option<Open>,
        /// Who lets others in.
        #[arg(long)]
        add: Option<Open>,
        /// Who pins messages.
        #[arg(long)]
        pin: Option<Open>,
        /// Who changes title, description and category.
        #[arg(long)]
        info: Option<Open>,
    },
    /// Change what newcomers read of what was said before them; it takes effect when the relay has it.
    History {
        chat: String,
        history: HistoryChoice,
    },
    /// Leave a chat; what was said stays readable here. An owner hands it over before.
    Leave {
        chat: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum HistoryChoice {
    /// All of it.
    All,
    /// Only what is said from their joining on.
    FromJoining,
}

impl From<HistoryChoice> for History {
    fn from(choice: HistoryChoice) -> Self {
        match choice {
            HistoryChoice::All => Self::All,
            HistoryChoice::FromJoining => Self::FromJoining,
        }
    }
}

/// Whom something in a chat is open to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Open {
    Admins,
    Everyone,
}

impl From<Open> for Who {
    fn from(open: Open) -> Self {
        match open {
            Open::Admins => Self::Admins,
            Open::Everyone => Self::Everyone,
        }
    }
}

#[derive(Debug, Args)]
pub struct Which {
    /// Only those of this category.
    #[arg(long)]
    pub category: Option<String>,
    /// Only those with something unread.
    #[arg(long)]
    pub unread: bool,
    /// Only those that are archived.
    #[arg(long)]
    pub archived: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Direction {
    Up,
    Down,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Kind {
    /// Two people.
    Dialog,
    Group,
    /// Admins post, everyone reads.
    Blog,
}

impl From<Kind> for ChatKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Dialog => Self::Dialog,
            Kind::Group => Self::Group,
            Kind::Blog => Self::Blog,
        }
    }
}
