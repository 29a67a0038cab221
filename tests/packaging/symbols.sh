#!/bin/sh
# SPDX-License-Identifier: MIT
# symbols.sh: the shared library, the public headers and the manual pages name the same functions.
. "$(dirname "$0")/tap.sh"
cd "$srcdir" || exit 99
library=$builddir/lib/.libs/libpooltoy.so

control_library=$builddir/control/.libs/libpooltoy-control.so

# What the headers named declare.
functions_of()
{
	without_comments "$@" | awk -f "$packaging/public_functions.awk" | sort
}

functions_of include/pooltoy.h include/pooltoy/*.h >"$scratch/all-declared"
# The control library has a header of its own.
functions_of include/pooltoy/control.h >"$scratch/control-declared"
comm -23 "$scratch/all-declared" "$scratch/control-declared" >"$scratch/declared"

# Each page's NAME section lists its functions: `.Nm one ,`, `.Nm two`, `.Nd what they do`.
for page in doc/man/*.3; do
	[ -f "$page" ] || continue
	awk '/^\.Sh/ { inside = $2 == "NAME" } inside && $1 == ".Nm" { print $2 }' "$page" |
		grep '^pooltoy_' | sort -u
done | sort >"$scratch/documented"

# A node of the version script is a symbol of its own, absolute; what a PRIVATE one has is for the project's own
# programs and libraries.
exported()
{
	$NM -D --defined-only "$1" | awk '$2 != "A" && $3 !~ /@POOLTOY_[A-Z_]*PRIVATE/ { sub(/@.*/, "", $3); print $3 }' |
		sort
}

same()
{
	diff "$scratch/$1" "$scratch/$2" | sed -n "s/^</only $1:/p; s/^>/only $2:/p" >"$scratch/diff"
	nothing_in "$scratch/diff"
}

# Where the library's memory comes from is one object's affair: that of pooltoy_set_allocator.
allocates_in_one_place()
{
	set -- "$builddir"/lib/.libs/libpooltoy_all_la-*.o
	[ $# -gt 50 ] || return
	for object; do
		$NM -u "$object" | awk '{ print $NF }' | sed 's/@.*//' |
			grep -xE '(m|c|re|aligned_|pv|v)alloc|reallocarray|memalign|posix_memalign|free|str(n)?dup|v?asprintf|getline|getdelim|open_memstream' |
			sed "s|^|${object##*/libpooltoy_all_la-}: |"
	done | sort >"$scratch/allocating"
	printf '%s\n' 'sync_memory.o: aligned_alloc' 'sync_memory.o: calloc' 'sync_memory.o: free' |
		diff - "$scratch/allocating"
}

headers_declare_functions()
{
	[ "$(wc -l <"$scratch/declared")" -gt 40 ]
}

# libgcc: what unwinds through our frames.
needs_liburcu_and_libc_alone()
{
	readelf -d "$library" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' |
		grep -vE '^(libc\.so\.6|libgcc_s\.so\.1|ld-linux.*|liburcu-(bp|cds|common)\.so\.[0-9]+)$' >"$scratch/alien"
	nothing_in "$scratch/alien"
}

stays_in_memory()
{
	readelf -d "$library" | grep -q NODELETE
}

has_its_soname()
{
	readelf -d "$library" | grep -q 'SONAME.*\[libpooltoy\.so\.0\]'
}

check 'headers declare functions' headers_declare_functions
if [ -f "$library" ]; then
	exported "$library" >"$scratch/exported"
	check 'the library exports what headers declare' same exported declared
	check 'the library is libpooltoy.so.0' has_its_soname
	check 'the library stays in memory after dlclose' stays_in_memory
	check 'the library allocates in one place, which asks the allocator' allocates_in_one_place
	if [ -z "$SANITIZER" ]; then
		check 'the library needs liburcu and libc alone' needs_liburcu_and_libc_alone
	else
		skip 'the library needs liburcu and libc alone' 'a sanitizer adds its own'
	fi
else
	skip 'the library exports what headers declare' 'no shared library in this build'
fi
if [ -f "$control_library" ]; then
	exported "$control_library" >"$scratch/control-exported"
	check 'the control library exports what its header declares' same control-exported control-declared
else
	skip 'the control library exports what its header declares' 'it is not built'
fi
if [ -s "$scratch/documented" ]; then
	check 'manual pages document what headers declare, each function once' \
		same documented all-declared
else
	skip 'manual pages document what headers declare' 'no manual pages yet'
fi
done_testing
