//! The account of this profile.

use beseda_protocol::{UserId, codec, identity::Identity, limits};
use sqlx::SqliteConnection;

use super::{Tx, statements};
use crate::{
    crypto::{Secret, keys::DeviceKeys},
    domain::Millis,
    error::{Error, Result},
};

statements! {
    INSERT = "INSERT INTO account (id, name, relay, relay_invite, user_id, device_secret, recovery_secret, identity,
        created_at, inbox_number) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    SELECT = "SELECT name, relay, relay_invite, user_id, device_secret, identity, last_sync FROM account WHERE id = 1";
    INBOX = "SELECT inbox_number FROM account WHERE id = 1";
    SET_RELAY = "UPDATE account SET relay = ?, relay_invite = ? WHERE id = 1";
    FORGET_INBOX = "UPDATE account SET inbox_number = 0 WHERE id = 1";
    SET_INBOX = "UPDATE account SET inbox_number = max(inbox_number, ?) WHERE id = 1";
    READ_RECEIPTS = "SELECT read_receipts FROM account WHERE id = 1";
    SET_READ_RECEIPTS = "UPDATE account SET read_receipts = ? WHERE id = 1";
    RECOVERY = "SELECT recovery_secret FROM account WHERE id = 1";
    BECOME = "UPDATE account SET device_secret = ?, identity = ?, inbox_number = 0, backed_up = x'' WHERE id = 1";
    SET_CREATED_AT = "UPDATE account SET created_at = ? WHERE id = 1";
    RELAY_RUN = "SELECT relay_run FROM account WHERE id = 1";
    SET_RELAY_RUN = "UPDATE account SET relay_run = ? WHERE id = 1";
    SET_SYNC = "UPDATE account SET last_sync = ? WHERE id = 1";
}

pub struct Account {
    pub name: String,
    pub relay: String,
    /// Empty: none is needed, or it was used.
    pub relay_invite: String,
    pub keys: DeviceKeys,
    pub last_sync: Millis,
}

/// Another relay, with the token that opens an account there, or none.
pub async fn set_relay(tx: &mut Tx<'_>, url: &str, invite: &str) -> Result<()> {
    sqlx::query(SET_RELAY).bind(url).bind(invite).execute(&mut **tx).await?;
    Ok(())
}

/// What a new account is made of.
pub struct NewAccount<'a> {
    pub name: &'a str,
    pub relay: &'a str,
    pub relay_invite: &'a str,
    pub device: &'a Secret,
    pub recovery: &'a Secret,
    pub identity: &'a Identity,
    pub user: UserId,
    pub created_at: Millis,
    /// The last inbox item that was dealt with before there was a profile.
    pub inbox_number: u64,
}

pub async fn insert(tx: &mut Tx<'_>, new: &NewAccount<'_>) -> Result<()> {
    sqlx::query(INSERT)
        .bind(new.name)
        .bind(new.relay)
        .bind(new.relay_invite)
        .bind(new.user.as_bytes())
        .bind(&new.device.expose()[..])
        .bind(&new.recovery.expose()[..])
        .bind(codec::encode(new.identity))
        .bind(new.created_at)
        .bind(new.inbox_number.cast_signed())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// `None` before an account was made.
pub async fn load(conn: &mut SqliteConnection) -> Result<Option<Account>> {
    type Row = (String, String, String, Vec<u8>, Vec<u8>, Vec<u8>, i64);
    let Some((name, relay, relay_invite, user, device, identity, last_sync)) =
        sqlx::query_as::<_, Row>(SELECT).fetch_optional(conn).await?
    else {
        return Ok(None);
    };
    let device = Secret::from_slice(&device).ok_or(Error::Damaged("device secret"))?;
    let identity =
        codec::decode(&identity, limits::IDENTITY_BYTES).map_err(|_| Error::Damaged("identity"))?;
    let keys = DeviceKeys::restore(&device, identity);
    if keys.user().as_bytes() != user {
        return Err(Error::Damaged("identity"));
    }
    Ok(Some(Account { name, relay, relay_invite, keys, last_sync }))
}

/// The run of the relay in which this device has spoken with it last; empty before the first time.
pub async fn relay_run(conn: &mut SqliteConnection) -> Result<Vec<u8>> {
    Ok(sqlx::query_scalar(RELAY_RUN).fetch_one(conn).await?)
}

pub async fn set_relay_run(tx: &mut Tx<'_>, run: [u8; 16]) -> Result<()> {
    sqlx::query(SET_RELAY_RUN).bind(&run[..]).execute(&mut **tx).await?;
    Ok(())
}

/// The last item of the inbox that was dealt with.
pub async fn inbox_number(conn: &mut SqliteConnection) -> Result<u64> {
    Ok(sqlx::query_scalar::<_, i64>(INBOX).fetch_one(conn).await?.cast_unsigned())
}

/// The relay counts what lies in the inbox anew.
pub async fn forget_inbox_number(tx: &mut Tx<'_>) -> Result<()> {
    sqlx::query(FORGET_INBOX).execute(&mut **tx).await?;
    Ok(())
}

pub async fn set_inbox_number(tx: &mut Tx<'_>, number: u64) -> Result<()> {
    sqlx::query(SET_INBOX).bind(number.cast_signed()).execute(&mut **tx).await?;
    Ok(())
}

/// Seed of the recovery key.
pub async fn recovery(conn: &mut SqliteConnection) -> Result<Secret> {
    let secret: Vec<u8> = sqlx::query_scalar(RECOVERY).fetch_one(conn).await?;
    Secret::from_slice(&secret).ok_or(Error::Damaged("the recovery secret"))
}

/// This profile is another device from now on.
pub async fn become_device(tx: &mut Tx<'_>, device: &Secret, identity: &Identity) -> Result<()> {
    sqlx::query(BECOME).bind(&device.expose()[..]).bind(codec::encode(identity)).execute(&mut **tx).await?;
    Ok(())
}

/// The account is older than this device.
pub async fn set_created_at(tx: &mut Tx<'_>, at: Millis) -> Result<()> {
    sqlx::query(SET_CREATED_AT).bind(at).execute(&mut **tx).await?;
    Ok(())
}

pub async fn set_last_sync(tx: &mut Tx<'_>, at: Millis) -> Result<()> {
    sqlx::query(SET_SYNC).bind(at).execute(&mut **tx).await?;
    Ok(())
}

/// Whether this person tells others what they have read, and sees what others have.
pub async fn read_receipts(conn: &mut SqliteConnection) -> Result<bool> {
    let on: i64 = sqlx::query_scalar(READ_RECEIPTS).fetch_one(conn).await?;
    Ok(on == 1)
}

pub async fn set_read_receipts(tx: &mut Tx<'_>, on: bool) -> Result<()> {
    sqlx::query(SET_READ_RECEIPTS).bind(i64::from(on)).execute(&mut **tx).await?;
    Ok(())
}
