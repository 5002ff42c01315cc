//! What the backup of this person holds, as far as it is known here; and chats that a device which was made from one is
//! to come back into.
//!
//! Not here: how records are sealed (`crypto::recovery`), and how a device comes back (`sync::handshake::returning`).

use beseda_protocol::{BackupId, DeviceId, Seq, backup::ChatRecord, codec, limits};
use sqlx::SqliteConnection;

use super::{Tx, account, statements};
use crate::{
    crypto::{
        Secret,
        recovery::{BackupTarget, Recovery},
    },
    domain::ChatNo,
    error::{Error, Result},
};

statements! {
    TARGET = "SELECT backup_id, backup_recipient FROM account WHERE id = 1";
    HAS_NO_TARGET = "SELECT backup_id = x'' FROM account WHERE id = 1";
    SET_TARGET = "UPDATE account SET backup_id = ?, backup_recipient = ? WHERE id = 1";
    WORDS_KEPT = "SELECT words_kept FROM account WHERE id = 1";
    KEEP_WORDS = "UPDATE account SET words_kept = 1, recovery_secret = zeroblob(32) WHERE id = 1";
    ACCOUNT_BACKED_UP = "SELECT backed_up FROM account WHERE id = 1";
    SET_ACCOUNT_BACKED_UP = "UPDATE account SET backed_up = ? WHERE id = 1";
    DUE = "SELECT chat_no FROM chats INDEXED BY chats_to_back_up WHERE status = 'active' AND last_handshake > backed_up LIMIT ?";
    SET_BACKED_UP = "UPDATE chats SET backed_up = ? WHERE chat_no = ?";
    FORGET_ACCOUNT_DONE = "UPDATE account SET backed_up = x'' WHERE id = 1";
    FORGET_DONE = "UPDATE chats SET backed_up = 0";
    TAKE_SLOT = "UPDATE chats SET slot_before = slot_secret, slot_secret = ? WHERE chat_no = ?";
    GIVE_SLOT_BACK = "UPDATE chats SET slot_secret = slot_before WHERE chat_no = ? AND slot_before <> x''";
    PUT_RETURN = "INSERT INTO returns (chat_no, handshake, group_info, devices) VALUES (?, ?, ?, ?)";
    RETURNS = "SELECT r.chat_no, r.handshake, r.group_info, r.group_id, r.slot_secret, r.devices, r.request FROM returns r
        CROSS JOIN chats c ON c.chat_no = r.chat_no WHERE c.status = 'asking'";
    RETURNED_SINCE = "SELECT handshake FROM returns WHERE chat_no = ?";
    MADE = "SELECT group_id, slot_secret FROM returns WHERE chat_no = ?";
    SET_MADE = "UPDATE returns SET group_id = ?, slot_secret = ? WHERE chat_no = ?";
    SET_REQUEST = "UPDATE returns SET request = ?, recipient_seed = ? WHERE chat_no = ?";
    RECIPIENT = "SELECT recipient_seed FROM returns WHERE chat_no = ?";
    FORGET_INFO = "UPDATE returns SET group_info = x'', group_id = x'', slot_secret = x'' WHERE chat_no = ?";
    FORGET_GROUPS = "DELETE FROM mls_state";
    FORGET_HANDSHAKES = "DELETE FROM pending_handshakes";
    FORGET_KNOCKS = "DELETE FROM knocks";
    FORGET_REQUESTS = "DELETE FROM join_requests";
    FORGET_ANSWERS = "DELETE FROM join_answers";
    FORGET_LETTERS = "DELETE FROM letters";
    FORGET_LINKS = "DELETE FROM device_links";
    FORGET_PACKAGES = "DELETE FROM directory";
    FORGET_WELCOMES = "DELETE FROM early_welcomes";
    FORGET_INVITATIONS = "DELETE FROM invitations";
    DROP_RETURN = "DELETE FROM returns WHERE chat_no = ?";
}

/// Whether it has not been found out yet where the backup lies.
pub async fn has_no_target(conn: &mut SqliteConnection) -> Result<bool> {
    Ok(sqlx::query_scalar::<_, i64>(HAS_NO_TARGET).fetch_one(conn).await? == 1)
}

