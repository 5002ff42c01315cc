//! The command line: what can be asked, and the help that documents it.

use std::path::PathBuf;

use beseda_protocol::membership::ChatKind;
use clap::{Parser, Subcommand, ValueEnum};
use tracing_subscriber::filter::LevelFilter;

const AFTER_HELP: &str = "\
CHAT is a title, an id, or the unique beginning of an id. MEMBER is a name, an id, or the unique beginning of an id.

Exit codes:
  0  done
  1  another failure: a full disk, or the relay refuses
  2  a mistake in the arguments
  3  the relay is away (sync): nothing is lost, try again later
  4  no such chat, message or member, or more than one fits
  5  not allowed: not an admin, or not a member
  6  the profile: in use, no account yet or one already, a wrong or missing key, a foreign or newer database
  7  bad input: a text, a link or a relay's address

Output with --json, one object a line. Ids are hexadecimal, times are milliseconds since 1970. New fields may be added.
  init, whoami       name user device relay key waiting last_sync
                     key: keyring | passphrase | file; waiting: messages not yet sent; last_sync: null before the first
  chat create, chat list, join
                     id kind title description category status members unread quarantined admin may_write activity last
                     status: asking | joining | active | removed; last: null, or author_name mine text at state.
                     The id that `join` prints stands for the chat until the inviter's device has let this one in.
  chat members       user name admin me added_at added_by
  chat remove        chat user name
  invite             chat link
  send               id chat state (one object for each message)
  log                id chat author author_name mine text at sent_at state reason
                     at: when the relay accepted it, or when it was written while it is queued; sent_at: the author's
                     clock; state: queued | accepted | delivered | read | failed; reason: null, not_member, refused
  quarantine         seq held reason
  sync               state (up_to_date) waiting undelivered last_sync
                     undelivered: requests to join whose inviter's device the relay has not met yet
  watch              event=message: as log. event=chat: as chat list, and was: the id it had before, or null.
                     event=sync: state (offline | connecting | behind | up_to_date) waiting error (null, or code message)
  failures, on stderr  error: code message";

/// Beseda in a terminal: chats that work with and without a network, end-to-end encrypted.
#[derive(Debug, Parser)]
#[command(name = "beseda", version, after_long_help = AFTER_HELP, after_help = "`beseda --help` says what the exit codes and the JSON output are.")]
pub struct Arguments {
    /// Directory of the profile: one person on one device.
    #[arg(long, global = true, env = "BESEDA_PROFILE", value_name = "DIR")]
    pub profile: Option<PathBuf>,
    /// Print one JSON object a line; failures too, on stderr.
    #[arg(long, global = true)]
    pub json: bool,
    /// What to tell on stderr: off, error, warn, info, debug or trace.
    #[arg(long, global = true, value_name = "LEVEL", default_value = "warn")]
    pub log: LevelFilter,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a profile: a new person with a first device. The relay need not answer.
    Init {
        /// What others see.
        #[arg(long)]
        name: String,
        /// The relay's address: https://…, or http:// on this machine.
        #[arg(long, value_name = "URL")]
        relay: String,
        /// Invitation token of the relay, where it asks for one.
        #[arg(long, value_name = "TOKEN")]
        invite: Option<String>,
        /// Where the key of the local database is kept. Without this: a passphrase, from BESEDA_PASSPHRASE or asked for.
        #[arg(long)]
        key: Option<KeyChoice>,
    },
    /// Show who this profile is.
    Whoami,
    /// Make and list chats, see and remove members.
    #[command(subcommand)]
    Chat(Chat),
    /// Print a link that lets people into a chat.
    Invite { chat: String },
    /// Ask to be let into a chat; the inviter's device answers when it is online.
    Join { link: String },
    /// Write a message. It is kept on this device when this returns, and leaves with the next `sync` or `watch`.
    Send {
        chat: String,
        #[arg(allow_hyphen_values = true, required_unless_present = "stdin", conflicts_with = "stdin")]
        text: Option<String>,
        /// Each line of stdin is a message; blank ones are skipped.
        #[arg(long)]
        stdin: bool,
    },
    /// Show the newest messages of a chat, oldest first.
    Log {
        chat: String,
        /// At most so many.
        #[arg(long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        limit: u32,
        /// Those before this message.
        #[arg(long, value_name = "ID")]
        before: Option<String>,
    },
    /// Exchange everything with the relay, and end when nothing is left to send or fetch.
    Sync,
    /// Stay connected and print a line for each event, until SIGINT or SIGTERM.
    Watch,
    /// Show what arrived in a chat and was set aside, and why.
    Quarantine { chat: String },
}

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
    },
    /// All chats, the latest first.
    List,
    /// Who is in a chat.
    Members { chat: String },
    /// Put a person out of a chat; it takes effect when the relay has it.
    Remove { chat: String, member: String },
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

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum KeyChoice {
    /// The system's keyring.
    Keyring,
    /// A passphrase, from BESEDA_PASSPHRASE or asked for each time.
    Passphrase,
    /// A file in the profile: whoever can read your files can read your chats.
    File,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        <Arguments as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn global_options_stand_anywhere_and_a_text_may_begin_with_a_dash() {
        let parsed = Arguments::try_parse_from(["beseda", "send", "Trip", "-1 °C", "--json"]).unwrap();
        assert!(parsed.json);
        assert!(
            matches!(parsed.command, Command::Send { text: Some(text), stdin: false, .. } if text == "-1 °C")
        );
        let parsed =
            Arguments::try_parse_from(["beseda", "send", "Trip", "--stdin", "--profile", "p"]).unwrap();
        assert!(matches!(parsed.command, Command::Send { text: None, stdin: true, .. }));
        let literal = Arguments::try_parse_from(["beseda", "send", "Trip", "--", "--json"]).unwrap();
        assert!(!literal.json);
        for wrong in [&["send", "Trip"][..], &["send", "Trip", "a", "b"], &["send", "Trip", "a", "--stdin"]] {
            assert!(Arguments::try_parse_from([&["beseda"], wrong].concat()).is_err(), "{wrong:?}");
        }
    }
}
