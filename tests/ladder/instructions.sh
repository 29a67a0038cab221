# SPDX-License-Identifier: MIT
# The rung `instructions`: the hot paths take no more instructions than is stored.
# shellcheck shell=sh disable=SC2154,SC2086

climb_instructions()
{
	need $instructions_packages
	build_for_use tests/instructions/paths
	sh tests/instructions/instructions.sh check build-use >build/verify/instructions || :
	while read -r path count stored result; do
		echo "$path: $count instructions, $stored stored"
		row "$path" "$result" "$count" instructions
	done <build/verify/instructions
}
