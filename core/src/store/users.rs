//! People, as far as this device has met them: their number here, and what they are called.

use beseda_protocol::UserId;
use sqlx::SqliteConnection;

use super::{Tx, statements};
use crate::{
    domain::{ChatNo, Place, UserNo},
    error::{Error, Result},
};

statements! {
    UPSERT = "INSERT INTO users (user_id, name, own_name) VALUES (?1, ?2, ?2)
        ON CONFLICT (user_id) DO UPDATE SET name = name RETURNING user_no";
    CALL = "UPDATE users SET name = ?1, own_name = ?1 WHERE user_no = ?2 AND own_name = '' AND name = ''";
    NUMBER = "SELECT user_no FROM users WHERE user_id = ?";
    ID = "SELECT user_id FROM users WHERE user_no = ?";
    NAMES = "SELECT name, own_name FROM users WHERE user_no = ?";
    SET_NAME = "UPDATE users SET own_name = ?1, name = coalesce(
            (SELECT petname FROM contacts c WHERE c.user_no = users.user_no AND petname <> ''), ?1)
        WHERE user_no = ?2 AND own_name <> ?1";
    SHOW_NAME = "UPDATE users SET name = coalesce(
            (SELECT petname FROM contacts c WHERE c.user_no = users.user_no AND petname <> ''), own_name)
        WHERE user_no = ?";
    CHATS_WITH = "SELECT chat_no FROM memberships WHERE user_no = ?";
}

/// The person's number; makes a row with `name` where there is none.
pub async fn number(tx: &mut Tx<'_>, user: UserId, name: &str) -> Result<UserNo> {
    let number = sqlx::query_scalar(UPSERT).bind(user.as_bytes()).bind(name).fetch_one(&mut **tx).await?;
    Ok(UserNo(number))
}

/// What others call a person who has not said it here yet.
pub async fn call(tx: &mut Tx<'_>, user: UserNo, name: &str) -> Result<()> {
    sqlx::query(CALL).bind(name).bind(user.0).execute(&mut **tx).await?;
    Ok(())
}

/// `None`: nobody of whom this device has heard.
pub async fn find(conn: &mut SqliteConnection, user: UserId) -> Result<Option<UserNo>> {
    let number: Option<i64> = sqlx::query_scalar(NUMBER).bind(user.as_bytes()).fetch_optional(conn).await?;
    Ok(number.map(UserNo))
}

pub async fn id(conn: &mut SqliteConnection, user: UserNo) -> Result<UserId> {
    let id: Vec<u8> = sqlx::query_scalar(ID).bind(user.0).fetch_one(conn).await?;
    UserId::from_slice(&id).map_err(|_| Error::Damaged("a person's id"))
}

/// What they are called here, and what they call themselves.
pub async fn names(conn: &mut SqliteConnection, user: UserNo) -> Result<(String, String)> {
    Ok(sqlx::query_as(NAMES).bind(user.0).fetch_one(conn).await?)
}

/// Sets what a person calls themselves; all chats with them show it, unless this person calls them otherwise.
pub async fn set_name(tx: &mut Tx<'_>, user: UserNo, name: &str) -> Result<()> {
    let done = sqlx::query(SET_NAME).bind(name).bind(user.0).execute(&mut **tx).await?;
    if done.rows_affected() > 0 {
        touch(tx, user).await?;
    }
    Ok(())
}

/// Calls a person what this person calls them, or else what they call themselves.
pub async fn show_name(tx: &mut Tx<'_>, user: UserNo) -> Result<()> {
    sqlx::query(SHOW_NAME).bind(user.0).execute(&mut **tx).await?;
    touch(tx, user).await
}

/// Everything that shows the person is looked at again.
pub async fn touch(tx: &mut Tx<'_>, user: UserNo) -> Result<()> {
    tx.touched.people.insert(user);
    let chats: Vec<i64> = sqlx::query_scalar(CHATS_WITH).bind(user.0).fetch_all(&mut **tx).await?;
    for chat in chats {
        tx.touched.chat(ChatNo(chat), Place::FIRST);
    }
    Ok(())
}
