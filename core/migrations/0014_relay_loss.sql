-- When the entry at the cursor was accepted, on the relay's clock; 0: not known.
ALTER TABLE chats ADD COLUMN cursor_at INTEGER NOT NULL DEFAULT 0;
-- The run of the relay in which this device has spoken with it last; empty: it has not yet.
ALTER TABLE account ADD COLUMN relay_run BLOB NOT NULL DEFAULT x'';
-- The relay has taken it into the log.
ALTER TABLE pending_handshakes ADD COLUMN accepted INTEGER NOT NULL DEFAULT 0;
-- Letters are kept after the relay has taken them, for a relay that loses what lies in inboxes: until their device has
-- spoken in the chat that it was let into by this handshake, or, without a chat, until it is linked.
ALTER TABLE letters ADD COLUMN chat_no INTEGER NOT NULL DEFAULT 0;
ALTER TABLE letters ADD COLUMN handshake_id BLOB NOT NULL DEFAULT x'';
ALTER TABLE letters ADD COLUMN sent INTEGER NOT NULL DEFAULT 0;
CREATE INDEX letters_by_chat ON letters (chat_no, device_id);
