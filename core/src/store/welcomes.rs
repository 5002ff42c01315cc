//! Welcomes to chats that this device is in, as far as it knows: it may be out by what it has not read, and let in again; or
//! another log of the chat has let it in; or a later one lets it in already. Not here: what is done with one (`sync::inbox`).

use beseda_protocol::Seq;
use sqlx::SqliteConnection;

use super::{Tx, statements};
use crate::{domain::ChatNo, error::Result};

statements! {
    PUT = "INSERT INTO early_welcomes (chat_no, reference, seq, released, body) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (chat_no, reference) DO UPDATE SET seq = excluded.seq, released = excluded.released, body = excluded.body";
    ALL_EARLY = "SELECT chat_no, reference, seq, released, body FROM early_welcomes";
    DROP = "DELETE FROM early_welcomes WHERE chat_no = ? AND reference = ?";
}

#[derive(Debug, Clone)]
pub struct Early {
    pub chat: ChatNo,
    /// Of the key package that it is for: a later one for the same takes its place.
    pub reference: Vec<u8>,
    /// Where its handshake stands.
    pub seq: Seq,
    /// By the relay, with the handshake; else it came in a letter.
    pub released: bool,
    pub body: Vec<u8>,
}

pub async fn put(tx: &mut Tx<'_>, early: &Early) -> Result<()> {
    sqlx::query(PUT)
        .bind(early.chat.0)
        .bind(&early.reference)
        .bind(early.seq.0.cast_signed())
        .bind(early.released)
        .bind(&early.body)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn all(conn: &mut SqliteConnection) -> Result<Vec<Early>> {
    type Row = (i64, Vec<u8>, i64, bool, Vec<u8>);
    let rows: Vec<Row> = sqlx::query_as(ALL_EARLY).fetch_all(conn).await?;
    let early = |(chat, reference, seq, released, body): Row| Early {
        chat: ChatNo(chat),
        reference,
        seq: Seq(seq.cast_unsigned()),
        released,
        body,
    };
    Ok(rows.into_iter().map(early).collect())
}

/// It was dealt with, or never counts.
pub async fn drop(tx: &mut Tx<'_>, early: &Early) -> Result<()> {
    sqlx::query(DROP).bind(early.chat.0).bind(&early.reference).execute(&mut **tx).await?;
    Ok(())
}
