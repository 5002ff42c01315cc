//! Chats: what is true of them. The line that the list shows is in `line`.

mod line;

use std::sync::LazyLock;

use beseda_protocol::{
    ChatId, DeviceId, EnvelopeId, LogId, MessageId, Seq, SlotId, Tag, UserId,
    link::Reason,
    live::Wanted,
    membership::{self, ChatKind},
    request::Cursor,
};
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};

use super::{Tx, roles, statements};
use crate::{
    crypto::Secret,
    domain::{ChatNo, Millis, Place, UserNo},
    error::{Error, Result},
};

pub(super) use line::find_line;
pub use line::{ChatLine, FOREVER, LastLine, Leaving, list, one};

statements! {
    INSERT = "INSERT INTO chats (chat_id, group_id, kind, status, created_at, activity, slot_id, slot_secret, inviter,
        key_package, invitation, own_join, projected) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING chat_no";
    STATE = "SELECT chat_no, chat_id, group_id, kind, status, slot_id, slot_secret, log_id, cursor, last_handshake,
        joined_at_seq, read_place, inviter, marked_unread, rights, leaving, segment_from, own_join, cursor_id, request, goes_on_in, cursor_tag, slot_before
        FROM chats WHERE chat_no = ?";
    NUMBER = "SELECT chat_no FROM chats WHERE chat_id = ?";
    BY_INVITATION = "SELECT chat_no FROM chats WHERE invitation = ? AND status <> 'removed'";
    BY_KEY_PACKAGE = "SELECT chat_no FROM chats WHERE key_package = ? AND key_package <> x''";
    SYNCED = "SELECT chat_no FROM chats WHERE status IN ('joining', 'active')";
    DENIED = "SELECT c.chat_no FROM chats c WHERE c.status = 'removed' AND (c.cursor < c.joined_at_seq OR c.last_handshake > 0 AND EXISTS
        (SELECT 1 FROM member_devices d WHERE d.chat_no = c.chat_no AND d.device_id = ? AND d.removed_seq = 0))";
    PUT_OUT = "SELECT c.chat_no FROM chats c WHERE c.status = 'removed' AND c.leaving = 0 AND c.cursor >= c.joined_at_seq
        AND EXISTS (SELECT 1 FROM member_devices d WHERE d.chat_no = c.chat_no AND d.device_id = ? AND d.removed_seq > d.added_seq)";
    SET_CURSOR = "UPDATE chats SET log_id = ?, cursor = ?, cursor_id = ?, cursor_tag = ? WHERE chat_no = ?";
    SET_HANDSHAKE = "UPDATE chats SET last_handshake = ? WHERE chat_no = ?";
    INFO = "SELECT title, description, category FROM chats WHERE chat_no = ?";
    BACK = "UPDATE chats SET leaving = 0 WHERE chat_no = ? AND leaving <> 0
        AND EXISTS (SELECT 1 FROM account a JOIN users u ON u.user_id = a.user_id WHERE a.id = 1 AND u.user_no = ?)";
    SET_LEAVING = "UPDATE chats SET leaving = ? WHERE chat_no = ?";
    SET_REQUEST = "UPDATE chats SET request = ? WHERE chat_no = ?";
    SET_STATUS = "UPDATE chats SET status = ? WHERE chat_no = ?";
    REFUSED = "SELECT refused FROM chats WHERE chat_no = ?";
    SET_REFUSED = "UPDATE chats SET refused = ? WHERE chat_no = ?";
    SET_JOINED = "UPDATE chats SET chat_id = ?, group_id = ?, kind = ?, status = 'joining', joined_at_seq = ?,
        key_package = ?, refused = '' WHERE chat_no = ?";
    SET_JOINED_AT = "UPDATE chats SET joined_at_seq = ? WHERE chat_no = ?";
    TAKE_OVER = "UPDATE chats SET (slot_id, slot_secret, inviter, invitation, own_join) =
        (SELECT slot_id, slot_secret, inviter, invitation, own_join FROM chats a WHERE a.chat_no = ?) WHERE chat_no = ?";
    SET_KEY_PACKAGE = "UPDATE chats SET key_package = ? WHERE chat_no = ?";
    SET_RETURNING = "UPDATE chats SET status = 'asking', own_join = ?, key_package = x'', invitation = x'', inviter = x'',
        backed_up = 0 WHERE chat_no = ?";
    DELETE = "DELETE FROM chats WHERE chat_no = ?";
    START_AT = "UPDATE chats SET log_id = ?, cursor = ?, cursor_id = x'', cursor_tag = x'', last_handshake = ? WHERE chat_no = ?";
    SET_INFO = "UPDATE chats SET title = ?, description = ?, category = ? WHERE chat_no = ?";
    CREATION = "SELECT c.created_at, u.user_id, u.name FROM chats c LEFT JOIN users u ON u.user_no = c.creator_no WHERE c.chat_no = ?";
    SET_CREATED = "UPDATE chats SET creator_no = ?, created_at = ? WHERE chat_no = ?";
    DRAFT = "SELECT draft FROM chats WHERE chat_no = ?";
    SET_DRAFT = "UPDATE chats SET draft = ?, draft_reply = ? WHERE chat_no = ?";
    COUNT_UNREAD = "UPDATE chats SET read_place = ?1, (unread, mentions) = (SELECT count(*), coalesce(sum(flags & 4 = 4), 0)
        FROM messages WHERE messages.place > (chats.chat_no << 39 | ?1) AND messages.place < ((chats.chat_no + 1) << 39)
        AND messages.author_no <> ?2 AND messages.flags & 514 = 0
        AND NOT (chats.kind = 'dialog' AND messages.author_no IN (SELECT user_no FROM blocked))) WHERE chat_no = ?3";
    SET_READ = "UPDATE chats SET read_place = ?, unread = max(unread - ?, 0), mentions = max(mentions - ?, 0),
        marked_unread = 0 WHERE chat_no = ?";
    ADD_UNREAD = "UPDATE chats SET unread = max(unread + ?, 0), mentions = max(mentions + ?, 0) WHERE chat_no = ?";
    ADD_NEW = "UPDATE chats SET unread = unread + ?, mentions = mentions + ?, archived = archived AND muted_until > ? WHERE chat_no = ?";
    MARK_UNREAD = "UPDATE chats SET marked_unread = 1 WHERE chat_no = ?";
    TOTALS = "SELECT coalesce(sum(iif(muted_until > ?1, mentions, unread)), 0), coalesce(sum(mentions), 0),
        coalesce(sum(unread = 0 AND marked_unread AND muted_until <= ?1), 0) FROM chats WHERE request <> 2 AND goes_on_in = 0";
    REFRESH_LINE = "UPDATE chats SET (last_place, last_author_no, last_text, last_at, last_flags, activity) =
        (SELECT place & 549755813887, author_no, substr(text, 1, 200), at, flags, max(at, chats.created_at) FROM messages
         WHERE place BETWEEN (chats.chat_no << 39) AND (chats.chat_no << 39 | 549755813887) AND flags & 512 = 0
         ORDER BY place DESC LIMIT 1)
        WHERE chat_no = ? AND EXISTS (SELECT 1 FROM messages
         WHERE place BETWEEN (chats.chat_no << 39) AND (chats.chat_no << 39 | 549755813887) AND flags & 512 = 0)";
    CLEAR_LAST = "UPDATE chats SET last_place = 0, last_author_no = 0, last_text = '', last_at = 0, last_flags = 0,
        activity = created_at WHERE chat_no = ?";
    RIGHTS = "SELECT c.kind, iif(c.leaving, 'removed', c.status), coalesce(m.admin, 0), c.unread, c.read_place, c.rights FROM chats c
        LEFT JOIN memberships m ON m.chat_no = c.chat_no AND m.user_no = ? AND m.removed = 0 WHERE c.chat_no = ?";
    OTHERS = "SELECT others_delivered_place, iif((SELECT read_receipts FROM account WHERE id = 1), others_read_place, 0)
        FROM chats WHERE chat_no = ?";
}

