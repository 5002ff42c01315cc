-- What tells an entry from the same one put there anew. The table is made anew because the body stays last in its row:
-- further pages of a large one are not read for what stands before it.
CREATE TABLE tagged (
    -- chat << 26 | seq: a chat's log lies together and in order.
    place       INTEGER PRIMARY KEY NOT NULL,
    chat        INTEGER NOT NULL REFERENCES chats (number),
    id          BLOB    NOT NULL CHECK (length(id) = 16),
    -- 1 handshake, 2 content.
    kind        INTEGER NOT NULL CHECK (kind IN (1, 2)),
    accepted_at INTEGER NOT NULL,
    -- Random, the same of what one request appended; 0 of what is older than this.
    tag         BLOB    NOT NULL CHECK (length(tag) = 8),
    body        BLOB    NOT NULL,
    CHECK (place >> 26 = chat)
) STRICT;

INSERT INTO tagged SELECT place, chat, id, kind, accepted_at, zeroblob(8), body FROM entries;
DROP TABLE entries;
ALTER TABLE tagged RENAME TO entries;
CREATE UNIQUE INDEX entries_by_id ON entries (chat, id);
CREATE INDEX entries_handshakes ON entries (place) WHERE kind = 1;
