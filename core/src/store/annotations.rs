//! What people say about a message: edits, reactions, votes, pins; and what was said about one that is not here yet.
//!
//! What counts is decided by places in the log alone, so that every device comes to the same: the highest place of an
//! edit, of one person's emoji, of one person's vote, of a pin. A deletion is final.

use std::collections::BTreeMap;

use beseda_protocol::{MessageId, UserId};
use sqlx::SqliteConnection;

use super::{Tx, messages::Extra, statements};
use crate::{
    domain::{ChatNo, Millis, Place, UserNo},
    error::{Error, Result},
};

statements! {
    PUT_VERSION = "INSERT INTO message_versions (place, edit_place, text, extra, at) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (place, edit_place) DO NOTHING";
    MOVE_VERSION = "UPDATE message_versions SET edit_place = ?, at = ? WHERE place = ? AND edit_place = ?";
    FIRST_VERSION_AT = "UPDATE message_versions SET at = ? WHERE place = ? AND edit_place = 0";
    HIGHEST_VERSION = "SELECT edit_place FROM message_versions WHERE place = ? ORDER BY edit_place DESC LIMIT 1";
    VERSIONS = "SELECT text, extra, at FROM message_versions WHERE place = ? ORDER BY edit_place";
    PUT_REACTION = "INSERT INTO reactions (place, emoji, user_no, said_place, at, present) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (place, emoji, user_no) DO UPDATE SET said_place = excluded.said_place, at = excluded.at,
        present = excluded.present WHERE excluded.said_place >= said_place OR said_place = ?";
    PUT_VOTE = "INSERT INTO votes (place, user_no, said_place, options) VALUES (?, ?, ?, ?)
        ON CONFLICT (place, user_no) DO UPDATE SET said_place = excluded.said_place, options = excluded.options
        WHERE excluded.said_place >= said_place OR said_place = ?";
    PUT_PIN = "INSERT INTO pins (place, by_no, said_place, at, present) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (place) DO UPDATE SET by_no = excluded.by_no, said_place = excluded.said_place, at = excluded.at,
        present = excluded.present WHERE excluded.said_place >= said_place OR said_place = ?";
    PIN = "SELECT present FROM pins WHERE place = ?";
    PINS = "SELECT place FROM pins WHERE place >= ? AND place < ? AND present = 1 ORDER BY place DESC LIMIT ?";
    COUNT_PINS = "SELECT count(*) FROM pins WHERE place >= ? AND place <= ? AND present = 1";
    REACTIONS = "SELECT place, emoji, count(*), max(user_no = ?), min(at) FROM reactions
        WHERE place >= ? AND place <= ? AND present = 1 GROUP BY place, emoji ORDER BY place, emoji";
    REACTED = "SELECT r.emoji, u.user_id, u.name, r.at FROM reactions r JOIN users u ON u.user_no = r.user_no
        WHERE r.place = ? AND r.present = 1 ORDER BY r.emoji, r.user_no LIMIT 1000";
    VOTES = "SELECT place, user_no, options FROM votes WHERE place >= ? AND place <= ? AND options <> 0 ORDER BY place";
    PUT_LINK = "INSERT OR REPLACE INTO links (place, position, url) VALUES (?, ?, ?)";
    LINKS = "SELECT place, url FROM links WHERE place >= ? AND place < ? ORDER BY place DESC, position DESC LIMIT ?";
    DROP_VERSIONS = "DELETE FROM message_versions WHERE place BETWEEN ? AND ?";
    DROP_REACTIONS = "DELETE FROM reactions WHERE place BETWEEN ? AND ?";
    DROP_VOTES = "DELETE FROM votes WHERE place BETWEEN ? AND ?";
    DROP_PINS = "DELETE FROM pins WHERE place BETWEEN ? AND ?";
    DROP_LINKS = "DELETE FROM links WHERE place BETWEEN ? AND ?";
    DROP_EARLY = "DELETE FROM early_facts WHERE chat_no = ?";
    MOVE_VERSIONS = "UPDATE message_versions SET place = ? WHERE place = ?";
    MOVE_REACTIONS = "UPDATE reactions SET place = ? WHERE place = ?";
    MOVE_VOTES = "UPDATE votes SET place = ? WHERE place = ?";
    MOVE_PINS = "UPDATE pins SET place = ? WHERE place = ?";
    MOVE_LINKS = "UPDATE links SET place = ? WHERE place = ?";
    ANY_EARLY = "SELECT EXISTS (SELECT 1 FROM early_facts WHERE chat_no = ?)";
    PUT_EARLY = "INSERT OR REPLACE INTO early_facts (chat_no, message_id, said_place, author_no, admin, at, fact)
        VALUES (?, ?, ?, ?, ?, ?, ?)";
    DROP_EARLY_AT = "DELETE FROM early_facts WHERE chat_no = ? AND message_id = ? AND said_place = ?";
    EARLY = "SELECT said_place, author_no, admin, at, fact FROM early_facts
        WHERE chat_no = ? AND message_id = ? ORDER BY said_place";
}

