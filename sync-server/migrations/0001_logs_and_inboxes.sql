-- Who has an account: a device key, and where its inbox stands.
CREATE TABLE devices (
    number     INTEGER PRIMARY KEY NOT NULL,
    device     BLOB    NOT NULL UNIQUE CHECK (length(device) = 32),
    -- Milliseconds since 1970.
    opened_at  INTEGER NOT NULL,
    -- Number of the next inbox item. Starts at opened_at, so that after the loss of this file new items still
    -- have higher numbers than those a client has acknowledged.
    inbox_next INTEGER NOT NULL
) STRICT;

-- Right to open accounts; the token itself is shown once and never stored.
CREATE TABLE invites (
    token_hash BLOB    NOT NULL PRIMARY KEY CHECK (length(token_hash) = 32),
    uses_left  INTEGER NOT NULL CHECK (uses_left > 0),
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE chats (
    number         INTEGER PRIMARY KEY NOT NULL CHECK (number BETWEEN 1 AND 137438953471),
    id             BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    log            BLOB    NOT NULL CHECK (length(log) = 16),
    -- Seq of the last entry and of the last handshake.
    head           INTEGER NOT NULL CHECK (head BETWEEN 0 AND 67108863),
    last_handshake INTEGER NOT NULL CHECK (last_handshake <= head),
    -- When the last entry was accepted: newest chats are sent first.
    touched_at     INTEGER NOT NULL
) STRICT;

-- Who may use a chat: random slots with random keys.
CREATE TABLE chat_keys (
    chat  INTEGER NOT NULL REFERENCES chats (number),
    key   BLOB    NOT NULL CHECK (length(key) = 32),
    slot  BLOB    NOT NULL CHECK (length(slot) = 16),
    admin INTEGER NOT NULL CHECK (admin IN (0, 1)),
    PRIMARY KEY (chat, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE entries (
    -- chat << 26 | seq: a chat's log lies together and in order.
    place       INTEGER PRIMARY KEY NOT NULL,
    chat        INTEGER NOT NULL REFERENCES chats (number),
    id          BLOB    NOT NULL CHECK (length(id) = 16),
    -- 1 handshake, 2 content.
    kind        INTEGER NOT NULL CHECK (kind IN (1, 2)),
    accepted_at INTEGER NOT NULL,
    body        BLOB    NOT NULL,
    CHECK (place >> 26 = chat)
) STRICT;

CREATE UNIQUE INDEX entries_by_id ON entries (chat, id);
CREATE INDEX entries_handshakes ON entries (place) WHERE kind = 1;

CREATE TABLE inbox (
    owner  INTEGER NOT NULL REFERENCES devices (number),
    number INTEGER NOT NULL,
    id     BLOB    NOT NULL CHECK (length(id) = 16),
    -- 1 join request, 2 welcome.
    kind   INTEGER NOT NULL CHECK (kind IN (1, 2)),
    -- The handshake that released a welcome; empty and 0 for a request.
    chat   BLOB    NOT NULL CHECK (length(chat) = CASE kind WHEN 2 THEN 16 ELSE 0 END),
    seq    INTEGER NOT NULL,
    body   BLOB    NOT NULL
) STRICT;

CREATE UNIQUE INDEX inbox_in_order ON inbox (owner, number);
-- By chat too: the ids of welcomes are their handshakes', which a client chooses for each chat.
CREATE UNIQUE INDEX inbox_by_id ON inbox (owner, id, kind, chat);

CREATE TABLE key_packages (
    number       INTEGER PRIMARY KEY NOT NULL,
    owner        INTEGER NOT NULL REFERENCES devices (number),
    published_at INTEGER NOT NULL,
    package      BLOB    NOT NULL
) STRICT;

CREATE INDEX key_packages_by_owner ON key_packages (owner, number);
