# SPDX-License-Identifier: MIT
# The rung `models`: Spin explores each model to its end, and finds what is wrong with each twin.
# shellcheck shell=sh disable=SC2154,SC2086

# Spin explores the same of the same sources: tests/models/explored says of which all runs were as they should be. With
# MODELS_EXPLORED=trusted, as in CI, these are not explored again.
models_sources()
{
	(cd tests/models && LC_ALL=C sha256sum -- *.pml run.sh | sha256sum | cut -d ' ' -f 1)
}

models_are_explored()
{
	[ "${MODELS_EXPLORED-}" = trusted ] && grep -q "^$(models_sources) " tests/models/explored
}

climb_models()
{
	if models_are_explored; then
		row 'as explored before' pass "$(sed 's/.* //' tests/models/explored)" runs
		return
	fi
	need gcc libc6-dev spin
	mkdir -p build/verify/models
	(cd build/verify/models && sh "$OLDPWD/tests/models/run.sh" "$jobs") >build/verify/models.results
	while IFS="$(printf '\t')" read -r run result states; do
		printf '%-44s %-6s %9d states\n' "$run" "$result" "$states"
		row "$run" "$result" "$states" states
	done <build/verify/models.results
	if cut -f 2 build/verify/models.results | grep -qvE '^(pass|caught)$'; then
		rm -f build/verify/models.explored
	else
		echo "$(models_sources) $(wc -l <build/verify/models.results)" >build/verify/models.explored
		cmp -s build/verify/models.explored tests/models/explored ||
			echo 'all as it should be; to store that: cp build/verify/models.explored tests/models/explored'
	fi
}
