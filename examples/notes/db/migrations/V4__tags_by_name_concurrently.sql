-- Built while others go on writing. It cannot run in a transaction, so it is alone in its file, without
-- timeouts. No IF NOT EXISTS: a build that failed leaves an invalid index, which that would take for a good one.
-- squawk-ignore prefer-robust-stmts, require-lock-timeout, require-statement-timeout
CREATE INDEX CONCURRENTLY note_tags_by_tag ON note_tags (tag);
