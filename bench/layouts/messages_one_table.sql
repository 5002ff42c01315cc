-- As drawn, 1: one table with the keys of chat and author, an id that counts up, and an index by chat and time.
-- is_readed (by me) and count_readers (by members) stand in the row; who read it is kept nowhere.

CREATE TABLE users (user_id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
CREATE TABLE chats (chat_id INTEGER PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL) STRICT;
CREATE TABLE members (
    chat_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    admin INTEGER NOT NULL,
    PRIMARY KEY (chat_id, user_id)
) STRICT, WITHOUT ROWID;

-- The text stands last: the flags are then read and written without walking over it.
CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    message_id BLOB NOT NULL UNIQUE CHECK (length(message_id) = 16),
    chat_id INTEGER NOT NULL,
    author_id INTEGER NOT NULL,
    sent_at INTEGER NOT NULL,
    pub_date INTEGER NOT NULL,
    is_readed INTEGER NOT NULL,
    count_readers INTEGER NOT NULL,
    flags INTEGER NOT NULL DEFAULT 0,
    text TEXT NOT NULL
) STRICT;
CREATE INDEX messages_by_chat ON messages (chat_id, pub_date);
CREATE INDEX messages_unread ON messages (chat_id) WHERE is_readed = 0;

-- name: user
INSERT INTO users (user_id, name) VALUES (:user, :title);

-- name: chat
INSERT INTO chats (chat_id, kind, title) VALUES (:chat, :kind, :title);

-- name: member
INSERT INTO members (chat_id, user_id, admin) VALUES (:chat, :user, :admin);

-- name: message
INSERT INTO messages (id, message_id, chat_id, author_id, sent_at, pub_date, is_readed, count_readers, text)
    VALUES (:key, :message, :chat, :author, :sent_at, :at, :is_readed, :readers, :text);

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
-- scans c: every chat is a row of the list
-- sorts: the newest message's date stands in no index of chats
SELECT c.chat_id, c.kind, c.title, m.author_id, substr(m.text, 1, 200), m.pub_date,
        (SELECT count(*) FROM messages u WHERE u.chat_id = c.chat_id AND u.is_readed = 0)
    FROM chats c CROSS JOIN messages m ON m.id =
        (SELECT n.id FROM messages n WHERE n.chat_id = c.chat_id ORDER BY n.pub_date DESC, n.id DESC LIMIT 1)
    ORDER BY m.pub_date DESC;

-- name: readers
SELECT count_readers FROM messages WHERE chat_id = :chat AND pub_date BETWEEN :first_at AND :at
    ORDER BY pub_date, id;

-- name: who
-- cannot: who read it is kept nowhere

-- name: search
SELECT m.id, m.message_id, m.author_id, m.text, m.sent_at, m.pub_date FROM search s
    CROSS JOIN messages m ON m.id = s.rowid WHERE search MATCH :word ORDER BY s.rowid DESC LIMIT :limit;

-- name: locate
SELECT id, text, chat_id, id FROM messages WHERE message_id = :message;

-- name: edit
UPDATE messages SET text = :text, flags = flags | 1 WHERE id = :key;

-- name: delete
DELETE FROM messages WHERE id = :key;

-- name: read
UPDATE messages SET count_readers = count_readers + 1
    WHERE chat_id = :chat AND pub_date BETWEEN :first_at AND :at AND author_id <> :user;

-- name: accept
UPDATE messages SET pub_date = :at WHERE message_id = :message;
