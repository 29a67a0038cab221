#!/bin/sh
# SPDX-License-Identifier: MIT
# scripts.sh: shellcheck finds nothing in our scripts.
. "$(dirname "$0")/tap.sh"
cd "$srcdir" || exit 99
command -v shellcheck >/dev/null || skip_all 'no shellcheck'

for script in bootstrap .ci/run $(find tests doc -name '*.sh') $(grep -ls '^#!/bin/sh' debian/tests/*); do
	[ ! -f "$script" ] || check "$script" shellcheck -x "$script"
done
done_testing