#[cfg(test)]
pub(super) const LINE: &[(&str, &str)] = line::ALL;

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

/// Whether this person has been put into a chat by somebody whom they have not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PutIn {
    /// They came by themselves, or have said that they want to be in it.
    #[default]
    No,
    /// They have not answered: nobody is told that anything has come, or who they are.
    Asked,
    /// They do not want it: it is not shown.
    Refused,
}

impl PutIn {
    #[must_use]
    pub fn from_bits(bits: i64) -> Self {
        match bits {
            0 => Self::No,
            1 => Self::Asked,
            _ => Self::Refused,
        }
    }

    #[must_use]
    pub fn bits(self) -> i64 {
        self as i64
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
    /// What a relay may know instead of it, if it has lost the commit by which this device has come back.
    pub slot_before: Option<Secret>,
    pub log: Option<LogId>,
    pub cursor: Seq,
    /// The envelope at the cursor, where known.
    pub cursor_id: Option<EnvelopeId>,
    /// Its tag, where the relay has given it.
    pub cursor_tag: Option<Tag>,
    pub last_handshake: Seq,
    pub joined_at: Seq,
    pub read: Place,
    pub inviter: Option<DeviceId>,
    pub marked_unread: bool,
    pub rights: membership::Rights,
    /// This person has said that they leave.
    pub leaving: bool,
    /// The relay has taken that.
    pub has_left: bool,
    /// The first segment that may be written to.
    pub segment_from: u32,
    /// Another device of this person let this one in.
    pub own_join: bool,
    pub put_in: PutIn,
    /// The dialog with the same person that goes on in this one's place.
    pub goes_on_in: Option<ChatNo>,
}

impl ChatState {
    /// Where this device stands in the log, as the relay is told.
    #[must_use]
    pub fn wanted(&self) -> Wanted {
        let Self { log, cursor: seq, cursor_id: id, cursor_tag: tag, .. } = *self;
        Wanted { chat: self.id, cursor: Cursor { log, seq, id, tag } }
    }

