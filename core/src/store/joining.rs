//! Invitations, requests to join on their way in and out, and devices to be put out.

use beseda_protocol::{DeviceId, EnvelopeId, SlotKey};
use sqlx::SqliteConnection;

use super::{Tx, statements};
use crate::{
    crypto::Secret,
    domain::{ChatNo, Millis},
    error::{Error, Result},
};

statements! {
    PUT_INVITATION = "INSERT INTO invitations (invitation_id, chat_no, secret, created_at) VALUES (?, ?, ?, ?)";
    INVITATION = "SELECT chat_no, secret FROM invitations WHERE invitation_id = ?";
    INVITATION_OF = "SELECT invitation_id, secret FROM invitations WHERE chat_no = ? LIMIT 1";
    PUT_REQUEST = "INSERT OR IGNORE INTO join_requests (request_id, chat_no, key_package, slot_key, name)
        VALUES (?, ?, ?, ?, ?)";
    REQUESTS = "SELECT request_id, key_package, slot_key, name, alone FROM join_requests WHERE chat_no = ?
        ORDER BY alone DESC, request_id LIMIT 50";
    LET_ALONE = "UPDATE join_requests SET alone = 1 WHERE request_id = ?";
    DROP_REQUEST = "DELETE FROM join_requests WHERE request_id = ?";
    PUT_REMOVAL = "INSERT OR IGNORE INTO removals (chat_no, device_id) VALUES (?, ?)";
    REMOVALS = "SELECT device_id FROM removals WHERE chat_no = ?";
    DROP_REMOVAL = "DELETE FROM removals WHERE chat_no = ? AND device_id = ?";
    TO_COMMIT = "SELECT EXISTS (SELECT 1 FROM join_requests WHERE chat_no = ?1)
        OR EXISTS (SELECT 1 FROM removals WHERE chat_no = ?1)
        OR EXISTS (SELECT 1 FROM pending_handshakes WHERE chat_no = ?1)";
    PUT_KNOCK = "INSERT INTO knocks (chat_no, request_id, device_id, body, sent) VALUES (?, ?, ?, ?, 0)";
    KNOCKS = "SELECT chat_no, request_id, device_id, body FROM knocks WHERE sent = 0";
    SENT_KNOCK = "UPDATE knocks SET sent = 1 WHERE chat_no = ?";
    KNOCK_AGAIN = "UPDATE knocks SET sent = 0, request_id = ? WHERE chat_no = ? AND sent = 1";
    DROP_KNOCK = "DELETE FROM knocks WHERE chat_no = ?";
}

/// Somebody asks to be let in.
#[derive(Debug, Clone)]
pub struct Request {
    pub id: EnvelopeId,
    pub key_package: Vec<u8>,
    pub slot_key: SlotKey,
    pub name: String,
    /// It must not come in together with others: one of them, or it, spoilt their handshake for the relay.
    pub alone: bool,
}

/// A request of ours that waits for the relay.
#[derive(Debug, Clone)]
pub struct Knock {
    pub chat: ChatNo,
    pub id: EnvelopeId,
    pub to: DeviceId,
    pub body: Vec<u8>,
}

