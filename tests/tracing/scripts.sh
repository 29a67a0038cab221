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

# saw PATTERN: the script's output has a line like it, within a minute.
saw()
{
	for _ in $(seq 600); do
		! grep -Eq "$1" "$scratch/seen" || return 0
		kill -0 "$tracer" 2>/dev/null || return 1
		sleep 0.1
	done
	return 1
}

# look SCRIPT PATTERN...: each is seen, and the script ends with its summary when it is told to.
look()
{
	name=$1
	shift
	result=pass
	bpftrace -B line -p "$subject" "$scripts/$name" >"$scratch/seen" 2>&1 &
	tracer=$!
	for pattern; do
		saw "$pattern" || result="fail: nothing like $pattern"
	done
	kill -INT "$tracer" 2>/dev/null || :
	wait "$tracer" || result='fail: the tracer failed'
	printf '%s\t%s\n' "$name" "$result"
	[ "$result" = pass ] || tail -n 30 "$scratch/seen"
}

look holders.bt '^poolio +0 +[2-9][0-9]{4,} +subject +[0-9]+ hold_worker'
look waits.bt '^poolio +[2-9][0-9]{4,} +1 +waiter +[0-9]+ +0 +[2-9][0-9]{4,} us by subject'
look restarts.bt '^..:..:.. +poolio +worker 0 died: ' '^..:..:.. +poolio +crashed: manager: killed' \
	'^..:..:.. +poolio +serves again, as instance [0-9]+, after [0-9]+ us; [01] began to wait meanwhile'
