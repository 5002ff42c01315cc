//! Every SQL statement of the store, in one list that a test holds against the query planner.

use std::sync::LazyLock;

pub const CHAT: &str = "SELECT number, log, head, last_handshake, touched_at FROM chats WHERE id = ?1";
pub const LAST_CHAT: &str = "SELECT coalesce(max(number), 0) FROM chats";
pub const KEYS: &str = "SELECT key, slot, admin FROM chat_keys WHERE chat = ?1";
pub const PUT_KEY: &str = "INSERT INTO chat_keys (chat, key, slot, admin) VALUES (?1, ?2, ?3, ?4) \
     ON CONFLICT (chat, key) DO UPDATE SET slot = excluded.slot, admin = excluded.admin";
pub const REMOVE_KEY: &str = "DELETE FROM chat_keys WHERE chat = ?1 AND key = ?2";

/// `?1 < place <= ?2`.
pub const READ: &str = "SELECT place, id, kind, accepted_at, tag, body FROM entries \
     WHERE place > ?1 AND place <= ?2 ORDER BY place LIMIT ?3";
/// `?1 < place < ?2`.
pub const HANDSHAKES: &str = "SELECT place, id, kind, accepted_at, tag, body FROM entries \
     WHERE kind = 1 AND place > ?1 AND place < ?2 ORDER BY place DESC LIMIT ?3";

/// `?1 < place <= ?2`. The body is last in its row: further pages of a large one are not read.
pub const MARKS: &str = "SELECT id, kind, accepted_at, tag FROM entries \
     WHERE place > ?1 AND place <= ?2 ORDER BY place LIMIT ?3";
pub const MARK_AT: &str = "SELECT id, kind, accepted_at, tag FROM entries WHERE place = ?1";

pub const DEVICE: &str = "SELECT number FROM devices WHERE device = ?1";
pub const OPEN_DEVICE: &str = "INSERT INTO devices (device, opened_at, inbox_next) VALUES (?1, ?2, ?3)";
pub const SPEND_INVITE: &str =
    "UPDATE invites SET uses_left = uses_left - 1 WHERE token_hash = ?1 AND uses_left > 1";
pub const SPEND_LAST_USE: &str = "DELETE FROM invites WHERE token_hash = ?1 AND uses_left = 1";
pub const CREATE_INVITE: &str = "INSERT INTO invites (token_hash, uses_left, created_at) VALUES (?1, ?2, ?3)";

pub const INBOX_STATE: &str = "SELECT d.number, d.inbox_next, \
     (SELECT count(*) FROM inbox i WHERE i.owner = d.number) FROM devices d WHERE d.device = ?1";
pub const INBOX_WAITING: &str = "SELECT number FROM inbox WHERE owner = ?1 AND id = ?2 AND kind = 1";
pub const INBOX_ADVANCE: &str = "UPDATE devices SET inbox_next = ?2 WHERE number = ?1";
pub const INBOX_PUT: &str =
    "INSERT INTO inbox (owner, number, id, kind, chat, seq, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
pub const INBOX: &str = "SELECT i.number, i.id, i.kind, i.chat, i.seq, i.body FROM inbox i \
     WHERE i.owner = (SELECT number FROM devices WHERE device = ?1) AND i.number > ?2 \
     ORDER BY i.number LIMIT ?3";
pub const INBOX_HEAD: &str = "SELECT coalesce(max(i.number), 0) FROM inbox i \
     WHERE i.owner = (SELECT number FROM devices WHERE device = ?1)";
pub const INBOX_FORGET: &str = "DELETE FROM inbox \
     WHERE owner = (SELECT number FROM devices WHERE device = ?1) AND number <= ?2";

pub const PUT_KEY_PACKAGE: &str =
    "INSERT INTO key_packages (owner, published_at, package) VALUES (?1, ?2, ?3)";
/// All but the newest `?2`.
pub const AGE_KEY_PACKAGES: &str = "DELETE FROM key_packages WHERE owner = ?1 AND number <= \
     (SELECT number FROM key_packages WHERE owner = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)";
pub const COUNT_KEY_PACKAGES: &str = "SELECT count(*) FROM key_packages WHERE owner = ?1";
pub const TAKE_KEY_PACKAGE: &str = "DELETE FROM key_packages WHERE number = \
     (SELECT k.number FROM key_packages k WHERE k.owner = (SELECT number FROM devices WHERE device = ?1) \
      ORDER BY k.number LIMIT 1) RETURNING package";

pub const LISTED_AS: &str = "SELECT user FROM directory WHERE username = ?1";
pub const UNLIST: &str = "DELETE FROM directory WHERE user = ?1";
pub const LIST: &str = "INSERT INTO directory (username, user, identity, put_at) VALUES (?1, ?2, ?3, ?4)";
pub const FIND: &str = "SELECT identity FROM directory WHERE username = ?1";
pub const LISTED: &str = "SELECT identity FROM directory WHERE user = ?1";

