#!/bin/sh
# SPDX-License-Identifier: MIT
# listed.sh: a source that no makefile names is a test that never runs.
. "$(dirname "$0")/tap.sh"
cd "$srcdir" || exit 99

# A file counts as named if its directory's local.mk has %D%/FILE, or %D%/NAME for a program's NAME.c or NAME.cpp.
unnamed()
{
	for file; do
		[ -f "$file" ] || continue
		list=$(dirname "$file")/local.mk
		[ -f "$list" ] || list=$(dirname "$(dirname "$file")")/local.mk
		base=${file#"$(dirname "$list")/"}
		grep -v '^#' "$list" | tr -s ' \t' '\n' |
			grep -qxF -e "%D%/$base" -e "%D%/${base%.c}" -e "%D%/${base%.cpp}" || echo "$list does not name $base"
	done >"$scratch/unnamed"
	nothing_in "$scratch/unnamed"
}

# shellcheck disable=SC2046
named()
{
	unnamed $(find "$@" | sort)
}

check 'headers' named include -name '*.h' -o -name '*.hpp'
check 'sources of the library' named lib -name '*.[ch]'
check 'sources of the control library' named control -name '*.[ch]'
check 'test programs' named tests -name '*.[ch]' -o -name '*.[ch]pp'
check 'test scripts' named tests -name '*.sh' ! -name tap.sh ! -name packages_complete.sh
check 'mistakes made on purpose' named tests -name '*.patch'
check 'examples' named doc/examples -name '*.[ch]' -o -name '*.[ch]pp'
check 'documents' named doc -maxdepth 1 -name '*.md'
check 'sources of the tools' named tools -name '*.[ch]'
check 'manual pages' named doc/man -name '*.[2-9]'
done_testing
