-- A chat has what all kinds have; a dialog has its two people in a table of its own, a group (or blog) its title and a
-- list of its members in another.

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
CREATE TABLE dialogs (
    chat_id INTEGER PRIMARY KEY,
    first_id INTEGER NOT NULL,
    second_id INTEGER NOT NULL,
    first_read INTEGER NOT NULL,
    second_read INTEGER NOT NULL
) STRICT;
CREATE INDEX dialogs_by_first ON dialogs (first_id);
CREATE INDEX dialogs_by_second ON dialogs (second_id);
CREATE TABLE groups (
    chat_id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    category TEXT NOT NULL,
    -- An object of members: the number of the person -> admin, read place. As JSONB, the fastest that SQLite has.
    members BLOB NOT NULL
) STRICT;

-- name: user
INSERT INTO users (user_id, name) VALUES (:user, :title);

-- name: chat
INSERT INTO chats (chat_id, kind, last_author_id, last_text, last_at, unread)
    VALUES (:chat, :kind, :author, :text, :at, :unread);
INSERT INTO dialogs (chat_id, first_id, second_id, first_read, second_read)
    SELECT :chat, :first, :second, :first_read, :second_read WHERE :kind = 'dialog';
INSERT INTO groups (chat_id, title, description, category, members)
    SELECT :chat, :title, :about, :category, jsonb(:members) WHERE :kind <> 'dialog';

-- name: list
SELECT c.chat_id, c.kind, coalesce(g.title, u.name), c.last_author_id, c.last_text, c.last_at, c.unread
    FROM chats c INDEXED BY chats_by_activity LEFT JOIN groups g ON g.chat_id = c.chat_id
        LEFT JOIN dialogs d ON d.chat_id = c.chat_id
        LEFT JOIN users u ON u.user_id = iif(d.first_id = :me, d.second_id, d.first_id)
    ORDER BY c.last_at DESC;

-- name: one
SELECT c.kind, coalesce(g.title, ''), coalesce(g.description, ''), coalesce(g.category, ''), c.last_author_id,
        c.last_text, c.last_at, c.unread
    FROM chats c LEFT JOIN groups g USING (chat_id) WHERE c.chat_id = :chat;

-- name: members
-- scans j: a list has no index
SELECT u.user_id, u.name, 1, d.first_read FROM dialogs d CROSS JOIN users u ON u.user_id = d.first_id
    WHERE d.chat_id = :chat
UNION ALL SELECT u.user_id, u.name, 1, d.second_read FROM dialogs d CROSS JOIN users u ON u.user_id = d.second_id
    WHERE d.chat_id = :chat
UNION ALL SELECT u.user_id, u.name, j.value ->> 'admin', j.value ->> 'read'
    FROM groups g CROSS JOIN json_each(g.members) j CROSS JOIN users u ON u.user_id = CAST(j.key AS INTEGER)
    WHERE g.chat_id = :chat;

-- name: shared
-- scans g: a list has no index, so all are looked through
SELECT d.chat_id FROM dialogs d WHERE d.first_id = :user
UNION ALL SELECT d.chat_id FROM dialogs d WHERE d.second_id = :user
UNION ALL SELECT g.chat_id FROM groups g WHERE json_type(g.members, '$."' || :user || '"') IS NOT NULL;

-- name: marks
-- scans j: a list has no index
SELECT d.first_id, d.first_read FROM dialogs d WHERE d.chat_id = :chat
UNION ALL SELECT d.second_id, d.second_read FROM dialogs d WHERE d.chat_id = :chat
UNION ALL SELECT CAST(j.key AS INTEGER), j.value ->> 'read' FROM groups g CROSS JOIN json_each(g.members) j
    WHERE g.chat_id = :chat;

-- name: read
UPDATE dialogs SET first_read = iif(first_id = :user, :read_place, first_read),
    second_read = iif(second_id = :user, :read_place, second_read) WHERE chat_id = :chat;
UPDATE groups SET members = jsonb_set(members, '$."' || :user || '".read', :read_place)
    WHERE chat_id = :chat;

-- name: join
UPDATE groups SET members = jsonb_set(members, '$."' || :user || '"', jsonb('{"admin":0,"read":0}'))
    WHERE chat_id = :chat;

-- name: line
UPDATE chats SET last_author_id = :author, last_text = :text, last_at = :at, unread = unread + :unread
    WHERE chat_id = :chat;
