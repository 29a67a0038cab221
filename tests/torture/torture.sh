#!/bin/sh
# SPDX-License-Identifier: MIT
# torture.sh: some seconds of torture, as a test; TORTURE_SECONDS and TORTURE_CPUS say how many of which. What was
# done is told in comments.
. "$(dirname "$0")/../packaging/tap.sh"

status=0
"$builddir/tests/torture/torture" --seconds "${TORTURE_SECONDS:-3}" --cpus "${TORTURE_CPUS:-$(nproc)}" \
	>"$scratch/told" 2>&1 || status=$?
sed 's/^/# /' "$scratch/told"
check 'everything at once, and all that was promised held' test "$status" -eq 0
done_testing
