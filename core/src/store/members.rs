//! Who is in a chat: devices, as the membership log says, and people, as screens show them.

use beseda_protocol::{DeviceId, MessageId, Seq, SlotId, SlotKey, UserId};
use sqlx::SqliteConnection;

use super::{Tx, linking, memory::MemberDevice, statements, trust};
use crate::{
    domain::{ChatNo, Millis, Place, UserNo},
    error::{Error, Result},
};

statements! {
    PUT_DEVICE = "INSERT INTO member_devices (chat_no, device_id, user_no, slot_id, slot_key, added_seq)
        VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (chat_no, device_id) DO UPDATE SET slot_id = excluded.slot_id, slot_key = excluded.slot_key, removed_seq = 0,
        added_seq = iif(removed_seq = added_seq, excluded.added_seq, added_seq)
        WHERE excluded.added_seq > removed_seq";
    REMOVE_DEVICE = "UPDATE member_devices SET removed_seq = ? WHERE chat_no = ? AND device_id = ?";
    DEVICE = "SELECT d.user_no, iif(d.lost, 9223372036854775807, d.added_seq), coalesce(m.has_left, 0) FROM member_devices d
        LEFT JOIN memberships m ON m.chat_no = d.chat_no AND m.user_no = d.user_no WHERE d.chat_no = ? AND d.device_id = ?";
    USER_OF = "SELECT u.user_id FROM member_devices d JOIN users u USING (user_no)
        WHERE d.chat_no = ? AND d.device_id = ?";
    SLOT = "SELECT slot_id, slot_key FROM member_devices WHERE chat_no = ? AND device_id = ? AND NOT lost";
    PRESENCE = "SELECT slot_key, removed_seq = 0 FROM member_devices WHERE chat_no = ? AND device_id = ? AND NOT lost";
    WAS_LET_IN = "SELECT EXISTS (SELECT 1 FROM member_devices WHERE chat_no = ? AND device_id = ? AND slot_key = ? AND lost)";
    DEVICES_OF = "SELECT d.device_id FROM member_devices d JOIN users u USING (user_no)
        WHERE d.chat_no = ? AND u.user_id = ? AND d.removed_seq = 0";
    SLOT_OF_USER = "SELECT slot_id FROM member_devices WHERE chat_no = ? AND user_no = ? AND removed_seq = 0 LIMIT 1";
    CHATS_OF = "SELECT chat_no FROM member_devices WHERE device_id = ? AND removed_seq = 0";
    COUNT_OF = "SELECT count(*) FROM member_devices WHERE device_id = ? AND removed_seq = 0";
    DEVICES_LEFT = "SELECT count(*) FROM member_devices WHERE chat_no = ? AND user_no = ? AND removed_seq = 0";
    PUT = "INSERT INTO memberships (chat_no, user_no, added_at, added_by_no, admin, removed, added_place)
        VALUES (?, ?, ?, ?, ?, 0, ?)
        ON CONFLICT (chat_no, user_no) DO UPDATE SET added_at = excluded.added_at, added_by_no = excluded.added_by_no,
        admin = excluded.admin, removed = 0, has_left = 0 WHERE removed = 1";
    LEAVE = "UPDATE memberships SET removed = 1, has_left = 1, admin = 0 WHERE chat_no = ? AND user_no = ? AND removed = 0";
    IS_IN = "SELECT EXISTS (SELECT 1 FROM memberships WHERE chat_no = ? AND user_no = ? AND removed = 0)";
    DEVICES_THAT_LEFT = "SELECT d.device_id FROM memberships m JOIN member_devices d ON d.chat_no = m.chat_no AND d.user_no = m.user_no
        WHERE m.chat_no = ? AND m.has_left = 1 AND d.removed_seq = 0";
    ACTIVE = "SELECT user_no FROM memberships WHERE chat_no = ? AND removed = 0";
    INSIDE = "SELECT d.device_id, u.user_id, d.slot_id, d.slot_key, d.added_seq FROM member_devices d JOIN users u ON u.user_no = d.user_no
        WHERE d.chat_no = ? AND d.removed_seq = 0";
    SET_ADDED = "UPDATE memberships SET added_at = ?1, added_place = CASE read_place WHEN 0 THEN ?2 ELSE added_place END
        WHERE chat_no = ?3 AND user_no = ?4";
    REMOVE = "UPDATE memberships SET removed = 1, admin = 0 WHERE chat_no = ? AND user_no = ?";
    COUNT = "UPDATE chats SET members = (SELECT count(*) FROM memberships
        WHERE memberships.chat_no = chats.chat_no AND removed = 0) WHERE chat_no = ?";
    IS_ADMIN = "SELECT admin FROM memberships WHERE chat_no = ? AND user_no = ? AND removed = 0";
    LIST = "SELECT u.user_id, u.name, u.own_name, m.admin, h.owner_no = m.user_no, m.added_at, coalesce(b.name, ''), c.user_no IS NOT NULL,
        x.user_no IS NOT NULL, v.user_no IS NOT NULL, u.new_device
        FROM chats h JOIN memberships m ON m.chat_no = h.chat_no JOIN users u ON u.user_no = m.user_no
        LEFT JOIN users b ON b.user_no = m.added_by_no LEFT JOIN contacts c ON c.user_no = m.user_no
        LEFT JOIN blocked x ON x.user_no = m.user_no LEFT JOIN verified v ON v.user_no = m.user_no
        WHERE h.chat_no = ? AND m.removed = 0";
    ALL_HAVE = "SELECT coalesce(min(delivered_place), 0) FROM memberships WHERE chat_no = ? AND user_no <> ? AND removed = 0";
    DELIVERED = "SELECT delivered_place FROM memberships WHERE chat_no = ? AND user_no = ?";
    PLACE_OF = "SELECT place FROM messages WHERE message_id = ?";
}

