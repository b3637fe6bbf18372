CREATE TABLE tags (tag text);
