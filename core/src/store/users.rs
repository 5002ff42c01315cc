//! People, as far as this device has met them.

use beseda_protocol::UserId;

use super::{Tx, statements};
use crate::{domain::UserNo, error::Result};

statements! {
    UPSERT = "INSERT INTO users (user_id, name) VALUES (?, ?)
        ON CONFLICT (user_id) DO UPDATE SET name = name RETURNING user_no";
    SET_NAME = "UPDATE users SET name = ? WHERE user_no = ? AND name <> ?";
    DIALOGS_OF = "SELECT chat_no FROM memberships WHERE user_no = ?";
}

/// The person's number; makes a row with `name` where there is none.
pub async fn number(tx: &mut Tx<'_>, user: UserId, name: &str) -> Result<UserNo> {
    let number = sqlx::query_scalar(UPSERT).bind(user.as_bytes()).bind(name).fetch_one(&mut **tx).await?;
    Ok(UserNo(number))
}

/// Sets what a person calls itself; all chats with them show it.
pub async fn set_name(tx: &mut Tx<'_>, user: UserNo, name: &str) -> Result<()> {
    let done = sqlx::query(SET_NAME).bind(name).bind(user.0).bind(name).execute(&mut **tx).await?;
    if done.rows_affected() > 0 {
        let chats: Vec<i64> = sqlx::query_scalar(DIALOGS_OF).bind(user.0).fetch_all(&mut **tx).await?;
        for chat in chats {
            tx.touched.chat(crate::domain::ChatNo(chat), crate::domain::Place::FIRST);
        }
    }
    Ok(())
}
