#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh: builds the library with each of the mistakes beside this script, and climbs the rungs of tests
# until one catches it.
#
# usage: run.sh JOBS [MISTAKE...], in a directory for the builds. Writes a line for each mistake: its name,
# caught or missed, a figure and its unit, with tabs between. In the environment: RUNGS, those to climb.
#
# A mistake is a file NAME.patch: what is wrong, what comes of it in production, then a line
# `Caught-by: RUNG TEST` for the rung that is tried first, and the difference. TEST is a test program of that
# rung; of the explorer and of supervision a scenario, of the reference a configuration. A failure counts only
# if the library as it is passes the same command.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=${here%/tests/seeded}
rungs=${RUNGS-unit explorer scenario supervision reference faults tsan asan}

# The commands of each rung: BUILD PROGRAM ARGUMENT...
commands()
{
	case $1 in
	unit | scenario | faults) programs plain "$1" ;;
	explorer)
		echo 'plain tests/explore/explore --until-failure'
		echo 'plain tests/explore/explore_wrap --until-failure'
		echo 'plain tests/explore/explore --until-failure --schedules 40000'
		;;
	supervision) echo 'plain tests/supervision/supervision --until-failure' ;;
	reference) echo 'plain tests/reference/reference --sequences 2000' ;;
	tsan | asan) programs "$1" unit; programs "$1" scenario ;;
	esac
}

programs()
{
	for source in "$top/tests/$2"/test_*.c; do
		[ ! -f "$source" ] || echo "$1 tests/$2/$(basename "$source" .c)"
	done
}

# command_for RUNG TEST: the one that is tried first.
command_for()
{
	case $1 in
	explorer | supervision | reference) echo "$(commands "$1" | head -n 1) $2" ;;
	*) commands "$1" | grep "/$2\$" ;;
	esac
}

# Each job has a tree of its own: links to all that is in the sources, but a copy of lib/, and the builds.
enter_tree()
{
	tree=$PWD/tree.$SEEDED_JOB
	output=$tree/output
	mkdir -p "$tree/lib"
	for entry in "$top"/*; do
		[ -e "$tree/${entry##*/}" ] || [ -f "$entry/config.status" ] || ln -s "$entry" "$tree/"
	done
}

# Makes lib/ as it is in the sources. Fresh dates tell make what has changed.
mend()
{
	for file in "$top"/lib/*; do
		cmp -s "$file" "$tree/lib/${file##*/}" || cp "$file" "$tree/lib/"
	done
}

make_mistake()
{
	mend
	patch -s -F0 -N -r- --no-backup-if-mismatch -p1 -d "$tree" <"$here/$1.patch"
}

# What is searched for one mistake takes less than the compiler does: it has little to do.
configure_build()
{
	[ ! -f "$tree/$1/Makefile" ] || return 0
	mkdir -p "$tree/$1"
	case $1 in
	plain) sanitizer=no ;;
	tsan) sanitizer=thread ;;
	asan) sanitizer=address,undefined ;;
	esac
	(cd "$tree/$1" &&
		../configure -q --enable-debug --disable-static "--enable-sanitizer=$sanitizer" CFLAGS=-O1)
}

# run BUILD PROGRAM ARGUMENT...: sets verdict, to passed, failed (or hung, or crashed), or not-built; and the
# seconds that took.
run()
{
	directory=$tree/$1 program=$2
	configure_build "$1" >"$output" 2>&1
	verdict=not-built
	make -s -C "$directory" "$program" >"$output" 2>&1 || return 0
	shift
	began=$(date +%s%N)
	verdict=passed
	# A unit test that hangs has failed, and takes a second or two else.
	case $directory/$program in
	*/plain/tests/unit/*) limit=30 ;;
	*) limit=600 ;;
	esac
	timeout -k 5 "$limit" make -s -C "$directory" in-test-environment COMMAND="$*" >"$output" 2>&1 ||
		verdict=failed
	# Who speaks TAP may end with 0 all the same.
	! grep -q '^not ok\|^Bail out' "$output" || verdict=failed
	seconds=$(awk "BEGIN { printf \"%.1f\", ($(date +%s%N) - $began) / 1e9 }")
}

# Whether the library as it is passes a command: asked once, and remembered for all jobs.
is_sound()
{
	answer=sound/$(echo "$*" | tr ' /' '+_')
	if [ ! -f "$answer" ]; then
		mend
		run "$@"
		[ "$verdict" = passed ] || cp "$output" "$answer.output"
		echo "$verdict" >"$answer"
	fi
	[ "$(cat "$answer")" = passed ] && return 0
	echo "seeded: fails without any mistake: $*" >&2
	return 1
}

result()
{
	printf '%s\t%s\t%s\t%s\n' "$@"
}

# first PATTERN: what its group matches first in the output.
first()
{
	sed -n "s/$1/\\1/p;T;q" "$output"
}

# catches MISTAKE RUNG COMMAND...: whether this command does. Writes the result if so.
catches()
{
	mistake=$1 rung=$2 verdict=
	shift 2
	is_sound "$@" || return 1
	make_mistake "$mistake"
	run "$@"
	[ "$verdict" = failed ] || return 1
	cp "$output" "caught/$mistake"
	schedules=$(first '^# found by schedule \([0-9]*\),.*')
	if [ -n "$schedules" ]; then
		result "$mistake" caught "$schedules" \
			"schedules, by $rung ($(first '^not ok [0-9]* - \([a-z_0-9]*\).*'))"
	else
		result "$mistake" caught "$seconds" "s, by $rung (${2##*/})"
	fi
}

# Each rung in turn.
climb()
{
	for rung in $rungs; do
		commands "$rung" >"$tree/commands"
		while read -r command; do
			# shellcheck disable=SC2086 # a command is meant to split into words
			! catches "$1" "$rung" $command </dev/null || return 0
		done <"$tree/commands"
	done
	return 1
}

# The rung and the test that are to catch a mistake.
expected()
{
	sed -n 's/^Caught-by: //p' "$here/$1.patch"
}

try()
{
	make_mistake "$1" >&2 || {
		result "$1" missed 0 'the patch does not apply'
		return 0
	}
	# shellcheck disable=SC2046 # RUNG TEST
	set -- "$1" $(expected "$1")
	# shellcheck disable=SC2046 # a command is meant to split into words
	! catches "$1" "$2" $(command_for "$2" "$3") || return 0
	if [ "$verdict" = not-built ]; then
		cat "$output" >&2
		result "$1" missed 0 'it does not compile'
		return 0
	fi
	echo "seeded: $1: not caught by $2 ($3); climbing" >&2
	climb "$1" || result "$1" missed 0 'rungs caught it'
}

# One job's piece of work.
case $1 in
is_sound | try)
	enter_tree
	"$@" || :
	exit
	;;
esac

each()
{
	xargs -P "$jobs" --process-slot-var=SEEDED_JOB "$@"
}

jobs=$1
shift
[ $# -gt 0 ] || set -- "$here"/*.patch
rm -rf sound caught
mkdir sound caught
for patch; do
	basename "$patch" .patch
done >mistakes
# First of all, what each command says of the library as it is.
while read -r mistake; do
	# shellcheck disable=SC2046 # RUNG TEST
	command_for $(expected "$mistake")
done <mistakes | sort -u | each -L 1 sh "$0" is_sound
each -n 1 sh "$0" try <mistakes
