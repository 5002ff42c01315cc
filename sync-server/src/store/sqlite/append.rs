//! One transaction for a group of appends: load what [`crate::order`] needs, decide, write.

use std::collections::{HashMap, HashSet};

use beseda_protocol::{
    ChatId, DeviceId, EnvelopeId, Seq, Tag,
    envelope::{EnvelopeKind, LogEntry},
    request::{Accepted, Mark},
};
use sqlx::{Connection, Row, SqliteConnection, query, query_as};

use super::{SqliteStore, Writer, load_chat, place, seq_of, statements as sql};
use crate::{
    order::{self, Inbox, Ledger, Plan},
    store::{AppendRequest, Appended, Chat, StoreError},
};

pub const HANDSHAKE: i64 = 1;
pub const CONTENT: i64 = 2;
pub const WELCOME: i64 = 2;

/// The rows' numbers behind the ids of a [`Ledger`].
#[derive(Default)]
struct Numbers {
    chats: HashMap<ChatId, i64>,
    devices: HashMap<DeviceId, i64>,
}

pub async fn append(
    store: &SqliteStore,
    writer: &mut Writer,
    group: Vec<AppendRequest>,
    now: i64,
) -> Result<Vec<Appended>, StoreError> {
    let mut transaction = writer.connection.begin_with("BEGIN IMMEDIATE").await?;
    let (mut ledger, mut numbers) = load(store, &mut transaction, &group).await?;
    let mut plan = Plan::default();
    let answers =
        group.into_iter().map(|request| order::decide(&mut ledger, &mut plan, request, now)).collect();
    if plan.entries.is_empty() && plan.welcomes.is_empty() {
        transaction.rollback().await?;
        return Ok(answers);
    }

    let touched: HashSet<ChatId> = plan.entries.iter().map(|(chat, _)| *chat).collect();
    let mut rows = Vec::with_capacity(touched.len());
    for id in touched {
        let number = *numbers.chats.entry(id).or_insert_with(|| {
            writer.last_chat += 1;
            writer.last_chat
        });
        let chat = ledger.chats.remove(&id).ok_or_else(|| StoreError::Failed("a chat got lost".into()))?;
        rows.push((number, id, chat));
    }
    write_chats(&mut transaction, &rows).await?;
    write_entries(&mut transaction, &numbers.chats, &plan.entries).await?;
    for order::PlannedKey { chat, key, value } in &plan.key_changes {
        let chat = numbers.chats[chat];
        match value {
            Some((slot, admin)) => {
                let put = query(sql::PUT_KEY).bind(chat).bind(key.0.as_slice());
                put.bind(slot.0.as_slice()).bind(*admin).execute(&mut *transaction).await?
            }
            None => {
                query(sql::REMOVE_KEY).bind(chat).bind(key.0.as_slice()).execute(&mut *transaction).await?
            }
        };
    }
    write_welcomes(&mut transaction, &numbers.devices, &ledger, plan.welcomes).await?;
    writer.written += plan.entries.iter().map(|(_, entry)| entry.body.len() + 256).sum::<usize>();
    transaction.commit().await?;

    let mut cache = store.cache();
    for (number, id, chat) in rows {
        cache.committed(id, number, chat);
    }
    for (chat, entry) in plan.entries {
        cache.appended(chat, entry);
    }
    Ok(answers)
}

async fn load(
    store: &SqliteStore,
    connection: &mut SqliteConnection,
    group: &[AppendRequest],
) -> Result<(Ledger, Numbers), StoreError> {
    let (mut ledger, mut numbers) = (Ledger::default(), Numbers::default());
    let mut seen = HashSet::new();
    for id in group.iter().map(|request| request.chat).filter(|id| seen.insert(*id)) {
        let cached = store.cache().chat(&id);
        let found = match cached {
            Some(found) => Some(found),
            None => load_chat(&mut *connection, id).await?,
        };
        if let Some((number, chat)) = found {
            numbers.chats.insert(id, number);
            ledger.chats.insert(id, chat);
        }
    }

    let chats: HashMap<i64, ChatId> = numbers.chats.iter().map(|(id, number)| (*number, *id)).collect();
    let mut wanted: Vec<(i64, EnvelopeId)> = Vec::new();
    for request in group {
        if let Some(number) = numbers.chats.get(&request.chat) {
            wanted.extend(request.envelopes.iter().map(|envelope| (*number, envelope.id)));
        }
    }
    while !wanted.is_empty() {
        let (rows, text) = sql::KNOWN_IDS.covering(wanted.len());
        let some = wanted.split_off(wanted.len().saturating_sub(rows));
        let mut statement = query(text);
        for (number, id) in &some {
            statement = statement.bind(*number).bind(id.0.as_slice());
        }
        for _ in some.len()..rows {
            statement = statement.bind(0_i64).bind(&[] as &[u8]);
        }
        for row in statement.fetch_all(&mut *connection).await? {
            let id = EnvelopeId::from_slice(row.try_get(1)?).map_err(corrupt)?;
            let at = Accepted { seq: seq_of(row.try_get(2)?), accepted_at: row.try_get(3)? };
            ledger.known.insert((chats[&row.try_get::<i64, _>(0)?], id), at);
        }
    }

    let mut seen = HashSet::new();
    let welcomes =
        group.iter().flat_map(|request| &request.envelopes).flat_map(|envelope| &envelope.welcomes);
    for device in welcomes.map(|welcome| welcome.device).filter(|device| seen.insert(*device)) {
        let state: Option<(i64, i64, i64)> =
            query_as(sql::INBOX_STATE).bind(device.0.as_slice()).fetch_optional(&mut *connection).await?;
        if let Some((number, next, waiting)) = state {
            numbers.devices.insert(device, number);
            let inbox = Inbox { next: next.cast_unsigned(), waiting: usize::try_from(waiting).unwrap_or(0) };
            ledger.inboxes.insert(device, inbox);
        }
    }
    Ok((ledger, numbers))
}

