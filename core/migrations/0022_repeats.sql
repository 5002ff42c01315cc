-- Projection. Messages that their author has said again in the same chat, under another id: each is shown once.
CREATE TABLE repeats (
    chat_no INTEGER NOT NULL,
    -- What is not shown by itself.
    message_id BLOB NOT NULL CHECK (length(message_id) = 16),
    -- Who has said it; of what is not here: who says that it was they.
    author_no INTEGER NOT NULL,
    -- As what it is shown.
    as_id BLOB NOT NULL CHECK (length(as_id) = 16),
    -- 1: it stands in the chat; 0: only what names it does.
    here INTEGER NOT NULL CHECK (here IN (0, 1)),
    PRIMARY KEY (chat_no, message_id, author_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX repeats_here ON repeats (message_id) WHERE here = 1;
