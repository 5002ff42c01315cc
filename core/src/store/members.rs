//! Who is in a chat: devices, as the membership log says, and people, as screens show them.

use beseda_protocol::{DeviceId, MessageId, Seq, SlotId, SlotKey};
use sqlx::SqliteConnection;

use super::{Tx, memory::MemberDevice, statements};
use crate::{
    domain::{ChatNo, Millis, Place, UserNo},
    error::Result,
};

statements! {
    PUT_DEVICE = "INSERT INTO member_devices (chat_no, device_id, user_no, slot_id, slot_key, added_seq)
        VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (chat_no, device_id) DO UPDATE SET slot_id = excluded.slot_id, slot_key = excluded.slot_key, removed_seq = 0
        WHERE excluded.added_seq > removed_seq";
    REMOVE_DEVICE = "UPDATE member_devices SET removed_seq = ? WHERE chat_no = ? AND device_id = ?";
    DEVICE = "SELECT user_no, added_seq FROM member_devices WHERE chat_no = ? AND device_id = ?";
    USER_OF = "SELECT u.user_id FROM member_devices d JOIN users u USING (user_no)
        WHERE d.chat_no = ? AND d.device_id = ?";
    SLOT = "SELECT slot_id, slot_key FROM member_devices WHERE chat_no = ? AND device_id = ?";
    DEVICES_OF = "SELECT d.device_id FROM member_devices d JOIN users u USING (user_no)
        WHERE d.chat_no = ? AND u.user_id = ? AND d.removed_seq = 0";
    DEVICES_LEFT = "SELECT count(*) FROM member_devices WHERE chat_no = ? AND user_no = ? AND removed_seq = 0";
    PUT = "INSERT INTO memberships (chat_no, user_no, added_at, added_by_no, admin, removed) VALUES (?, ?, ?, ?, ?, 0)
        ON CONFLICT (chat_no, user_no) DO UPDATE SET added_at = excluded.added_at, added_by_no = excluded.added_by_no,
        admin = excluded.admin, removed = 0 WHERE removed = 1";
    SET_ADDED_AT = "UPDATE memberships SET added_at = ? WHERE chat_no = ? AND user_no = ?";
    REMOVE = "UPDATE memberships SET removed = 1 WHERE chat_no = ? AND user_no = ?";
    COUNT = "UPDATE chats SET members = (SELECT count(*) FROM memberships
        WHERE memberships.chat_no = chats.chat_no AND removed = 0) WHERE chat_no = ?";
    IS_ADMIN = "SELECT admin FROM memberships WHERE chat_no = ? AND user_no = ? AND removed = 0";
    LIST = "SELECT u.user_id, u.name, m.admin, m.added_at, coalesce(b.name, '')
        FROM memberships m JOIN users u ON u.user_no = m.user_no LEFT JOIN users b ON b.user_no = m.added_by_no
        WHERE m.chat_no = ? AND m.removed = 0";
    MARK = "UPDATE memberships SET delivered_place = max(delivered_place, ?), read_place = max(read_place, ?)
        WHERE chat_no = ? AND user_no = ?";
    DELIVERED = "SELECT delivered_place FROM memberships WHERE chat_no = ? AND user_no = ?";
    OTHERS = "UPDATE chats SET others_delivered_place = max(others_delivered_place, ?),
        others_read_place = max(others_read_place, ?) WHERE chat_no = ?";
    PLACE_OF = "SELECT place FROM messages WHERE message_id = ?";
}

/// A line of the member list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberLine {
    pub user: Vec<u8>,
    pub name: String,
    pub admin: bool,
    pub added_at: Millis,
    pub added_by: String,
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

