//! A profile with many messages: real chats of a real relay, whose history is then put in place with the core's own
//! store, documents and all, in large transactions. A million real sends would take ten minutes.
//!
//! What is made here is only a starting point: everything that is measured goes through [`beseda_core::Core`].

use std::{path::Path, time::Instant};

use anyhow::{Context as _, Result};
use beseda_core::{
    Core, NewProfile, Options,
    document::{Column, Fact, Segment},
    domain::{ActorNo, ChatNo, Place, UserNo},
    store::{
        Durability, Tx, Unlock, actors,
        changes::{self, NewChange},
        chats, members,
        messages::{self, NewMessage},
        users,
    },
};
use beseda_protocol::{
    ActorId, DeviceId, LogId, MessageId, Seq, SlotId, SlotKey, UserId, membership::ChatKind,
};

use crate::{
    relay::{process::RelayProcess, wire::random},
    words,
};

const TITLES: &[&str] = &["Trip", "Дача", "Release", "Семья", "Neighbours", "Проект", "Book club", "Школа"];
/// Members beside the person whose profile it is.
const OTHERS: usize = 4;
/// Facts in a segment, as the core closes them.
const SEGMENT_FACTS: u32 = 5_000;
/// Messages in one transaction, about.
const AT_ONCE: usize = 25_000;
/// KiB of cache while filling: ids are random, so their index is touched everywhere.
const CACHE: &str = "PRAGMA cache_size = -1500000";
/// Times begin on 2026-01-01; a message every ten seconds.
const FROM: i64 = 1_767_225_600_000;
const EVERY: i64 = 10_000;

/// How large a profile is.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub messages: u64,
    pub chats: usize,
}

impl Size {
    /// Messages of each chat: the first has a tenth of all, the others share the rest.
    #[must_use]
    pub fn of_chat(&self, n: usize) -> u64 {
        let first = self.messages / 10;
        if n == 0 || self.chats == 1 {
            return first;
        }
        (self.messages - first) / (self.chats as u64 - 1)
    }
}

/// Somebody who writes in a chat.
struct Author {
    user: UserNo,
    device: DeviceId,
    number: ActorNo,
    column: Column,
}

/// Makes a profile in `dir`, if it holds none yet.
///
/// # Errors
/// When the store, the relay or the disk fails.
pub async fn profile(dir: &Path, size: Size) -> Result<()> {
    let done = dir.join("filled");
    if done.exists() {
        return Ok(());
    }
    let started = Instant::now();
    let relay_data = tempfile::tempdir_in(dir.parent().context("a profile below a directory")?)?;
    let relay = RelayProcess::start(relay_data.path())?;
    let new = NewProfile { name: "Anna".to_owned(), relay: relay.url(), invite: None, unlock: Unlock::File };
    let core = Core::create(dir, new, Options::default()).await?;
    for n in 0..size.chats {
        core.create_chat(ChatKind::Group, &format!("{} {n}", TITLES[n % TITLES.len()]), "", "").await?;
        // A few at a time: an exchange takes up all new chats at once.
        if n % 10 == 9 || n + 1 == size.chats {
            core.sync().await.context("the new chats do not reach the relay")?;
        }
    }
    let mut written = 0;
    let mut lines = core.chats().await?;
    lines.sort_by_key(|line| line.number);
    for (n, line) in lines.iter().enumerate() {
        fill_chat(&core, line.number, written, size.of_chat(n), n).await?;
        core.device().store.checkpoint().await?;
        written += size.of_chat(n);
    }
    core.close().await;
    std::fs::write(done, b"")?;
    println!(
        "  {written} messages in {} chats, made in {:.0} s",
        lines.len(),
        started.elapsed().as_secs_f64()
    );
    Ok(())
}

