//! The part of a chat that a screen holds: consecutive messages, kept up to date by diffs. It begins anywhere and grows
//! both ways, so what a jump costs does not depend on how far it goes.

use std::{
    collections::{BTreeSet, HashMap, hash_map},
    sync::Arc,
};

use beseda_protocol::MessageId;
use chrono::{NaiveDate, Timelike as _};
use sqlx::SqliteConnection;

use crate::{
    device::Device,
    domain::{ChatNo, Place},
    error::{Error, Result},
    markup,
    store::{
        account, annotations,
        chats::{self, Rights, Status},
        contacts, dialogs,
        events::{self, EventKind, EventLine},
        messages::{self, Message, flag},
        readers,
    },
    timeline::{
        self, ChatEvent, Entry, EntryBody, EntryKey, FailReason, Item, ItemKey, Marks, May, MessageBody, Op,
        PollOption, PollState, Quote,
    },
};

/// Messages in a page.
pub const PAGE: u32 = 50;
/// More than this are not held: what is far from where the person looks is let go.
const HELD: usize = 2_000;
/// Longest line of a quote, in characters.
const QUOTE_CHARS: usize = 140;

/// The end of the year 9999, in milliseconds since 1970.
const LAST_MOMENT: i64 = 253_402_300_799_999;

/// From a time to the day it falls on where the person is.
pub type Dates = Arc<dyn Fn(i64) -> NaiveDate + Send + Sync>;

/// From a time to the minutes since midnight where the person is: 0 to 1,439.
pub type Hours = Arc<dyn Fn(i64) -> u16 + Send + Sync>;

/// Where a window opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenAt {
    /// The newest page.
    End,
    /// The first message that was not read, or the newest page where there is none.
    FirstUnread,
    Message(MessageId),
    /// The first message accepted at this time or later, in milliseconds since 1970.
    Time(i64),
}

pub struct Window {
    chat: ChatNo,
    /// Everything between these two is held; `to` is the end while the newest is.
    from: Place,
    to: Place,
    entries: Vec<Entry>,
    items: Vec<Item>,
    /// The first message that was unread when the window was opened.
    unread: Option<Place>,
    more_before: bool,
    /// The person scrolled up last: what is let go of is at the end.
    looks_up: bool,
    rights: Rights,
}

impl Window {
    /// Opens a window, and says which item is the one that was asked for.
    ///
    /// # Errors
    /// [`Error::NoSuchMessage`]; when the store fails.
    pub async fn open(
        device: &Device,
        dates: &Dates,
        chat: ChatNo,
        at: OpenAt,
    ) -> Result<(Self, Option<ItemKey>)> {
        let mut reader = device.store.readers().acquire().await?;
        let rights = chats::rights(&mut reader, chat, device.me.number).await?;
        let unread = if rights.unread > 0 {
            messages::first_of_others(&mut reader, chat, device.me.number, rights.read).await?
        } else {
            None
        };
        let place = match at {
            OpenAt::End => None,
            OpenAt::FirstUnread => unread,
            OpenAt::Message(id) => {
                let (of, place) = messages::find(&mut reader, id).await?.ok_or(Error::NoSuchMessage)?;
                if of != chat {
                    return Err(Error::NoSuchMessage);
                }
                Some(place)
            }
            OpenAt::Time(time) => messages::first_at(&mut reader, chat, time).await?,
        };
        let (from, to) = place.map_or((Place::END, Place::END), |place| (place, Place(place.0 - 1)));
        let mut window = Self {
            chat,
            from,
            to,
            entries: vec![],
            items: vec![],
            unread,
            more_before: true,
            looks_up: false,
            rights,
        };
        if place.is_some() {
            window.after(device, &mut reader, PAGE).await?;
        }
        // Fewer above than below a place, but a whole page at the end.
        let above = if place.is_some() { PAGE / 2 } else { PAGE };
        window.before(device, &mut reader, above).await?;
        window.redraw(&mut reader, dates).await?;
        let target = match at {
            OpenAt::End => None,
            OpenAt::FirstUnread => unread.map(|_| ItemKey::Unread),
            OpenAt::Message(_) | OpenAt::Time(_) => place.and_then(|place| window.key_at(place)),
        };
        Ok((window, target))
    }

    #[must_use]
    pub fn chat(&self) -> ChatNo {
        self.chat
    }

    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    #[must_use]
    pub fn more_before(&self) -> bool {
        self.more_before
    }

    #[must_use]
    pub fn more_after(&self) -> bool {
        self.to < Place::END
    }

