//! How devices come to each other: letters on their way between a person's own, devices being linked, devices of this person
//! and of others that are to be let into chats, and the key packages that this device gave to the directory.

use beseda_protocol::{ChatId, DeviceId, EnvelopeId, Seq, link::LinkedEra};
use sqlx::SqliteConnection;

use super::{Tx, members, memory::Era, own, statements};
use crate::{
    crypto::Secret,
    domain::{ChatNo, Place, UserNo},
    error::{Error, Result},
};

statements! {
    PUT_LETTER = "INSERT INTO letters (letter_id, device_id, body, chat_no, handshake_id, sent) VALUES (?, ?, ?, ?, ?, ?)";
    LETTERS = "SELECT letter_no, letter_id, device_id, body, chat_no <> 0 FROM letters WHERE sent = 0 ORDER BY letter_no";
    KEPT = "SELECT letter_no, device_id, body, chat_no, handshake_id FROM letters WHERE sent = 1 ORDER BY letter_no";
    KEPT_OF = "SELECT letter_no, device_id, body, chat_no, handshake_id FROM letters WHERE chat_no = ? AND handshake_id = ?
        AND sent = 1";
    SENT_LETTER = "UPDATE letters SET sent = 1 WHERE letter_no = ?";
    SEND_AGAIN = "UPDATE letters SET sent = 0, body = ? WHERE letter_no = ?";
    HEARD = "DELETE FROM letters WHERE chat_no = ?1 AND device_id = ?2 AND sent = 1
        AND EXISTS (SELECT 1 FROM handshakes h WHERE h.chat_no = ?1 AND h.seq < ?3 AND h.envelope_id = letters.handshake_id)";
    HAS_SPOKEN = "SELECT EXISTS (SELECT 1 FROM actors a JOIN changes c ON c.actor_no = a.actor_no
        WHERE a.chat_no = ? AND a.device_id = ? AND c.place > ?)";
    IS_OUTSIDE = "SELECT EXISTS (SELECT 1 FROM chats c WHERE c.status = 'active' AND c.last_handshake > 0 AND NOT EXISTS
        (SELECT 1 FROM member_devices d WHERE d.chat_no = c.chat_no AND d.device_id = ? AND d.removed_seq = 0))";
    DROP_LETTER = "DELETE FROM letters WHERE letter_no = ?";
    PUT_LINK = "INSERT INTO device_links (link_id, device_id, link_key, chats) VALUES (?, ?, ?, ?)";
    LINK = "SELECT device_id, link_key FROM device_links WHERE link_id = ?";
    ASKING = "SELECT count(*) FROM chats WHERE status IN ('asking', 'joining') AND own_join = 1";
    LINK_WITH = "SELECT link_id, link_key FROM device_links WHERE device_id = ? LIMIT 1";
    LINKS = "SELECT device_id, chats FROM device_links";
    DROP_LINK = "DELETE FROM device_links WHERE device_id = ?";
    PUT_ADDITION = "INSERT INTO additions (chat_no, device_id, user_no) VALUES (?, ?, ?)
        ON CONFLICT (chat_no, device_id) DO UPDATE SET taken = 0";
    ADDITIONS = "SELECT a.chat_no, a.device_id, a.user_no FROM additions a CROSS JOIN chats c ON c.chat_no = a.chat_no
        WHERE a.taken = 0 AND c.status = 'active' AND c.last_handshake > 0";
    TAKEN = "UPDATE additions SET taken = 1 WHERE chat_no = ? AND device_id = ?";
    AGAIN = "UPDATE additions SET taken = 0 WHERE chat_no = ? AND device_id = ?";
    DROP_ADDITION = "DELETE FROM additions WHERE chat_no = ? AND device_id = ?";
    DROP_ADDITIONS = "DELETE FROM additions WHERE chat_no = ?";
    PUT_PACKAGE = "INSERT INTO directory (reference, slot_secret, body) VALUES (?, ?, ?)";
    UNSENT = "SELECT body FROM directory WHERE body <> x''";
    SENT = "UPDATE directory SET body = x'' WHERE body <> x''";
    PACKAGE = "SELECT slot_secret, asked FROM directory WHERE reference = ?";
    KEEP_PACKAGE = "INSERT OR IGNORE INTO directory (reference, slot_secret, body, asked)
        SELECT a.key_package, a.slot_secret, x'', i.chat_id FROM chats a JOIN chats i ON i.chat_no = ?2
        WHERE a.chat_no = ?1 AND a.key_package NOT IN (x'', ?3)";
    CAME_BY_DIRECTORY = "SELECT EXISTS (SELECT 1 FROM chats c JOIN directory d ON d.reference = c.key_package WHERE c.chat_no = ?)";
    PUT_ERA = "INSERT OR REPLACE INTO early_eras (chat_id, era, handshake, era_key) VALUES (?, ?, ?, ?)";
    EARLY_ERAS = "SELECT era, handshake, era_key FROM early_eras WHERE chat_id = ?";
    DROP_ERAS = "DELETE FROM early_eras WHERE chat_id = ?";
}

