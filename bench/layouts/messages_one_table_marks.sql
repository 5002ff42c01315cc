-- The first as drawn, with what ours has beside its key: one read mark a membership, last line and unread count in the
-- chat. It parts what the key brings from what marks and counters bring: those could be had with any layout.

CREATE TABLE users (user_id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
CREATE TABLE chats (
    chat_id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    last_id INTEGER NOT NULL DEFAULT 0,
    last_author_id INTEGER NOT NULL DEFAULT 0,
    last_text TEXT NOT NULL DEFAULT '',
    last_at INTEGER NOT NULL DEFAULT 0,
    unread INTEGER NOT NULL DEFAULT 0,
    -- The date of the last message that I read.
    read_at INTEGER NOT NULL
) STRICT;
CREATE INDEX chats_by_activity ON chats (last_at DESC);
CREATE TABLE members (
    chat_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    admin INTEGER NOT NULL,
    read_at INTEGER NOT NULL,
    PRIMARY KEY (chat_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    message_id BLOB NOT NULL UNIQUE CHECK (length(message_id) = 16),
    chat_id INTEGER NOT NULL,
    author_id INTEGER NOT NULL,
    sent_at INTEGER NOT NULL,
    pub_date INTEGER NOT NULL,
    flags INTEGER NOT NULL DEFAULT 0,
    text TEXT NOT NULL
) STRICT;
CREATE INDEX messages_by_chat ON messages (chat_id, pub_date);

-- name: user
INSERT INTO users (user_id, name) VALUES (:user, :title);

-- name: chat
INSERT INTO chats (chat_id, kind, title, read_at) VALUES (:chat, :kind, :title, :read_at);

-- name: member
INSERT INTO members (chat_id, user_id, admin, read_at) VALUES (:chat, :user, :admin, :read_at);

-- name: message
INSERT INTO messages (id, message_id, chat_id, author_id, sent_at, pub_date, text)
    VALUES (:key, :message, :chat, :author, :sent_at, :at, :text);

-- name: line
UPDATE chats SET last_id = :key, last_author_id = :author, last_text = substr(:text, 1, 200), last_at = :at,
    unread = unread + :unread WHERE chat_id = :chat;

-- name: newest
SELECT id, message_id, author_id, text, sent_at, pub_date FROM messages WHERE chat_id = :chat
    ORDER BY pub_date DESC, id DESC LIMIT :limit;

-- name: before
SELECT id, message_id, author_id, text, sent_at, pub_date FROM messages
    WHERE chat_id = :chat AND (pub_date, id) < (:at, :key) ORDER BY pub_date DESC, id DESC LIMIT :limit;

-- name: jump
SELECT id, message_id, author_id, text, sent_at, pub_date FROM messages WHERE chat_id = :chat AND pub_date >= :at
    ORDER BY pub_date, id LIMIT :limit;

-- name: list
SELECT chat_id, kind, title, last_author_id, last_text, last_at, unread
    FROM chats INDEXED BY chats_by_activity ORDER BY last_at DESC;

-- name: marks
SELECT user_id, read_at FROM members WHERE chat_id = :chat;

-- name: who
SELECT user_id FROM members WHERE chat_id = :chat AND read_at >= :at AND user_id <> :author ORDER BY user_id;

-- name: search
SELECT m.id, m.message_id, m.author_id, m.text, m.sent_at, m.pub_date FROM search s
    CROSS JOIN messages m ON m.id = s.rowid WHERE search MATCH :word ORDER BY s.rowid DESC LIMIT :limit;

-- name: locate
SELECT id, text, chat_id, id FROM messages WHERE message_id = :message;

-- name: edit
UPDATE messages SET text = :text, flags = flags | 1 WHERE id = :key;
UPDATE chats SET last_text = substr(:text, 1, 200)
    WHERE chat_id = (SELECT m.chat_id FROM messages m WHERE m.id = :key) AND last_id = :key;

-- name: delete
UPDATE chats SET unread = unread - 1 WHERE chat_id = (SELECT m.chat_id FROM messages m WHERE m.id = :key)
    AND read_at < (SELECT m.pub_date FROM messages m WHERE m.id = :key)
    AND (SELECT m.author_id FROM messages m WHERE m.id = :key) <> :me;
UPDATE chats SET (last_id, last_author_id, last_text, last_at) =
    (SELECT m.id, m.author_id, substr(m.text, 1, 200), m.pub_date FROM messages m
        WHERE m.chat_id = chats.chat_id AND m.id <> :key ORDER BY m.pub_date DESC, m.id DESC LIMIT 1)
    WHERE chat_id = (SELECT m.chat_id FROM messages m WHERE m.id = :key) AND last_id = :key;
DELETE FROM messages WHERE id = :key;

-- name: read
UPDATE members SET read_at = max(read_at, :at) WHERE chat_id = :chat AND user_id = :user;

-- name: accept
UPDATE messages SET pub_date = :at WHERE message_id = :message;
UPDATE chats SET last_at = :at WHERE chat_id = :chat AND last_id = :key;