    fn key_at(&self, place: Place) -> Option<ItemKey> {
        let at = self.entries.partition_point(|entry| entry.place < place);
        self.entries.get(at).map(|entry| ItemKey::Entry(entry.key))
    }

    /// Adds the page before what is held.
    ///
    /// # Errors
    /// When the store fails; the window stays as it was.
    pub async fn load_older(&mut self, device: &Device, dates: &Dates) -> Result<Vec<Op>> {
        let mut reader = device.store.readers().acquire().await?;
        self.before(device, &mut reader, PAGE).await?;
        self.looks_up = true;
        self.let_go();
        self.redraw(&mut reader, dates).await
    }

    /// Adds the page after what is held.
    ///
    /// # Errors
    /// When the store fails; the window stays as it was.
    pub async fn load_newer(&mut self, device: &Device, dates: &Dates) -> Result<Vec<Op>> {
        let mut reader = device.store.readers().acquire().await?;
        self.after(device, &mut reader, PAGE).await?;
        self.looks_up = false;
        self.let_go();
        self.redraw(&mut reader, dates).await
    }

    /// Keeps no more than [`HELD`], on the side where the person looks.
    fn let_go(&mut self) {
        if self.entries.len() <= HELD {
            return;
        }
        if self.looks_up {
            self.entries.truncate(HELD);
            self.to = self.entries.last().map_or(Place::END, |entry| entry.place);
        } else {
            self.entries.drain(..self.entries.len() - HELD);
            self.from = self.entries.first().map_or(Place::FIRST, |entry| entry.place);
            self.more_before = true;
        }
    }

    /// Puts the `limit` messages before what is held in front of it.
    async fn before(&mut self, device: &Device, reader: &mut SqliteConnection, limit: u32) -> Result<()> {
        let page = messages::before(reader, self.chat, self.from, limit).await?;
        let more = page.len() == limit as usize;
        let from = match page.first() {
            Some(first) if more => first.place,
            _ => Place::FIRST,
        };
        let until = if self.from == Place::END { Place::END } else { Place(self.from.0 - 1) };
        let events = events::between(reader, self.chat, from, until).await?;
        let mut entries = entries(device, reader, &self.rights, page, events).await?;
        entries.append(&mut self.entries);
        self.entries = entries;
        self.from = from;
        self.more_before = more;
        Ok(())
    }

    /// Puts the `limit` messages after what is held behind it.
    async fn after(&mut self, device: &Device, reader: &mut SqliteConnection, limit: u32) -> Result<()> {
        if self.to == Place::END {
            return Ok(());
        }
        let from = Place(self.to.0 + 1);
        let page = messages::between(reader, self.chat, from, Place::END, limit).await?;
        let to = match page.last() {
            Some(last) if page.len() == limit as usize => last.place,
            _ => Place::END,
        };
        let events = events::between(reader, self.chat, from, to).await?;
        self.entries.extend(entries(device, reader, &self.rights, page, events).await?);
        self.to = to;
        Ok(())
    }

    /// Brings the window up to date after something changed at `from` or later, and the messages at `single`.
    ///
    /// # Errors
    /// When the store fails; the window stays as it was.
    pub async fn refresh(
        &mut self,
        device: &Device,
        dates: &Dates,
        from: Place,
        single: &BTreeSet<Place>,
    ) -> Result<Vec<Op>> {
        let mut reader = device.store.readers().acquire().await?;
        // Names and marks may have changed everywhere: FIRST reads all that is held again, END only the marks.
        if self.from.is_queued() && from < self.from {
            // What was held waited, and has moved to places before it.
            let held = u32::try_from(self.entries.len()).unwrap_or(u32::MAX).max(PAGE);
            self.entries.clear();
            (self.from, self.to) = (Place::END, Place::END);
            self.before(device, &mut reader, held).await?;
            return self.redraw(&mut reader, dates).await;
        }
        let from = from.max(self.from);
        if from < Place::END && from <= self.to {
            self.rights = chats::rights(&mut reader, self.chat, device.me.number).await?;
            let page = messages::between(&mut reader, self.chat, from, self.to, u32::MAX).await?;
            let events = events::between(&mut reader, self.chat, from, self.to).await?;
            let kept = self.entries.partition_point(|entry| entry.place < from);
            let fresh = entries(device, &mut reader, &self.rights, page, events).await?;
            self.entries.truncate(kept);
            self.entries.extend(fresh);
        }
        for place in
            single.iter().copied().filter(|place| (self.from..=self.to).contains(place) && *place < from)
        {
            let message = messages::between(&mut reader, self.chat, place, place, 1).await?;
            let fresh = entries(device, &mut reader, &self.rights, message, vec![]).await?;
            let at = self.entries.partition_point(|entry| entry.place < place);
            let old = self.entries.get(at).is_some_and(|entry| entry.place == place);
            self.entries.splice(at..at + usize::from(old), fresh);
        }
        self.quote_again(&mut reader, single).await?;
        self.let_go();
        self.redraw(&mut reader, dates).await
    }

