SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '30s';
CREATE TABLE tags (tag text);
CREATE INDEX tags_tag ON tags (tag);
ALTER TABLE tags ALTER COLUMN tag TYPE varchar(80);
ALTER TABLE ONLY public."tags" DROP COLUMN tag;
