-- Where its device is in, by a handshake up to this one, it goes and comes again, since its group is lost. 0: who is in stays.
ALTER TABLE join_requests ADD COLUMN again_after INTEGER NOT NULL DEFAULT 0;
