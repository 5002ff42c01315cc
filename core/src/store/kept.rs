//! What a person keeps for themselves and nobody else learns: saved and hidden messages, and what is to be sent later.
//! Said in the notes, for the person's other devices (`own`); a rebuild of a chat reads it, and does not make it.

use beseda_protocol::MessageId;
use sqlx::SqliteConnection;

use super::{
    Tx,
    messages::{Extra, flag},
    statements,
};
use crate::{
    domain::{ChatNo, Millis, Place},
    error::{Error, Result},
};

statements! {
    SAVE = "INSERT INTO saved (message_id, saved_at) VALUES (?, ?) ON CONFLICT (message_id) DO NOTHING";
    UNSAVE = "DELETE FROM saved WHERE message_id = ?";
    SAVED = "SELECT message_id, saved_at FROM saved WHERE saved_at < ? ORDER BY saved_at DESC LIMIT ?";
    SAVED_AT = "SELECT saved_at FROM saved WHERE message_id = ?";
    RENAME_SAVED = "UPDATE saved SET message_id = ?2 WHERE message_id = ?1";
    RENAME_HIDDEN = "UPDATE hidden SET message_id = ?2 WHERE message_id = ?1";
    HIDE = "INSERT INTO hidden (message_id) VALUES (?) ON CONFLICT (message_id) DO NOTHING";
    HIDDEN = "SELECT message_id FROM hidden";
    MARK_SAVED = "UPDATE messages SET flags = flags | 128 WHERE place BETWEEN ? AND ?
        AND message_id IN (SELECT message_id FROM saved)";
    MARK_SAVED_REPEATS = "UPDATE messages SET flags = flags | 128 WHERE message_id IN (SELECT r.as_id FROM repeats r
        CROSS JOIN saved s ON s.message_id = r.message_id WHERE r.chat_no = ? AND r.here = 1)";
    HIDDEN_OF = "SELECT m.place FROM hidden h JOIN messages m ON m.message_id = h.message_id WHERE m.place BETWEEN ? AND ?";
    HIDDEN_REPEATS = "SELECT m.place FROM repeats r CROSS JOIN hidden h ON h.message_id = r.message_id
        CROSS JOIN messages m ON m.message_id = r.as_id WHERE r.chat_no = ? AND r.here = 1";
    SCHEDULE = "INSERT INTO scheduled (chat_no, send_at, text, reply_to, extra) VALUES (?, ?, ?, ?, ?) RETURNING scheduled_no";
    SCHEDULED = "SELECT s.scheduled_no, s.chat_no, s.send_at, s.text, s.reply_to, s.extra FROM scheduled s ORDER BY s.send_at";
    SCHEDULED_ONE = "SELECT scheduled_no, chat_no, send_at, text, reply_to, extra FROM scheduled WHERE scheduled_no = ?";
    NEXT = "SELECT send_at FROM scheduled WHERE send_at > ? ORDER BY send_at LIMIT 1";
    DUE = "SELECT scheduled_no FROM scheduled WHERE send_at <= ? ORDER BY send_at";
    UNSCHEDULE = "DELETE FROM scheduled WHERE scheduled_no = ?";
}

/// # Errors
/// When the store fails.
pub async fn save(tx: &mut Tx<'_>, id: MessageId, at: Millis) -> Result<()> {
    sqlx::query(SAVE).bind(id.as_bytes()).bind(at).execute(&mut **tx).await?;
    Ok(())
}

/// A message of this person's that nobody else has seen has another id now.
pub async fn rename(tx: &mut Tx<'_>, old: MessageId, new: MessageId) -> Result<()> {
    for rename in [RENAME_SAVED, RENAME_HIDDEN] {
        sqlx::query(rename).bind(old.as_bytes()).bind(new.as_bytes()).execute(&mut **tx).await?;
    }
    Ok(())
}

pub async fn unsave(tx: &mut Tx<'_>, id: MessageId) -> Result<()> {
    sqlx::query(UNSAVE).bind(id.as_bytes()).execute(&mut **tx).await?;
    Ok(())
}

/// Saved messages before a time, newest first.
pub async fn saved(
    conn: &mut SqliteConnection,
    before: Millis,
    limit: u32,
) -> Result<Vec<(MessageId, Millis)>> {
    let rows: Vec<(Vec<u8>, i64)> =
        sqlx::query_as(SAVED).bind(before).bind(i64::from(limit)).fetch_all(conn).await?;
    rows.into_iter()
        .map(|(id, at)| Ok((MessageId::from_slice(&id).map_err(|_| Error::Damaged("a saved message"))?, at)))
        .collect()
}

