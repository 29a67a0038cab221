# SPDX-License-Identifier: MIT
# The rung `fuzz`: half a minute of libFuzzer, or FUZZ_SECONDS, on what reads bytes of others.
# shellcheck shell=sh disable=SC2154,SC2086

climb_fuzz()
{
	need $sanitizer_packages
	log=build/verify/fuzz.log
	if sh tests/fuzz/fuzz.sh "${FUZZ_SECONDS:-30}" build/verify/fuzz >"$log" 2>&1; then
		row 'control socket' pass "$(sed -n '$s/ .*//p' "$log")" inputs
	else
		tail -n 50 "$log"
		row 'control socket' fail 1 input
	fi
}
