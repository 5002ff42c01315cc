//! The store of a relay that can be made to wait: what is on screen for a moment only, while a relay is filled, can be
//! looked at then.

use std::{pin::Pin, sync::Arc};

use beseda_protocol::{
    BackupId, ChatId, DeviceId, EnvelopeId, RecordId, Seq, UserId,
    backup::BackupRecord,
    envelope::LogEntry,
    request::{InboxItem, Mark},
};
use beseda_relay::{
    LogStore,
    store::{Account, Admission, Answer, AppendRequest, Appended, BackupPut, BackupStored, Chat, Page},
};
use tokio::sync::watch;

/// How far logs may go, and how many wait because of it.
#[derive(Clone)]
pub struct Hold {
    upto: watch::Sender<Option<Seq>>,
    waiting: watch::Sender<u32>,
}

impl Default for Hold {
    fn default() -> Self {
        Self { upto: watch::Sender::new(None), waiting: watch::Sender::new(0) }
    }
}

impl Hold {
    /// Who appends after a handshake there, or later, waits.
    pub fn at(&self, seq: Seq) {
        self.upto.send_replace(Some(seq));
    }

    /// Nobody waits, and who does goes on.
    pub fn off(&self) {
        self.upto.send_replace(None);
    }

    /// Waits until somebody waits.
    pub async fn holds(&self) {
        // Both fail only without a sender, and `self` is one.
        let _ = self.waiting.subscribe().wait_for(|waiting| *waiting > 0).await;
    }

    async fn pass(&self, cas: Seq) {
        let may_pass = |upto: &Option<Seq>| upto.is_none_or(|upto| cas < upto);
        if may_pass(&self.upto.borrow()) {
            return;
        }
        self.waiting.send_modify(|waiting| *waiting += 1);
        let _ = self.upto.subscribe().wait_for(may_pass).await;
        self.waiting.send_modify(|waiting| *waiting -= 1);
    }
}

pub struct Held {
    store: Arc<dyn LogStore>,
    hold: Hold,
}

impl Held {
    pub fn new(store: Arc<dyn LogStore>, hold: Hold) -> Self {
        Self { store, hold }
    }
}

/// Methods that are the store's own.
macro_rules! as_it_is {
    ($(fn $name:ident($($given:ident: $of:ty),*) -> $answer:ty;)*) => {
        $(fn $name(&self, $($given: $of),*) -> $answer { self.store.$name($($given),*) })*
    };
}

impl LogStore for Held {
    fn append(&self, group: Vec<AppendRequest>, now: i64) -> Answer<'_, Vec<Appended>> {
        Box::pin(async move {
            for request in &group {
                self.hold.pass(request.cas).await;
            }
            self.store.append(group, now).await
        })
    }

    as_it_is! {
        fn chat(chat: ChatId) -> Answer<'_, Option<Chat>>;
        fn read(chat: ChatId, after: Seq, page: Page) -> Answer<'_, Vec<LogEntry>>;
        fn handshakes(chat: ChatId, before: Seq, page: Page) -> Answer<'_, (Vec<LogEntry>, bool)>;
        fn marks(chat: ChatId, after: Seq, count: usize) -> Answer<'_, Vec<Mark>>;
        fn mark_at(chat: ChatId, seq: Seq) -> Answer<'_, Option<Mark>>;
        fn deliver(to: DeviceId, id: EnvelopeId, body: Vec<u8>) -> Answer<'_, Option<u64>>;
        fn inbox(device: DeviceId, after: u64, page: Page) -> Answer<'_, (Vec<InboxItem>, bool)>;
        fn inbox_head(device: DeviceId) -> Answer<'_, u64>;
        fn acknowledge(device: DeviceId, upto: u64) -> Answer<'_, ()>;
        fn publish_key_packages(device: DeviceId, packages: Vec<Vec<u8>>, now: i64) -> Answer<'_, u32>;
        fn take_key_package(device: DeviceId) -> Answer<'_, Option<Vec<u8>>>;
        fn put_in_directory(user: UserId, username: String, identity: Vec<u8>, now: i64) -> Answer<'_, bool>;
        fn find_in_directory(username: String) -> Answer<'_, Option<Vec<u8>>>;
        fn listed(user: UserId) -> Answer<'_, Option<Vec<u8>>>;
        fn put_backup(by: DeviceId, put: BackupPut) -> Answer<'_, BackupStored>;
        fn backup(backup: BackupId, after: Option<RecordId>, page: Page) -> Answer<'_, (Vec<BackupRecord>, bool)>;
        fn open_account(device: DeviceId, admission: Admission, now: i64) -> Answer<'_, Account>;
        fn create_invite(token_hash: [u8; 32], uses: u32, now: i64) -> Answer<'_, ()>;
        fn close() -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
    }
}
