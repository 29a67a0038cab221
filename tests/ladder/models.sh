# SPDX-License-Identifier: MIT
# The rung `models`: Spin explores each model to its end, and finds what is wrong with each twin.
# shellcheck shell=sh disable=SC2154,SC2086

climb_models()
{
	need gcc libc6-dev spin
	mkdir -p build/verify/models
	(cd build/verify/models && sh "$OLDPWD/tests/models/run.sh" "$jobs") >build/verify/models.results
	while IFS="$(printf '\t')" read -r run result states; do
		printf '%-44s %-6s %9d states\n' "$run" "$result" "$states"
		row "$run" "$result" "$states" states
	done <build/verify/models.results
}
