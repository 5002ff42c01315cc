//! What takes room on the disk, and what of it can go without anything being lost.
//!
//! It reads every page of the file, which is its work: so its statements are not among those that the planner's test holds
//! to an index. Not here: what could only go with something that was said.

use crate::{
    core::Core,
    error::Result,
    store::{Durability, changes, database},
};

const PAGES: &str = "SELECT m.tbl_name, sum(s.pgsize) FROM dbstat s JOIN sqlite_schema m ON m.name = s.name
    WHERE s.aggregate = TRUE GROUP BY m.tbl_name";
/// SQLCipher answers the size of a page as text.
const FREE: &str = "SELECT CAST((SELECT page_size FROM pragma_page_size) AS INTEGER)
    * (SELECT freelist_count FROM pragma_freelist_count)";
const CHANGES: &str = "SELECT count(*) FROM changes";
/// Deleted ones, of which a trace stays, are not counted.
const MESSAGES: &str = "SELECT count(*) FROM messages WHERE flags & 2 = 0";

/// What takes room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// What was said, as screens read it.
    Messages,
    /// What was said, as it was signed: everything else is made from it.
    Changes,
    /// What search looks in.
    Search,
    /// Saved documents, which are made anew from the changes when they are next needed.
    Documents,
    /// Keys, members, profiles, settings.
    Other,
}

impl Part {
    pub const ALL: [Self; 5] = [Self::Messages, Self::Changes, Self::Search, Self::Documents, Self::Other];

    fn of(table: &str) -> Self {
        match table {
            "messages" | "message_versions" | "reactions" | "votes" | "pins" | "links" | "early_facts"
            | "events" | "saved" | "hidden" | "scheduled" | "read_counts" => Self::Messages,
            "changes" | "actors" => Self::Changes,
            "segments" => Self::Documents,
            // With what FTS5 keeps beside it.
            _ if table.starts_with("search") => Self::Search,
            _ => Self::Other,
        }
    }
}

/// Sizes in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Storage {
    /// Each part once, in its order.
    pub parts: Vec<(Part, u64)>,
    /// The database's file.
    pub file: u64,
    /// The log beside it, which is copied into it by and by.
    pub log: u64,
    /// In the file, and used by nothing.
    pub free: u64,
    pub chats: u64,
    pub messages: u64,
    pub changes: u64,
}

impl Storage {
    /// What [`Core::clear_caches`] gives back.
    #[must_use]
    pub fn clearable(&self) -> u64 {
        let documents = self.parts.iter().find(|(part, _)| *part == Part::Documents);
        self.free + self.log + documents.map_or(0, |(_, size)| *size)
    }
}

/// Of a file that may not be there, in bytes.
fn size(path: &std::path::Path) -> Result<u64> {
    match std::fs::metadata(path) {
        Ok(file) => Ok(file.len()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error.into()),
    }
}

impl Core {
    /// Takes seconds for a file of a gigabyte. Writing goes on meanwhile.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn storage(&self) -> Result<Storage> {
        let store = &self.device().store;
        let chats = self.chats().await?.len() as u64;
        let mut reader = store.readers().acquire().await?;
        let tables: Vec<(String, i64)> = sqlx::query_as(PAGES).fetch_all(&mut *reader).await?;
        let number = async |sql: &'static str, reader: &mut sqlx::SqliteConnection| -> Result<u64> {
            let number: i64 = sqlx::query_scalar(sql).fetch_one(reader).await?;
            Ok(number.cast_unsigned())
        };
        let free = number(FREE, &mut reader).await?;
        let changes = number(CHANGES, &mut reader).await?;
        let messages = number(MESSAGES, &mut reader).await?;
        let mut parts: Vec<_> = Part::ALL.into_iter().map(|part| (part, 0)).collect();
        for (table, bytes) in tables {
            let part = Part::of(&table);
            if let Some((_, size)) = parts.iter_mut().find(|(one, _)| *one == part) {
                *size += bytes.cast_unsigned();
            }
        }
        let database = database(store.profile());
        let mut log = database.clone().into_os_string();
        log.push("-wal");
        Ok(Storage {
            parts,
            file: size(&database)?,
            log: size(log.as_ref())?,
            free,
            chats,
            messages,
            changes,
        })
    }

    /// Takes away what is made anew when it is needed, and gives the system back the room of that and of what was deleted
    /// before. Nothing that was said goes. Writing waits meanwhile, seconds for a file of a gigabyte; the disk must have as
    /// much room again as the file takes.
    ///
    /// # Errors
    /// [`crate::Error::DiskFull`]: the file stays as large as it was then.
    pub async fn clear_caches(&self) -> Result<()> {
        let store = &self.device().store;
        let mut tx = store.begin(Durability::Power).await?;
        changes::drop_saved(&mut tx).await?;
        tx.commit().await?;
        store.compact().await
    }
}
