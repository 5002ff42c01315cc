//! Chats: what is true of them, and the line that the chat list shows.

use std::sync::LazyLock;

use beseda_protocol::{ChatId, DeviceId, LogId, Seq, SlotId, membership::ChatKind};
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};

use super::{Tx, statements};
use crate::{
    crypto::Secret,
    domain::{ChatNo, Millis, Place, UserNo},
    error::{Error, Result},
};

statements! {
    INSERT = "INSERT INTO chats (chat_id, group_id, kind, status, created_at, activity, slot_id, slot_secret, inviter,
        key_package, invitation) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING chat_no";
    STATE = "SELECT chat_no, chat_id, group_id, kind, status, slot_id, slot_secret, log_id, cursor, last_handshake,
        joined_at_seq, read_place, inviter FROM chats WHERE chat_no = ?";
    NUMBER = "SELECT chat_no FROM chats WHERE chat_id = ?";
    BY_INVITATION = "SELECT chat_no FROM chats WHERE invitation = ? AND status <> 'removed'";
    BY_KEY_PACKAGE = "SELECT chat_no FROM chats WHERE status = 'asking' AND key_package = ?";
    SYNCED = "SELECT chat_no FROM chats WHERE status IN ('joining', 'active')";
    SET_CURSOR = "UPDATE chats SET log_id = ?, cursor = ? WHERE chat_no = ?";
    SET_HANDSHAKE = "UPDATE chats SET last_handshake = ? WHERE chat_no = ?";
    SET_STATUS = "UPDATE chats SET status = ? WHERE chat_no = ?";
    SET_JOINED = "UPDATE chats SET chat_id = ?, group_id = ?, kind = ?, status = 'joining', joined_at_seq = ?,
        key_package = x'' WHERE chat_no = ?";
    TAKE_OVER = "UPDATE chats SET (slot_id, slot_secret, inviter, invitation) =
        (SELECT slot_id, slot_secret, inviter, invitation FROM chats a WHERE a.chat_no = ?) WHERE chat_no = ?";
    DELETE = "DELETE FROM chats WHERE chat_no = ?";
    START_AT = "UPDATE chats SET cursor = ?, last_handshake = ? WHERE chat_no = ?";
    SET_INFO = "UPDATE chats SET title = ?, description = ?, category = ? WHERE chat_no = ?";
    SET_CREATED = "UPDATE chats SET creator_no = ?, created_at = ? WHERE chat_no = ?";
    SET_DRAFT = "UPDATE chats SET draft = ? WHERE chat_no = ?";
    SET_READ = "UPDATE chats SET read_place = ?, unread = (SELECT count(*) FROM messages
        WHERE messages.place > (chats.chat_no << 39 | ?) AND messages.place < ((chats.chat_no + 1) << 39)
        AND messages.author_no <> ?) WHERE chat_no = ?";
    ADD_UNREAD = "UPDATE chats SET unread = unread + ? WHERE chat_no = ?";
    REFRESH_LINE = "UPDATE chats SET (last_place, last_author_no, last_text, last_at, activity) =
        (SELECT place & 549755813887, author_no, substr(text, 1, 200), at, max(at, chats.created_at) FROM messages
         WHERE place BETWEEN (chats.chat_no << 39) AND (chats.chat_no << 39 | 549755813887)
         ORDER BY place DESC LIMIT 1)
        WHERE chat_no = ? AND EXISTS (SELECT 1 FROM messages
         WHERE place BETWEEN (chats.chat_no << 39) AND (chats.chat_no << 39 | 549755813887))";
    LIST = "SELECT c.chat_no, c.chat_id, c.kind, c.status, c.title, c.description, c.category, c.activity, c.last_place,
        c.last_author_no, coalesce(a.name, ''), c.last_text, c.last_at, c.unread, c.members, c.quarantined, c.draft,
        c.others_read_place, c.others_delivered_place, c.read_place, coalesce(m.admin, 0)
        FROM chats c INDEXED BY chats_by_activity LEFT JOIN users a ON a.user_no = c.last_author_no
        LEFT JOIN memberships m ON m.chat_no = c.chat_no AND m.user_no = ? AND m.removed = 0
        ORDER BY c.activity DESC";
    ONE = "SELECT c.chat_no, c.chat_id, c.kind, c.status, c.title, c.description, c.category, c.activity, c.last_place,
        c.last_author_no, coalesce(a.name, ''), c.last_text, c.last_at, c.unread, c.members, c.quarantined, c.draft,
        c.others_read_place, c.others_delivered_place, c.read_place, coalesce(m.admin, 0)
        FROM chats c LEFT JOIN users a ON a.user_no = c.last_author_no
        LEFT JOIN memberships m ON m.chat_no = c.chat_no AND m.user_no = ? AND m.removed = 0 WHERE c.chat_no = ?";
    OTHERS = "SELECT others_delivered_place, others_read_place FROM chats WHERE chat_no = ?";
    OTHER_NAME = "SELECT u.name FROM memberships m JOIN users u USING (user_no)
        WHERE m.chat_no = ? AND m.user_no <> ? ORDER BY m.user_no LIMIT 1";
    LAST_FAILED = "SELECT failed FROM messages WHERE place = ?";
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Asking,
    Joining,
    Active,
    Removed,
}

