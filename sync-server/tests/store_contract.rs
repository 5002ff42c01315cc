//! What every store must do alike, run on each of them. A new store adds a factory and one line at the end.

#![allow(clippy::unwrap_used, reason = "tests; clippy.toml knows functions marked as tests only")]

use std::{future::Future, sync::Arc};

use beseda_protocol::{
    BackupId, ChatId, DeviceId, EnvelopeId, LogId, RecordId, Seq, SlotId, SlotKey, Tag, UserId,
    access::{AccessRefusal, KeyChanges, SlotEntry},
    backup::BackupRecord,
    envelope::{Envelope, EnvelopeKind, Welcome},
    limits,
    request::InboxKind,
};
use beseda_relay::{
    LogStore, Purpose, SqliteStore,
    store::{Account, Admission, AppendRequest, Appended, BackupPut, BackupStored, Page, sqlite::OpenError},
};

trait Factory {
    /// Opens the same store again; the one before is closed.
    fn open(&self) -> impl Future<Output = Arc<dyn LogStore>>;
}

const CHAT: ChatId = ChatId([1; 16]);
const ANNA: SlotKey = SlotKey([1; 32]);
const BORIS: SlotKey = SlotKey([2; 32]);
const DEVICE: DeviceId = DeviceId([7; 32]);
const ALL: Page = Page { bytes: usize::MAX, count: 1000 };
const FREE: Admission = Admission { invite_required: false, token_hash: None, vouched: None };

fn content(id: u8) -> Envelope {
    let id = EnvelopeId([id; 16]);
    Envelope {
        id,
        kind: EnvelopeKind::Content,
        body: vec![id.0[0]; 10],
        welcomes: vec![],
        keys: None,
        accepted_at: None,
    }
}

fn handshake(id: u8, keys: Option<KeyChanges>) -> Envelope {
    Envelope { kind: EnvelopeKind::Handshake, keys, ..content(id) }
}

fn put(key: SlotKey, slot: u8, admin: bool) -> Option<KeyChanges> {
    Some(KeyChanges {
        put: vec![SlotEntry { slot: SlotId([slot; 16]), key, admin }],
        ..KeyChanges::default()
    })
}

fn request(by: SlotKey, cas: u64, envelopes: Vec<Envelope>) -> AppendRequest {
    let tag = Tag([envelopes[0].id.0[0]; 8]);
    AppendRequest { chat: CHAT, by, cas: Seq(cas), envelopes, new_log: LogId([9; 16]), tag }
}

async fn one(store: &dyn LogStore, now: i64, request: AppendRequest) -> Appended {
    store.append(vec![request], now).await.unwrap().remove(0)
}

/// Creates the chat with Anna as its admin: seq 1.
async fn create(store: &dyn LogStore) {
    let created = one(store, 5, request(ANNA, 0, vec![handshake(100, put(ANNA, 1, true))])).await;
    assert_eq!(seqs(&created), [1]);
}

fn seqs(answer: &Appended) -> Vec<u64> {
    match answer {
        Appended::Accepted { at, .. } => at.iter().map(|at| at.seq.0).collect(),
        other => panic!("{other:?}"),
    }
}

async fn stored(store: &dyn LogStore) -> Vec<u64> {
    store.read(CHAT, Seq::ZERO, ALL).await.unwrap().iter().map(|entry| entry.seq.0).collect()
}

async fn a_chat_begins_with_a_handshake_that_makes_its_sender_admin(factory: &impl Factory) {
    let store = factory.open().await;
    assert_eq!(one(&*store, 1, request(ANNA, 0, vec![content(1)])).await, Appended::NoChat);
    assert_eq!(
        one(&*store, 1, request(ANNA, 3, vec![handshake(1, put(ANNA, 1, true))])).await,
        Appended::NoChat
    );
    for keys in [None, put(ANNA, 1, false), put(BORIS, 1, true)] {
        let answer = one(&*store, 1, request(ANNA, 0, vec![handshake(1, keys)])).await;
        assert_eq!(answer, Appended::Refused(AccessRefusal::NoAdmin));
    }
    assert_eq!(store.chat(CHAT).await.unwrap(), None);
    create(&*store).await;
    let chat = store.chat(CHAT).await.unwrap().unwrap();
    assert_eq!(
        (chat.log, chat.head, chat.last_handshake, chat.touched_at),
        (LogId([9; 16]), Seq(1), Seq(1), 5)
    );
    assert!(chat.keys.may_use(&ANNA) && !chat.keys.may_use(&BORIS));
}

