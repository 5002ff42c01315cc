-- One table for all kinds of chat; a dialog's two people are columns of it, a group's members a list in a column.

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
    unread INTEGER NOT NULL,
    -- 0 where there is a list.
    first_id INTEGER NOT NULL,
    second_id INTEGER NOT NULL,
    first_read INTEGER NOT NULL,
    second_read INTEGER NOT NULL,
    -- An object of members: the number of the person -> admin, read place. As JSONB, the fastest that SQLite has.
    members BLOB NOT NULL
) STRICT;
CREATE INDEX chats_by_activity ON chats (last_at DESC);
CREATE INDEX chats_by_first ON chats (first_id) WHERE kind = 'dialog';
CREATE INDEX chats_by_second ON chats (second_id) WHERE kind = 'dialog';
CREATE INDEX chats_with_list ON chats (chat_id) WHERE kind <> 'dialog';

-- name: user
INSERT INTO users (user_id, name) VALUES (:user, :title);

-- name: chat
INSERT INTO chats (chat_id, kind, title, description, category, last_author_id, last_text, last_at, unread,
        first_id, second_id, first_read, second_read, members)
    VALUES (:chat, :kind, :title, :about, :category, :author, :text, :at, :unread,
        :first, :second, :first_read, :second_read, jsonb(:members));

-- name: list
SELECT c.chat_id, c.kind, iif(c.kind = 'dialog', (SELECT u.name FROM users u
        WHERE u.user_id = iif(c.first_id = :me, c.second_id, c.first_id)), c.title),
        c.last_author_id, c.last_text, c.last_at, c.unread
    FROM chats c INDEXED BY chats_by_activity ORDER BY c.last_at DESC;

-- name: one
SELECT kind, title, description, category, last_author_id, last_text, last_at, unread FROM chats WHERE chat_id = :chat;

-- name: members
-- scans j: a list has no index
SELECT u.user_id, u.name, 1, d.first_read FROM chats d CROSS JOIN users u ON u.user_id = d.first_id
    WHERE d.chat_id = :chat AND d.kind = 'dialog'
UNION ALL SELECT u.user_id, u.name, 1, d.second_read FROM chats d CROSS JOIN users u ON u.user_id = d.second_id
    WHERE d.chat_id = :chat AND d.kind = 'dialog'
UNION ALL SELECT u.user_id, u.name, j.value ->> 'admin', j.value ->> 'read'
    FROM chats g CROSS JOIN json_each(g.members) j CROSS JOIN users u ON u.user_id = CAST(j.key AS INTEGER)
    WHERE g.chat_id = :chat AND g.kind <> 'dialog';

-- name: shared
-- scans g: a list has no index, so all are looked through
SELECT d.chat_id FROM chats d WHERE d.first_id = :user AND d.kind = 'dialog'
UNION ALL SELECT d.chat_id FROM chats d WHERE d.second_id = :user AND d.kind = 'dialog'
UNION ALL SELECT g.chat_id FROM chats g
    WHERE g.kind <> 'dialog' AND json_type(g.members, '$."' || :user || '"') IS NOT NULL;

-- name: marks
-- scans j: a list has no index
SELECT d.first_id, d.first_read FROM chats d WHERE d.chat_id = :chat AND d.kind = 'dialog'
UNION ALL SELECT d.second_id, d.second_read FROM chats d WHERE d.chat_id = :chat AND d.kind = 'dialog'
UNION ALL SELECT CAST(j.key AS INTEGER), j.value ->> 'read' FROM chats g CROSS JOIN json_each(g.members) j
    WHERE g.chat_id = :chat AND g.kind <> 'dialog';

-- name: read
UPDATE chats SET first_read = iif(first_id = :user, :read_place, first_read),
    second_read = iif(second_id = :user, :read_place, second_read),
    members = iif(kind = 'dialog', members, jsonb_set(members, '$."' || :user || '".read', :read_place))
    WHERE chat_id = :chat;

-- name: join
UPDATE chats SET members = jsonb_set(members, '$."' || :user || '"', jsonb('{"admin":0,"read":0}'))
    WHERE chat_id = :chat;

-- name: line
UPDATE chats SET last_author_id = :author, last_text = :text, last_at = :at, unread = unread + :unread
    WHERE chat_id = :chat;
