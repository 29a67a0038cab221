#!/bin/sh
# SPDX-License-Identifier: MIT
# scripts.sh: has each script of doc/tracing look at a server in which happens what it asks about.
#
# usage: scripts.sh DIRECTORY, of a build. As root: a tracer asks the kernel. Writes a line for each script: its name
# and pass or fail, with a tab between, and what it printed if it failed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
scripts=$here/../../doc/tracing
scratch=$(mktemp -d)
trap 'kill $subject $tracer 2>/dev/null || :; rm -rf "$scratch"' EXIT
subject='' tracer=''

# Where the kernel lets tracers in.
[ -e /sys/kernel/tracing/uprobe_events ] || mount -t tracefs tracefs /sys/kernel/tracing

"$1/tests/tracing/subject" &
subject=$!

# saw PATTERN: the script's output has ten lines like it, within a minute: all that the server does has been seen.
saw()
{
	for _ in $(seq 600); do
		[ "$(grep -Ec "$1" "$scratch/seen")" -lt 10 ] || return 0
		kill -0 "$tracer" 2>/dev/null || return 1
		sleep 0.1
	done
	return 1
}

# look SCRIPT WRONG LAST PATTERN...: each is seen, the script ends when it is told to, then with a line like LAST, and
# there is none like WRONG.
look()
{
	name=$1 wrong=$2 last=$3
	shift 3
	result=pass
	bpftrace -B line -p "$subject" "$scripts/$name" >"$scratch/seen" 2>&1 &
	tracer=$!
	for pattern; do
		saw "$pattern" || result="fail: nothing like $pattern"
	done
	kill -INT "$tracer" 2>/dev/null || :
	wait "$tracer" || result='fail: the tracer failed'
	grep -Eq "$last" "$scratch/seen" || result="fail: it does not end with $last"
	! grep -E "$wrong" "$scratch/seen" || result="fail: $wrong"
	printf '%s\t%s\n' "$name" "$result"
	[ "$result" = pass ] || tail -n 30 "$scratch/seen"
}

look holders.bt ' idle ' '^kept +[0-9]+ +[0-9]{6,} +subject +[0-9]+ keep_worker, still held' \
	'^poolio +0 +[2-9][0-9]{4,} +subject +[0-9]+ hold_worker'
# Who waited in vain, or for a completion queue, has not waited for what it had next.
look waits.bt ' (in_vain|loop) ' '^@waited_us.poolio.:' \
	'^poolio +[2-9][0-9]{4,} +1 +waiter +[0-9]+ +0 +[2-9][0-9]{4,} us by subject'
look restarts.bt '^nothing' ' serves again' '^..:..:.. +poolio +worker 0 died: ' \
	'^..:..:.. +poolio +crashed: manager: killed' \
	'^..:..:.. +poolio +serves again, as instance [0-9]+, after [0-9]+ us; [01] began to wait meanwhile'
