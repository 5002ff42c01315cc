//! Messages of a chat in their order: what the timeline shows.
//!
//! Not here: what happened beside messages (events), what others say about a message (annotations), who has read it (readers), finding words (search).

use beseda_protocol::{MessageId, UserId, codec, limits};
use serde::{Deserialize, Serialize};
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection, sqlite::SqliteRow};

use super::{Tx, packed::Packed, repeats, statements};
use crate::{
    document::{Forwarded, Mention, Poll},
    domain::{ChatNo, Millis, Place, UserNo},
    error::{Error, Result},
};

/// Bits of `messages.flags`.
pub mod flag {
    pub const EDITED: i64 = 1;
    /// For everyone: text, versions, reactions, votes and pin are gone.
    pub const DELETED: i64 = 2;
    /// Somebody else's, and it names this person or everyone.
    pub const NAMES_ME: i64 = 4;
    pub const LINKS: i64 = 8;
    pub const FILES: i64 = 16;
    /// There are, or were, reactions or votes.
    pub const ANNOTATED: i64 = 32;
    pub const PINNED: i64 = 64;
    /// By this person, for themselves.
    pub const SAVED: i64 = 128;
    /// By this person, for themselves: it is not shown, and its text is gone from here.
    pub const HIDDEN: i64 = 512;
    /// Nothing is left to show or find.
    pub const GONE: i64 = DELETED | HIDDEN;
}

/// Whole messages as one value, which [`unpack`] takes apart.
macro_rules! packed {
    ($which:literal) => {
        concat!(
            "SELECT CAST(group_concat(packed, '') AS BLOB) FROM (SELECT concat(concat_ws(' ', m.place, m.author_no,
            m.sent_at, m.at, m.failed, m.flags, octet_length(u.name), octet_length(m.text), octet_length(m.reply_to),
            octet_length(m.extra), ''), m.message_id, u.user_id, u.name, m.text, m.reply_to, m.extra) AS packed
            FROM messages m JOIN users u ON u.user_no = m.author_no ",
            $which,
            ")"
        )
    };
}

statements! {
    INSERT = "INSERT INTO messages (place, message_id, author_no, text, sent_at, at, flags, reply_to, extra)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
    MOVE = "UPDATE messages SET place = ?, at = ?, failed = 0 WHERE message_id = ? RETURNING flags, text";
    FAIL_QUEUED = "UPDATE messages SET failed = ? WHERE place BETWEEN ? AND ? AND failed <> 2";
    REFUSE_QUEUED = "UPDATE messages SET failed = 2 WHERE place BETWEEN ? AND ? AND failed = 0 AND (reply_to <> x'') = ?";
    REQUEUE = "UPDATE messages SET failed = 0 WHERE place BETWEEN ? AND ? AND failed = 2 AND (reply_to <> x'') = ?
        AND EXISTS (SELECT 1 FROM changes WHERE changes.change_no = (messages.place & 274877906943) / 16 AND changes.place = 0)";
    REFUSE = "UPDATE messages SET failed = 2, at = ? WHERE message_id = ?";
    BEFORE = packed!("WHERE m.place >= ? AND m.place < ? AND m.flags & 512 = 0 ORDER BY m.place DESC LIMIT ?");
    AFTER = packed!("WHERE m.place >= ? AND m.place <= ? AND m.flags & 512 = 0 ORDER BY m.place LIMIT ?");
    BY_ID = "SELECT m.place, m.message_id, m.author_no, u.user_id, u.name, m.text, m.sent_at, m.at, m.failed, m.flags,
        m.reply_to, m.extra FROM messages m JOIN users u ON u.user_no = m.author_no WHERE m.message_id = ?";
    NEWEST_OF_OTHERS = "SELECT place, message_id FROM messages
        WHERE place >= ? AND place <= ? AND author_no <> ? ORDER BY place DESC LIMIT 1";
    FIRST_OF_OTHERS = "SELECT place FROM messages
        WHERE place > ? AND place < ? AND author_no <> ? AND flags & 514 = 0 ORDER BY place LIMIT 1";
    NEXT_NAMING_ME = "SELECT place FROM messages INDEXED BY messages_naming_me
        WHERE place > ? AND place < ? AND flags & 4 ORDER BY place LIMIT 1";
    COUNT_OF_OTHERS = "SELECT count(*), coalesce(sum(flags & 4 = 4), 0) FROM messages
        WHERE place > ? AND place <= ? AND author_no <> ? AND flags & 514 = 0";
    FIND = "SELECT place FROM messages WHERE message_id = ?";
    STARTING = "SELECT message_id FROM messages WHERE message_id BETWEEN ? AND ? AND flags & 512 = 0 LIMIT 2";
    FIRST_AT = "WITH RECURSIVE halves (low, high, found, place, probed) AS (
        SELECT ?1, ?2, NULL, NULL, 0
        UNION ALL
        SELECT iif(probed AND (SELECT m.at FROM messages m WHERE m.place = halves.place) < ?3, place + 1, low),
            iif(probed AND NOT coalesce((SELECT m.at FROM messages m WHERE m.place = halves.place) < ?3, 0),
                low + (high - low) / 2, high),
            iif(probed AND (SELECT m.at FROM messages m WHERE m.place = halves.place) >= ?3, place, found),
            iif(probed, NULL, (SELECT m.place FROM messages m WHERE m.place >= low + (high - low) / 2 AND m.place < high
                ORDER BY m.place LIMIT 1)),
            NOT probed
        FROM halves WHERE low < high)
        SELECT found FROM halves WHERE low >= high";
    OF_AUTHOR = "SELECT m.place, m.message_id, m.author_no, u.user_id, u.name, m.text, m.sent_at, m.at, m.failed, m.flags,
        m.reply_to, m.extra FROM messages m INDEXED BY messages_by_author JOIN users u ON u.user_no = m.author_no
        WHERE m.author_no = ? AND m.place >= ? AND m.place < ? AND m.flags & 514 = 0 ORDER BY m.place DESC LIMIT ?";
    WAITING = "SELECT count(*) FROM messages m WHERE m.place BETWEEN ? AND ? AND m.author_no = ? AND m.failed = 0";
    TARGET = "SELECT place, author_no, flags, text, extra, at FROM messages WHERE message_id = ?";
    SET_FLAGS = "UPDATE messages SET flags = flags & ~? | ? WHERE place = ?";
    SET_TEXT = "UPDATE messages SET text = ?, extra = ?, flags = ? WHERE place = ?";
}