async fn a_group_is_decided_in_order_and_each_is_answered(factory: &impl Factory) {
    let store = factory.open().await;
    create(&*store).await;
    let group = vec![
        request(ANNA, 1, vec![content(1), content(2)]),
        request(BORIS, 1, vec![content(3)]),
        request(ANNA, 1, vec![content(1)]),
        request(ANNA, 1, vec![handshake(4, put(BORIS, 2, false))]),
        request(ANNA, 1, vec![content(5)]),
        request(BORIS, 4, vec![content(6)]),
        AppendRequest { chat: ChatId([2; 16]), ..request(BORIS, 0, vec![handshake(6, put(BORIS, 1, true))]) },
        AppendRequest { chat: ChatId([2; 16]), ..request(BORIS, 1, vec![content(6), content(7)]) },
    ];
    let answers = store.append(group, 50).await.unwrap();
    assert_eq!(seqs(&answers[0]), [2, 3]);
    assert_eq!(answers[1], Appended::Refused(AccessRefusal::Denied));
    assert_eq!(seqs(&answers[2]), [2], "the same id in the same group");
    assert_eq!(seqs(&answers[3]), [4]);
    assert!(matches!(answers[4], Appended::Conflict(head) if head.last_handshake == Seq(4)));
    assert_eq!(seqs(&answers[5]), [5]);
    assert_eq!(seqs(&answers[6]), [1]);
    assert_eq!(seqs(&answers[7]), [1, 2], "ids are of a chat");
    assert_eq!(stored(&*store).await, [1, 2, 3, 4, 5]);
}

async fn a_known_id_gets_its_answer_whatever_cas_says(factory: &impl Factory) {
    let store = factory.open().await;
    create(&*store).await;
    let first = one(&*store, 10, request(ANNA, 1, vec![content(1), content(2)])).await;
    let leaving = handshake(3, put(BORIS, 2, true));
    assert_eq!(seqs(&one(&*store, 20, request(ANNA, 1, vec![leaving])).await), [4]);
    for cas in [0, 1, 4, 9] {
        assert_eq!(one(&*store, 99, request(ANNA, cas, vec![content(1), content(2)])).await, first);
    }
    let mixed = request(ANNA, 1, vec![content(1), content(8)]);
    assert!(matches!(one(&*store, 99, mixed).await, Appended::Conflict(_)), "nothing of it is appended");
    assert_eq!(seqs(&one(&*store, 99, request(ANNA, 4, vec![content(1), content(8)])).await), [2, 5]);

    let remove = KeyChanges { remove: vec![BORIS], ..KeyChanges::default() };
    let gone = request(BORIS, 4, vec![handshake(9, Some(remove))]);
    let left = one(&*store, 30, gone.clone()).await;
    assert_eq!(seqs(&left), [6]);
    assert_eq!(one(&*store, 40, gone).await, left, "who removed itself may ask again");
    assert_eq!(
        one(&*store, 40, request(BORIS, 6, vec![content(10)])).await,
        Appended::Refused(AccessRefusal::Denied)
    );
}

async fn all_of_it_survives_a_reopening(factory: &impl Factory) {
    let store = factory.open().await;
    create(&*store).await;
    let changes = KeyChanges { remove: vec![ANNA], ..put(BORIS, 2, true).unwrap() };
    let answer = one(&*store, 7, request(ANNA, 1, vec![content(1)])).await;
    one(&*store, 8, request(ANNA, 1, vec![handshake(2, Some(changes))])).await;
    let (chat, entries) = (store.chat(CHAT).await.unwrap(), store.read(CHAT, Seq::ZERO, ALL).await.unwrap());
    store.close().await;

    let store = factory.open().await;
    assert_eq!(store.chat(CHAT).await.unwrap(), chat);
    assert_eq!(store.read(CHAT, Seq::ZERO, ALL).await.unwrap(), entries);
    assert_eq!(one(&*store, 9, request(ANNA, 1, vec![content(1)])).await, answer);
    assert_eq!(seqs(&one(&*store, 9, request(BORIS, 3, vec![content(3)])).await), [4]);
    let other =
        AppendRequest { chat: ChatId([2; 16]), ..request(ANNA, 0, vec![handshake(2, put(ANNA, 1, true))]) };
    assert_eq!(seqs(&one(&*store, 9, other).await), [1]);
}

