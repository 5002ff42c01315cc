-- Being put into a chat by somebody, two dialogs of a pair that become one, people known from a relay's directory, pictures
-- of chats.

-- 1: somebody has put this person in, who has not answered yet; 2: they do not want it.
ALTER TABLE chats ADD COLUMN request INTEGER NOT NULL DEFAULT 0 CHECK (request IN (0, 1, 2));
-- The dialog with the same person that goes on in this one's place; 0: none.
ALTER TABLE chats ADD COLUMN goes_on_in INTEGER NOT NULL DEFAULT 0;
CREATE INDEX chats_gone_on ON chats (goes_on_in) WHERE goes_on_in <> 0;

-- Devices that shall come into a chat with a key package of the directory, and whose they are.
ALTER TABLE own_additions RENAME TO additions;
ALTER TABLE additions ADD COLUMN user_no INTEGER NOT NULL DEFAULT 0;
-- 1: its key package is here, and what lets it in is on its way.
ALTER TABLE additions ADD COLUMN taken INTEGER NOT NULL DEFAULT 0 CHECK (taken IN (0, 1));
UPDATE additions SET user_no = (SELECT u.user_no FROM account a JOIN users u ON u.user_id = a.user_id WHERE a.id = 1);
CREATE INDEX additions_by_user ON additions (user_no, chat_no);

-- Projection. Messages that their author has said again in the dialog that goes on.
CREATE TABLE said_again (
    message_id BLOB NOT NULL CHECK (length(message_id) = 16),
    author_no INTEGER NOT NULL,
    -- Where it was said again.
    chat_no INTEGER NOT NULL,
    PRIMARY KEY (message_id, author_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX said_again_in ON said_again (chat_no);

-- People whom a relay's directory names, with the devices they have: not projection.
CREATE TABLE found_people (
    user_no INTEGER PRIMARY KEY,
    -- As CBOR.
    identity BLOB NOT NULL,
    username TEXT NOT NULL,
    found_at INTEGER NOT NULL
) STRICT;

-- Projection. Pictures of chats; chats.picture names the one there is, 0: none.
CREATE TABLE chat_pictures (
    chat_no INTEGER PRIMARY KEY,
    picture BLOB NOT NULL CHECK (length(picture) <= 32768)
) STRICT;
ALTER TABLE chats ADD COLUMN picture INTEGER NOT NULL DEFAULT 0;

-- Whether the relay's directory names this person by their username, and what it was last told (empty: nothing).
ALTER TABLE own_profile ADD COLUMN listed INTEGER NOT NULL DEFAULT 0 CHECK (listed IN (0, 1));
ALTER TABLE own_profile ADD COLUMN told_directory BLOB NOT NULL DEFAULT x'';
ALTER TABLE own_profile ADD COLUMN listing TEXT NOT NULL DEFAULT '' CHECK (listing IN ('', 'listed', 'taken', 'no_directory'));
