//! How a chat stood when this person came into it, where what was before is closed to newcomers; and how it stands now,
//! for those who come next.

use beseda_protocol::{
    DeviceId, Seq, SlotId, SlotKey, UserId, codec,
    content::{Standing, StandingDevice},
    limits,
};
use sqlx::SqliteConnection;

use super::{Tx, statements};
use crate::{
    domain::{ChatNo, Millis},
    error::{Error, Result},
};

statements! {
    PUT = "INSERT OR REPLACE INTO standings (chat_no, seq, accepted_at, standing) VALUES (?, ?, ?, ?)";
    LIST = "SELECT seq, accepted_at, standing FROM standings WHERE chat_no = ? ORDER BY seq";
    DEVICES = "SELECT d.device_id, u.user_id, d.slot_id, d.slot_key, coalesce(m.added_at, 0), coalesce(b.user_id, u.user_id), u.name
        FROM member_devices d JOIN users u ON u.user_no = d.user_no
        LEFT JOIN memberships m ON m.chat_no = d.chat_no AND m.user_no = d.user_no
        LEFT JOIN users b ON b.user_no = m.added_by_no
        WHERE d.chat_no = ? AND d.removed_seq = 0 ORDER BY d.device_id";
    NEWEST_SEGMENT = "SELECT segment FROM changes WHERE chat_no = ? AND place <> 0 ORDER BY segment DESC LIMIT 1";
    SET_SEGMENT_FROM = "UPDATE chats SET segment_from = max(segment_from, ?) WHERE chat_no = ?";
}

pub async fn put(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    seq: Seq,
    accepted_at: Millis,
    standing: &Standing,
) -> Result<()> {
    sqlx::query(PUT)
        .bind(chat.0)
        .bind(seq.0.cast_signed())
        .bind(accepted_at)
        .bind(codec::encode(standing))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Where this person came in, each time, with the relay's clock then.
pub async fn list(conn: &mut SqliteConnection, chat: ChatNo) -> Result<Vec<(Seq, Millis, Standing)>> {
    let rows: Vec<(i64, i64, Vec<u8>)> = sqlx::query_as(LIST).bind(chat.0).fetch_all(conn).await?;
    rows.into_iter()
        .map(|(seq, at, standing)| {
            let standing = codec::decode(&standing, limits::CONTENT_BYTES);
            Ok((Seq(seq.cast_unsigned()), at, standing.map_err(|_| Error::Damaged("how a chat stood"))?))
        })
        .collect()
}

/// The devices that are in the chat now, as newcomers are told of them.
pub async fn devices(conn: &mut SqliteConnection, chat: ChatNo) -> Result<Vec<StandingDevice>> {
    type Row = (Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>, i64, Vec<u8>, String);
    let rows: Vec<Row> = sqlx::query_as(DEVICES).bind(chat.0).fetch_all(conn).await?;
    rows.into_iter()
        .map(|(device, user, slot, key, added_at, added_by, name)| {
            let damaged = |_| Error::Damaged("a member's ids");
            Ok(StandingDevice {
                device: DeviceId::from_slice(&device).map_err(damaged)?,
                user: UserId::from_slice(&user).map_err(damaged)?,
                slot: SlotId::from_slice(&slot).map_err(damaged)?,
                key: SlotKey::from_slice(&key).map_err(damaged)?,
                added_at,
                added_by: UserId::from_slice(&added_by).map_err(damaged)?,
                name,
            })
        })
        .collect()
}

/// The first segment that nothing in the log belongs to.
pub async fn next_segment(conn: &mut SqliteConnection, chat: ChatNo) -> Result<u32> {
    let newest: Option<i64> = sqlx::query_scalar(NEWEST_SEGMENT).bind(chat.0).fetch_optional(conn).await?;
    u32::try_from(newest.map_or(0, |newest| newest + 1)).map_err(|_| Error::Damaged("segments"))
}

/// From now on nobody writes to an older segment.
pub async fn set_segment_from(tx: &mut Tx<'_>, chat: ChatNo, segment: u32) -> Result<()> {
    sqlx::query(SET_SEGMENT_FROM).bind(i64::from(segment)).bind(chat.0).execute(&mut **tx).await?;
    tx.memory().chat(chat).own = None;
    Ok(())
}