async fn pages_are_bounded_by_bytes_and_count(factory: &impl Factory) {
    for reopened in [false, true] {
        let store = factory.open().await;
        if !reopened {
            create(&*store).await;
            let said = (1..=20).map(content).collect();
            one(&*store, 7, request(ANNA, 1, said)).await;
            one(&*store, 8, request(ANNA, 1, vec![handshake(50, None)])).await;
        }
        let read = async |after, bytes, count| {
            let page = store.read(CHAT, Seq(after), Page { bytes, count }).await.unwrap();
            page.iter().map(|entry| entry.seq.0).collect::<Vec<_>>()
        };
        assert_eq!(read(0, 35, 100).await, [1, 2, 3]);
        assert_eq!(read(3, 1000, 2).await, [4, 5]);
        assert_eq!(read(0, 9, 100).await, [0; 0]);
        assert_eq!(read(21, 10, 100).await, [22]);
        assert_eq!(read(22, 10, 100).await, [0; 0]);
        assert!(store.read(ChatId([8; 16]), Seq::ZERO, ALL).await.unwrap().is_empty());

        let handshakes = async |before, bytes| {
            let (page, more) = store.handshakes(CHAT, Seq(before), Page { bytes, count: 10 }).await.unwrap();
            (page.iter().map(|entry| entry.seq.0).collect::<Vec<_>>(), more)
        };
        assert_eq!(handshakes(99, 100).await, (vec![22, 1], false));
        assert_eq!(handshakes(99, 10).await, (vec![22], true));
        assert_eq!(handshakes(22, 100).await, (vec![1], false));
        // The second time nothing is in memory.
        store.close().await;
    }
}

async fn marks_tell_what_stands_where(factory: &impl Factory) {
    use EnvelopeKind::{Content, Handshake};
    for reopened in [false, true] {
        let store = factory.open().await;
        if !reopened {
            let neighbour = |chat| AppendRequest {
                chat: ChatId([chat; 16]),
                ..request(BORIS, 0, vec![handshake(7, put(BORIS, 1, true))])
            };
            one(&*store, 5, neighbour(2)).await;
            create(&*store).await;
            one(&*store, 5, neighbour(3)).await;
            one(&*store, 7, request(ANNA, 1, (1..=3).map(content).collect())).await;
            one(&*store, 8, request(ANNA, 1, vec![handshake(50, None)])).await;
        }
        let marks = async |after, count| {
            let marks = store.marks(CHAT, Seq(after), count).await.unwrap();
            marks.iter().map(|mark| (mark.id.0[0], mark.kind)).collect::<Vec<_>>()
        };
        let all = [(100, Handshake), (1, Content), (2, Content), (3, Content), (50, Handshake)];
        assert_eq!(marks(0, usize::MAX).await, all);
        assert_eq!(marks(1, 2).await, all[1..3]);
        assert_eq!(marks(3, 9).await, all[3..]);
        assert!(store.marks(ChatId([8; 16]), Seq::ZERO, 9).await.unwrap().is_empty());

        let listed = store.marks(CHAT, Seq::ZERO, 9).await.unwrap();
        let times: Vec<_> = listed.iter().map(|mark| mark.accepted_at.unwrap()).collect();
        let read = store.read(CHAT, Seq::ZERO, ALL).await.unwrap();
        assert_eq!(times, read.iter().map(|entry| entry.accepted_at).collect::<Vec<_>>());
        // Of each request its own.
        let tags: Vec<_> = listed.iter().map(|mark| mark.tag).collect();
        assert_eq!(tags, [100, 1, 1, 1, 50].map(|tag| Tag([tag; 8])));
        assert_eq!(tags, read.iter().map(|entry| entry.tag).collect::<Vec<_>>());
        let mark_at = async |seq| store.mark_at(CHAT, Seq(seq)).await.unwrap();
        for (seq, mark) in (1..).zip(listed) {
            assert_eq!(mark_at(seq).await, Some(mark));
        }
        assert_eq!(store.mark_at(ChatId([8; 16]), Seq(1)).await.unwrap(), None);
        // Nor do they lead into the logs beside it.
        for beyond in [6, limits::SEQ_MAX, limits::SEQ_MAX + 1, limits::SEQ_MAX + 2, 1 << 63, u64::MAX] {
            assert!(marks(beyond, 9).await.is_empty(), "after {beyond}");
            assert_eq!(mark_at(beyond).await, None, "{beyond}");
        }
        assert_eq!(mark_at(0).await, None);
        // The second time nothing is in memory.
        store.close().await;
    }
}

