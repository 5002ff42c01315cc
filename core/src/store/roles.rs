//! Roles and rights as the membership log has them, and what this person wants changed about them until a handshake
//! has done it.

use beseda_protocol::{
    UserId, codec, limits,
    membership::{History, Rights, Roles, Who},
};
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;

use super::{Tx, statements};
use crate::{
    domain::{ChatNo, UserNo},
    error::{Error, Result},
};

statements! {
    SET = "UPDATE chats SET rights = ?, owner_no = ?, history = ? WHERE chat_no = ?";
    KNOWN = "SELECT rights, owner_no, history FROM chats WHERE chat_no = ?";
    ADMINS = "SELECT user_no FROM memberships WHERE chat_no = ? AND admin = 1 AND removed = 0";
    SET_ADMIN = "UPDATE memberships SET admin = ? WHERE chat_no = ? AND user_no = ?";
    PUT = "INSERT INTO role_changes (chat_no, change) VALUES (?, ?)";
    WANTED = "SELECT change_no, change FROM role_changes WHERE chat_no = ? ORDER BY change_no";
    SEND = "UPDATE role_changes SET sent = 1 WHERE chat_no = ? AND change_no <= ?";
    UNSEND = "UPDATE role_changes SET sent = 0 WHERE chat_no = ? AND sent = 1";
    DROP_SENT = "DELETE FROM role_changes WHERE chat_no = ? AND sent = 1";
    DROP = "DELETE FROM role_changes WHERE change_no = ?";
}

/// What is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoleChange {
    Admin {
        user: UserId,
        on: bool,
    },
    /// Another has the chat from then on.
    Owner {
        user: UserId,
    },
    Rights {
        rights: Rights,
    },
    History {
        history: History,
    },
}

impl RoleChange {
    /// The roles as they are wanted.
    #[must_use]
    pub fn apply(self, roles: &Roles) -> Roles {
        let mut roles = roles.clone();
        match self {
            Self::Admin { user, on: true } => {
                roles.admins.insert(user);
            }
            Self::Admin { user, on: false } => {
                roles.admins.remove(&user);
            }
            Self::Owner { user } => {
                roles.admins.insert(user);
                roles.owner = (user != roles.creator).then_some(user);
            }
            Self::Rights { rights } => roles.rights = rights,
            Self::History { history } => roles.history = history,
        }
        roles
    }
}

/// What the rows of a chat say of its roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    pub rights: Rights,
    pub owner: UserNo,
    pub history: History,
}

const SHIFTS: [u32; 5] = [0, 2, 4, 6, 8];

pub(super) fn to_bits(rights: Rights) -> i64 {
    let each = [rights.write, rights.comment, rights.add, rights.pin, rights.info];
    each.iter().zip(SHIFTS).fold(0, |bits, (who, shift)| {
        let value = match who {
            None => 0,
            Some(Who::Admins) => 1,
            Some(Who::Everyone) => 2,
        };
        bits | value << shift
    })
}

pub(super) fn from_bits(bits: i64) -> Rights {
    let [write, comment, add, pin, info] = SHIFTS.map(|shift| match bits >> shift & 3 {
        1 => Some(Who::Admins),
        2 => Some(Who::Everyone),
        _ => None,
    });
    Rights { write, comment, add, pin, info }
}

pub(super) fn history_named(name: &str) -> History {
    if name == History::All.as_str() { History::All } else { History::FromJoining }
}

pub async fn set(tx: &mut Tx<'_>, chat: ChatNo, known: Known) -> Result<()> {
    sqlx::query(SET)
        .bind(to_bits(known.rights))
        .bind(known.owner.0)
        .bind(known.history.as_str())
        .bind(chat.0)
        .execute(&mut **tx)
        .await?;
    tx.touched.line(chat);
    Ok(())
}

pub async fn known(conn: &mut SqliteConnection, chat: ChatNo) -> Result<Known> {
    let (rights, owner, history): (i64, i64, String) =
        sqlx::query_as(KNOWN).bind(chat.0).fetch_one(conn).await?;
    Ok(Known { rights: from_bits(rights), owner: UserNo(owner), history: history_named(&history) })
}

/// Who is an admin now.
pub async fn admins(conn: &mut SqliteConnection, chat: ChatNo) -> Result<Vec<UserNo>> {
    let rows: Vec<i64> = sqlx::query_scalar(ADMINS).bind(chat.0).fetch_all(conn).await?;
    Ok(rows.into_iter().map(UserNo).collect())
}

pub async fn set_admin(tx: &mut Tx<'_>, chat: ChatNo, user: UserNo, on: bool) -> Result<()> {
    sqlx::query(SET_ADMIN).bind(i64::from(on)).bind(chat.0).bind(user.0).execute(&mut **tx).await?;
    Ok(())
}

/// Wants something changed, with the next handshake.
pub async fn put(tx: &mut Tx<'_>, chat: ChatNo, change: RoleChange) -> Result<()> {
    sqlx::query(PUT).bind(chat.0).bind(codec::encode(&change)).execute(&mut **tx).await?;
    tx.touched.outbox = true;
    Ok(())
}

/// What is wanted, in the order it was, each with its number.
pub async fn wanted(tx: &mut Tx<'_>, chat: ChatNo) -> Result<Vec<(i64, RoleChange)>> {
    let rows: Vec<(i64, Vec<u8>)> = sqlx::query_as(WANTED).bind(chat.0).fetch_all(&mut **tx).await?;
    rows.into_iter()
        .map(|(number, change)| {
            let change = codec::decode(&change, limits::CHANGE_BYTES);
            Ok((number, change.map_err(|_| Error::Damaged("a change of roles"))?))
        })
        .collect()
}

/// Everything up to this number is in the handshake that waits for the relay.
pub async fn send(tx: &mut Tx<'_>, chat: ChatNo, upto: i64) -> Result<()> {
    sqlx::query(SEND).bind(chat.0).bind(upto).execute(&mut **tx).await?;
    Ok(())
}

/// That handshake came too late: another one is made.
pub async fn unsend(tx: &mut Tx<'_>, chat: ChatNo) -> Result<()> {
    sqlx::query(UNSEND).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}

/// That handshake is done, or never will be; answers whether anything was in it.
pub async fn drop_sent(tx: &mut Tx<'_>, chat: ChatNo) -> Result<bool> {
    Ok(sqlx::query(DROP_SENT).bind(chat.0).execute(&mut **tx).await?.rows_affected() > 0)
}

pub async fn drop(tx: &mut Tx<'_>, number: i64) -> Result<()> {
    sqlx::query(DROP).bind(number).execute(&mut **tx).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_are_kept_as_bits() {
        let rights = Rights { write: Some(Who::Admins), pin: Some(Who::Everyone), ..Rights::default() };
        assert_eq!(from_bits(to_bits(rights)), rights);
        assert_eq!(to_bits(Rights::default()), 0);
        assert_eq!(to_bits(rights), 0b10_00_00_01);
    }
}
