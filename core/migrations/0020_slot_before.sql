-- What the backup knew the chat's slot by, where this device has come back into the chat by itself: a relay that has lost
-- the commit by which it did knows no other key of this person's. Empty: it has not come so.
ALTER TABLE chats ADD COLUMN slot_before BLOB NOT NULL DEFAULT x'' CHECK (length(slot_before) IN (0, 32));
