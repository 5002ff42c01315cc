//! What was said about one message after a place, for whoever tells it as it comes.
//!
//! Not here: what is true of the message now (annotations).

use beseda_protocol::UserId;
use sqlx::SqliteConnection;

use super::statements;
use crate::{
    domain::{ChatNo, Millis, Place},
    error::{Error, Result},
};

statements! {
    EDITED = "SELECT v.edit_place, u.user_id, u.name, v.at FROM message_versions v JOIN messages m ON m.place = v.place
        JOIN users u ON u.user_no = m.author_no WHERE v.place = ? AND v.edit_place > ? AND v.edit_place < ?
        ORDER BY v.edit_place";
    REACTED = "SELECT r.said_place, u.user_id, u.name, r.at, r.emoji, r.present FROM reactions r
        JOIN users u ON u.user_no = r.user_no WHERE r.place = ? AND r.said_place > ? AND r.said_place < ?";
    PINNED = "SELECT p.said_place, u.user_id, u.name, p.at, p.present FROM pins p JOIN users u ON u.user_no = p.by_no
        WHERE p.place = ? AND p.said_place > ? AND p.said_place < ?";
    VOTED = "SELECT v.said_place, u.user_id, u.name, v.options FROM votes v JOIN users u ON u.user_no = v.user_no
        WHERE v.place = ? AND v.said_place > ? AND v.said_place < ?";
}

/// Something that was said about a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    Edited,
    Reacted {
        emoji: String,
        /// `false`: taken back.
        on: bool,
    },
    Pinned {
        on: bool,
    },
    Voted {
        /// By position, from 0; empty: taken back.
        options: Vec<u8>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    pub about: About,
    pub by: UserId,
    pub name: String,
    /// When the relay accepted it; 0 where that is not kept (votes).
    pub at: Millis,
}

/// What was said about the message at `place` after `since` and stands, in the order of the log. What waits to be sent
/// is not news.
pub async fn since(
    conn: &mut SqliteConnection,
    chat: ChatNo,
    place: Place,
    since: Place,
) -> Result<Vec<News>> {
    let (row, from, to) = (place.row(chat), since.0, Place::queued(0).0);
    let mut news: Vec<(i64, News)> = Vec::new();
    let mut tell = |said: i64, user: Vec<u8>, name: String, at: Millis, about: About| {
        let by = UserId::from_slice(&user).map_err(|_| Error::Damaged("a person's id"))?;
        news.push((said, News { about, by, name, at }));
        Ok::<_, Error>(())
    };
    type Edited = (i64, Vec<u8>, String, i64);
    let edits: Vec<Edited> =
        sqlx::query_as(EDITED).bind(row).bind(from).bind(to).fetch_all(&mut *conn).await?;
    // Only the last one stands.
    if let Some((said, user, name, at)) = edits.into_iter().next_back() {
        tell(said, user, name, at, About::Edited)?;
    }
    type Reacted = (i64, Vec<u8>, String, i64, String, i64);
    let reactions: Vec<Reacted> =
        sqlx::query_as(REACTED).bind(row).bind(from).bind(to).fetch_all(&mut *conn).await?;
    for (said, user, name, at, emoji, on) in reactions {
        tell(said, user, name, at, About::Reacted { emoji, on: on == 1 })?;
    }
    type Pinned = (i64, Vec<u8>, String, i64, i64);
    let pins: Vec<Pinned> =
        sqlx::query_as(PINNED).bind(row).bind(from).bind(to).fetch_all(&mut *conn).await?;
    for (said, user, name, at, on) in pins {
        tell(said, user, name, at, About::Pinned { on: on == 1 })?;
    }
    type Voted = (i64, Vec<u8>, String, i64);
    let votes: Vec<Voted> = sqlx::query_as(VOTED).bind(row).bind(from).bind(to).fetch_all(&mut *conn).await?;
    for (said, user, name, bits) in votes {
        let options = (0..12_u8).filter(|n| bits >> n & 1 == 1).collect();
        tell(said, user, name, 0, About::Voted { options })?;
    }
    news.sort_by_key(|(said, _)| *said);
    Ok(news.into_iter().map(|(_, news)| news).collect())
}
