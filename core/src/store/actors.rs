//! Automerge actors: each belongs to one device in one segment, for ever.

use beseda_protocol::{ActorId, DeviceId};

use super::{Tx, memory::Actor, statements};
use crate::{
    document::{ChangeHash, Column},
    domain::{ActorNo, ChatNo},
    error::{Error, Result},
};

statements! {
    INSERT = "INSERT INTO actors (chat_no, segment, actor_id, device_id, certificate) VALUES (?, ?, ?, ?, ?)
        RETURNING actor_no";
    FIND = "SELECT actor_no, segment, device_id, certificate FROM actors WHERE chat_no = ? AND actor_id = ?";
    NEWEST_OF_DEVICE = "SELECT actor_id FROM actors WHERE chat_no = ? AND device_id = ?
        ORDER BY segment DESC, actor_no DESC LIMIT 1";
    BY_NUMBER = "SELECT actor_id FROM actors WHERE actor_no = ?";
    LAST_CHANGE = "SELECT seq, hash, max_op, next_fact FROM changes WHERE actor_no = ? ORDER BY seq DESC LIMIT 1";
}

/// The actor, with its column as far as it is stored.
pub async fn find(tx: &mut Tx<'_>, chat: ChatNo, actor: ActorId) -> Result<Option<Actor>> {
    if let Some(known) = tx.memory().chat(chat).actors.get(&actor) {
        return Ok(Some(known.clone()));
    }
    let row: Option<(i64, i64, Vec<u8>, Vec<u8>)> =
        sqlx::query_as(FIND).bind(chat.0).bind(actor.as_bytes()).fetch_optional(&mut **tx).await?;
    let Some((number, segment, device, certificate)) = row else { return Ok(None) };
    let found = Actor {
        number: ActorNo(number),
        device: DeviceId::from_slice(&device).map_err(|_| Error::Damaged("an actor's device"))?,
        segment: u32::try_from(segment).map_err(|_| Error::Damaged("an actor's segment"))?,
        certificate: certificate.try_into().map_err(|_| Error::Damaged("an actor's certificate"))?,
        column: column(tx, actor, ActorNo(number)).await?,
    };
    tx.memory().chat(chat).actors.insert(actor, found.clone());
    Ok(Some(found))
}

async fn column(tx: &mut Tx<'_>, actor: ActorId, number: ActorNo) -> Result<Column> {
    let row: Option<(i64, Vec<u8>, i64, i64)> =
        sqlx::query_as(LAST_CHANGE).bind(number.0).fetch_optional(&mut **tx).await?;
    let Some((seq, hash, max_op, next_fact)) = row else { return Ok(Column::new(actor)) };
    Ok(Column {
        actor,
        seq: seq.cast_unsigned(),
        last_hash: Some(ChangeHash::from_slice(&hash).ok_or(Error::Damaged("a change's hash"))?),
        next_fact: u32::try_from(next_fact).map_err(|_| Error::Damaged("a change's facts"))?,
        max_op: max_op.cast_unsigned(),
    })
}

/// The certificate must have been verified.
pub async fn insert(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    actor: ActorId,
    device: DeviceId,
    segment: u32,
    certificate: [u8; 64],
) -> Result<Actor> {
    let number = sqlx::query_scalar(INSERT)
        .bind(chat.0)
        .bind(i64::from(segment))
        .bind(actor.as_bytes())
        .bind(device.as_bytes())
        .bind(&certificate[..])
        .fetch_one(&mut **tx)
        .await?;
    let new = Actor { number: ActorNo(number), device, segment, certificate, column: Column::new(actor) };
    tx.memory().chat(chat).actors.insert(actor, new.clone());
    Ok(new)
}

/// The actor with which `device` writes in its newest segment of the chat.
pub async fn newest_of(tx: &mut Tx<'_>, chat: ChatNo, device: DeviceId) -> Result<Option<Actor>> {
    let id: Option<Vec<u8>> = sqlx::query_scalar(NEWEST_OF_DEVICE)
        .bind(chat.0)
        .bind(device.as_bytes())
        .fetch_optional(&mut **tx)
        .await?;
    match id {
        Some(id) => {
            find(tx, chat, ActorId::from_slice(&id).map_err(|_| Error::Damaged("an actor's id"))?).await
        }
        None => Ok(None),
    }
}

pub async fn id_of(tx: &mut Tx<'_>, actor: ActorNo) -> Result<ActorId> {
    let id: Vec<u8> = sqlx::query_scalar(BY_NUMBER).bind(actor.0).fetch_one(&mut **tx).await?;
    ActorId::from_slice(&id).map_err(|_| Error::Damaged("an actor's id"))
}