    /// What answers one of these messages quotes it as it is now.
    async fn quote_again(&mut self, reader: &mut SqliteConnection, changed: &BTreeSet<Place>) -> Result<()> {
        let quoting = |entry: &Entry| match &entry.body {
            EntryBody::Message(body) => body.reply.as_ref().map(|quote| quote.id),
            EntryBody::Event(_) => None,
        };
        if !self.entries.iter().any(|entry| quoting(entry).is_some()) {
            return Ok(());
        }
        for place in changed {
            let row = messages::between(reader, self.chat, *place, *place, 1).await?;
            let Some(id) = row.first().map(|message| message.id) else { continue };
            let quote = quote(reader, self.chat, id).await?;
            for entry in self.entries.iter_mut().filter(|entry| quoting(entry) == Some(id)) {
                if let EntryBody::Message(body) = &mut entry.body {
                    Arc::make_mut(body).reply = Some(quote.clone());
                }
            }
        }
        Ok(())
    }

    async fn redraw(&mut self, reader: &mut SqliteConnection, dates: &Dates) -> Result<Vec<Op>> {
        let (delivered, read) = chats::others(reader, self.chat).await?;
        if account::read_receipts(reader).await? {
            self.count_readers(reader).await?;
        } else {
            self.entries.iter_mut().for_each(|entry| entry.readers = 0);
        }
        let marks = Marks { delivered, read };
        let unread = self.unread.filter(|unread| *unread >= self.from);
        let items = timeline::items(&self.entries, marks, unread, |at| dates(at));
        let ops = timeline::diff(&self.items, &items);
        self.items = items;
        Ok(ops)
    }

    async fn count_readers(&mut self, reader: &mut SqliteConnection) -> Result<()> {
        let mut counted: Vec<&mut Entry> =
            self.entries.iter_mut().filter(|entry| !entry.place.is_queued()).collect();
        let mut places = Vec::with_capacity(counted.len());
        counted.retain(|entry| match &entry.body {
            EntryBody::Message(body) => {
                places.push((entry.place, body.author_no));
                true
            }
            EntryBody::Event(_) => false,
        });
        let counts = readers::counts(reader, self.chat, &places).await?;
        for (entry, count) in counted.into_iter().zip(counts) {
            entry.readers = count;
        }
        Ok(())
    }
}

