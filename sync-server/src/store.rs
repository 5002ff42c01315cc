//! Where logs, inboxes and accounts are kept: the interface, and what every store must do alike.
//!
//! A store orders and keeps; it checks no session and no signature. Every store runs `tests/store_contract.rs`.
//! What happens to an append is decided by [`crate::order`], so two stores cannot disagree on the rules.

pub mod sqlite;

use std::sync::Arc;

use beseda_protocol::{
    BackupId, ChatId, DeviceId, EnvelopeId, LogId, RecordId, Seq, SlotKey, Tag, UserId,
    access::{AccessRefusal, Keys},
    backup::BackupRecord,
    envelope::{Envelope, LogEntry},
    request::{Accepted, Head, InboxItem, Mark},
};
use futures_util::future::BoxFuture;

/// A chat as the relay knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chat {
    pub log: LogId,
    pub head: Seq,
    pub last_handshake: Seq,
    /// `accepted_at` of the last entry, in milliseconds since 1970.
    pub touched_at: i64,
    pub keys: Arc<Keys>,
}

impl Chat {
    #[must_use]
    pub fn head(&self) -> Head {
        Head { log: self.log, seq: self.head, last_handshake: self.last_handshake }
    }
}

/// One request to append, its sizes checked already ([`crate::check`]).
#[derive(Debug, Clone)]
pub struct AppendRequest {
    pub chat: ChatId,
    /// The slot key that the session proved.
    pub by: SlotKey,
    pub cas: Seq,
    pub envelopes: Vec<Envelope>,
    /// The log's id, random, should this request create the chat.
    pub new_log: LogId,
    /// Random, of what this request adds to the log.
    pub tag: Tag,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Appended {
    Accepted {
        log: LogId,
        at: Vec<Accepted>,
        /// Inboxes that got a welcome, with the item's number.
        inboxes: Vec<(DeviceId, u64)>,
    },
    Conflict(Head),
    Refused(AccessRefusal),
    /// There is no such chat, and this request does not create one.
    NoChat,
    /// A welcome's inbox is full, or its device has no account.
    Undeliverable,
    /// The log has no place left.
    LogFull,
}

/// How much one read may answer; at least one entry is answered when it fits `bytes`.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// Bytes of bodies.
    pub bytes: usize,
    pub count: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Account {
    Known,
    Opened,
    InviteRequired,
    InviteUnknown,
}

/// What is put into a backup.
#[derive(Debug, Clone)]
pub struct BackupPut {
    pub backup: BackupId,
    /// The backup's key signed it.
    pub by_key: bool,
    /// Who may write from then on.
    pub writers: Vec<DeviceId>,
    pub records: Vec<BackupRecord>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackupStored {
    Done,
    /// It would hold more than [`beseda_protocol::limits::BACKUP_RECORDS`], or the device has begun
    /// [`beseda_protocol::limits::DEVICE_BACKUPS`] others: nothing was put.
    Full,
    /// The device is no writer, or has no account.
    Denied,
}

/// What a new account needs.
#[derive(Debug, Clone, Copy)]
pub struct Admission {
    pub invite_required: bool,
    /// BLAKE3 of the token the device brought.
    pub token_hash: Option<[u8; 32]>,
    /// A backup whose key vouches for the device; it counts if the store has that.
    pub vouched: Option<BackupId>,
}

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the relay's disk is full")]
    Full,
    #[error("the relay's store failed: {0}")]
    Failed(String),
}

pub type Answer<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// Whatever a method answers is on disk when it answers, and survives the loss of power.
pub trait LogStore: Send + Sync + 'static {
    /// Appends a group in one transaction, in order; one answer for each. On an error none of it happened.
    ///
    /// An envelope id that is in the chat's log is answered with its place there, whatever `cas` says.
    /// `now` becomes `accepted_at` of what is new and brings no time of its own.
    fn append(&self, group: Vec<AppendRequest>, now: i64) -> Answer<'_, Vec<Appended>>;

