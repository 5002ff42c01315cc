//! Messages and events of a chat in their order: what the timeline shows.

use beseda_protocol::MessageId;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::{Tx, statements};
use crate::{
    domain::{ChatNo, Millis, Place, UserNo},
    error::{Error, Result},
};

statements! {
    INSERT = "INSERT INTO messages (place, message_id, author_no, text, sent_at, at) VALUES (?, ?, ?, ?, ?, ?)";
    MOVE = "UPDATE messages SET place = ?, at = ?, failed = 0 WHERE message_id = ?";
    FAIL_QUEUED = "UPDATE messages SET failed = ? WHERE place BETWEEN ? AND ?";
    NEWEST = "SELECT m.place, m.message_id, u.user_id, u.name, m.text, m.sent_at, m.at, m.failed
        FROM messages m JOIN users u ON u.user_no = m.author_no
        WHERE m.place >= ? AND m.place < ? ORDER BY m.place DESC LIMIT ?";
    FROM = "SELECT m.place, m.message_id, u.user_id, u.name, m.text, m.sent_at, m.at, m.failed
        FROM messages m JOIN users u ON u.user_no = m.author_no
        WHERE m.place >= ? AND m.place <= ? ORDER BY m.place";
    EVENTS = "SELECT e.place, e.what, coalesce(b.name, ''), coalesce(w.name, ''), e.at
        FROM events e LEFT JOIN users b ON b.user_no = e.by_no LEFT JOIN users w ON w.user_no = e.who_no
        WHERE e.place >= ? AND e.place <= ? ORDER BY e.place";
    PUT_EVENT = "INSERT OR REPLACE INTO events (place, what, by_no, who_no, at) VALUES (?, ?, ?, ?, ?)";
    NEWEST_OF_OTHERS = "SELECT place, message_id FROM messages
        WHERE place >= ? AND place <= ? AND author_no <> ? ORDER BY place DESC LIMIT 1";
    FIND = "SELECT place FROM messages WHERE message_id = ?";
    WAITING = "SELECT count(*) FROM messages m WHERE m.place BETWEEN ? AND ? AND m.failed = 0";
}

/// Why a message will not be sent: its author was put out of the chat.
pub const FAILED_NOT_MEMBER: i64 = 1;

#[derive(Debug, Clone)]
pub struct NewMessage {
    pub chat: ChatNo,
    pub place: Place,
    pub id: MessageId,
    pub author: UserNo,
    pub text: String,
    pub sent_at: Millis,
    pub at: Millis,
}

/// A message as it is read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub place: Place,
    pub id: MessageId,
    pub author: beseda_protocol::UserId,
    pub author_name: String,
    pub text: String,
    pub sent_at: Millis,
    pub at: Millis,
    pub failed: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventLine {
    pub place: Place,
    pub what: EventKind,
    pub by: String,
    pub who: String,
    pub at: Millis,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    Created,
    Added,
    Removed,
}

impl EventKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Added => "added",
            Self::Removed => "removed",
        }
    }
}

/// Inserts in rising order of place, in few statements.
pub async fn insert(tx: &mut Tx<'_>, messages: &[NewMessage]) -> Result<()> {
    if let [message] = messages {
        sqlx::query(INSERT)
            .bind(message.place.row(message.chat))
            .bind(message.id.as_bytes())
            .bind(message.author.0)
            .bind(&message.text)
            .bind(message.sent_at)
            .bind(message.at)
            .execute(&mut **tx)
            .await?;
        return Ok(());
    }
    for chunk in messages.chunks(256) {
        let mut insert = QueryBuilder::<Sqlite>::new(
            "INSERT INTO messages (place, message_id, author_no, text, sent_at, at) ",
        );
        insert.push_values(chunk, |mut row, message| {
            row.push_bind(message.place.row(message.chat))
                .push_bind(message.id.as_bytes())
                .push_bind(message.author.0)
                .push_bind(&message.text)
                .push_bind(message.sent_at)
                .push_bind(message.at);
        });
        insert.build().execute(&mut **tx).await?;
    }
    Ok(())
}

/// A queued message got its place.
pub async fn set_place(tx: &mut Tx<'_>, chat: ChatNo, id: MessageId, place: Place, at: Millis) -> Result<()> {
    sqlx::query(MOVE).bind(place.row(chat)).bind(at).bind(id.as_bytes()).execute(&mut **tx).await?;
    Ok(())
}

