-- The tag of the entry at the cursor, which tells it from the same one put there anew; 0: it is from before relays gave tags;
-- empty: the relay has not told it.
ALTER TABLE chats ADD COLUMN cursor_tag BLOB NOT NULL DEFAULT x'0000000000000000' CHECK (length(cursor_tag) IN (0, 8));
ALTER TABLE chats DROP COLUMN cursor_at;
