SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '30s';
ALTER TABLE notes DROP COLUMN title;
ALTER TABLE notes RENAME COLUMN id TO number;
DROP TABLE notes;
ALTER TABLE a RENAME TO b;
