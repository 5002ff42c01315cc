//! People of whom this person has made sure, and whether devices have come to people since they were last looked at. Not
//! projection: a rebuild changes nothing of it.

use beseda_protocol::DeviceId;
use sqlx::SqliteConnection;

use super::{Tx, statements, users};
use crate::{
    domain::{Millis, UserNo},
    error::Result,
};

statements! {
    VERIFY = "INSERT INTO verified (user_no, verified_at, number) VALUES (?, ?, ?)
        ON CONFLICT (user_no) DO UPDATE SET verified_at = excluded.verified_at, number = excluded.number";
    UNVERIFY = "DELETE FROM verified WHERE user_no = ?";
    VERIFIED = "SELECT verified_at FROM verified WHERE user_no = ?";
    SEE = "INSERT OR IGNORE INTO seen_devices (user_no, device_id)
        SELECT user_no, device_id FROM member_devices WHERE user_no = ?";
    LOOKED = "UPDATE users SET new_device = 0 WHERE user_no = ?";
    FORGET = "DELETE FROM seen_devices WHERE user_no = ?1
        AND NOT EXISTS (SELECT 1 FROM contacts WHERE user_no = ?1) AND NOT EXISTS (SELECT 1 FROM verified WHERE user_no = ?1)";
    NOTICE = "UPDATE users SET new_device = 1 WHERE user_no = ?1 AND new_device = 0
        AND EXISTS (SELECT 1 FROM seen_devices WHERE user_no = ?1)
        AND NOT EXISTS (SELECT 1 FROM seen_devices WHERE user_no = ?1 AND device_id = ?2)";
    VERIFICATION = "SELECT verified_at, number FROM verified WHERE user_no = ?";
    SEEN = "SELECT device_id FROM seen_devices WHERE user_no = ?";
    PUT_SEEN = "INSERT OR IGNORE INTO seen_devices (user_no, device_id) VALUES (?, ?)";
    SURPRISES = "UPDATE users SET new_device = EXISTS (SELECT 1 FROM seen_devices WHERE user_no = ?1)
        AND EXISTS (SELECT 1 FROM member_devices d WHERE d.user_no = ?1 AND NOT EXISTS (
            SELECT 1 FROM seen_devices s WHERE s.user_no = ?1 AND s.device_id = d.device_id)) WHERE user_no = ?1";
    NEW_DEVICE = "SELECT new_device FROM users WHERE user_no = ?";
}

/// How sure this person is of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Trust {
    /// When they made sure; `None`: never.
    pub verified: Option<Millis>,
    /// A device has come since they last looked.
    pub new_device: bool,
}

/// This person has compared the number.
pub async fn verify(tx: &mut Tx<'_>, user: UserNo, number: &str, at: Millis) -> Result<()> {
    set_verified(tx, user, number, at).await?;
    look(tx, user).await
}

/// As [`verify`], here or on another device, without looking at the devices there are.
pub async fn set_verified(tx: &mut Tx<'_>, user: UserNo, number: &str, at: Millis) -> Result<()> {
    sqlx::query(VERIFY).bind(user.0).bind(at).bind(number).execute(&mut **tx).await?;
    Ok(())
}

/// When this person compared which number.
pub async fn verification(conn: &mut SqliteConnection, user: UserNo) -> Result<Option<(Millis, String)>> {
    Ok(sqlx::query_as(VERIFICATION).bind(user.0).fetch_optional(conn).await?)
}

/// The devices that are no surprise.
pub async fn seen(conn: &mut SqliteConnection, user: UserNo) -> Result<Vec<DeviceId>> {
    let rows: Vec<Vec<u8>> = sqlx::query_scalar(SEEN).bind(user.0).fetch_all(conn).await?;
    Ok(rows.iter().filter_map(|device| DeviceId::from_slice(device).ok()).collect())
}

/// Devices of a person were seen, here or on another device.
pub async fn put_seen(tx: &mut Tx<'_>, user: UserNo, devices: &[DeviceId]) -> Result<()> {
    for device in devices {
        sqlx::query(PUT_SEEN).bind(user.0).bind(device.as_bytes()).execute(&mut **tx).await?;
    }
    sqlx::query(SURPRISES).bind(user.0).execute(&mut **tx).await?;
    users::touch(tx, user).await
}

pub async fn unverify(tx: &mut Tx<'_>, user: UserNo) -> Result<()> {
    sqlx::query(UNVERIFY).bind(user.0).execute(&mut **tx).await?;
    forget(tx, user).await
}

/// The devices that a person has now are known; from now on others are noticed.
pub async fn look(tx: &mut Tx<'_>, user: UserNo) -> Result<()> {
    sqlx::query(SEE).bind(user.0).execute(&mut **tx).await?;
    sqlx::query(LOOKED).bind(user.0).execute(&mut **tx).await?;
    users::touch(tx, user).await
}

/// Who is neither a contact nor verified is watched no longer.
pub async fn forget(tx: &mut Tx<'_>, user: UserNo) -> Result<()> {
    if sqlx::query(FORGET).bind(user.0).execute(&mut **tx).await?.rows_affected() > 0 {
        sqlx::query(LOOKED).bind(user.0).execute(&mut **tx).await?;
    }
    users::touch(tx, user).await
}

/// A device of a person is in a chat.
pub async fn notice(tx: &mut Tx<'_>, user: UserNo, device: DeviceId) -> Result<()> {
    let new = sqlx::query(NOTICE).bind(user.0).bind(device.as_bytes()).execute(&mut **tx).await?;
    if new.rows_affected() > 0 {
        users::touch(tx, user).await?;
    }
    Ok(())
}

pub async fn of(conn: &mut SqliteConnection, user: UserNo) -> Result<Trust> {
    let verified = sqlx::query_scalar(VERIFIED).bind(user.0).fetch_optional(&mut *conn).await?;
    let new_device: i64 = sqlx::query_scalar(NEW_DEVICE).bind(user.0).fetch_one(conn).await?;
    Ok(Trust { verified, new_device: new_device == 1 })
}
