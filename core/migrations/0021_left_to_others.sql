-- Since when this device leaves it to others to bring back the relay's log, of which it lacks the beginning; 0: it does not.
ALTER TABLE chats ADD COLUMN left_since INTEGER NOT NULL DEFAULT 0;
