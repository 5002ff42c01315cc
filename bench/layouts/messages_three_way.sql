-- As drawn, 4: one table joins chat, user and message; a row for the author and one for each reader.
-- A chat is read in the order of ids, that is of arrival, as with the join tables.

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
    sent_at INTEGER NOT NULL,
    pub_date INTEGER NOT NULL,
    flags INTEGER NOT NULL DEFAULT 0,
    text TEXT NOT NULL
) STRICT;
CREATE INDEX messages_by_date ON messages (pub_date);
-- relation: 0 wrote it, 1 read it, 2 has not read it (only of the person whose database this is).
CREATE TABLE chat_user_message (
    message_id INTEGER NOT NULL,
    relation INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    chat_id INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (message_id, relation, user_id)
) STRICT, WITHOUT ROWID;
-- Without the readers' rows: a page must not step over them.
CREATE INDEX written ON chat_user_message (chat_id, message_id, user_id) WHERE relation = 0;
CREATE INDEX unread ON chat_user_message (chat_id) WHERE relation = 2;

-- name: user
INSERT INTO users (user_id, name) VALUES (:user, :title);

-- name: chat
INSERT INTO chats (chat_id, kind, title) VALUES (:chat, :kind, :title);

-- name: member
INSERT INTO members (chat_id, user_id, admin) VALUES (:chat, :user, :admin);

-- name: message
INSERT INTO messages (id, message_id, sent_at, pub_date, text) VALUES (:key, :message, :sent_at, :at, :text);
INSERT INTO chat_user_message (message_id, relation, user_id, chat_id, at) VALUES (:key, 0, :author, :chat, :at);
INSERT INTO chat_user_message (message_id, relation, user_id, chat_id, at)
    SELECT :key, 2, :me, :chat, 0 WHERE :is_readed = 0;

-- name: reader
INSERT INTO chat_user_message (message_id, relation, user_id, chat_id, at) VALUES (:key, 1, :user, :chat, :at);

-- name: newest
SELECT m.id, m.message_id, a.user_id, m.text, m.sent_at, m.pub_date FROM chat_user_message a
    CROSS JOIN messages m ON m.id = a.message_id
    WHERE a.chat_id = :chat AND a.relation = 0 ORDER BY a.message_id DESC LIMIT :limit;

-- name: before
SELECT m.id, m.message_id, a.user_id, m.text, m.sent_at, m.pub_date FROM chat_user_message a
    CROSS JOIN messages m ON m.id = a.message_id
    WHERE a.chat_id = :chat AND a.relation = 0 AND a.message_id < :key ORDER BY a.message_id DESC LIMIT :limit;

-- name: jump
SELECT m.id, m.message_id, a.user_id, m.text, m.sent_at, m.pub_date
    FROM chat_user_message a INDEXED BY written CROSS JOIN messages m ON m.id = a.message_id
    WHERE a.chat_id = :chat AND a.relation = 0
        AND a.message_id >= (SELECT f.id FROM messages f WHERE f.pub_date >= :at ORDER BY f.pub_date LIMIT 1)
    ORDER BY a.message_id LIMIT :limit;

-- name: list
-- scans c: every chat is a row of the list
-- sorts: the newest message's date stands in no index of chats
SELECT c.chat_id, c.kind, c.title, a.user_id, substr(m.text, 1, 200), m.pub_date,
        (SELECT count(*) FROM chat_user_message u WHERE u.chat_id = c.chat_id AND u.relation = 2)
    FROM chats c CROSS JOIN messages m ON m.id =
        (SELECT n.message_id FROM chat_user_message n WHERE n.chat_id = c.chat_id AND n.relation = 0
            ORDER BY n.message_id DESC LIMIT 1)
    CROSS JOIN chat_user_message a ON a.message_id = m.id AND a.relation = 0
    ORDER BY m.pub_date DESC;

-- name: readers
SELECT (SELECT count(*) FROM chat_user_message r WHERE r.message_id = a.message_id AND r.relation = 1)
    FROM chat_user_message a INDEXED BY written
    WHERE a.chat_id = :chat AND a.relation = 0 AND a.message_id BETWEEN :first_key AND :key ORDER BY a.message_id;

-- name: who
SELECT user_id FROM chat_user_message WHERE message_id = :key AND relation = 1 ORDER BY user_id;

-- name: search
SELECT m.id, m.message_id, a.user_id, m.text, m.sent_at, m.pub_date FROM search s
    CROSS JOIN messages m ON m.id = s.rowid
    CROSS JOIN chat_user_message a ON a.message_id = s.rowid AND a.relation = 0
    WHERE search MATCH :word ORDER BY s.rowid DESC LIMIT :limit;

-- name: locate
SELECT m.id, m.text, a.chat_id, m.id FROM messages m
    CROSS JOIN chat_user_message a ON a.message_id = m.id AND a.relation = 0 WHERE m.message_id = :message;

-- name: edit
UPDATE messages SET text = :text, flags = flags | 1 WHERE id = :key;

-- name: delete
DELETE FROM messages WHERE id = :key;
DELETE FROM chat_user_message WHERE message_id = :key;

-- name: read
INSERT OR IGNORE INTO chat_user_message (message_id, relation, user_id, chat_id, at)
    SELECT a.message_id, 1, :user, :chat, :at FROM chat_user_message a INDEXED BY written
        WHERE a.chat_id = :chat AND a.relation = 0 AND a.message_id BETWEEN :first_key AND :key
            AND a.user_id <> :user;

-- name: accept
UPDATE messages SET pub_date = :at WHERE message_id = :message;
