-- What this person wants to be told of.

-- Of which messages of the chat: all of them; mentions (what names this person or answers them); nothing. The person's
-- devices agree on it, as on muted_until.
ALTER TABLE chats ADD COLUMN notices TEXT NOT NULL DEFAULT 'all' CHECK (notices IN ('all', 'mentions', 'nothing'));

-- How this device tells of it.
CREATE TABLE notice_settings (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    -- What a notification shows: text (and sender), sender, nothing of either.
    shows TEXT NOT NULL CHECK (shows IN ('text', 'sender', 'nothing')),
    sound INTEGER NOT NULL CHECK (sound IN (0, 1)),
    -- Every day from one minute after midnight to the other, by this machine's clock, nothing is told; equal: always is.
    quiet_from INTEGER NOT NULL CHECK (quiet_from BETWEEN 0 AND 1439),
    quiet_to INTEGER NOT NULL CHECK (quiet_to BETWEEN 0 AND 1439),
    -- Nor until this time; 0: no such time.
    quiet_until INTEGER NOT NULL
) STRICT;
INSERT INTO notice_settings (id, enabled, shows, sound, quiet_from, quiet_to, quiet_until)
VALUES (1, 1, 'text', 1, 0, 0, 0);
