#!/bin/sh
# SPDX-License-Identifier: MIT
# mistakes.sh: a mistake of tests/seeded that does not fit the sources any more shows nothing; nor does a mutant that is
# known to make no difference, and is not made any more.
. "$(dirname "$0")/tap.sh"
command -v patch >/dev/null || skip_all 'no patch'

unfit()
{
	for mistake in "$srcdir"/tests/seeded/*.patch; do
		patch -s -F0 -N --dry-run -p1 -d "$srcdir" <"$mistake" >"$scratch/told" 2>&1 || {
			echo "${mistake##*/} does not fit:"
			cat "$scratch/told"
		}
	done >"$scratch/unfit"
	nothing_in "$scratch/unfit"
}

unknown()
{
	(cd "$srcdir" && awk -f tests/mutation/mutants.awk lib/*.c) >"$scratch/mutants" &&
		awk -v equivalent="$srcdir/tests/mutation/equivalent" -f "$srcdir/tests/mutation/mistakes.awk" \
			"$scratch/mutants" >"$scratch/mistakes"
}

check 'each mutant known as no mistake is one that is made' unknown
check 'each mistake made on purpose fits the sources' unfit
done_testing
