//! Envelopes set aside: not valid, or waiting for a change they build on. The rest of the chat goes on.

use beseda_protocol::{Seq, codec, envelope::LogEntry, limits};

use super::{Tx, statements};
use crate::{
    domain::{ChatNo, Place},
    error::{Error, Result},
};

statements! {
    INSERT = "INSERT INTO quarantine (chat_no, seq, held, reason, entry) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (chat_no, seq) DO UPDATE SET held = excluded.held, reason = excluded.reason";
    COUNT_UP = "UPDATE chats SET quarantined = quarantined + 1 WHERE chat_no = ?";
    COUNT_DOWN = "UPDATE chats SET quarantined = quarantined - 1 WHERE chat_no = ?";
    HELD = "SELECT entry FROM quarantine WHERE chat_no = ? AND held = 1 ORDER BY seq";
    HELD_COUNT = "SELECT count(*) FROM quarantine WHERE chat_no = ? AND held = 1";
    DELETE = "DELETE FROM quarantine WHERE chat_no = ? AND seq = ?";
    LIST = "SELECT seq, held, reason FROM quarantine WHERE chat_no = ? ORDER BY seq";
}

/// Why an envelope was set aside; a stable word for the log of the chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The same envelope may become valid when others arrive.
    pub held: bool,
    pub text: String,
}

impl Reason {
    pub fn invalid(error: impl std::fmt::Display) -> Self {
        Self { held: false, text: error.to_string() }
    }
}

/// Envelopes of a chat that may wait for others at once. All are tried again with every batch: a member who sends more
/// that never become valid costs only their own.
const HELD_AT_ONCE: i64 = 200;

pub async fn insert(tx: &mut Tx<'_>, chat: ChatNo, entry: &LogEntry, reason: &Reason) -> Result<()> {
    let held = reason.held && {
        let waiting: i64 = sqlx::query_scalar(HELD_COUNT).bind(chat.0).fetch_one(&mut **tx).await?;
        waiting < HELD_AT_ONCE
    };
    sqlx::query(INSERT)
        .bind(chat.0)
        .bind(entry.seq.0.cast_signed())
        .bind(i64::from(held))
        .bind(&reason.text)
        .bind(codec::encode(entry))
        .execute(&mut **tx)
        .await?;
    sqlx::query(COUNT_UP).bind(chat.0).execute(&mut **tx).await?;
    tx.touched.chat(chat, Place::END);
    Ok(())
}

/// Envelopes that may have become valid, oldest first.
pub async fn held(tx: &mut Tx<'_>, chat: ChatNo) -> Result<Vec<LogEntry>> {
    let rows: Vec<Vec<u8>> = sqlx::query_scalar(HELD).bind(chat.0).fetch_all(&mut **tx).await?;
    rows.iter()
        .map(|bytes| {
            codec::decode(bytes, limits::REQUEST_BYTES).map_err(|_| Error::Damaged("a quarantined envelope"))
        })
        .collect()
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