async fn write_chats(
    connection: &mut SqliteConnection,
    mut rows: &[(i64, ChatId, Chat)],
) -> Result<(), StoreError> {
    while !rows.is_empty() {
        let (count, text) = sql::PUT_CHATS.within(rows.len());
        let (some, rest) = rows.split_at(count);
        let mut statement = query(text);
        for (number, id, chat) in some {
            statement = statement.bind(*number).bind(id.0.as_slice()).bind(chat.log.0.as_slice());
            statement = statement.bind(chat.head.0.cast_signed()).bind(chat.last_handshake.0.cast_signed());
            statement = statement.bind(chat.touched_at);
        }
        statement.execute(&mut *connection).await?;
        rows = rest;
    }
    Ok(())
}

async fn write_entries(
    connection: &mut SqliteConnection,
    numbers: &HashMap<ChatId, i64>,
    mut entries: &[(ChatId, LogEntry)],
) -> Result<(), StoreError> {
    while !entries.is_empty() {
        let (count, text) = sql::PUT_ENTRIES.within(entries.len());
        let (some, rest) = entries.split_at(count);
        let mut statement = query(text);
        for (chat, entry) in some {
            let chat = numbers[chat];
            let kind = match entry.kind {
                EnvelopeKind::Handshake => HANDSHAKE,
                EnvelopeKind::Content => CONTENT,
            };
            statement = statement.bind(place(chat, entry.seq)).bind(chat).bind(entry.id.0.as_slice());
            statement = statement.bind(kind).bind(entry.accepted_at).bind(entry.tag.0.as_slice());
            statement = statement.bind(entry.body.as_slice());
        }
        statement.execute(&mut *connection).await?;
        entries = rest;
    }
    Ok(())
}

async fn write_welcomes(
    connection: &mut SqliteConnection,
    devices: &HashMap<DeviceId, i64>,
    ledger: &Ledger,
    welcomes: Vec<order::PlannedWelcome>,
) -> Result<(), StoreError> {
    let mut advanced = HashSet::new();
    for planned in welcomes {
        let device = planned.welcome.device;
        let put = query(sql::INBOX_PUT).bind(devices[&device]).bind(planned.number.cast_signed());
        let put = put.bind(planned.id.0.as_slice()).bind(WELCOME).bind(planned.chat.0.as_slice());
        put.bind(planned.seq.0.cast_signed()).bind(planned.welcome.body).execute(&mut *connection).await?;
        if advanced.insert(device) {
            let advance = query(sql::INBOX_ADVANCE).bind(devices[&device]);
            advance.bind(ledger.inboxes[&device].next.cast_signed()).execute(&mut *connection).await?;
        }
    }
    Ok(())
}

pub fn corrupt(error: impl std::fmt::Display) -> StoreError {
    StoreError::Failed(format!("a row that this program did not write: {error}"))
}

/// The entry of a row of [`sql::READ`] or [`sql::HANDSHAKES`].
pub fn entry(row: &sqlx::sqlite::SqliteRow) -> Result<LogEntry, StoreError> {
    Ok(LogEntry {
        seq: seq_of(row.try_get(0)?),
        id: EnvelopeId::from_slice(row.try_get(1)?).map_err(corrupt)?,
        kind: kind(row.try_get(2)?),
        accepted_at: row.try_get(3)?,
        tag: Tag::from_slice(row.try_get(4)?).map_err(corrupt)?,
        body: row.try_get(5)?,
    })
}

/// The mark of a row of [`sql::MARKS`] or [`sql::MARK_AT`].
pub fn mark(row: &sqlx::sqlite::SqliteRow) -> Result<Mark, StoreError> {
    let id = EnvelopeId::from_slice(row.try_get(0)?).map_err(corrupt)?;
    let tag = Tag::from_slice(row.try_get(3)?).map_err(corrupt)?;
    Ok(Mark { id, kind: kind(row.try_get(1)?), accepted_at: Some(row.try_get(2)?), tag })
}

fn kind(number: i64) -> EnvelopeKind {
    if number == HANDSHAKE { EnvelopeKind::Handshake } else { EnvelopeKind::Content }
}

/// Lowest and highest place of a chat's log.
pub fn places(chat: i64) -> (i64, i64) {
    (place(chat, Seq::ZERO), place(chat, Seq(beseda_protocol::limits::SEQ_MAX)))
}