/// Where the backup lies, and for whom it is sealed.
pub async fn target(conn: &mut SqliteConnection) -> Result<BackupTarget> {
    let (backup, recipient): (Vec<u8>, Vec<u8>) = sqlx::query_as(TARGET).fetch_one(conn).await?;
    let damaged = || Error::Damaged("where the backup lies");
    Ok(BackupTarget {
        backup: BackupId::from_slice(&backup).map_err(|_| damaged())?,
        recipient: recipient.try_into().map_err(|_| damaged())?,
    })
}

pub async fn set_target(tx: &mut Tx<'_>, target: BackupTarget) -> Result<()> {
    sqlx::query(SET_TARGET)
        .bind(target.backup.as_bytes())
        .bind(&target.recipient[..])
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Whether the person has shown that they have written down the words.
pub async fn words_kept(conn: &mut SqliteConnection) -> Result<bool> {
    Ok(sqlx::query_scalar::<_, i64>(WORDS_KEPT).fetch_one(conn).await? == 1)
}

/// What the words say; `None` once the person has kept them.
pub async fn recovery(conn: &mut SqliteConnection) -> Result<Option<Recovery>> {
    if words_kept(conn).await? {
        return Ok(None);
    }
    Ok(Some(Recovery::new(account::recovery(conn).await?)))
}

/// The person has the words: what they say is forgotten here, so that nobody takes it from this device.
pub async fn keep_words(tx: &mut Tx<'_>) -> Result<()> {
    sqlx::query(KEEP_WORDS).execute(&mut **tx).await?;
    Ok(())
}

/// The relay may have lost the backup: all of it is due again.
pub async fn forget_done(tx: &mut Tx<'_>) -> Result<()> {
    for statement in [FORGET_ACCOUNT_DONE, FORGET_DONE] {
        sqlx::query(statement).execute(&mut **tx).await?;
    }
    Ok(())
}

/// BLAKE3 of the account's record that the relay has; empty: of none.
pub async fn account_backed_up(conn: &mut SqliteConnection) -> Result<Vec<u8>> {
    Ok(sqlx::query_scalar(ACCOUNT_BACKED_UP).fetch_one(conn).await?)
}

pub async fn set_account_backed_up(tx: &mut Tx<'_>, hash: &[u8]) -> Result<()> {
    sqlx::query(SET_ACCOUNT_BACKED_UP).bind(hash).execute(&mut **tx).await?;
    Ok(())
}

/// Chats that have changed since the relay's backup heard of them.
pub async fn due(conn: &mut SqliteConnection, most: u32) -> Result<Vec<ChatNo>> {
    let rows: Vec<i64> = sqlx::query_scalar(DUE).bind(most).fetch_all(conn).await?;
    Ok(rows.into_iter().map(ChatNo).collect())
}

pub async fn set_backed_up(tx: &mut Tx<'_>, chat: ChatNo, handshake: Seq) -> Result<()> {
    sqlx::query(SET_BACKED_UP).bind(handshake.0.cast_signed()).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}

/// A chat that this device is to come back into.
#[derive(Debug)]
pub struct Returning {
    pub chat: ChatNo,
    /// The last handshake that the backup knows.
    pub handshake: Seq,
    /// Empty: only a member can let this device in.
    pub group_info: Vec<u8>,
    /// With the commit that was made: the group, and the slot secret.
    pub made: Option<(Vec<u8>, Secret)>,
    pub devices: Vec<DeviceId>,
    /// What members are asked with.
    pub request: Vec<u8>,
}

pub async fn put_return(tx: &mut Tx<'_>, chat: ChatNo, record: &ChatRecord) -> Result<()> {
    let handshake = record.eras.last().map_or(Seq::ZERO, |era| era.handshake);
    put(tx, chat, handshake, &record.group_info, &record.devices).await
}

/// A chat that has gone on without this device since `handshake`: any of `devices` can let it in again.
pub async fn put_parted(tx: &mut Tx<'_>, chat: ChatNo, handshake: Seq, devices: &[DeviceId]) -> Result<()> {
    put(tx, chat, handshake, &[], devices).await
}

async fn put(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    handshake: Seq,
    group_info: &[u8],
    devices: &[DeviceId],
) -> Result<()> {
    drop_return(tx, chat).await?;
    sqlx::query(PUT_RETURN)
        .bind(chat.0)
        .bind(handshake.0.cast_signed())
        .bind(group_info)
        .bind(codec::encode(&devices))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Chats that this device is not back in.
pub async fn returns(conn: &mut SqliteConnection) -> Result<Vec<Returning>> {
    type Row = (i64, i64, Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>);
    let rows: Vec<Row> = sqlx::query_as(RETURNS).fetch_all(conn).await?;
    rows.into_iter()
        .map(|(chat, handshake, group_info, group_id, slot_secret, devices, request)| {
            let devices = codec::decode(&devices, limits::BACKUP_RECORD_BYTES);
            Ok(Returning {
                chat: ChatNo(chat),
                handshake: Seq(handshake.cast_unsigned()),
                group_info,
                made: Secret::from_slice(&slot_secret).map(|secret| (group_id, secret)),
                devices: devices.map_err(|_| Error::Damaged("a chat to come back into"))?,
                request,
            })
        })
        .collect()
}

/// The group of the commit that this device has made, and the slot secret that comes with it.
pub async fn made(tx: &mut Tx<'_>, chat: ChatNo) -> Result<Option<(Vec<u8>, Secret)>> {
    let row: Option<(Vec<u8>, Vec<u8>)> = sqlx::query_as(MADE).bind(chat.0).fetch_optional(&mut **tx).await?;
    Ok(row.and_then(|(group_id, slot)| Some((group_id, Secret::from_slice(&slot)?))))
}

/// The relay has taken the commit: this device shows it the slot secret that came with that, and keeps the other one.
pub async fn take_slot(tx: &mut Tx<'_>, chat: ChatNo, secret: &Secret) -> Result<()> {
    sqlx::query(TAKE_SLOT).bind(&secret.expose()[..]).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}

/// The relay's log does not hold it: this device shows what it has shown before.
pub async fn give_slot_back(tx: &mut Tx<'_>, chat: ChatNo) -> Result<()> {
    sqlx::query(GIVE_SLOT_BACK).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}

/// The last handshake that the backup knew of a chat which this device is coming back into, or has come back into by itself and
/// has not read that in the log.
pub async fn returned_since(tx: &mut Tx<'_>, chat: ChatNo) -> Result<Option<Seq>> {
    let seq: Option<i64> = sqlx::query_scalar(RETURNED_SINCE).bind(chat.0).fetch_optional(&mut **tx).await?;
    Ok(seq.map(|seq| Seq(seq.cast_unsigned())))
}

/// This device has made its commit.
pub async fn set_made(tx: &mut Tx<'_>, chat: ChatNo, group_id: &[u8], slot: &Secret) -> Result<()> {
    sqlx::query(SET_MADE).bind(group_id).bind(&slot.expose()[..]).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}

pub async fn set_request(tx: &mut Tx<'_>, chat: ChatNo, request: &[u8], seed: &Secret) -> Result<()> {
    sqlx::query(SET_REQUEST).bind(request).bind(&seed.expose()[..]).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}

/// What opens the keys that members send.
pub async fn recipient(tx: &mut Tx<'_>, chat: ChatNo) -> Result<Option<Secret>> {
    let seed: Option<Vec<u8>> = sqlx::query_scalar(RECIPIENT).bind(chat.0).fetch_optional(&mut **tx).await?;
    Ok(seed.and_then(|seed| Secret::from_slice(&seed)))
}

/// The group has changed since: only a member can let this device in.
pub async fn forget_info(tx: &mut Tx<'_>, chat: ChatNo) -> Result<()> {
    sqlx::query(FORGET_INFO).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}

/// What only the device that was copied could go on with: its groups, and what it was about to send to other devices.
pub async fn forget_device(tx: &mut Tx<'_>) -> Result<()> {
    for forget in [
        FORGET_GROUPS,
        FORGET_HANDSHAKES,
        FORGET_KNOCKS,
        FORGET_REQUESTS,
        FORGET_ANSWERS,
        FORGET_LETTERS,
        FORGET_LINKS,
        FORGET_PACKAGES,
        FORGET_WELCOMES,
        FORGET_INVITATIONS,
    ] {
        sqlx::query(forget).execute(&mut **tx).await?;
    }
    Ok(())
}

/// This device has read that it is in, or somebody lets it in; or it is not to come back.
pub async fn drop_return(tx: &mut Tx<'_>, chat: ChatNo) -> Result<()> {
    sqlx::query(DROP_RETURN).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}
