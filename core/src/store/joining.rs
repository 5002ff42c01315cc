//! Requests to join on their way in and out, answers to them, and devices to be put out.

use beseda_protocol::{DeviceId, EnvelopeId, Seq, SlotKey};
use sqlx::SqliteConnection;

use super::{
    Tx,
    chats::{self, Status},
    invitations::InvitationId,
    messages, statements,
};
use crate::{
    crypto::Secret,
    domain::{ChatNo, Millis, UserNo},
    error::{Error, Result},
};

statements! {
    PUT_REQUEST = "INSERT OR IGNORE INTO join_requests (request_id, chat_no, key_package, slot_key, name, invitation_id, again_after)
        VALUES (?, ?, ?, ?, ?, ?, ?)";
    REQUESTS = "SELECT r.request_id, r.key_package, r.slot_key, r.name, r.alone, r.invitation_id, coalesce(i.revoked_at, 0), r.again_after
        FROM join_requests r LEFT JOIN invitations i ON i.invitation_id = r.invitation_id WHERE r.chat_no = ?
        ORDER BY r.alone DESC, r.request_id LIMIT 50";
    TAKEN_BACK = "DELETE FROM join_requests WHERE request_id = ? AND invitation_id = ?";
    ALL_REQUESTS = "SELECT request_id, key_package FROM join_requests";
    LET_ALONE = "UPDATE join_requests SET alone = 1 WHERE request_id = ?";
    DROP_REQUEST = "DELETE FROM join_requests WHERE request_id = ?";
    PUT_REMOVAL = "INSERT OR IGNORE INTO removals (chat_no, device_id) VALUES (?, ?)";
    REMOVALS = "SELECT device_id FROM removals WHERE chat_no = ?";
    DROP_REMOVAL = "DELETE FROM removals WHERE chat_no = ? AND device_id = ?";
    TO_COMMIT = "SELECT EXISTS (SELECT 1 FROM join_requests WHERE chat_no = ?1)
        OR EXISTS (SELECT 1 FROM removals WHERE chat_no = ?1)
        OR EXISTS (SELECT 1 FROM pending_handshakes WHERE chat_no = ?1)
        OR EXISTS (SELECT 1 FROM role_changes WHERE chat_no = ?1)
        OR EXISTS (SELECT 1 FROM carried WHERE chat_no = ?1)
        OR EXISTS (SELECT 1 FROM memberships m JOIN member_devices d ON d.chat_no = m.chat_no AND d.user_no = m.user_no
            WHERE m.chat_no = ?1 AND m.has_left = 1 AND d.removed_seq = 0
            AND EXISTS (SELECT 1 FROM memberships a WHERE a.chat_no = ?1 AND a.user_no = ?2 AND a.admin = 1 AND a.removed = 0))";
    PUT_KNOCK = "INSERT INTO knocks (chat_no, request_id, device_id, body, sent, secret) VALUES (?, ?, ?, ?, 0, ?)";
    KNOCKS = "SELECT chat_no, request_id, device_id, body, secret FROM knocks WHERE sent = 0";
    KNOCK = "SELECT chat_no, request_id, device_id, body, secret FROM knocks WHERE chat_no = ?";
    SENT_KNOCK = "UPDATE knocks SET sent = 1 WHERE chat_no = ? AND request_id = ?";
    KNOCK_AGAIN = "UPDATE knocks SET sent = 0, request_id = ?, secret = ? WHERE chat_no = ? AND sent = 1";
    KNOCK_AGAIN_ALL = "UPDATE knocks SET sent = 0";
    MOVE_KNOCK = "UPDATE OR REPLACE knocks SET chat_no = ? WHERE chat_no = ?";
    DROP_KNOCK = "DELETE FROM knocks WHERE chat_no = ?";
    WAITING = "SELECT chat_no, slot_secret, inviter FROM chats INDEXED BY chats_by_invitation WHERE invitation > x'' AND status = 'asking'";
    CAME_BY = "UPDATE chats SET invitation = (SELECT a.invitation FROM chats a WHERE a.chat_no = ?) WHERE chat_no = ?";
    PUT_ANSWER = "INSERT OR REPLACE INTO join_answers (request_id, answer_id, device_id, body) VALUES (?, ?, ?, ?)";
    ANSWERS = "SELECT request_id, answer_id, device_id, body FROM join_answers LIMIT 100";
    DROP_ANSWER = "DELETE FROM join_answers WHERE request_id = ? AND answer_id = ?";
}

/// Somebody asks to be let in.
#[derive(Debug, Clone)]
pub struct Request {
    pub id: EnvelopeId,
    pub key_package: Vec<u8>,
    pub slot_key: SlotKey,
    pub name: String,
    /// What it came with; `None` where that was not kept.
    pub invitation: Option<InvitationId>,
    /// That invitation was taken back since.
    pub revoked: bool,
    /// It must not come in together with others: one of them, or it, spoilt their handshake for the relay.
    pub alone: bool,
    /// Where its device is in, by a handshake up to this one, it goes and comes again, since its group is lost. 0: who is
    /// in stays.
    pub again_after: Seq,
}

