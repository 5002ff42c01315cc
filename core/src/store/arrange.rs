//! How a person arranges their chats: pinned, archived, muted, what they are told of, and whether they want to be in those
//! that they were put into. Nobody else learns of it.

use beseda_protocol::ChatId;
use sqlx::SqliteConnection;

use super::{Tx, statements};
use crate::{
    document::Arranged,
    domain::{ChatNo, Level, Millis},
    error::{Error, Result},
};

statements! {
    HIGHEST = "SELECT coalesce(max(pinned), 0) FROM chats";
    PINNED = "SELECT chat_no, pinned FROM chats WHERE pinned > 0 ORDER BY pinned DESC";
    ALL_ARRANGED = "SELECT chat_id, pinned, archived, muted_until, notices, request FROM chats
        WHERE pinned > 0 OR archived = 1 OR muted_until > 0 OR notices <> 'all' OR request > 0";
    ARRANGED = "SELECT chat_id, pinned, archived, muted_until, notices, request FROM chats WHERE chat_no = ?";
    ARRANGE = "UPDATE chats SET pinned = ?, archived = ?, muted_until = ?, notices = ?, request = iif(request = 0, 0, ?) WHERE chat_no = ?";
    SET_PINNED = "UPDATE chats SET pinned = ?1, archived = archived AND ?1 = 0 WHERE chat_no = ?2";
    SET_ARCHIVED = "UPDATE chats SET archived = ?1, pinned = iif(?1, 0, pinned) WHERE chat_no = ?2";
    SET_MUTED = "UPDATE chats SET muted_until = ? WHERE chat_no = ?";
    SET_NOTICES = "UPDATE chats SET notices = ? WHERE chat_no = ?";
}

/// The rank above all that are pinned.
pub async fn next_rank(conn: &mut SqliteConnection) -> Result<i64> {
    let highest: i64 = sqlx::query_scalar(HIGHEST).fetch_one(conn).await?;
    Ok(highest + 1)
}

/// Chats that are pinned and their ranks, the first of the list first.
pub async fn pinned(conn: &mut SqliteConnection) -> Result<Vec<(ChatNo, i64)>> {
    let rows: Vec<(i64, i64)> = sqlx::query_as(PINNED).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(chat, rank)| (ChatNo(chat), rank)).collect())
}

/// 0 takes the pin away. What is pinned is not archived.
pub async fn set_pinned(tx: &mut Tx<'_>, chat: ChatNo, rank: i64) -> Result<()> {
    sqlx::query(SET_PINNED).bind(rank).bind(chat.0).execute(&mut **tx).await?;
    tx.touched.line(chat);
    Ok(())
}

/// What is archived is not pinned.
pub async fn set_archived(tx: &mut Tx<'_>, chat: ChatNo, archived: bool) -> Result<()> {
    sqlx::query(SET_ARCHIVED).bind(archived).bind(chat.0).execute(&mut **tx).await?;
    tx.touched.line(chat);
    Ok(())
}

pub async fn set_muted(tx: &mut Tx<'_>, chat: ChatNo, until: Millis) -> Result<()> {
    sqlx::query(SET_MUTED).bind(until).bind(chat.0).execute(&mut **tx).await?;
    tx.touched.line(chat);
    Ok(())
}

pub async fn set_notices(tx: &mut Tx<'_>, chat: ChatNo, level: Level) -> Result<()> {
    sqlx::query(SET_NOTICES).bind(level.as_str()).bind(chat.0).execute(&mut **tx).await?;
    tx.touched.line(chat);
    Ok(())
}

type Row = (Vec<u8>, i64, bool, i64, String, i64);

fn read((chat, pinned, archived, muted_until, notices, request): Row) -> Result<Arranged> {
    let chat = ChatId::from_slice(&chat).map_err(|_| Error::Damaged("a chat's id"))?;
    let notices = Level::parse(&notices).ok_or(Error::Damaged("what a chat tells of"))?;
    Ok(Arranged { chat, pinned, archived, muted_until, notices, request })
}

/// Every chat that is not where a new one is.
pub async fn all(conn: &mut SqliteConnection) -> Result<Vec<Arranged>> {
    let rows: Vec<Row> = sqlx::query_as(ALL_ARRANGED).fetch_all(conn).await?;
    rows.into_iter().map(read).collect()
}

pub async fn of(conn: &mut SqliteConnection, chat: ChatNo) -> Result<Arranged> {
    read(sqlx::query_as(ARRANGED).bind(chat.0).fetch_one(conn).await?)
}

/// As it was arranged on another device. What was accepted once stays so.
pub async fn set(tx: &mut Tx<'_>, chat: ChatNo, arranged: &Arranged) -> Result<()> {
    sqlx::query(ARRANGE)
        .bind(arranged.pinned)
        .bind(arranged.archived)
        .bind(arranged.muted_until)
        .bind(arranged.notices.as_str())
        .bind(arranged.request)
        .bind(chat.0)
        .execute(&mut **tx)
        .await?;
    tx.touched.line(chat);
    Ok(())
}