/// A sealed letter that waits for the relay.
#[derive(Debug, Clone)]
pub struct Letter {
    pub number: i64,
    pub id: EnvelopeId,
    pub to: DeviceId,
    pub body: Vec<u8>,
    /// The relay may lose it: it goes again then.
    pub keep: bool,
}

/// How long a letter is kept for a relay that loses what lies in inboxes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// The relay has it.
    Sent,
    /// Its device has spoken in the chat, which it was let into by this handshake.
    Heard(ChatNo, EnvelopeId),
    /// The two devices of the link are where the other one is.
    Linked,
}

/// Stands for a chat in rows that are kept until their device is linked.
const LINKED: i64 = -1;

/// `sent`: the relay has it already.
pub async fn put_letter(
    tx: &mut Tx<'_>,
    id: EnvelopeId,
    to: DeviceId,
    body: &[u8],
    until: Until,
    sent: bool,
) -> Result<()> {
    let (chat, handshake) = match &until {
        Until::Sent => (0, &[][..]),
        Until::Heard(chat, handshake) => (chat.0, handshake.as_bytes()),
        Until::Linked => (LINKED, &[][..]),
    };
    sqlx::query(PUT_LETTER)
        .bind(id.as_bytes())
        .bind(to.as_bytes())
        .bind(body)
        .bind(chat)
        .bind(handshake)
        .bind(sent)
        .execute(&mut **tx)
        .await?;
    tx.touched.outbox = true;
    Ok(())
}

/// A letter that the relay has, and its device has not shown to have.
#[derive(Debug, Clone)]
pub struct Kept {
    pub number: i64,
    pub to: DeviceId,
    pub body: Vec<u8>,
    pub until: Until,
}

type KeptRow = (i64, Vec<u8>, Vec<u8>, i64, Vec<u8>);

pub async fn kept(tx: &mut Tx<'_>) -> Result<Vec<Kept>> {
    read_kept(sqlx::query_as(KEPT).fetch_all(&mut **tx).await?)
}

/// Those of one handshake.
pub async fn kept_of(tx: &mut Tx<'_>, chat: ChatNo, handshake: EnvelopeId) -> Result<Vec<Kept>> {
    read_kept(sqlx::query_as(KEPT_OF).bind(chat.0).bind(handshake.as_bytes()).fetch_all(&mut **tx).await?)
}

fn read_kept(rows: Vec<KeptRow>) -> Result<Vec<Kept>> {
    rows.into_iter()
        .map(|(number, to, body, chat, handshake)| {
            let damaged = |_| Error::Damaged("a letter");
            let to = DeviceId::from_slice(&to).map_err(damaged)?;
            let until = match chat {
                LINKED => Until::Linked,
                chat => Until::Heard(ChatNo(chat), EnvelopeId::from_slice(&handshake).map_err(damaged)?),
            };
            Ok(Kept { number, to, body, until })
        })
        .collect()
}

