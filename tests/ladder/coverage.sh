# SPDX-License-Identifier: MIT
# The rung `coverage`: what the tests reach of the library: lines, branches, and MC/DC.
# shellcheck shell=sh disable=SC2154,SC2086

# Measured is the product, without asserts and debug checks, under all test programs that run it on real threads; so the
# explorer does not count.
climb_coverage()
{
	need $check_packages clang-19 libclang-rt-19-dev llvm-19
	tree=build-coverage profiles=$PWD/build-coverage/profiles found=build/coverage
	rm -rf "$profiles" "$found"
	mkdir -p "$found"
	export LLVM_PROFILE_FILE="$profiles/%2m.profraw" CC=clang-19 CPPFLAGS=-DNDEBUG
	export CFLAGS='-O1 -g -fprofile-instr-generate -fcoverage-mapping -fcoverage-mcdc -fprofile-update=atomic'
	configure_in $tree
	make_in $tree >"$found/build.log" 2>&1 || { tail -n 50 "$found/build.log"; return 1; }
	make_in $tree check TESTS= >>"$found/build.log" 2>&1 || { tail -n 50 "$found/build.log"; return 1; }
	$CC -shared -fPIC -o $tree/child_exit.so tests/coverage/child_exit.c
	rm -rf "$profiles"
	status=0
	(
		export LD_PRELOAD="$PWD/$tree/child_exit.so"
		check_in $tree TESTS="\$(filter-out tests/explore/%,\$(test_programs))"
	) >"$found/tests.log" 2>&1 || status=$?
	counts=$(tail -n 1 "$found/tests.log")
	echo "$counts"
	if [ "$status" -ne 0 ]; then
		tail -n 50 "$found/tests.log"
		row tests fail "$status" 'exit status'
	fi
	llvm-profdata-19 merge -sparse -o "$found/merged" "$profiles"/*.profraw
	# Unit tests have instances of their own of what is inline.
	objects=
	for program in "$tree/tests/unit"/test_*; do
		[ ! -x "$program" ] || objects="$objects -object $program"
	done
	llvm-cov-19 show $tree/lib/.libs/libpooltoy.so $objects -instr-profile="$found/merged" \
		--show-branches=count --show-mcdc --show-expansions --show-instantiations=false \
		-sources "$PWD/lib" >"$found/shown.txt"
	awk -v rows="$found/rows" -v uncovered="$found/uncovered.txt" -f tests/coverage/report.awk \
		input=layers lib/local.mk input=exclusions tests/coverage/exclusions \
		input=shown "$found/shown.txt" || row exclusions fail 1 'see above'
	while IFS="$(printf '\t')" read -r item result figure unit; do
		row "$item" "$result" "$figure" "$unit"
	done <"$found/rows"
}
