//! People whom this person has added, and people whom they have blocked. Nobody else learns of it, but for what a contact is
//! told. Not projection: a rebuild reads it, and does not make it.

use std::collections::HashSet;

use beseda_protocol::{UserId, membership::ChatKind};
use sqlx::SqliteConnection;

use super::{Tx, chats::ChatState, statements};
use crate::{
    domain::{ChatNo, Millis, UserNo},
    error::{Error, Result},
    people::Audience,
};

statements! {
    WITH_CONTACT = "SELECT EXISTS (SELECT 1 FROM memberships m JOIN contacts c ON c.user_no = m.user_no
        WHERE m.chat_no = ? AND m.user_no <> ? AND m.removed = 0)";
    PUT = "INSERT INTO contacts (user_no, petname, added_at) VALUES (?, ?, ?)
        ON CONFLICT (user_no) DO UPDATE SET petname = excluded.petname";
    DROP = "DELETE FROM contacts WHERE user_no = ?";
    LIST = "SELECT u.user_id, u.name, u.own_name, c.petname, c.added_at FROM contacts c
        JOIN users u ON u.user_no = c.user_no";
    CONTACT = "SELECT petname, added_at FROM contacts WHERE user_no = ?";
    BLOCKED_AT = "SELECT blocked_at FROM blocked WHERE user_no = ?";
    PETNAME = "SELECT petname FROM contacts WHERE user_no = ?";
    BLOCK = "INSERT INTO blocked (user_no, blocked_at) VALUES (?, ?) ON CONFLICT (user_no) DO NOTHING";
    UNBLOCK = "DELETE FROM blocked WHERE user_no = ?";
    BLOCKED = "SELECT u.user_id, u.name, u.own_name, '', b.blocked_at FROM blocked b JOIN users u ON u.user_no = b.user_no";
    BLOCKED_NUMBERS = "SELECT user_no FROM blocked";
    KNOWN = "SELECT user_no FROM contacts UNION SELECT user_no FROM blocked UNION SELECT user_no FROM verified";
    IS_BLOCKED = "SELECT EXISTS (SELECT 1 FROM blocked WHERE user_no = ?)";
    DIALOGS_WITH = "SELECT m.chat_no FROM memberships m JOIN chats c ON c.chat_no = m.chat_no
        WHERE m.user_no = ? AND c.kind = 'dialog'";
}

/// A line of the list of contacts, or of that of blocked people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactLine {
    pub user: UserId,
    /// As they are called here.
    pub name: String,
    /// As they call themselves.
    pub own_name: String,
    /// What this person calls them; empty: what they call themselves.
    pub petname: String,
    /// Or blocked.
    pub added_at: Millis,
}

/// Who hears what this person tells in a chat.
pub async fn audience(conn: &mut SqliteConnection, state: &ChatState, me: UserNo) -> Result<Audience> {
    if state.kind != ChatKind::Dialog {
        return Ok(Audience::Anyone);
    }
    let contact: i64 =
        sqlx::query_scalar(WITH_CONTACT).bind(state.number.0).bind(me.0).fetch_one(conn).await?;
    Ok(if contact == 1 { Audience::Contact } else { Audience::Anyone })
}

/// Adds somebody, or calls a contact otherwise.
pub async fn put(tx: &mut Tx<'_>, user: UserNo, petname: &str, at: Millis) -> Result<()> {
    sqlx::query(PUT).bind(user.0).bind(petname).bind(at).execute(&mut **tx).await?;
    Ok(())
}

/// Answers whether they were one.
pub async fn remove(tx: &mut Tx<'_>, user: UserNo) -> Result<bool> {
    Ok(sqlx::query(DROP).bind(user.0).execute(&mut **tx).await?.rows_affected() > 0)
}

/// By name.
pub async fn list(conn: &mut SqliteConnection) -> Result<Vec<ContactLine>> {
    lines(sqlx::query_as(LIST).fetch_all(conn).await?)
}

/// By name.
pub async fn blocked(conn: &mut SqliteConnection) -> Result<Vec<ContactLine>> {
    lines(sqlx::query_as(BLOCKED).fetch_all(conn).await?)
}

type Row = (Vec<u8>, String, String, String, i64);

fn lines(rows: Vec<Row>) -> Result<Vec<ContactLine>> {
    let line = |(user, name, own_name, petname, added_at): Row| {
        let user = UserId::from_slice(&user).map_err(|_| Error::Damaged("a person's id"))?;
        Ok(ContactLine { user, name, own_name, petname, added_at })
    };
    let mut lines = rows.into_iter().map(line).collect::<Result<Vec<_>>>()?;
    lines.sort_by_cached_key(|line| (line.name.to_lowercase(), line.user));
    Ok(lines)
}

/// What this person calls a contact, which may be nothing; `None`: they are none.
pub async fn petname(conn: &mut SqliteConnection, user: UserNo) -> Result<Option<String>> {
    Ok(sqlx::query_scalar(PETNAME).bind(user.0).fetch_optional(conn).await?)
}

/// What this person calls a contact, and since when they are one.
pub async fn contact(conn: &mut SqliteConnection, user: UserNo) -> Result<Option<(String, Millis)>> {
    Ok(sqlx::query_as(CONTACT).bind(user.0).fetch_optional(conn).await?)
}

/// Contacts, blocked and verified people.
pub async fn known(conn: &mut SqliteConnection) -> Result<Vec<UserNo>> {
    let rows: Vec<i64> = sqlx::query_scalar(KNOWN).fetch_all(conn).await?;
    Ok(rows.into_iter().map(UserNo).collect())
}

/// Since when they are.
pub async fn blocked_at(conn: &mut SqliteConnection, user: UserNo) -> Result<Option<Millis>> {
    Ok(sqlx::query_scalar(BLOCKED_AT).bind(user.0).fetch_optional(conn).await?)
}

pub async fn block(tx: &mut Tx<'_>, user: UserNo, at: Millis) -> Result<()> {
    sqlx::query(BLOCK).bind(user.0).bind(at).execute(&mut **tx).await?;
    Ok(())
}

pub async fn unblock(tx: &mut Tx<'_>, user: UserNo) -> Result<()> {
    sqlx::query(UNBLOCK).bind(user.0).execute(&mut **tx).await?;
    Ok(())
}

pub async fn is_blocked(conn: &mut SqliteConnection, user: UserNo) -> Result<bool> {
    let blocked: i64 = sqlx::query_scalar(IS_BLOCKED).bind(user.0).fetch_one(conn).await?;
    Ok(blocked == 1)
}

pub async fn blocked_numbers(conn: &mut SqliteConnection) -> Result<HashSet<UserNo>> {
    let rows: Vec<i64> = sqlx::query_scalar(BLOCKED_NUMBERS).fetch_all(conn).await?;
    Ok(rows.into_iter().map(UserNo).collect())
}

/// The dialogs with a person.
pub async fn dialogs_with(conn: &mut SqliteConnection, user: UserNo) -> Result<Vec<ChatNo>> {
    let rows: Vec<i64> = sqlx::query_scalar(DIALOGS_WITH).bind(user.0).fetch_all(conn).await?;
    Ok(rows.into_iter().map(ChatNo).collect())
}
