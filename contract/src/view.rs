//! What screens show. Ids are hexadecimal text; times are milliseconds since 1970.

mod notices;
mod people;
mod storage;
mod sync;
mod system;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::markup::MarkupBlock;

pub use notices::{NoticeLevel, NoticeSettings, NoticeShows};
pub use people::{ContactRow, FieldShown, OwnProfile, PersonCard, PersonPicture, ProfileField, ShownTo};
pub use storage::{CheckRow, Finding, PartSize, ProfileCheck, Storage, StoragePart, Work};
pub use sync::{ProposedRelay, Refilling, SyncState, SyncStatus};
pub use system::SystemSettings;

/// How far the app has come at start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Start {
    /// No account in this profile yet: show the first-start screen.
    Fresh {
        version: String,
        /// A relay to propose, where the launcher named one.
        relay: Option<String>,
        /// The system has a keyring that answers.
        keyring: bool,
    },
    /// The database waits for its passphrase.
    Locked {
        version: String,
    },
    /// The profile cannot be opened; `error` says why and what to do.
    Broken {
        version: String,
        error: crate::ApiError,
    },
    Ready {
        version: String,
        me: Me,
    },
}

/// Where the key of the local database is kept; the person chooses knowingly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum KeyChoice {
    Keyring,
    Passphrase {
        passphrase: String,
    },
    /// A file beside the database, readable by its owner only: protects nothing from whoever can read the disk.
    File,
}

/// Where the key of the local database is kept now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    Keyring,
    Passphrase,
    File,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Me {
    pub user: String,
    pub device: String,
    pub name: String,
    pub relay: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ChatKind {
    Dialog,
    Group,
    Blog,
    /// The person's own: it has no title, and the list shows it once something is in it.
    Notes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ChatStatus {
    /// Asked to join; the inviter's device has not let us in yet.
    Asking,
    /// Let in; the history is on its way.
    Joining,
    Active,
    /// Removed from the chat, or left it: it can be read, not written.
    Removed,
}

/// Who may do what in a chat, beside its admins: true, everyone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChatRights {
    pub write: bool,
    /// In a blog: answers to its posts.
    pub comment: bool,
    pub add: bool,
    pub pin: bool,
    pub info: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LeavingState {
    No,
    /// Said, and the relay has not taken it yet.
    Said,
    Left,
}

/// Why a request to be let into a chat came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RefusedReason {
    Expired,
    UsedUp,
    Revoked,
    AlreadyIn,
    Closed,
    Failed,
    /// One that a later version gives.
    Unknown,
}

/// A link into a chat that this device has made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct InvitationRow {
    pub id: String,
    pub link: String,
    /// Only this person sees it.
    pub label: String,
    /// Devices that used it.
    pub uses: u32,
    /// null: any number.
    pub max_uses: Option<u32>,
    #[ts(type = "number")]
    pub created_at: i64,
    /// null: never.
    #[ts(type = "number | null")]
    pub expires_at: Option<i64>,
    pub standing: InvitationStanding,
}

/// Whether a link still lets in, and if not, why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum InvitationStanding {
    Open,
    UsedUp,
    Expired,
    Revoked,
}

