//! Items that wait for a device: join requests put here, welcomes put by an accepted handshake.

use beseda_protocol::{
    ChatId, DeviceId, EnvelopeId, Seq, limits,
    request::{InboxItem, InboxKind},
};
use futures_util::TryStreamExt;
use sqlx::{Connection, Row, SqlitePool, query, query_as, query_scalar, sqlite::SqliteRow};

use super::{
    Writer,
    append::{WELCOME, corrupt},
    statements as sql,
};
use crate::store::{Page, StoreError};

const REQUEST: i64 = 1;

pub async fn deliver(
    writer: &mut Writer,
    to: DeviceId,
    id: EnvelopeId,
    body: Vec<u8>,
) -> Result<Option<u64>, StoreError> {
    let mut transaction = writer.connection.begin_with("BEGIN IMMEDIATE").await?;
    let state: Option<(i64, i64, i64)> =
        query_as(sql::INBOX_STATE).bind(to.0.as_slice()).fetch_optional(&mut *transaction).await?;
    let Some((owner, next, waiting)) = state else { return Ok(None) };
    let earlier: Option<i64> = query_scalar(sql::INBOX_WAITING)
        .bind(owner)
        .bind(id.0.as_slice())
        .fetch_optional(&mut *transaction)
        .await?;
    if let Some(number) = earlier {
        return Ok(Some(number.cast_unsigned()));
    }
    if usize::try_from(waiting).unwrap_or(usize::MAX) >= limits::INBOX_ITEMS {
        return Ok(None);
    }
    let put = query(sql::INBOX_PUT).bind(owner).bind(next).bind(id.0.as_slice()).bind(REQUEST);
    put.bind(&[] as &[u8]).bind(0_i64).bind(body).execute(&mut *transaction).await?;
    query(sql::INBOX_ADVANCE).bind(owner).bind(next + 1).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(Some(next.cast_unsigned()))
}

pub async fn read(
    readers: &SqlitePool,
    device: DeviceId,
    after: u64,
    page: Page,
) -> Result<(Vec<InboxItem>, bool), StoreError> {
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let limit = i64::try_from(page.count).unwrap_or(i64::MAX).saturating_add(1);
    let mut rows = query(sql::INBOX).bind(device.0.as_slice()).bind(after).bind(limit).fetch(readers);
    let (mut items, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.try_next().await? {
        let item = item(&row)?;
        bytes += item.body.len();
        if !items.is_empty() && (bytes > page.bytes || items.len() == page.count) {
            return Ok((items, true));
        }
        items.push(item);
    }
    Ok((items, false))
}

fn item(row: &SqliteRow) -> Result<InboxItem, StoreError> {
    let kind = if row.try_get::<i64, _>(2)? == WELCOME {
        let chat = ChatId::from_slice(row.try_get(3)?).map_err(corrupt)?;
        InboxKind::Welcome { chat, seq: Seq(row.try_get::<i64, _>(4)?.cast_unsigned()) }
    } else {
        InboxKind::Request
    };
    Ok(InboxItem {
        number: row.try_get::<i64, _>(0)?.cast_unsigned(),
        id: EnvelopeId::from_slice(row.try_get(1)?).map_err(corrupt)?,
        kind,
        body: row.try_get(5)?,
    })
}