/// Why a message will not be sent: its author was put out of the chat.
pub const FAILED_NOT_MEMBER: i64 = 1;
/// Why a message does not count: when the relay took it, its author might not write in the chat any more.
pub const FAILED_REFUSED: i64 = 2;

#[derive(Debug, Clone)]
pub struct NewMessage {
    pub chat: ChatNo,
    pub place: Place,
    pub id: MessageId,
    pub author: UserNo,
    pub text: String,
    pub sent_at: Millis,
    pub at: Millis,
    pub flags: i64,
    pub reply_to: Option<MessageId>,
    pub extra: Extra,
    pub links: Vec<String>,
}

/// What few messages have.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extra {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<Mention>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forwarded: Option<Forwarded>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poll: Option<Poll>,
}

impl Extra {
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        if *self == Self::default() { Vec::new() } else { codec::encode(self) }
    }

    /// # Errors
    /// [`Error::Damaged`].
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        codec::decode(bytes, limits::CHANGE_BYTES).map_err(|_| Error::Damaged("what a message carries"))
    }

    /// Whether one of the mentions is of `me` or of everyone.
    #[must_use]
    pub fn names(&self, me: UserId) -> bool {
        self.mentions.iter().any(|mention| mention.user.is_none_or(|user| user == me))
    }
}

/// A message as it is read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub chat: ChatNo,
    pub place: Place,
    pub id: MessageId,
    pub author_no: UserNo,
    pub author: UserId,
    pub author_name: String,
    /// Markdown.
    pub text: String,
    pub sent_at: Millis,
    pub at: Millis,
    pub failed: i64,
    pub flags: i64,
    pub reply_to: Option<MessageId>,
    pub extra: Extra,
}

impl Message {
    #[must_use]
    pub fn is(&self, flag: i64) -> bool {
        self.flags & flag != 0
    }
}

/// What a fact about a message needs to know of it.
#[derive(Debug, Clone)]
pub struct Target {
    pub chat: ChatNo,
    pub place: Place,
    pub author: UserNo,
    pub flags: i64,
    pub text: String,
    pub extra: Extra,
    pub at: Millis,
}

pub(super) type Bound<'q> = sqlx::query::Query<'q, Sqlite, <Sqlite as sqlx::Database>::Arguments>;

/// The statement that inserts one message, for whoever puts others before it; [`bound`] says what it needs.
pub(super) fn insert_statement() -> &'static str {
    INSERT
}

