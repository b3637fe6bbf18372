SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '30s';
CREATE INDEX ON tags (tag);
ALTER TABLE tags ALTER COLUMN tag SET NOT NULL;
DROP TABLE tags;
