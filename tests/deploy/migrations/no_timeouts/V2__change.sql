ALTER TABLE notes ADD COLUMN seen timestamptz;
