-- A table for each kind of chat; who is in one is a table of memberships.
-- The numbers of chats are of one row of numbers: a message knows the chat's number and not its kind, so what comes for
-- a number is tried in all three.

CREATE TABLE users (user_id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
CREATE TABLE dialogs (
    chat_id INTEGER PRIMARY KEY,
    other_id INTEGER NOT NULL,
    last_author_id INTEGER NOT NULL,
    last_text TEXT NOT NULL,
    last_at INTEGER NOT NULL,
    unread INTEGER NOT NULL
) STRICT;
CREATE INDEX dialogs_by_activity ON dialogs (last_at DESC);
CREATE TABLE groups (
    chat_id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    category TEXT NOT NULL,
    last_author_id INTEGER NOT NULL,
    last_text TEXT NOT NULL,
    last_at INTEGER NOT NULL,
    unread INTEGER NOT NULL
) STRICT;
CREATE INDEX groups_by_activity ON groups (last_at DESC);
CREATE TABLE blogs (
    chat_id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    category TEXT NOT NULL,
    last_author_id INTEGER NOT NULL,
    last_text TEXT NOT NULL,
    last_at INTEGER NOT NULL,
    unread INTEGER NOT NULL
) STRICT;
CREATE INDEX blogs_by_activity ON blogs (last_at DESC);
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
INSERT INTO dialogs (chat_id, other_id, last_author_id, last_text, last_at, unread)
    SELECT :chat, :second, :author, :text, :at, :unread WHERE :kind = 'dialog';
INSERT INTO groups (chat_id, title, description, category, last_author_id, last_text, last_at, unread)
    SELECT :chat, :title, :about, :category, :author, :text, :at, :unread WHERE :kind = 'group';
INSERT INTO blogs (chat_id, title, description, category, last_author_id, last_text, last_at, unread)
    SELECT :chat, :title, :about, :category, :author, :text, :at, :unread WHERE :kind = 'blog';

-- name: member
INSERT INTO members (chat_id, user_id, admin, read_place) VALUES (:chat, :user, :admin, :read_place);

-- name: list
SELECT d.chat_id, 'dialog', (SELECT u.name FROM users u WHERE u.user_id = d.other_id),
        d.last_author_id, d.last_text, d.last_at AS activity, d.unread FROM dialogs d
UNION ALL SELECT chat_id, 'group', title, last_author_id, last_text, last_at, unread FROM groups
UNION ALL SELECT chat_id, 'blog', title, last_author_id, last_text, last_at, unread FROM blogs
ORDER BY activity DESC;

-- name: one
SELECT 'dialog', '', '', '', last_author_id, last_text, last_at, unread FROM dialogs WHERE chat_id = :chat
UNION ALL SELECT 'group', title, description, category, last_author_id, last_text, last_at, unread FROM groups
    WHERE chat_id = :chat
UNION ALL SELECT 'blog', title, description, category, last_author_id, last_text, last_at, unread FROM blogs
    WHERE chat_id = :chat;

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
UPDATE dialogs SET last_author_id = :author, last_text = :text, last_at = :at, unread = unread + :unread
    WHERE chat_id = :chat;
UPDATE groups SET last_author_id = :author, last_text = :text, last_at = :at, unread = unread + :unread
    WHERE chat_id = :chat;
UPDATE blogs SET last_author_id = :author, last_text = :text, last_at = :at, unread = unread + :unread
    WHERE chat_id = :chat;