/// Where a fact about a message was said.
#[derive(Debug, Clone, Copy)]
pub struct SaidAt {
    pub by: UserNo,
    pub place: Place,
    pub at: Millis,
    /// Where it stood while it was queued, if it has just been accepted.
    pub replaces: Option<Place>,
}

impl SaidAt {
    fn replaced(&self) -> i64 {
        self.replaces.map_or(-1, |place| place.0)
    }
}

/// Keeps a version of a text. `true`: it is the one that stands.
pub async fn put_version(tx: &mut Tx<'_>, row: i64, said: SaidAt, text: &str, extra: &Extra) -> Result<bool> {
    if let Some(queued) = said.replaces {
        let moved = sqlx::query(MOVE_VERSION)
            .bind(said.place.0)
            .bind(said.at)
            .bind(row)
            .bind(queued.0)
            .execute(&mut **tx)
            .await?;
        if moved.rows_affected() > 0 {
            return Ok(false);
        }
    }
    sqlx::query(PUT_VERSION)
        .bind(row)
        .bind(said.place.0)
        .bind(text)
        .bind(extra.encode())
        .bind(said.at)
        .execute(&mut **tx)
        .await?;
    let highest: i64 = sqlx::query_scalar(HIGHEST_VERSION).bind(row).fetch_one(&mut **tx).await?;
    Ok(highest == said.place.0)
}

/// The first text was said when its message was accepted.
pub async fn set_first_version_at(tx: &mut Tx<'_>, row: i64, at: Millis) -> Result<()> {
    sqlx::query(FIRST_VERSION_AT).bind(at).bind(row).execute(&mut **tx).await?;
    Ok(())
}

/// What a message said, oldest first; empty where it was never edited.
pub async fn versions(conn: &mut SqliteConnection, row: i64) -> Result<Vec<(String, Extra, Millis)>> {
    let rows: Vec<(String, Vec<u8>, Millis)> = sqlx::query_as(VERSIONS).bind(row).fetch_all(conn).await?;
    rows.into_iter().map(|(text, extra, at)| Ok((text, Extra::decode(&extra)?, at))).collect()
}

