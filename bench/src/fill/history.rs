//! Saying something in a chat as if the relay had accepted it: a change in its column, a row in the store, and what the
//! projection makes of it. A profile so filled is whole in the eyes of `beseda doctor`.

use anyhow::{Context as _, Result};
use beseda_core::{
    Core,
    device::Device,
    document::{Column, Fact, Segment},
    domain::{ActorNo, ChatNo, Millis, Place, UserNo},
    store::{
        Durability, Tx, actors,
        changes::{self, NewChange, Sealed},
        chats::{self, ChatState},
        projection::{self, Projection, Said},
        users,
    },
};
use beseda_protocol::{
    ActorId, DeviceId, EnvelopeId, LogId, MessageId, Seq, SlotId, SlotKey, Tag, codec,
    membership::{Added, Event, History as Kept, Roles, SignedEvent},
    sign::{Purpose, Signature},
};

use super::people::Person;
use crate::relay::wire::random;

/// Facts in a segment, as the core closes them.
const SEGMENT_FACTS: u32 = 5_000;
/// Changes in one transaction.
const AT_ONCE: usize = 25_000;
/// KiB of cache while filling: ids are random, so their index is touched everywhere.
const CACHE: &str = "PRAGMA cache_size = -1500000";

/// Somebody who writes in a chat.
struct Author {
    user: UserNo,
    device: DeviceId,
    number: ActorNo,
    column: Column,
}

pub struct History<'a> {
    device: &'a Device,
    tx: Option<Tx<'a>>,
    state: ChatState,
    log: LogId,
    authors: Vec<Author>,
    document: Segment,
    segment: u32,
    facts: u32,
    projection: Projection,
    waiting: usize,
    seq: Seq,
}

const NO_TX: &str = "a transaction is open";

impl<'a> History<'a> {
    /// Lets `others` into a chat at `at`. Authors are then the person of the profile (0) and they, in their order.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn begin(core: &'a Core, chat: ChatNo, others: &[&Person], at: Millis) -> Result<Self> {
        let device = core.device();
        let mut tx = device.store.begin(Durability::Process).await?;
        sqlx::query(CACHE).execute(&mut *tx).await?;
        let state = chats::state(&mut tx, chat).await?;
        let log = state.log.context("a chat that the relay has")?;
        let own = actors::newest_of(&mut tx, chat, device.keys.device()).await?.context("an actor")?;
        let mut authors = vec![Author {
            user: device.me.number,
            device: own.device,
            number: own.number,
            column: own.column,
        }];
        let seq = state.cursor.next();
        let signed = admission(device, &state, others, at)?;
        for person in others {
            let user = users::number(&mut tx, person.keys.user(), person.name).await?;
            let (device, actor) = (person.keys.device(), ActorId(random()?));
            let row = actors::insert(&mut tx, chat, actor, device, 0, [1; 64]).await?;
            authors.push(Author { user, device, number: row.number, column: row.column });
        }
        projection::member_event(&mut tx, chat, seq, at, &signed).await?;
        chats::set_last_handshake(&mut tx, chat, seq).await?;
        let document = changes::open_segment(&mut tx, chat, 0).await?.document;
        Ok(Self {
            device,
            tx: Some(tx),
            log,
            authors,
            document: *document,
            segment: 0,
            facts: 2,
            projection: Projection::new(&state, device.me, Place::END),
            waiting: 0,
            seq,
            state,
        })
    }

    /// Says something, and answers the id it has if it is a message.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn say(&mut self, author: usize, fact: Fact, at: Millis) -> Result<MessageId> {
        let chat = self.state.number;
        if self.facts == SEGMENT_FACTS {
            (self.segment, self.facts, self.document) = (self.segment + 1, 0, Segment::new());
            for author in &mut self.authors {
                let tx = self.tx.as_mut().context(NO_TX)?;
                let actor = ActorId(random()?);
                let row = actors::insert(tx, chat, actor, author.device, self.segment, [1; 64]).await?;
                (author.number, author.column) = (row.number, row.column);
            }
        }
        self.seq = self.seq.next();
        let author = &mut self.authors[author];
        let place = Place::accepted(self.seq, 0).context("too many messages for one chat")?;
        let change = self.document.write(&author.column, std::slice::from_ref(&fact))?;
        let (actor, number) = (author.column.actor, author.column.next_fact);
        let said =
            Said { author: author.user, actor, number, fact, place, at, replaces: None, refused: None };
        self.projection.say(self.tx.as_mut().context(NO_TX)?, said).await?;
        self.projection.store(NewChange {
            chat,
            segment: self.segment,
            actor: author.number,
            seq: change.column.seq,
            hash: change.hash,
            max_op: change.column.max_op,
            first_fact: change.numbers.start,
            next_fact: change.numbers.end,
            place: Some(place),
            accepted_at: at,
            bytes: change.bytes,
            sealed: Some(Sealed { envelope: EnvelopeId(random()?), signature: Signature([7; 64]) }),
        });
        author.column = change.column;
        self.facts += 1;
        self.waiting += 1;
        if self.waiting == AT_ONCE {
            self.waiting = 0;
            self.write().await?;
            self.tx.take().context(NO_TX)?.commit().await?;
            self.tx = Some(self.device.store.begin(Durability::Process).await?);
        }
        Ok(MessageId::of(self.state.id, actor, number))
    }

    async fn write(&mut self) -> Result<()> {
        let tx = self.tx.as_mut().context(NO_TX)?;
        self.projection.flush(tx).await?;
        chats::set_cursor(tx, self.state.number, self.log, self.seq, (None, Some(Tag::default()))).await?;
        Ok(())
    }

    /// Where the newest thing stands.
    ///
    /// # Errors
    /// When the chat is too long.
    pub fn here(&self) -> Result<Place> {
        self.before(0)
    }

    /// So many envelopes before it.
    ///
    /// # Errors
    /// When the chat is too long.
    pub fn before(&self, envelopes: u64) -> Result<Place> {
        Place::accepted(Seq(self.seq.0.saturating_sub(envelopes)), 0).context("a place")
    }

    /// Writes what is left; the person has read up to `read`.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn end(mut self, read: Place) -> Result<()> {
        self.write().await?;
        let (chat, mut tx) = (self.state.number, self.tx.take().context(NO_TX)?);
        chats::count_unread(&mut tx, chat, read, self.device.me.number).await?;
        // Columns have moved on under what the writer remembers. Opening the newest segment once leaves it saved, as
        // writing in it over the weeks would have.
        tx.memory().forget(chat);
        changes::open_segment(&mut tx, chat, self.segment).await?;
        tx.memory().forget(chat);
        tx.commit().await?;
        Ok(())
    }
}

/// The handshake that lets them in, as their devices would have it in the membership log.
fn admission(device: &Device, state: &ChatState, others: &[&Person], at: Millis) -> Result<SignedEvent> {
    let me = device.keys.user();
    let mut adds = Vec::with_capacity(others.len());
    for person in others {
        let identity = person.keys.identity().clone();
        adds.push(Added { identity, slot: SlotId(random()?), key: SlotKey(random()?) });
    }
    let event = Event {
        v: 1,
        chat: state.id,
        era: 1,
        parent: state.last_handshake,
        follows: None,
        by: device.keys.device(),
        adds,
        removes: vec![],
        roles: Roles::new(state.id, state.kind, me, Kept::All),
        at,
    };
    let signature = device.keys.sign(Purpose::Membership, &[&codec::encode(&event)]);
    Ok(SignedEvent { event, signature })
}
