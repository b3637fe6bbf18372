CREATE TABLE notes (
    id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title text NOT NULL
);
CREATE VIEW titles AS SELECT title FROM notes;
CREATE FUNCTION shout(a text) RETURNS text LANGUAGE sql AS $$ SELECT upper(a); $$;
