-- Repeatable: runs again whenever this file has changed, after the numbered ones.
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '30s';

CREATE OR REPLACE VIEW tag_counts AS
SELECT tag, count(*) AS notes
FROM note_tags
GROUP BY tag;
