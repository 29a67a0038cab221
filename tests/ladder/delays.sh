# SPDX-License-Identifier: MIT
# The rung `delays`: the tests on real threads and in child processes, in a build that holds a thread up now and then
# between two of the library's steps: as if its processor had been taken away just there.
# shellcheck shell=sh disable=SC2154,SC2086,SC2016

climb_delays()
{
	need $check_packages
	configure_in build-delays --enable-werror --enable-debug CPPFLAGS=-DPOOLTOY_DELAYS
	make_in build-delays >build/verify/delays.log 2>&1
	tests='$(scenario_tests) $(isolated_tests) $(process_tests) $(control_tests)'
	for round in 1 2 3; do
		status=0
		check_in build-delays "TESTS=$tests" "check_PROGRAMS=$tests" \
			>build/verify/delays.log 2>&1 || status=$?
		counts=$(tail -n 1 build/verify/delays.log)
		echo "$counts"
		if [ "$status" -eq 0 ]; then
			row "round $round" pass "${counts%% *}" 'tests passed'
		else
			grep -E '^(FAIL|ERROR):' build/verify/delays.log || tail -n 50 build/verify/delays.log
			grep -E '^(# [^A-Z]|not ok|Bail out!)' build-delays/test-suite.log | head -n 50
			row "round $round" fail "$status" 'exit status'
		fi
	done
}
