SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '30s';
CREATE TABLE notes_new (id bigint);
ALTER TABLE notes RENAME TO notes_old;
ALTER TABLE notes_new RENAME TO notes;
