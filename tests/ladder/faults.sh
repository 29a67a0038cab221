# SPDX-License-Identifier: MIT
# The rung `faults`: each request of the system refused in turn, and the system's own refusals.
# shellcheck shell=sh disable=SC2154,SC2086,SC2016

# Of the system's own limits: reached, or why not here.
limit_row()
{
	case $(grep "^[a-z ]*ok [0-9]* - $2" build/tests/faults/test_limits.log) in
	*'# SKIP'*) row "$1" pass 0 'threads refused: not to be tried here' ;;
	ok*) row "$1" pass 1 'limit reached' ;;
	*) row "$1" fail 0 'limit reached' ;;
	esac
}

climb_faults()
{
	need $check_packages
	build
	status=0
	check_in build TESTS='$(fault_tests) tests/faults/faults_complete.sh' >build/verify/faults.log 2>&1 ||
		status=$?
	tail -n 1 build/verify/faults.log
	verdict=pass
	[ "$status" -eq 0 ] || verdict=fail
	# Such as `# memory, 8 refused: 84 faults injected`.
	sed -n 's/^# \(.*\), \([0-9]*\) refused: \([0-9]*\) faults injected$/\2 \3 \1/p' \
		build/tests/faults/test_faults.log >build/verify/faults.injected
	while read -r in_a_row count kind; do
		[ "$in_a_row" -eq 1 ] || kind="$kind, $in_a_row in a row"
		row "$kind" $verdict "$count" 'faults injected'
	done <build/verify/faults.injected
	limit_row RLIMIT_NPROC a_users_limit_of_threads
	limit_row pids.max a_control_groups_limit_of_threads
	counts=$(tail -n 1 build/verify/faults.log)
	row 'all of tests/faults' $verdict "${counts%% *}" 'tests passed'
	[ "$status" -eq 0 ] || tail -n 50 build/verify/faults.log
}
