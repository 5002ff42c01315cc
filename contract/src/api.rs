//! Commands and queries of an account: name, arguments, result. Those of the window around the accounts are in
//! [`window`].

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::view::{
    ChatKind, ChatRights, ChatRow, CheckRow, ContactRow, DeviceRow, FieldShown, FoundRow, InvitationRow,
    KeyChoice, KeyKind, Me, MemberRow, Mention, MessageList, NoticeLevel, NoticeSettings, OwnProfile,
    PersonCard, PersonPicture, PollDraft, ReactionPerson, Reader, ScheduledRow, SearchOrder, Start, Storage,
    SyncStatus, TimelineAt, TimelineSnapshot, Version,
};
use crate::{ApiError, Code, app::Inner};

/// A command or query: arguments in, result out.
pub trait Command: Serialize + for<'de> Deserialize<'de> + TS {
    type Result: Serialize + for<'de> Deserialize<'de> + TS;
    const NAME: &'static str;
}

/// What a command does; every command has one.
pub(crate) trait Handle<C: Command> {
    fn handle(
        self: &std::sync::Arc<Self>,
        arguments: C,
    ) -> impl Future<Output = Result<C::Result, ApiError>> + Send;
}

async fn run<C: Command, T: Handle<C>>(
    of: &std::sync::Arc<T>,
    arguments: serde_json::Value,
) -> Result<serde_json::Value, ApiError> {
    let arguments: C = serde_json::from_value(arguments)
        .map_err(|error| ApiError::new(Code::BadRequest, format!("arguments of {}: {error}", C::NAME)))?;
    let result = of.handle(arguments).await?;
    serde_json::to_value(result).map_err(|error| ApiError::new(Code::Internal, error.to_string()))
}

