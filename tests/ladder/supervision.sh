# SPDX-License-Identifier: MIT
# The rung `supervision`: OTP's rules of supervision, a row a case, with the schedules it ran in.
# shellcheck shell=sh disable=SC2154,SC2086

climb_supervision()
{
	need $check_packages
	configure_in build --enable-werror --enable-debug
	make_in build tests/supervision/supervision
	log=build/verify/supervision.log
	status=0
	build/tests/supervision/supervision --schedules 300 >"$log" || status=$?
	# Lines such as `ok 1 - CASE, random: 500 schedules`: a case passes in all modes, or fails.
	sed -nE 's/^(not )?ok [0-9]+ - ([a-z0-9_]+), [a-z0-9 ]+(: ([0-9]+) schedules)?.*/\2 \4 \1/p' "$log" |
		awk '
			!($1 in schedules) { order[++cases] = $1 }
			{ schedules[$1] += $2; failed[$1] = failed[$1] || / not $/ }
			END {
				for (i = 1; i <= cases; i++)
					print order[i], failed[order[i]] ? "fail" : "pass", schedules[order[i]]
			}' >"$log.cases"
	grep -A 40 '^not ok' "$log" || :
	while read -r case result schedules; do
		row "$case" "$result" "$schedules" schedules
	done <"$log.cases"
	[ "$status" -eq 0 ] || die "the cases ended with $status; see $log"
}
