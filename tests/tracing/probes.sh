#!/bin/sh
# SPDX-License-Identifier: MIT
# probes.sh: the probes that lib/probe.h lists are in the library, and the scripts of doc/tracing know no others.
. "$(dirname "$0")/../packaging/tap.sh"
library=$builddir/lib/.libs/libpooltoy.so

readelf -n "$library" 2>"$scratch/complaints" | awk '
	$1 == "Provider:" { provider = $2 }
	$1 == "Name:" && provider == "pooltoy" { print $2 }' | sort -u >"$scratch/there"
[ -s "$scratch/there" ] || skip_all 'the library was built without probes'

# The table: " *   name, name   arguments".
sed -n 's/^ \*   \([a-z_]*\)\(, \([a-z_]*\)\)\{0,1\}  .*/\1 \3/p' "$srcdir/lib/probe.h" |
	tr -s ' ' '\n' | sed '/^$/d' | sort -u >"$scratch/listed"

the_library_has_what_is_listed()
{
	diff "$scratch/listed" "$scratch/there"
}

scripts_use_probes_that_are_there()
{
	sed -n 's/^usdt:\*:pooltoy:\([a-z_]*\)$/\1/p' "$srcdir"/doc/tracing/*.bt | sort -u >"$scratch/used"
	[ -s "$scratch/used" ] || return 1
	comm -23 "$scratch/used" "$scratch/there" >"$scratch/unknown"
	nothing_in "$scratch/unknown"
}

check the_library_has_what_is_listed the_library_has_what_is_listed
check scripts_use_probes_that_are_there scripts_use_probes_that_are_there
done_testing
