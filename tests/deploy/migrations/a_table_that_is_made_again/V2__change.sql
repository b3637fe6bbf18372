SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '30s';
DROP TABLE notes;
CREATE TABLE notes (id text);
CREATE INDEX ON notes (id);
