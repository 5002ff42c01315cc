-- Who may do what in a chat, who has it, who has left. Projection (events are dropped and made anew from the changes,
-- because the rules by which facts become rows have risen), beside role_changes.

-- What differs from the usual, two bits each, 1 admins, 2 everyone: write, comment, add, pin, info.
ALTER TABLE chats ADD COLUMN rights INTEGER NOT NULL DEFAULT 0;
-- 0: not known yet.
ALTER TABLE chats ADD COLUMN owner_no INTEGER NOT NULL DEFAULT 0;
ALTER TABLE chats ADD COLUMN history TEXT NOT NULL DEFAULT 'all' CHECK (history IN ('all', 'from_joining'));
-- 1: this person has said that they leave, and the relay has not taken it yet; 2: they have left.
ALTER TABLE chats ADD COLUMN leaving INTEGER NOT NULL DEFAULT 0 CHECK (leaving IN (0, 1, 2));

-- Said by the member; their devices are put out by an admin's device after that.
ALTER TABLE memberships ADD COLUMN has_left INTEGER NOT NULL DEFAULT 0 CHECK (has_left IN (0, 1));
CREATE INDEX memberships_left ON memberships (chat_no) WHERE has_left = 1;

DROP TABLE events;
CREATE TABLE events (
    place INTEGER PRIMARY KEY,
    what TEXT NOT NULL CHECK (what IN ('created', 'added', 'removed', 'left', 'promoted', 'demoted', 'owner', 'rights',
        'history', 'info')),
    by_no INTEGER NOT NULL,
    who_no INTEGER NOT NULL,
    at INTEGER NOT NULL,
    -- For 'info' the title, for 'history' who may read it; else empty.
    text TEXT NOT NULL DEFAULT ''
) STRICT;

-- What this person wants changed about roles, until a handshake has done it. change is CBOR.
CREATE TABLE role_changes (
    change_no INTEGER PRIMARY KEY,
    chat_no INTEGER NOT NULL,
    change BLOB NOT NULL,
    -- 1: it is in the handshake that waits for the relay.
    sent INTEGER NOT NULL DEFAULT 0 CHECK (sent IN (0, 1))
) STRICT;
CREATE INDEX role_changes_by_chat ON role_changes (chat_no, change_no);

-- In a chat whose history is closed to newcomers: the first segment that may be written to. Everything older builds on
-- what those who came since do not have.
ALTER TABLE chats ADD COLUMN segment_from INTEGER NOT NULL DEFAULT 0;

-- How a chat stood when this person came into it, where what was before is closed to them: the membership log begins
-- with it. standing is CBOR.
CREATE TABLE standings (
    chat_no INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    accepted_at INTEGER NOT NULL,
    standing BLOB NOT NULL,
    PRIMARY KEY (chat_no, seq)
) STRICT, WITHOUT ROWID;
