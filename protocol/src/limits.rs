//! Sizes and rates that relay and clients hold each other to.

/// Largest body of one envelope, in bytes.
pub const ENVELOPE_BYTES: usize = 256 * 1024;
/// Largest content of an envelope once inflated, in bytes.
pub const CONTENT_BYTES: usize = 4 * 1024 * 1024;
/// Most changes in one envelope: its index shares a row id with the seq (12 bits).
pub const ENVELOPE_CHANGES: usize = 1024;
/// Largest single change, in bytes.
pub const CHANGE_BYTES: usize = 192 * 1024;
/// Most facts in one change.
pub const CHANGE_FACTS: usize = 16;
/// Longest text of one message, in bytes of UTF-8.
pub const MESSAGE_TEXT_BYTES: usize = 64 * 1024;
/// Longest title or name, in characters.
pub const TITLE_CHARS: usize = 128;
/// Longest description, in characters.
pub const DESCRIPTION_CHARS: usize = 2048;
/// Highest seq of a log: with the index it shares 38 bits of a row id.
pub const SEQ_MAX: u64 = (1 << 26) - 1;
/// Most envelopes of one append request.
pub const APPEND_ENVELOPES: usize = 256;
/// Largest body of one request or live frame, in bytes.
pub const REQUEST_BYTES: usize = 2 * 1024 * 1024;
/// Most bytes of bodies in one batch of the log.
pub const BATCH_BYTES: usize = 1024 * 1024;
/// Most entries in one batch of the log.
pub const BATCH_ENTRIES: usize = 4096;
/// Marks of a log in one answer ([`crate::request::ListMarks`]).
pub const MARKS: usize = 16_384;
/// Largest welcome or join request, in bytes. A welcome holds 550 for each device of the group.
pub const INBOX_ITEM_BYTES: usize = 1024 * 1024;
/// Most undelivered items in a device's inbox.
pub const INBOX_ITEMS: usize = 1024;
/// Most welcomes with one handshake.
pub const WELCOMES: usize = 256;
/// Most slot keys of a chat.
pub const CHAT_KEYS: usize = 20_000;
/// Most keys that a member who is not an admin may hold in their slot: one a device.
pub const SLOT_KEYS: usize = 16;
/// Most key packages kept for a device.
pub const KEY_PACKAGES: usize = 100;
/// Largest key package, in bytes: it holds an identity.
pub const KEY_PACKAGE_BYTES: usize = 16 * 1024;
/// Largest identity in a credential, in bytes.
pub const IDENTITY_BYTES: usize = 8 * 1024;
/// Most devices of a person that are active at a time.
pub const DEVICES: usize = 10;
/// Most statements about a person's devices; the bytes of an identity end before that, after about thirty.
pub const STATEMENTS: usize = 64;
/// Most records of a backup: one a chat, and a few.
pub const BACKUP_RECORDS: usize = 20_000;
/// Largest record of a backup, in bytes.
pub const BACKUP_RECORD_BYTES: usize = 96 * 1024;
/// Most backups that one device may begin.
pub const DEVICE_BACKUPS: usize = 4;
/// Most chats one session may open.
pub const SESSION_CHATS: usize = 10_000;
/// Most bytes a subscriber may have asked for and not yet received.
pub const CREDIT_BYTES: u64 = 16 * 1024 * 1024;

/// Picture of a person or of a chat.
pub const PICTURE_BYTES: usize = 32 * 1024;

/// Fewest and most characters of a username.
pub const USERNAME_CHARS: (usize, usize) = (3, 32);

/// Whether a text is a username: letters a to z, digits, `_` and `.`, so that none looks like another one.
#[must_use]
pub fn is_username(text: &str) -> bool {
    (USERNAME_CHARS.0..=USERNAME_CHARS.1).contains(&text.len())
        && text.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, b'_' | b'.'))
}
