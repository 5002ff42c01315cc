-- Everything people do with messages. The tables dropped here are projection: they are filled again from the changes,
-- chat by chat, because chats.projected is behind.

DROP TABLE messages;
DROP TABLE events;
DROP TABLE memberships;

-- By which version of the projection's rules a chat's rows were made; 0: not yet.
ALTER TABLE chats ADD COLUMN projected INTEGER NOT NULL DEFAULT 0;
-- Of the unread ones, those that name me or everyone.
ALTER TABLE chats ADD COLUMN mentions INTEGER NOT NULL DEFAULT 0;
-- The person put the unread mark back.
ALTER TABLE chats ADD COLUMN marked_unread INTEGER NOT NULL DEFAULT 0 CHECK (marked_unread IN (0, 1));
-- The message that the draft answers; empty: none.
ALTER TABLE chats ADD COLUMN draft_reply BLOB NOT NULL DEFAULT x'';
ALTER TABLE chats ADD COLUMN last_flags INTEGER NOT NULL DEFAULT 0;
CREATE INDEX chats_behind ON chats (projected);

-- 0: this person tells nobody what they have read, and sees nobody's marks.
ALTER TABLE account ADD COLUMN read_receipts INTEGER NOT NULL DEFAULT 1 CHECK (read_receipts IN (0, 1));

-- place = chat_no << 39 | queued << 38 | seq << 12 | index: clustered by chat, in the order of the log, what is queued
-- at the end. Every table below that has a place of a message uses the same form.
CREATE TABLE messages (
    place INTEGER PRIMARY KEY,
    message_id BLOB NOT NULL UNIQUE CHECK (length(message_id) = 16),
    author_no INTEGER NOT NULL,
    -- Markdown; empty once deleted or hidden.
    text TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    -- When the relay accepted it; while queued, when it was written.
    at INTEGER NOT NULL,
    -- 0: fine; else why it will not be sent.
    failed INTEGER NOT NULL DEFAULT 0,
    -- Bits: 1 edited, 2 deleted, 4 names me, 8 has links, 16 has files, 32 has reactions or votes, 64 pinned, 128 saved,
    -- 512 hidden by this person.
    flags INTEGER NOT NULL DEFAULT 0,
    -- The message it answers; empty: none.
    reply_to BLOB NOT NULL DEFAULT x'',
    -- CBOR of what few messages have: mentions, where it was forwarded from, a poll. Empty: nothing.
    extra BLOB NOT NULL DEFAULT x''
) STRICT;
CREATE INDEX messages_by_author ON messages (author_no, place);
-- What names me, to count and to jump through.
CREATE INDEX messages_naming_me ON messages (place) WHERE flags & 4;

-- What an edited message said, the first text (edit_place 0) and each edit; the highest edit_place stands.
CREATE TABLE message_versions (
    place INTEGER NOT NULL,
    -- Of the edit, without the chat's part.
    edit_place INTEGER NOT NULL,
    text TEXT NOT NULL,
    extra BLOB NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (place, edit_place)
) STRICT, WITHOUT ROWID;

-- said_place: where it was said, without the chat's part; what was said later counts.
CREATE TABLE reactions (
    place INTEGER NOT NULL,
    emoji TEXT NOT NULL,
    user_no INTEGER NOT NULL,
    said_place INTEGER NOT NULL,
    at INTEGER NOT NULL,
    -- 0: taken back.
    present INTEGER NOT NULL CHECK (present IN (0, 1)),
    PRIMARY KEY (place, emoji, user_no)
) STRICT, WITHOUT ROWID;

CREATE TABLE votes (
    place INTEGER NOT NULL,
    user_no INTEGER NOT NULL,
    said_place INTEGER NOT NULL,
    -- Bit n: option n is chosen.
    options INTEGER NOT NULL,
    PRIMARY KEY (place, user_no)
) STRICT, WITHOUT ROWID;

