# SPDX-License-Identifier: MIT
# The rung `abi`: the binary interface is the stored one; and that a change of it is noticed.
# shellcheck shell=sh disable=SC2154,SC2086

climb_abi()
{
	need $abi_packages
	log=build/verify/abi.log
	if sh tests/abi/abi.sh check >"$log" 2>&1; then
		row 'interface as stored' pass "$(sed 's/ .*//' "$log")" functions
	else
		row 'interface as stored' fail 1 difference
	fi
	cat "$log"
	sh tests/abi/abi.sh mistakes >"$log.mistakes"
	while read -r name result; do
		row "$name" "$result" 1 mistake
	done <"$log.mistakes"
}
