# SPDX-License-Identifier: MIT
# The rung `torture`: half a minute on one processor, half a minute on two; half a minute of kill -9 to children.
# shellcheck shell=sh disable=SC2154,SC2086

# torment ITEM DIRECTORY SECONDS CPUS: a row for the outcome of a run of DIRECTORY's program.
torment()
{
	told=$2/tests/torture/torture.log
	rm -f "$told"
	TORTURE_SECONDS=$3 TORTURE_CPUS=$4 make_in "$2" check TESTS=tests/torture/torture.sh \
		>build/verify/torture.log 2>&1 || :
	if grep -q '^ok 1 ' "$told"; then
		row "$1" pass "$(figure 'checkouts granted')" checkouts
	else
		cat "$told" || tail -n 50 build/verify/torture.log
		row "$1" fail 0 checkouts
	fi
}

# The figures of the last run: the sum of those whose names match.
figure()
{
	awk -v names="^# +[0-9]+  ($1)" '$0 ~ names { sum += $2 } END { print sum + 0 }' "$told"
}

# A row for the kills of a run of test_kills.
kill_children()
{
	told=build/tests/process/test_kills.log
	rm -f "$told"
	PROCESS_KILLS_SECONDS=$1 make_in build check TESTS=tests/process/test_kills >build/verify/kills.log 2>&1 || :
	if grep -q '^ok 1 ' "$told"; then
		sed -n 's/^# //p' "$told"
		row kills pass "$(sed -n 's/^# \([0-9]*\) kills, .*/\1/p' "$told")" kills
	else
		cat "$told" || tail -n 50 build/verify/kills.log
		row kills fail 0 kills
	fi
}

climb_torture()
{
	need $check_packages
	build
	for cpus in 1 2; do
		item="cpus $cpus"
		torment "$item" build 30 "$cpus"
		sed -n 's/^# //p' "$told"
		row "$item: calls" pass "$(figure 'calls answered|transactions')" calls
		row "$item: threads of the library killed" pass "$(figure '.* killed|workers told to die')" kills
		row "$item: clients ended" pass "$(figure 'clients (that|cancelled)')" ends
		row "$item: forks" pass "$(figure forks)" forks
		row "$item: signals handled" pass "$(figure 'signals handled')" signals
		row "$item: longest call to the control pool" pass "$(figure 'us, the longest')" us
	done
	kill_children 30
}
