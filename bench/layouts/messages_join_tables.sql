-- As drawn, 3: messages know neither chat nor people; chat_message and user_message join them.
-- A row of user_message for each reader, so who read it and when can be told. A chat is read in the order of ids, that
-- is of arrival: dates are in the messages, and an index over two tables there is none.

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
CREATE TABLE chat_message (
    chat_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    PRIMARY KEY (chat_id, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX chat_message_by_message ON chat_message (message_id);
-- relation: 0 wrote it, 1 read it, 2 has not read it (only of the person whose database this is). The author is then
-- the first row of a message, with no index of its own.
CREATE TABLE user_message (
    message_id INTEGER NOT NULL,
    relation INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (message_id, relation, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX user_message_unread ON user_message (message_id) WHERE relation = 2;

-- name: user
INSERT INTO users (user_id, name) VALUES (:user, :title);

-- name: chat
INSERT INTO chats (chat_id, kind, title) VALUES (:chat, :kind, :title);

-- name: member
INSERT INTO members (chat_id, user_id, admin) VALUES (:chat, :user, :admin);

-- name: message
INSERT INTO messages (id, message_id, sent_at, pub_date, text) VALUES (:key, :message, :sent_at, :at, :text);
INSERT INTO chat_message (chat_id, message_id) VALUES (:chat, :key);
INSERT INTO user_message (message_id, relation, user_id, at) VALUES (:key, 0, :author, :at);
INSERT INTO user_message (message_id, relation, user_id, at) SELECT :key, 2, :me, 0 WHERE :is_readed = 0;

-- name: reader
INSERT INTO user_message (message_id, relation, user_id, at) VALUES (:key, 1, :user, :at);

-- name: newest
SELECT m.id, m.message_id, a.user_id, m.text, m.sent_at, m.pub_date FROM chat_message c
    CROSS JOIN messages m ON m.id = c.message_id
    CROSS JOIN user_message a ON a.message_id = c.message_id AND a.relation = 0
    WHERE c.chat_id = :chat ORDER BY c.message_id DESC LIMIT :limit;

-- name: before
SELECT m.id, m.message_id, a.user_id, m.text, m.sent_at, m.pub_date FROM chat_message c
    CROSS JOIN messages m ON m.id = c.message_id
    CROSS JOIN user_message a ON a.message_id = c.message_id AND a.relation = 0
    WHERE c.chat_id = :chat AND c.message_id < :key ORDER BY c.message_id DESC LIMIT :limit;

-- name: jump
SELECT m.id, m.message_id, a.user_id, m.text, m.sent_at, m.pub_date FROM chat_message c
    CROSS JOIN messages m ON m.id = c.message_id
    CROSS JOIN user_message a ON a.message_id = c.message_id AND a.relation = 0
    WHERE c.chat_id = :chat
        AND c.message_id >= (SELECT f.id FROM messages f WHERE f.pub_date >= :at ORDER BY f.pub_date LIMIT 1)
    ORDER BY c.message_id LIMIT :limit;

-- name: list
-- scans c: every chat is a row of the list
-- sorts: the newest message's date stands in no index of chats; unread ones are grouped by chat
SELECT c.chat_id, c.kind, c.title, a.user_id, substr(m.text, 1, 200), m.pub_date, coalesce(u.unread, 0)
    FROM chats c CROSS JOIN messages m ON m.id =
        (SELECT n.message_id FROM chat_message n WHERE n.chat_id = c.chat_id ORDER BY n.message_id DESC LIMIT 1)
    CROSS JOIN user_message a ON a.message_id = m.id AND a.relation = 0
    LEFT JOIN (SELECT i.chat_id, count(*) AS unread FROM user_message r INDEXED BY user_message_unread
        CROSS JOIN chat_message i ON i.message_id = r.message_id WHERE r.relation = 2 GROUP BY i.chat_id) u
        ON u.chat_id = c.chat_id
    ORDER BY m.pub_date DESC;

-- name: readers
SELECT (SELECT count(*) FROM user_message r WHERE r.message_id = c.message_id AND r.relation = 1)
    FROM chat_message c WHERE c.chat_id = :chat AND c.message_id BETWEEN :first_key AND :key ORDER BY c.message_id;

-- name: who
SELECT user_id FROM user_message WHERE message_id = :key AND relation = 1 ORDER BY user_id;

-- name: search
SELECT m.id, m.message_id, a.user_id, m.text, m.sent_at, m.pub_date FROM search s
    CROSS JOIN messages m ON m.id = s.rowid
    CROSS JOIN user_message a ON a.message_id = s.rowid AND a.relation = 0
    WHERE search MATCH :word ORDER BY s.rowid DESC LIMIT :limit;

-- name: locate
SELECT m.id, m.text, c.chat_id, m.id FROM messages m CROSS JOIN chat_message c ON c.message_id = m.id
    WHERE m.message_id = :message;

-- name: edit
UPDATE messages SET text = :text, flags = flags | 1 WHERE id = :key;

-- name: delete
DELETE FROM messages WHERE id = :key;
DELETE FROM chat_message WHERE message_id = :key;
DELETE FROM user_message WHERE message_id = :key;

-- name: read
INSERT OR IGNORE INTO user_message (message_id, relation, user_id, at)
    SELECT c.message_id, 1, :user, :at FROM chat_message c
        CROSS JOIN user_message a ON a.message_id = c.message_id AND a.relation = 0
        WHERE c.chat_id = :chat AND c.message_id BETWEEN :first_key AND :key AND a.user_id <> :user;

-- name: accept
UPDATE messages SET pub_date = :at WHERE message_id = :message;
