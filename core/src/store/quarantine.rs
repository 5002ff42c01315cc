//! Envelopes set aside: not valid, or waiting for a change they build on. The rest of the chat goes on.

use std::collections::HashSet;

use beseda_protocol::{DeviceId, Seq, codec, envelope::LogEntry, limits};

use super::{Tx, statements};
use crate::{
    domain::{ChatNo, Place},
    error::{Error, Result},
};

statements! {
    INSERT = "INSERT INTO quarantine (chat_no, seq, held, author, waits_for, reason, entry) VALUES (?, ?, ?, ?, ?, ?, ?)";
    COUNT_UP = "UPDATE chats SET quarantined = quarantined + 1 WHERE chat_no = ?";
    COUNT_DOWN = "UPDATE chats SET quarantined = quarantined - 1 WHERE chat_no = ?";
    HELD = "SELECT seq, waits_for FROM quarantine WHERE chat_no = ? AND held = 1 ORDER BY seq";
    HELD_OF = "SELECT count(*) FROM quarantine WHERE chat_no = ? AND held = 1 AND author = ?";
    ENTRY = "SELECT entry FROM quarantine WHERE chat_no = ? AND seq = ?";
    WAITS_NOW_FOR = "UPDATE quarantine SET waits_for = ? WHERE chat_no = ? AND seq = ?";
    DELETE = "DELETE FROM quarantine WHERE chat_no = ? AND seq = ?";
    LIST = "SELECT seq, held, reason FROM quarantine WHERE chat_no = ? ORDER BY seq";
}

/// Why an envelope was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    pub text: String,
    /// The same envelope may become valid when something else arrives.
    pub held: Option<Held>,
}

/// What an envelope waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub author: DeviceId,
    /// The hash of a change, or the id of an actor whose next change is missing.
    pub waits_for: Vec<u8>,
}

impl Reason {
    pub fn invalid(error: impl std::fmt::Display) -> Self {
        Self { held: None, text: error.to_string() }
    }
}

/// Envelopes of one author in a chat that may wait at once; the next ones are set aside for good. An honest device's
/// changes arrive in an order in which none has to wait.
const HELD_AT_ONCE: i64 = 16;

pub async fn insert(tx: &mut Tx<'_>, chat: ChatNo, entry: &LogEntry, reason: &Reason) -> Result<()> {
    let mut held = reason.held.as_ref();
    if let Some(waiting) = held {
        let others: i64 = sqlx::query_scalar(HELD_OF)
            .bind(chat.0)
            .bind(waiting.author.as_bytes())
            .fetch_one(&mut **tx)
            .await?;
        held = held.filter(|_| others < HELD_AT_ONCE);
    }
    sqlx::query(INSERT)
        .bind(chat.0)
        .bind(entry.seq.0.cast_signed())
        .bind(i64::from(held.is_some()))
        .bind(held.map_or(&[][..], |held| held.author.as_bytes()))
        .bind(held.map_or(&[][..], |held| &held.waits_for))
        .bind(&reason.text)
        .bind(codec::encode(entry))
        .execute(&mut **tx)
        .await?;
    sqlx::query(COUNT_UP).bind(chat.0).execute(&mut **tx).await?;
    tx.touched.chat(chat, Place::END);
    Ok(())
}

/// Envelopes that waited for one of what has `arrived`, oldest first.
pub async fn held(tx: &mut Tx<'_>, chat: ChatNo, arrived: &HashSet<Vec<u8>>) -> Result<Vec<LogEntry>> {
    let rows: Vec<(i64, Vec<u8>)> = sqlx::query_as(HELD).bind(chat.0).fetch_all(&mut **tx).await?;
    let mut entries = Vec::new();
    for (seq, _) in rows.into_iter().filter(|(_, waits_for)| arrived.contains(waits_for)) {
        let bytes: Vec<u8> = sqlx::query_scalar(ENTRY).bind(chat.0).bind(seq).fetch_one(&mut **tx).await?;
        let entry = codec::decode(&bytes, limits::REQUEST_BYTES)
            .map_err(|_| Error::Damaged("a quarantined envelope"))?;
        entries.push(entry);
    }
    Ok(entries)
}

/// It was tried again and lacks something else.
pub async fn waits_now_for(tx: &mut Tx<'_>, chat: ChatNo, seq: Seq, held: &Held) -> Result<()> {
    sqlx::query(WAITS_NOW_FOR)
        .bind(&held.waits_for)
        .bind(chat.0)
        .bind(seq.0.cast_signed())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn release(tx: &mut Tx<'_>, chat: ChatNo, seq: Seq) -> Result<()> {
    sqlx::query(DELETE).bind(chat.0).bind(seq.0.cast_signed()).execute(&mut **tx).await?;
    sqlx::query(COUNT_DOWN).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}

/// `(seq, waits for others, why)` of each envelope set aside in a chat.
pub async fn list(conn: &mut sqlx::SqliteConnection, chat: ChatNo) -> Result<Vec<(Seq, bool, String)>> {
    let rows: Vec<(i64, i64, String)> = sqlx::query_as(LIST).bind(chat.0).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(seq, held, why)| (Seq(seq.cast_unsigned()), held == 1, why)).collect())
}