pub async fn sent_letter(tx: &mut Tx<'_>, number: i64) -> Result<()> {
    sqlx::query(SENT_LETTER).bind(number).execute(&mut **tx).await?;
    Ok(())
}

pub async fn send_again(tx: &mut Tx<'_>, number: i64, body: &[u8]) -> Result<()> {
    sqlx::query(SEND_AGAIN).bind(body).bind(number).execute(&mut **tx).await?;
    tx.touched.outbox = true;
    Ok(())
}

/// A device has spoken in a chat for the first time, at this place: what has let it in before that has reached it. A handshake
/// that is not in the log yet may come after it, and let it in anew.
pub async fn heard(tx: &mut Tx<'_>, chat: ChatNo, device: DeviceId, at: Seq) -> Result<()> {
    sqlx::query(HEARD)
        .bind(chat.0)
        .bind(device.as_bytes())
        .bind(at.0.cast_signed())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Whether a device has spoken in a chat since the handshake at `since`.
pub async fn has_spoken(
    conn: &mut SqliteConnection,
    chat: ChatNo,
    device: DeviceId,
    since: Seq,
) -> Result<bool> {
    let last = Place::last(since).ok_or(Error::Damaged("a place out of range"))?;
    let spoken = sqlx::query_scalar::<_, i64>(HAS_SPOKEN).bind(chat.0).bind(device.as_bytes()).bind(last.0);
    Ok(spoken.fetch_one(conn).await? == 1)
}

/// Whether a device is not yet in every chat that this one is in.
pub async fn is_outside(tx: &mut Tx<'_>, device: DeviceId) -> Result<bool> {
    let outside = sqlx::query_scalar::<_, i64>(IS_OUTSIDE).bind(device.as_bytes());
    Ok(outside.fetch_one(&mut **tx).await? == 1)
}

pub async fn letters(conn: &mut SqliteConnection) -> Result<Vec<Letter>> {
    type Row = (i64, Vec<u8>, Vec<u8>, Vec<u8>, bool);
    let rows: Vec<Row> = sqlx::query_as(LETTERS).fetch_all(conn).await?;
    rows.into_iter()
        .map(|(number, id, to, body, keep)| {
            let damaged = |_| Error::Damaged("a letter");
            let (id, to) = (EnvelopeId::from_slice(&id), DeviceId::from_slice(&to));
            Ok(Letter { number, id: id.map_err(damaged)?, to: to.map_err(damaged)?, body, keep })
        })
        .collect()
}

pub async fn drop_letter(tx: &mut Tx<'_>, number: i64) -> Result<()> {
    sqlx::query(DROP_LETTER).bind(number).execute(&mut **tx).await?;
    Ok(())
}

/// The other device of a link, and the key that their letters are sealed under.
pub async fn put_link(
    tx: &mut Tx<'_>,
    link: [u8; 16],
    other: DeviceId,
    key: &Secret,
    chats: usize,
) -> Result<()> {
    sqlx::query(PUT_LINK)
        .bind(&link[..])
        .bind(other.as_bytes())
        .bind(&key.expose()[..])
        .bind(i64::try_from(chats).unwrap_or(i64::MAX))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn link(tx: &mut Tx<'_>, link: [u8; 16]) -> Result<Option<(DeviceId, Secret)>> {
    let row: Option<(Vec<u8>, Vec<u8>)> =
        sqlx::query_as(LINK).bind(&link[..]).fetch_optional(&mut **tx).await?;
    row.map(|(device, key)| {
        let device = DeviceId::from_slice(&device).map_err(|_| Error::Damaged("a link"))?;
        Ok((device, Secret::from_slice(&key).ok_or(Error::Damaged("a link"))?))
    })
    .transpose()
}

/// The link with another own device and its key, if one of the two has let the other in.
pub async fn link_with(tx: &mut Tx<'_>, device: DeviceId) -> Result<Option<([u8; 16], Secret)>> {
    let row: Option<(Vec<u8>, Vec<u8>)> =
        sqlx::query_as(LINK_WITH).bind(device.as_bytes()).fetch_optional(&mut **tx).await?;
    row.map(|(link, key)| {
        let link = link.try_into().map_err(|_| Error::Damaged("a link"))?;
        Ok((link, Secret::from_slice(&key).ok_or(Error::Damaged("a link"))?))
    })
    .transpose()
}

/// Devices that are being linked, each with the number of its chats.
pub async fn links(conn: &mut SqliteConnection) -> Result<Vec<(DeviceId, u32)>> {
    let rows: Vec<(Vec<u8>, i64)> = sqlx::query_as(LINKS).fetch_all(conn).await?;
    let link = |(device, chats): &(Vec<u8>, i64)| {
        Some((DeviceId::from_slice(device).ok()?, u32::try_from(*chats).unwrap_or(u32::MAX)))
    };
    Ok(rows.iter().filter_map(link).collect())
}

/// Chats that another device of this person is letting this one into, and that it is not in yet.
pub async fn asking(conn: &mut SqliteConnection) -> Result<u32> {
    let count: i64 = sqlx::query_scalar(ASKING).fetch_one(conn).await?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// The device is in all its chats, or is gone.
pub async fn drop_link(tx: &mut Tx<'_>, device: DeviceId) -> Result<()> {
    sqlx::query(DROP_LINK).bind(device.as_bytes()).execute(&mut **tx).await?;
    Ok(())
}

/// A device that shall come into a chat: asked for anew, also if its key package was taken before.
pub async fn put_addition(tx: &mut Tx<'_>, chat: ChatNo, device: DeviceId, user: UserNo) -> Result<()> {
    sqlx::query(PUT_ADDITION).bind(chat.0).bind(device.as_bytes()).bind(user.0).execute(&mut **tx).await?;
    tx.touched.outbox = true;
    Ok(())
}

/// A chat that this device has come into: those of the person's other devices that are not in it shall come too.
pub async fn add_own_devices(tx: &mut Tx<'_>, chat: ChatNo, this: DeviceId, me: UserNo) -> Result<()> {
    for device in own::other_devices(tx, this).await? {
        if !members::presence(tx, chat, device).await?.is_some_and(|(_, inside)| inside) {
            put_addition(tx, chat, device, me).await?;
        }
    }
    Ok(())
}

/// A device that shall come into a chat which the relay has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Addition {
    pub chat: ChatNo,
    pub device: DeviceId,
    /// Whose device it must be.
    pub user: UserNo,
}

/// Devices whose key packages are to be taken.
pub async fn additions(conn: &mut SqliteConnection) -> Result<Vec<Addition>> {
    let rows: Vec<(i64, Vec<u8>, i64)> = sqlx::query_as(ADDITIONS).fetch_all(conn).await?;
    let addition = |(chat, device, user): &(i64, Vec<u8>, i64)| {
        let device = DeviceId::from_slice(device).ok()?;
        Some(Addition { chat: ChatNo(*chat), device, user: UserNo(*user) })
    };
    Ok(rows.iter().filter_map(addition).collect())
}

/// Its key package is here; the addition stands until the device is in.
pub async fn taken(tx: &mut Tx<'_>, chat: ChatNo, device: DeviceId) -> Result<()> {
    sqlx::query(TAKEN).bind(chat.0).bind(device.as_bytes()).execute(&mut **tx).await?;
    Ok(())
}

/// What was to let the device in has come to nothing: another key package is needed, if it shall still come.
pub async fn take_again(tx: &mut Tx<'_>, chat: ChatNo, device: DeviceId) -> Result<()> {
    sqlx::query(AGAIN).bind(chat.0).bind(device.as_bytes()).execute(&mut **tx).await?;
    Ok(())
}

pub async fn drop_addition(tx: &mut Tx<'_>, chat: ChatNo, device: DeviceId) -> Result<()> {
    sqlx::query(DROP_ADDITION).bind(chat.0).bind(device.as_bytes()).execute(&mut **tx).await?;
    Ok(())
}

/// Nobody else shall come into the chat.
pub async fn drop_additions(tx: &mut Tx<'_>, chat: ChatNo) -> Result<()> {
    sqlx::query(DROP_ADDITIONS).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}

/// A key package for the directory, before the relay has it.
pub async fn put_package(tx: &mut Tx<'_>, reference: &[u8], slot: &Secret, body: &[u8]) -> Result<()> {
    sqlx::query(PUT_PACKAGE).bind(reference).bind(&slot.expose()[..]).bind(body).execute(&mut **tx).await?;
    Ok(())
}

/// Key packages that the relay may not have yet.
pub async fn unsent_packages(conn: &mut SqliteConnection) -> Result<Vec<Vec<u8>>> {
    Ok(sqlx::query_scalar(UNSENT).fetch_all(conn).await?)
}

pub async fn packages_sent(tx: &mut Tx<'_>) -> Result<()> {
    sqlx::query(SENT).execute(&mut **tx).await?;
    Ok(())
}

/// A key package that somebody may let this device in with at any time.
#[derive(Debug, Clone)]
pub struct Package {
    /// What goes with it.
    pub slot: Secret,
    /// Into which chat this device has asked with it; `None`: it is one of the directory.
    pub asked: Option<ChatId>,
}

pub async fn package(tx: &mut Tx<'_>, reference: &[u8]) -> Result<Option<Package>> {
    let row: Option<(Vec<u8>, Vec<u8>)> =
        sqlx::query_as(PACKAGE).bind(reference).fetch_optional(&mut **tx).await?;
    let package = |(slot, asked): (Vec<u8>, Vec<u8>)| {
        Some(Package { slot: Secret::from_slice(&slot)?, asked: ChatId::from_slice(&asked).ok() })
    };
    Ok(row.and_then(package))
}

/// This device comes into the chat `into` by another key package (`by`) than the one it has asked with (`asking`: the row that
/// waits with it), or came by before: whoever has that one may still let it in with it, in a log that goes on otherwise.
pub async fn keep_package(tx: &mut Tx<'_>, asking: ChatNo, into: ChatNo, by: &[u8]) -> Result<()> {
    sqlx::query(KEEP_PACKAGE).bind(asking.0).bind(into.0).bind(by).execute(&mut **tx).await?;
    Ok(())
}

/// Whether this device has come into a chat with a key package of the directory.
pub async fn came_by_directory(tx: &mut Tx<'_>, chat: ChatNo) -> Result<bool> {
    Ok(sqlx::query_scalar::<_, i64>(CAME_BY_DIRECTORY).bind(chat.0).fetch_one(&mut **tx).await? == 1)
}

/// A key of a chat that this device is not in yet.
pub async fn put_era(tx: &mut Tx<'_>, chat: ChatId, era: &LinkedEra) -> Result<()> {
    sqlx::query(PUT_ERA)
        .bind(chat.as_bytes())
        .bind(era.era.cast_signed())
        .bind(era.handshake.0.cast_signed())
        .bind(&era.key[..])
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Keys of a chat that this device is being let into: whatever lets it in, and as often as it is, they count.
pub async fn early_eras(tx: &mut Tx<'_>, chat: ChatId) -> Result<Vec<Era>> {
    let rows: Vec<(i64, i64, Vec<u8>)> =
        sqlx::query_as(EARLY_ERAS).bind(chat.as_bytes()).fetch_all(&mut **tx).await?;
    rows.into_iter().map(Era::try_from).collect()
}

/// This device is in.
pub async fn drop_eras(tx: &mut Tx<'_>, chat: ChatId) -> Result<()> {
    sqlx::query(DROP_ERAS).bind(chat.as_bytes()).execute(&mut **tx).await?;
    Ok(())
}
