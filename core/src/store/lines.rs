//! The list of chats, kept in memory: a screen asks for all of it after each message, and nearly all of it is as it was.
//!
//! SQLite itself says which rows of `chats`, `users`, `blocked` and `verified` a transaction changes, so nobody can forget to. What a line shows
//! beside them (how many are members, whether this person is an admin, whether the last message failed) changes only
//! together with its row in `chats`.

use std::{
    cmp::Reverse,
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use sqlx::{SqlitePool, sqlite::UpdateHookResult};

use super::chats::{self, ChatLine};
use crate::{
    domain::{ChatNo, UserNo},
    error::Result,
};

/// Of more chats than this the whole list is read again.
const ONE_BY_ONE: usize = 16;

#[derive(Default)]
pub(super) struct Lines {
    /// In the order of the list. It is taken out while it is brought up to date, so that nothing is left half done.
    kept: tokio::sync::Mutex<Option<Vec<ChatLine>>>,
    changed: Arc<Mutex<Changed>>,
}

#[derive(Default)]
struct Changed {
    /// By the transaction that is open.
    open: Rows,
    /// By those that are committed, since the list was brought up to date.
    committed: Rows,
}

#[derive(Default)]
struct Rows {
    chats: BTreeSet<i64>,
    /// What somebody is called, whether they are blocked, or verified.
    names: bool,
}

impl Lines {
    /// What the writer's connection tells of each row that it changes.
    pub(super) fn watch(&self) -> impl FnMut(UpdateHookResult<'_>) + Send + 'static {
        let changed = self.changed.clone();
        move |row| match row.table {
            "chats" => {
                lock(&changed).open.chats.insert(row.rowid);
            }
            "users" | "blocked" | "verified" => lock(&changed).open.names = true,
            _ => {}
        }
    }

    pub(super) fn committed(&self) {
        let mut changed = lock(&self.changed);
        let mut open = std::mem::take(&mut changed.open);
        changed.committed.chats.append(&mut open.chats);
        changed.committed.names |= open.names;
    }

    pub(super) fn dropped(&self) {
        lock(&self.changed).open = Rows::default();
    }

    /// Nothing of what is kept counts any more.
    pub(super) fn forget(&self) {
        lock(&self.changed).committed.names = true;
    }

    pub(super) async fn list(&self, readers: &SqlitePool, me: UserNo) -> Result<Vec<ChatLine>> {
        let mut kept = self.kept.lock().await;
        // Before reading: what is committed meanwhile is looked at the next time.
        let Rows { chats, names } = std::mem::take(&mut lock(&self.changed).committed);
        let lines = match kept.take() {
            Some(lines) if !names && chats.is_empty() => lines,
            Some(mut lines) if !names && chats.len() <= ONE_BY_ONE => {
                let mut reader = readers.acquire().await?;
                for chat in chats.into_iter().map(ChatNo) {
                    lines.retain(|line| line.number != chat);
                    if let Some(line) = chats::find_line(&mut reader, chat, me).await? {
                        let at = lines.partition_point(|other| order(other) < order(&line));
                        lines.insert(at, line);
                    }
                }
                lines
            }
            _ => chats::list(&mut *readers.acquire().await?, me).await?,
        };
        Ok(kept.insert(lines).clone())
    }
}

fn order(line: &ChatLine) -> (Reverse<i64>, Reverse<i64>, ChatNo) {
    (Reverse(line.pinned), Reverse(line.activity), line.number)
}

fn lock(changed: &Mutex<Changed>) -> std::sync::MutexGuard<'_, Changed> {
    changed.lock().unwrap_or_else(PoisonError::into_inner)
}
