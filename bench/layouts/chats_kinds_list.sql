-- A table for each kind of chat; a dialog's two people are columns, a group's or blog's members a list.
-- The numbers of chats are of one row of numbers: a message knows the chat's number and not its kind, so what comes for
-- a number is tried in all three.

CREATE TABLE users (user_id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
CREATE TABLE dialogs (
    chat_id INTEGER PRIMARY KEY,
    first_id INTEGER NOT NULL,
    second_id INTEGER NOT NULL,
    first_read INTEGER NOT NULL,
    second_read INTEGER NOT NULL,
    last_author_id INTEGER NOT NULL,
    last_text TEXT NOT NULL,
    last_at INTEGER NOT NULL,
    unread INTEGER NOT NULL
) STRICT;
CREATE INDEX dialogs_by_activity ON dialogs (last_at DESC);
CREATE INDEX dialogs_by_first ON dialogs (first_id);
CREATE INDEX dialogs_by_second ON dialogs (second_id);
CREATE TABLE groups (
    chat_id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    category TEXT NOT NULL,
    last_author_id INTEGER NOT NULL,
    last_text TEXT NOT NULL,
    last_at INTEGER NOT NULL,
    unread INTEGER NOT NULL,
    -- An object of members: the number of the person -> admin, read place. As JSONB, the fastest that SQLite has.
    members BLOB NOT NULL
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
    unread INTEGER NOT NULL,
    -- An object of members: the number of the person -> admin, read place. As JSONB, the fastest that SQLite has.
    members BLOB NOT NULL
) STRICT;
CREATE INDEX blogs_by_activity ON blogs (last_at DESC);

-- name: user
INSERT INTO users (user_id, name) VALUES (:user, :title);

-- name: chat
INSERT INTO dialogs (chat_id, first_id, second_id, first_read, second_read, last_author_id, last_text, last_at, unread)
    SELECT :chat, :first, :second, :first_read, :second_read, :author, :text, :at, :unread WHERE :kind = 'dialog';
INSERT INTO groups (chat_id, title, description, category, last_author_id, last_text, last_at, unread, members)
    SELECT :chat, :title, :about, :category, :author, :text, :at, :unread, jsonb(:members) WHERE :kind = 'group';
INSERT INTO blogs (chat_id, title, description, category, last_author_id, last_text, last_at, unread, members)
    SELECT :chat, :title, :about, :category, :author, :text, :at, :unread, jsonb(:members) WHERE :kind = 'blog';

-- name: list
SELECT d.chat_id, 'dialog',
        (SELECT u.name FROM users u WHERE u.user_id = iif(d.first_id = :me, d.second_id, d.first_id)),
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
-- scans j: a list has no index
SELECT u.user_id, u.name, 1, d.first_read FROM dialogs d CROSS JOIN users u ON u.user_id = d.first_id
    WHERE d.chat_id = :chat
UNION ALL SELECT u.user_id, u.name, 1, d.second_read FROM dialogs d CROSS JOIN users u ON u.user_id = d.second_id
    WHERE d.chat_id = :chat
UNION ALL SELECT u.user_id, u.name, j.value ->> 'admin', j.value ->> 'read'
    FROM groups g CROSS JOIN json_each(g.members) j CROSS JOIN users u ON u.user_id = CAST(j.key AS INTEGER)
    WHERE g.chat_id = :chat
UNION ALL SELECT u.user_id, u.name, j.value ->> 'admin', j.value ->> 'read'
    FROM blogs g CROSS JOIN json_each(g.members) j CROSS JOIN users u ON u.user_id = CAST(j.key AS INTEGER)
    WHERE g.chat_id = :chat;

-- name: shared
-- scans g: a list has no index, so all are looked through
SELECT d.chat_id FROM dialogs d WHERE d.first_id = :user
UNION ALL SELECT d.chat_id FROM dialogs d WHERE d.second_id = :user
UNION ALL SELECT g.chat_id FROM groups g WHERE json_type(g.members, '$."' || :user || '"') IS NOT NULL
UNION ALL SELECT g.chat_id FROM blogs g WHERE json_type(g.members, '$."' || :user || '"') IS NOT NULL;

-- name: marks
-- scans j: a list has no index
SELECT d.first_id, d.first_read FROM dialogs d WHERE d.chat_id = :chat
UNION ALL SELECT d.second_id, d.second_read FROM dialogs d WHERE d.chat_id = :chat
UNION ALL SELECT CAST(j.key AS INTEGER), j.value ->> 'read' FROM groups g CROSS JOIN json_each(g.members) j
    WHERE g.chat_id = :chat
UNION ALL SELECT CAST(j.key AS INTEGER), j.value ->> 'read' FROM blogs g CROSS JOIN json_each(g.members) j
    WHERE g.chat_id = :chat;

-- name: read
UPDATE dialogs SET first_read = iif(first_id = :user, :read_place, first_read),
    second_read = iif(second_id = :user, :read_place, second_read) WHERE chat_id = :chat;
UPDATE groups SET members = jsonb_set(members, '$."' || :user || '".read', :read_place)
    WHERE chat_id = :chat;
UPDATE blogs SET members = jsonb_set(members, '$."' || :user || '".read', :read_place)
    WHERE chat_id = :chat;

-- name: join
UPDATE groups SET members = jsonb_set(members, '$."' || :user || '"', jsonb('{"admin":0,"read":0}'))
    WHERE chat_id = :chat;
UPDATE blogs SET members = jsonb_set(members, '$."' || :user || '"', jsonb('{"admin":0,"read":0}'))
    WHERE chat_id = :chat;

-- name: line
UPDATE dialogs SET last_author_id = :author, last_text = :text, last_at = :at, unread = unread + :unread
    WHERE chat_id = :chat;
UPDATE groups SET last_author_id = :author, last_text = :text, last_at = :at, unread = unread + :unread
    WHERE chat_id = :chat;
UPDATE blogs SET last_author_id = :author, last_text = :text, last_at = :at, unread = unread + :unread
    WHERE chat_id = :chat;