/// A request of ours that waits for the relay.
#[derive(Debug, Clone)]
pub struct Knock {
    pub chat: ChatNo,
    pub id: EnvelopeId,
    pub to: DeviceId,
    pub body: Vec<u8>,
    /// The invitation's, which opens the answer; `None` where that was not kept.
    pub secret: Option<Secret>,
}

/// A sealed answer to a request, or a request that is taken back, on its way into an inbox.
#[derive(Debug, Clone)]
pub struct Answer {
    pub request: EnvelopeId,
    pub id: EnvelopeId,
    pub to: DeviceId,
    pub body: Vec<u8>,
}

/// All requests of ours go out again, for a relay that has lost what waited in inboxes. They keep their ids.
pub async fn knock_again_all(tx: &mut Tx<'_>) -> Result<()> {
    sqlx::query(KNOCK_AGAIN_ALL).execute(&mut **tx).await?;
    Ok(())
}

pub async fn put_request(tx: &mut Tx<'_>, chat: ChatNo, request: &Request) -> Result<()> {
    sqlx::query(PUT_REQUEST)
        .bind(request.id.as_bytes())
        .bind(chat.0)
        .bind(&request.key_package)
        .bind(request.slot_key.as_bytes())
        .bind(&request.name)
        .bind(request.invitation.as_ref().map_or(&[][..], |id| &id[..]))
        .bind(request.again_after.0.cast_signed())
        .execute(&mut **tx)
        .await?;
    tx.touched.outbox = true;
    Ok(())
}

pub async fn requests(tx: &mut Tx<'_>, chat: ChatNo) -> Result<Vec<Request>> {
    type Row = (Vec<u8>, Vec<u8>, Vec<u8>, String, bool, Vec<u8>, Millis, i64);
    let rows: Vec<Row> = sqlx::query_as(REQUESTS).bind(chat.0).fetch_all(&mut **tx).await?;
    rows.into_iter()
        .map(|(id, key_package, slot_key, name, alone, invitation, revoked_at, again_after)| {
            let damaged = |_| Error::Damaged("a join request");
            Ok(Request {
                id: EnvelopeId::from_slice(&id).map_err(damaged)?,
                key_package,
                slot_key: SlotKey::from_slice(&slot_key).map_err(damaged)?,
                name,
                invitation: invitation.try_into().ok(),
                revoked: revoked_at != 0,
                alone,
                again_after: Seq(again_after.cast_unsigned()),
            })
        })
        .collect()
}

/// Who sent a request no longer wants to come in.
pub async fn taken_back(tx: &mut Tx<'_>, id: EnvelopeId, invitation: InvitationId) -> Result<()> {
    sqlx::query(TAKEN_BACK).bind(id.as_bytes()).bind(&invitation[..]).execute(&mut **tx).await?;
    Ok(())
}

pub async fn drop_request(tx: &mut Tx<'_>, id: EnvelopeId) -> Result<()> {
    sqlx::query(DROP_REQUEST).bind(id.as_bytes()).execute(&mut **tx).await?;
    Ok(())
}

