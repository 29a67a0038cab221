# SPDX-License-Identifier: MIT
# The rung `tests`: all that make check runs, with debug checks on.
# shellcheck shell=sh disable=SC2154,SC2086

climb_tests()
{
	need $check_packages
	build
	status=0
	check_in build >build/verify/tests.log 2>&1 || status=$?
	counts=$(tail -n 1 build/verify/tests.log)
	echo "$counts"
	set -- $counts
	if [ "$status" -eq 0 ]; then
		row 'make check' pass "$1" tests
	else
		tail -n 50 build/verify/tests.log
		row 'make check' fail "$3" 'failed tests'
	fi
}
