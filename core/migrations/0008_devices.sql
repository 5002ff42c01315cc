-- A person's devices: their own chat ("Notes"), what they tell each other in it, and how one comes to the others.

-- Another kind of chat. A column's CHECK goes with the column.
ALTER TABLE chats ADD COLUMN kind_of TEXT NOT NULL DEFAULT 'group' CHECK (kind_of IN ('dialog', 'group', 'blog', 'notes'));
UPDATE chats SET kind_of = kind;
ALTER TABLE chats DROP COLUMN kind;
ALTER TABLE chats RENAME COLUMN kind_of TO kind;
-- 1: another device of this person let this one in: what it had not read is unread here too.
ALTER TABLE chats ADD COLUMN own_join INTEGER NOT NULL DEFAULT 0 CHECK (own_join IN (0, 1));

-- The chat that only this person's devices are in; empty before it is made.
ALTER TABLE account ADD COLUMN notes BLOB NOT NULL DEFAULT x'';
-- The identity with everything said about this person's devices; empty while that is this device's own proof.
ALTER TABLE account ADD COLUMN chain BLOB NOT NULL DEFAULT x'';

-- What this person's devices have told each other, by what it is about: the newest in the log, and what is queued here.
-- Projection of the notes.
CREATE TABLE own_state (
    key BLOB NOT NULL,
    -- Where in the notes, without the chat's part. The highest one stands.
    said_place INTEGER NOT NULL,
    fact BLOB NOT NULL,
    PRIMARY KEY (key, said_place)
) STRICT, WITHOUT ROWID;

-- Messages that one's own facts speak of and that are not here yet; what: 1 saved, 2 hidden, 3 read.
CREATE TABLE own_early (
    message_id BLOB NOT NULL CHECK (length(message_id) = 16),
    what INTEGER NOT NULL CHECK (what IN (1, 2, 3)),
    PRIMARY KEY (message_id, what)
) STRICT, WITHOUT ROWID;

-- Drafts that this device has not told the others.
CREATE TABLE untold_drafts (
    chat_no INTEGER PRIMARY KEY
) STRICT;

-- Sealed letters on their way to another device's inbox.
CREATE TABLE letters (
    letter_no INTEGER PRIMARY KEY,
    letter_id BLOB NOT NULL CHECK (length(letter_id) = 16),
    device_id BLOB NOT NULL CHECK (length(device_id) = 32),
    body BLOB NOT NULL
) STRICT;

-- Two devices of which one lets the other in; each has the row.
CREATE TABLE device_links (
    link_id BLOB PRIMARY KEY NOT NULL CHECK (length(link_id) = 16),
    -- The other one.
    device_id BLOB NOT NULL CHECK (length(device_id) = 32),
    link_key BLOB NOT NULL CHECK (length(link_key) = 32),
    -- Chats that the new device is to be let into.
    chats INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX member_devices_by_device ON member_devices (device_id);

-- Own devices to be let into a chat with a key package of the relay's directory.
CREATE TABLE own_additions (
    chat_no INTEGER NOT NULL,
    device_id BLOB NOT NULL CHECK (length(device_id) = 32),
    PRIMARY KEY (chat_no, device_id)
) STRICT, WITHOUT ROWID;

-- Keys of chats whose history is closed to newcomers, from another own device, until this one is let in.
CREATE TABLE early_eras (
    chat_id BLOB NOT NULL CHECK (length(chat_id) = 16),
    era INTEGER NOT NULL,
    handshake INTEGER NOT NULL,
    era_key BLOB NOT NULL CHECK (length(era_key) = 32),
    PRIMARY KEY (chat_id, era)
) STRICT, WITHOUT ROWID;

-- Key packages that this device gave to the directory, by what a welcome names them by, with the slot key that goes with
-- each; body is empty once the relay has it.
CREATE TABLE directory (
    reference BLOB PRIMARY KEY NOT NULL,
    slot_secret BLOB NOT NULL CHECK (length(slot_secret) = 32),
    body BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX directory_unsent ON directory (reference) WHERE body <> x'';

-- For the day on which all devices of a person are lost: where the backup lies and for whom it is sealed; empty until it
-- follows from the recovery secret, which is zeros once the person has kept the words that say it.
ALTER TABLE account ADD COLUMN backup_id BLOB NOT NULL DEFAULT x'';
ALTER TABLE account ADD COLUMN backup_recipient BLOB NOT NULL DEFAULT x'';
ALTER TABLE account ADD COLUMN words_kept INTEGER NOT NULL DEFAULT 0 CHECK (words_kept IN (0, 1));
-- BLAKE3 of what the relay's backup says of the account.
ALTER TABLE account ADD COLUMN backed_up BLOB NOT NULL DEFAULT x'';
-- The last handshake at which the relay's backup has the chat.
ALTER TABLE chats ADD COLUMN backed_up INTEGER NOT NULL DEFAULT 0;
CREATE INDEX chats_to_back_up ON chats (chat_no) WHERE status = 'active' AND last_handshake > backed_up;

-- Chats that a device which was made from a backup is to come back into.
CREATE TABLE returns (
    chat_no INTEGER PRIMARY KEY,
    -- The last handshake that the backup knows.
    handshake INTEGER NOT NULL,
    -- As it was then; empty: only a member can let this device in.
    group_info BLOB NOT NULL,
    -- Of the group, once this device has made its commit; and the slot secret that comes with it.
    group_id BLOB NOT NULL DEFAULT x'',
    slot_secret BLOB NOT NULL DEFAULT x'',
    -- Members' devices that can let this one in, as CBOR.
    devices BLOB NOT NULL,
    -- What they are asked with; empty before that.
    request BLOB NOT NULL DEFAULT x'',
    -- Opens the keys that they send.
    recipient_seed BLOB NOT NULL DEFAULT x''
) STRICT;
