//! What happened in a chat beside messages: who came and went, roles, titles. The timeline shows it between them.
//!
//! Not here: which membership change makes which event (`projection`).

use sqlx::SqliteConnection;

use super::{Tx, statements};
use crate::{
    domain::{ChatNo, Millis, Place, UserNo},
    error::{Error, Result},
};

statements! {
    BETWEEN = "SELECT e.place, e.what, coalesce(b.name, ''), coalesce(w.name, ''), e.at, e.text
        FROM events e LEFT JOIN users b ON b.user_no = e.by_no LEFT JOIN users w ON w.user_no = e.who_no
        WHERE e.place >= ? AND e.place <= ? ORDER BY e.place";
    PUT = "INSERT OR REPLACE INTO events (place, what, by_no, who_no, at, text) VALUES (?, ?, ?, ?, ?, ?)";
    DROP = "DELETE FROM events WHERE place = ?";
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventLine {
    pub place: Place,
    pub what: EventKind,
    pub by: String,
    pub who: String,
    pub at: Millis,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    Created,
    Added,
    Removed,
    /// By themselves.
    Left,
    /// Made an admin.
    Promoted,
    Demoted,
    /// Has the chat from then on.
    Owner,
    /// Who may do what has changed.
    Rights,
    /// What newcomers may read has changed: `text` is the name of [`beseda_protocol::membership::History`].
    History,
    /// The title, the description or the category: `text` is the title.
    Info,
}

/// What happened in a chat beside messages.
#[derive(Debug, Clone)]
pub struct NewEvent<'a> {
    pub place: Place,
    pub what: EventKind,
    pub by: UserNo,
    pub who: UserNo,
    pub at: Millis,
    pub text: &'a str,
}

impl EventKind {
    const ALL: [Self; 10] = [
        Self::Created,
        Self::Added,
        Self::Removed,
        Self::Left,
        Self::Promoted,
        Self::Demoted,
        Self::Owner,
        Self::Rights,
        Self::History,
        Self::Info,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Left => "left",
            Self::Promoted => "promoted",
            Self::Demoted => "demoted",
            Self::Owner => "owner",
            Self::Rights => "rights",
            Self::History => "history",
            Self::Info => "info",
        }
    }
}

/// An event that was queued at `place` has another place now.
pub async fn drop_at(tx: &mut Tx<'_>, chat: ChatNo, place: Place) -> Result<()> {
    sqlx::query(DROP).bind(place.row(chat)).execute(&mut **tx).await?;
    Ok(())
}

pub async fn put(tx: &mut Tx<'_>, chat: ChatNo, event: &NewEvent<'_>) -> Result<()> {
    let NewEvent { place, what, by, who, at, text } = *event;
    sqlx::query(PUT)
        .bind(place.row(chat))
        .bind(what.as_str())
        .bind(by.0)
        .bind(who.0)
        .bind(at)
        .bind(text)
        .execute(&mut **tx)
        .await?;
    tx.touched.chat(chat, place);
    Ok(())
}

/// Events between two places, both included.
pub async fn between(
    conn: &mut SqliteConnection,
    chat: ChatNo,
    from: Place,
    to: Place,
) -> Result<Vec<EventLine>> {
    let rows: Vec<(i64, String, String, String, i64, String)> =
        sqlx::query_as(BETWEEN).bind(from.row(chat)).bind(to.row(chat)).fetch_all(conn).await?;
    rows.into_iter()
        .map(|(place, what, by, who, at, text)| {
            let what = EventKind::ALL
                .into_iter()
                .find(|kind| kind.as_str() == what)
                .ok_or(Error::Damaged("an event's kind"))?;
            Ok(EventLine { place: Place::from_row(place).1, what, by, who, at, text })
        })
        .collect()
}
