# SPDX-License-Identifier: MIT
# The rung `mutation`: small mistakes made in the library, one at a time, and how many of them some test notices.
# shellcheck shell=sh disable=SC2154,SC2086

climb_mutation()
{
	need $check_packages binutils
	build
	make_in build check TESTS= >build/verify/mutation.log 2>&1 || { tail -n 50 build/verify/mutation.log; return 1; }
	tree=$PWD/build out=$PWD/build/mutation jobs=$jobs sh tests/mutation/mutate.sh
	while IFS="$(printf '\t')" read -r layer killed tried; do
		row "$layer mutants tried" pass "$tried" mutants
		[ "$tried" -eq 0 ] || row "$layer score" pass "$((100 * killed / tried))" %
	done <build/mutation/figures
	echo "survivors, in build/mutation/survivors.txt: $(wc -l <build/mutation/survivors.txt)"
}