impl Status {
    fn as_str(self) -> &'static str {
        match self {
            Self::Asking => "asking",
            Self::Joining => "joining",
            Self::Active => "active",
            Self::Removed => "removed",
        }
    }

    fn parse(text: &str) -> Result<Self> {
        [Self::Asking, Self::Joining, Self::Active, Self::Removed]
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or(Error::Damaged("a chat's status"))
    }
}

/// What writing and syncing need to know of a chat.
#[derive(Debug, Clone)]
pub struct ChatState {
    pub number: ChatNo,
    pub id: ChatId,
    pub group_id: Vec<u8>,
    pub kind: ChatKind,
    pub status: Status,
    pub slot_id: SlotId,
    pub slot_secret: Secret,
    pub log: Option<LogId>,
    pub cursor: Seq,
    pub last_handshake: Seq,
    pub joined_at: Seq,
    pub read: Place,
    pub inviter: Option<DeviceId>,
}

/// A chat as the list shows it.
#[derive(Debug, Clone)]
pub struct ChatLine {
    pub number: ChatNo,
    pub id: ChatId,
    pub kind: ChatKind,
    pub status: Status,
    /// For a dialog without a title: the other person's name.
    pub title: String,
    pub description: String,
    pub category: String,
    pub activity: Millis,
    pub last: Option<LastLine>,
    pub unread: u32,
    pub members: u32,
    pub quarantined: u32,
    pub draft: String,
    pub others_read: Place,
    pub others_delivered: Place,
    pub read: Place,
    /// This person is an admin of it.
    pub admin: bool,
}

#[derive(Debug, Clone)]
pub struct LastLine {
    pub place: Place,
    pub author: UserNo,
    pub author_name: String,
    pub text: String,
    pub at: Millis,
    pub failed: i64,
}

pub struct NewChat<'a> {
    pub id: ChatId,
    pub group_id: &'a [u8],
    pub kind: ChatKind,
    pub status: Status,
    pub created_at: Millis,
    pub slot_id: SlotId,
    pub slot_secret: &'a Secret,
    pub inviter: Option<DeviceId>,
    pub key_package: &'a [u8],
}

pub async fn insert(tx: &mut Tx<'_>, new: &NewChat<'_>) -> Result<ChatNo> {
    let number = sqlx::query_scalar(INSERT)
        .bind(new.id.as_bytes())
        .bind(new.group_id)
        .bind(new.kind.as_str())
        .bind(new.status.as_str())
        .bind(new.created_at)
        .bind(new.created_at)
        .bind(new.slot_id.as_bytes())
        .bind(&new.slot_secret.expose()[..])
        .bind(new.inviter.as_ref().map_or(&[][..], DeviceId::as_bytes))
        .bind(new.key_package)
        .bind(if new.status == Status::Asking { new.id.as_bytes() } else { &[][..] })
        .fetch_one(&mut **tx)
        .await?;
    let number = ChatNo(number);
    tx.touched.chat(number, Place::FIRST);
    Ok(number)
}

pub async fn state(conn: &mut SqliteConnection, chat: ChatNo) -> Result<ChatState> {
    let row = sqlx::query(STATE).bind(chat.0).fetch_one(conn).await?;
    let damaged = |_| Error::Damaged("a chat's ids");
    Ok(ChatState {
        number: ChatNo(row.get(0)),
        id: ChatId::from_slice(row.get(1)).map_err(damaged)?,
        group_id: row.get(2),
        kind: ChatKind::parse(row.get(3)).ok_or(Error::Damaged("a chat's kind"))?,
        status: Status::parse(row.get(4))?,
        slot_id: SlotId::from_slice(row.get(5)).map_err(damaged)?,
        slot_secret: Secret::from_slice(row.get(6)).ok_or(Error::Damaged("a slot's secret"))?,
        log: LogId::from_slice(row.get(7)).ok(),
        cursor: Seq(row.get::<i64, _>(8).cast_unsigned()),
        last_handshake: Seq(row.get::<i64, _>(9).cast_unsigned()),
        joined_at: Seq(row.get::<i64, _>(10).cast_unsigned()),
        read: Place(row.get(11)),
        inviter: DeviceId::from_slice(row.get(12)).ok(),
    })
}

