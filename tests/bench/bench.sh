# SPDX-License-Identifier: MIT
# bench.sh: builds the benchmark and its rivals beside an installed pooltoy, runs it, and prints what it found.
# Part of bootstrap, whose functions and variables it uses.
# shellcheck shell=sh disable=SC2154,SC2086

rivals_in_c='g++ libapr1-dev libaprutil1-dev libglib2.0-dev libtbb-dev libuv1-dev'
rivals_elsewhere='default-jdk-headless erlang-base erlang-poolboy golang-go libhikaricp-java libslf4j-java'
bench_packages="$build_packages $rivals_in_c $rivals_elsewhere"

# bench full|quick [SCENARIO...]
bench()
{
	run=$1
	shift
	need $bench_packages
	prefix=$PWD/build-bench/installed
	configure_in build-bench --prefix="$prefix"
	make_in build-bench lib/libpooltoy.la
	make_in build-bench install-exec install-data >build-bench/install.log
	(CPPFLAGS="${CPPFLAGS-} -DMETRICS_SAMPLED=0" && export CPPFLAGS && configure_in build-unmeasured &&
		make_in build-unmeasured lib/libpooltoy.la)
	mkdir -p build build-bench/programs
	make -s -C build-bench/programs -j"$jobs" -f "$PWD/tests/bench/bench.mk" \
		source="$PWD/tests/bench" prefix="$prefix" unmeasured="$PWD/build-unmeasured/lib/.libs"
	status=0
	build-bench/programs/bench "$run" build-bench/programs/subjects build/bench.tsv "$@" || status=$?
	awk -f tests/bench/report.awk tests/bench/goals.tsv build/bench.tsv
	return "$status"
}

bench_lines()
{
	need $build_packages
	mkdir -p build-lines
	make -s -C build-lines -j"$jobs" -f "$PWD/tests/bench/lines/lines.mk" source="$PWD"
	build-lines/lines
}