    /// A chat's head and keys, never older than the last answered [`LogStore::append`].
    fn chat(&self, chat: ChatId) -> Answer<'_, Option<Chat>>;

    /// Entries after `after`, oldest first, without a hole; as many as fit, so none when the first does not.
    fn read(&self, chat: ChatId, after: Seq, page: Page) -> Answer<'_, Vec<LogEntry>>;

    /// Handshakes before `before`, newest first, and whether there are older ones.
    fn handshakes(&self, chat: ChatId, before: Seq, page: Page) -> Answer<'_, (Vec<LogEntry>, bool)>;

    /// What stands at the `count` places after `after`, oldest first and without a hole; fewer where the log ends.
    fn marks(&self, chat: ChatId, after: Seq, count: usize) -> Answer<'_, Vec<Mark>>;

    /// What stands at a place of the log; `None` where it has none.
    fn mark_at(&self, chat: ChatId, seq: Seq) -> Answer<'_, Option<Mark>>;

    /// Puts a join request into an inbox and answers its number; the same id is kept once while it waits.
    /// `None`: the inbox is full or the device has no account.
    fn deliver(&self, to: DeviceId, id: EnvelopeId, body: Vec<u8>) -> Answer<'_, Option<u64>>;

    /// Items with a number above `after`, oldest first, and whether there are more; at least one if any.
    fn inbox(&self, device: DeviceId, after: u64, page: Page) -> Answer<'_, (Vec<InboxItem>, bool)>;

    /// Highest number that waits in an inbox; 0 when it is empty.
    fn inbox_head(&self, device: DeviceId) -> Answer<'_, u64>;

    fn acknowledge(&self, device: DeviceId, upto: u64) -> Answer<'_, ()>;

    /// Adds key packages, forgets the oldest over [`beseda_protocol::limits::KEY_PACKAGES`], answers how many
    /// are kept. A device without an account keeps none.
    fn publish_key_packages(&self, device: DeviceId, packages: Vec<Vec<u8>>, now: i64) -> Answer<'_, u32>;

    /// Takes the oldest key package; no other caller gets the same one.
    fn take_key_package(&self, device: DeviceId) -> Answer<'_, Option<Vec<u8>>>;

    /// Names a person in the directory, in the place of what it said of them before; an empty username takes them out.
    /// Answers whether the username was theirs to take: nothing is changed else.
    fn put_in_directory(
        &self,
        user: UserId,
        username: String,
        identity: Vec<u8>,
        now: i64,
    ) -> Answer<'_, bool>;

    /// The identity of who is listed under exactly this username.
    fn find_in_directory(&self, username: String) -> Answer<'_, Option<Vec<u8>>>;

    /// The identity with which a person is listed.
    fn listed(&self, user: UserId) -> Answer<'_, Option<Vec<u8>>>;

    /// Puts records into a backup, each in the place of an older one of its id; begins it where there is none.
    fn put_backup(&self, by: DeviceId, put: BackupPut) -> Answer<'_, BackupStored>;

    /// Records with an id above `after`, in their order, and whether there are more; at least one if any.
    fn backup(
        &self,
        backup: BackupId,
        after: Option<RecordId>,
        page: Page,
    ) -> Answer<'_, (Vec<BackupRecord>, bool)>;

    /// Finds or opens a device's account, spending one use of the invitation with it.
    fn open_account(&self, device: DeviceId, admission: Admission, now: i64) -> Answer<'_, Account>;

    /// Creates an invitation good for `uses` new devices.
    fn create_invite(&self, token_hash: [u8; 32], uses: u32, now: i64) -> Answer<'_, ()>;

    /// Finishes what runs and closes the files.
    fn close(&self) -> BoxFuture<'_, ()>;
}

/// How an invitation token is stored: it is random and long, so a plain hash hides it.
#[must_use]
pub fn invite_hash(token: &str) -> [u8; 32] {
    blake3::derive_key("beseda relay invitation v1", token.as_bytes())
}
