-- homeport: compatible: nothing reads it since release 12
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '30s';
ALTER TABLE notes DROP COLUMN title;