pub(super) fn bound<'q>(insert: Bound<'q>, message: &NewMessage) -> Bound<'q> {
    insert
        .bind(message.place.row(message.chat))
        .bind(message.id.0.to_vec())
        .bind(message.author.0)
        .bind(message.text.clone())
        .bind(message.sent_at)
        .bind(message.at)
        .bind(message.flags)
        .bind(reply(message))
        .bind(message.extra.encode())
}

fn reply(message: &NewMessage) -> Vec<u8> {
    message.reply_to.map_or(Vec::new(), |id| id.0.to_vec())
}

/// Inserts in rising order of place, in few statements.
pub async fn insert(tx: &mut Tx<'_>, messages: &[NewMessage]) -> Result<()> {
    if let [message] = messages {
        bound(sqlx::query(INSERT), message).execute(&mut **tx).await?;
        return Ok(());
    }
    for chunk in messages.chunks(256) {
        let mut insert = QueryBuilder::<Sqlite>::new(
            "INSERT INTO messages (place, message_id, author_no, text, sent_at, at, flags, reply_to, extra) ",
        );
        insert.push_values(chunk, |mut row, message| {
            row.push_bind(message.place.row(message.chat))
                .push_bind(message.id.as_bytes())
                .push_bind(message.author.0)
                .push_bind(&message.text)
                .push_bind(message.sent_at)
                .push_bind(message.at)
                .push_bind(message.flags)
                .push_bind(reply(message))
                .push_bind(message.extra.encode());
        });
        insert.build().execute(&mut **tx).await?;
    }
    Ok(())
}

/// A queued message got its place; answers its flags and text, if it is here.
pub async fn set_place(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    id: MessageId,
    place: Place,
    at: Millis,
) -> Result<Option<(i64, String)>> {
    let moved = sqlx::query_as(MOVE)
        .bind(place.row(chat))
        .bind(at)
        .bind(id.as_bytes())
        .fetch_optional(&mut **tx)
        .await?;
    Ok(moved)
}

/// What a fact about `id` needs to know of it, if it is here: of the message as which it is shown.
pub async fn target(tx: &mut Tx<'_>, id: MessageId) -> Result<Option<Target>> {
    type Row = (i64, i64, i64, String, Vec<u8>, i64);
    let mut row: Option<Row> = sqlx::query_as(TARGET).bind(id.as_bytes()).fetch_optional(&mut **tx).await?;
    if row.is_none()
        && let Some(id) = repeats::shown_as(tx, id).await?
    {
        row = sqlx::query_as(TARGET).bind(id.as_bytes()).fetch_optional(&mut **tx).await?;
    }
    let Some((row, author, flags, text, extra, at)) = row else { return Ok(None) };
    let (chat, place) = Place::from_row(row);
    let extra = Extra::decode(&extra)?;
    Ok(Some(Target { chat, place, author: UserNo(author), flags, text, extra, at }))
}

pub async fn set_flags(tx: &mut Tx<'_>, chat: ChatNo, place: Place, off: i64, on: i64) -> Result<()> {
    sqlx::query(SET_FLAGS).bind(off).bind(on).bind(place.row(chat)).execute(&mut **tx).await?;
    Ok(())
}

