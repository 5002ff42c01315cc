//! Messages that their author has said again in the same chat under another id (`With::again`), and as which one they are
//! shown: of all that are here the one that stands first. What is said about one is said about all.
//!
//! Not here: when something is said again (`sync::handshake::resay`), and what a second dialog with the same person
//! holds (`dialogs`).

use beseda_protocol::MessageId;
use sqlx::SqliteConnection;

use super::{Tx, statements};
use crate::{
    domain::{ChatNo, UserNo},
    error::{Error, Result},
};

statements! {
    ANY = "SELECT EXISTS (SELECT 1 FROM repeats WHERE chat_no = ?)";
    NAME = "INSERT INTO repeats (chat_no, message_id, author_no, as_id, here) VALUES (?, ?, ?, ?, 0)
        ON CONFLICT (chat_no, message_id, author_no) DO NOTHING";
    PUT = "INSERT INTO repeats (chat_no, message_id, author_no, as_id, here) VALUES (?, ?, ?, ?, 1)
        ON CONFLICT (chat_no, message_id, author_no) DO UPDATE SET as_id = excluded.as_id, here = 1";
    SHOWN_AS = "SELECT as_id FROM repeats WHERE message_id = ? AND here = 1 LIMIT 1";
    NAMED = "SELECT author_no, as_id FROM repeats WHERE chat_no = ? AND message_id = ?";
    SHOWN = "SELECT message_id FROM repeats WHERE chat_no = ? AND as_id = ?";
    CLEAR = "DELETE FROM repeats WHERE chat_no = ?";
}

/// Whether anything in the chat was said again.
pub async fn any(tx: &mut Tx<'_>, chat: ChatNo) -> Result<bool> {
    if let Some(any) = tx.memory().chat(chat).repeats {
        return Ok(any);
    }
    let any = sqlx::query_scalar::<_, i64>(ANY).bind(chat.0).fetch_one(&mut **tx).await? == 1;
    tx.memory().chat(chat).repeats = Some(any);
    Ok(any)
}

/// `id` of `author` names `first`, which is not here, as what they had said before.
pub async fn name(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    first: MessageId,
    author: UserNo,
    id: MessageId,
) -> Result<()> {
    write(tx, NAME, chat, (first, author, id)).await
}

/// `id` of `author` is shown as `as_id`.
pub async fn put(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    id: MessageId,
    author: UserNo,
    as_id: MessageId,
) -> Result<()> {
    write(tx, PUT, chat, (id, author, as_id)).await
}

async fn write(
    tx: &mut Tx<'_>,
    sql: &'static str,
    chat: ChatNo,
    (id, author, as_id): (MessageId, UserNo, MessageId),
) -> Result<()> {
    sqlx::query(sql)
        .bind(chat.0)
        .bind(id.as_bytes())
        .bind(author.0)
        .bind(as_id.as_bytes())
        .execute(&mut **tx)
        .await?;
    tx.memory().chat(chat).repeats = Some(true);
    Ok(())
}

/// As what a message is shown that was said again, or says again what stands before it.
pub async fn shown_as(conn: &mut SqliteConnection, id: MessageId) -> Result<Option<MessageId>> {
    let shown: Option<Vec<u8>> =
        sqlx::query_scalar(SHOWN_AS).bind(id.as_bytes()).fetch_optional(conn).await?;
    shown.as_deref().map(read).transpose()
}

/// Who says that they had said this before, and as what it is shown.
pub async fn named(
    conn: &mut SqliteConnection,
    chat: ChatNo,
    id: MessageId,
) -> Result<Vec<(UserNo, MessageId)>> {
    let rows: Vec<(i64, Vec<u8>)> =
        sqlx::query_as(NAMED).bind(chat.0).bind(id.as_bytes()).fetch_all(conn).await?;
    rows.iter().map(|(author, id)| Ok((UserNo(*author), read(id)?))).collect()
}

/// What else is shown as a message.
pub async fn shown(conn: &mut SqliteConnection, chat: ChatNo, id: MessageId) -> Result<Vec<MessageId>> {
    let rows: Vec<Vec<u8>> =
        sqlx::query_scalar(SHOWN).bind(chat.0).bind(id.as_bytes()).fetch_all(conn).await?;
    rows.iter().map(|id| read(id)).collect()
}

pub async fn clear(tx: &mut Tx<'_>, chat: ChatNo) -> Result<()> {
    sqlx::query(CLEAR).bind(chat.0).execute(&mut **tx).await?;
    tx.memory().chat(chat).repeats = Some(false);
    Ok(())
}

fn read(id: &[u8]) -> Result<MessageId> {
    MessageId::from_slice(id).map_err(|_| Error::Damaged("a message's id"))
}
