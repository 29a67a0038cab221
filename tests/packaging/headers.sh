#!/bin/sh
# SPDX-License-Identifier: MIT
# headers.sh: each public header stands on its own, in C and in C++, and tells the right version.
. "$(dirname "$0")/tap.sh"
cd "$srcdir/include" || exit 99

# Twice, so that an include guard is missed too.
alone()
{
	language=$1 header=$2
	shift 2
	printf '#include <%s>\n#include <%s>\nextern int not_empty;\n' "$header" "$header" |
		"$@" -x "$language" -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I. -
}

version_is_the_package_version()
{
	printf '#include <pooltoy.h>\n%s %s\n' POOLTOY_VERSION \
		'POOLTOY_VERSION_MAJOR.POOLTOY_VERSION_MINOR.POOLTOY_VERSION_PATCH' |
		$CC -E -P -I. - | tail -n 1 | tr -d ' ' >"$scratch/version"
	cat "$scratch/version"
	[ "$(cat "$scratch/version")" = "\"$PACKAGE_VERSION\"$PACKAGE_VERSION" ]
}

for header in pooltoy.h pooltoy/*.h; do
	# shellcheck disable=SC2086 # CC may carry options
	check "$header alone, in C" alone c "$header" $CC -std=c11
	if command -v "${CXX%% *}" >/dev/null; then
		# shellcheck disable=SC2086
		check "$header alone, in C++" alone c++ "$header" $CXX -std=c++17
	else
		skip "$header alone, in C++" 'no C++ compiler'
	fi
done
for header in pooltoy.hpp pooltoy/*.hpp; do
	if command -v "${CXX%% *}" >/dev/null; then
		# shellcheck disable=SC2086
		check "$header alone" alone c++ "$header" $CXX -std=c++17 -Wshadow -Wconversion
	else
		skip "$header alone" 'no C++ compiler'
	fi
done
check 'the version is the package version' version_is_the_package_version
done_testing
