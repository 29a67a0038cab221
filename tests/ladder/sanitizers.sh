# SPDX-License-Identifier: MIT
# The rung `sanitizers`: all tests under each sanitizer of each compiler, and some torture, debug checks on. No finding
# is tolerated.
# shellcheck shell=sh disable=SC2154

# sanitize COMPILER NAME LIST: a row for the tests of build-NAME.
sanitize()
{
	CC=$1
	export CC
	report=build/verify/sanitizers-$2.log
	status=0
	(set -e; check_sanitized "$2" "$3") >"$report" 2>&1 & wait $! || status=$?
	counts=$(tail -n 1 "$report")
	echo "$3 $1: $counts"
	if [ "$status" -eq 0 ]; then
		row "$3 $1" pass "${counts%% *}" tests
	else
		grep -E '^(FAIL|ERROR):' "$report" || tail -n 50 "$report"
		# What those that failed had to say: assertions, and each finding with its stacks.
		grep -E '^(# [^A-Z]|not ok|Bail out!)|Sanitizer|runtime error: |^    #[0-9]' \
			"build-$2/test-suite.log" | head -n 150
		row "$3 $1" fail "$status" 'exit status'
	fi
	torment "stress $3 $1" "build-$2" 15 2
}

# Those that SANITIZERS names, or all.
climb_sanitizers()
{
	. tests/ladder/torture.sh
	for name in ${SANITIZERS:-asan asan-clang tsan tsan-clang}; do
		case $name in
		asan) sanitize gcc asan address,undefined ;;
		asan-clang) sanitize clang asan-clang address,undefined ;;
		tsan) sanitize gcc tsan thread ;;
		tsan-clang) sanitize clang tsan-clang thread ;;
		*) row "$name" fail 0 'no such build' ;;
		esac
	done
}
