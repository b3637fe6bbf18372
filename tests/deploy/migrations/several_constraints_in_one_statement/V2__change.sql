SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '30s';
-- squawk-ignore disallowed-unique-constraint -- twenty rows
ALTER TABLE notes ADD CONSTRAINT a UNIQUE (title), ADD CONSTRAINT b CHECK (id > 1);
