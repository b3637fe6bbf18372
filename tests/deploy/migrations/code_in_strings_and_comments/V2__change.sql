SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '30s';
COMMENT ON TABLE notes IS 'DROP TABLE notes; -- it''s';
/* DROP TABLE notes; */
SELECT $x$ ; DROP TABLE notes; $x$;
DROP TABLE "no;tes";