/// What is queued in the chat will not be sent, for `reason`; 0: it will.
pub async fn fail_queued(tx: &mut Tx<'_>, chat: ChatNo, reason: i64) -> Result<()> {
    sqlx::query(FAIL_QUEUED)
        .bind(reason)
        .bind(Place::queued(0).row(chat))
        .bind(Place::END.row(chat))
        .execute(&mut **tx)
        .await?;
    tx.touched.chat(chat, Place::queued(0));
    Ok(())
}

pub async fn put_event(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    place: Place,
    what: EventKind,
    by: UserNo,
    who: UserNo,
    at: Millis,
) -> Result<()> {
    sqlx::query(PUT_EVENT)
        .bind(place.row(chat))
        .bind(what.as_str())
        .bind(by.0)
        .bind(who.0)
        .bind(at)
        .execute(&mut **tx)
        .await?;
    tx.touched.chat(chat, place);
    Ok(())
}

type Row = (i64, Vec<u8>, Vec<u8>, String, String, i64, i64, i64);

fn message((place, id, author, author_name, text, sent_at, at, failed): Row) -> Result<Message> {
    let damaged = |_| Error::Damaged("a message's ids");
    Ok(Message {
        place: Place::from_row(place).1,
        id: MessageId::from_slice(&id).map_err(damaged)?,
        author: beseda_protocol::UserId::from_slice(&author).map_err(damaged)?,
        author_name,
        text,
        sent_at,
        at,
        failed,
    })
}

/// The newest `limit` messages before `before` (exclusive), oldest first.
pub async fn page(
    conn: &mut SqliteConnection,
    chat: ChatNo,
    before: Place,
    limit: u32,
) -> Result<Vec<Message>> {
    let rows: Vec<Row> = sqlx::query_as(NEWEST)
        .bind(Place::FIRST.row(chat))
        .bind(before.row(chat))
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await?;
    rows.into_iter().rev().map(message).collect()
}

/// All messages from `from` on.
pub async fn since(conn: &mut SqliteConnection, chat: ChatNo, from: Place) -> Result<Vec<Message>> {
    let rows: Vec<Row> =
        sqlx::query_as(FROM).bind(from.row(chat)).bind(Place::END.row(chat)).fetch_all(conn).await?;
    rows.into_iter().map(message).collect()
}

/// Events between two places, both included.
pub async fn events(
    conn: &mut SqliteConnection,
    chat: ChatNo,
    from: Place,
    to: Place,
) -> Result<Vec<EventLine>> {
    let rows: Vec<(i64, String, String, String, i64)> =
        sqlx::query_as(EVENTS).bind(from.row(chat)).bind(to.row(chat)).fetch_all(conn).await?;
    rows.into_iter()
        .map(|(place, what, by, who, at)| {
            let what = [EventKind::Created, EventKind::Added, EventKind::Removed]
                .into_iter()
                .find(|kind| kind.as_str() == what)
                .ok_or(Error::Damaged("an event's kind"))?;
            Ok(EventLine { place: Place::from_row(place).1, what, by, who, at })
        })
        .collect()
}

/// The newest accepted message that is not of `me`.
pub async fn newest_of_others(
    conn: &mut SqliteConnection,
    chat: ChatNo,
    me: UserNo,
) -> Result<Option<(Place, MessageId)>> {
    newest_of_others_until(conn, chat, me, Place::queued(0)).await
}

/// The newest accepted message that is not of `me`, at `last` or before.
pub async fn newest_of_others_until(
    conn: &mut SqliteConnection,
    chat: ChatNo,
    me: UserNo,
    last: Place,
) -> Result<Option<(Place, MessageId)>> {
    let row: Option<(i64, Vec<u8>)> = sqlx::query_as(NEWEST_OF_OTHERS)
        .bind(Place::FIRST.row(chat))
        .bind(last.min(Place::queued(0)).row(chat))
        .bind(me.0)
        .fetch_optional(conn)
        .await?;
    Ok(row.and_then(|(place, id)| Some((Place::from_row(place).1, MessageId::from_slice(&id).ok()?))))
}

/// Where a message is.
pub async fn find(conn: &mut SqliteConnection, id: MessageId) -> Result<Option<(ChatNo, Place)>> {
    let row: Option<i64> = sqlx::query_scalar(FIND).bind(id.as_bytes()).fetch_optional(conn).await?;
    Ok(row.map(Place::from_row))
}

/// How many messages of a chat wait to be sent.
pub async fn waiting(conn: &mut SqliteConnection, chat: ChatNo) -> Result<u32> {
    let count: i64 = sqlx::query_scalar(WAITING)
        .bind(Place::queued(0).row(chat))
        .bind(Place::END.row(chat))
        .fetch_one(conn)
        .await?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}
