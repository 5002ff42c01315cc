-- What brings a relay that has lost the log of a chat to where it was.

-- Of the last change of each envelope of the log: the envelope's id (16 bytes) and its author's signature (64) over that
-- change. Empty: not the last one, or not in the log, or from before this version. Of what came in a bundle and waits here,
-- every change has at least the id.
ALTER TABLE changes ADD COLUMN sealed BLOB NOT NULL DEFAULT x'';
-- Below 0: it was in a log that has gone on without it, and goes out again before what was never sent, in its old order.
ALTER TABLE changes ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
DROP INDEX outbox;
CREATE INDEX outbox ON changes (chat_no, turn, change_no) WHERE place = 0;

-- The envelope at the cursor; empty where that is not known.
ALTER TABLE chats ADD COLUMN cursor_id BLOB NOT NULL DEFAULT x'';

-- The log that this device has begun anew, with the keys of all who were in at begun_upto of the one before; empty: none.
ALTER TABLE chats ADD COLUMN begun_log BLOB NOT NULL DEFAULT x'';
ALTER TABLE chats ADD COLUMN begun_upto INTEGER NOT NULL DEFAULT 0;

-- As the relay had it; empty from before this version.
ALTER TABLE handshakes ADD COLUMN envelope_id BLOB NOT NULL DEFAULT x'';
ALTER TABLE handshakes ADD COLUMN body BLOB NOT NULL DEFAULT x'';

-- Envelopes of the log that brought nothing which was not there before them.
CREATE TABLE passed (
    chat_no INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    envelope_id BLOB NOT NULL CHECK (length(envelope_id) = 16),
    PRIMARY KEY (chat_no, seq)
) STRICT, WITHOUT ROWID;

-- Handshakes that took effect in a log which has gone on without them: this device's group is ahead of the log until it
-- holds them too. era_key is that of the era that each begins.
CREATE TABLE carried (
    chat_no INTEGER NOT NULL,
    turn INTEGER NOT NULL,
    envelope_id BLOB NOT NULL CHECK (length(envelope_id) = 16),
    body BLOB NOT NULL,
    event BLOB NOT NULL,
    era_key BLOB NOT NULL CHECK (length(era_key) = 32),
    PRIMARY KEY (chat_no, turn)
) STRICT, WITHOUT ROWID;

-- To which relay somebody wants a chat to move. Projection.
CREATE TABLE moves (
    place INTEGER PRIMARY KEY,
    by_no INTEGER NOT NULL,
    relay TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX moves_by_time ON moves (at DESC);
