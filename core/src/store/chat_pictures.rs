//! Pictures of chats. Projection. As they came: looked at before they are shown.

use sqlx::SqliteConnection;

use super::{Tx, statements};
use crate::{
    domain::{ChatNo, Place},
    error::Result,
};

statements! {
    PUT = "INSERT INTO chat_pictures (chat_no, picture) VALUES (?1, ?2)
        ON CONFLICT (chat_no) DO UPDATE SET picture = excluded.picture";
    DROP = "DELETE FROM chat_pictures WHERE chat_no = ?";
    GET = "SELECT picture FROM chat_pictures WHERE chat_no = ?";
    SET_VERSION = "UPDATE chats SET picture = ? WHERE chat_no = ?";
}

/// An empty one takes it away.
pub async fn set(tx: &mut Tx<'_>, chat: ChatNo, picture: &[u8]) -> Result<()> {
    if picture.is_empty() {
        sqlx::query(DROP).bind(chat.0).execute(&mut **tx).await?;
    } else {
        sqlx::query(PUT).bind(chat.0).bind(picture).execute(&mut **tx).await?;
    }
    sqlx::query(SET_VERSION).bind(version(picture)).bind(chat.0).execute(&mut **tx).await?;
    tx.touched.chat(chat, Place::END);
    Ok(())
}

/// Names the picture, so that a screen knows when there is another one; 0: none. JavaScript holds it exactly.
fn version(picture: &[u8]) -> i64 {
    if picture.is_empty() {
        return 0;
    }
    let hash = blake3::hash(picture);
    let [a, b, c, d, e, f, ..] = *hash.as_bytes();
    i64::from_be_bytes([0, 0, a, b, c, d, e, f]).max(1)
}

/// Empty: none.
pub async fn get(conn: &mut SqliteConnection, chat: ChatNo) -> Result<Vec<u8>> {
    let picture: Option<Vec<u8>> = sqlx::query_scalar(GET).bind(chat.0).fetch_optional(conn).await?;
    Ok(picture.unwrap_or_default())
}
