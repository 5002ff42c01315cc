//! Who has read what: one mark a membership, never a row per message and reader.
//!
//! A member's readers' part of a chat is the span from where they first came in to their read mark. How many spans
//! cover a place is a sum over `read_counts`: +1 where a mark stands, -1 where its owner came in, added up from the
//! place on. The table is a tree of 64 spans a level, so a count costs a few rows for two members as for ten thousand.

use beseda_protocol::UserId;
use sqlx::SqliteConnection;

use super::{Tx, packed::Packed, statements};
use crate::{
    domain::{ChatNo, Millis, Place, UserNo},
    error::{Error, Result},
};

statements! {
    MARKS_OF = "SELECT added_place, delivered_place, read_place FROM memberships WHERE chat_no = ? AND user_no = ?";
    SET_MARKS = "UPDATE memberships SET delivered_place = ?1, read_at = CASE WHEN ?2 > read_place THEN ?3 ELSE read_at END,
        read_place = ?2 WHERE chat_no = ?4 AND user_no = ?5";
    READ_AT = "UPDATE memberships SET read_at = ? WHERE chat_no = ? AND user_no = ? AND read_place = ?";
    OTHERS = "UPDATE chats SET others_delivered_place = max(others_delivered_place, ?),
        others_read_place = max(others_read_place, ?) WHERE chat_no = ?";
    COUNT = "INSERT INTO read_counts (chat_no, level, span, n) VALUES (?, ?, ?, ?)
        ON CONFLICT (chat_no, level, span) DO UPDATE SET n = n + excluded.n";
    CLEAR = "DELETE FROM read_counts WHERE chat_no = ?";
    COUNTS = "SELECT (SELECT coalesce(sum(n), 0) FROM (
            SELECT n FROM read_counts WHERE chat_no = ?1 AND level = 0 AND span BETWEEN ?2 AND ?2 | 63
            UNION ALL SELECT n FROM read_counts WHERE chat_no = ?1 AND level = 1 AND span BETWEEN (?2 >> 6) + 1 AND ?2 >> 6 | 63
            UNION ALL SELECT n FROM read_counts WHERE chat_no = ?1 AND level = 2 AND span BETWEEN (?2 >> 12) + 1 AND ?2 >> 12 | 63
            UNION ALL SELECT n FROM read_counts WHERE chat_no = ?1 AND level = 3 AND span BETWEEN (?2 >> 18) + 1 AND ?2 >> 18 | 63
            UNION ALL SELECT n FROM read_counts WHERE chat_no = ?1 AND level = 4 AND span BETWEEN (?2 >> 24) + 1 AND ?2 >> 24 | 63
            UNION ALL SELECT n FROM read_counts WHERE chat_no = ?1 AND level = 5 AND span BETWEEN (?2 >> 30) + 1 AND ?2 >> 30 | 63
            UNION ALL SELECT n FROM read_counts WHERE chat_no = ?1 AND level = 6 AND span > ?2 >> 36)),
        (SELECT group_concat(concat(span, ' ', n, ' '), '') FROM read_counts
            WHERE chat_no = ?1 AND level = 0 AND span >= ?3 AND span < ?2),
        (SELECT group_concat(concat(m.user_no, ' ', m.added_place, ' ', m.read_place, ' '), '')
            FROM json_each(?4) a CROSS JOIN memberships m ON m.chat_no = ?1 AND m.user_no = a.value)";
    READERS = "SELECT u.user_id, u.name, m.read_at FROM memberships m INDEXED BY memberships_by_read
        JOIN users u ON u.user_no = m.user_no
        WHERE m.chat_no = ? AND m.read_place >= ? AND m.added_place < ? AND m.user_no <> ?
        ORDER BY m.read_place LIMIT ?";
}

/// Places have 38 bits without the queued one: 6 bits a level, as [`COUNTS`] has it too.
const LEVEL_BITS: u32 = 6;
const LEVELS: u32 = 7;

/// A person's mark moves; it never goes back. `other`: not this profile's own.
pub async fn mark(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    user: UserNo,
    marks: (Place, Place),
    at: Millis,
    other: bool,
) -> Result<()> {
    let row: Option<(i64, i64, i64)> =
        sqlx::query_as(MARKS_OF).bind(chat.0).bind(user.0).fetch_optional(&mut **tx).await?;
    let Some((added, had_delivered, had_read)) = row else { return Ok(()) };
    // Who came in reads from there on; a mark before it would count them among those who were not there yet.
    let read = if marks.1.0 > added { marks.1.0.max(had_read) } else { had_read };
    let delivered = marks.0.0.max(had_delivered).max(read);
    if (delivered, read) == (had_delivered, had_read) {
        return Ok(());
    }
    sqlx::query(SET_MARKS)
        .bind(delivered)
        .bind(read)
        .bind(at)
        .bind(chat.0)
        .bind(user.0)
        .execute(&mut **tx)
        .await?;
    if read > had_read {
        let from = if had_read == 0 { added } else { had_read };
        shift(tx, chat, from, read).await?;
    }
    if other {
        sqlx::query(OTHERS).bind(delivered).bind(read).bind(chat.0).execute(&mut **tx).await?;
    }
    Ok(())
}

