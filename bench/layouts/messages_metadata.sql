-- As drawn, 2: what is said in one table, what is true of it (date, read or not, count of readers) in another.
-- The metadata hold the chat too: so they can have the index by chat and time, and the one of unread messages.

CREATE TABLE users (user_id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
CREATE TABLE chats (chat_id INTEGER PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL) STRICT;
CREATE TABLE members (
    chat_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    admin INTEGER NOT NULL,
    PRIMARY KEY (chat_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    message_id BLOB NOT NULL UNIQUE CHECK (length(message_id) = 16),
    author_id INTEGER NOT NULL,
    text TEXT NOT NULL
) STRICT;
CREATE TABLE metadata (
    id INTEGER PRIMARY KEY,
    chat_id INTEGER NOT NULL,
    sent_at INTEGER NOT NULL,
    pub_date INTEGER NOT NULL,
    is_readed INTEGER NOT NULL,
    count_readers INTEGER NOT NULL,
    flags INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX metadata_by_chat ON metadata (chat_id, pub_date);
CREATE INDEX metadata_unread ON metadata (chat_id) WHERE is_readed = 0;

-- name: user
INSERT INTO users (user_id, name) VALUES (:user, :title);

-- name: chat
INSERT INTO chats (chat_id, kind, title) VALUES (:chat, :kind, :title);

-- name: member
INSERT INTO members (chat_id, user_id, admin) VALUES (:chat, :user, :admin);

-- name: message
INSERT INTO messages (id, message_id, author_id, text) VALUES (:key, :message, :author, :text);
INSERT INTO metadata (id, chat_id, sent_at, pub_date, is_readed, count_readers)
    VALUES (:key, :chat, :sent_at, :at, :is_readed, :readers);

-- name: newest
SELECT d.id, m.message_id, m.author_id, m.text, d.sent_at, d.pub_date
    FROM metadata d CROSS JOIN messages m ON m.id = d.id WHERE d.chat_id = :chat
    ORDER BY d.pub_date DESC, d.id DESC LIMIT :limit;

-- name: before
SELECT d.id, m.message_id, m.author_id, m.text, d.sent_at, d.pub_date
    FROM metadata d CROSS JOIN messages m ON m.id = d.id WHERE d.chat_id = :chat AND (d.pub_date, d.id) < (:at, :key)
    ORDER BY d.pub_date DESC, d.id DESC LIMIT :limit;

-- name: jump
SELECT d.id, m.message_id, m.author_id, m.text, d.sent_at, d.pub_date
    FROM metadata d CROSS JOIN messages m ON m.id = d.id WHERE d.chat_id = :chat AND d.pub_date >= :at
    ORDER BY d.pub_date, d.id LIMIT :limit;

-- name: list
-- scans c: every chat is a row of the list
-- sorts: the newest message's date stands in no index of chats
SELECT c.chat_id, c.kind, c.title, m.author_id, substr(m.text, 1, 200), d.pub_date,
        (SELECT count(*) FROM metadata u WHERE u.chat_id = c.chat_id AND u.is_readed = 0)
    FROM chats c CROSS JOIN metadata d ON d.id =
        (SELECT n.id FROM metadata n WHERE n.chat_id = c.chat_id ORDER BY n.pub_date DESC, n.id DESC LIMIT 1)
    CROSS JOIN messages m ON m.id = d.id
    ORDER BY d.pub_date DESC;

-- name: readers
SELECT count_readers FROM metadata WHERE chat_id = :chat AND pub_date BETWEEN :first_at AND :at
    ORDER BY pub_date, id;

-- name: who
-- cannot: who read it is kept nowhere

-- name: search
SELECT m.id, m.message_id, m.author_id, m.text, d.sent_at, d.pub_date FROM search s
    CROSS JOIN messages m ON m.id = s.rowid CROSS JOIN metadata d ON d.id = s.rowid
    WHERE search MATCH :word ORDER BY s.rowid DESC LIMIT :limit;

-- name: locate
SELECT m.id, m.text, d.chat_id, m.id FROM messages m CROSS JOIN metadata d ON d.id = m.id
    WHERE m.message_id = :message;

-- name: edit
UPDATE messages SET text = :text WHERE id = :key;
UPDATE metadata SET flags = flags | 1 WHERE id = :key;

-- name: delete
DELETE FROM messages WHERE id = :key;
DELETE FROM metadata WHERE id = :key;

-- name: read
UPDATE metadata SET count_readers = count_readers + 1
    WHERE chat_id = :chat AND pub_date BETWEEN :first_at AND :at
        AND (SELECT m.author_id FROM messages m WHERE m.id = metadata.id) <> :user;

-- name: accept
UPDATE metadata SET pub_date = :at WHERE id = (SELECT m.id FROM messages m WHERE m.message_id = :message);
