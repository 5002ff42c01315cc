//! Commands about messages.

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub struct Sending {
    pub chat: String,
    #[arg(allow_hyphen_values = true, required_unless_present = "stdin", conflicts_with = "stdin")]
    pub text: Option<String>,
    /// Each line of stdin is a message; blank ones are skipped.
    #[arg(long)]
    pub stdin: bool,
    /// The message that this one answers.
    #[arg(long, value_name = "MESSAGE")]
    pub reply_to: Option<String>,
}

#[derive(Debug, Args)]
pub struct Log {
    pub chat: String,
    /// At most so many.
    #[arg(long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,
    /// Those before this message.
    #[arg(long, value_name = "MESSAGE", group = "from")]
    pub before: Option<String>,
    /// Those after this message.
    #[arg(long, value_name = "MESSAGE", group = "from")]
    pub after: Option<String>,
    /// This message in the middle of those around it.
    #[arg(long, value_name = "MESSAGE", group = "from")]
    pub around: Option<String>,
    /// Those from this day on, as 2026-05-31.
    #[arg(long, value_name = "DATE", group = "from")]
    pub date: Option<String>,
}

#[derive(Debug, Args)]
pub struct Search {
    /// Words, beginnings of words, pieces of three letters or more; "a phrase"; from: in: before: after: has:link
    /// has:file is:pinned.
    #[arg(allow_hyphen_values = true)]
    pub query: String,
    /// Only in this chat.
    #[arg(long)]
    pub chat: Option<String>,
    /// Those that fit best first, instead of the newest.
    #[arg(long, conflicts_with = "before")]
    pub best: bool,
    #[arg(long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,
    /// Go on where the page before ended.
    #[arg(long, value_name = "CURSOR", allow_hyphen_values = true)]
    pub before: Option<i64>,
}

#[derive(Debug, Args)]
pub struct List {
    pub chat: String,
    #[command(flatten)]
    pub page: Page,
}

#[derive(Debug, Args)]
pub struct Page {
    /// At most so many, the newest first.
    #[arg(long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,
    /// Those before this message.
    #[arg(long, value_name = "MESSAGE")]
    pub before: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum MessageCommand {
    /// Write a message. It is kept on this device when this returns, and leaves with the next `sync` or `watch`.
    ///
    /// `@Name` of a member, `@everyone` and `@все` become mentions.
    Send(Sending),
    /// Answer a message.
    Reply {
        message: String,
        #[arg(allow_hyphen_values = true)]
        text: String,
    },
    /// Say messages again in another chat, with who said them first.
    Forward {
        #[arg(required = true)]
        messages: Vec<String>,
        #[arg(long, value_name = "CHAT")]
        to: String,
    },
    /// Give a message of your own another text; what it said before stays to be seen.
    Edit {
        message: String,
        #[arg(allow_hyphen_values = true)]
        text: String,
    },
    /// Take a message back, for everyone: your own, and any where you are an admin.
    Delete {
        message: String,
        /// Only here; nobody else learns of it.
        #[arg(long)]
        for_me: bool,
    },
    /// Show what a message said, the first text first.
    History {
        message: String,
    },
    /// Show the newest messages of a chat, or those at another place, oldest first.
    Log(Log),
    /// Find messages by their words.
    Search(Search),
    /// Put an emoji at a message, or take it back.
    React {
        message: String,
        emoji: String,
        #[arg(long)]
        off: bool,
    },
    /// Show who reacted to a message.
    Reactions {
        message: String,
    },
    /// Show who has read a message.
    Readers {
        message: String,
    },
    /// Ask a question with options to choose from.
    Poll {
        chat: String,
        #[arg(allow_hyphen_values = true)]
        question: String,
        #[arg(required = true, num_args = 2..)]
        options: Vec<String>,
        /// More than one may be chosen.
        #[arg(long)]
        several: bool,
    },
    /// Choose in a poll by number, from 1; no number takes the vote back.
    Vote {
        message: String,
        #[arg(value_parser = clap::value_parser!(u8).range(1..=12))]
        options: Vec<u8>,
    },
    /// Pin a message for all.
    Pin {
        message: String,
    },
    /// Take a pin away.
    Unpin {
        message: String,
    },
    /// Show what is pinned in a chat.
    Pins(List),
    /// Save a message for yourself; nobody else learns of it.
    Save {
        message: String,
    },
    Unsave {
        message: String,
    },
    /// Show what you saved, in all chats.
    Saved(#[command(flatten)] Page),
    /// Show the web addresses in the messages of a chat.
    Links(List),
    /// Show your own messages in a chat.
    Mine(List),
    /// Show the unread messages that name you or everyone.
    Mentions {
        chat: String,
    },
    /// Mark everything in a chat as read, or everything up to a message.
    Read {
        chat: String,
        message: Option<String>,
    },
    /// Mark a chat as unread.
    Unread {
        chat: String,
    },
    /// Count what is unread in all chats.
    Totals,
    /// Send a message later. It leaves with the first command, or `watch`, from that time on.
    Schedule {
        chat: String,
        #[arg(allow_hyphen_values = true)]
        text: String,
        /// As 2026-05-31T18:00, 18:00 (the next one), or +90m (m, h or d).
        #[arg(long, value_name = "TIME")]
        at: String,
        /// The message that this one answers.
        #[arg(long, value_name = "MESSAGE")]
        reply_to: Option<String>,
    },
    /// Show what is to be sent later, the next one first.
    Scheduled,
    /// Call back a message that is to be sent later.
    Unschedule {
        number: i64,
    },
    /// Print a link that opens a message for whoever is in its chat.
    Link {
        message: String,
    },
    /// Show the message that a link leads to.
    Open {
        link: String,
    },
}