/// This person's mark at `read` is in the log now: the relay's clock says when.
pub async fn accepted(tx: &mut Tx<'_>, chat: ChatNo, user: UserNo, read: Place, at: Millis) -> Result<()> {
    sqlx::query(READ_AT).bind(at).bind(chat.0).bind(user.0).bind(read.0).execute(&mut **tx).await?;
    Ok(())
}

/// One less ends at `from`, one more at `to`. Spans that hold both stay as they are.
async fn shift(tx: &mut Tx<'_>, chat: ChatNo, from: i64, to: i64) -> Result<()> {
    for level in 0..LEVELS {
        let bits = level * LEVEL_BITS;
        if from >> bits == to >> bits {
            break;
        }
        for (place, n) in [(from, -1_i64), (to, 1)] {
            sqlx::query(COUNT)
                .bind(chat.0)
                .bind(i64::from(level))
                .bind(place >> bits)
                .bind(n)
                .execute(&mut **tx)
                .await?;
        }
    }
    Ok(())
}

pub async fn clear(tx: &mut Tx<'_>, chat: ChatNo) -> Result<()> {
    sqlx::query(CLEAR).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}

/// Of each message its readers other than its author. `messages` are places and authors in rising order.
///
/// How many members' marks reach the last of them is, at each level, the sum of the rest of the span that holds it one
/// level up; from there it goes back from mark to mark.
pub async fn counts(
    conn: &mut SqliteConnection,
    chat: ChatNo,
    messages: &[(Place, UserNo)],
) -> Result<Vec<u32>> {
    let (Some((first, _)), Some((last, _))) = (messages.first(), messages.last()) else { return Ok(vec![]) };
    let mut authors: Vec<i64> = messages.iter().map(|(_, author)| author.0).collect();
    authors.sort_unstable();
    authors.dedup();
    // Their members in one value each: see the module `packed`.
    let (mut reaching, marks, authors): (i64, Option<String>, Option<String>) = sqlx::query_as(COUNTS)
        .bind(chat.0)
        .bind(last.0)
        .bind(first.0)
        .bind(serde_json::to_string(&authors).unwrap_or_default())
        .fetch_one(conn)
        .await?;
    let mut steps: Vec<(i64, i64)> = Vec::new();
    let mut packed = Packed::new(marks.as_deref().unwrap_or_default().as_bytes());
    while !packed.is_empty() {
        steps.push((packed.number()?, packed.number()?));
    }
    steps.sort_unstable_by_key(|(place, _)| std::cmp::Reverse(*place));
    let mut spans: Vec<(i64, i64, i64)> = Vec::new();
    let mut packed = Packed::new(authors.as_deref().unwrap_or_default().as_bytes());
    while !packed.is_empty() {
        spans.push((packed.number()?, packed.number()?, packed.number()?));
    }
    let mut counts = Vec::with_capacity(messages.len());
    let mut steps = steps.into_iter().peekable();
    for (place, author) in messages.iter().rev() {
        while let Some((_, n)) = steps.next_if(|(at, _)| *at >= place.0) {
            reaching += n;
        }
        let own =
            spans.iter().any(|(user, added, read)| *user == author.0 && *added < place.0 && place.0 <= *read);
        counts.push(u32::try_from(reaching - i64::from(own)).unwrap_or_default());
    }
    counts.reverse();
    Ok(counts)
}

/// Someone who has read a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    pub user: UserId,
    pub name: String,
    /// When they said how far they have read, the last time: at that time at the latest.
    pub at: Millis,
}

/// The first `limit` readers of a message, those whose mark is nearest to it first.
pub async fn list(
    conn: &mut SqliteConnection,
    chat: ChatNo,
    place: Place,
    author: UserNo,
    limit: u32,
) -> Result<Vec<Reader>> {
    let rows: Vec<(Vec<u8>, String, i64)> = sqlx::query_as(READERS)
        .bind(chat.0)
        .bind(place.0)
        .bind(place.0)
        .bind(author.0)
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await?;
    rows.into_iter()
        .map(|(user, name, at)| {
            let user = UserId::from_slice(&user).map_err(|_| Error::Damaged("a person's id"))?;
            Ok(Reader { user, name, at })
        })
        .collect()
}
