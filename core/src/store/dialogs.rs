//! Which dialog there is with whom, and what becomes of a second one: two people who write to each other for the first time
//! while both are offline make one each.
//!
//! Not here: when that is noticed, and what is said again (`sync::twins`).

use beseda_protocol::{ChatId, DeviceId, MessageId, codec, identity::Identity, limits};
use sqlx::SqliteConnection;

use super::{Tx, statements};
use crate::{
    domain::{ChatNo, Millis, Place, UserNo},
    error::{Error, Result},
};

statements! {
    WITH_MEMBER = "SELECT c.chat_no, c.chat_id FROM memberships m JOIN chats c ON c.chat_no = m.chat_no
        WHERE m.user_no = ? AND m.removed = 0 AND c.kind = 'dialog' AND c.status IN ('joining', 'active') AND c.leaving = 0
        AND c.goes_on_in = 0 AND c.request <> 2";
    WITH_ADDED = "SELECT c.chat_no, c.chat_id FROM additions a JOIN chats c ON c.chat_no = a.chat_no
        WHERE a.user_no = ? AND c.kind = 'dialog' AND c.status = 'active' AND c.leaving = 0 AND c.goes_on_in = 0";
    TWICE = "SELECT m.user_no FROM chats c JOIN memberships m ON m.chat_no = c.chat_no AND m.user_no <> ? AND m.removed = 0
        WHERE c.kind = 'dialog' AND c.status = 'active' AND c.leaving = 0 AND c.goes_on_in = 0 AND c.request = 0
        GROUP BY m.user_no HAVING count(*) > 1";
    PEER = "SELECT user_no FROM memberships WHERE chat_no = ? AND user_no <> ? AND removed = 0 LIMIT 1";
    ADDED_PEER = "SELECT user_no FROM additions WHERE chat_no = ? AND user_no <> ? LIMIT 1";
    SET_GOES_ON = "UPDATE chats SET goes_on_in = ?1, unread = 0, mentions = 0, marked_unread = 0 WHERE chat_no = ?2";
    LOOK_AGAIN = "UPDATE chats SET goes_on_in = goes_on_in WHERE goes_on_in = ? AND goes_on_in <> 0 RETURNING chat_no";
    PUT_AGAIN = "INSERT OR IGNORE INTO said_again (message_id, author_no, chat_no, as_id) VALUES (?, ?, ?, ?)";
    AGAIN_AS = "SELECT s.as_id FROM said_again s WHERE s.message_id = ?1 AND s.chat_no = ?2 AND s.as_id <> x''
        AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.message_id = ?1 AND m.author_no <> s.author_no) LIMIT 1";
    IS_AGAIN = "SELECT EXISTS (SELECT 1 FROM said_again WHERE message_id = ? AND author_no = ? AND chat_no <> ?)";
    CLEAR_AGAIN = "DELETE FROM said_again WHERE chat_no = ?";
    LEFT_OVER = "SELECT EXISTS (SELECT 1 FROM messages m WHERE m.place BETWEEN ? AND ? AND m.flags & 514 = 0
        AND NOT EXISTS (SELECT 1 FROM said_again s WHERE s.message_id = m.message_id AND s.author_no = m.author_no))";
    ADDED_BY = "SELECT added_by_no FROM memberships WHERE chat_no = ? AND user_no = ?";
    DEVICES = "SELECT DISTINCT device_id FROM member_devices WHERE user_no = ? AND removed_seq = 0";
    PUT_FOUND = "INSERT INTO found_people (user_no, identity, username, found_at) VALUES (?, ?, ?, ?) ON CONFLICT (user_no)
        DO UPDATE SET identity = excluded.identity, username = excluded.username, found_at = excluded.found_at";
    FOUND = "SELECT identity FROM found_people WHERE user_no = ?";
}

/// Dialogs with a person that go on, also such as wait for them to come in: the one that stands first.
pub async fn with(conn: &mut SqliteConnection, user: UserNo) -> Result<Vec<(ChatNo, ChatId)>> {
    let mut rows: Vec<(i64, Vec<u8>)> =
        sqlx::query_as(WITH_MEMBER).bind(user.0).fetch_all(&mut *conn).await?;
    rows.extend(sqlx::query_as::<_, (i64, Vec<u8>)>(WITH_ADDED).bind(user.0).fetch_all(conn).await?);
    let mut dialogs = rows
        .into_iter()
        .map(|(chat, id)| {
            Ok((ChatNo(chat), ChatId::from_slice(&id).map_err(|_| Error::Damaged("a chat's id"))?))
        })
        .collect::<Result<Vec<_>>>()?;
    // The same one on every device, whatever came first.
    dialogs.sort_by_key(|(_, id)| *id);
    dialogs.dedup();
    Ok(dialogs)
}

/// People with whom there are several dialogs that go on.
pub async fn twice(conn: &mut SqliteConnection, me: UserNo) -> Result<Vec<UserNo>> {
    let rows: Vec<i64> = sqlx::query_scalar(TWICE).bind(me.0).fetch_all(conn).await?;
    Ok(rows.into_iter().map(UserNo).collect())
}

