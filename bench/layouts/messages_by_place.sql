-- Ours: the row id is chat, queued or not, seq in the relay's log and index in the envelope, packed: docs/decisions,
-- 0002. So a chat lies together and in its order, with no index beside. One read mark a membership; last line and
-- unread count in the chat. Columns as in core/migrations.

CREATE TABLE users (user_no INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
CREATE TABLE chats (
    chat_no INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    last_place INTEGER NOT NULL DEFAULT 0,
    last_author_no INTEGER NOT NULL DEFAULT 0,
    last_text TEXT NOT NULL DEFAULT '',
    last_at INTEGER NOT NULL DEFAULT 0,
    unread INTEGER NOT NULL DEFAULT 0,
    read_place INTEGER NOT NULL
) STRICT;
CREATE INDEX chats_by_activity ON chats (last_at DESC);
CREATE TABLE memberships (
    chat_no INTEGER NOT NULL,
    user_no INTEGER NOT NULL,
    admin INTEGER NOT NULL,
    -- Without the chat's part.
    read_place INTEGER NOT NULL,
    PRIMARY KEY (chat_no, user_no)
) STRICT, WITHOUT ROWID;

CREATE TABLE messages (
    place INTEGER PRIMARY KEY,
    message_id BLOB NOT NULL UNIQUE CHECK (length(message_id) = 16),
    author_no INTEGER NOT NULL,
    text TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    at INTEGER NOT NULL,
    flags INTEGER NOT NULL DEFAULT 0
) STRICT;
-- Places rise within a chat only: so that the newest hits of all chats are the last ones, the row id of the search
-- index is the time of acceptance, in units of 256 ms. From there to the message:
CREATE TABLE search_rows (number INTEGER PRIMARY KEY, place INTEGER NOT NULL) STRICT;

-- name: user
INSERT INTO users (user_no, name) VALUES (:user, :title);

-- name: chat
INSERT INTO chats (chat_no, kind, title, read_place) VALUES (:chat, :kind, :title, :read_place);

-- name: member
INSERT INTO memberships (chat_no, user_no, admin, read_place) VALUES (:chat, :user, :admin, :read_place);

-- name: message
INSERT INTO messages (place, message_id, author_no, text, sent_at, at)
    VALUES (:key, :message, :author, :text, :sent_at, :at);

-- name: line
UPDATE chats SET last_place = :key & 549755813887, last_author_no = :author, last_text = substr(:text, 1, 200),
    last_at = :at, unread = unread + :unread WHERE chat_no = :chat;

-- name: newest
SELECT place, message_id, author_no, text, sent_at, at FROM messages
    WHERE place >= :chat << 39 AND place < (:chat + 1) << 39 ORDER BY place DESC LIMIT :limit;

-- name: before
SELECT place, message_id, author_no, text, sent_at, at FROM messages
    WHERE place >= :chat << 39 AND place < :key ORDER BY place DESC LIMIT :limit;

-- No index by date: the relay's time rises with the place, so the place of a date is found bit by bit, in as many
-- descents as the chat's last seq has bits (in threes). seq is the first envelope accepted at the date or after it.
-- name: jump
WITH RECURSIVE bits (seq, bit) AS (
    SELECT 0, 1 << 3 * length(printf('%o', (SELECT m.place >> 12 & 67108863 FROM messages m
        WHERE m.place >= :chat << 39 AND m.place < ((:chat << 39) | (1 << 38)) ORDER BY m.place DESC LIMIT 1)))
    UNION ALL
    SELECT seq + bit * (:at > (SELECT m.at FROM messages m WHERE m.place >= :chat << 39
            AND m.place < ((:chat << 39) | ((seq + bit) << 12)) ORDER BY m.place DESC LIMIT 1) IS NOT 0),
        bit >> 1
    FROM bits WHERE bit > 0
)
SELECT place, message_id, author_no, text, sent_at, at FROM messages
    WHERE place >= ((:chat << 39) | ((SELECT max(seq) FROM bits) << 12)) AND place < (:chat + 1) << 39
    ORDER BY place LIMIT :limit;

-- name: list
SELECT chat_no, kind, title, last_author_no, last_text, last_at, unread
    FROM chats INDEXED BY chats_by_activity ORDER BY last_at DESC;

-- name: marks
SELECT user_no, read_place FROM memberships WHERE chat_no = :chat;

-- name: who
SELECT user_no FROM memberships WHERE chat_no = :chat AND read_place >= :key & 549755813887 AND user_no <> :author
    ORDER BY user_no;

-- name: search
SELECT m.place, m.message_id, m.author_no, m.text, m.sent_at, m.at FROM search s
    CROSS JOIN search_rows r ON r.number = s.rowid CROSS JOIN messages m ON m.place = r.place
    WHERE search MATCH :word ORDER BY s.rowid DESC LIMIT :limit;

-- name: found
INSERT INTO search_rows (number, place) VALUES (:number, :key);

-- name: forget
DELETE FROM search_rows WHERE number = :number;

-- name: locate
SELECT m.place, m.text, m.place >> 39, (SELECT r.number FROM search_rows r
        WHERE r.number >= m.at >> 8 AND r.place = m.place ORDER BY r.number LIMIT 1)
    FROM messages m WHERE m.message_id = :message;

-- name: edit
UPDATE messages SET text = :text, flags = flags | 1 WHERE place = :key;
UPDATE chats SET last_text = substr(:text, 1, 200)
    WHERE chat_no = :key >> 39 AND last_place = :key & 549755813887;

-- name: delete
UPDATE chats SET unread = unread - 1 WHERE chat_no = :key >> 39 AND read_place < (:key & 549755813887)
    AND (SELECT m.author_no FROM messages m WHERE m.place = :key) <> :me;
DELETE FROM messages WHERE place = :key;
UPDATE chats SET (last_place, last_author_no, last_text, last_at) =
    (SELECT m.place & 549755813887, m.author_no, substr(m.text, 1, 200), m.at FROM messages m
        WHERE m.place >= :key >> 39 << 39 AND m.place < :key ORDER BY m.place DESC LIMIT 1)
    WHERE chat_no = :key >> 39 AND last_place = :key & 549755813887;

-- name: read
UPDATE memberships SET read_place = max(read_place, :key & 549755813887) WHERE chat_no = :chat AND user_no = :user;

-- name: accept
UPDATE messages SET place = :new_key, at = :at WHERE message_id = :message;
UPDATE chats SET last_place = :new_key & 549755813887, last_at = :at
    WHERE chat_no = :chat AND last_place = :key & 549755813887;
