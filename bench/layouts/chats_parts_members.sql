-- A chat has what all kinds have; dialogs and groups (and blogs, which are alike) have tables of their own beside it;
-- who is in one is a table of memberships.

CREATE TABLE users (user_id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
CREATE TABLE chats (
    chat_id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    last_author_id INTEGER NOT NULL,
    last_text TEXT NOT NULL,
    last_at INTEGER NOT NULL,
    unread INTEGER NOT NULL
) STRICT;
CREATE INDEX chats_by_activity ON chats (last_at DESC);
-- Who the other one is.
CREATE TABLE dialogs (chat_id INTEGER PRIMARY KEY, other_id INTEGER NOT NULL) STRICT;
CREATE TABLE groups (
    chat_id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    category TEXT NOT NULL
) STRICT;
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
INSERT INTO chats (chat_id, kind, last_author_id, last_text, last_at, unread)
    VALUES (:chat, :kind, :author, :text, :at, :unread);
INSERT INTO dialogs (chat_id, other_id) SELECT :chat, :second WHERE :kind = 'dialog';
INSERT INTO groups (chat_id, title, description, category) SELECT :chat, :title, :about, :category
    WHERE :kind <> 'dialog';

-- name: member
INSERT INTO members (chat_id, user_id, admin, read_place) VALUES (:chat, :user, :admin, :read_place);

-- name: list
SELECT c.chat_id, c.kind, coalesce(g.title, u.name), c.last_author_id, c.last_text, c.last_at, c.unread
    FROM chats c INDEXED BY chats_by_activity LEFT JOIN groups g ON g.chat_id = c.chat_id
        LEFT JOIN dialogs d ON d.chat_id = c.chat_id LEFT JOIN users u ON u.user_id = d.other_id
    ORDER BY c.last_at DESC;

-- name: one
SELECT c.kind, coalesce(g.title, ''), coalesce(g.description, ''), coalesce(g.category, ''), c.last_author_id,
        c.last_text, c.last_at, c.unread
    FROM chats c LEFT JOIN groups g USING (chat_id) WHERE c.chat_id = :chat;

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
