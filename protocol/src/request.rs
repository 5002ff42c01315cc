//! Requests over HTTP: `POST /v1/<name>` with a CBOR body, answered by CBOR; failures are a [`RelayError`].
//!
//! All but `hello`, `challenge` and `session` need a session, named in the header [`SESSION_HEADER`] as hexadecimal.
//! Sessions live in the relay's memory only: after `session_unknown` a client proves itself again.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    access::ChatProof,
    backup::{BackupRecord, Voucher},
    envelope::{Envelope, EnvelopeKind, LogEntry},
    ids::{BackupId, ChatId, DeviceId, EnvelopeId, LogId, RecordId, Seq, Tag},
    sign::Signature,
};

pub const SESSION_HEADER: &str = "beseda-session";
/// Media type of every body.
pub const CONTENT_TYPE: &str = "application/cbor";

/// A request's type says its path and its answer.
pub trait Request: Serialize + DeserializeOwned + Send + 'static {
    type Answer: Serialize + DeserializeOwned + Send + 'static;
    /// Last part of the path.
    const NAME: &'static str;
}

macro_rules! requests {
    ($($name:literal: $request:ty => $answer:ty;)*) => {
        $(impl Request for $request {
            type Answer = $answer;
            const NAME: &'static str = $name;
        })*
    };
}

requests! {
    "hello": Hello => HelloAnswer;
    "challenge": Challenge => ChallengeAnswer;
    "session": OpenSession => SessionAnswer;
    "chats": OpenChats => OpenChatsAnswer;
    "append": Append => AppendAnswer;
    "handshakes": ListHandshakes => HandshakesAnswer;
    "marks": ListMarks => MarksAnswer;
    "inbox-deliver": Deliver => Done;
    "inbox-take": TakeInbox => InboxAnswer;
    "inbox-acknowledge": AcknowledgeInbox => Done;
    "key-packages": PublishKeyPackages => KeyPackagesAnswer;
    "key-package-take": TakeKeyPackage => KeyPackageAnswer;
    "directory-put": PutInDirectory => Done;
    "directory-find": FindInDirectory => FoundInDirectory;
    "backup-put": PutBackup => Done;
    "backup-take": TakeBackup => BackupAnswer;
}

/// Asks what the relay is; the only request that every version answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    pub v: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelloAnswer {
    pub v: u16,
    /// New devices need an invitation token.
    pub invite_required: bool,
    /// Milliseconds since 1970.
    pub time: i64,
    /// It keeps a directory of people who want to be found by their usernames.
    #[serde(default)]
    pub directory: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    pub device: DeviceId,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChallengeAnswer {
    #[serde(with = "serde_bytes")]
    pub nonce: [u8; 32],
}

/// Answers a challenge; opens the device's account when it is new.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenSession {
    pub device: DeviceId,
    #[serde(with = "serde_bytes")]
    pub nonce: [u8; 32],
    /// The server's name as the client dialled it (`host` or `host:port` of the URL). A relay answers for its own
    /// names only, so a proof made for one relay is worth nothing at another.
    pub server: String,
    /// [`crate::sign::Purpose::Session`] over the server's name and the nonce.
    pub signature: Signature,
    /// Invitation token of the relay, for a new device where the operator asks for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invite: Option<String>,
    /// Instead of a token, from who has lost all devices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voucher: Option<Voucher>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionAnswer {
    #[serde(with = "serde_bytes")]
    pub session: [u8; 32],
    /// Random, and another one each time that the relay starts: it may then have lost what lay in inboxes. 0: an older
    /// relay, which does not say it.
    #[serde(default, with = "serde_bytes")]
    pub run: [u8; 16],
}

/// Proves slot keys for this session; needed before a chat is subscribed or appended to, also before it exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenChats {
    pub proofs: Vec<ChatProof>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenChatsAnswer {
    /// One for each proof, in its order.
    pub chats: Vec<ChatState>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatState {
    Open(Head),
    /// No log of this id here: the chat can be created.
    Unknown,
    /// The key may not use this chat: never admitted, or removed.
    Denied,
}

/// Where a log stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    pub log: LogId,
    pub seq: Seq,
    pub last_handshake: Seq,
}

/// Appends envelopes in order, all on the same `cas`. A handshake travels alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Append {
    pub chat: ChatId,
    /// Seq of the chat's last handshake as the client knows it; 0 creates the chat.
    pub cas: Seq,
    pub envelopes: Vec<Envelope>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppendAnswer {
    /// All are on disk; one for each envelope, in its order.
    Accepted { log: LogId, at: Vec<Accepted> },
    /// A handshake came first: nothing was appended (but an id that is in the log already would have been
    /// accepted). Catch up, seal again, try again.
    Conflict(Head),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    pub seq: Seq,
    /// Milliseconds since 1970 on the relay's clock.
    pub accepted_at: i64,
}

