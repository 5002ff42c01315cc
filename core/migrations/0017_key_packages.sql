-- A key package is kept until the log shows that its device is in: another welcome may come for it.
DROP INDEX chats_asking;
CREATE INDEX chats_by_key_package ON chats (key_package) WHERE key_package <> x'';