/// A line of the member list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberLine {
    pub user: Vec<u8>,
    /// As they are called here.
    pub name: String,
    /// As they call themselves: what is said to others.
    pub own_name: String,
    pub admin: bool,
    /// Has the chat.
    pub owner: bool,
    pub added_at: Millis,
    pub added_by: String,
    pub contact: bool,
    pub blocked: bool,
    /// This person has made sure who it is.
    pub verified: bool,
    /// A device has come to them since this person last looked.
    pub new_device: bool,
    /// Another member whose name looks the same.
    pub looks_like: Option<String>,
    /// Letters of several alphabets stand in one word of the name.
    pub mixed_scripts: bool,
}

pub async fn put_device(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    device: DeviceId,
    user: UserNo,
    slot: (SlotId, SlotKey),
    added: Seq,
) -> Result<()> {
    sqlx::query(PUT_DEVICE)
        .bind(chat.0)
        .bind(device.as_bytes())
        .bind(user.0)
        .bind(slot.0.as_bytes())
        .bind(slot.1.as_bytes())
        .bind(added.0.cast_signed())
        .execute(&mut **tx)
        .await?;
    trust::notice(tx, user, device).await?;
    linking::drop_addition(tx, chat, device).await?;
    tx.memory().chat(chat).devices.remove(&device);
    Ok(())
}

/// Answers whether it was the person's last one.
pub async fn remove_device(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    device: DeviceId,
    user: UserNo,
    at: Seq,
) -> Result<bool> {
    sqlx::query(REMOVE_DEVICE)
        .bind(at.0.cast_signed())
        .bind(chat.0)
        .bind(device.as_bytes())
        .execute(&mut **tx)
        .await?;
    tx.memory().chat(chat).devices.remove(&device);
    let left: i64 = sqlx::query_scalar(DEVICES_LEFT).bind(chat.0).bind(user.0).fetch_one(&mut **tx).await?;
    Ok(left == 0)
}

/// A device that is, or once was, in the chat. Where the log that let it in is lost, it comes after everything.
pub async fn device(tx: &mut Tx<'_>, chat: ChatNo, device: DeviceId) -> Result<Option<MemberDevice>> {
    if let Some(known) = tx.memory().chat(chat).devices.get(&device) {
        return Ok(Some(*known));
    }
    let row: Option<(i64, i64, i64)> =
        sqlx::query_as(DEVICE).bind(chat.0).bind(device.as_bytes()).fetch_optional(&mut **tx).await?;
    let found = row.map(|(user, added, left)| MemberDevice {
        user: UserNo(user),
        added: Seq(added.cast_unsigned()),
        left: left == 1,
    });
    if let Some(found) = found {
        tx.memory().chat(chat).devices.insert(device, found);
    }
    Ok(found)
}

/// Whose device it is, if it ever was in the chat.
pub async fn user_of(tx: &mut Tx<'_>, chat: ChatNo, device: DeviceId) -> Result<Option<UserId>> {
    let user: Option<Vec<u8>> =
        sqlx::query_scalar(USER_OF).bind(chat.0).bind(device.as_bytes()).fetch_optional(&mut **tx).await?;
    Ok(user.and_then(|user| UserId::from_slice(&user).ok()))
}

/// What the relay knows a device by. Where the log that let it in is lost, it never was in.
pub async fn slot(tx: &mut Tx<'_>, chat: ChatNo, device: DeviceId) -> Result<Option<(SlotId, SlotKey)>> {
    let row: Option<(Vec<u8>, Vec<u8>)> =
        sqlx::query_as(SLOT).bind(chat.0).bind(device.as_bytes()).fetch_optional(&mut **tx).await?;
    Ok(row.and_then(|(slot, key)| Some((SlotId::from_slice(&slot).ok()?, SlotKey::from_slice(&key).ok()?))))
}