pub async fn react(tx: &mut Tx<'_>, row: i64, said: SaidAt, emoji: &str, on: bool) -> Result<()> {
    sqlx::query(PUT_REACTION)
        .bind(row)
        .bind(emoji)
        .bind(said.by.0)
        .bind(said.place.0)
        .bind(said.at)
        .bind(i64::from(on))
        .bind(said.replaced())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn vote(tx: &mut Tx<'_>, row: i64, said: SaidAt, options: i64) -> Result<()> {
    sqlx::query(PUT_VOTE)
        .bind(row)
        .bind(said.by.0)
        .bind(said.place.0)
        .bind(options)
        .bind(said.replaced())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Answers whether the message is pinned now.
pub async fn pin(tx: &mut Tx<'_>, row: i64, said: SaidAt, on: bool) -> Result<bool> {
    sqlx::query(PUT_PIN)
        .bind(row)
        .bind(said.by.0)
        .bind(said.place.0)
        .bind(said.at)
        .bind(i64::from(on))
        .bind(said.replaced())
        .execute(&mut **tx)
        .await?;
    let present: i64 = sqlx::query_scalar(PIN).bind(row).fetch_one(&mut **tx).await?;
    Ok(present == 1)
}

/// Forgets that a message ever was pinned.
pub async fn drop_pin(tx: &mut Tx<'_>, row: i64) -> Result<()> {
    sqlx::query(DROP_PINS).bind(row).bind(row).execute(&mut **tx).await?;
    Ok(())
}

pub async fn put_links(tx: &mut Tx<'_>, row: i64, urls: &[String]) -> Result<()> {
    for (position, url) in (0_i64..).zip(urls) {
        sqlx::query(PUT_LINK).bind(row).bind(position).bind(url).execute(&mut **tx).await?;
    }
    Ok(())
}

pub async fn drop_links(tx: &mut Tx<'_>, row: i64) -> Result<()> {
    sqlx::query(DROP_LINKS).bind(row).bind(row).execute(&mut **tx).await?;
    Ok(())
}

/// A message that was queued has its place: what hangs on it follows.
pub async fn move_all(tx: &mut Tx<'_>, from: i64, to: i64) -> Result<()> {
    for sql in [MOVE_VERSIONS, MOVE_REACTIONS, MOVE_VOTES, MOVE_PINS, MOVE_LINKS] {
        sqlx::query(sql).bind(to).bind(from).execute(&mut **tx).await?;
    }
    Ok(())
}

/// Everything that hangs on the messages from one row to another goes.
pub async fn drop_all(tx: &mut Tx<'_>, from: i64, to: i64) -> Result<()> {
    for sql in [DROP_VERSIONS, DROP_REACTIONS, DROP_VOTES, DROP_PINS, DROP_LINKS] {
        sqlx::query(sql).bind(from).bind(to).execute(&mut **tx).await?;
    }
    Ok(())
}

/// A fact about a message that is not here.
pub struct Early {
    pub said: SaidAt,
    pub admin: bool,
    pub fact: Vec<u8>,
}

/// Whether anything of the chat waits for its message.
pub async fn any_early(tx: &mut Tx<'_>, chat: ChatNo) -> Result<bool> {
    if let Some(any) = tx.memory().chat(chat).early {
        return Ok(any);
    }
    let any: i64 = sqlx::query_scalar(ANY_EARLY).bind(chat.0).fetch_one(&mut **tx).await?;
    tx.memory().chat(chat).early = Some(any == 1);
    Ok(any == 1)
}

pub async fn put_early(tx: &mut Tx<'_>, chat: ChatNo, of: MessageId, early: &Early) -> Result<()> {
    sqlx::query(PUT_EARLY)
        .bind(chat.0)
        .bind(of.as_bytes())
        .bind(early.said.place.0)
        .bind(early.said.by.0)
        .bind(i64::from(early.admin))
        .bind(early.said.at)
        .bind(&early.fact)
        .execute(&mut **tx)
        .await?;
    if let Some(queued) = early.said.replaces {
        sqlx::query(DROP_EARLY_AT).bind(chat.0).bind(of.as_bytes()).bind(queued.0).execute(&mut **tx).await?;
    }
    tx.memory().chat(chat).early = Some(true);
    Ok(())
}

/// What waits for a message, in the order it was said.
pub async fn early(tx: &mut Tx<'_>, chat: ChatNo, of: MessageId) -> Result<Vec<Early>> {
    type Row = (i64, i64, i64, i64, Vec<u8>);
    let rows: Vec<Row> = sqlx::query_as(EARLY).bind(chat.0).bind(of.as_bytes()).fetch_all(&mut **tx).await?;
    let early = rows.into_iter().map(|(place, by, admin, at, fact)| {
        let said = SaidAt { by: UserNo(by), place: Place(place), at, replaces: None };
        Early { said, admin: admin == 1, fact }
    });
    Ok(early.collect())
}

/// The same; it waits no longer.
pub async fn take_early(tx: &mut Tx<'_>, chat: ChatNo, of: MessageId) -> Result<Vec<Early>> {
    let taken = early(tx, chat, of).await?;
    for one in &taken {
        let (of, place) = (of.as_bytes(), one.said.place.0);
        sqlx::query(DROP_EARLY_AT).bind(chat.0).bind(of).bind(place).execute(&mut **tx).await?;
    }
    Ok(taken)
}

pub async fn clear_early(tx: &mut Tx<'_>, chat: ChatNo) -> Result<()> {
    sqlx::query(DROP_EARLY).bind(chat.0).execute(&mut **tx).await?;
    tx.memory().chat(chat).early = Some(false);
    Ok(())
}

/// One emoji at one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReactionCount {
    pub emoji: String,
    pub count: u32,
    pub mine: bool,
}

/// Most kinds of reaction that one message shows.
const SHOWN_EMOJI: usize = 24;

/// Reactions to the messages from one row to another, each message's in the order they came.
pub async fn reactions(
    conn: &mut SqliteConnection,
    me: UserNo,
    from: i64,
    to: i64,
) -> Result<BTreeMap<i64, Vec<ReactionCount>>> {
    type Row = (i64, String, i64, i64, i64);
    let rows: Vec<Row> = sqlx::query_as(REACTIONS).bind(me.0).bind(from).bind(to).fetch_all(conn).await?;
    let mut by_message: BTreeMap<i64, Vec<(i64, ReactionCount)>> = BTreeMap::new();
    for (row, emoji, count, mine, since) in rows {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        by_message.entry(row).or_default().push((since, ReactionCount { emoji, count, mine: mine == 1 }));
    }
    Ok(by_message
        .into_iter()
        .map(|(row, mut reactions)| {
            reactions.sort_by(|a, b| (a.0, &a.1.emoji).cmp(&(b.0, &b.1.emoji)));
            (row, reactions.into_iter().map(|(_, reaction)| reaction).take(SHOWN_EMOJI).collect())
        })
        .collect())
}

/// Who put which emoji, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reacted {
    pub emoji: String,
    pub user: UserId,
    pub name: String,
    pub at: Millis,
}

