# SPDX-License-Identifier: MIT
# The rung `seeded`: mistakes made on purpose, each of which a rung of the ladder must catch.
# shellcheck shell=sh disable=SC2154,SC2086

climb_seeded()
{
	need $check_packages
	configure_in build --enable-werror --enable-debug
	make_in build Makefile
	mkdir -p build/verify/seeded
	(cd build/verify/seeded && sh "$OLDPWD/tests/seeded/run.sh" "$jobs") >build/verify/seeded.results
	while IFS="$(printf '\t')" read -r mistake result figure unit; do
		printf '%-32s %s: %s %s\n' "$mistake" "$result" "$figure" "$unit"
		row "$mistake" "$result" "$figure" "$unit"
	done <build/verify/seeded.results
}
