SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '30s';
ALTER INDEX notes_pkey RENAME TO notes_key;
ALTER TABLE notes RENAME CONSTRAINT a TO b;
