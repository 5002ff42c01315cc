-- People: what they tell of themselves, whom this person knows, and what this person tells others.

-- What a person calls themselves; users.name is what is shown, which may be this person's own name for them.
ALTER TABLE users ADD COLUMN own_name TEXT NOT NULL DEFAULT '';
-- 1: they have a device that they had not when they were last looked at. Kept for those who have rows in seen_devices.
ALTER TABLE users ADD COLUMN new_device INTEGER NOT NULL DEFAULT 0 CHECK (new_device IN (0, 1));
UPDATE users SET own_name = name;

-- Projection. What a person last told of themselves in a chat; a fact of a higher rev counts, then of a higher place.
CREATE TABLE profiles (
    user_no INTEGER NOT NULL,
    chat_no INTEGER NOT NULL,
    rev INTEGER NOT NULL,
    -- Where it was said, without the chat's part.
    said_place INTEGER NOT NULL,
    -- Empty: not told.
    name TEXT NOT NULL,
    username TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    email TEXT NOT NULL,
    mobile TEXT NOT NULL,
    description TEXT NOT NULL,
    -- In years; -1: not told.
    age INTEGER NOT NULL,
    -- 0: not told.
    created_at INTEGER NOT NULL,
    -- As it came: looked at before it is shown.
    picture BLOB NOT NULL CHECK (length(picture) <= 32768),
    PRIMARY KEY (user_no, chat_no)
) STRICT;
CREATE INDEX profiles_by_chat ON profiles (chat_no);
CREATE INDEX profiles_by_rev ON profiles (user_no, rev, chat_no);

-- What this person tells of themselves: one row, once there is an account.
CREATE TABLE own_profile (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    -- Rises with what others may see.
    rev INTEGER NOT NULL,
    username TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    email TEXT NOT NULL,
    mobile TEXT NOT NULL,
    -- As 1990-05-31; empty: none.
    birth_date TEXT NOT NULL,
    description TEXT NOT NULL,
    picture BLOB NOT NULL CHECK (length(picture) <= 32768),
    -- The age in years that others were told; -1: none.
    told_age INTEGER NOT NULL DEFAULT -1,
    -- 0: some chats may not have been told of the last change.
    told INTEGER NOT NULL DEFAULT 1 CHECK (told IN (0, 1))
) STRICT;
INSERT INTO own_profile (id, rev, username, first_name, last_name, email, mobile, birth_date, description, picture)
    SELECT 1, 0, '', name, '', '', '', '', '', x'' FROM account;

-- Who may see a field, where this person chose.
CREATE TABLE profile_shown (
    field TEXT PRIMARY KEY NOT NULL,
    shown TEXT NOT NULL CHECK (shown IN ('nobody', 'contacts', 'everyone'))
) STRICT;

-- What only this person knows of, from here on: not projection.
CREATE TABLE contacts (
    user_no INTEGER PRIMARY KEY,
    -- What this person calls them; empty: what they call themselves.
    petname TEXT NOT NULL,
    added_at INTEGER NOT NULL
) STRICT;

CREATE TABLE blocked (
    user_no INTEGER PRIMARY KEY,
    blocked_at INTEGER NOT NULL
) STRICT;

CREATE TABLE verified (
    user_no INTEGER PRIMARY KEY,
    verified_at INTEGER NOT NULL,
    -- The safety number that was compared: 60 digits.
    number TEXT NOT NULL CHECK (length(number) = 60)
) STRICT;

-- The devices that a contact or a verified person had when they were last looked at.
CREATE TABLE seen_devices (
    user_no INTEGER NOT NULL,
    device_id BLOB NOT NULL CHECK (length(device_id) = 32),
    PRIMARY KEY (user_no, device_id)
) STRICT, WITHOUT ROWID;
-- All devices of a person, whatever the chat.
CREATE INDEX member_devices_by_user ON member_devices (user_no, device_id);
