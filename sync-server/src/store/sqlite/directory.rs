//! Who may be found by which username.

use beseda_protocol::UserId;
use sqlx::{Connection, query, query_scalar};

use super::{Writer, statements as sql};
use crate::store::StoreError;

/// Answers whether the username was free, or this person's.
pub async fn put(
    writer: &mut Writer,
    user: UserId,
    username: &str,
    identity: Vec<u8>,
    now: i64,
) -> Result<bool, StoreError> {
    let mut transaction = writer.connection.begin_with("BEGIN IMMEDIATE").await?;
    if !username.is_empty() {
        let owner: Option<Vec<u8>> =
            query_scalar(sql::LISTED_AS).bind(username).fetch_optional(&mut *transaction).await?;
        if owner.is_some_and(|owner| owner != user.0) {
            return Ok(false);
        }
    }
    query(sql::UNLIST).bind(user.0.as_slice()).execute(&mut *transaction).await?;
    if !username.is_empty() {
        let list = query(sql::LIST).bind(username).bind(user.0.as_slice()).bind(identity).bind(now);
        list.execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(true)
}
