-- What waits for the relay is asked for in each exchange; letters that are kept beside it are as long as a welcome, and many.
CREATE INDEX letters_to_send ON letters (letter_no) WHERE sent = 0;
-- The log that let the device in is lost, and no other has: whose it is stays known, but it never was in.
ALTER TABLE member_devices ADD COLUMN lost INTEGER NOT NULL AS (removed_seq > 0 AND removed_seq = added_seq) VIRTUAL;
