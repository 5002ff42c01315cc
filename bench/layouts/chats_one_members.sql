-- One table for all kinds of chat; who is in one is a table of memberships. A dialog's title is the other person's
-- name.

CREATE TABLE users (user_id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
CREATE TABLE chats (
    chat_id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    category TEXT NOT NULL,
    last_author_id INTEGER NOT NULL,
    last_text TEXT NOT NULL,
    last_at INTEGER NOT NULL,
    unread INTEGER NOT NULL
) STRICT;
CREATE INDEX chats_by_activity ON chats (last_at DESC);
CREATE TABLE members (
    chat_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    admin INTEGER NOT NULL,
    read_place INTEGER NOT NULL,
    PRIMARY KEY (chat_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_by_user ON members (user_id);

-- name: user
INSERT INTO users (user_id, name) VALUES (:user, :title);

-- name: chat
INSERT INTO chats (chat_id, kind, title, description, category, last_author_id, last_text, last_at, unread)
    VALUES (:chat, :kind, :title, :about, :category, :author, :text, :at, :unread);

-- name: member
INSERT INTO members (chat_id, user_id, admin, read_place) VALUES (:chat, :user, :admin, :read_place);

-- name: list
SELECT c.chat_id, c.kind, iif(c.kind = 'dialog', (SELECT u.name FROM members m CROSS JOIN users u USING (user_id)
        WHERE m.chat_id = c.chat_id AND m.user_id <> :me LIMIT 1), c.title),
        c.last_author_id, c.last_text, c.last_at, c.unread
    FROM chats c INDEXED BY chats_by_activity ORDER BY c.last_at DESC;

-- name: one
SELECT kind, title, description, category, last_author_id, last_text, last_at, unread FROM chats WHERE chat_id = :chat;

-- name: members
SELECT m.user_id, u.name, m.admin, m.read_place FROM members m CROSS JOIN users u USING (user_id)
    WHERE m.chat_id = :chat ORDER BY m.user_id;

-- name: shared
SELECT chat_id FROM members WHERE user_id = :user ORDER BY chat_id;

-- name: marks
SELECT user_id, read_place FROM members WHERE chat_id = :chat;

-- name: read
UPDATE members SET read_place = :read_place WHERE chat_id = :chat AND user_id = :user;

-- name: join
INSERT INTO members (chat_id, user_id, admin, read_place) VALUES (:chat, :user, 0, 0);

-- name: line
UPDATE chats SET last_author_id = :author, last_text = :text, last_at = :at, unread = unread + :unread
    WHERE chat_id = :chat;
