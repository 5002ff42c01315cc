//! The part of a chat that a screen holds: from some place to the end, kept up to date by diffs.

use chrono::NaiveDate;

use crate::{
    device::Device,
    domain::{ChatNo, Place},
    error::Result,
    store::{
        chats,
        messages::{self, EventKind, EventLine, Message},
    },
    timeline::{self, ChatEvent, Entry, EntryBody, EntryKey, FailReason, Item, Marks, Op},
};

/// Messages in a page.
pub const PAGE: u32 = 50;

/// The end of the year 9999, in milliseconds since 1970.
const LAST_MOMENT: i64 = 253_402_300_799_999;

/// From a time to the day it falls on where the person is.
pub type Dates = std::sync::Arc<dyn Fn(i64) -> NaiveDate + Send + Sync>;

pub struct Window {
    chat: ChatNo,
    /// Everything from here on is held.
    from: Place,
    entries: Vec<Entry>,
    items: Vec<Item>,
    more_before: bool,
}

impl Window {
    /// The newest page of a chat.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn open(device: &Device, dates: &Dates, chat: ChatNo) -> Result<Self> {
        let mut window = Self { chat, from: Place::END, entries: vec![], items: vec![], more_before: true };
        window.load_older(device, dates).await?;
        Ok(window)
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

    /// Adds the page before what is held.
    ///
    /// # Errors
    /// When the store fails; the window stays as it was.
    pub async fn load_older(&mut self, device: &Device, dates: &Dates) -> Result<Vec<Op>> {
        let mut reader = device.store.readers().acquire().await?;
        self.load(device, &mut reader, PAGE).await?;
        self.redraw(&mut reader, dates).await
    }

    /// Puts the `limit` messages before what is held in front of it.
    async fn load(&mut self, device: &Device, reader: &mut sqlx::SqliteConnection, limit: u32) -> Result<()> {
        let page = messages::page(reader, self.chat, self.from, limit).await?;
        let more = page.len() == limit as usize;
        let from = match page.first() {
            Some(first) if more => first.place,
            _ => Place::FIRST,
        };
        let until = if self.from == Place::END { Place::END } else { Place(self.from.0 - 1) };
        let events = messages::events(reader, self.chat, from, until).await?;
        let mut entries = entries(device, page, events);
        entries.append(&mut self.entries);
        self.entries = entries;
        self.from = from;
        self.more_before = more;
        Ok(())
    }

    /// Brings the window up to date after something changed at `from` or later.
    ///
    /// # Errors
    /// When the store fails; the window stays as it was.
    pub async fn refresh(&mut self, device: &Device, dates: &Dates, from: Place) -> Result<Vec<Op>> {
        let mut reader = device.store.readers().acquire().await?;
        // Names and marks may have changed everywhere: FIRST reads all that is held again, END only the marks.
        if self.from.is_queued() && from < self.from {
            // What was held waited, and has moved to places before it.
            let held = u32::try_from(self.entries.len()).unwrap_or(u32::MAX).max(PAGE);
            self.entries.clear();
            self.from = Place::END;
            self.load(device, &mut reader, held).await?;
            return self.redraw(&mut reader, dates).await;
        }
        let from = from.max(self.from);
        if from < Place::END {
            let page = messages::since(&mut reader, self.chat, from).await?;
            let events = messages::events(&mut reader, self.chat, from, Place::END).await?;
            let kept = self.entries.partition_point(|entry| entry.place < from);
            self.entries.truncate(kept);
            self.entries.extend(entries(device, page, events));
        }
        self.redraw(&mut reader, dates).await
    }

    async fn redraw(&mut self, reader: &mut sqlx::SqliteConnection, dates: &Dates) -> Result<Vec<Op>> {
        let (delivered, read) = chats::others(reader, self.chat).await?;
        let items = timeline::items(&self.entries, Marks { delivered, read }, |at| dates(at));
        let ops = timeline::diff(&self.items, &items);
        self.items = items;
        Ok(ops)
    }
}

/// Messages and events in one order.
pub(crate) fn entries(device: &Device, messages: Vec<Message>, events: Vec<EventLine>) -> Vec<Entry> {
    let own = device.keys.user();
    let mut entries: Vec<Entry> = messages
        .into_iter()
        .map(|message| Entry {
            place: message.place,
            key: EntryKey::Message(message.id),
            at: message.at,
            body: EntryBody::Message {
                author: message.author,
                author_name: message.author_name,
                mine: message.author == own,
                text: message.text,
                sent_at: message.sent_at,
                failed: fail_reason(message.failed),
                queued: message.place.is_queued(),
            },
        })
        .collect();
    entries.extend(events.into_iter().map(|event| {
        let EventLine { place, what, by, who, at } = event;
        let body = match what {
            EventKind::Created => ChatEvent::Created { by },
            EventKind::Added => ChatEvent::Added { by, who },
            EventKind::Removed => ChatEvent::Removed { by, who },
        };
        let index = u32::try_from(place.0 & 0xFFF).unwrap_or_default();
        Entry { place, key: EntryKey::Event(place.seq().0, index), at, body: EntryBody::Event(body) }
    }));
    entries.sort_by_key(|entry| entry.place);
    entries
}

/// What `messages.failed` says.
#[must_use]
pub fn fail_reason(failed: i64) -> Option<FailReason> {
    match failed {
        0 => None,
        crate::sync::handshake::FAILED_NOT_MEMBER => Some(FailReason::NotMember),
        _ => Some(FailReason::Refused),
    }
}

/// Days in this machine's time zone.
#[must_use]
pub fn local_dates() -> Dates {
    std::sync::Arc::new(|at| {
        // A relay or a clock may say anything; beyond these years a local date does not exist everywhere.
        let at = at.clamp(0, LAST_MOMENT);
        chrono::DateTime::from_timestamp_millis(at)
            .unwrap_or_default()
            .with_timezone(&chrono::Local)
            .date_naive()
    })
}
