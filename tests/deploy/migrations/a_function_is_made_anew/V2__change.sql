SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '30s';
DROP FUNCTION shout(text);
CREATE FUNCTION shout(a text, b text) RETURNS text LANGUAGE sql AS $$ SELECT 'DROP TABLE x;' || a; $$;
