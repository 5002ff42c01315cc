//! To which relay somebody wants a chat to move. Projection.

use sqlx::SqliteConnection;

use super::{Tx, statements};
use crate::{
    domain::{ChatNo, Millis, Place, UserNo},
    error::Result,
};

statements! {
    PUT = "INSERT OR REPLACE INTO moves (place, by_no, relay, at) VALUES (?, ?, ?, ?)";
    DROP = "DELETE FROM moves WHERE place = ?";
    CLEAR = "DELETE FROM moves WHERE place BETWEEN ? AND ?";
    NEWEST = "SELECT m.relay, u.name, m.at FROM moves m JOIN users u ON u.user_no = m.by_no ORDER BY m.at DESC LIMIT 1";
}

/// Somebody's wish that chats be at another relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposed {
    /// URL.
    pub relay: String,
    /// Name of who wants it.
    pub by: String,
    /// When the relay of then took it.
    pub at: Millis,
}

pub async fn put(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    place: Place,
    by: UserNo,
    relay: &str,
    at: Millis,
) -> Result<()> {
    sqlx::query(PUT).bind(place.row(chat)).bind(by.0).bind(relay).bind(at).execute(&mut **tx).await?;
    tx.touched.chat(chat, place);
    Ok(())
}

/// Where it stood while it was queued it stands no more.
pub async fn drop(tx: &mut Tx<'_>, chat: ChatNo, place: Place) -> Result<()> {
    sqlx::query(DROP).bind(place.row(chat)).execute(&mut **tx).await?;
    Ok(())
}

pub async fn clear(tx: &mut Tx<'_>, chat: ChatNo) -> Result<()> {
    let (first, last) = (Place::FIRST.row(chat), Place::END.row(chat));
    sqlx::query(CLEAR).bind(first).bind(last).execute(&mut **tx).await?;
    Ok(())
}

/// The newest wish in any chat.
pub async fn newest(conn: &mut SqliteConnection) -> Result<Option<Proposed>> {
    let row: Option<(String, String, Millis)> = sqlx::query_as(NEWEST).fetch_optional(conn).await?;
    Ok(row.map(|(relay, by, at)| Proposed { relay, by, at }))
}
