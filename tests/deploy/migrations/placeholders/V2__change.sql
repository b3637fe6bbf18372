SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '30s';
CREATE TABLE ${table} (tag text CHECK (length(tag) < ${longest}));
GRANT SELECT ON ${table} TO "${homeport_app}";
CREATE INDEX ON ${table} (tag);