pub const BACKUP: &str = "SELECT number FROM backups WHERE backup = ?1";
pub const BACKUPS_BY: &str = "SELECT count(*) FROM backups WHERE opened_by = ?1";
pub const OPEN_BACKUP: &str = "INSERT INTO backups (backup, opened_by) VALUES (?1, ?2) RETURNING number";
pub const IS_WRITER: &str = "SELECT EXISTS (SELECT 1 FROM backup_writers WHERE owner = ?1 AND device = ?2)";
pub const FORGET_WRITERS: &str = "DELETE FROM backup_writers WHERE owner = ?1";
pub const PUT_WRITER: &str = "INSERT OR IGNORE INTO backup_writers (owner, device) VALUES (?1, ?2)";
pub const COUNT_RECORDS: &str = "SELECT count(*) FROM backup_records WHERE owner = ?1";
pub const PUT_RECORD: &str = "INSERT INTO backup_records (owner, id, body) VALUES (?1, ?2, ?3) \
     ON CONFLICT (owner, id) DO UPDATE SET body = excluded.body";
pub const RECORDS: &str = "SELECT r.id, r.body FROM backup_records r \
     WHERE r.owner = (SELECT number FROM backups WHERE backup = ?1) AND r.id > ?2 ORDER BY r.id LIMIT ?3";

/// One statement in several lengths: a group is written in few round trips, and each length is prepared once.
pub struct Many {
    texts: [(usize, String); 5],
}

impl Many {
    fn new(head: &str, row: &str, tail: &str) -> Self {
        let texts = [256, 64, 16, 4, 1].map(|rows| {
            let values = vec![row; rows].join(",");
            (rows, format!("{head} {values} {tail}"))
        });
        Self { texts }
    }

    /// The longest that takes no more than `left` rows, with its length; `left` is at least 1.
    pub fn within(&'static self, left: usize) -> (usize, &'static str) {
        let (rows, text) = self.texts.iter().find(|(rows, _)| *rows <= left).unwrap_or(&self.texts[4]);
        (*rows, text)
    }

    /// The shortest that takes `left` rows, else the longest; the rest is to be filled up.
    pub fn covering(&'static self, left: usize) -> (usize, &'static str) {
        let (rows, text) = self.texts.iter().rev().find(|(rows, _)| *rows >= left).unwrap_or(&self.texts[0]);
        (*rows, text)
    }
}

pub static KNOWN_IDS: LazyLock<Many> = LazyLock::new(|| {
    Many::new(
        "WITH wanted (chat, id) AS (VALUES",
        "(?,?)",
        ") SELECT e.chat, e.id, e.place, e.accepted_at FROM wanted CROSS JOIN entries e \
         ON e.chat = wanted.chat AND e.id = wanted.id",
    )
});
pub static PUT_ENTRIES: LazyLock<Many> = LazyLock::new(|| {
    let head = "INSERT INTO entries (place, chat, id, kind, accepted_at, tag, body) VALUES";
    Many::new(head, "(?,?,?,?,?,?,?)", "")
});
pub static PUT_CHATS: LazyLock<Many> = LazyLock::new(|| {
    Many::new(
        "INSERT INTO chats (number, id, log, head, last_handshake, touched_at) VALUES",
        "(?,?,?,?,?,?)",
        "ON CONFLICT (number) DO UPDATE SET head = excluded.head, \
         last_handshake = excluded.last_handshake, touched_at = excluded.touched_at",
    )
});

/// All of them, for the test.
#[cfg(test)]
pub fn all() -> Vec<&'static str> {
    let mut all = vec![
        CHAT,
        LAST_CHAT,
        KEYS,
        PUT_KEY,
        REMOVE_KEY,
        READ,
        HANDSHAKES,
        MARKS,
        MARK_AT,
        DEVICE,
        OPEN_DEVICE,
        SPEND_INVITE,
        SPEND_LAST_USE,
        CREATE_INVITE,
        INBOX_STATE,
        INBOX_WAITING,
        INBOX_ADVANCE,
        INBOX_PUT,
        INBOX,
        INBOX_HEAD,
        INBOX_FORGET,
        PUT_KEY_PACKAGE,
        AGE_KEY_PACKAGES,
        COUNT_KEY_PACKAGES,
        TAKE_KEY_PACKAGE,
        LISTED_AS,
        UNLIST,
        LIST,
        FIND,
        LISTED,
        BACKUP,
        BACKUPS_BY,
        OPEN_BACKUP,
        IS_WRITER,
        FORGET_WRITERS,
        PUT_WRITER,
        COUNT_RECORDS,
        PUT_RECORD,
        RECORDS,
    ];
    for many in [&KNOWN_IDS, &PUT_ENTRIES, &PUT_CHATS] {
        all.extend([many.covering(4).1, many.covering(1).1]);
    }
    all
}