async fn times_of_a_lost_log_are_kept_in_order_and_not_in_the_future(factory: &impl Factory) {
    let store = factory.open().await;
    let at = |time, envelope| Envelope { accepted_at: Some(time), ..envelope };
    let times = |answer: &Appended| match answer {
        Appended::Accepted { at, .. } => at.iter().map(|at| at.accepted_at).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let created = at(100, handshake(100, put(ANNA, 1, true)));
    let group = vec![request(ANNA, 0, vec![created]), request(ANNA, 1, vec![at(99, content(1))])];
    let answers = store.append(group, 1000).await.unwrap();
    assert_eq!((times(&answers[0]), times(&answers[1])), (vec![100], vec![100]));
    let said = vec![at(300, content(2)), at(200, content(3)), at(400, content(4))];
    let refilled = one(&*store, 1000, request(ANNA, 1, said.clone())).await;
    assert_eq!(times(&refilled), [300, 300, 400]);
    let chat = store.chat(CHAT).await.unwrap().unwrap();
    assert_eq!(chat.touched_at, 400, "as old as its newest entry");
    store.close().await;

    let store = factory.open().await;
    assert_eq!(store.chat(CHAT).await.unwrap(), Some(chat));
    let late = said.into_iter().map(|envelope| at(1, envelope)).collect();
    assert_eq!(one(&*store, 2000, request(ANNA, 1, late)).await, refilled, "asked again, answered alike");
    for (id, given, now, expected) in [
        (5, Some(399), 1000, 400),
        (6, Some(1001), 1000, 1000),
        (7, None, 1500, 1500),
        (8, Some(0), 1400, 1400),
    ] {
        let envelope = Envelope { accepted_at: given, ..content(id) };
        assert_eq!(times(&one(&*store, now, request(ANNA, 1, vec![envelope])).await), [expected]);
        assert_eq!(store.chat(CHAT).await.unwrap().unwrap().touched_at, expected);
    }
    let entries = store.read(CHAT, Seq::ZERO, ALL).await.unwrap();
    let stored: Vec<_> = entries.iter().map(|entry| entry.accepted_at).collect();
    assert_eq!(stored, [100, 100, 300, 300, 400, 400, 1000, 1500, 1400]);
}

async fn welcomes_are_put_by_the_accepted_handshake(factory: &impl Factory) {
    let store = factory.open().await;
    create(&*store).await;
    let welcome = Welcome { device: DEVICE, body: b"welcome".to_vec() };
    let inviting = Envelope { welcomes: vec![welcome], ..handshake(1, put(BORIS, 2, false)) };
    let invite = request(ANNA, 1, vec![inviting]);
    assert_eq!(one(&*store, 9, invite.clone()).await, Appended::Undeliverable, "no account");
    assert_eq!(stored(&*store).await, [1]);
    assert!(!store.chat(CHAT).await.unwrap().unwrap().keys.may_use(&BORIS));

    store.open_account(DEVICE, FREE, 1000).await.unwrap();
    assert!(matches!(
        one(&*store, 9, AppendRequest { cas: Seq(8), ..invite.clone() }).await,
        Appended::Conflict(_)
    ));
    assert_eq!(store.inbox_head(DEVICE).await.unwrap(), 0);
    let Appended::Accepted { inboxes, .. } = one(&*store, 9, invite.clone()).await else { panic!() };
    one(&*store, 9, invite).await;
    let (items, more) = store.inbox(DEVICE, 0, ALL).await.unwrap();
    assert_eq!((items.len(), more), (1, false));
    assert_eq!(items[0].kind, InboxKind::Welcome { chat: CHAT, seq: Seq(2) });
    assert_eq!((items[0].id, &items[0].body[..]), (EnvelopeId([1; 16]), &b"welcome"[..]));
    assert_eq!(inboxes, [(DEVICE, items[0].number)]);
}

async fn welcomes_of_two_chats_may_have_the_same_id(factory: &impl Factory) {
    let store = factory.open().await;
    store.open_account(DEVICE, FREE, 1000).await.unwrap();
    let chats = [ChatId([1; 16]), ChatId([2; 16]), ChatId([3; 16])];
    let creation = |chat: ChatId| {
        let welcome = Welcome { device: DEVICE, body: chat.0.to_vec() };
        let creating = Envelope { welcomes: vec![welcome], ..handshake(7, put(ANNA, 1, true)) };
        AppendRequest { chat, ..request(ANNA, 0, vec![creating]) }
    };
    // Two in one group, and one that finds them on the disk.
    let together = store.append(vec![creation(chats[0]), creation(chats[1])], 9).await.unwrap();
    let alone = one(&*store, 9, creation(chats[2])).await;
    for answer in together.iter().chain([&alone]) {
        assert_eq!(seqs(answer), [1]);
    }
    assert_eq!(seqs(&one(&*store, 10, creation(chats[1])).await), [1], "and each once");
    let (items, _) = store.inbox(DEVICE, 0, ALL).await.unwrap();
    let welcomes: Vec<_> = items.iter().map(|item| (item.kind, item.body.clone())).collect();
    let expected = chats.map(|chat| (InboxKind::Welcome { chat, seq: Seq(1) }, chat.0.to_vec()));
    assert_eq!(welcomes, expected);
}

async fn an_inbox_keeps_each_once_in_order_until_acknowledged(factory: &impl Factory) {
    let store = factory.open().await;
    let deliver = async |n: u16| {
        let mut id = [0; 16];
        id[..2].copy_from_slice(&n.to_be_bytes());
        store.deliver(DEVICE, EnvelopeId(id), vec![1; 10]).await.unwrap()
    };
    assert_eq!(deliver(1).await, None);
    store.open_account(DEVICE, FREE, 1000).await.unwrap();
    let numbers = [deliver(1).await.unwrap(), deliver(2).await.unwrap(), deliver(3).await.unwrap()];
    assert!(numbers[0] < numbers[1] && numbers[1] < numbers[2]);
    assert!(numbers[0] >= 1000, "above those of a relay that was lost");
    assert_eq!(deliver(2).await, Some(numbers[1]));
    let page = Page { bytes: 25, count: 10 };
    let (items, more) = store.inbox(DEVICE, 0, page).await.unwrap();
    assert_eq!(
        (items.iter().map(|item| item.number).collect::<Vec<_>>(), more),
        (numbers[..2].to_vec(), true)
    );
    let (items, _) = store.inbox(DEVICE, numbers[1], Page { bytes: 1, count: 10 }).await.unwrap();
    assert_eq!(items.len(), 1, "one at least");
    store.acknowledge(DEVICE, numbers[1]).await.unwrap();
    let (items, _) = store.inbox(DEVICE, 0, ALL).await.unwrap();
    assert_eq!(items.iter().map(|item| item.number).collect::<Vec<_>>(), numbers[2..]);
    store.acknowledge(DEVICE, u64::MAX).await.unwrap();
    assert!(deliver(4).await.unwrap() > numbers[2], "numbers are not used again");
    for n in 5..4 + u16::try_from(limits::INBOX_ITEMS).unwrap() {
        assert!(deliver(n).await.is_some());
    }
    assert_eq!(deliver(60_000).await, None, "full");
}

async fn key_packages_are_given_out_once_oldest_first(factory: &impl Factory) {
    let store = factory.open().await;
    assert_eq!(store.publish_key_packages(DEVICE, vec![vec![1]], 1).await.unwrap(), 0);
    store.open_account(DEVICE, FREE, 1).await.unwrap();
    let many = (0..=u8::try_from(limits::KEY_PACKAGES).unwrap()).map(|n| vec![n]).collect();
    assert_eq!(store.publish_key_packages(DEVICE, many, 1).await.unwrap() as usize, limits::KEY_PACKAGES);
    assert_eq!(store.take_key_package(DEVICE).await.unwrap(), Some(vec![1]));
    assert_eq!(store.take_key_package(DEVICE).await.unwrap(), Some(vec![2]));
    assert_eq!(store.take_key_package(DeviceId([8; 32])).await.unwrap(), None);
}

async fn a_username_is_one_persons_until_they_give_it_up(factory: &impl Factory) {
    let store = factory.open().await;
    let (anna, boris) = (UserId([1; 32]), UserId([2; 32]));
    let put =
        |user, name: &str, identity: u8| store.put_in_directory(user, name.to_owned(), vec![identity], 1);
    let find = |name: &str| store.find_in_directory(name.to_owned());
    assert!(put(anna, "anna", 1).await.unwrap());
    assert!(!put(boris, "anna", 2).await.unwrap(), "it is taken");
    assert!(put(anna, "anna", 3).await.unwrap(), "by herself");
    assert_eq!(find("anna").await.unwrap(), Some(vec![3]));
    assert!(put(anna, "karenina", 4).await.unwrap());
    assert_eq!((find("anna").await.unwrap(), store.listed(anna).await.unwrap()), (None, Some(vec![4])));
    assert!(put(boris, "anna", 5).await.unwrap(), "it is free");
    assert!(put(anna, "", 6).await.unwrap());
    assert_eq!((find("karenina").await.unwrap(), store.listed(anna).await.unwrap()), (None, None));
}

async fn accounts_open_as_the_operator_chose(factory: &impl Factory) {
    let store = factory.open().await;
    let device = |n| DeviceId([n; 32]);
    let with = |token_hash| Admission { invite_required: true, token_hash, vouched: None };
    let token = Some([3; 32]);
    assert_eq!(store.open_account(device(1), FREE, 1).await.unwrap(), Account::Opened);
    assert_eq!(store.open_account(device(1), with(None), 1).await.unwrap(), Account::Known);
    assert_eq!(store.open_account(device(2), with(None), 1).await.unwrap(), Account::InviteRequired);
    assert_eq!(store.open_account(device(2), with(token), 1).await.unwrap(), Account::InviteUnknown);
    store.create_invite([3; 32], 2, 1).await.unwrap();
    for (n, expected) in
        [(2, Account::Opened), (2, Account::Known), (3, Account::Opened), (4, Account::InviteUnknown)]
    {
        assert_eq!(store.open_account(device(n), with(token), 1).await.unwrap(), expected);
    }
}

async fn a_backup_keeps_the_newest_of_each_record_and_opens_accounts(factory: &impl Factory) {
    let store = factory.open().await;
    let backup = BackupId([4; 32]);
    let record = |id: u8, body: u8| BackupRecord { id: RecordId([id; 16]), body: vec![body; 10] };
    let put_by = async |by, of, by_key, records| {
        let put = BackupPut { backup: of, by_key, writers: vec![by], records };
        store.put_backup(by, put).await.unwrap()
    };
    let put = async |of, records| put_by(DEVICE, of, false, records).await;
    let (done, denied) = (BackupStored::Done, BackupStored::Denied);
    assert_eq!(put(backup, vec![record(1, 1)]).await, denied, "a device without an account keeps none");
    store.open_account(DEVICE, FREE, 1).await.unwrap();
    assert_eq!(put(backup, vec![record(2, 2), record(1, 1)]).await, done);
    assert_eq!(put(backup, vec![record(3, 3), record(1, 9)]).await, done);
    let other = DeviceId([8; 32]);
    assert_eq!(put_by(other, backup, false, vec![record(1, 7)]).await, denied);
    let page = Page { bytes: 25, count: 10 };
    let (first, more) = store.backup(backup, None, page).await.unwrap();
    assert_eq!((first, more), (vec![record(1, 9), record(2, 2)], true));
    let (rest, more) = store.backup(backup, Some(RecordId([2; 16])), page).await.unwrap();
    assert_eq!((rest, more), (vec![record(3, 3)], false));
    let (one, more) = store.backup(backup, None, Page { bytes: 1, count: 10 }).await.unwrap();
    assert_eq!((one.len(), more), (1, true), "one at least");
    for n in 5..4 + u8::try_from(limits::DEVICE_BACKUPS).unwrap() {
        assert_eq!(put(BackupId([n; 32]), vec![]).await, done);
    }
    assert_eq!(put(BackupId([99; 32]), vec![]).await, BackupStored::Full, "as many as a device may begin");
    assert_eq!(put_by(other, backup, true, vec![record(4, 4)]).await, done, "who has the key");
    assert_eq!(put(backup, vec![record(4, 5)]).await, denied, "it says who writes from then on");

    let with = |vouched| Admission { invite_required: true, token_hash: None, vouched };
    let device = |n| DeviceId([n; 32]);
    let unknown = Some(BackupId([99; 32]));
    assert_eq!(store.open_account(device(1), with(unknown), 1).await.unwrap(), Account::InviteRequired);
    assert_eq!(store.open_account(device(1), with(Some(backup)), 1).await.unwrap(), Account::Opened);
}

struct Sqlite(tempfile::TempDir);

impl Factory for Sqlite {
    async fn open(&self) -> Arc<dyn LogStore> {
        Arc::new(SqliteStore::open(self.0.path(), Purpose::Serve).await.unwrap())
    }
}

macro_rules! contract {
    ($store:ident, $factory:expr; $($name:ident)*) => {
        mod $store {
            $(#[tokio::test]
            async fn $name() {
                super::$name(&$factory).await;
            })*
        }
    };
}

contract! { sqlite, super::Sqlite(tempfile::tempdir().unwrap());
    a_chat_begins_with_a_handshake_that_makes_its_sender_admin
    a_group_is_decided_in_order_and_each_is_answered
    a_known_id_gets_its_answer_whatever_cas_says
    all_of_it_survives_a_reopening
    pages_are_bounded_by_bytes_and_count
    marks_tell_what_stands_where
    times_of_a_lost_log_are_kept_in_order_and_not_in_the_future
    welcomes_are_put_by_the_accepted_handshake
    welcomes_of_two_chats_may_have_the_same_id
    an_inbox_keeps_each_once_in_order_until_acknowledged
    key_packages_are_given_out_once_oldest_first
    a_username_is_one_persons_until_they_give_it_up
    accounts_open_as_the_operator_chose
    a_backup_keeps_the_newest_of_each_record_and_opens_accounts
}

#[tokio::test]
async fn a_foreign_file_and_a_newer_schema_are_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("relay.db");
    std::fs::write(&path, b"a letter, and not a database at all, long enough to be read as one").unwrap();
    let open = async || SqliteStore::open(dir.path(), Purpose::Serve).await.map(|_| ()).unwrap_err();
    assert!(matches!(open().await, OpenError::Foreign(_)));
    assert!(std::fs::read(&path).unwrap().starts_with(b"a letter"));
    std::fs::remove_file(&path).unwrap();

    let store = SqliteStore::open(dir.path(), Purpose::Serve).await.unwrap();
    assert!(matches!(open().await, OpenError::Locked(_)));
    store.close().await;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
    let mut other: sqlx::SqliteConnection = sqlx::ConnectOptions::connect(&options).await.unwrap();
    sqlx::query("PRAGMA user_version = 99").execute(&mut other).await.unwrap();
    sqlx::Connection::close(other).await.unwrap();
    assert!(matches!(open().await, OpenError::NewerSchema { found: 99, .. }));
}