CREATE TABLE pins (
    place INTEGER PRIMARY KEY,
    by_no INTEGER NOT NULL,
    said_place INTEGER NOT NULL,
    at INTEGER NOT NULL,
    present INTEGER NOT NULL CHECK (present IN (0, 1))
) STRICT;

CREATE TABLE links (
    place INTEGER NOT NULL,
    position INTEGER NOT NULL,
    url TEXT NOT NULL,
    PRIMARY KEY (place, position)
) STRICT, WITHOUT ROWID;

-- Said about a message that is not here yet, until it comes.
CREATE TABLE early_facts (
    chat_no INTEGER NOT NULL,
    message_id BLOB NOT NULL CHECK (length(message_id) = 16),
    said_place INTEGER NOT NULL,
    author_no INTEGER NOT NULL,
    -- Its author was an admin when it was said.
    admin INTEGER NOT NULL CHECK (admin IN (0, 1)),
    at INTEGER NOT NULL,
    fact BLOB NOT NULL,
    PRIMARY KEY (chat_no, message_id, said_place)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
    place INTEGER PRIMARY KEY,
    what TEXT NOT NULL CHECK (what IN ('created', 'added', 'removed')),
    by_no INTEGER NOT NULL,
    who_no INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT;

CREATE TABLE memberships (
    chat_no INTEGER NOT NULL,
    user_no INTEGER NOT NULL,
    added_at INTEGER NOT NULL,
    added_by_no INTEGER NOT NULL,
    admin INTEGER NOT NULL CHECK (admin IN (0, 1)),
    removed INTEGER NOT NULL CHECK (removed IN (0, 1)),
    -- Places without the chat's part. added_place is where the person first came in.
    added_place INTEGER NOT NULL,
    -- Marks name a message and are resolved when it is here; 0: nothing yet.
    delivered_place INTEGER NOT NULL DEFAULT 0,
    read_place INTEGER NOT NULL DEFAULT 0,
    -- When read_place was said.
    read_at INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (chat_no, user_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX memberships_by_user ON memberships (user_no);
CREATE INDEX memberships_by_read ON memberships (chat_no, read_place);

-- How many members' read marks end, less how many members came in, in each span of places: a message's readers are the
-- sum from its place on, and that is a few rows however many members there are. Level 0 has a row a place, each level
-- above spans 64 times as much.
CREATE TABLE read_counts (
    chat_no INTEGER NOT NULL,
    level INTEGER NOT NULL,
    span INTEGER NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (chat_no, level, span)
) STRICT, WITHOUT ROWID;

-- What only this person knows of: not projection.
CREATE TABLE saved (
    message_id BLOB PRIMARY KEY NOT NULL CHECK (length(message_id) = 16),
    saved_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX saved_by_time ON saved (saved_at DESC);

CREATE TABLE hidden (
    message_id BLOB PRIMARY KEY NOT NULL CHECK (length(message_id) = 16)
) STRICT, WITHOUT ROWID;

CREATE TABLE scheduled (
    scheduled_no INTEGER PRIMARY KEY,
    chat_no INTEGER NOT NULL,
    send_at INTEGER NOT NULL,
    text TEXT NOT NULL,
    reply_to BLOB NOT NULL,
    extra BLOB NOT NULL
) STRICT;
CREATE INDEX scheduled_by_time ON scheduled (send_at);
CREATE INDEX scheduled_by_chat ON scheduled (chat_no, send_at);

-- What search looks in, and does not keep: the tokens of core/src/search, the chat and the author of each accepted
-- message. rowid = search_rows.number.
CREATE VIRTUAL TABLE search USING fts5 (
    tokens,
    content = '',
    detail = none,
    columnsize = 0,
    tokenize = "ascii"
);
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);

-- Accepted messages in the order of time, whatever their chat. number is messages.at in units of 256 ms, or the next
-- one that was free.
CREATE TABLE search_rows (
    number INTEGER PRIMARY KEY,
    place INTEGER NOT NULL
) STRICT;
