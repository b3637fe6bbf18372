SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '30s';
COMMENT ON TABLE notes IS 'Schöne Grüße aus Köln'; ALTER TABLE notes DROP COLUMN title;