/// A line of the chat list. Sort by `pinned`, highest first, then by `activity`, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChatRow {
    pub id: String,
    pub kind: ChatKind,
    /// For a dialog without a title: the other person's name. May be empty while joining.
    pub title: String,
    pub description: String,
    pub category: String,
    pub status: ChatStatus,
    /// While `asking`: why whoever was asked does not let this person in.
    pub refused: Option<RefusedReason>,
    pub last: Option<LastLine>,
    #[ts(type = "number")]
    pub activity: i64,
    pub unread: u32,
    /// Of the unread ones, those that name this person or everyone.
    pub mentions: u32,
    /// The person put the unread mark back.
    pub marked_unread: bool,
    pub members: u32,
    pub draft: String,
    /// The message that the draft answers.
    pub draft_reply: Option<String>,
    pub may_write: bool,
    /// Answers at least: in a blog with comments.
    pub may_answer: bool,
    pub may_invite: bool,
    /// Title, description and category.
    pub may_edit: bool,
    pub admin: bool,
    /// This person has it: they hand it over before they leave.
    pub owner: bool,
    pub rights: ChatRights,
    /// Newcomers read what was said before them.
    pub open_history: bool,
    pub leaving: LeavingState,
    /// The rank among those pinned, the highest stands first; 0: not pinned.
    #[ts(type = "number")]
    pub pinned: i64,
    pub archived: bool,
    /// 0: not muted; 9007199254740991: for ever.
    #[ts(type = "number")]
    pub muted_until: i64,
    /// Of which messages the person is told while it is not muted.
    pub level: NoticeLevel,
    /// Envelopes of this chat that were not valid and are set aside.
    pub quarantined: u32,
    /// Names the picture that `chat_picture` gives; 0: none.
    #[ts(type = "number")]
    pub picture: i64,
    /// Somebody has put this person in, who has not accepted it yet: what they are called.
    pub requested_by: Option<String>,
    /// In a dialog: the other person, once there is one.
    pub peer: Option<String>,
    /// This person has made sure who that is.
    pub verified: bool,
    /// A device has come to them since this person last looked.
    pub new_device: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LastLine {
    /// Name of the author; empty for an event.
    pub author: String,
    pub mine: bool,
    /// The beginning of the text without its markup, in one line.
    pub text: String,
    pub deleted: bool,
    /// By somebody whom this person has blocked.
    pub blocked: bool,
    #[ts(type = "number")]
    pub at: i64,
    /// Of my own message.
    pub state: Option<SendState>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MemberRow {
    pub user: String,
    /// As they are called here.
    pub name: String,
    /// As they call themselves: what a mention says to others.
    pub own_name: String,
    pub admin: bool,
    pub owner: bool,
    pub me: bool,
    #[ts(type = "number")]
    pub added_at: i64,
    /// Name of who added them.
    pub added_by: String,
    pub contact: bool,
    pub blocked: bool,
    /// This person has made sure who it is.
    pub verified: bool,
    /// A device has come to them since this person last looked.
    pub new_device: bool,
    /// Another member whose name looks the same.
    pub looks_like: Option<String>,
    /// Letters of several alphabets stand in one word of the name.
    pub mixed_scripts: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SendState {
    /// On this device, not yet at the relay.
    Queued,
    /// On the relay's disk.
    Accepted,
    /// On a device of another member.
    Delivered,
    /// Read by another member.
    Read,
    /// Will not be sent as it is; `reason` is a sentence's key.
    Failed { reason: FailReason },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FailReason {
    /// No longer a member of the chat.
    NotMember,
    /// The relay refuses it for ever.
    Refused,
}

/// One item of a timeline, in order of the chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum TimelineItem {
    /// Divider before the first item of a day, in the person's time zone.
    Day {
        key: String,
        /// `YYYY-MM-DD`.
        date: String,
    },
    /// Before the first message that was unread when the timeline was opened.
    Unread {
        key: String,
    },
    Message(Box<MessageItem>),
    Event(EventItem),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MessageItem {
    /// Stable while the message lives; also when it gets its place.
    pub key: String,
    pub id: String,
    pub author: String,
    pub author_name: String,
    pub mine: bool,
    /// By somebody whom this person has blocked: folded until asked for.
    pub blocked: bool,
    /// Markdown, as it was written; empty once deleted.
    pub text: String,
    pub markup: Vec<MarkupBlock>,
    pub edited: bool,
    /// For everyone.
    pub deleted: bool,
    pub pinned: bool,
    pub saved: bool,
    /// It names this person, or everyone.
    pub names_me: bool,
    pub reply: Option<Quote>,
    pub forwarded: Option<ForwardedFrom>,
    pub reactions: Vec<ReactionCount>,
    pub poll: Option<PollView>,
    /// How many others have read it.
    pub readers: u32,
    pub may_edit: bool,
    /// For everyone.
    pub may_delete: bool,
    pub may_pin: bool,
    /// When the relay accepted it; for a queued one, when it was written.
    #[ts(type = "number")]
    pub at: i64,
    /// The author's own clock, where it says something else by more than two minutes.
    #[ts(type = "number | null")]
    pub sent_at: Option<i64>,
    /// Of my own message.
    pub state: Option<SendState>,
    /// First and last of a run by one author.
    pub first: bool,
    pub last: bool,
}

/// The message that another one answers, in a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Quote {
    pub message: String,
    pub author_name: String,
    pub text: String,
    /// It was deleted, or is not here.
    pub gone: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ForwardedFrom {
    pub author: String,
    /// Empty: from a dialog.
    pub chat: String,
    #[ts(type = "number")]
    pub sent_at: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReactionCount {
    pub emoji: String,
    pub count: u32,
    pub mine: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PollView {
    pub options: Vec<PollOption>,
    /// More than one may be chosen.
    pub several: bool,
    pub voters: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PollOption {
    pub text: String,
    pub votes: u32,
    pub mine: bool,
}

/// Whom an `@name` in a text means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Mention {
    /// Without the `@`.
    pub name: String,
    /// Null: everyone in the chat.
    pub user: Option<String>,
}

/// A poll as it is made; the message's text is the question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PollDraft {
    /// 2 to 12.
    pub options: Vec<String>,
    pub several: bool,
}

/// Where a timeline opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum TimelineAt {
    End,
    /// The first unread message; the end where there is none.
    FirstUnread,
    Message {
        message: String,
    },
    /// The first message of that day or after it.
    Date {
        /// `YYYY-MM-DD`, in the person's time zone.
        date: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Version {
    pub text: String,
    pub markup: Vec<MarkupBlock>,
    #[ts(type = "number")]
    pub at: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ScheduledRow {
    pub id: String,
    pub chat: String,
    pub chat_title: String,
    pub text: String,
    #[ts(type = "number")]
    pub send_at: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReactionPerson {
    pub emoji: String,
    pub user: String,
    pub name: String,
    #[ts(type = "number")]
    pub at: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Reader {
    pub user: String,
    pub name: String,
    /// When they last said how far they have read: at that time at the latest.
    #[ts(type = "number")]
    pub at: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum MessageList {
    Links,
    Media,
    Files,
    Pinned,
    Mine,
    /// Of all chats.
    Saved,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SearchOrder {
    Newest,
    /// Whole words before beginnings before pieces, then the newest.
    Best,
}

/// A message in a list, or one that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FoundRow {
    pub message: String,
    pub chat: String,
    pub chat_title: String,
    pub author: String,
    pub author_name: String,
    pub mine: bool,
    /// Without its markup, cut around what was looked for.
    pub text: String,
    /// Spans of `text` that fit, in UTF-16 units.
    pub highlights: Vec<(u32, u32)>,
    #[ts(type = "number")]
    pub at: i64,
    /// In a list of links.
    pub url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EventItem {
    pub key: String,
    #[ts(type = "number")]
    pub at: i64,
    pub event: ChatEvent,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "what", rename_all = "snake_case")]
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
    /// Who may do what has changed.
    Rights {
        by: String,
    },
    /// Whether newcomers read what was said before them.
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

/// A page of a chat, and the handle under which its changes are told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TimelineSnapshot {
    pub timeline: u32,
    pub items: Vec<TimelineItem>,
    /// There are older ones.
    pub more_before: bool,
    /// There are newer ones.
    pub more_after: bool,
    /// Key of the item that was asked for; null: the end.
    pub target: Option<String>,
}

/// One step from the old list of items to the new one; apply in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum TimelineOp {
    Insert { index: u32, item: TimelineItem },
    Set { index: u32, item: TimelineItem },
    Remove { index: u32 },
    Reset { items: Vec<TimelineItem> },
}

/// A device of this person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DeviceRow {
    pub id: String,
    pub name: String,
    /// The one this window is on.
    pub this: bool,
    /// Null for the one the account was made on.
    #[ts(type = "number | null")]
    pub added_at: Option<i64>,
    /// While it is being let into its chats: how many it is in, of how many; null when all are done.
    pub joins: Option<DeviceJoins>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DeviceJoins {
    pub chats: u32,
    pub of: u32,
}
