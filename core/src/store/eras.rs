//! Content keys, one an era.

use beseda_protocol::Seq;

use super::{Tx, memory::Era, statements};
use crate::{domain::ChatNo, error::Result};

statements! {
    INSERT = "INSERT INTO eras (chat_no, era, handshake, era_key) VALUES (?, ?, ?, ?)
        ON CONFLICT (chat_no, era) DO UPDATE SET handshake = excluded.handshake, era_key = excluded.era_key";
    SELECT = "SELECT era, handshake, era_key FROM eras WHERE chat_no = ? ORDER BY era";
}

pub async fn insert(tx: &mut Tx<'_>, chat: ChatNo, era: &Era) -> Result<()> {
    sqlx::query(INSERT)
        .bind(chat.0)
        .bind(era.era.cast_signed())
        .bind(era.handshake.0.cast_signed())
        .bind(&era.key.expose()[..])
        .execute(&mut **tx)
        .await?;
    tx.memory().chat(chat).eras = None;
    Ok(())
}

async fn load(tx: &mut Tx<'_>, chat: ChatNo) -> Result<()> {
    if tx.memory().chat(chat).eras.is_some() {
        return Ok(());
    }
    let rows: Vec<(i64, i64, Vec<u8>)> = sqlx::query_as(SELECT).bind(chat.0).fetch_all(&mut **tx).await?;
    let eras = rows.into_iter().map(Era::try_from).collect::<Result<_>>()?;
    tx.memory().chat(chat).eras = Some(eras);
    Ok(())
}

/// The era that an entry at `seq` is sealed under: begun by the last handshake before it that took effect. `None`
/// before the first era known here.
pub async fn at(tx: &mut Tx<'_>, chat: ChatNo, seq: Seq) -> Result<Option<Era>> {
    load(tx, chat).await?;
    let eras = tx.memory().chat(chat).eras.as_deref().unwrap_or_default();
    let after = eras.partition_point(|era| era.handshake < seq);
    Ok(after.checked_sub(1).map(|at| eras[at].clone()))
}

/// All eras known here, in the order of their handshakes.
pub async fn all(tx: &mut Tx<'_>, chat: ChatNo) -> Result<Vec<Era>> {
    load(tx, chat).await?;
    Ok(tx.memory().chat(chat).eras.clone().unwrap_or_default())
}

/// The current era.
pub async fn newest(tx: &mut Tx<'_>, chat: ChatNo) -> Result<Option<Era>> {
    load(tx, chat).await?;
    Ok(tx.memory().chat(chat).eras.as_deref().and_then(<[Era]>::last).cloned())
}

/// The era begun by the handshake at exactly `seq`.
pub async fn begun_at(tx: &mut Tx<'_>, chat: ChatNo, seq: Seq) -> Result<Option<Era>> {
    load(tx, chat).await?;
    let eras = tx.memory().chat(chat).eras.as_deref().unwrap_or_default();
    Ok(eras.iter().find(|era| era.handshake == seq).cloned())
}
