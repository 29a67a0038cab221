#!/bin/sh
# SPDX-License-Identifier: MIT
# layers.sh: what a source file may include and use. The table of layers is lib/local.mk itself.
. "$(dirname "$0")/tap.sh"
cd "$srcdir" || exit 99

# "FILE LAYER" for each file of the library. Each list is a layer, numbered from the ground up, but for
# lib_threads, which is the other half of sync.h.
awk '
	/^lib_[a-z]+[ \t]*=/ && !/^lib_threads/ && !/^lib_sources/ { layer++ }
	/^lib_sources/ { exit }
	layer {
		for (i = 1; i <= NF; i++)
			if (sub(/^%D%\//, "", $i))
				print $i, layer
	}' lib/local.mk >"$scratch/table"

every_layer_has_files()
{
	[ "$(cut -d' ' -f2 "$scratch/table" | sort -u | wc -l)" -ge 4 ]
}

includes_point_downward()
{
	for file in lib/*.[ch]; do
		sed -n "s|^[ \t]*#[ \t]*include[ \t]*\"\([^\"]*\)\".*|${file#lib/} \1|p" "$file"
	done | awk '
		NR == FNR { layer[$1] = $2; next }
		!($1 in layer) { print $1 " is in no layer of lib/local.mk"; next }
		# sync.h has its other side in tests/explore, by design.
		$1 == "sync.h" && $2 == "sync_fibers.h" { next }
		!($2 in layer) { print $1 " includes " $2 ", which is in no layer"; next }
		layer[$2] > layer[$1] { print $1 " includes " $2 ", from a layer above its own" }
	' "$scratch/table" - | sort -u >"$scratch/upward"
	nothing_in "$scratch/upward"
}

# offences PATTERN FILE...: where the files say it, comments and strings apart.
offences()
{
	pattern=$1
	shift
	for file; do
		without_comments "$file" | grep -nE "$pattern" | sed "s|^|$file:|"
	done >"$scratch/offences"
	nothing_in "$scratch/offences"
}

# Everything that the explorer has to see goes through sync.h; so no other file may know of these.
headers='(pthread|threads|semaphore|stdatomic|time|sys/time|sys/timerfd|sys/eventfd|linux/futex|urcu|urcu/[a-z/-]+)\.h'
keywords='__atomic_|__sync_|_Atomic|_Thread_local|thread_local|__thread'
calls='malloc|calloc|realloc|reallocarray|free|aligned_alloc|posix_memalign|strdup|strndup|v?asprintf'
calls="$calls|clock_gettime|gettimeofday|nanosleep|clock_nanosleep|usleep|sleep|sched_yield|poll|futex|eventfd[a-z_]*"
calls="$calls|pthread_[a-z_]+|sem_[a-z]+|rcu_[a-z_]+|cds_[a-z_]+"
beyond_sync=$(find lib -name '*.[ch]' ! -name 'sync*' | sort)

only_sync_includes_what_it_wraps()
{
	# shellcheck disable=SC2086
	offences "^[ \t]*#[ \t]*include[ \t]*[<\"]${headers}[>\"]" $beyond_sync
}

only_sync_uses_what_it_wraps()
{
	# shellcheck disable=SC2086
	offences "(^|[^a-zA-Z0-9_])(${keywords}|(${calls})[ \t]*\()" $beyond_sync
}

examples_and_scenarios_know_the_public_headers_alone()
{
	own=$(find tests/scenario doc/examples -name '*.[ch]')
	[ -n "$own" ] || return 0
	for file in $own; do
		sed -n "s|^[ \t]*#[ \t]*include[ \t]*\"\([^\"]*\)\".*|$file \1|p" "$file"
	done | while read -r file header; do
		[ -f "$(dirname "$file")/$header" ] || [ -f "tests/$header" ] ||
			echo "$file includes $header"
	done >"$scratch/inside"
	nothing_in "$scratch/inside"
}

check 'every layer has files' every_layer_has_files
check 'includes point downward' includes_point_downward
check 'only sync includes what it wraps' only_sync_includes_what_it_wraps
check 'only sync uses what it wraps' only_sync_uses_what_it_wraps
check 'examples and scenarios know the public headers alone' \
	examples_and_scenarios_know_the_public_headers_alone
done_testing
