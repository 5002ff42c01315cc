-- Invitations with limits, answers to who is not let in, and how a person arranges their chats.

ALTER TABLE invitations ADD COLUMN label TEXT NOT NULL DEFAULT '';
-- Of how many devices; 0: of any number.
ALTER TABLE invitations ADD COLUMN max_uses INTEGER NOT NULL DEFAULT 0 CHECK (max_uses >= 0);
-- By this device's clock; 0: never.
ALTER TABLE invitations ADD COLUMN expires_at INTEGER NOT NULL DEFAULT 0;
-- 0: it still lets in.
ALTER TABLE invitations ADD COLUMN revoked_at INTEGER NOT NULL DEFAULT 0;
DROP INDEX invitations_by_chat;
CREATE INDEX invitations_by_chat ON invitations (chat_no, created_at DESC);

-- The devices that asked with an invitation and were taken in: each counts once, however often its request comes.
CREATE TABLE invitation_uses (
    invitation_id BLOB NOT NULL CHECK (length(invitation_id) = 16),
    device_id BLOB NOT NULL CHECK (length(device_id) = 32),
    used_at INTEGER NOT NULL,
    PRIMARY KEY (invitation_id, device_id)
) STRICT, WITHOUT ROWID;

-- What the request came with; empty where it was taken in before this was kept.
ALTER TABLE join_requests ADD COLUMN invitation_id BLOB NOT NULL DEFAULT x'';

-- What opens the answer to our request; empty where it was sent before this was kept.
ALTER TABLE knocks ADD COLUMN secret BLOB NOT NULL DEFAULT x'';
-- Why the inviter does not let us in; empty: there is no answer.
ALTER TABLE chats ADD COLUMN refused TEXT NOT NULL DEFAULT '';

-- Sealed answers on their way into the inboxes of those who asked, or who were asked.
CREATE TABLE join_answers (
    request_id BLOB PRIMARY KEY NOT NULL CHECK (length(request_id) = 16),
    answer_id BLOB NOT NULL CHECK (length(answer_id) = 16),
    device_id BLOB NOT NULL CHECK (length(device_id) = 32),
    body BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- What only this person knows of: not projection.
-- The rank among those pinned, the highest stands first; 0: not pinned.
ALTER TABLE chats ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE chats ADD COLUMN archived INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1));
-- 0: not muted; 9007199254740991: for ever.
ALTER TABLE chats ADD COLUMN muted_until INTEGER NOT NULL DEFAULT 0;
DROP INDEX chats_by_activity;
CREATE INDEX chats_in_order ON chats (pinned DESC, activity DESC);
