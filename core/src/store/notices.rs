//! What this person may be told of outside the window: unread messages of others after a place, and how this device tells.
//!
//! Not here: which of them are told ([`crate::notices`]), and what a chat's level is (`arrange`).

use beseda_protocol::{ChatId, MessageId};
use sqlx::SqliteConnection;

use super::{Tx, statements};
use crate::{
    domain::{ChatNo, Millis, Place, UserNo},
    error::{Error, Result},
    markup,
    notices::{Line, Settings, Shows},
};

/// Characters of a message in a notification.
const LINE_CHARS: usize = 240;

statements! {
    SETTINGS = "SELECT enabled, shows, sound, quiet_from, quiet_to, quiet_until FROM notice_settings WHERE id = 1";
    SET_SETTINGS = "UPDATE notice_settings SET enabled = ?, shows = ?, sound = ?, quiet_from = ?, quiet_to = ?, quiet_until = ?
        WHERE id = 1";
    HERE = "SELECT chat_no, chat_id, cursor FROM chats";
    COUNT = "SELECT count(*) FILTER (WHERE for_me OR NOT ?5), coalesce(sum(for_me), 0), coalesce(max(place), 0)
        FROM (SELECT m.place, m.flags & 4 = 4 OR EXISTS
                (SELECT 1 FROM messages a WHERE a.message_id = m.reply_to AND a.author_no = ?4) AS for_me
            FROM messages m WHERE m.place > ?1 AND m.place < ?2 AND m.author_no <> ?4 AND m.flags & 514 = 0
            AND NOT EXISTS (SELECT 1 FROM blocked b WHERE b.user_no = m.author_no) ORDER BY m.place DESC LIMIT ?3)";
    LINES = "SELECT m.place, m.message_id, u.name, substr(m.text, 1, 2000), m.flags & 4 = 4 OR EXISTS
            (SELECT 1 FROM messages a WHERE a.message_id = m.reply_to AND a.author_no = ?4) AS for_me
        FROM messages m JOIN users u ON u.user_no = m.author_no
        WHERE m.place > ?1 AND m.place < ?2 AND m.author_no <> ?4 AND m.flags & 514 = 0
        AND NOT EXISTS (SELECT 1 FROM blocked b WHERE b.user_no = m.author_no) AND (for_me OR NOT ?5)
        ORDER BY m.place DESC LIMIT ?3";
}

/// Counting stops there: whoever has so many to read does not want to know it exactly.
const COUNTED: i64 = 10_000;

/// How this device tells.
pub async fn settings(conn: &mut SqliteConnection) -> Result<Settings> {
    type Row = (bool, String, bool, u16, u16, Millis);
    let (enabled, shows, sound, quiet_from, quiet_to, quiet_until): Row =
        sqlx::query_as(SETTINGS).fetch_one(conn).await?;
    let shows = Shows::parse(&shows).ok_or(Error::Damaged("what a notification shows"))?;
    Ok(Settings { enabled, shows, sound, quiet_from, quiet_to, quiet_until })
}

pub async fn set_settings(tx: &mut Tx<'_>, settings: &Settings) -> Result<()> {
    sqlx::query(SET_SETTINGS)
        .bind(settings.enabled)
        .bind(settings.shows.as_str())
        .bind(settings.sound)
        .bind(settings.quiet_from)
        .bind(settings.quiet_to)
        .bind(settings.quiet_until)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Of each chat its id and the last place of the log that is here.
pub async fn here(conn: &mut SqliteConnection) -> Result<Vec<(ChatNo, ChatId, Place)>> {
    let rows: Vec<(i64, Vec<u8>, i64)> = sqlx::query_as(HERE).fetch_all(conn).await?;
    let here = |(chat, id, cursor): (i64, Vec<u8>, i64)| {
        let id = ChatId::from_slice(&id).map_err(|_| Error::Damaged("a chat's id"))?;
        let next = beseda_protocol::Seq(cursor.cast_unsigned()).next();
        // Up to whatever is before the next envelope.
        let upto = Place::accepted(next, 0).map_or(Place::queued(0), |next| Place(next.0 - 1));
        Ok((ChatNo(chat), id, upto))
    };
    rows.into_iter().map(here).collect()
}

/// What of a chat's log is after a place and said by others whom this person has not blocked.
pub struct News {
    /// Of the newest of them; the place itself: there are none.
    pub newest: Place,
    /// How many, up to 10,000.
    pub count: u32,
    /// Those among them that name `me` or everyone, or answer `me`.
    pub for_me: u32,
    /// The last of them, in the order of the chat.
    pub lines: Vec<Line>,
}

impl News {
    /// There is nothing after this place.
    #[must_use]
    pub fn none(after: Place) -> Self {
        Self { newest: after, count: 0, for_me: 0, lines: vec![] }
    }
}

/// `only_for_me`: what is not for `me` neither counts nor is a line.
pub async fn after(
    conn: &mut SqliteConnection,
    chat: ChatNo,
    after: Place,
    me: UserNo,
    only_for_me: bool,
    lines: usize,
) -> Result<News> {
    let (from, to) = (after.row(chat), Place::queued(0).row(chat));
    let (count, for_me, newest): (i64, i64, i64) = sqlx::query_as(COUNT)
        .bind(from)
        .bind(to)
        .bind(COUNTED)
        .bind(me.0)
        .bind(only_for_me)
        .fetch_one(&mut *conn)
        .await?;
    if newest == 0 {
        return Ok(News::none(after));
    }
    type Row = (i64, Vec<u8>, String, String, bool);
    let rows: Vec<Row> = sqlx::query_as(LINES)
        .bind(from)
        .bind(to)
        .bind(i64::try_from(lines).unwrap_or(i64::MAX))
        .bind(me.0)
        .bind(only_for_me)
        .fetch_all(conn)
        .await?;
    let line = |(row, id, author, text, for_me): Row| {
        let id = MessageId::from_slice(&id).map_err(|_| Error::Damaged("a message's id"))?;
        let text = markup::excerpt(&text, LINE_CHARS);
        Ok(Line { place: Place::from_row(row).1, id, author, text, for_me })
    };
    let number = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(News {
        newest: Place::from_row(newest).1,
        count: number(count),
        for_me: number(for_me),
        lines: rows.into_iter().rev().map(line).collect::<Result<_>>()?,
    })
}
