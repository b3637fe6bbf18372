SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '30s';
ALTER TABLE notes
    -- squawk-ignore changing-column-type, prefer-text-field -- the table has twenty rows
    ALTER COLUMN title TYPE varchar(80);
