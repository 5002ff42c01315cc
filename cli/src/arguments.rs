//! The command line: what can be asked, and the help that documents it.

mod chat;
mod messages;
mod people;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use tracing_subscriber::filter::LevelFilter;

pub use chat::{Chat, Direction, Open, Which};
pub use messages::{List, Log, MessageCommand, Page, Search, Sending};
pub use people::{Contact, Profile, SetProfile, picture_of};

const AFTER_HELP: &str = "\
CHAT is a title, an id, or the unique beginning of an id. DEVICE is a name, an id, or the unique beginning of an id. MEMBER is a name, an id, or the unique beginning of an id.
MESSAGE is an id, the unique beginning of an id, or a link to it.

Exit codes:
  0  done
  1  another failure: a full disk, or the relay refuses
  2  a mistake in the arguments
  3  the relay is away (sync): nothing is lost, try again later
  4  no such chat, message or member, or more than one fits
  5  not allowed: not an admin, not the author, or not a member
  6  the profile: in use, no account yet or one already, a wrong or missing key, a foreign or newer database, damaged
  7  bad input: a text, a time, a link or a relay's address

Output with --json, one object a line. Ids are hexadecimal, times are milliseconds since 1970. New fields may be added.
  init, whoami       name user device relay key waiting last_sync
                     key: keyring | passphrase | file; waiting: messages not yet sent; last_sync: null before the first
  profile            name username first_name last_name email mobile birth_date description picture_bytes created_at
                     shown (each field: nobody | contacts | everyone)
  person             user name own_name petname (null: no contact) blocked verified_at new_device me username first_name last_name email mobile age description picture_bytes created_at
                     looks_like mixed_scripts; what is not told is empty, or null
  chat create, chat list, chat edit, chat pin (and the others that arrange), chat accept, dialog, join, withdraw
                     id kind title description category status refused members unread mentions marked_unread pinned
                     archived muted muted_until notices quarantined admin may_write
                     requested_by (null, or who has put this person in and waits to be accepted)
                     verified new_device (of the other one in a dialog) owner history leaving activity last
                     kind: dialog | group | blog | notes (the person's own, without a title; CHAT may be notes)
                     history: all | from_joining, what newcomers read; leaving: no | said | left;
                     status: asking | joining | active | removed; refused: null, or why the inviter's device does not let
                     this one in: expired | used_up | revoked | already_in | closed | failed | unknown; muted_until: null
                     when it is not muted, or for ever; notices: all | mentions | nothing; last: null, or author_name mine text at state.
                     The id that `join` prints stands for the chat until the inviter's device has let this one in.
  verify             user name number code verified_at (null: not verified) new_device
  contact list       user name own_name petname added_at (or since when they are blocked)
  contact add, remove, block, unblock
                     user name
  chat show          as chat list, with creator creator_name created_at
  chat folders       category chats unread mentions
  chat members       user name own_name admin owner me added_at added_by contact blocked verified new_device
                     looks_like (null, or a member's name) mixed_scripts
  chat add, remove, promote, demote, hand-over
                     chat user name
  chat rights        chat write comment add pin info: admins | everyone
  chat history       chat history
  chat leave         chat status
  chat refuse        chat blocked
  device list, rename, remove, link
                     device name this added_at joins (null, or chats and of while it is being let into its chats)
  device join        code; then, when this is a device of the person: as whoami
  recovery words     place word
  recovery keep, recovery status
                     kept
  recover, restore   as whoami
  key                key: keyring | passphrase | file
  backup             file bytes
  invite, invitations, revoke
                     chat invitation link label uses max_uses created_at expires_at revoked_at standing
                     max_uses, expires_at, revoked_at: null for none; standing: open | used_up | expired | revoked.
                     With --qr: qr, the lines of the code.
  device list, rename, remove, link
                     device name this added_at joins (null, or chats and of while it is being let into its chats)
  device join        code; then, when this is a device of the person: as whoami
  send, reply, poll  id chat state (one object for each message)
  log, mine, mentions, open, pins, saved
                     id chat author author_name mine text at sent_at state reason edited deleted pinned saved names_me
                     reply_to mentions forwarded reactions readers poll
                     at: when the relay accepted it, or when it was written while it is queued; sent_at: the author's
                     clock; state: queued | accepted | delivered | read | failed; reason: null, not_member, refused;
                     reply_to: null or an id; mentions: name, and user (null: everyone); forwarded: null, or author user
                     chat sent_at; reactions: emoji count mine; readers: how many others have read it; poll: null, or
                     several voters, and options with text votes mine
  links              url, and the message as log has it
  search             as log, and snippet, ranges (from and to, in characters of the snippet, of what was found); after
                     the last one, where there may be more: cursor, for --before
  edit, delete, react, pin, unpin, save, unsave, vote
                     message chat
  forward            chat messages
  history            text mentions at
  reactions          emoji user name at
  readers            user name at (by then at the latest)
  read, unread       chat unread mentions marked_unread
  totals             unread mentions marked
  schedule           number chat send_at
  scheduled          number chat send_at text reply_to
  unschedule         number
  link               message link
  settings           read_receipts directory (whether the relay is to list this person) listing: empty | listed | taken | no_directory
  doctor             check looked_at findings (chat, or null, and what) more advice (null when nothing is wrong)
                     check: pages | database | changes | documents | projection | index
  quarantine         seq held reason
  export-bundle      file chats envelopes
  import-bundle      envelopes (that brought something) unknown (chats of which this profile knows nothing)
                     unopened (envelopes that are sealed for others than are in the chat by what is known here)
                     gaps (chats of which more is missing here than the bundle holds: ask for one with --all)
  relay show, relay use
                     relay proposed (null, or relay and by: who wants the chats to be there)
  relay move         relay told (whether the relay of before took the word for the others)
  sync               state (up_to_date) waiting undelivered last_sync
                     undelivered: requests to join whose inviter's device the relay has not met yet
  watch              event=message: as log. event=chat: as chat list, and was: the id it had before, or null.
                     event=edited | deleted: as log. event=reaction | pin | vote: message chat user name at, and emoji on |
                     on | options (numbers from 1).
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
    /// Show what you tell others of yourself, and whom; or change it.
    Profile {
        #[command(subcommand)]
        change: Option<Profile>,
    },
    /// Show what a member of a chat tells of themselves.
    Person { chat: String, member: String },
    /// Make sure who a member is: show the safety number that both of you see, and the code to send them.
    Verify {
        chat: String,
        member: String,
        /// The code that they see: if it fits, they are marked as verified.
        #[arg(long, value_name = "TEXT", group = "what")]
        code: Option<String>,
        /// You have compared the digits: mark them as verified. Also acknowledges their new devices.
        #[arg(long, group = "what")]
        done: bool,
        /// You are no longer sure.
        #[arg(long, group = "what")]
        undo: bool,
    },
    /// People you know, and people you do not want to hear from.
    #[command(subcommand)]
    Contact(Contact),
    /// Open the dialog with somebody, or begin one: it is a request to them until they accept it.
    Dialog(Whom),
    /// Make and list chats, see and remove members.
    #[command(subcommand)]
    Chat(Chat),
    /// See, link, name and remove the devices of this person.
    #[command(subcommand)]
    Device(Device),
    /// The 24 words with which you get everything back when all your devices are lost.
    #[command(subcommand)]
    Recovery(Recovery),
    /// Make this profile of the recovery words, from BESEDA_WORDS or asked for, and of what your relay keeps for them.
    Recover {
        /// Your relay: https://…, or http:// on this machine.
        #[arg(long, value_name = "URL")]
        relay: String,
        /// Invitation token of the relay; not needed where it keeps your backup.
        #[arg(long, value_name = "TOKEN")]
        invite: Option<String>,
        /// Where the key of the local database is kept. Without this: a passphrase, from BESEDA_PASSPHRASE or asked for.
        #[arg(long)]
        key: Option<KeyChoice>,
    },
    /// Show where the key of the local database is kept, or keep it elsewhere. A passphrase until now is from BESEDA_PASSPHRASE,
    /// a new one from BESEDA_NEW_PASSPHRASE, or both asked for.
    Key { keep: Option<KeyChoice> },
    /// Write everything this profile holds into one file, under a passphrase from BESEDA_BACKUP_PASSPHRASE or asked for.
    Backup { file: PathBuf },
    /// Make this profile of such a file. It becomes another device of yours.
    Restore {
        file: PathBuf,
        /// Where the key of the local database is kept. Without this: a passphrase, from BESEDA_PASSPHRASE or asked for.
        #[arg(long)]
        key: Option<KeyChoice>,
    },
    /// Print a link that lets people into a chat: always the same one, or with an option a new one.
    Invite(Invite),
    /// Show the links into a chat that this device has made, and how many devices used each.
    Invitations { chat: String },
    /// Take a link back: whoever comes with it from now on is told so, and whoever waits with it.
    Revoke {
        chat: String,
        /// Its label, its id, or the unique beginning of its id.
        invitation: String,
    },
    /// Ask to be let into a chat; the inviter's device answers when it is online.
    Join { link: String },
    /// No longer ask to be let into a chat, or take one from the list that did not let you in.
    Withdraw { chat: String },
    #[command(flatten)]
    Message(MessageCommand),
    /// Write what this device has of its chats into one sealed file, for devices that no relay reaches: a USB stick.
    ExportBundle {
        file: PathBuf,
        /// Everything that is here, not only what others may lack.
        #[arg(long)]
        all: bool,
    },
    /// Take in what such a file of somebody's device holds of your chats. It can be done again.
    ImportBundle { file: PathBuf },
    /// Where the relay is, and how to go to another one with everything.
    #[command(subcommand)]
    Relay(Relay),
    /// Exchange everything with the relay, and end when nothing is left to send or fetch.
    Sync,
    /// Stay connected and print a line for each event, until SIGINT or SIGTERM.
    Watch,
    /// Show what arrived in a chat and was set aside, and why.
    Quarantine { chat: String },
    /// Show or change what holds for all chats.
    Settings {
        #[command(subcommand)]
        change: Option<Setting>,
    },
    /// Look whether everything in the profile is whole; changes nothing. Ctrl-C ends it.
    Doctor {
        /// Make everything that follows from the changes anew first.
        #[arg(long)]
        rebuild: bool,
    },
}

#[derive(Debug, Args)]
pub struct Invite {
    pub chat: String,
    /// For so many devices, and no more.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub uses: Option<u32>,
    /// Until then: 2h, 3d (m, h or d), 2026-05-31 (to the end of that day), 2026-05-31T18:00, or 18:00 (the next one).
    #[arg(long, value_name = "TIME")]
    pub expires: Option<String>,
    /// What it is for; only you see it.
    #[arg(long, default_value = "", value_name = "TEXT")]
    pub label: String,
    /// Draw it as a QR code too.
    #[arg(long)]
    pub qr: bool,
}

#[derive(Debug, Args)]
pub struct Whom {
    /// A name in `contact list`, an id, the unique beginning of one, or @username: who is listed so at your relay.
    pub person: String,
    /// A chat of which they are a member: then PERSON is a MEMBER of it.
    #[arg(long, value_name = "CHAT")]
    pub of: Option<String>,
}

#[derive(Debug, Clone, Copy, Subcommand)]
pub enum Setting {
    /// Whether others learn what you read; who keeps it to themselves sees nobody's marks either.
    ReadReceipts { state: Switch },
    /// Whether others at your relay find you by your username, where it keeps a directory. It then knows that name.
    Directory { state: Switch },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    On,
    Off,
}

#[derive(Debug, Subcommand)]
pub enum Device {
    /// This person's devices, the first one first.
    List,
    /// Make this profile another device of a person: prints a code, which a device of theirs takes with `device link`, and
    /// ends when everything is here. Ctrl-C ends it too; `sync` goes on with what is missing then.
    Join {
        /// The person's relay: https://…, or http:// on this machine.
        #[arg(long, value_name = "URL")]
        relay: String,
        /// Invitation token of the relay, where it asks for one.
        #[arg(long, value_name = "TOKEN")]
        invite: Option<String>,
        /// Where the key of the local database is kept. Without this: a passphrase, from BESEDA_PASSPHRASE or asked for.
        #[arg(long)]
        key: Option<KeyChoice>,
    },
    /// Make the device that shows this code one of this person's, and let it into all chats.
    Link { code: String },
    /// Call a device something else.
    Rename { device: String, name: String },
    /// Remove a device for good: it is put out of all chats, and keeps only what it has.
    Remove { device: String },
}

#[derive(Debug, Subcommand)]
pub enum Recovery {
    /// Show the words, until you have shown that you have them on paper.
    Words,
    /// Say three of them back, like 4=harbour 11=lake 20=oak, or asked for: then no device shows them again.
    Keep {
        #[arg(value_parser = crate::commands::recovery::placed)]
        words: Vec<(usize, String)>,
    },
    /// Whether they are on paper.
    Status,
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
    fn one_place_of_a_log_at_a_time_and_numbers_of_options_from_one() {
        let parse = |line: &str| Arguments::try_parse_from(line.split(' '));
        assert!(parse("beseda log Trip --after 1a --limit 3").is_ok());
        assert!(parse("beseda log Trip --after 1a --date 2026-01-01").is_err());
        assert!(parse("beseda search -- -word").is_ok() && parse("beseda search word --before -12").is_ok());
        assert!(parse("beseda vote 1a 1 3").is_ok() && parse("beseda vote 1a").is_ok());
        assert!(parse("beseda vote 1a 0").is_err() && parse("beseda vote 1a 13").is_err());
        assert!(
            parse("beseda poll Trip What? tea").is_err() && parse("beseda poll Trip What? tea no").is_ok()
        );
        assert!(
            parse("beseda forward 1a 2b --to Trip").is_ok() && parse("beseda forward --to Trip").is_err()
        );
        assert!(parse("beseda settings read-receipts off").is_ok() && parse("beseda settings").is_ok());
    }

    #[test]
    fn global_options_stand_anywhere_and_a_text_may_begin_with_a_dash() {
        let parsed = Arguments::try_parse_from(["beseda", "send", "Trip", "-1 °C", "--json"]).unwrap();
        assert!(parsed.json);
        assert!(
            matches!(parsed.command, Command::Message(MessageCommand::Send(Sending { text: Some(text), stdin: false, .. })) if text == "-1 °C")
        );
        let parsed =
            Arguments::try_parse_from(["beseda", "send", "Trip", "--stdin", "--profile", "p"]).unwrap();
        assert!(matches!(
            parsed.command,
            Command::Message(MessageCommand::Send(Sending { text: None, stdin: true, .. }))
        ));
        let literal = Arguments::try_parse_from(["beseda", "send", "Trip", "--", "--json"]).unwrap();
        assert!(!literal.json);
        for wrong in [&["send", "Trip"][..], &["send", "Trip", "a", "b"], &["send", "Trip", "a", "--stdin"]] {
            assert!(Arguments::try_parse_from([&["beseda"], wrong].concat()).is_err(), "{wrong:?}");
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum Relay {
    /// The relay of this profile, and where others want it to be.
    Show,
    /// Use another relay from now on, or this one with another invitation token. It is given all that it lacks of the chats
    /// of this profile.
    Use {
        url: String,
        /// Invitation token of the relay, where it asks for one.
        #[arg(long, value_name = "TOKEN")]
        invite: Option<String>,
    },
    /// The same, and tell everybody in the chats where to follow: as an admin of them, in dialogs, and one's own devices.
    Move {
        url: String,
        /// Invitation token of the relay, where it asks for one.
        #[arg(long, value_name = "TOKEN")]
        invite: Option<String>,
    },
}
