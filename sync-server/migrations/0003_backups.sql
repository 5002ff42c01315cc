-- What people keep for the day on which they have lost all devices: sealed records that their
-- devices write, and whoever has the backup's key reads.
CREATE TABLE backups (
    number    INTEGER PRIMARY KEY NOT NULL,
    backup    BLOB    NOT NULL UNIQUE CHECK (length(backup) = 32),
    -- The device that began it.
    opened_by INTEGER NOT NULL REFERENCES devices (number)
) STRICT;
CREATE INDEX backups_by_device ON backups (opened_by);

-- Who may write.
CREATE TABLE backup_writers (
    owner  INTEGER NOT NULL REFERENCES backups (number),
    device BLOB    NOT NULL CHECK (length(device) = 32),
    PRIMARY KEY (owner, device)
) STRICT, WITHOUT ROWID;

CREATE TABLE backup_records (
    number INTEGER PRIMARY KEY NOT NULL,
    owner  INTEGER NOT NULL REFERENCES backups (number),
    id     BLOB    NOT NULL CHECK (length(id) = 16),
    body   BLOB    NOT NULL
) STRICT;
CREATE UNIQUE INDEX backup_records_by_id ON backup_records (owner, id);
