//! The account of this profile.

use beseda_protocol::{UserId, codec, identity::Identity};
use sqlx::SqliteConnection;

use super::{Tx, statements};
use crate::{
    crypto::{Secret, keys::DeviceKeys},
    domain::Millis,
    error::{Error, Result},
};

statements! {
    INSERT = "INSERT INTO account (id, name, relay, relay_invite, user_id, device_secret, recovery_secret, identity,
        created_at) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)";
    SELECT = "SELECT name, relay, relay_invite, user_id, device_secret, identity, inbox_number, last_sync
        FROM account WHERE id = 1";
    SET_INBOX = "UPDATE account SET inbox_number = max(inbox_number, ?) WHERE id = 1";
    SET_SYNC = "UPDATE account SET last_sync = ? WHERE id = 1";
}

pub struct Account {
    pub name: String,
    pub relay: String,
    /// Empty: none is needed, or it was used.
    pub relay_invite: String,
    pub keys: DeviceKeys,
    pub inbox_number: u64,
    pub last_sync: Millis,
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
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// `None` before an account was made.
pub async fn load(conn: &mut SqliteConnection) -> Result<Option<Account>> {
    type Row = (String, String, String, Vec<u8>, Vec<u8>, Vec<u8>, i64, i64);
    let Some((name, relay, relay_invite, user, device, identity, inbox, last_sync)) =
        sqlx::query_as::<_, Row>(SELECT).fetch_optional(conn).await?
    else {
        return Ok(None);
    };
    let device = Secret::from_slice(&device).ok_or(Error::Damaged("device secret"))?;
    let identity = codec::decode(&identity, 4096).map_err(|_| Error::Damaged("identity"))?;
    let keys = DeviceKeys::restore(&device, identity);
    if keys.user().as_bytes() != user {
        return Err(Error::Damaged("identity"));
    }
    Ok(Some(Account { name, relay, relay_invite, keys, inbox_number: inbox.cast_unsigned(), last_sync }))
}

pub async fn set_inbox_number(tx: &mut Tx<'_>, number: u64) -> Result<()> {
    sqlx::query(SET_INBOX).bind(number.cast_signed()).execute(&mut **tx).await?;
    Ok(())
}

pub async fn set_last_sync(tx: &mut Tx<'_>, at: Millis) -> Result<()> {
    sqlx::query(SET_SYNC).bind(at).execute(&mut **tx).await?;
    Ok(())
}
