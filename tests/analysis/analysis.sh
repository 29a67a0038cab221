#!/bin/sh
# SPDX-License-Identifier: MIT
# analysis.sh: static analyzers over the library, its tests and examples.
#
#   analysis.sh gcc|clang-tidy|cppcheck           prints findings, then how many files it has looked at
#   analysis.sh mistakes gcc|clang-tidy|cppcheck  prints the mistakes of specimen.c, then how many it finds
#
# Fails with any finding, or mistake that is missed.
set -eu
cd "$(dirname "$0")/../.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
jobs=$(nproc)
specimen=tests/analysis/specimen.c

# What is compiled on the explorer's fibers; all else is on threads. The benchmark has its own folder of headers.
explored='^tests/(explore|supervision)/'
measured='^tests/bench/'
isolated='^tests/isolated/'
# Rivals of the benchmark whose headers only it installs.
foreign='^tests/bench/subjects/(apr_reslist|gthreadpool)\.c$'
foreign_headers=$(pkg-config --cflags libuv lua5.4 libpq | sed 's/-I */-isystem /g')
common="-std=c11 -D_GNU_SOURCE -DPOOLTOY_DEBUG -Iinclude -iquote lib -iquote tools/pooltoy -iquote control -iquote tests $foreign_headers"
on_fibers="$common -DPOOLTOY_EXPLORE -iquote tests/explore -iquote tests/supervision"
in_isolation="$common -DISOLATED=1 -DSUITES_SHARE_A_PROGRAM=1"
in_bench="$common -iquote tests/bench"

sources()
{
	find lib control tools tests doc/examples -name '*.c' ! -path "$specimen" | grep -vE "$foreign" | sort
}

# each FLAGS COMMAND...: COMMAND FILE FLAGS for each file of the input, side by side; all that they print.
each()
{
	flags=$1
	shift
	# shellcheck disable=SC2016 # expanded by the shell within
	xargs -P "$jobs" -I {} sh -c '
		file=$1 flags=$2 log=$3/$(echo "$1" | tr / _)
		shift 3
		"$@" "$file" $flags >"$log" 2>&1 || echo "$file: the analyzer failed" >>"$log"
		' sh {} "$flags" "$scratch" "$@"
	cat "$scratch"/*.c
	rm -f "$scratch"/*.c
}

# -O2, since what gcc sees depends on what it has inlined; without -Wall: the build has that.
analyze_gcc()
{
	each "$1" gcc -O2 -fanalyzer -pthread -c -o /dev/null
}

analyze_clang_tidy()
{
	each "-- $1" clang-tidy --quiet | grep -v '^[0-9]* warnings\? generated\.$' || :
}

# cppcheck reads no system headers, so json_array_foreach has to be explained. An option it does not know ends it.
analyze_cppcheck()
{
	cat >"$scratch/list"
	# shellcheck disable=SC2046
	cppcheck -j "$jobs" --quiet --std=c11 --enable=warning,performance,portability \
		-D__GNUC__=12 -D__x86_64__ --library=tests/analysis/cppcheck.cfg \
		$(echo "$1" | sed 's/-iquote /-I/g; s/-isystem [^ ]*//g; s/-std=c11//') --file-list="$scratch/list" 2>&1 ||
		echo 'the analyzer failed'
}

analyze()
{
	tool=$(echo "$1" | tr - _)
	sources | grep -vE "$explored|$measured|$isolated" | "analyze_$tool" "$common"
	sources | grep -E "$isolated" | "analyze_$tool" "$in_isolation"
	sources | grep -E "$measured" | "analyze_$tool" "$in_bench"
	sources | grep -E "$explored" | "analyze_$tool" "$on_fibers"
}

findings()
{
	grep -cE '^[^ ]+:[0-9]+:[0-9]+: (warning|error|performance|portability|fatal error):|the analyzer failed' "$1" || :
}

case ${1-} in
gcc | clang-tidy | cppcheck)
	analyze "$1" >"$scratch/findings"
	cat "$scratch/findings"
	sources | wc -l
	[ "$(findings "$scratch/findings")" -eq 0 ]
	;;
mistakes)
	echo "$specimen" | "analyze_$(echo "$2" | tr - _)" "$common" >"$scratch/findings"
	grep -n "mistake for .*$2" "$specimen" >"$scratch/made"
	sed 's/:.*//' "$scratch/made" | while read -r line; do
		! grep -q "specimen\.c:$line:" "$scratch/findings" || echo "$line"
	done >"$scratch/found"
	cat "$scratch/made"
	echo "$(wc -l <"$scratch/found") of $(wc -l <"$scratch/made") found"
	[ -s "$scratch/made" ] && [ "$(wc -l <"$scratch/found")" -eq "$(wc -l <"$scratch/made")" ]
	;;
*)
	sed -n '3,8s/^# \{0,1\}//p' "$0" >&2
	exit 2
	;;
esac