pub async fn saved_at(conn: &mut SqliteConnection, id: MessageId) -> Result<Option<Millis>> {
    Ok(sqlx::query_scalar(SAVED_AT).bind(id.as_bytes()).fetch_optional(conn).await?)
}

pub async fn hide(tx: &mut Tx<'_>, id: MessageId) -> Result<()> {
    sqlx::query(HIDE).bind(id.as_bytes()).execute(&mut **tx).await?;
    Ok(())
}

/// All messages that this person has hidden.
pub async fn hidden(tx: &mut Tx<'_>) -> Result<Vec<MessageId>> {
    let rows: Vec<Vec<u8>> = sqlx::query_scalar(HIDDEN).fetch_all(&mut **tx).await?;
    rows.iter().map(|id| MessageId::from_slice(id).map_err(|_| Error::Damaged("a hidden message"))).collect()
}

/// After a rebuild: what is saved is marked so again. Answers the places of what is hidden.
pub async fn apply(tx: &mut Tx<'_>, chat: ChatNo) -> Result<Vec<Place>> {
    debug_assert_eq!(flag::SAVED, 128, "MARK_SAVED says so too");
    let (from, to) = (Place::FIRST.row(chat), Place::END.row(chat));
    sqlx::query(MARK_SAVED).bind(from).bind(to).execute(&mut **tx).await?;
    sqlx::query(MARK_SAVED_REPEATS).bind(chat.0).execute(&mut **tx).await?;
    let mut hidden: Vec<i64> = sqlx::query_scalar(HIDDEN_OF).bind(from).bind(to).fetch_all(&mut **tx).await?;
    hidden.extend(sqlx::query_scalar::<_, i64>(HIDDEN_REPEATS).bind(chat.0).fetch_all(&mut **tx).await?);
    Ok(hidden.into_iter().map(|row| Place::from_row(row).1).collect())
}

/// A message that leaves at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheduled {
    pub number: i64,
    pub chat: ChatNo,
    pub send_at: Millis,
    pub text: String,
    pub reply_to: Option<MessageId>,
    pub extra: Extra,
}

type ScheduledRow = (i64, i64, i64, String, Vec<u8>, Vec<u8>);

fn scheduled_row((number, chat, send_at, text, reply_to, extra): ScheduledRow) -> Result<Scheduled> {
    Ok(Scheduled {
        number,
        chat: ChatNo(chat),
        send_at,
        text,
        reply_to: MessageId::from_slice(&reply_to).ok(),
        extra: Extra::decode(&extra)?,
    })
}

/// Answers its number.
pub async fn schedule(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    send_at: Millis,
    text: &str,
    reply_to: Option<MessageId>,
    extra: &Extra,
) -> Result<i64> {
    Ok(sqlx::query_scalar(SCHEDULE)
        .bind(chat.0)
        .bind(send_at)
        .bind(text)
        .bind(reply_to.map_or(Vec::new(), |id| id.0.to_vec()))
        .bind(extra.encode())
        .fetch_one(&mut **tx)
        .await?)
}

/// Everything that waits for its time, the next one first.
pub async fn scheduled(conn: &mut SqliteConnection) -> Result<Vec<Scheduled>> {
    let rows: Vec<ScheduledRow> = sqlx::query_as(SCHEDULED).fetch_all(conn).await?;
    rows.into_iter().map(scheduled_row).collect()
}

pub async fn scheduled_one(conn: &mut SqliteConnection, number: i64) -> Result<Option<Scheduled>> {
    let row: Option<ScheduledRow> = sqlx::query_as(SCHEDULED_ONE).bind(number).fetch_optional(conn).await?;
    row.map(scheduled_row).transpose()
}

/// When the next one after `now` leaves.
pub async fn next_due(conn: &mut SqliteConnection, now: Millis) -> Result<Option<Millis>> {
    Ok(sqlx::query_scalar(NEXT).bind(now).fetch_optional(conn).await?)
}

/// Numbers of those whose time has come, the earliest first.
pub async fn due(conn: &mut SqliteConnection, now: Millis) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar(DUE).bind(now).fetch_all(conn).await?)
}

/// Answers whether it was still there.
pub async fn unschedule(tx: &mut Tx<'_>, number: i64) -> Result<bool> {
    let done = sqlx::query(UNSCHEDULE).bind(number).execute(&mut **tx).await?;
    Ok(done.rows_affected() > 0)
}