/// A device that is, or once was, in the chat.
pub async fn device(tx: &mut Tx<'_>, chat: ChatNo, device: DeviceId) -> Result<Option<MemberDevice>> {
    if let Some(known) = tx.memory().chat(chat).devices.get(&device) {
        return Ok(Some(*known));
    }
    let row: Option<(i64, i64)> =
        sqlx::query_as(DEVICE).bind(chat.0).bind(device.as_bytes()).fetch_optional(&mut **tx).await?;
    let found =
        row.map(|(user, added)| MemberDevice { user: UserNo(user), added: Seq(added.cast_unsigned()) });
    if let Some(found) = found {
        tx.memory().chat(chat).devices.insert(device, found);
    }
    Ok(found)
}

/// Whose device it is, if it ever was in the chat.
pub async fn user_of(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    device: DeviceId,
) -> Result<Option<beseda_protocol::UserId>> {
    let user: Option<Vec<u8>> =
        sqlx::query_scalar(USER_OF).bind(chat.0).bind(device.as_bytes()).fetch_optional(&mut **tx).await?;
    Ok(user.and_then(|user| beseda_protocol::UserId::from_slice(&user).ok()))
}

/// What the relay knows a device by.
pub async fn slot(tx: &mut Tx<'_>, chat: ChatNo, device: DeviceId) -> Result<Option<(SlotId, SlotKey)>> {
    let row: Option<(Vec<u8>, Vec<u8>)> =
        sqlx::query_as(SLOT).bind(chat.0).bind(device.as_bytes()).fetch_optional(&mut **tx).await?;
    Ok(row.and_then(|(slot, key)| Some((SlotId::from_slice(&slot).ok()?, SlotKey::from_slice(&key).ok()?))))
}

/// A person's devices that are in the chat now.
pub async fn devices_of(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    user: beseda_protocol::UserId,
) -> Result<Vec<DeviceId>> {
    let rows: Vec<Vec<u8>> =
        sqlx::query_scalar(DEVICES_OF).bind(chat.0).bind(user.as_bytes()).fetch_all(&mut **tx).await?;
    Ok(rows.iter().filter_map(|id| DeviceId::from_slice(id).ok()).collect())
}

pub async fn put(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    user: UserNo,
    added_at: Millis,
    added_by: UserNo,
    admin: bool,
) -> Result<()> {
    sqlx::query(PUT)
        .bind(chat.0)
        .bind(user.0)
        .bind(added_at)
        .bind(added_by.0)
        .bind(i64::from(admin))
        .execute(&mut **tx)
        .await?;
    count(tx, chat).await
}

/// When a person came, by the relay's clock.
pub async fn set_added_at(tx: &mut Tx<'_>, chat: ChatNo, user: UserNo, at: Millis) -> Result<()> {
    sqlx::query(SET_ADDED_AT).bind(at).bind(chat.0).bind(user.0).execute(&mut **tx).await?;
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
    let rows: Vec<(Vec<u8>, String, i64, i64, String)> =
        sqlx::query_as(LIST).bind(chat.0).fetch_all(conn).await?;
    let mut lines: Vec<_> = rows
        .into_iter()
        .map(|(user, name, admin, added_at, added_by)| MemberLine {
            user,
            name,
            admin: admin == 1,
            added_at,
            added_by,
        })
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

/// How far a person has got. `other`: not this profile's own.
pub async fn mark(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    user: UserNo,
    delivered: Place,
    read: Place,
    other: bool,
) -> Result<()> {
    sqlx::query(MARK).bind(delivered.0).bind(read.0).bind(chat.0).bind(user.0).execute(&mut **tx).await?;
    if other {
        sqlx::query(OTHERS).bind(delivered.0).bind(read.0).bind(chat.0).execute(&mut **tx).await?;
    }
    Ok(())
}

/// How far a person has said to have received.
pub async fn delivered(tx: &mut Tx<'_>, chat: ChatNo, user: UserNo) -> Result<Place> {
    let place: Option<i64> =
        sqlx::query_scalar(DELIVERED).bind(chat.0).bind(user.0).fetch_optional(&mut **tx).await?;
    Ok(place.map_or(Place::FIRST, Place))
}
