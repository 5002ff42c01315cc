-- Welcomes to chats that this device is in, as far as it knows: each counts when the log shows that the device is out, or has
-- gone on without it.
CREATE TABLE early_welcomes (
    chat_no INTEGER NOT NULL,
    -- Names the key package that it is for.
    reference BLOB NOT NULL,
    -- Where its handshake stands.
    seq INTEGER NOT NULL,
    -- 1: the relay has released it with the handshake; 0: it came in a letter.
    released INTEGER NOT NULL CHECK (released IN (0, 1)),
    body BLOB NOT NULL,
    PRIMARY KEY (chat_no, reference)
) STRICT;

-- Into which chat this device has asked with it to be let in, and has come by another one: into that chat nobody puts it
-- unasked by it. Empty: it is one of the directory.
ALTER TABLE directory ADD COLUMN asked BLOB NOT NULL DEFAULT x'' CHECK (length(asked) IN (0, 16));
