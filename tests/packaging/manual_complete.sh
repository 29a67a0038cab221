#!/bin/sh
# SPDX-License-Identifier: MIT
# manual_complete.sh: the manual pages name every constant and every field of the public headers.
. "$(dirname "$0")/tap.sh"
cd "$srcdir" || exit 99

without_comments include/pooltoy/*.h | grep -v '^#' >"$scratch/headers"
cat doc/man/*.[37] >"$scratch/pages" 2>/dev/null || skip_all 'no manual pages yet'

# Enumerators: each name that begins an item between the braces of an enum.
constants()
{
	tr '\n' ' ' <"$scratch/headers" | grep -o 'enum [a-z_]* {[^}]*}' | grep -o 'POOLTOY_[A-Z_]*'
}

# Fields: the last name before a semicolon or comma between the braces of a structure, but for those
# of a lease, a task and a pending operation, which are nobody's business. Of a callback, the name in (*name).
fields()
{
	tr '\n' ' ' <"$scratch/headers" | grep -o 'struct [a-z_]* {[^}]*}' | grep -Ev 'pooltoy_(lease|task|pending) ' |
		sed 's/^[^{]*{//; s/(\*\([a-z_]*\))([^;]*;/\1;/g' |
		grep -o '[a-z_]*\(\[[0-9]*\]\)\{0,1\}[;,]' | sed 's/\[.*//; s/[;,]//'
}

# all_named WHAT MACROS: each stands in a line that begins with one of these mdoc macros.
all_named()
{
	"$1" | sort -u >"$scratch/names"
	[ "$(wc -l <"$scratch/names")" -gt 50 ] || return
	while read -r word; do
		grep -Eq "^\.(It )?($2) (.*[ ,])?$word( |\$)" "$scratch/pages" || echo "$word"
	done <"$scratch/names" >"$scratch/missing"
	nothing_in "$scratch/missing"
}

check 'constants are in the manual' all_named constants 'Dv|Er'
check 'fields of structures are in the manual' all_named fields 'Fa'
done_testing