    /// Messages of others after this place are unread: what came before this device was let in is not, unless another
    /// device of this person was there already, or it is a dialog, where everything is said to this person.
    #[must_use]
    pub fn unread_after(&self) -> Place {
        let all = self.own_join || self.kind == ChatKind::Dialog;
        let joined = if all { Seq::ZERO } else { self.joined_at };
        Place::accepted(joined, 0).unwrap_or_default().max(self.read)
    }
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
    /// Another device of this person lets this one in.
    pub own_join: bool,
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
        .bind(if new.status == Status::Asking && !new.own_join { new.id.as_bytes() } else { &[][..] })
        .bind(i64::from(new.own_join))
        // There is nothing that older rules could have made.
        .bind(super::projection::VERSION)
        .fetch_one(&mut **tx)
        .await?;
    let number = ChatNo(number);
    tx.touched.chat(number, Place::FIRST);
    Ok(number)
}

pub async fn state(conn: &mut SqliteConnection, chat: ChatNo) -> Result<ChatState> {
    read_state(&sqlx::query(STATE).bind(chat.0).fetch_one(conn).await?)
}

/// Begins a transaction that writes, and reads the chat's state, in one exchange with the database's thread.
pub(super) async fn begin_with_state(conn: &mut SqliteConnection, chat: ChatNo) -> Result<ChatState> {
    static BOTH: LazyLock<String> = LazyLock::new(|| format!("BEGIN IMMEDIATE; {STATE}"));
    read_state(&sqlx::query(BOTH.as_str()).bind(chat.0).fetch_one(conn).await?)
}

fn read_state(row: &SqliteRow) -> Result<ChatState> {
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
        marked_unread: row.get::<i64, _>(13) == 1,
        rights: roles::from_bits(row.get(14)),
        leaving: row.get::<i64, _>(15) != 0,
        has_left: row.get::<i64, _>(15) == 2,
        segment_from: u32::try_from(row.get::<i64, _>(16)).unwrap_or(u32::MAX),
        own_join: row.get::<i64, _>(17) == 1,
        cursor_id: EnvelopeId::from_slice(row.get(18)).ok(),
        put_in: PutIn::from_bits(row.get(19)),
        goes_on_in: Some(ChatNo(row.get(20))).filter(|chat| chat.0 != 0),
        cursor_tag: Tag::from_slice(row.get(21)).ok(),
        slot_before: Secret::from_slice(row.get(22)),
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

/// The chat that we asked into with this key package, until the log shows that we are in.
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

/// Chats that `device` is not in any more, and no handshake has put it out of: the relay says so, or its person has left.
pub async fn denied(conn: &mut SqliteConnection, device: DeviceId) -> Result<Vec<ChatNo>> {
    let rows: Vec<i64> = sqlx::query_scalar(DENIED).bind(device.as_bytes()).fetch_all(conn).await?;
    Ok(rows.into_iter().map(ChatNo).collect())
}

/// Chats that a handshake has put `device` out of.
pub async fn put_out(conn: &mut SqliteConnection, device: DeviceId) -> Result<Vec<ChatNo>> {
    let rows: Vec<i64> = sqlx::query_scalar(PUT_OUT).bind(device.as_bytes()).fetch_all(conn).await?;
    Ok(rows.into_iter().map(ChatNo).collect())
}

pub async fn set_cursor(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    log: LogId,
    cursor: Seq,
    (id, tag): (Option<EnvelopeId>, Option<Tag>),
) -> Result<()> {
    sqlx::query(SET_CURSOR)
        .bind(log.as_bytes())
        .bind(cursor.0.cast_signed())
        .bind(id.as_ref().map_or(&[][..], EnvelopeId::as_bytes))
        .bind(tag.as_ref().map_or(&[][..], Tag::as_bytes))
        .bind(chat.0)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// A newcomer to whom the history is closed begins here.
pub async fn start_at(tx: &mut Tx<'_>, chat: ChatNo, log: LogId, cursor: Seq) -> Result<()> {
    let seq = cursor.0.cast_signed();
    sqlx::query(START_AT).bind(log.as_bytes()).bind(seq).bind(seq).bind(chat.0).execute(&mut **tx).await?;
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

/// A chat that is only asked for goes from the list.
pub async fn forget(tx: &mut Tx<'_>, chat: ChatNo, id: ChatId) -> Result<()> {
    sqlx::query(DELETE).bind(chat.0).execute(&mut **tx).await?;
    tx.touched.chats.remove(&chat);
    tx.touched.renamed.insert(id);
    tx.memory().forget(chat);
    Ok(())
}

/// Why whoever was asked does not let us in.
pub async fn refused(conn: &mut SqliteConnection, chat: ChatNo) -> Result<Option<Reason>> {
    let reason: String = sqlx::query_scalar(REFUSED).bind(chat.0).fetch_one(conn).await?;
    Ok(Reason::parse(&reason))
}

/// Whoever was asked does not let us in; or we ask again.
pub async fn set_refused(tx: &mut Tx<'_>, chat: ChatNo, reason: Option<Reason>) -> Result<()> {
    let reason = reason.map_or("", Reason::as_str);
    sqlx::query(SET_REFUSED).bind(reason).bind(chat.0).execute(&mut **tx).await?;
    tx.touched.line(chat);
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

/// Somebody has put this person in, or they have answered.
pub async fn set_put_in(tx: &mut Tx<'_>, chat: ChatNo, put_in: PutIn) -> Result<()> {
    sqlx::query(SET_REQUEST).bind(put_in.bits()).bind(chat.0).execute(&mut **tx).await?;
    tx.touched.chat(chat, Place::END);
    Ok(())
}

/// 1: this person has said that they leave; 2: they have; 0: they are in it.
pub async fn set_leaving(tx: &mut Tx<'_>, chat: ChatNo, leaving: i64) -> Result<()> {
    sqlx::query(SET_LEAVING).bind(leaving).bind(chat.0).execute(&mut **tx).await?;
    tx.touched.chat(chat, Place::END);
    Ok(())
}

/// Somebody was let in: if it is this person, they have not left any more.
pub async fn back(tx: &mut Tx<'_>, chat: ChatNo, user: UserNo) -> Result<()> {
    sqlx::query(BACK).bind(chat.0).bind(user.0).execute(&mut **tx).await?;
    Ok(())
}

/// Where in the log this device came in.
pub async fn set_joined_at(tx: &mut Tx<'_>, chat: ChatNo, handshake: Seq) -> Result<()> {
    sqlx::query(SET_JOINED_AT).bind(handshake.0.cast_signed()).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}

/// The chat we asked into has a name of its own now. `reference`: of the key package that has let us in; empty: none has.
pub async fn set_joined(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    id: ChatId,
    group_id: &[u8],
    kind: ChatKind,
    handshake: Seq,
    reference: &[u8],
) -> Result<()> {
    sqlx::query(SET_JOINED)
        .bind(id.as_bytes())
        .bind(group_id)
        .bind(kind.as_str())
        .bind(handshake.0.cast_signed())
        .bind(reference)
        .bind(chat.0)
        .execute(&mut **tx)
        .await?;
    tx.touched.chat(chat, Place::FIRST);
    Ok(())
}

/// What a welcome into the chat will name.
pub async fn set_key_package(tx: &mut Tx<'_>, chat: ChatNo, reference: &[u8]) -> Result<()> {
    sqlx::query(SET_KEY_PACKAGE).bind(reference).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}

/// This device asks to come back into it.
///
/// `another`: as another device than the one that was in, which says again what waits here; else it stays as it was sealed.
pub async fn set_returning(tx: &mut Tx<'_>, chat: ChatNo, another: bool) -> Result<()> {
    sqlx::query(SET_RETURNING).bind(another).bind(chat.0).execute(&mut **tx).await?;
    tx.memory().forget(chat);
    Ok(())
}

/// Title, description and category as they were said.
pub async fn info(conn: &mut SqliteConnection, chat: ChatNo) -> Result<(String, String, String)> {
    Ok(sqlx::query_as(INFO).bind(chat.0).fetch_one(conn).await?)
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

/// When a chat was made, and by whom, as they are called here; nobody is known before it has come here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Creation {
    pub at: Millis,
    pub by: Option<(UserId, String)>,
}

pub async fn creation(conn: &mut SqliteConnection, chat: ChatNo) -> Result<Creation> {
    let (at, user, name): (i64, Option<Vec<u8>>, Option<String>) =
        sqlx::query_as(CREATION).bind(chat.0).fetch_one(conn).await?;
    let by = user.and_then(|user| Some((UserId::from_slice(&user).ok()?, name.unwrap_or_default())));
    Ok(Creation { at, by })
}

pub async fn set_created(tx: &mut Tx<'_>, chat: ChatNo, by: UserNo, at: Millis) -> Result<()> {
    sqlx::query(SET_CREATED).bind(by.0).bind(at).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}

pub async fn draft(conn: &mut SqliteConnection, chat: ChatNo) -> Result<String> {
    Ok(sqlx::query_scalar(DRAFT).bind(chat.0).fetch_one(conn).await?)
}

pub async fn set_draft(tx: &mut Tx<'_>, chat: ChatNo, text: &str, reply_to: Option<MessageId>) -> Result<()> {
    let reply_to = reply_to.map_or(Vec::new(), |id| id.0.to_vec());
    sqlx::query(SET_DRAFT).bind(text).bind(reply_to).bind(chat.0).execute(&mut **tx).await?;
    tx.touched.chat(chat, Place::END);
    Ok(())
}

/// Everything up to `read` is read; the unread are counted from the messages.
pub async fn count_unread(tx: &mut Tx<'_>, chat: ChatNo, read: Place, me: UserNo) -> Result<()> {
    sqlx::query(COUNT_UNREAD).bind(read.0).bind(me.0).bind(chat.0).execute(&mut **tx).await?;
    tx.touched.line(chat);
    Ok(())
}

/// Everything up to `read` is read, and so many fewer are unread: the work is that of the messages passed, not of those
/// ahead.
pub async fn set_read(tx: &mut Tx<'_>, chat: ChatNo, read: Place, passed: (i64, i64)) -> Result<()> {
    sqlx::query(SET_READ).bind(read.0).bind(passed.0).bind(passed.1).bind(chat.0).execute(&mut **tx).await?;
    tx.touched.line(chat);
    Ok(())
}

pub async fn add_unread(tx: &mut Tx<'_>, chat: ChatNo, unread: i64, mentions: i64) -> Result<()> {
    sqlx::query(ADD_UNREAD).bind(unread).bind(mentions).bind(chat.0).execute(&mut **tx).await?;
    tx.touched.line(chat);
    Ok(())
}

/// Messages of others came, the last of them accepted at `at`: an archived chat that was not muted then comes back.
pub async fn add_new(tx: &mut Tx<'_>, chat: ChatNo, unread: u32, mentions: u32, at: Millis) -> Result<()> {
    sqlx::query(ADD_NEW).bind(unread).bind(mentions).bind(at).bind(chat.0).execute(&mut **tx).await?;
    tx.touched.line(chat);
    Ok(())
}

/// Puts the unread mark back.
pub async fn mark_unread(tx: &mut Tx<'_>, chat: ChatNo) -> Result<()> {
    sqlx::query(MARK_UNREAD).bind(chat.0).execute(&mut **tx).await?;
    tx.touched.line(chat);
    Ok(())
}

/// Unread messages of all chats, those among them that name this person, and chats that only bear the mark. Of chats
/// that are muted `now` only what names this person counts.
pub async fn totals(conn: &mut SqliteConnection, now: Millis) -> Result<(i64, i64, i64)> {
    Ok(sqlx::query_as(TOTALS).bind(now).fetch_one(conn).await?)
}

/// Looks up the last line again: one index descent.
pub(crate) async fn refresh_line(tx: &mut Tx<'_>, chat: ChatNo) -> Result<()> {
    sqlx::query(REFRESH_LINE).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}

/// The last line may be gone for good; the commit looks for another one.
pub async fn clear_last(tx: &mut Tx<'_>, chat: ChatNo) -> Result<()> {
    sqlx::query(CLEAR_LAST).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}

/// The statement that makes the line of one chat anew, for whoever puts others before it.
pub(super) fn refresh_line_statement() -> &'static str {
    REFRESH_LINE
}

/// The same, and the end of the transaction, in one exchange with the database's thread.
pub(super) async fn refresh_line_and_commit(tx: &mut Tx<'_>, chat: ChatNo) -> Result<()> {
    static BOTH: LazyLock<String> = LazyLock::new(|| format!("{REFRESH_LINE}; COMMIT"));
    sqlx::query(BOTH.as_str()).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}

/// What a person may do in a chat follows from this, and where they have got to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rights {
    pub kind: ChatKind,
    pub status: Status,
    pub admin: bool,
    pub unread: u32,
    pub read: Place,
    pub rights: membership::Rights,
}

/// # Errors
/// When the chat is gone, or the store fails.
pub async fn rights(conn: &mut SqliteConnection, chat: ChatNo, me: UserNo) -> Result<Rights> {
    let (kind, status, admin, unread, read, rights): (String, String, i64, i64, i64, i64) =
        sqlx::query_as(RIGHTS).bind(me.0).bind(chat.0).fetch_one(conn).await?;
    Ok(Rights {
        kind: ChatKind::parse(&kind).ok_or(Error::Damaged("a chat's kind"))?,
        status: Status::parse(&status)?,
        admin: admin == 1,
        unread: u32::try_from(unread).unwrap_or_default(),
        read: Place(read),
        rights: roles::from_bits(rights),
    })
}

/// How far any other member has received, and read. Who shows nobody their marks sees nobody's.
pub async fn others(conn: &mut SqliteConnection, chat: ChatNo) -> Result<(Place, Place)> {
    let (delivered, read): (i64, i64) = sqlx::query_as(OTHERS).bind(chat.0).fetch_one(conn).await?;
    Ok((Place(delivered), Place(read)))
}
