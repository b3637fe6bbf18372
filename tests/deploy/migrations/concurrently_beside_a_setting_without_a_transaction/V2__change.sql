SET lock_timeout = '3s';
SET statement_timeout = '0';
CREATE INDEX CONCURRENTLY notes_title ON notes (title);
