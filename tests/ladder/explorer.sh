# SPDX-License-Identifier: MIT
# The rung `explorer`: a row for each scenario and mode, with the schedules explored and the bound that was exhausted.
# shellcheck shell=sh disable=SC2154,SC2086

# Of the processor, for the exhaustive mode of each scenario: bound 2 ends within it for most of them, and 3 may
# have a twentieth more.
explore_seconds=${EXPLORE_SECONDS:-10}

# explore_all PROGRAM: each scenario by a process of its own, as many at a time as there are jobs.
explore_all()
{
	mkdir -p "build/verify/$1"
	rm -f "build/verify/$1"/*
	# The explorer's own scenarios are engine_...: `make check` has them.
	"build/tests/explore/$1" --list | cut -d ' ' -f 1 | grep -v '^engine_' >"build/verify/$1.list"
	xargs -P "$jobs" -I NAME sh -c "build/tests/explore/$1 --full --seconds $explore_seconds \
		--tsv build/verify/$1/NAME.tsv NAME >build/verify/$1/NAME.log 2>&1 || :" <"build/verify/$1.list"
	while read -r name; do
		! grep -q '^not ok' "build/verify/$1/$name.log" || grep -A 60 '^not ok' "build/verify/$1/$name.log"
		grep -q '^1\.\.' "build/verify/$1/$name.log" || row "$1: $name" fail 0 'the explorer did not end'
	done <"build/verify/$1.list"
	for file in "build/verify/$1"/*.tsv; do
		while IFS='	' read -r item result figure unit; do
			[ "$item" = rate ] || row "$1: $item" "$result" "$figure" "$unit"
		done <"$file"
	done
}

# rate KIND SCHEDULES LEAST: schedules a second by chance, so many of each, over all scenarios of structures or of
# whole actors, with nothing of ours beside it. The machine may have others, which only ever slow it down: the best
# of some passes.
rate()
{
	names=$(for file in build/verify/explore/*.tsv; do
		! grep -q "^rate	$1	" "$file" || basename "$file" .tsv
	done)
	figure=0
	for pass in 1 2 3; do
		rm -f build/verify/rate.tsv
		build/tests/explore/explore --mode random --schedules "$2" --tsv build/verify/rate.tsv $names \
			>"build/verify/rate-$pass.log" 2>&1 || :
		of_pass=$(awk -F '\t' '
			$1 == "rate" { schedules += $3; seconds += $4 }
			END { printf "%d", (seconds > 0 ? schedules / seconds : 0) }' build/verify/rate.tsv)
		[ "$of_pass" -le "$figure" ] || figure=$of_pass
	done
	result=pass
	[ "$figure" -ge "$3" ] || result=fail
	row "rate, $1" "$result" "$figure" "schedules/s, at least $3"
}

climb_explorer()
{
	need $check_packages
	configure_in build --enable-werror --enable-debug
	make_in build tests/explore/explore tests/explore/explore_wrap
	explore_all explore
	explore_all explore_wrap
	rate structures 40000 200000
	rate actors 400 1
	row scenarios pass "$(wc -l <build/verify/explore.list)" scenarios
}
