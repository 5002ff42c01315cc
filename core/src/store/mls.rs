//! OpenMLS's state, read for an operation and written back in the same transaction as everything else.

use super::{Tx, statements};
use crate::{
    crypto::mls::{RowChanges, Rows},
    domain::ChatNo,
    error::Result,
};

statements! {
    SELECT = "SELECT key, value FROM mls_state WHERE scope = ?";
    PUT = "INSERT INTO mls_state (scope, key, value) VALUES (?, ?, ?)
        ON CONFLICT (scope, key) DO UPDATE SET value = excluded.value";
    CLEAR = "DELETE FROM mls_state WHERE scope = ?";
    KEEP = "UPDATE OR REPLACE mls_state SET scope = ? WHERE scope = ? AND key = ?";
    GIVE_BACK = "UPDATE OR REPLACE mls_state SET scope = ? WHERE scope = ?";
    DELETE = "DELETE FROM mls_state WHERE scope = ? AND key = ?";
}

/// Scope of key packages, which belong to no chat yet.
pub const KEY_PACKAGES: ChatNo = ChatNo(0);

pub async fn load(tx: &mut Tx<'_>, scope: ChatNo) -> Result<Rows> {
    let rows: Vec<(Vec<u8>, Vec<u8>)> = sqlx::query_as(SELECT).bind(scope.0).fetch_all(&mut **tx).await?;
    Ok(rows.into_iter().collect())
}

pub async fn save(tx: &mut Tx<'_>, scope: ChatNo, changes: &RowChanges) -> Result<()> {
    for (key, value) in changes {
        match value {
            Some(value) => sqlx::query(PUT).bind(scope.0).bind(key).bind(value).execute(&mut **tx).await?,
            None => sqlx::query(DELETE).bind(scope.0).bind(key).execute(&mut **tx).await?,
        };
    }
    Ok(())
}

/// Forgets the group of a chat.
pub async fn clear(tx: &mut Tx<'_>, scope: ChatNo) -> Result<()> {
    sqlx::query(CLEAR).bind(scope.0).execute(&mut **tx).await?;
    Ok(())
}

/// Scope of the key package with which this device comes into a chat: until the log shows that it is in, or, where it was one
/// of the directory, for good.
#[must_use]
pub fn coming_into(chat: ChatNo) -> ChatNo {
    ChatNo(-chat.0)
}

/// The key package with which this device has come into a chat lets it into another one.
pub async fn give_back(tx: &mut Tx<'_>, chat: ChatNo) -> Result<()> {
    sqlx::query(GIVE_BACK).bind(KEY_PACKAGES.0).bind(coming_into(chat).0).execute(&mut **tx).await?;
    Ok(())
}

/// Saves what joining changed: deletions concern the key package, which is kept ([`coming_into`]), the rest is the new
/// chat's.
pub async fn save_joined(tx: &mut Tx<'_>, chat: ChatNo, changes: &RowChanges) -> Result<()> {
    for (key, value) in changes {
        match value {
            Some(value) => sqlx::query(PUT).bind(chat.0).bind(key).bind(value).execute(&mut **tx).await?,
            None => {
                let kept = sqlx::query(KEEP).bind(coming_into(chat).0).bind(KEY_PACKAGES.0).bind(key);
                kept.execute(&mut **tx).await?
            }
        };
    }
    Ok(())
}