/// The first 1,000 reactions to a message, by emoji.
pub async fn reacted(conn: &mut SqliteConnection, row: i64) -> Result<Vec<Reacted>> {
    let rows: Vec<(String, Vec<u8>, String, i64)> = sqlx::query_as(REACTED).bind(row).fetch_all(conn).await?;
    rows.into_iter()
        .map(|(emoji, user, name, at)| {
            let user = UserId::from_slice(&user).map_err(|_| Error::Damaged("a person's id"))?;
            Ok(Reacted { emoji, user, name, at })
        })
        .collect()
}

/// Votes on the polls from one row to another: of each poll who chose what, as bits.
pub async fn votes(
    conn: &mut SqliteConnection,
    from: i64,
    to: i64,
) -> Result<BTreeMap<i64, Vec<(UserNo, i64)>>> {
    let rows: Vec<(i64, i64, i64)> = sqlx::query_as(VOTES).bind(from).bind(to).fetch_all(conn).await?;
    let mut by_message: BTreeMap<i64, Vec<(UserNo, i64)>> = BTreeMap::new();
    for (row, user, options) in rows {
        by_message.entry(row).or_default().push((UserNo(user), options));
    }
    Ok(by_message)
}

/// Pinned messages before a place, newest first.
pub async fn pins(conn: &mut SqliteConnection, chat: ChatNo, before: Place, limit: u32) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar(PINS)
        .bind(Place::FIRST.row(chat))
        .bind(before.row(chat))
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await?)
}

pub async fn count_pins(conn: &mut SqliteConnection, chat: ChatNo) -> Result<u32> {
    let count: i64 = sqlx::query_scalar(COUNT_PINS)
        .bind(Place::FIRST.row(chat))
        .bind(Place::END.row(chat))
        .fetch_one(conn)
        .await?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Links of the messages before a place, newest first.
pub async fn links(
    conn: &mut SqliteConnection,
    chat: ChatNo,
    before: Place,
    limit: u32,
) -> Result<Vec<(i64, String)>> {
    Ok(sqlx::query_as(LINKS)
        .bind(Place::FIRST.row(chat))
        .bind(before.row(chat))
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await?)
}