/// Messages and events in one order, with everything that is shown of them.
pub(crate) async fn entries(
    device: &Device,
    reader: &mut SqliteConnection,
    rights: &Rights,
    messages: Vec<Message>,
    events: Vec<EventLine>,
) -> Result<Vec<Entry>> {
    let span = match (messages.first(), messages.last()) {
        (Some(first), Some(last)) => Some((first.place.row(first.chat), last.place.row(last.chat))),
        _ => None,
    };
    let annotated = messages.iter().any(|message| message.is(flag::ANNOTATED));
    let (mut reactions, mut votes) = (Default::default(), Default::default());
    if let Some((from, to)) = span.filter(|_| annotated) {
        reactions = annotations::reactions(reader, device.me.number, from, to).await?;
        votes = annotations::votes(reader, from, to).await?;
    }
    let blocked = contacts::blocked_numbers(reader).await?;
    let mut quotes: HashMap<MessageId, Quote> = HashMap::new();
    for (chat, id) in messages.iter().filter_map(|message| Some((message.chat, message.reply_to?))) {
        if let hash_map::Entry::Vacant(missing) = quotes.entry(id) {
            missing.insert(quote(reader, chat, id).await?);
        }
    }
    let mut entries: Vec<Entry> = Vec::with_capacity(messages.len() + events.len());
    for message in messages {
        let row = message.place.row(message.chat);
        let mine = message.author == device.me.id;
        let (queued, deleted) = (message.place.is_queued(), message.is(flag::DELETED));
        let active = rights.status == Status::Active && !deleted;
        let poll = message.extra.poll.as_ref().map(|poll| {
            let votes = votes.remove(&row).unwrap_or_default();
            let option = |(n, text): (usize, &String)| PollOption {
                text: text.clone(),
                votes: u32::try_from(votes.iter().filter(|(_, bits)| bits >> n & 1 == 1).count())
                    .unwrap_or(u32::MAX),
                mine: votes.iter().any(|(user, bits)| *user == device.me.number && bits >> n & 1 == 1),
            };
            PollState {
                options: poll.options.iter().enumerate().map(option).collect(),
                several: poll.several,
                voters: u32::try_from(votes.len()).unwrap_or(u32::MAX),
            }
        });
        let body = MessageBody {
            author_no: message.author_no,
            author: message.author,
            author_name: message.author_name.clone(),
            mine,
            blocked: blocked.contains(&message.author_no),
            markup: markup::parse(&message.text, &message.extra.mentions),
            written_at: message.sent_at,
            failed: fail_reason(message.failed),
            queued,
            edited: message.is(flag::EDITED),
            deleted,
            pinned: message.is(flag::PINNED),
            saved: message.is(flag::SAVED),
            names_me: message.is(flag::NAMES_ME),
            reply: message.reply_to.and_then(|id| quotes.get(&id).cloned()),
            forwarded: message.extra.forwarded.clone(),
            reactions: reactions.remove(&row).unwrap_or_default(),
            poll,
            may: May {
                edit: active && mine,
                delete: active && (mine || rights.admin),
                pin: active && rights.rights.may_pin(rights.kind, rights.admin),
            },
            text: message.text,
        };
        entries.push(Entry {
            place: message.place,
            key: EntryKey::Message(message.id),
            at: message.at,
            body: EntryBody::Message(Arc::new(body)),
            readers: 0,
        });
    }
    entries.extend(events.into_iter().map(|event| {
        let EventLine { place, what, by, who, at, text } = event;
        let body = match what {
            EventKind::Created => ChatEvent::Created { by },
            EventKind::Added => ChatEvent::Added { by, who },
            EventKind::Removed => ChatEvent::Removed { by, who },
            EventKind::Left => ChatEvent::Left { by },
            EventKind::Promoted => ChatEvent::Promoted { by, who },
            EventKind::Demoted => ChatEvent::Demoted { by, who },
            EventKind::Owner => ChatEvent::Owner { by, who },
            EventKind::Rights => ChatEvent::Rights { by },
            EventKind::History => ChatEvent::History { by, open: text == "all" },
            EventKind::Info => ChatEvent::Info { by, title: text },
        };
        let index = u32::try_from(place.0 & 0xFFF).unwrap_or_default();
        let key = EntryKey::Event(place.seq().0, index);
        Entry { place, key, at, body: EntryBody::Event(body), readers: 0 }
    }));
    entries.sort_by_key(|entry| entry.place);
    Ok(entries)
}

/// What an answer in `chat` shows of the message `id`.
async fn quote(reader: &mut SqliteConnection, chat: ChatNo, id: MessageId) -> Result<Quote> {
    let mut id = id;
    let mut message = messages::one(reader, id).await?;
    if message.as_ref().is_none_or(|message| message.chat != chat)
        && let Some(again) = dialogs::again_as(reader, chat, id).await?
    {
        // It was said in another dialog with the same person first.
        id = again;
        message = messages::one(reader, id).await?;
    }
    let message = message.filter(|message| !message.is(flag::GONE));
    Ok(match message {
        Some(message) => Quote {
            id,
            author_name: message.author_name,
            text: markup::excerpt(&message.text, QUOTE_CHARS),
            gone: false,
        },
        None => Quote { id, author_name: String::new(), text: String::new(), gone: true },
    })
}

/// What `messages.failed` says.
#[must_use]
pub fn fail_reason(failed: i64) -> Option<FailReason> {
    match failed {
        0 => None,
        crate::store::messages::FAILED_NOT_MEMBER => Some(FailReason::NotMember),
        _ => Some(FailReason::Refused),
    }
}

/// Days in this machine's time zone.
#[must_use]
pub fn local_dates() -> Dates {
    Arc::new(|at| local(at).date_naive())
}

/// This machine's clock and time zone.
#[must_use]
pub fn local_hours() -> Hours {
    Arc::new(|at| {
        let at = local(at);
        u16::try_from(at.hour() * 60 + at.minute()).unwrap_or_default()
    })
}

/// A relay or a clock may say anything; beyond these years a local date does not exist everywhere.
fn local(at: i64) -> chrono::DateTime<chrono::Local> {
    let at = at.clamp(0, LAST_MOMENT);
    chrono::DateTime::from_timestamp_millis(at).unwrap_or_default().with_timezone(&chrono::Local)
}
