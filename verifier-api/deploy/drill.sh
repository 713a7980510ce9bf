#!/bin/sh
# Backup, and the drill that shows it can be restored: dumps a database, restores the dump beside it under the name
# <database>_drill, compares every table, and drops the copy. The database may be in use meanwhile: the dump is one
# snapshot, and a table may only have more rows than the dump has.
#
# usage: drill.sh <postgres URL> <file for the dump>
# Restoring for good is the same: createdb, then pg_restore --exit-on-error --dbname=<URL> <file>.
# WEBHOOK_KEY is not in the dump: without it webhooks' secrets and requests' notes stay sealed.
# An embedded database is backed up with all that belongs to it by copying the folder MEDSEAL_DATA while nothing runs.
set -eu

url=${1:?the URL of a database}
file=${2:?the file that the dump is written to}
base=${url%/*}
name=${url##*/}
name=${name%%\?*}
copy=${name}_drill

umask 077
pg_dump --format=custom --no-owner --file="$file" --dbname="$url"

psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 --dbname="$base/postgres" \
  --command="drop database if exists \"$copy\"" --command="create database \"$copy\""
trap 'psql --quiet --no-psqlrc --dbname="$base/postgres" --command="drop database if exists \"$copy\""' EXIT
pg_restore --exit-on-error --no-owner --dbname="$base/$copy" "$file"

count() {
  psql --quiet --no-psqlrc --tuples-only --no-align --set=ON_ERROR_STOP=1 --dbname="$1" --command="select count(*) from $2"
}

psql --quiet --no-psqlrc --tuples-only --no-align --dbname="$url" --command="
  select quote_ident(schemaname) || '.' || quote_ident(tablename) from pg_tables
  where schemaname in ('public', 'pgboss') order by 1" |
  while read -r table; do
    restored=$(count "$base/$copy" "$table")
    now=$(count "$url" "$table")
    echo "$table: $restored restored, $now now"
    # Queues empty while one looks; what the API keeps only grows.
    case $table in
      public.*) [ "$restored" -le "$now" ] && { [ "$now" -eq 0 ] || [ "$restored" -gt 0 ]; } ;;
    esac || { echo "$table was not restored" >&2; exit 1; }
  done
echo "The dump can be restored."
