#!/bin/sh
# SPDX-License-Identifier: MIT
# errors_listed.sh: the headers and the manual pages list the same errors for each function.
. "$(dirname "$0")/tap.sh"
cd "$srcdir" || exit 99

agrees()
{
	awk -f "$packaging/errors.awk" include/pooltoy/*.h "$1" | sort >"$scratch/differences"
	nothing_in "$scratch/differences"
}

# What is looked at is there: a page without a function's errors is told of, both ways.
notices()
{
	page=doc/man/pooltoy_pool_pause.3
	grep -v '^\.It Er POOLTOY_ETIMEDOUT' "$page" >"$scratch/page.3"
	! agrees "$scratch/page.3" || return
	sed 's/^\.It Er POOLTOY_ETIMEDOUT/& , POOLTOY_EPERM/' "$page" >"$scratch/page.3"
	! agrees "$scratch/page.3"
}

for page in doc/man/*.3; do
	# That one has all errors there are.
	[ "$page" = doc/man/pooltoy_strerror.3 ] || check "$page has the errors that the headers list" agrees "$page"
done
check 'a difference is noticed' notices
done_testing
