#!/bin/sh
# SPDX-License-Identifier: MIT
# try.sh NUMBER: makes the mutant of that number, and looks which test notices. For mutate.sh, whose variables it
# uses. The result is a file $work/results/NUMBER: the test that noticed, or survived; equivalent, if the compiler
# makes the same of it; stillborn, if it makes nothing of it. None, if the time is over.
# shellcheck disable=SC2154,SC2086,SC2046 # lists are meant to split into words
set -eu

number=$1
[ "$(date +%s)" -lt "$ends" ] || exit 0
scratch=$work/scratch/$number
mkdir -p "$scratch/lib"
file=$(awk -F '\t' -v number="$number" 'NR == number { print $1 }' "$work/mutants")
kind=$(awk -F '\t' -v number="$number" 'NR == number { print $3 }' "$work/mutants")
base=$(basename "$file" .c)

result()
{
	echo "$1" >"$work/results/$number"
	rm -rf "$scratch"
	exit 0
}

# compile OBJECT FLAG...: the sources of the tree, but for the one file in the scratch directory.
compile()
{
	object=$1
	shift
	(cd "$scratch" && $CC $flags "$@" -c -o "$object" "$file")
}

# The test programs that match, by their objects.
programs()
{
	for found in "$tree/tests/"$1.o; do
		[ ! -f "$found" ] || basename "$(dirname "$found")" | tr '\n' '/'
		[ ! -f "$found" ] || basename "$found" .o
	done
}

# passes SECONDS PROGRAM: whether its tests do, each within that time. `late` tells if that is why not.
passes()
{
	late=false
	SUITE_TIMEOUT=$1 timeout -k 1 "$((6 * $1))" "$2" >"$scratch/output" 2>&1 </dev/null && return 0 || status=$?
	if [ "$status" -eq 124 ] || [ "$status" -eq 137 ] || grep -q 'the time is over' "$scratch/output"; then
		late=true
	fi
	return 1
}

# Ends with the program as the result if it fails with the mutant. If it is late, the machine may be too busy: then the
# one without the mutant is, too.
judge()
{
	! passes 10 "$scratch/test" || return 0
	if $late && ! passes 10 "$tree/tests/$1" && passes 60 "$scratch/test"; then
		return 0
	fi
	result "$1"
}

# Those of the test programs on real threads that exist, each once.
run_tests()
{
	for program; do
		[ -f "$tree/tests/$program.o" ] || continue
		case " $run " in
		*" $program "*) continue ;;
		esac
		run="$run $program"
		wrapped=$(sed -n "s/^%C%_${program#*/}_LDFLAGS = \$(AM_LDFLAGS) //p" "$source/tests/unit/local.mk")
		$CC -pthread $wrapped -o "$scratch/test" "$tree/tests/$program.o" "$scratch/threads.o" \
			-Wl,--start-group $libraries -Wl,--end-group $system_libraries
		judge "$program"
	done
}

# The test program again, with the mutant alone under the sanitizers.
run_sanitized()
{
	compile sanitized.o -O1 -g -fexceptions -fsanitize=address,undefined -fno-sanitize-recover=undefined
	objcopy --redefine-syms="$source/tests/support/faults.syms" "$scratch/sanitized.o"
	$CC -pthread -fsanitize=address,undefined -o "$scratch/test" "$tree/tests/$1.o" "$scratch/sanitized.o" \
		-Wl,--start-group $libraries -Wl,--end-group $system_libraries
	passes 60 "$scratch/test" || result "sanitizers, $1"
}

# explore MODE ARGUMENT...
explore()
{
	if [ ! -x "$scratch/explore" ]; then
		compile explore.o -O2 -DPOOLTOY_EXPLORE -iquote "$source/tests/explore" || result stillborn
		$CC -pthread -o "$scratch/explore" "$work/explore.o" "$scratch/explore.o" \
			"$tree/tests/explore/libpooltoy-explore.a"
	fi
	timeout -k 1 600 "$scratch/explore" --mode "$@" >"$scratch/output" 2>&1 || :
	# So few schedules may miss what a scenario is about; that is not the point here. The plan comes last.
	awk '/^not ok/ && !/took place/ { exit 1 } { last = $0 } END { exit last !~ /^1[.][.]/ }' \
		"$scratch/output" || result "explorer, $1"
}

awk -F '\t' -v number="$number" '
	FNR == NR { if (FNR == number) { line = $2; becomes = $5 }; next }
	FNR == line { match($0, /^\t*/); $0 = substr($0, 1, RLENGTH) becomes }
	{ print }' "$work/mutants" "$source/$file" >"$scratch/$file"
compile mutant.o -O2 -fexceptions 2>/dev/null || result stillborn
if [ "$kind" != none ] && cmp -s "$scratch/mutant.o" "$work/original/$base.o"; then
	result equivalent
fi
objcopy --redefine-syms="$source/tests/support/faults.syms" "$scratch/mutant.o" "$scratch/threads.o"

run=
case " $structures " in
*" $file "*)
	run_tests "unit/test_$base" $(programs "unit/test_${base}_*") unit/test_broker
	explore random --schedules 100
	explore exhaustive --schedules 300
	run_tests $(programs 'unit/test_*') $scenario_tests
	run_sanitized "unit/test_$base"
	[ "$kind" = none ] || explore exhaustive
	;;
*)
	run_tests "unit/test_$base" $(programs "scenario/test_${base#api_}*")
	explore random --schedules 100
	run_tests $scenario_tests
	explore exhaustive --schedules 300
	;;
esac
result survived