/// Handshakes before `before`, newest first, for a newcomer who follows the chain of era keys backwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListHandshakes {
    pub chat: ChatId,
    /// Exclusive.
    pub before: Seq,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandshakesAnswer {
    pub entries: Vec<LogEntry>,
    /// There are older ones.
    pub more: bool,
}

/// What stands where in a log, without bodies: for a client that compares it with the log it knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListMarks {
    pub chat: ChatId,
    /// Exclusive.
    pub after: Seq,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarksAnswer {
    pub log: LogId,
    /// Of the entries after `after`, oldest first and without a hole; at most [`crate::limits::MARKS`].
    pub marks: Vec<Mark>,
    /// There are newer ones.
    pub more: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    pub id: EnvelopeId,
    pub kind: EnvelopeKind,
    /// Milliseconds since 1970, on the relay's clock. An older relay does not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted_at: Option<i64>,
    #[serde(default)]
    pub tag: Tag,
}

/// Puts a sealed join request into a device's inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deliver {
    pub to: DeviceId,
    /// The same id delivered again is kept once.
    pub id: EnvelopeId,
    #[serde(with = "serde_bytes")]
    pub body: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {}

/// Items of one's own inbox after number `after`, oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakeInbox {
    pub after: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxAnswer {
    pub items: Vec<InboxItem>,
    pub more: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxItem {
    /// Rises within an inbox; holes are normal.
    pub number: u64,
    pub id: EnvelopeId,
    pub kind: InboxKind,
    #[serde(with = "serde_bytes")]
    pub body: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InboxKind {
    /// A sealed join request ([`crate::link`]).
    Request,
    /// An MLS welcome, released by the handshake at `seq` of `chat`. The client checks that claim.
    Welcome { chat: ChatId, seq: Seq },
}

/// Forgets items up to and with number `upto`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcknowledgeInbox {
    pub upto: u64,
}

/// Adds to one's own key packages in the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishKeyPackages {
    pub packages: Vec<serde_bytes::ByteBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyPackagesAnswer {
    /// How many are kept now.
    pub kept: u32,
}

/// Takes one key package of a device; each is given out once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakeKeyPackage {
    pub device: DeviceId,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyPackageAnswer {
    #[serde(default, with = "serde_bytes")]
    pub package: Option<Vec<u8>>,
}

/// Names a person in the directory, in the place of what it said of them before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutInDirectory {
    /// As [`crate::limits::is_username`] has it; empty: the person is in it no longer.
    pub username: String,
    /// A [`crate::identity::Identity`] as CBOR, in which the device of this session is active.
    #[serde(with = "serde_bytes")]
    pub identity: Vec<u8>,
}

/// Finds who is listed under exactly this username. There is no way to list them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindInDirectory {
    pub username: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundInDirectory {
    /// A [`crate::identity::Identity`] as CBOR. That it is the person who is meant only a safety number shows.
    #[serde(default, with = "serde_bytes")]
    pub identity: Option<Vec<u8>>,
}

/// Puts records into a backup, each in the place of an older one of its id, and says who may write from then on. Only
/// a writer may, or who has the backup's key; nobody has written into a new one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutBackup {
    pub backup: BackupId,
    pub writers: Vec<DeviceId>,
    pub records: Vec<BackupRecord>,
    /// [`crate::sign::Purpose::Backup`] by the backup's key over [`crate::backup::signed`]: for who is no writer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
}

/// Reads a backup, by who can sign with its key: records after `after` by id, as many as fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakeBackup {
    pub backup: BackupId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<RecordId>,
    /// [`crate::sign::Purpose::Voucher`] over the nonce of this session and its device.
    pub signature: Signature,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupAnswer {
    pub records: Vec<BackupRecord>,
    pub more: bool,
}

/// A failure, with a code the client branches on and a sentence for the operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct RelayError {
    pub code: ErrorCode,
    pub message: String,
    /// For `busy`: milliseconds to wait before the next try.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The relay speaks another version.
    Version,
    /// Prove the device again.
    SessionUnknown,
    /// The proof does not hold, or was made for another server.
    BadProof,
    InviteRequired,
    InviteUnknown,
    /// The key may not use this chat, or may not make this change.
    Denied,
    /// Malformed, or over a limit that waiting does not cure.
    Invalid,
    TooLarge,
    /// Over a rate, or out of a resource: try again after `retry_after`.
    Busy,
    /// Somebody else has that username in the directory.
    Taken,
    /// The relay keeps no directory.
    NoDirectory,
    /// The inbox of that device is full, or there is no such device here.
    Undeliverable,
    /// The relay's own fault.
    Internal,
}

impl RelayError {
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), retry_after: None }
    }
}

/// Which entries of a log a client has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Absent before the first entry.
    pub log: Option<LogId>,
    pub seq: Seq,
    /// The envelope at `seq`, where the client knows it: a log that was put back to an older state, and has grown since,
    /// holds another one there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<EnvelopeId>,
    /// Its tag, where the client has it from the relay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<Tag>,
}
