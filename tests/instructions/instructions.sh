#!/bin/sh
# SPDX-License-Identifier: MIT
# instructions.sh: how many instructions the hot paths take, by callgrind.
#
#   instructions.sh count DIRECTORY  a line for each path: its name and the instructions of one turn, with a tab
#                                    between; DIRECTORY is that of a build for use, without debug checks
#   instructions.sh check DIRECTORY  the same with what is stored, and passes or fails; fails if a path takes more
#                                    than 3 % over that
#   instructions.sh store DIRECTORY  stores what it counts
#
# Counts do not move with the machine: those of two runs of different lengths are subtracted, so that start and stop
# do not count, and the process keeps to one processor, where nobody spins. Of a call, and of a task (submit), counts
# what the library itself does, on both of its threads, but for their waiting for each other (parker.c); of the others,
# what the function takes, inside and below. Whether a thread of a call finds the other one already there makes some
# 4 %: of three counts the highest is stored, and the lowest held against it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
stored=$here/stored.tsv
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
few=1000 many=3000

# collect PATH TURNS OPTION...: into the file of counts.
collect()
{
	path=$1 turns=$2
	shift 2
	taskset -c "$(taskset -cp $$ | sed 's/.*[: ]\([0-9]*\).*/\1/')" \
		"$directory/libtool" --mode=execute valgrind --tool=callgrind --callgrind-out-file="$scratch/out" "$@" \
		"$directory/tests/instructions/paths" "$path" "$turns" >"$scratch/log" 2>&1 ||
		{ cat "$scratch/log" >&2; return 1; }
}

inside()
{
	collect "$2" "$3" --collect-atstart=no --toggle-collect="pooltoy_$1"
	awk '/^(totals|summary):/ { total = $2 } END { print total }' "$scratch/out"
}

own()
{
	collect "$2" "$3"
	callgrind_annotate --threshold=100 --show=Ir "$scratch/out" 2>&1 | awk '
		/libpooltoy\.so/ && !/parker\.c|sync_threads\.h/ { gsub(",", "", $1); total += $1 }
		END { print total }'
}

# one inside|own NAME PATH
one()
{
	less=$("$1" "$2" "$3" "$few")
	more=$("$1" "$2" "$3" "$many")
	printf '%s\t%s\n' "$2" "$(((more - less) / (many - few)))"
}

# count highest|lowest
count()
{
	one inside checkout visit
	one inside checkin visit
	one inside lease_state state
	one inside lease_state_done state
	for name in call submit; do
		for _ in 1 2 3; do
			one own "$name" "$name"
		done | sort -k 2 -n >"$scratch/each"
		case $1 in
		highest) tail -n 1 "$scratch/each" ;;
		lowest) head -n 1 "$scratch/each" ;;
		esac
	done
}

directory=${2-}
[ -x "$directory/libtool" ] || { sed -n '5,10s/^# \{0,1\}//p' "$0" >&2; exit 2; }
case $1 in
count) count lowest ;;
store) count highest >"$stored" ;;
check)
	count lowest >"$scratch/counts"
	awk -F '\t' -v OFS='\t' '
		NR == FNR { stored[$1] = $2; next }
		!($1 in stored) { print $1, $2, "nothing", "fail"; failed = 1; next }
		{
			good = $2 <= stored[$1] * 1.03
			print $1, $2, stored[$1], good ? "pass" : "fail"
			failed = failed || !good
		}
		END { exit failed }' "$stored" "$scratch/counts"
	;;
*) exit 2 ;;
esac