async fn fill_chat(core: &Core, chat: ChatNo, first: u64, count: u64, unread: usize) -> Result<()> {
    let device = core.device();
    let mut tx = device.store.begin(Durability::Process).await?;
    sqlx::query(CACHE).execute(&mut *tx).await?;
    let state = chats::state(&mut tx, chat).await?;
    let log = state.log.context("a chat that the relay has")?;
    let own = actors::newest_of(&mut tx, chat, device.keys.device()).await?.context("an actor")?;
    let mut authors =
        vec![Author { user: device.me, device: own.device, number: own.number, column: own.column }];
    for n in 0..OTHERS {
        authors.push(newcomer(&mut tx, chat, ["Boris", "Clara", "Денис", "Елена"][n], device.me).await?);
    }
    let mut document = changes::open_segment(&mut tx, chat, 0).await?.document;
    let (mut segment, mut facts) = (0, 2);
    let mut dice = words::Dice::new(first);
    let mut waiting = Waiting::default();
    let mut seq = state.cursor;
    for n in 0..count {
        if facts == SEGMENT_FACTS {
            (segment, facts, document) = (segment + 1, 0, Segment::new());
            for author in &mut authors {
                let actor = ActorId(random()?);
                let row = actors::insert(&mut tx, chat, actor, author.device, segment, [1; 64]).await?;
                (author.number, author.column) = (row.number, row.column);
            }
        }
        seq = seq.next();
        let author = &mut authors[dice.below(OTHERS + 1)];
        let place = Place::accepted(seq, 0).context("too many messages for one chat")?;
        let sent_at = FROM + EVERY * n as i64;
        let text = words::message(first + n);
        let fact = Fact::Message { text: text.clone(), sent_at };
        let change = document.write(&author.column, &[fact])?;
        let id = MessageId::of(state.id, author.column.actor, author.column.next_fact);
        waiting.messages.push(NewMessage {
            chat,
            place,
            id,
            author: author.user,
            text,
            sent_at,
            at: sent_at,
        });
        waiting.changes.push(NewChange {
            chat,
            segment,
            actor: author.number,
            seq: change.column.seq,
            hash: change.hash,
            max_op: change.column.max_op,
            first_fact: change.numbers.start,
            next_fact: change.numbers.end,
            place: Some(place),
            accepted_at: sent_at,
            bytes: change.bytes,
        });
        author.column = change.column;
        facts += 1;
        if waiting.messages.len() == AT_ONCE {
            waiting.write(&mut tx, chat, log, seq).await?;
            tx.commit().await?;
            tx = device.store.begin(Durability::Process).await?;
        }
    }
    waiting.write(&mut tx, chat, log, seq).await?;
    let read = Place::accepted(Seq(seq.0 - (unread % 20) as u64), 0).context("a place")?;
    chats::set_read(&mut tx, chat, read, device.me).await?;
    // Columns have moved on under what the writer remembers. Opening the newest segment once leaves it saved, as
    // writing in it over the weeks would have.
    tx.memory().forget(chat);
    changes::open_segment(&mut tx, chat, segment).await?;
    tx.memory().forget(chat);
    tx.commit().await?;
    Ok(())
}

#[derive(Default)]
struct Waiting {
    messages: Vec<NewMessage>,
    changes: Vec<NewChange>,
}

impl Waiting {
    async fn write(&mut self, tx: &mut Tx<'_>, chat: ChatNo, log: LogId, seq: Seq) -> Result<()> {
        let first = changes::reserve(tx, self.changes.len().try_into()?).await?;
        changes::insert(tx, first, &self.changes).await?;
        messages::insert(tx, &self.messages).await?;
        chats::set_cursor(tx, chat, log, seq).await?;
        tx.touched.chat(chat, Place::FIRST);
        self.messages.clear();
        self.changes.clear();
        Ok(())
    }
}

async fn newcomer(tx: &mut Tx<'_>, chat: ChatNo, name: &str, by: UserNo) -> Result<Author> {
    // The same four people in every chat.
    let mut id = [0; 32];
    id.iter_mut().zip(name.bytes()).for_each(|(to, from)| *to = from);
    let user = users::number(tx, UserId(id), name).await?;
    let device = DeviceId(random()?);
    members::put_device(tx, chat, device, user, (SlotId(random()?), SlotKey(random()?)), Seq(1)).await?;
    members::put(tx, chat, user, FROM, by, false).await?;
    let actor = ActorId(random()?);
    let row = actors::insert(tx, chat, actor, device, 0, [1; 64]).await?;
    Ok(Author { user, device, number: row.number, column: row.column })
}
