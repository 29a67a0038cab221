#!/bin/sh
# SPDX-License-Identifier: MIT
# cluster.sh: a PostgreSQL server of one's own, on a Unix socket in DIRECTORY: nobody else's is touched.
#
#     cluster.sh create|start|stop|crash|remove DIRECTORY
#
# crash ends it at once, without a checkpoint. Connect to it by "host=DIRECTORY user=ledger dbname=postgres".
set -eu
verb=$1 directory=$2

programs=$(dirname "$(command -v pg_ctl || :)")
for found in /usr/lib/postgresql/*/bin; do
	[ ! -x "$found/initdb" ] || programs=$found
done
for program in initdb pg_ctl postgres; do
	[ -x "$programs/$program" ] || {
		echo "no PostgreSQL server (Debian: postgresql): $program is missing" >&2
		exit 77
	}
done

# PostgreSQL does not run as root.
owner=
if [ "$(id -u)" -eq 0 ]; then
	owner=nobody
	! id postgres >/dev/null 2>&1 || owner=postgres
fi

run()
{
	program=$programs/$1
	shift
	if [ -n "$owner" ]; then
		setpriv --reuid="$owner" --regid="$(id -g "$owner")" --clear-groups "$program" "$@"
	else
		"$program" "$@"
	fi
}

case $verb in
create)
	mkdir -m 700 "$directory"
	[ -z "$owner" ] || chown "$owner" "$directory"
	cd "$directory"
	run initdb -D "$directory/data" -U ledger -A trust -E UTF8 --locale=C --no-sync >/dev/null
	;;
start)
	cd "$directory"
	# fsync is on, as it is anywhere: what is acknowledged is on disk.
	run pg_ctl -s -w -D "$directory/data" -l "$directory/log" start \
		-o "-k '$directory' -c listen_addresses= -c max_connections=50 -c shared_buffers=16MB"
	;;
stop) cd "$directory" && run pg_ctl -s -w -D "$directory/data" -m fast stop ;;
crash) cd "$directory" && run pg_ctl -s -w -D "$directory/data" -m immediate stop ;;
remove)
	[ ! -f "$directory/data/postmaster.pid" ] || sh "$0" crash "$directory" || :
	rm -rf "$directory"
	;;
*)
	echo "usage: cluster.sh create|start|stop|crash|remove DIRECTORY" >&2
	exit 2
	;;
esac
