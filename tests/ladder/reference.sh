# SPDX-License-Identifier: MIT
# The rung `reference`: random sequences of calls against a plain model of a pool.
# shellcheck shell=sh disable=SC2154,SC2086

# play_reference STAGE PROGRAM SECONDS ARGUMENT...: rows from lines such as
# `ok 5 - affine_2: 500 sequences, 8501 steps, seeds from 1`, and of those that are kept,
# `ok 1 - affine_2 t000w000: what was wrong`.
play_reference()
{
	stage=$1 log=build/verify/$2.log
	program=build/tests/reference/$2
	shift 2
	"$program" --seed "$seed" --sequences 1000000 --seconds "$@" >"$log" ||
		sed -n '/^not ok/,/^# replay/p' "$log"
	tr -d ':,' <"$log" | awk '/^(not )?ok / {
		result = $1 == "ok" ? "pass" : "fail"
		sub(/^not /, "")
		if (/ seeds from /) print result, $4, $5, $7
		else print result, $4 "/" $5, 1, 0
	}' >"$log.rows"
	while read -r result name sequences steps; do
		row "$name, $stage" "$result" "$sequences" sequences
		[ "$steps" -eq 0 ] || row "$name, $stage, in all" "$result" "$steps" steps
	done <"$log.rows"
}

# In the environment: SEED, of the first sequence; it is in every line of the log.
climb_reference()
{
	need $build_packages
	build
	make_in build tests/reference/reference tests/reference/reference_isolated \
		tests/reference/reference_wrap tests/reference/reference_threads
	seed=${SEED:-1}
	play_reference fibers reference 2
	play_reference 'child processes' reference_isolated 2
	play_reference 'generations that wrap' reference_wrap 1
	play_reference threads reference_threads 1
}
