SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '30s';
DROP VIEW IF EXISTS titles;
CREATE VIEW titles AS SELECT title FROM notes;