/// Commands, and whose they are.
macro_rules! commands {
    ($of:ty: $($(#[$doc:meta])* $name:literal $args:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty),* $(,)? } -> $result:ty;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
            #[serde(deny_unknown_fields)]
            pub struct $args { $($(#[$field_doc])* pub $field: $type),* }

            impl Command for $args {
                type Result = $result;
                const NAME: &'static str = $name;
            }
        )*

        /// Finds the command by name, decodes its arguments, runs it.
        pub(crate) async fn dispatch(
            of: &std::sync::Arc<$of>,
            name: &str,
            arguments: serde_json::Value,
        ) -> Result<serde_json::Value, ApiError> {
            match name {
                $($name => run::<$args, $of>(of, arguments).await,)*
                _ => Err(ApiError::new(Code::BadRequest, format!("there is no command {name}"))),
            }
        }

        /// `(name, TypeScript of the arguments, TypeScript of the result)` of each command.
        pub(crate) fn signatures(config: &ts_rs::Config) -> Vec<(&'static str, String, String)> {
            vec![$(($name, <$args as TS>::name(config), <$result as TS>::name(config))),*]
        }

        pub(crate) fn export_arguments(config: &ts_rs::Config) -> Result<(), ts_rs::ExportError> {
            $(<$args as TS>::export_all(config)?;)*
            Ok(())
        }

        pub(crate) fn export_results(config: &ts_rs::Config) -> Result<(), ts_rs::ExportError> {
            $(<$result as TS>::export_all(config)?;)*
            Ok(())
        }
    };
}

pub mod window;

/// A command without a result answers this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Done {}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChatList {
    pub chats: Vec<ChatRow>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MemberList {
    pub members: Vec<MemberRow>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct InvitationLink {
    pub link: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct InvitationList {
    pub invitations: Vec<InvitationRow>,
}

/// To be drawn dark on light, in a box of `side` units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct QrCode {
    pub side: u32,
    /// Data of an SVG path.
    pub path: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SentMessage {
    pub id: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OlderLoaded {
    pub more_before: bool,
    /// A timeline lets go of what is far from the page that was loaded.
    pub more_after: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NewerLoaded {
    pub more_before: bool,
    pub more_after: bool,
}

/// What the composer edits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MessageSource {
    pub text: String,
    pub mentions: Vec<Mention>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Versions {
    /// The first text first.
    pub versions: Vec<Version>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ScheduledList {
    pub scheduled: Vec<ScheduledRow>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReactionPeople {
    pub people: Vec<ReactionPerson>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MessageLink {
    pub link: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LinkTarget {
    pub chat: String,
    pub message: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Readers {
    /// At most 500, those whose mark is nearest first.
    pub readers: Vec<Reader>,
    pub count: u32,
    /// False: this person shows nobody what they read, and so sees nobody's marks.
    pub shown: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FoundMessage {
    pub message: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Totals {
    /// Unread messages, and chats that bear the unread mark; of muted chats only what names this person.
    pub unread: u32,
    pub mentions: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Settings {
    /// Others learn what this person reads, and this person what they read.
    pub read_receipts: bool,
    pub key: KeyKind,
    /// The person has shown that the recovery words are on their paper.
    pub words_kept: bool,
}

/// One of each check; none where it was stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Examined {
    pub checks: Vec<CheckRow>,
}

/// What a bundle was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ExportedBundle {
    /// Before its end: there is no file.
    pub stopped: bool,
    pub chats: u32,
}

/// What a bundle brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportedBundle {
    /// Before its end: what was taken in until then stays.
    pub stopped: bool,
    /// In which something came.
    pub chats: Vec<String>,
    /// How many there are in it that this person is not in.
    pub unknown: u32,
    /// Of which more is missing here than it holds: one that was made with `all` is needed.
    pub gaps: Vec<String>,
    /// It holds something that could not be opened: one of the two has not heard who came or went.
    pub unopened: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MovedRelay {
    /// The relay of before took the word for the others. Else they must be told in another way.
    pub told: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MessagePage {
    /// Newest first.
    pub messages: Vec<FoundRow>,
    pub more: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SearchResult {
    pub messages: Vec<FoundRow>,
    /// Ask with it for more; null: that was all.
    pub cursor: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PictureList {
    pub pictures: Vec<PersonPicture>,
}

/// By name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ContactList {
    pub contacts: Vec<ContactRow>,
    pub blocked: Vec<ContactRow>,
}

/// What two people compare.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SafetyNumber {
    /// Twelve groups of five digits, the same on both sides.
    pub groups: Vec<String>,
    /// For the other one to paste or scan.
    pub code: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DeviceList {
    /// In the order they came.
    pub devices: Vec<DeviceRow>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LinkingCode {
    pub code: String,
}

/// In their order; empty once they were said back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecoveryWords {
    pub words: Vec<String>,
}

impl std::fmt::Debug for RecoveryWords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryWords(..)")
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SaidWord {
    pub place: u32,
    pub word: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChatCreation {
    #[ts(type = "number")]
    pub at: i64,
    /// Null before the chat has come here.
    pub by: Option<String>,
    /// As they are called here.
    pub by_name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChatPicture {
    /// As a data URL; null where there is none that may be shown.
    pub picture: Option<String>,
}

/// Whether this person wants to be found by their username at the relay, and what its directory says to that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Listing {
    pub wanted: bool,
    pub standing: ListingStanding,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ListingStanding {
    /// It names nobody, or was not asked yet.
    No,
    Listed,
    /// Somebody else has the username.
    Taken,
    /// The relay keeps no directory.
    NoDirectory,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NotesChat {
    /// Null on a new device that is not in it yet.
    pub row: Option<ChatRow>,
}

commands! { Inner:
    /// First call of a screen.
    "start" GetStart {} -> Start;
    /// Makes the account and connects; needs no relay to answer. An empty relay: it begins alone, and comes to the relay of the
    /// first link that it joins by.
    "create_account" CreateAccount { name: String, relay: String, invite: Option<String>, key: KeyChoice } -> Me;
    /// Opens a database whose key is a passphrase.
    "unlock" Unlock { passphrase: String } -> Me;
    /// Closes a profile whose key is a passphrase: nothing is shown, sent or received until `unlock`.
    "lock" Lock {} -> Done;
    /// Keeps the key of the database in another way. `passphrase` is the one until now, if there was one.
    "keep_key" KeepKey { key: KeyChoice, passphrase: Option<String> } -> Done;
    "profile" GetProfile {} -> OwnProfile;
    /// What is null stays; an empty text takes a field away.
    "set_profile" SetProfile {
        username: Option<String>,
        first_name: Option<String>,
        last_name: Option<String>,
        email: Option<String>,
        mobile: Option<String>,
        /// As 1990-05-31.
        birth_date: Option<String>,
        description: Option<String>,
        /// A JPEG, PNG or WebP file of any size, as base64.
        picture: Option<String>,
        shown: Vec<FieldShown>,
    } -> OwnProfile;
    /// A person's card; with a chat their name is compared with those of its members.
    "person" GetPerson { user: String, chat: Option<String> } -> PersonCard;
    "pictures" ListPictures { users: Vec<String> } -> PictureList;
    "contacts" ListContacts {} -> ContactList;
    /// Or calls a contact otherwise; an empty name stands for what they call themselves.
    "add_contact" AddContact { user: String, petname: String } -> Done;
    "remove_contact" RemoveContact { user: String } -> Done;
    "set_blocked" SetBlocked { user: String, on: bool } -> Done;
    "safety" GetSafety { user: String } -> SafetyNumber;
    /// The code that the other one shows; they are verified if it fits, and `safety_mismatch` is the answer if not.
    "compare_safety" CompareSafety { user: String, code: String } -> Done;
    "set_verified" SetVerified { user: String, on: bool } -> Done;
    /// This person has seen that somebody has new devices.
    "acknowledge_devices" AcknowledgeDevices { user: String } -> Done;
    /// Makes this device, which has no account, known to the relay; an existing device is to be given the code within ten
    /// minutes.
    "begin_linking" BeginLinking { relay: String, invite: Option<String> } -> LinkingCode;
    /// Answers when an existing device has taken the code, and the profile is made.
    "finish_linking" FinishLinking { key: KeyChoice } -> Me;
    "cancel_linking" CancelLinking {} -> Done;
    "devices" ListDevices {} -> DeviceList;
    /// Makes the device that shows this code one of the person's; it appears among them within seconds, or not at all.
    "link_device" LinkDevice { code: String } -> Done;
    "rename_device" RenameDevice { device: String, name: String } -> Done;
    /// For good.
    "remove_device" RemoveDevice { device: String } -> Done;
    /// The recovery words, until they were said back.
    "recovery_words" GetRecoveryWords {} -> RecoveryWords;
    /// Some of the words, each with its place from 1 on; `wrong_word` says that one is another one.
    "keep_words" KeepWords { said: Vec<SaidWord> } -> Done;
    /// Makes this device, which has no account, one of the person's with the words that they have on paper.
    "recover" Recover { words: String, relay: String, invite: Option<String>, key: KeyChoice } -> Me;
    /// Ends a `recover` that still asks the relay; it answers `not_answered`.
    "cancel_recovering" CancelRecovering {} -> Done;
    /// Writes everything into one file, which must not exist yet. A path that is not absolute begins in the home directory, as
    /// one that begins with `~/`.
    "back_up" BackUp { file: String, passphrase: String } -> Done;
    /// Makes this device, which has no account, of such a file; its path is as above.
    "restore" Restore { file: String, passphrase: String, key: KeyChoice } -> Me;
    /// Writes what this device has of its chats and others lack into one file, sealed for who is in them; with `all` everything.
    /// Its path is as above; of a file that is there already only another bundle is replaced. Tells how far it is by `work`
    /// events.
    "export_bundle" ExportBundle { file: String, all: bool } -> ExportedBundle;
    /// Takes in what such a file holds of the chats that this person is in; it may be taken in again. Likewise.
    "import_bundle" ImportBundle { file: String } -> ImportedBundle;
    /// Ends an export or import that runs.
    "stop_carrying" StopCarrying {} -> Done;
    /// The person's own chat, which the list shows once something is in it.
    "notes" OpenNotes {} -> NotesChat;
    "chats" ListChats {} -> ChatList;
    "create_chat" CreateChat {
        kind: ChatKind,
        title: String,
        description: String,
        category: String,
        /// Newcomers read what was said before them.
        open_history: bool,
    } -> ChatRow;
    /// The dialog with somebody, which is begun where there is none: a request to them until they accept it.
    "start_dialog" StartDialog { user: String } -> ChatRow;
    /// Puts somebody into a group or blog; a request to them, unless this person is a contact of theirs.
    "add_member" AddMember { chat: String, user: String } -> Done;
    /// This person wants to be in the chat that somebody has put them into.
    "accept_chat" AcceptChat { chat: String } -> Done;
    /// They do not; who has put them in may be blocked too.
    "refuse_chat" RefuseChat { chat: String, block: bool } -> Done;
    /// Who is listed under exactly this username at the relay.
    "find_person" FindPerson { username: String } -> PersonCard;
    "listing" GetListing {} -> Listing;
    /// Whether the relay's directory names this person by their username.
    "set_listed" SetListed { on: bool } -> Listing;
    /// The chat's one link without limits.
    "create_invitation" CreateInvitation { chat: String } -> InvitationLink;
    /// A link with limits of its own; without any, the one that `create_invitation` gives.
    "make_invitation" MakeInvitation {
        chat: String,
        /// How many devices it lets in; null: any number.
        uses: Option<u32>,
        #[ts(type = "number | null")]
        expires_at: Option<i64>,
        /// Only this person sees it.
        label: String,
    } -> InvitationRow;
    /// Links into a chat that this device has made, newest first.
    "invitations" ListInvitations { chat: String } -> InvitationList;
    /// Whoever comes with it from now on, or waits with it, is told so.
    "revoke_invitation" RevokeInvitation { invitation: String } -> Done;
    /// No longer asks to be let into a chat, or takes one that did not let us in from the list.
    "withdraw" Withdraw { chat: String } -> Done;
    "qr_code" GetQrCode { text: String } -> QrCode;
    /// Asks to join; the new row has status `asking` until the inviter's device lets us in.
    "join" Join { link: String } -> ChatRow;
    /// For everyone in the chat; null stays as it is.
    "edit_chat" EditChat {
        chat: String,
        title: Option<String>,
        description: Option<String>,
        category: Option<String>,
        /// A JPEG, PNG or WebP file of any size, as base64; empty: none.
        picture: Option<String>,
    } -> Done;
    "chat_creation" GetChatCreation { chat: String } -> ChatCreation;
    "chat_picture" GetChatPicture { chat: String } -> ChatPicture;
    /// Above those pinned before, or back into its place.
    "pin_chat" PinChat { chat: String, on: bool } -> Done;
    /// One place up or down among those pinned.
    "move_pinned" MovePinned { chat: String, up: bool } -> Done;
    /// Out of the list until something new comes that is not muted.
    "archive_chat" ArchiveChat { chat: String, on: bool } -> Done;
    /// Until a time; 9007199254740991: for ever; 0: no longer.
    "mute_chat" MuteChat {
        chat: String,
        #[ts(type = "number")]
        until: i64,
    } -> Done;
    /// Of which messages the person is told outside the window, while the chat is not muted. All their devices agree on it.
    "set_level" SetLevel { chat: String, level: NoticeLevel } -> Done;
    /// Whether the person looks at an open timeline: they are not told of what comes into its chat. One that is closed is
    /// not looked at.
    "attend" Attend { timeline: u32, on: bool } -> Done;
    "notice_settings" GetNoticeSettings {} -> NoticeSettings;
    /// For this device alone.
    "set_notice_settings" SetNoticeSettings { settings: NoticeSettings } -> Done;
    "members" ListMembers { chat: String } -> MemberList;
    "remove_member" RemoveMember { chat: String, user: String } -> Done;
    /// Takes effect when the relay has it, as all changes of roles do.
    "set_admin" SetAdmin { chat: String, user: String, on: bool } -> Done;
    /// Another member has the chat from then on.
    "hand_over" HandOver { chat: String, user: String } -> Done;
    "set_rights" SetRights { chat: String, rights: ChatRights } -> Done;
    /// What newcomers read from then on of what was said before them.
    "set_history" SetHistory { chat: String, open: bool } -> Done;
    "leave_chat" LeaveChat { chat: String } -> Done;
    /// Opens a page; from now on its changes come as `timeline` events.
    "open_timeline" OpenTimeline { chat: String, at: TimelineAt } -> TimelineSnapshot;
    /// Loads an older page; its items come as `timeline` events before the answer.
    "load_older" LoadOlder { timeline: u32 } -> OlderLoaded;
    /// Loads a newer page, likewise.
    "load_newer" LoadNewer { timeline: u32 } -> NewerLoaded;
    "close_timeline" CloseTimeline { timeline: u32 } -> Done;
    /// Answers when the message is durable on this device.
    "send_message" SendMessage {
        chat: String,
        text: String,
        reply_to: Option<String>,
        mentions: Vec<Mention>,
        poll: Option<PollDraft>,
    } -> SentMessage;
    "edit_message" EditMessage { chat: String, message: String, text: String, mentions: Vec<Mention> } -> Done;
    "delete_message" DeleteMessage { chat: String, message: String, for_everyone: bool } -> Done;
    "forward_messages" ForwardMessages { messages: Vec<String>, to: String } -> Done;
    "message_source" GetMessageSource { message: String } -> MessageSource;
    "message_versions" ListVersions { message: String } -> Versions;
    "schedule_message" ScheduleMessage {
        chat: String,
        text: String,
        reply_to: Option<String>,
        mentions: Vec<Mention>,
        #[ts(type = "number")]
        send_at: i64,
    } -> ScheduledRow;
    "scheduled" ListScheduled { chat: Option<String> } -> ScheduledList;
    "unschedule" Unschedule { id: String } -> Done;
    "send_scheduled_now" SendScheduledNow { id: String } -> Done;
    "react" React { chat: String, message: String, emoji: String, on: bool } -> Done;
    "reactions" ListReactions { message: String } -> ReactionPeople;
    "pin_message" PinMessage { chat: String, message: String, on: bool } -> Done;
    "save_message" SaveMessage { message: String, on: bool } -> Done;
    /// No option takes the vote back.
    "vote" Vote { chat: String, message: String, options: Vec<u32> } -> Done;
    "message_link" GetMessageLink { message: String } -> MessageLink;
    "open_link" OpenLink { link: String } -> LinkTarget;
    "mark_unread" MarkUnread { chat: String } -> Done;
    "readers" ListReaders { message: String } -> Readers;
    /// The next message that names this person, after `after` or after what was read.
    "next_mention" NextMention { chat: String, after: Option<String> } -> FoundMessage;
    "totals" GetTotals {} -> Totals;
    "settings" GetSettings {} -> Settings;
    "set_read_receipts" SetReadReceipts { on: bool } -> Done;
    /// What takes room; seconds for a large database.
    "storage" GetStorage {} -> Storage;
    /// Gives back room without anything being lost.
    "clear_caches" ClearCaches {} -> Storage;
    /// Looks whether everything is whole; with `rebuild` makes anew before whatever follows from the changes. Tells how far it is
    /// by `work` events.
    "examine" Examine { rebuild: bool } -> Examined;
    /// Ends an `examine` that runs: nothing is harmed, and what was not made anew yet is at the next start.
    "stop_examining" StopExamining {} -> Done;
    /// A list of a chat (of all, for what is saved), newest first; `before` continues it.
    "list_messages" ListMessages { chat: Option<String>, list: MessageList, before: Option<String> } -> MessagePage;
    "search" Search {
        query: String,
        chat: Option<String>,
        order: SearchOrder,
        before: Option<String>,
    } -> SearchResult;
    /// Everything up to and with this message was seen.
    "mark_read" MarkRead { chat: String, message: String } -> Done;
    "save_draft" SaveDraft { chat: String, text: String, reply_to: Option<String> } -> Done;
    "sync_status" GetSyncStatus {} -> SyncStatus;
    /// Tries the relay now instead of after the back-off.
    "reconnect" Reconnect {} -> Done;
    /// Uses another relay, or this one with another invitation token. It is given what it lacks.
    "use_relay" UseRelay { relay: String, invite: Option<String> } -> Done;
    /// The same, and tells the others over the relay of now where to follow.
    "move_relay" MoveRelay { relay: String, invite: Option<String> } -> MovedRelay;
}