pub async fn find(conn: &mut SqliteConnection, id: ChatId) -> Result<Option<ChatNo>> {
    let number: Option<i64> = sqlx::query_scalar(NUMBER).bind(id.as_bytes()).fetch_optional(conn).await?;
    Ok(number.map(ChatNo))
}

/// The chat that we asked into with this invitation, unless we were put out of it.
pub async fn asked_with(conn: &mut SqliteConnection, invitation: [u8; 16]) -> Result<Option<ChatNo>> {
    let number: Option<i64> =
        sqlx::query_scalar(BY_INVITATION).bind(&invitation[..]).fetch_optional(conn).await?;
    Ok(number.map(ChatNo))
}

/// The chat that we asked into with this key package.
pub async fn asking_with(tx: &mut Tx<'_>, key_package: &[u8]) -> Result<Option<ChatNo>> {
    let number: Option<i64> =
        sqlx::query_scalar(BY_KEY_PACKAGE).bind(key_package).fetch_optional(&mut **tx).await?;
    Ok(number.map(ChatNo))
}

/// Chats that have a log on the relay and are ours.
pub async fn synced(conn: &mut SqliteConnection) -> Result<Vec<ChatNo>> {
    let rows: Vec<i64> = sqlx::query_scalar(SYNCED).fetch_all(conn).await?;
    Ok(rows.into_iter().map(ChatNo).collect())
}

pub async fn set_cursor(tx: &mut Tx<'_>, chat: ChatNo, log: LogId, cursor: Seq) -> Result<()> {
    sqlx::query(SET_CURSOR)
        .bind(log.as_bytes())
        .bind(cursor.0.cast_signed())
        .bind(chat.0)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// A newcomer to whom the history is closed begins here.
pub async fn start_at(tx: &mut Tx<'_>, chat: ChatNo, cursor: Seq) -> Result<()> {
    let seq = cursor.0.cast_signed();
    sqlx::query(START_AT).bind(seq).bind(seq).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}

/// A chat this device was put out of lets it in again: the row that asked gives its slot and goes.
pub async fn take_over(tx: &mut Tx<'_>, chat: ChatNo, asking: ChatNo) -> Result<()> {
    sqlx::query(TAKE_OVER).bind(asking.0).bind(chat.0).execute(&mut **tx).await?;
    sqlx::query(DELETE).bind(asking.0).execute(&mut **tx).await?;
    tx.touched.chats.remove(&asking);
    tx.memory().forget(chat);
    Ok(())
}

pub async fn set_last_handshake(tx: &mut Tx<'_>, chat: ChatNo, seq: Seq) -> Result<()> {
    sqlx::query(SET_HANDSHAKE).bind(seq.0.cast_signed()).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}

pub async fn set_status(tx: &mut Tx<'_>, chat: ChatNo, status: Status) -> Result<()> {
    sqlx::query(SET_STATUS).bind(status.as_str()).bind(chat.0).execute(&mut **tx).await?;
    tx.touched.chat(chat, Place::END);
    Ok(())
}

/// The chat we asked into has a name of its own now.
pub async fn set_joined(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    id: ChatId,
    group_id: &[u8],
    kind: ChatKind,
    handshake: Seq,
) -> Result<()> {
    sqlx::query(SET_JOINED)
        .bind(id.as_bytes())
        .bind(group_id)
        .bind(kind.as_str())
        .bind(handshake.0.cast_signed())
        .bind(chat.0)
        .execute(&mut **tx)
        .await?;
    tx.touched.chat(chat, Place::FIRST);
    Ok(())
}

pub async fn set_info(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    title: &str,
    description: &str,
    category: &str,
) -> Result<()> {
    sqlx::query(SET_INFO)
        .bind(title)
        .bind(description)
        .bind(category)
        .bind(chat.0)
        .execute(&mut **tx)
        .await?;
    tx.touched.chat(chat, Place::END);
    Ok(())
}

pub async fn set_created(tx: &mut Tx<'_>, chat: ChatNo, by: UserNo, at: Millis) -> Result<()> {
    sqlx::query(SET_CREATED).bind(by.0).bind(at).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}

pub async fn set_draft(tx: &mut Tx<'_>, chat: ChatNo, text: &str) -> Result<()> {
    sqlx::query(SET_DRAFT).bind(text).bind(chat.0).execute(&mut **tx).await?;
    tx.touched.chat(chat, Place::END);
    Ok(())
}

/// Everything up to `read` is read; the unread are counted again.
pub async fn set_read(tx: &mut Tx<'_>, chat: ChatNo, read: Place, me: UserNo) -> Result<()> {
    sqlx::query(SET_READ).bind(read.0).bind(read.0).bind(me.0).bind(chat.0).execute(&mut **tx).await?;
    tx.touched.chat(chat, Place::END);
    Ok(())
}

pub async fn add_unread(tx: &mut Tx<'_>, chat: ChatNo, count: u32) -> Result<()> {
    sqlx::query(ADD_UNREAD).bind(i64::from(count)).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}

/// Looks up the last line again: one index descent.
pub(super) async fn refresh_line(tx: &mut Tx<'_>, chat: ChatNo) -> Result<()> {
    sqlx::query(REFRESH_LINE).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}

/// The same, and the end of the transaction, in one exchange with the database's thread.
pub(super) async fn refresh_line_and_commit(tx: &mut Tx<'_>, chat: ChatNo) -> Result<()> {
    static BOTH: LazyLock<String> = LazyLock::new(|| format!("{REFRESH_LINE}; COMMIT"));
    sqlx::query(BOTH.as_str()).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}

/// The whole list, newest first.
pub async fn list(conn: &mut SqliteConnection, me: UserNo) -> Result<Vec<ChatLine>> {
    let rows = sqlx::query(LIST).bind(me.0).fetch_all(&mut *conn).await?;
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        lines.push(line(conn, &row, me).await?);
    }
    Ok(lines)
}

