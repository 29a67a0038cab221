# SPDX-License-Identifier: MIT
# tap.sh: sourced by the test scripts: TAP on their output, a folder that goes when they end.
# shellcheck shell=sh

set -u
# A make run by a test is not part of the one that runs the tests.
unset MAKEFLAGS MFLAGS MAKELEVEL GNUMAKEFLAGS
: "${srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${builddir:=$srcdir/build}" "${CC:=cc}" "${CXX:=c++}" "${NM:=nm}" "${MAKE:=make}"
: "${PKG_CONFIG:=pkg-config}" "${SANITIZER:=}"
export srcdir builddir CC CXX NM MAKE PKG_CONFIG SANITIZER
packaging=$srcdir/tests/packaging
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
trap 'exit 99' INT TERM
tests=0
failures=0

# check NAME COMMAND...: a test, passed if COMMAND succeeds; what it prints explains a failure.
check()
{
	name=$1
	shift
	tests=$((tests + 1))
	if "$@" >"$scratch/output" 2>&1 </dev/null; then
		echo "ok $tests - $name"
	else
		echo "not ok $tests - $name"
		failures=$((failures + 1))
		sed 's/^/# /' "$scratch/output"
	fi
}

# skip NAME REASON
skip()
{
	tests=$((tests + 1))
	echo "ok $tests - $1 # SKIP $2"
}

# skip_all REASON: ends the script.
skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}

# The last line of every script: without it the harness calls the script broken.
done_testing()
{
	echo "1..$tests"
	# The harness counts what it reads; a failing exit would be counted once more.
	[ "$failures" -eq 0 ] || [ -n "${HARNESS_ACTIVE:-}" ]
	exit
}

# Tests that look at what no source file may say skip comments, which explain just that.
without_comments()
{
	awk -f "$packaging/without_comments.awk" "$@"
}

# nothing_in FILE: succeeds if it is empty, and shows it.
nothing_in()
{
	cat "$1"
	[ ! -s "$1" ]
}
