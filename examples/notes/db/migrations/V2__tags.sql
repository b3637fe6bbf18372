-- The old version serves while this runs, and would wait behind our locks: give up rather than hold them.
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '30s';

-- The limit is a placeholder: its value is in homeport.yaml.
CREATE TABLE note_tags (
    note_id bigint NOT NULL REFERENCES notes ON DELETE CASCADE,
    tag     text NOT NULL CHECK (length(tag) BETWEEN 1 AND ${longest_tag}),
    PRIMARY KEY (note_id, tag)
);

-- Null until somebody chose the note's tags: the page, or the worker.
ALTER TABLE notes ADD COLUMN tagged_at timestamptz;
