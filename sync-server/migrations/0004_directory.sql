-- People who want to be found by their usernames, on relays whose operator allows it: the only names a relay knows.
CREATE TABLE directory (
    username TEXT    PRIMARY KEY NOT NULL,
    user     BLOB    NOT NULL UNIQUE CHECK (length(user) = 32),
    -- As its owner signed it, in CBOR.
    identity BLOB    NOT NULL,
    put_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
