#!/bin/sh
# SPDX-License-Identifier: MIT
# readme.sh: the programs that README.md shows compile, and run.
# shellcheck disable=SC2046,SC2086
. "$(dirname "$0")/tap.sh"
[ -z "$SANITIZER" ] || skip_all 'run without a sanitizer'

# Each ```c block that has a main function, in a file of its own.
awk -v folder="$scratch" '
	/^```c$/ { inside = 1; text = ""; next }
	/^```/ && inside {
		inside = 0
		if (text ~ /int main\(/)
			printf "%s", text >(folder "/program" ++count ".c")
		next
	}
	inside { text = text $0 "\n" }' "$srcdir/README.md"

compiles_and_runs()
{
	$CC -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Werror -I"$srcdir/include" "$1" \
		-o "${1%.c}" -pthread "$builddir/lib/.libs/libpooltoy.so" \
		-Wl,-rpath,"$builddir/lib/.libs" && timeout 60 "${1%.c}"
}

for program in "$scratch"/program*.c; do
	[ -f "$program" ] || skip_all 'README.md shows no program'
	check "$(basename "$program" .c) of README.md" compiles_and_runs "$program"
done
done_testing
