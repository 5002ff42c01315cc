//! Sealed records that people keep for the day on which they have lost all devices.

use beseda_protocol::{BackupId, DeviceId, RecordId, backup::BackupRecord, limits};
use futures_util::TryStreamExt;
use sqlx::{Connection, Row, SqlitePool, query, query_scalar};

use super::{Writer, append::corrupt, statements as sql};
use crate::store::{BackupPut, BackupStored, Page, StoreError};

pub async fn put(writer: &mut Writer, by: DeviceId, put: BackupPut) -> Result<BackupStored, StoreError> {
    let BackupPut { backup, by_key, writers, records } = put;
    let mut transaction = writer.connection.begin_with("BEGIN IMMEDIATE").await?;
    let known: Option<i64> =
        query_scalar(sql::BACKUP).bind(backup.0.as_slice()).fetch_optional(&mut *transaction).await?;
    let owner = match known {
        Some(owner) => {
            let writes = query_scalar(sql::IS_WRITER).bind(owner).bind(by.0.as_slice());
            let writes: i64 = writes.fetch_one(&mut *transaction).await?;
            if writes == 0 && !by_key {
                return Ok(BackupStored::Denied);
            }
            owner
        }
        None => {
            let device: Option<i64> =
                query_scalar(sql::DEVICE).bind(by.0.as_slice()).fetch_optional(&mut *transaction).await?;
            let Some(device) = device else { return Ok(BackupStored::Denied) };
            let begun: i64 = query_scalar(sql::BACKUPS_BY).bind(device).fetch_one(&mut *transaction).await?;
            if usize::try_from(begun).unwrap_or(usize::MAX) >= limits::DEVICE_BACKUPS {
                return Ok(BackupStored::Full);
            }
            let open = query_scalar(sql::OPEN_BACKUP).bind(backup.0.as_slice()).bind(device);
            open.fetch_one(&mut *transaction).await?
        }
    };
    query(sql::FORGET_WRITERS).bind(owner).execute(&mut *transaction).await?;
    for device in writers {
        let put = query(sql::PUT_WRITER).bind(owner).bind(device.0.as_slice());
        put.execute(&mut *transaction).await?;
    }
    for record in records {
        let put = query(sql::PUT_RECORD).bind(owner).bind(record.id.0.as_slice()).bind(record.body);
        put.execute(&mut *transaction).await?;
    }
    let count: i64 = query_scalar(sql::COUNT_RECORDS).bind(owner).fetch_one(&mut *transaction).await?;
    if usize::try_from(count).unwrap_or(usize::MAX) > limits::BACKUP_RECORDS {
        return Ok(BackupStored::Full);
    }
    transaction.commit().await?;
    Ok(BackupStored::Done)
}

pub async fn read(
    readers: &SqlitePool,
    backup: BackupId,
    after: Option<RecordId>,
    page: Page,
) -> Result<(Vec<BackupRecord>, bool), StoreError> {
    let after = after.map(|id| id.0.to_vec()).unwrap_or_default();
    let limit = i64::try_from(page.count).unwrap_or(i64::MAX).saturating_add(1);
    let mut rows = query(sql::RECORDS).bind(backup.0.as_slice()).bind(after).bind(limit).fetch(readers);
    let (mut records, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.try_next().await? {
        let id = RecordId::from_slice(row.try_get(0)?).map_err(corrupt)?;
        let body: Vec<u8> = row.try_get(1)?;
        bytes += body.len();
        if !records.is_empty() && (bytes > page.bytes || records.len() == page.count) {
            return Ok((records, true));
        }
        records.push(BackupRecord { id, body });
    }
    Ok((records, false))
}
