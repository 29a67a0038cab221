#!/bin/sh
# SPDX-License-Identifier: MIT
# installed.sh: what `make install` leaves is all that a program needs. By itself it installs below a scratch
# folder; `make installcheck` sets PREFIX_INSTALLED, and the real installation is tested.
# shellcheck disable=SC2046,SC2086
. "$(dirname "$0")/tap.sh"
[ -z "$SANITIZER" ] || skip_all 'a sanitized library is not for others to link'

install_below_scratch()
{
	$MAKE -C "$builddir" DESTDIR="$scratch/root" install
}

if [ -z "${PREFIX_INSTALLED:-}" ]; then
	check 'make install' install_below_scratch
	pc=$(find "$scratch/root" -name pooltoy.pc)
	[ -n "$pc" ] || { done_testing; }
	root=$scratch/root
	# The folder stands for the root of a machine, which pkg-config understands.
	PKG_CONFIG_SYSROOT_DIR=$scratch/root
	export PKG_CONFIG_SYSROOT_DIR
else
	root=
	pc=$(find "$PREFIX_INSTALLED" -name pooltoy.pc)
fi
PKG_CONFIG_PATH=$(dirname "$pc")
export PKG_CONFIG_PATH
libraries=$(dirname "$PKG_CONFIG_PATH")

# builds_and_runs NAME SOURCE COMPILER... : the user's program, with nothing but what pkg-config says.
builds_and_runs()
{
	program=$scratch/$1 source=$2
	shift 2
	"$@" "$source" -x none $($PKG_CONFIG --cflags --libs pooltoy) -o "$program" &&
		ldd "$program" | grep "libpooltoy.so.0 => $libraries/" &&
		timeout 60 "$program"
}

# As above, with no shared library of ours or of liburcu left in the program.
builds_and_runs_static()
{
	program=$scratch/static
	"$@" "$packaging/program.c" $($PKG_CONFIG --static --cflags pooltoy) \
		-Wl,-Bstatic $($PKG_CONFIG --static --libs pooltoy) -Wl,-Bdynamic -o "$program" || return
	! ldd "$program" | grep -E 'pooltoy|urcu' || return
	timeout 60 "$program"
}

runs_as_plugin()
{
	$CC -Wall -Wextra -Werror -D_GNU_SOURCE $($PKG_CONFIG --cflags pooltoy) -pthread \
		"$packaging/plugin_host.c" -o "$scratch/host" &&
		timeout 60 "$scratch/host" "$libraries/libpooltoy.so.0"
}

# The helper lies where the library looks for it. What it links it takes from where that was installed: a folder of the
# build would be there for anybody to make, once the build is gone.
helper_is_installed()
{
	helper=$root$(grep -ao '/[^[:cntrl:]]*/pooltoy-child' "$libraries/libpooltoy.so.0" | head -n 1)
	echo "$helper"
	[ -x "$helper" ] && readelf -d "$helper" >"$scratch/dynamic" &&
		! grep -E 'R(UN)?PATH' "$scratch/dynamic" | grep -vF "[${libraries#"$root"}]"
}

# Where make has put them.
documents_are_installed()
{
	diff -r "$srcdir/doc/tracing" "$root$tracing" || return
	[ ! -e "$libraries/libpooltoy-control.so" ] || cmp "$srcdir/doc/control.md" "$root$documents/control.md"
}

# Who has been told to put documents elsewhere knows where.
manual_names_what_is_installed()
{
	[ "$documents $tracing" = "$prefix/share/doc/pooltoy $prefix/share/pooltoy/tracing" ] || return 0
	find "$root$prefix/share/man" -name 'pooltoy*' -exec grep -oh 'PREFIX/[a-z./]*' {} + | sort -u >"$scratch/named"
	[ -s "$scratch/named" ] || return
	while read -r document; do
		[ -e "$root$prefix/${document#PREFIX/}" ] || echo "no $document"
	done <"$scratch/named" >"$scratch/missing"
	nothing_in "$scratch/missing"
}

# shellcheck disable=SC2016 # expanded by make
printf 'include Makefile\nplaces:\n\t@echo $(prefix) $(docdir) $(tracingdir)\n' |
	$MAKE -s --no-print-directory -C "$builddir" -f - places >"$scratch/places"
read -r prefix documents tracing <"$scratch/places"

names_a_private_dependency_of_nobody()
{
	$PKG_CONFIG --libs pooltoy >"$scratch/libs"
	cat "$scratch/libs"
	! grep -q urcu "$scratch/libs"
}

LD_LIBRARY_PATH=$libraries
export LD_LIBRARY_PATH
check 'the helper, without a way into the build' helper_is_installed
check 'a C program' builds_and_runs in-c "$packaging/program.c" $CC -std=c11 -Wall -Wextra -Wpedantic -Werror -x c
if command -v "${CXX%% *}" >/dev/null; then
	check 'a C++ program' builds_and_runs in-cxx "$packaging/program.c" $CXX -std=c++17 -Wall -Wextra -Wpedantic -Werror -x c++
else
	skip 'a C++ program' 'no C++ compiler'
fi
if command -v "${CXX%% *}" >/dev/null; then
	check 'a program with the C++ headers' builds_and_runs with-hpp "$srcdir/doc/examples/cplusplus.cpp" \
		$CXX -std=c++17 -pthread -Wall -Wextra -Wpedantic -Werror -x c++
else
	skip 'a program with the C++ headers' 'no C++ compiler'
fi
check 'a program linked with the static library' builds_and_runs_static $CC
check 'programs that link the shared library are not told of liburcu' \
	names_a_private_dependency_of_nobody
check 'documents, and scripts for a tracer' documents_are_installed
check 'manual pages name what is there' manual_names_what_is_installed
check 'a host that opens it, runs a pool and closes it' runs_as_plugin
done_testing