/// Of every chat: ids and key packages.
pub async fn all_requests(conn: &mut SqliteConnection) -> Result<Vec<(EnvelopeId, Vec<u8>)>> {
    let rows: Vec<(Vec<u8>, Vec<u8>)> = sqlx::query_as(ALL_REQUESTS).fetch_all(conn).await?;
    let damaged = |_| Error::Damaged("a join request");
    rows.into_iter()
        .map(|(id, package)| Ok((EnvelopeId::from_slice(&id).map_err(damaged)?, package)))
        .collect()
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
pub async fn to_commit(conn: &mut SqliteConnection, chat: ChatNo, me: UserNo) -> Result<bool> {
    Ok(sqlx::query_scalar::<_, i64>(TO_COMMIT).bind(chat.0).bind(me.0).fetch_one(conn).await? == 1)
}

pub async fn put_knock(tx: &mut Tx<'_>, knock: &Knock) -> Result<()> {
    sqlx::query(PUT_KNOCK)
        .bind(knock.chat.0)
        .bind(knock.id.as_bytes())
        .bind(knock.to.as_bytes())
        .bind(&knock.body)
        .bind(knock.secret.as_ref().map_or(&[][..], |secret| &secret.expose()[..]))
        .execute(&mut **tx)
        .await?;
    tx.touched.outbox = true;
    Ok(())
}

type KnockRow = (i64, Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>);

fn read_knock((chat, id, to, body, secret): KnockRow) -> Result<Knock> {
    let damaged = |_| Error::Damaged("a join request");
    Ok(Knock {
        chat: ChatNo(chat),
        id: EnvelopeId::from_slice(&id).map_err(damaged)?,
        to: DeviceId::from_slice(&to).map_err(damaged)?,
        body,
        secret: Secret::from_slice(&secret),
    })
}

/// Those that were not delivered yet.
pub async fn knocks(conn: &mut SqliteConnection) -> Result<Vec<Knock>> {
    let rows: Vec<KnockRow> = sqlx::query_as(KNOCKS).fetch_all(conn).await?;
    rows.into_iter().map(read_knock).collect()
}

/// The request with which we ask into a chat.
pub async fn knock(tx: &mut Tx<'_>, chat: ChatNo) -> Result<Option<Knock>> {
    let row: Option<KnockRow> = sqlx::query_as(KNOCK).bind(chat.0).fetch_optional(&mut **tx).await?;
    row.map(read_knock).transpose()
}

/// It lies in the inviter's inbox.
pub async fn sent_knock(tx: &mut Tx<'_>, chat: ChatNo, id: EnvelopeId) -> Result<()> {
    sqlx::query(SENT_KNOCK).bind(chat.0).bind(id.as_bytes()).execute(&mut **tx).await?;
    Ok(())
}

/// Asks once more, under a new id: the inviter may have lost or dropped the first. The key package is the same, so
/// whichever is answered lets us in.
pub async fn knock_again(tx: &mut Tx<'_>, chat: ChatNo, id: EnvelopeId, secret: &Secret) -> Result<()> {
    sqlx::query(KNOCK_AGAIN)
        .bind(id.as_bytes())
        .bind(&secret.expose()[..])
        .bind(chat.0)
        .execute(&mut **tx)
        .await?;
    tx.touched.outbox = true;
    Ok(())
}

/// We ask with it into a chat that is here already.
pub async fn move_knock(tx: &mut Tx<'_>, from: ChatNo, to: ChatNo) -> Result<()> {
    sqlx::query(MOVE_KNOCK).bind(to.0).bind(from.0).execute(&mut **tx).await?;
    Ok(())
}

/// A chat that we have asked into with a link, and are not in.
#[derive(Debug)]
pub struct Waiting {
    pub chat: ChatNo,
    /// What we are known by if we are let in.
    pub slot: Secret,
    /// Who has been asked.
    pub inviter: DeviceId,
}

pub async fn waiting(conn: &mut SqliteConnection) -> Result<Vec<Waiting>> {
    let rows: Vec<(i64, Vec<u8>, Vec<u8>)> = sqlx::query_as(WAITING).fetch_all(conn).await?;
    let waiting = |(chat, slot, inviter): (i64, Vec<u8>, Vec<u8>)| {
        Ok(Waiting {
            chat: ChatNo(chat),
            slot: Secret::from_slice(&slot).ok_or(Error::Damaged("a slot's secret"))?,
            inviter: DeviceId::from_slice(&inviter).map_err(|_| Error::Damaged("whom we have asked"))?,
        })
    };
    rows.into_iter().map(waiting).collect()
}

/// The link that we have asked with (`asking`) leads into this chat.
pub async fn came_by(tx: &mut Tx<'_>, chat: ChatNo, asking: ChatNo) -> Result<()> {
    sqlx::query(CAME_BY).bind(asking.0).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}

/// We are out of the chat: what is queued in it will not be sent.
pub async fn is_out(tx: &mut Tx<'_>, chat: ChatNo) -> Result<()> {
    chats::set_status(tx, chat, Status::Removed).await?;
    messages::fail_queued(tx, chat, messages::FAILED_NOT_MEMBER).await
}

/// We are in, or want to be no longer.
pub async fn drop_knock(tx: &mut Tx<'_>, chat: ChatNo) -> Result<()> {
    sqlx::query(DROP_KNOCK).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}

/// One for each request: a later answer takes the place of one that is still here.
pub async fn put_answer(tx: &mut Tx<'_>, answer: &Answer) -> Result<()> {
    sqlx::query(PUT_ANSWER)
        .bind(answer.request.as_bytes())
        .bind(answer.id.as_bytes())
        .bind(answer.to.as_bytes())
        .bind(&answer.body)
        .execute(&mut **tx)
        .await?;
    tx.touched.outbox = true;
    Ok(())
}

/// Answers that were not delivered yet; at most 100.
pub async fn answers(conn: &mut SqliteConnection) -> Result<Vec<Answer>> {
    type Row = (Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>);
    let rows: Vec<Row> = sqlx::query_as(ANSWERS).fetch_all(conn).await?;
    rows.into_iter()
        .map(|(request, id, to, body)| {
            let damaged = |_| Error::Damaged("an answer to a join request");
            Ok(Answer {
                request: EnvelopeId::from_slice(&request).map_err(damaged)?,
                id: EnvelopeId::from_slice(&id).map_err(damaged)?,
                to: DeviceId::from_slice(&to).map_err(damaged)?,
                body,
            })
        })
        .collect()
}

/// It is delivered, or cannot be.
pub async fn drop_answer(tx: &mut Tx<'_>, answer: &Answer) -> Result<()> {
    sqlx::query(DROP_ANSWER)
        .bind(answer.request.as_bytes())
        .bind(answer.id.as_bytes())
        .execute(&mut **tx)
        .await?;
    Ok(())
}