pub async fn set_text(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    place: Place,
    text: &str,
    extra: &Extra,
    flags: i64,
) -> Result<()> {
    sqlx::query(SET_TEXT)
        .bind(text)
        .bind(extra.encode())
        .bind(flags)
        .bind(place.row(chat))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// What is queued in the chat will not be sent, for `reason`; 0: it will.
pub async fn fail_queued(tx: &mut Tx<'_>, chat: ChatNo, reason: i64) -> Result<()> {
    sqlx::query(FAIL_QUEUED)
        .bind(reason)
        .bind(Place::queued(0).row(chat))
        .bind(Place::END.row(chat))
        .execute(&mut **tx)
        .await?;
    tx.touched.chat(chat, Place::queued(0));
    Ok(())
}

/// Whether what is queued will count, of answers or of other messages, now that the rights are others.
pub async fn weigh_queued(tx: &mut Tx<'_>, chat: ChatNo, answers: bool, counts: bool) -> Result<()> {
    let done = sqlx::query(if counts { REQUEUE } else { REFUSE_QUEUED })
        .bind(Place::queued(0).row(chat))
        .bind(Place::END.row(chat))
        .bind(i64::from(answers))
        .execute(&mut **tx)
        .await?;
    if done.rows_affected() > 0 {
        tx.touched.chat(chat, Place::queued(0));
    }
    Ok(())
}

/// A message of this person's does not count: see [`FAILED_REFUSED`].
pub async fn refuse(tx: &mut Tx<'_>, id: MessageId, at: Millis) -> Result<()> {
    sqlx::query(REFUSE).bind(at).bind(id.as_bytes()).execute(&mut **tx).await?;
    Ok(())
}

fn message(row: &SqliteRow) -> Result<Message> {
    let damaged = |_| Error::Damaged("a message's ids");
    let (chat, place) = Place::from_row(row.get(0));
    Ok(Message {
        chat,
        place,
        id: MessageId::from_slice(row.get(1)).map_err(damaged)?,
        author_no: UserNo(row.get(2)),
        author: UserId::from_slice(row.get(3)).map_err(damaged)?,
        author_name: row.get(4),
        text: row.get(5),
        sent_at: row.get(6),
        at: row.get(7),
        failed: row.get(8),
        flags: row.get(9),
        reply_to: MessageId::from_slice(row.get(10)).ok(),
        extra: Extra::decode(row.get(11))?,
    })
}

/// What [`packed`] put together, oldest first.
fn unpack(bytes: Option<&[u8]>) -> Result<Vec<Message>> {
    let mut packed = Packed::new(bytes.unwrap_or_default());
    let mut messages = Vec::new();
    while !packed.is_empty() {
        let (chat, place) = Place::from_row(packed.number()?);
        let author_no = UserNo(packed.number()?);
        let [sent_at, at, failed, flags] =
            [packed.number()?, packed.number()?, packed.number()?, packed.number()?];
        let [name, text, reply_to, extra] =
            [packed.number()?, packed.number()?, packed.number()?, packed.number()?];
        let damaged = |_| Error::Damaged("a message's ids");
        messages.push(Message {
            chat,
            place,
            id: MessageId::from_slice(packed.bytes(MessageId::LEN as i64)?).map_err(damaged)?,
            author_no,
            author: UserId::from_slice(packed.bytes(UserId::LEN as i64)?).map_err(damaged)?,
            author_name: packed.text(name)?,
            text: packed.text(text)?,
            sent_at,
            at,
            failed,
            flags,
            reply_to: MessageId::from_slice(packed.bytes(reply_to)?).ok(),
            extra: Extra::decode(packed.bytes(extra)?)?,
        });
    }
    messages.sort_unstable_by_key(|message| message.place);
    Ok(messages)
}

/// The newest `limit` messages before `before` (exclusive), oldest first.
pub async fn before(
    conn: &mut SqliteConnection,
    chat: ChatNo,
    before: Place,
    limit: u32,
) -> Result<Vec<Message>> {
    let row = sqlx::query(BEFORE)
        .bind(Place::FIRST.row(chat))
        .bind(before.row(chat))
        .bind(i64::from(limit))
        .fetch_one(conn)
        .await?;
    unpack(row.get(0))
}

/// The first `limit` messages of those between two places, both included.
pub async fn between(
    conn: &mut SqliteConnection,
    chat: ChatNo,
    from: Place,
    to: Place,
    limit: u32,
) -> Result<Vec<Message>> {
    let row = sqlx::query(AFTER)
        .bind(from.row(chat))
        .bind(to.row(chat))
        .bind(i64::from(limit))
        .fetch_one(conn)
        .await?;
    unpack(row.get(0))
}

/// The newest `limit` messages of one author before a place, newest first.
pub async fn of_author(
    conn: &mut SqliteConnection,
    chat: ChatNo,
    author: UserNo,
    before: Place,
    limit: u32,
) -> Result<Vec<Message>> {
    let rows = sqlx::query(OF_AUTHOR)
        .bind(author.0)
        .bind(Place::FIRST.row(chat))
        .bind(before.row(chat))
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await?;
    rows.iter().map(message).collect()
}

/// One message, wherever it is, or that as which it is shown; also one that is hidden or was deleted.
pub async fn one(conn: &mut SqliteConnection, id: MessageId) -> Result<Option<Message>> {
    let mut row = sqlx::query(BY_ID).bind(id.as_bytes()).fetch_optional(&mut *conn).await?;
    if row.is_none()
        && let Some(id) = repeats::shown_as(conn, id).await?
    {
        row = sqlx::query(BY_ID).bind(id.as_bytes()).fetch_optional(conn).await?;
    }
    row.as_ref().map(message).transpose()
}

/// The first message that the relay accepted at `at` or later: a search by halves, so that its cost grows with the
/// logarithm of the chat's length. Where the relay's clock went back it finds one of the crossings.
pub async fn first_at(conn: &mut SqliteConnection, chat: ChatNo, at: Millis) -> Result<Option<Place>> {
    let found: Option<i64> = sqlx::query_scalar(FIRST_AT)
        .bind(Place::FIRST.row(chat))
        .bind(Place::queued(0).row(chat))
        .bind(at)
        .fetch_one(conn)
        .await?;
    Ok(found.map(|row| Place::from_row(row).1))
}

/// The first message of others after a place.
pub async fn first_of_others(
    conn: &mut SqliteConnection,
    chat: ChatNo,
    me: UserNo,
    after: Place,
) -> Result<Option<Place>> {
    let row: Option<i64> = sqlx::query_scalar(FIRST_OF_OTHERS)
        .bind(after.row(chat))
        .bind(Place::queued(0).row(chat))
        .bind(me.0)
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|row| Place::from_row(row).1))
}

