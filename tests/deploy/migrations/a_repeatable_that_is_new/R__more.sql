SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '30s';
CREATE TABLE IF NOT EXISTS more (id bigint);
ALTER TABLE more ALTER COLUMN id TYPE bigint;