pub async fn put_invitation(
    tx: &mut Tx<'_>,
    id: [u8; 16],
    chat: ChatNo,
    secret: &Secret,
    at: Millis,
) -> Result<()> {
    sqlx::query(PUT_INVITATION)
        .bind(&id[..])
        .bind(chat.0)
        .bind(&secret.expose()[..])
        .bind(at)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The chat and the secret of an invitation of ours.
pub async fn invitation(tx: &mut Tx<'_>, id: [u8; 16]) -> Result<Option<(ChatNo, Secret)>> {
    let row: Option<(i64, Vec<u8>)> =
        sqlx::query_as(INVITATION).bind(&id[..]).fetch_optional(&mut **tx).await?;
    row.map(|(chat, secret)| {
        let secret = Secret::from_slice(&secret).ok_or(Error::Damaged("an invitation"))?;
        Ok((ChatNo(chat), secret))
    })
    .transpose()
}

/// The invitation to a chat that was made before.
pub async fn invitation_of(tx: &mut Tx<'_>, chat: ChatNo) -> Result<Option<([u8; 16], Secret)>> {
    let row: Option<(Vec<u8>, Vec<u8>)> =
        sqlx::query_as(INVITATION_OF).bind(chat.0).fetch_optional(&mut **tx).await?;
    row.map(|(id, secret)| {
        let damaged = Error::Damaged("an invitation");
        match (id.try_into(), Secret::from_slice(&secret)) {
            (Ok(id), Some(secret)) => Ok((id, secret)),
            _ => Err(damaged),
        }
    })
    .transpose()
}

pub async fn put_request(tx: &mut Tx<'_>, chat: ChatNo, request: &Request) -> Result<()> {
    sqlx::query(PUT_REQUEST)
        .bind(request.id.as_bytes())
        .bind(chat.0)
        .bind(&request.key_package)
        .bind(request.slot_key.as_bytes())
        .bind(&request.name)
        .execute(&mut **tx)
        .await?;
    tx.touched.outbox = true;
    Ok(())
}

pub async fn requests(tx: &mut Tx<'_>, chat: ChatNo) -> Result<Vec<Request>> {
    type Row = (Vec<u8>, Vec<u8>, Vec<u8>, String, bool);
    let rows: Vec<Row> = sqlx::query_as(REQUESTS).bind(chat.0).fetch_all(&mut **tx).await?;
    rows.into_iter()
        .map(|(id, key_package, slot_key, name, alone)| {
            let damaged = |_| Error::Damaged("a join request");
            Ok(Request {
                id: EnvelopeId::from_slice(&id).map_err(damaged)?,
                key_package,
                slot_key: SlotKey::from_slice(&slot_key).map_err(damaged)?,
                name,
                alone,
            })
        })
        .collect()
}

pub async fn drop_request(tx: &mut Tx<'_>, id: EnvelopeId) -> Result<()> {
    sqlx::query(DROP_REQUEST).bind(id.as_bytes()).execute(&mut **tx).await?;
    Ok(())
}

/// The next handshake that lets it in holds nobody else.
pub async fn let_in_alone(tx: &mut Tx<'_>, id: EnvelopeId) -> Result<()> {
    sqlx::query(LET_ALONE).bind(id.as_bytes()).execute(&mut **tx).await?;
    Ok(())
}

pub async fn put_removal(tx: &mut Tx<'_>, chat: ChatNo, device: DeviceId) -> Result<()> {
    sqlx::query(PUT_REMOVAL).bind(chat.0).bind(device.as_bytes()).execute(&mut **tx).await?;
    tx.touched.outbox = true;
    Ok(())
}

pub async fn removals(tx: &mut Tx<'_>, chat: ChatNo) -> Result<Vec<DeviceId>> {
    let rows: Vec<Vec<u8>> = sqlx::query_scalar(REMOVALS).bind(chat.0).fetch_all(&mut **tx).await?;
    Ok(rows.iter().filter_map(|id| DeviceId::from_slice(id).ok()).collect())
}

pub async fn drop_removal(tx: &mut Tx<'_>, chat: ChatNo, device: DeviceId) -> Result<()> {
    sqlx::query(DROP_REMOVAL).bind(chat.0).bind(device.as_bytes()).execute(&mut **tx).await?;
    Ok(())
}

/// Whether a handshake of ours is due in a chat.
pub async fn to_commit(conn: &mut SqliteConnection, chat: ChatNo) -> Result<bool> {
    Ok(sqlx::query_scalar::<_, i64>(TO_COMMIT).bind(chat.0).fetch_one(conn).await? == 1)
}

pub async fn put_knock(tx: &mut Tx<'_>, knock: &Knock) -> Result<()> {
    sqlx::query(PUT_KNOCK)
        .bind(knock.chat.0)
        .bind(knock.id.as_bytes())
        .bind(knock.to.as_bytes())
        .bind(&knock.body)
        .execute(&mut **tx)
        .await?;
    tx.touched.outbox = true;
    Ok(())
}

/// Those that were not delivered yet.
pub async fn knocks(conn: &mut SqliteConnection) -> Result<Vec<Knock>> {
    type Row = (i64, Vec<u8>, Vec<u8>, Vec<u8>);
    let rows: Vec<Row> = sqlx::query_as(KNOCKS).fetch_all(conn).await?;
    rows.into_iter()
        .map(|(chat, id, to, body)| {
            let damaged = |_| Error::Damaged("a join request");
            Ok(Knock {
                chat: ChatNo(chat),
                id: EnvelopeId::from_slice(&id).map_err(damaged)?,
                to: DeviceId::from_slice(&to).map_err(damaged)?,
                body,
            })
        })
        .collect()
}

/// It lies in the inviter's inbox.
pub async fn sent_knock(tx: &mut Tx<'_>, chat: ChatNo) -> Result<()> {
    sqlx::query(SENT_KNOCK).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}

/// Asks once more, under a new id: the inviter may have lost or dropped the first. The key package is the same, so
/// whichever is answered lets us in.
pub async fn knock_again(tx: &mut Tx<'_>, chat: ChatNo, id: EnvelopeId) -> Result<()> {
    sqlx::query(KNOCK_AGAIN).bind(id.as_bytes()).bind(chat.0).execute(&mut **tx).await?;
    tx.touched.outbox = true;
    Ok(())
}

/// We were let in.
pub async fn drop_knock(tx: &mut Tx<'_>, chat: ChatNo) -> Result<()> {
    sqlx::query(DROP_KNOCK).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}
