#!/bin/sh
# SPDX-License-Identifier: MIT
# mutate.sh: a mutation score: how many small mistakes, made in the library one at a time, some test notices.
#
# mutate.sh [--all] [--seconds N] [--seed N] [--sample N] [FILE...]: tries a sample of the mutants that mutants.awk
# makes, of N of the structures and half as many of the rest, drawn by the seed, until the time is over; or all of
# them, however long it takes. FILE: of these alone, such as lib/slot.c. In the environment: tree, the built tree, and
# out, the directory for what it finds: figures, survivors.txt, and each mutant's fate.
# shellcheck disable=SC2086
set -eu

source=$(cd "$(dirname "$0")/../.." && pwd)
cd "$source"
: "${tree:=$source/build}" "${out:=$tree/mutation}" "${CC:=gcc}" "${jobs:=$(nproc)}"
seconds=280 seed=1 sample=200
while [ $# -gt 0 ]; do
	case $1 in
	--all) seconds=1000000 sample=1000000 ;;
	--seconds) seconds=$2; shift ;;
	--seed) seed=$2; shift ;;
	--sample) sample=$2; shift ;;
	-*) echo "mutate.sh: no option $1" >&2; exit 2 ;;
	*) break ;;
	esac
	shift
done
[ $# -gt 0 ] || set -- lib/*.c
structures=$(awk '
	/^lib_/ { wanted = /^lib_structures/ }
	wanted { for (i = 1; i <= NF; i++) if ($i ~ /^%D%.*\.c$/) { sub(/%D%/, "lib", $i); print $i } }' lib/local.mk |
	tr '\n' ' ')
# The storm takes too long, and what takes long comes last.
scenario_tests='scenario/test_call scenario/test_monitor scenario/test_worker_death scenario/test_lease_state
	scenario/test_manager_death scenario/test_start_errors scenario/test_refusals scenario/test_supervisor
	scenario/test_cast scenario/test_fork scenario/test_status scenario/test_abandoned scenario/test_quarantine
	scenario/test_callbacks scenario/test_stop scenario/test_checkout'

ends=$(($(date +%s) + seconds))

# What all mutants have in common.
work=$out
rm -rf "$work"
mkdir -p "$work/original" "$work/results" "$work/scratch"
# The tree may have objects of scenarios that are no more.
for file in tests/explore/*.c tests/explore/*/*.c; do
	object=$tree/$(dirname "$file")/explore-$(basename "$file" .c).o
	[ ! -f "$object" ] || echo "$object"
done | xargs ld -r -o "$work/explore.o"
find "$tree/tests/scenario" -maxdepth 1 -name '*.o' ! -name 'test_*' ! -name '*_la-*' -exec ar crs "$work/scenario.a" {} +
libraries="$work/scenario.a $tree/tests/support/libsuite.a $tree/tests/support/libpooltoy-faults.a"
flags="-std=c11 -pthread -D_GNU_SOURCE -DPOOLTOY_DEBUG -I$source/include -iquote $source/lib -iquote $source/tests"
flags="$flags -fvisibility=hidden -w"
for file in lib/*.c; do
	$CC $flags -O2 -fexceptions -c -o "$work/original/$(basename "$file" .c).o" "$file"
done

# The list: first one that changes nothing, and must survive; then the sample, the two kinds mingled.
awk -f tests/mutation/mutants.awk lib/*.c >"$work/all"
awk -v equivalent=tests/mutation/equivalent -f tests/mutation/mistakes.awk "$work/all" >"$work/mistakes"
{
	printf '%s\t1\tnone\t\t%s\n' lib/slot.c "$(head -n 1 lib/slot.c)"
	awk -F '\t' -v seed="$seed" -v sample="$sample" -v structures="$structures" -v files=" $* " '
		BEGIN { x = seed * 7919 + 1 }
		!index(files, " " $1 " ") { next }
		{
			x = (x * 16807) % 2147483647 # Park and Miller
			print (index(structures, $1 " ") ? "structures" : "rest") "\t" x "\t" $0
		}' "$work/mistakes" | sort -t "$(printf '\t')" -k 1,1 -k 2,2n |
	awk -F '\t' -v sample="$sample" '
		{
			place = ++count[$1]
			if (place > ($1 == "structures" ? sample : sample / 2)) next
			key = $1 == "structures" ? place : 2 * place
			sub(/^[^\t]*\t[^\t]*\t/, "")
			print key "\t" $0
		}' | sort -s -n -k 1,1 | cut -f 2-
} >"$work/mutants"

system_libraries=$(pkg-config --libs cunit liburcu-bp)
export source tree work CC flags libraries system_libraries structures scenario_tests ends
sh tests/mutation/try.sh 1
[ "$(cat "$work/results/1")" = survived ] || {
	echo "mutate.sh: without a mutation: $(cat "$work/results/1")" >&2
	exit 1
}

# More at a time than there are processors, since many mutants do nothing but hang.
seq 2 "$(wc -l <"$work/mutants")" | xargs -P $((2 * jobs)) -n 1 sh tests/mutation/try.sh

(cd "$work/results" && grep '' /dev/null ./*) | sed 's|^\./\([0-9]*\):|\1\t|' | sort -n >"$work/fates"
awk -v structures="$structures" -v survivors="$work/survivors.txt" -v figures="$work/figures" \
	-f tests/mutation/score.awk input=mutants "$work/mutants" input=fates "$work/fates"
