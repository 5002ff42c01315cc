-- A device that is in, but whose group parted from the chat's after this handshake: it goes and comes again. 0: it is not in.
ALTER TABLE join_requests ADD COLUMN again_after INTEGER NOT NULL DEFAULT 0;