pub async fn one(conn: &mut SqliteConnection, chat: ChatNo, me: UserNo) -> Result<ChatLine> {
    let row = sqlx::query(ONE).bind(me.0).bind(chat.0).fetch_one(&mut *conn).await?;
    line(conn, &row, me).await
}

/// How far any other member has received, and read.
pub async fn others(conn: &mut SqliteConnection, chat: ChatNo) -> Result<(Place, Place)> {
    let (delivered, read): (i64, i64) = sqlx::query_as(OTHERS).bind(chat.0).fetch_one(conn).await?;
    Ok((Place(delivered), Place(read)))
}

async fn line(conn: &mut SqliteConnection, row: &SqliteRow, me: UserNo) -> Result<ChatLine> {
    let number = ChatNo(row.get(0));
    let kind = ChatKind::parse(row.get(2)).ok_or(Error::Damaged("a chat's kind"))?;
    let last_place = Place(row.get(8));
    let mut title: String = row.get(4);
    if kind == ChatKind::Dialog && title.is_empty() {
        title = sqlx::query_scalar(OTHER_NAME)
            .bind(number.0)
            .bind(me.0)
            .fetch_optional(&mut *conn)
            .await?
            .unwrap_or_default();
    }
    let last = if last_place == Place::FIRST {
        None
    } else {
        let failed = if last_place.is_queued() {
            sqlx::query_scalar(LAST_FAILED)
                .bind(last_place.row(number))
                .fetch_optional(&mut *conn)
                .await?
                .unwrap_or_default()
        } else {
            0
        };
        Some(LastLine {
            place: last_place,
            author: UserNo(row.get(9)),
            author_name: row.get(10),
            text: row.get(11),
            at: row.get(12),
            failed,
        })
    };
    let count = |index| u32::try_from(row.get::<i64, _>(index)).unwrap_or_default();
    Ok(ChatLine {
        number,
        id: ChatId::from_slice(row.get(1)).map_err(|_| Error::Damaged("a chat's id"))?,
        kind,
        status: Status::parse(row.get(3))?,
        title,
        description: row.get(5),
        category: row.get(6),
        activity: row.get(7),
        last,
        unread: count(13),
        members: count(14),
        quarantined: count(15),
        draft: row.get(16),
        others_read: Place(row.get(17)),
        others_delivered: Place(row.get(18)),
        read: Place(row.get(19)),
        admin: row.get::<i64, _>(20) == 1,
    })
}
