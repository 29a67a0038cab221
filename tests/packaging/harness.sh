#!/bin/sh
# SPDX-License-Identifier: MIT
# harness.sh: a test that fails is reported as failed, however it fails.
. "$(dirname "$0")/tap.sh"
specimen=$builddir/tests/support/suite_specimen
[ -x "$specimen" ] || skip_all 'no CUnit'

# runs STATUS TEST PATTERN...: run alone, the test ends with that status, and says what each pattern looks for.
runs()
{
	expected=$1 one=$2
	shift 2
	# Through a pipe, as the harness reads it: whoever holds it open is waited for.
	{
		status=0
		env -u HARNESS_ACTIVE SUITE_TIMEOUT=1 "$specimen" "$one" 2>&1 || status=$?
		echo "$status" >"$scratch/status"
	} | cat >"$scratch/said"
	status=$(cat "$scratch/status")
	cat "$scratch/said"
	[ "$status" -eq "$expected" ] || {
		echo "ended with $status instead of $expected"
		return 1
	}
	for pattern; do
		grep -qE "$pattern" "$scratch/said" || {
			echo "did not say $pattern"
			return 1
		}
	done
}

stops_at_a_fatal_assertion()
{
	runs 1 fails_for_good '^not ok 1 - fails_for_good$' && ! grep unreachable "$scratch/said"
}

aborted=134
check 'a test that passes' runs 0 passes '^1\.\.1$' '^ok 1 - passes$'
check 'a test that fails, with every assertion' \
	runs 1 fails '^not ok 1 - fails$' '^# .*suite_specimen\.c:[0-9]+: .*pears' '^# .*3\)$'
check 'a test that fails for good' stops_at_a_fatal_assertion
check 'a test that is skipped' runs 0 skips '^ok 1 - skips # SKIP of a good reason$'
check 'assertions of other threads, none lost' \
	runs 1 fails_on_other_threads '^not ok 1' '^# counted 4000$'
check 'a test that hangs is named' runs $aborted hangs '^Bail out! the time is over in hangs$'
check 'a child that hangs is named' \
	runs 0 leaves_a_child_that_hangs '^ok 1' '^Bail out! .* in leaves_a_child_that_hangs$'
check 'a test that crashes' runs $aborted crashes '^1\.\.1$'
check 'no test at all' runs 99 no_such_test '^1\.\.0$'
check 'all tests, listed' runs 0 --list '^passes$' '^crashes$'
done_testing