/// The next message after a place that names this person.
pub async fn next_naming_me(
    conn: &mut SqliteConnection,
    chat: ChatNo,
    after: Place,
) -> Result<Option<Place>> {
    let row: Option<i64> = sqlx::query_scalar(NEXT_NAMING_ME)
        .bind(after.row(chat))
        .bind(Place::queued(0).row(chat))
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|row| Place::from_row(row).1))
}

/// How many messages of others stand after `after` and not after `upto`, and how many of them name this person.
pub async fn count_of_others(
    conn: &mut SqliteConnection,
    chat: ChatNo,
    me: UserNo,
    after: Place,
    upto: Place,
) -> Result<(i64, i64)> {
    Ok(sqlx::query_as(COUNT_OF_OTHERS)
        .bind(after.row(chat))
        .bind(upto.row(chat))
        .bind(me.0)
        .fetch_one(conn)
        .await?)
}

/// The newest accepted message that is not of `me`.
pub async fn newest_of_others(
    conn: &mut SqliteConnection,
    chat: ChatNo,
    me: UserNo,
) -> Result<Option<(Place, MessageId)>> {
    newest_of_others_until(conn, chat, me, Place::queued(0)).await
}

/// The newest accepted message that is not of `me`, at `last` or before.
pub async fn newest_of_others_until(
    conn: &mut SqliteConnection,
    chat: ChatNo,
    me: UserNo,
    last: Place,
) -> Result<Option<(Place, MessageId)>> {
    let row: Option<(i64, Vec<u8>)> = sqlx::query_as(NEWEST_OF_OTHERS)
        .bind(Place::FIRST.row(chat))
        .bind(last.min(Place::queued(0)).row(chat))
        .bind(me.0)
        .fetch_optional(conn)
        .await?;
    Ok(row.and_then(|(place, id)| Some((Place::from_row(place).1, MessageId::from_slice(&id).ok()?))))
}

/// Where a message is, or that as which it is shown.
pub async fn find(conn: &mut SqliteConnection, id: MessageId) -> Result<Option<(ChatNo, Place)>> {
    let mut row: Option<i64> =
        sqlx::query_scalar(FIND).bind(id.as_bytes()).fetch_optional(&mut *conn).await?;
    if row.is_none()
        && let Some(id) = repeats::shown_as(conn, id).await?
    {
        row = sqlx::query_scalar(FIND).bind(id.as_bytes()).fetch_optional(conn).await?;
    }
    Ok(row.map(Place::from_row))
}

/// Two at most of the messages whose ids lie between two.
pub async fn ids_between(
    conn: &mut SqliteConnection,
    from: MessageId,
    to: MessageId,
) -> Result<Vec<MessageId>> {
    let rows: Vec<Vec<u8>> =
        sqlx::query_scalar(STARTING).bind(from.as_bytes()).bind(to.as_bytes()).fetch_all(conn).await?;
    rows.iter().map(|id| MessageId::from_slice(id).map_err(|_| Error::Damaged("a message's ids"))).collect()
}

/// How many messages of this person's in a chat wait to be sent.
pub async fn waiting(conn: &mut SqliteConnection, chat: ChatNo, me: UserNo) -> Result<u32> {
    let count: i64 = sqlx::query_scalar(WAITING)
        .bind(Place::queued(0).row(chat))
        .bind(Place::END.row(chat))
        .bind(me.0)
        .fetch_one(conn)
        .await?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}
