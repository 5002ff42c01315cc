//! What holds for the store as a whole; each concept's own tests lie beside it.

mod dates;
mod lines;
mod plans;
mod search;
mod transactions;

use std::path::Path;

use beseda_protocol::membership::ChatKind;
use sqlx::SqliteConnection;

use super::{Options, Store, Unlock};
use crate::{Core, NewProfile};

async fn anna(profile: &Path) -> Core {
    let new = NewProfile {
        name: "Anna".into(),
        relay: "https://relay.test".into(),
        invite: None,
        unlock: Unlock::File,
    };
    Core::create(profile, new, crate::Options::default()).await.unwrap()
}

/// The store of a profile that was closed.
async fn store(profile: &Path) -> Store {
    let lock = super::lock(profile).unwrap();
    let key = super::DatabaseKey::load(profile, None).unwrap();
    Store::open(profile, &key, lock, &Options::default()).await.unwrap()
}

/// Every row of every table, as SQL literals.
async fn dump(conn: &mut SqliteConnection) -> Vec<String> {
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
        AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name",
    )
    .fetch_all(&mut *conn)
    .await
    .unwrap();
    let mut rows = vec![];
    for table in tables {
        let columns: Vec<String> =
            sqlx::query_scalar("SELECT 'quote(\"' || name || '\")' FROM pragma_table_info(?)")
                .bind(&table)
                .fetch_all(&mut *conn)
                .await
                .unwrap();
        let list = columns.join(" || ', ' || ");
        let sql = sqlx::AssertSqlSafe(format!("SELECT '{table}: ' || {list} FROM {table} ORDER BY 1"));
        rows.extend(sqlx::query_scalar::<_, String>(sql).fetch_all(&mut *conn).await.unwrap());
    }
    rows
}

#[tokio::test]
async fn opening_again_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let core = anna(dir.path()).await;
    core.create_chat(ChatKind::Group, "Trip", "", "").await.unwrap();
    let before = dump(&mut core.device().store.readers().acquire().await.unwrap()).await;
    core.close().await;

    for _ in 0..2 {
        let store = store(dir.path()).await;
        assert_eq!(dump(&mut store.readers().acquire().await.unwrap()).await, before);
        store.close().await;
    }
    assert!(before.iter().any(|row| row.starts_with("chats: ")) && before.len() > 10, "{before:?}");
}