/// With whom a dialog is, or will be.
pub async fn peer(conn: &mut SqliteConnection, chat: ChatNo, me: UserNo) -> Result<Option<UserNo>> {
    let inside: Option<i64> =
        sqlx::query_scalar(PEER).bind(chat.0).bind(me.0).fetch_optional(&mut *conn).await?;
    match inside {
        Some(user) => Ok(Some(UserNo(user))),
        None => added_peer(conn, chat, me).await,
    }
}

/// Who shall come into a dialog and is not in it yet.
pub async fn added_peer(conn: &mut SqliteConnection, chat: ChatNo, me: UserNo) -> Result<Option<UserNo>> {
    let added: Option<i64> =
        sqlx::query_scalar(ADDED_PEER).bind(chat.0).bind(me.0).fetch_optional(conn).await?;
    Ok(added.map(UserNo))
}

/// What is said to a person is said in `on` from now on.
pub async fn goes_on(tx: &mut Tx<'_>, chat: ChatNo, on: ChatNo) -> Result<()> {
    sqlx::query(SET_GOES_ON).bind(on.0).bind(chat.0).execute(&mut **tx).await?;
    tx.touched.chat(chat, Place::END);
    Ok(())
}

/// `author` has said in `chat`, as `now`, what they had said as `of` in a dialog that goes on in this one. Believed of their
/// own words alone.
pub async fn put_again(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    of: MessageId,
    author: UserNo,
    now: MessageId,
) -> Result<()> {
    sqlx::query(PUT_AGAIN)
        .bind(of.as_bytes())
        .bind(author.0)
        .bind(chat.0)
        .bind(now.as_bytes())
        .execute(&mut **tx)
        .await?;
    let gone: Vec<i64> = sqlx::query_scalar(LOOK_AGAIN).bind(chat.0).fetch_all(&mut **tx).await?;
    for chat in gone {
        tx.touched.line(ChatNo(chat));
    }
    Ok(())
}

/// Whether `author` has said a message of `chat` again already in another one.
pub async fn is_again(
    conn: &mut SqliteConnection,
    chat: ChatNo,
    of: MessageId,
    author: UserNo,
) -> Result<bool> {
    let is = sqlx::query_scalar::<_, i64>(IS_AGAIN).bind(of.as_bytes()).bind(author.0).bind(chat.0);
    let is = is.fetch_one(conn).await?;
    Ok(is == 1)
}

/// As which message of this chat a message of another dialog has been said again.
pub async fn again_as(conn: &mut SqliteConnection, chat: ChatNo, of: MessageId) -> Result<Option<MessageId>> {
    let id: Option<Vec<u8>> =
        sqlx::query_scalar(AGAIN_AS).bind(of.as_bytes()).bind(chat.0).fetch_optional(conn).await?;
    Ok(id.and_then(|id| MessageId::from_slice(&id).ok()))
}

pub async fn clear_again(tx: &mut Tx<'_>, chat: ChatNo) -> Result<()> {
    sqlx::query(CLEAR_AGAIN).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}

/// Whether a dialog that goes on elsewhere holds words which are not there.
pub async fn left_over(conn: &mut SqliteConnection, chat: ChatNo) -> Result<bool> {
    let (first, last) = (Place::FIRST.row(chat), Place::END.row(chat));
    let left: i64 = sqlx::query_scalar(LEFT_OVER).bind(first).bind(last).fetch_one(conn).await?;
    Ok(left == 1)
}

/// Who has put a person into a chat.
pub async fn added_by(conn: &mut SqliteConnection, chat: ChatNo, user: UserNo) -> Result<Option<UserNo>> {
    let by: Option<i64> = sqlx::query_scalar(ADDED_BY).bind(chat.0).bind(user.0).fetch_optional(conn).await?;
    Ok(by.map(UserNo))
}

/// The devices of a person, as far as chats with them and a relay's directory tell.
pub async fn devices_of(conn: &mut SqliteConnection, user: UserNo) -> Result<Vec<DeviceId>> {
    let rows: Vec<Vec<u8>> = sqlx::query_scalar(DEVICES).bind(user.0).fetch_all(&mut *conn).await?;
    let mut devices: Vec<DeviceId> = rows.iter().filter_map(|id| DeviceId::from_slice(id).ok()).collect();
    let found: Option<Vec<u8>> = sqlx::query_scalar(FOUND).bind(user.0).fetch_optional(conn).await?;
    if let Some(identity) =
        found.and_then(|bytes| codec::decode::<Identity>(&bytes, limits::IDENTITY_BYTES).ok())
    {
        let listed = identity.devices().map_err(|_| Error::Damaged("a chain of devices"))?;
        devices.extend(listed.into_iter().filter(|device| device.active).map(|device| device.device));
    }
    devices.sort();
    devices.dedup();
    Ok(devices)
}

/// A relay's directory names a person.
pub async fn put_found(
    tx: &mut Tx<'_>,
    user: UserNo,
    identity: &Identity,
    username: &str,
    at: Millis,
) -> Result<()> {
    sqlx::query(PUT_FOUND)
        .bind(user.0)
        .bind(codec::encode(identity))
        .bind(username)
        .bind(at)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
