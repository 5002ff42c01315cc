-- Where many messages were accepted at once, the number of one is far from its time: it is found by its place, not by
-- going through all of theirs.
CREATE INDEX search_rows_by_place ON search_rows (place);
