SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '30s';
-- squawk-ignore ban-drop-column -- nobody reads it
ALTER TABLE notes DROP COLUMN title;
