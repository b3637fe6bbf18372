-- Finds any part of a note by its trigrams. The extension comes from homeport.yaml.
-- The table is still small: building the index blocks writes only for a moment. V4 shows the other way.
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '30s';

-- squawk-ignore require-concurrent-index-creation
CREATE INDEX notes_body_trigrams ON notes USING gin (body gin_trgm_ops);
