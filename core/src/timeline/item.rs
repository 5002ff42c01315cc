//! The items of a timeline, as a screen draws them.

use std::{collections::HashMap, fmt, ops::Deref, sync::Arc};

use beseda_protocol::MessageId;
use chrono::NaiveDate;

use super::entry::{ChatEvent, Entry, EntryBody, EntryKey, FailReason, Marks, MessageBody};
use crate::domain::Place;

/// Messages of one author further apart than this begin a new run, in milliseconds.
const RUN_GAP: i64 = 10 * 60 * 1000;
/// An author's clock that differs by no more than this says nothing worth showing, in milliseconds.
const SENT_TOLERANCE: i64 = 2 * 60 * 1000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// Before the first item of a day in the person's time zone.
    Day {
        date: NaiveDate,
        /// 0, and higher where a clock went back and the same day comes again: keys stay unique.
        repeat: u32,
    },
    /// Before the first message that was unread when the chat was opened.
    Unread,
    Message(MessageItem),
    Event(EventItem),
}

/// It derefs to what the message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageItem {
    pub id: MessageId,
    pub body: Arc<MessageBody>,
    /// As [`Entry::at`].
    pub at: i64,
    /// The author's own clock, where it differs from `at` by more than two minutes.
    pub sent_at: Option<i64>,
    /// Of the person's own messages.
    pub state: Option<SendState>,
    /// How many others have read it.
    pub readers: u32,
    /// First of a run by one author.
    pub first: bool,
    /// Last of a run by one author.
    pub last: bool,
}

impl Deref for MessageItem {
    type Target = MessageBody;

    fn deref(&self) -> &MessageBody {
        &self.body
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventItem {
    pub key: EntryKey,
    /// As [`Entry::at`].
    pub at: i64,
    pub event: ChatEvent,
}

/// How far a message of one's own has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendState {
    /// On this device, not yet at the relay.
    Queued,
    /// On the relay's disk.
    Accepted,
    /// On a device of another member.
    Delivered,
    /// Read by another member.
    Read,
    /// Will not be sent as it is.
    Failed(FailReason),
}

/// What an item is, whatever it looks like now; unique within a timeline. Its text is stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ItemKey {
    Day(NaiveDate, u32),
    Unread,
    Entry(EntryKey),
}

impl fmt::Display for ItemKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(date, 0) => write!(f, "day:{date}"),
            Self::Day(date, repeat) => write!(f, "day:{date}:{repeat}"),
            Self::Unread => f.write_str("unread"),
            Self::Entry(key) => key.fmt(f),
        }
    }
}

impl Item {
    #[must_use]
    pub fn key(&self) -> ItemKey {
        match self {
            Self::Day { date, repeat } => ItemKey::Day(*date, *repeat),
            Self::Unread => ItemKey::Unread,
            Self::Message(message) => ItemKey::Entry(EntryKey::Message(message.id)),
            Self::Event(event) => ItemKey::Entry(event.key),
        }
    }
}

/// The items for `entries`, which are in the order of the chat. `date` tells on which day of the person's calendar a
/// time (milliseconds since 1970) falls; `unread` is the place of the first message that is new to the person.
#[must_use]
pub fn items(
    entries: &[Entry],
    marks: Marks,
    unread: Option<Place>,
    date: impl Fn(i64) -> NaiveDate,
) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::with_capacity(entries.len() + entries.len() / 8 + 1);
    let mut today = None;
    let mut unread = unread;
    let mut seen: HashMap<NaiveDate, u32> = HashMap::new();
    for entry in entries {
        let day = date(entry.at);
        if today != Some(day) {
            today = Some(day);
            let repeat = seen.entry(day).and_modify(|repeat| *repeat += 1).or_insert(0);
            items.push(Item::Day { date: day, repeat: *repeat });
        }
        let is_message = matches!(entry.body, EntryBody::Message(_));
        if is_message && unread.take_if(|unread| *unread <= entry.place).is_some() {
            items.push(Item::Unread);
        }
        let mut item = match (&entry.body, entry.key) {
            (EntryBody::Event(event), key) => {
                Item::Event(EventItem { key, at: entry.at, event: event.clone() })
            }
            (EntryBody::Message(_), EntryKey::Event(..)) => {
                debug_assert!(false, "a message has a message's key");
                continue;
            }
            (EntryBody::Message(body), EntryKey::Message(id)) => {
                let away = body.written_at.abs_diff(entry.at) > SENT_TOLERANCE.unsigned_abs();
                Item::Message(MessageItem {
                    id,
                    body: body.clone(),
                    at: entry.at,
                    sent_at: away.then_some(body.written_at),
                    state: body.mine.then(|| state(entry.place, body.failed, body.queued, marks)),
                    readers: entry.readers,
                    first: true,
                    last: true,
                })
            }
        };
        if let (Some(Item::Message(before)), Item::Message(message)) = (items.last_mut(), &mut item)
            && before.author == message.author
            && before.at.abs_diff(message.at) <= RUN_GAP.unsigned_abs()
        {
            before.last = false;
            message.first = false;
        }
        items.push(item);
    }
    items
}

fn state(place: Place, failed: Option<FailReason>, queued: bool, marks: Marks) -> SendState {
    match failed {
        Some(reason) => SendState::Failed(reason),
        None if queued => SendState::Queued,
        None if place <= marks.read => SendState::Read,
        None if place <= marks.delivered => SendState::Delivered,
        None => SendState::Accepted,
    }
}
