-- As which message its author has said it again, so that answers to the old one lead to the new one; empty: it was said again
-- before this was kept.
ALTER TABLE said_again ADD COLUMN as_id BLOB NOT NULL DEFAULT x'' CHECK (length(as_id) IN (0, 16));
