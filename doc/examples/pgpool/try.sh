#!/bin/sh
# SPDX-License-Identifier: MIT
# try.sh: runs the trial on a PostgreSQL server of its own, in a directory that goes when it ends.
: "${srcdir:=$(cd "$(dirname "$0")/../../.." && pwd)}"
. "$srcdir/tests/packaging/tap.sh"
example=$srcdir/doc/examples/pgpool
program=$builddir/doc/examples/pgpool/try
[ -x "$program" ] || skip_all 'not built: no libpq (Debian: libpq-dev)'

# Where the server's user can get to, and short enough for the name of a socket.
directory=$(mktemp -d /tmp/pgpool-XXXXXX) || exit 99
chmod 711 "$directory"
trap 'sh "$example/cluster.sh" remove "$directory/cluster"; rm -rf "$directory" "$scratch"' EXIT

sh "$example/cluster.sh" create "$directory/cluster" 2>"$scratch/problem" || {
	[ $? -ne 77 ] || skip_all "$(cat "$scratch/problem")"
	cat "$scratch/problem" >&2
	exit 99
}
status=0
timeout -k 5 100 "$program" "$example/cluster.sh" "$directory/cluster" || status=$?
[ "$status" -eq 0 ] || sed 's/^/# server: /' "$directory/cluster/log" | tail -n 20
exit "$status"