/// Of a device that is, or once was, in the chat (not by a log that is lost): the key the relay knew it by last, and whether it is in now.
pub async fn presence(tx: &mut Tx<'_>, chat: ChatNo, device: DeviceId) -> Result<Option<(SlotKey, bool)>> {
    let row: Option<(Vec<u8>, bool)> =
        sqlx::query_as(PRESENCE).bind(chat.0).bind(device.as_bytes()).fetch_optional(&mut **tx).await?;
    Ok(row.and_then(|(key, inside)| Some((SlotKey::from_slice(&key).ok()?, inside))))
}

/// Whether a log that is lost had let a device in with this key.
pub async fn was_let_in(tx: &mut Tx<'_>, chat: ChatNo, device: DeviceId, key: SlotKey) -> Result<bool> {
    let was = sqlx::query_scalar::<_, i64>(WAS_LET_IN).bind(chat.0).bind(device.as_bytes());
    Ok(was.bind(key.as_bytes()).fetch_one(&mut **tx).await? == 1)
}

/// The slot of a person who is in the chat: all their devices have the one of the first.
pub async fn slot_of(tx: &mut Tx<'_>, chat: ChatNo, user: UserNo) -> Result<Option<SlotId>> {
    let slot: Option<Vec<u8>> =
        sqlx::query_scalar(SLOT_OF_USER).bind(chat.0).bind(user.0).fetch_optional(&mut **tx).await?;
    Ok(slot.and_then(|slot| SlotId::from_slice(&slot).ok()))
}

/// Chats that a device is in.
pub async fn chats_of(tx: &mut Tx<'_>, device: DeviceId) -> Result<Vec<ChatNo>> {
    let rows: Vec<i64> = sqlx::query_scalar(CHATS_OF).bind(device.as_bytes()).fetch_all(&mut **tx).await?;
    Ok(rows.into_iter().map(ChatNo).collect())
}

