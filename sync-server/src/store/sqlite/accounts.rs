//! Who has an account here, the invitations to open one, and the key packages in the directory.

use beseda_protocol::{DeviceId, limits};
use sqlx::{Connection, query, query_scalar};

use super::{Writer, statements as sql};
use crate::store::{Account, Admission, StoreError};

pub async fn open(
    writer: &mut Writer,
    device: DeviceId,
    admission: Admission,
    now: i64,
) -> Result<Account, StoreError> {
    let mut transaction = writer.connection.begin_with("BEGIN IMMEDIATE").await?;
    let known: Option<i64> =
        query_scalar(sql::DEVICE).bind(device.0.as_slice()).fetch_optional(&mut *transaction).await?;
    if known.is_some() {
        return Ok(Account::Known);
    }
    let vouched = match admission.vouched {
        Some(backup) => {
            let backup = query_scalar::<_, i64>(sql::BACKUP).bind(backup.0.as_slice());
            backup.fetch_optional(&mut *transaction).await?.is_some()
        }
        None => false,
    };
    if admission.invite_required && !vouched {
        let Some(token) = admission.token_hash else { return Ok(Account::InviteRequired) };
        let spent = query(sql::SPEND_INVITE).bind(token.as_slice()).execute(&mut *transaction).await?;
        if spent.rows_affected() == 0 {
            let last = query(sql::SPEND_LAST_USE).bind(token.as_slice()).execute(&mut *transaction).await?;
            if last.rows_affected() == 0 {
                return Ok(Account::InviteUnknown);
            }
        }
    }
    let inbox_next = now.max(1);
    let open = query(sql::OPEN_DEVICE).bind(device.0.as_slice()).bind(now).bind(inbox_next);
    open.execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(Account::Opened)
}

pub async fn publish_key_packages(
    writer: &mut Writer,
    device: DeviceId,
    packages: Vec<Vec<u8>>,
    now: i64,
) -> Result<u32, StoreError> {
    let mut transaction = writer.connection.begin_with("BEGIN IMMEDIATE").await?;
    let owner: Option<i64> =
        query_scalar(sql::DEVICE).bind(device.0.as_slice()).fetch_optional(&mut *transaction).await?;
    let Some(owner) = owner else { return Ok(0) };
    for package in packages {
        let put = query(sql::PUT_KEY_PACKAGE).bind(owner).bind(now).bind(package);
        put.execute(&mut *transaction).await?;
    }
    let most = i64::try_from(limits::KEY_PACKAGES).unwrap_or(i64::MAX);
    query(sql::AGE_KEY_PACKAGES).bind(owner).bind(most).execute(&mut *transaction).await?;
    let kept: u32 = query_scalar(sql::COUNT_KEY_PACKAGES).bind(owner).fetch_one(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(kept)
}
