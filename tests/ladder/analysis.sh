# SPDX-License-Identifier: MIT
# The rung `analysis`: static analyzers find nothing in the sources, and the mistakes made for them.
# shellcheck shell=sh disable=SC2154,SC2086

climb_analysis()
{
	need $check_packages clang-tidy cppcheck
	for tool in gcc clang-tidy cppcheck; do
		log=build/verify/analysis-$tool.log
		if sh tests/analysis/analysis.sh "$tool" >"$log"; then
			row "$tool" pass "$(tail -n 1 "$log")" files
		else
			cat "$log"
			row "$tool" fail "$(tail -n 1 "$log")" files
		fi
		if sh tests/analysis/analysis.sh mistakes "$tool" >"$log.mistakes"; then
			result=caught
		else
			result=missed
			cat "$log.mistakes"
		fi
		row "$tool on mistakes" "$result" "$(tail -n 1 "$log.mistakes" | cut -d ' ' -f 1)" mistakes
	done
}
