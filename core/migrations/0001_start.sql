-- The truth is what came over the network or was said here: changes, handshakes, keys. The projection
-- (messages, events, memberships and the counters in chats) is rebuilt from it at any time.

-- The account of this profile: one row, once it exists.
CREATE TABLE account (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL,
    relay TEXT NOT NULL,
    relay_invite TEXT NOT NULL,
    user_id BLOB NOT NULL CHECK (length(user_id) = 32),
    device_secret BLOB NOT NULL CHECK (length(device_secret) = 32),
    recovery_secret BLOB NOT NULL CHECK (length(recovery_secret) = 32),
    identity BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    -- The last inbox item that was dealt with.
    inbox_number INTEGER NOT NULL DEFAULT 0,
    last_sync INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE users (
    user_no INTEGER PRIMARY KEY,
    user_id BLOB NOT NULL UNIQUE CHECK (length(user_id) = 32),
    name TEXT NOT NULL
) STRICT;

-- chat_no has 24 bits: it is the high part of a message's place.
CREATE TABLE chats (
    chat_no INTEGER PRIMARY KEY CHECK (chat_no BETWEEN 1 AND 16777215),
    -- While status is 'asking' the chat's own id is unknown: this is the invitation's.
    chat_id BLOB NOT NULL UNIQUE CHECK (length(chat_id) = 16),
    group_id BLOB NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('dialog', 'group', 'blog')),
    status TEXT NOT NULL CHECK (status IN ('asking', 'joining', 'active', 'removed')),
    creator_no INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    -- Whom we asked to let us in, and the key package that a welcome will name.
    inviter BLOB NOT NULL DEFAULT x'',
    key_package BLOB NOT NULL DEFAULT x'',
    -- The invitation we came by; empty in a chat of our own.
    invitation BLOB NOT NULL DEFAULT x'',
    slot_id BLOB NOT NULL,
    slot_secret BLOB NOT NULL,
    -- The relay's log as far as it is stored here; log_id is empty before the first entry.
    log_id BLOB NOT NULL DEFAULT x'',
    cursor INTEGER NOT NULL DEFAULT 0,
    -- Seq of the last handshake in the log, valid or not: what an append must name.
    last_handshake INTEGER NOT NULL DEFAULT 0,
    -- The handshake that let this device in: what came before it is history.
    joined_at_seq INTEGER NOT NULL DEFAULT 0,
    -- Projection.
    title TEXT NOT NULL DEFAULT '',
    description TEXT NOT NULL DEFAULT '',
    category TEXT NOT NULL DEFAULT '',
    activity INTEGER NOT NULL,
    last_place INTEGER NOT NULL DEFAULT 0,
    last_author_no INTEGER NOT NULL DEFAULT 0,
    last_text TEXT NOT NULL DEFAULT '',
    last_at INTEGER NOT NULL DEFAULT 0,
    unread INTEGER NOT NULL DEFAULT 0,
    members INTEGER NOT NULL DEFAULT 0,
    quarantined INTEGER NOT NULL DEFAULT 0,
    -- Places (without the chat's part): mine, and the highest of any other member.
    read_place INTEGER NOT NULL DEFAULT 0,
    others_read_place INTEGER NOT NULL DEFAULT 0,
    others_delivered_place INTEGER NOT NULL DEFAULT 0,
    draft TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX chats_by_activity ON chats (activity DESC);
CREATE INDEX chats_by_status ON chats (status);
CREATE INDEX chats_by_invitation ON chats (invitation);
CREATE INDEX chats_asking ON chats (key_package) WHERE status = 'asking';

-- The content key of each era, and the seq of the handshake that began it.
CREATE TABLE eras (
    chat_no INTEGER NOT NULL,
    era INTEGER NOT NULL,
    handshake INTEGER NOT NULL,
    era_key BLOB NOT NULL CHECK (length(era_key) = 32),
    PRIMARY KEY (chat_no, era)
) STRICT, WITHOUT ROWID;

-- OpenMLS's own rows; scope is a chat_no, or 0 for key packages.
CREATE TABLE mls_state (
    scope INTEGER NOT NULL,
    key BLOB NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;

-- Our own handshake of a chat that the relay has not answered for: the envelope as it will be sent, again and again.
CREATE TABLE pending_handshakes (
    chat_no INTEGER PRIMARY KEY,
    envelope_id BLOB NOT NULL CHECK (length(envelope_id) = 16),
    envelope BLOB NOT NULL
) STRICT;

-- The membership log: every handshake that took effect.
CREATE TABLE handshakes (
    chat_no INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    accepted_at INTEGER NOT NULL,
    event BLOB NOT NULL,
    PRIMARY KEY (chat_no, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE invitations (
    invitation_id BLOB PRIMARY KEY NOT NULL CHECK (length(invitation_id) = 16),
    chat_no INTEGER NOT NULL,
    secret BLOB NOT NULL CHECK (length(secret) = 32),
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX invitations_by_chat ON invitations (chat_no);

-- Who asks to be let in, until a handshake has done it.
CREATE TABLE join_requests (
    request_id BLOB PRIMARY KEY NOT NULL CHECK (length(request_id) = 16),
    chat_no INTEGER NOT NULL,
    key_package BLOB NOT NULL,
    slot_key BLOB NOT NULL CHECK (length(slot_key) = 32),
    name TEXT NOT NULL,
    -- 1: the relay refused a handshake that let several in, this one among them; the next holds nobody else.
    alone INTEGER NOT NULL DEFAULT 0 CHECK (alone IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE INDEX join_requests_by_chat ON join_requests (chat_no, alone DESC, request_id);

-- Devices to put out at the next handshake.
CREATE TABLE removals (
    chat_no INTEGER NOT NULL,
    device_id BLOB NOT NULL CHECK (length(device_id) = 32),
    PRIMARY KEY (chat_no, device_id)
) STRICT, WITHOUT ROWID;

-- Join requests of ours, until a welcome answers; sent = 0: on their way to the inviter's inbox.
CREATE TABLE knocks (
    chat_no INTEGER PRIMARY KEY,
    request_id BLOB NOT NULL CHECK (length(request_id) = 16),
    device_id BLOB NOT NULL CHECK (length(device_id) = 32),
    body BLOB NOT NULL,
    sent INTEGER NOT NULL CHECK (sent IN (0, 1))
) STRICT;

-- Every device that was ever in a chat.
CREATE TABLE member_devices (
    chat_no INTEGER NOT NULL,
    device_id BLOB NOT NULL CHECK (length(device_id) = 32),
    user_no INTEGER NOT NULL,
    -- What the relay knows it by.
    slot_id BLOB NOT NULL CHECK (length(slot_id) = 16),
    slot_key BLOB NOT NULL CHECK (length(slot_key) = 32),
    added_seq INTEGER NOT NULL,
    -- 0: still in.
    removed_seq INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (chat_no, device_id)
) STRICT, WITHOUT ROWID;

-- Automerge actors, each of one device in one segment.
CREATE TABLE actors (
    actor_no INTEGER PRIMARY KEY,
    chat_no INTEGER NOT NULL,
    segment INTEGER NOT NULL,
    actor_id BLOB NOT NULL CHECK (length(actor_id) = 16),
    device_id BLOB NOT NULL CHECK (length(device_id) = 32),
    certificate BLOB NOT NULL CHECK (length(certificate) = 64),
    UNIQUE (chat_no, actor_id)
) STRICT;
CREATE INDEX actors_by_device ON actors (chat_no, device_id, segment);

-- Every change, as it was signed. place is 0 while the relay has not accepted it: those rows are the outbox.
CREATE TABLE changes (
    change_no INTEGER PRIMARY KEY,
    chat_no INTEGER NOT NULL,
    segment INTEGER NOT NULL,
    actor_no INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    max_op INTEGER NOT NULL,
    first_fact INTEGER NOT NULL,
    next_fact INTEGER NOT NULL,
    place INTEGER NOT NULL,
    accepted_at INTEGER NOT NULL,
    -- The envelope it is being sent in; empty before it was first sealed.
    envelope_id BLOB NOT NULL DEFAULT x'',
    bytes BLOB NOT NULL,
    UNIQUE (actor_no, seq)
) STRICT;
CREATE INDEX changes_by_hash ON changes (chat_no, hash);
CREATE INDEX changes_by_segment ON changes (chat_no, segment, change_no);
CREATE INDEX outbox ON changes (chat_no, change_no) WHERE place = 0;

-- save() of a segment, so that it opens fast; made anew from changes whenever in doubt.
CREATE TABLE segments (
    chat_no INTEGER NOT NULL,
    segment INTEGER NOT NULL,
    -- Changes up to and with this one are in it.
    change_no INTEGER NOT NULL,
    saved BLOB NOT NULL,
    PRIMARY KEY (chat_no, segment)
) STRICT, WITHOUT ROWID;

-- Envelopes that are not valid (or, held = 1, that wait for a change they build on).
CREATE TABLE quarantine (
    chat_no INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    held INTEGER NOT NULL CHECK (held IN (0, 1)),
    -- Who sent it, as far as could be told; and what it waits for: the hash of a change, or an actor whose next one is
    -- missing.
    author BLOB NOT NULL,
    waits_for BLOB NOT NULL,
    reason TEXT NOT NULL,
    entry BLOB NOT NULL,
    PRIMARY KEY (chat_no, seq)
) STRICT, WITHOUT ROWID;

-- place = chat_no << 39 | queued << 38 | seq << 12 | index: clustered by chat, in the order of the log, what is queued
-- at the end.
CREATE TABLE messages (
    place INTEGER PRIMARY KEY,
    message_id BLOB NOT NULL UNIQUE CHECK (length(message_id) = 16),
    author_no INTEGER NOT NULL,
    text TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    -- When the relay accepted it; while queued, when it was written.
    at INTEGER NOT NULL,
    -- 0: fine; else why it will not be sent.
    failed INTEGER NOT NULL DEFAULT 0
) STRICT;

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
    -- Places without the chat's part; marks name a message and are resolved when it is here.
    delivered_place INTEGER NOT NULL DEFAULT 0,
    read_place INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (chat_no, user_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX memberships_by_user ON memberships (user_no);