/// How many chats a device is in.
pub async fn count_of(conn: &mut SqliteConnection, device: DeviceId) -> Result<u32> {
    let count: i64 = sqlx::query_scalar(COUNT_OF).bind(device.as_bytes()).fetch_one(conn).await?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// A person's devices that are in the chat now.
pub async fn devices_of(tx: &mut Tx<'_>, chat: ChatNo, user: UserId) -> Result<Vec<DeviceId>> {
    let rows: Vec<Vec<u8>> =
        sqlx::query_scalar(DEVICES_OF).bind(chat.0).bind(user.as_bytes()).fetch_all(&mut **tx).await?;
    Ok(rows.iter().filter_map(|id| DeviceId::from_slice(id).ok()).collect())
}

/// Lets a person in, or in again; `place` is where in the chat.
pub async fn put(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    user: UserNo,
    added_at: Millis,
    added_by: UserNo,
    admin: bool,
    place: Place,
) -> Result<()> {
    sqlx::query(PUT)
        .bind(chat.0)
        .bind(user.0)
        .bind(added_at)
        .bind(added_by.0)
        .bind(i64::from(admin))
        .bind(place.0)
        .execute(&mut **tx)
        .await?;
    count(tx, chat).await
}

/// A member leaves. Answers whether they were in.
pub async fn leave(tx: &mut Tx<'_>, chat: ChatNo, user: UserNo) -> Result<bool> {
    let done = sqlx::query(LEAVE).bind(chat.0).bind(user.0).execute(&mut **tx).await?;
    tx.memory().chat(chat).devices.clear();
    count(tx, chat).await?;
    Ok(done.rows_affected() > 0)
}

/// Whether a person is in the chat now.
pub async fn is_in(conn: &mut SqliteConnection, chat: ChatNo, user: UserNo) -> Result<bool> {
    Ok(sqlx::query_scalar::<_, i64>(IS_IN).bind(chat.0).bind(user.0).fetch_one(conn).await? == 1)
}

/// Devices of people who have left that are still in the group.
pub async fn that_left(conn: &mut SqliteConnection, chat: ChatNo) -> Result<Vec<DeviceId>> {
    let rows: Vec<Vec<u8>> = sqlx::query_scalar(DEVICES_THAT_LEFT).bind(chat.0).fetch_all(conn).await?;
    Ok(rows.iter().filter_map(|id| DeviceId::from_slice(id).ok()).collect())
}

/// A device that is in the chat now, and what the relay knows it by.
#[derive(Debug, Clone, Copy)]
pub struct Inside {
    pub device: DeviceId,
    pub user: UserId,
    pub slot: SlotId,
    pub key: SlotKey,
    pub added: Seq,
}

/// Who is in the chat now.
pub async fn active(conn: &mut SqliteConnection, chat: ChatNo) -> Result<Vec<UserNo>> {
    let rows: Vec<i64> = sqlx::query_scalar(ACTIVE).bind(chat.0).fetch_all(conn).await?;
    Ok(rows.into_iter().map(UserNo).collect())
}

/// All devices that are in the chat now.
pub async fn inside(conn: &mut SqliteConnection, chat: ChatNo) -> Result<Vec<Inside>> {
    type Row = (Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>, i64);
    let rows: Vec<Row> = sqlx::query_as(INSIDE).bind(chat.0).fetch_all(conn).await?;
    rows.iter()
        .map(|(device, user, slot, key, added)| {
            let damaged = |_| Error::Damaged("a member's ids");
            Ok(Inside {
                added: Seq(added.cast_unsigned()),
                device: DeviceId::from_slice(device).map_err(damaged)?,
                user: UserId::from_slice(user).map_err(damaged)?,
                slot: SlotId::from_slice(slot).map_err(damaged)?,
                key: SlotKey::from_slice(key).map_err(damaged)?,
            })
        })
        .collect()
}

/// When and where a person came, by the relay's clock and log.
pub async fn set_added(tx: &mut Tx<'_>, chat: ChatNo, user: UserNo, at: Millis, place: Place) -> Result<()> {
    sqlx::query(SET_ADDED).bind(at).bind(place.0).bind(chat.0).bind(user.0).execute(&mut **tx).await?;
    Ok(())
}

pub async fn remove(tx: &mut Tx<'_>, chat: ChatNo, user: UserNo) -> Result<()> {
    sqlx::query(REMOVE).bind(chat.0).bind(user.0).execute(&mut **tx).await?;
    count(tx, chat).await
}

async fn count(tx: &mut Tx<'_>, chat: ChatNo) -> Result<()> {
    sqlx::query(COUNT).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}

pub async fn is_admin(conn: &mut SqliteConnection, chat: ChatNo, user: UserNo) -> Result<bool> {
    let admin: Option<i64> =
        sqlx::query_scalar(IS_ADMIN).bind(chat.0).bind(user.0).fetch_optional(conn).await?;
    Ok(admin == Some(1))
}

/// Who is in the chat now, in the order they came.
pub async fn list(conn: &mut SqliteConnection, chat: ChatNo) -> Result<Vec<MemberLine>> {
    type Row = (Vec<u8>, String, String, i64, i64, i64, String, i64, i64, i64, i64);
    let rows: Vec<Row> = sqlx::query_as(LIST).bind(chat.0).fetch_all(conn).await?;
    let mut lines: Vec<_> = rows
        .into_iter()
        .map(
            |(
                user,
                name,
                own_name,
                admin,
                owner,
                added_at,
                added_by,
                contact,
                blocked,
                verified,
                new_device,
            )| {
                MemberLine {
                    user,
                    name,
                    own_name,
                    admin: admin == 1,
                    owner: owner == 1,
                    added_at,
                    added_by,
                    contact: contact == 1,
                    blocked: blocked == 1,
                    verified: verified == 1,
                    new_device: new_device == 1,
                    looks_like: None,
                    mixed_scripts: false,
                }
            },
        )
        .collect();
    // The same order on every device: numbers of people are this one's own.
    lines.sort_by(|a, b| (a.added_at, &a.user).cmp(&(b.added_at, &b.user)));
    Ok(lines)
}

/// The place of a message in `chat`, if it is here and accepted.
pub async fn place_of(tx: &mut Tx<'_>, chat: ChatNo, message: MessageId) -> Result<Option<Place>> {
    let row: Option<i64> =
        sqlx::query_scalar(PLACE_OF).bind(message.as_bytes()).fetch_optional(&mut **tx).await?;
    Ok(row
        .map(Place::from_row)
        .filter(|(of, place)| *of == chat && !place.is_queued())
        .map(|(_, place)| place))
}

/// How far a person has said to have received.
/// How far everybody else in a chat is known to have got: a place in its log.
pub async fn all_have(conn: &mut SqliteConnection, chat: ChatNo, me: UserNo) -> Result<Seq> {
    let place: i64 = sqlx::query_scalar(ALL_HAVE).bind(chat.0).bind(me.0).fetch_one(conn).await?;
    // The envelope that holds the message is known to be there.
    Ok(Place(place).seq())
}

pub async fn delivered(conn: &mut SqliteConnection, chat: ChatNo, user: UserNo) -> Result<Place> {
    let place: Option<i64> =
        sqlx::query_scalar(DELIVERED).bind(chat.0).bind(user.0).fetch_optional(conn).await?;
    Ok(place.map_or(Place::FIRST, Place))
}
