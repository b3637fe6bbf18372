SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '30s';
ALTER TABLE notes ADD COLUMN kind text CHECK (kind IN (${kinds}));
CREATE INDEX notes_title ON notes (title);
