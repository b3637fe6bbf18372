#!/bin/bash
# The part of the official image's entry point that homeport and most people use:
# POSTGRES_PASSWORD(_FILE), POSTGRES_USER(_FILE), POSTGRES_DB(_FILE), POSTGRES_INITDB_ARGS,
# POSTGRES_HOST_AUTH_METHOD, PGDATA, and *.sql, *.sql.gz and *.sh in /docker-entrypoint-initdb.d.
set -euo pipefail

fail() {
  echo "docker-entrypoint.sh: $1" >&2
  exit 1
}

# Gives VARIABLE the content of the file that VARIABLE_FILE names, as the official image does.
from_file() {
  local name="$1" default="${2:-}" file="$1_FILE"
  [ -z "${!name:-}" ] || [ -z "${!file:-}" ] || fail "$name and $file are both set; set one of them"
  local value="${!name:-$default}"
  [ -z "${!file:-}" ] || value="$(<"${!file}")"
  export "$name"="$value"
  unset "$file"
}

own_folders() {
  mkdir -p "$PGDATA" /var/run/postgresql
  chmod 0700 "$PGDATA"
  find "$PGDATA" /var/run/postgresql \! -user postgres -exec chown postgres:postgres '{}' +
}

initialize() {
  [ -n "$POSTGRES_PASSWORD" ] || [ "$POSTGRES_HOST_AUTH_METHOD" = trust ] \
    || fail "the database is not initialized and there is no password: set POSTGRES_PASSWORD_FILE"
  # C.UTF-8 of the builtin provider sorts the same whatever the C library, so a volume stays readable.
  # shellcheck disable=SC2086  # POSTGRES_INITDB_ARGS is a list of words
  initdb --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") \
    --encoding=UTF8 --locale-provider=builtin --locale=C.UTF-8 --builtin-locale=C.UTF-8 \
    --auth-local=trust --auth-host="$POSTGRES_HOST_AUTH_METHOD" ${POSTGRES_INITDB_ARGS:-} -D "$PGDATA"
  printf '\nhost all all all %s\n' "$POSTGRES_HOST_AUTH_METHOD" >>"$PGDATA/pg_hba.conf"
}

sql() {
  psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" "$@"
}

run_first_files() {
  local file
  for file in /docker-entrypoint-initdb.d/*; do
    case "$file" in
      *.sh) if [ -x "$file" ]; then "$file"; else . "$file"; fi ;;
      *.sql) sql --dbname "$POSTGRES_DB" --file "$file" ;;
      *.sql.gz) gunzip -c "$file" | sql --dbname "$POSTGRES_DB" ;;
    esac
  done
}

first_start() {
  initialize
  # On the socket only: nobody may connect before the databases and roles are there.
  pg_ctl -D "$PGDATA" -o "-c listen_addresses='' -p 5432" -w start >/dev/null
  if [ "$POSTGRES_DB" != postgres ]; then
    sql --dbname postgres --set name="$POSTGRES_DB" <<<'CREATE DATABASE :"name";'
  fi
  run_first_files
  pg_ctl -D "$PGDATA" -m fast -w stop >/dev/null
  unset POSTGRES_PASSWORD
}

main() {
  [ "${1:-}" = "${1#-}" ] || set -- postgres "$@"
  if [ "${1:-}" = postgres ]; then
    if [ "$(id -u)" = 0 ]; then
      own_folders
      exec setpriv --reuid=postgres --regid=postgres --init-groups "$BASH_SOURCE" "$@"
    fi
    mkdir -p "$PGDATA"
    chmod 0700 "$PGDATA" 2>/dev/null || true
    from_file POSTGRES_PASSWORD
    from_file POSTGRES_USER postgres
    from_file POSTGRES_DB "$POSTGRES_USER"
    : "${POSTGRES_HOST_AUTH_METHOD:=scram-sha-256}"
    [ -s "$PGDATA/PG_VERSION" ] || first_start
  fi
  exec "$@"
}

main "$@"
