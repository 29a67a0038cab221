#!/bin/sh
# SPDX-License-Identifier: MIT
# examples.sh: runs the examples named on EXAMPLES; each must end well by itself.
. "$(dirname "$0")/tap.sh"
[ -n "${EXAMPLES:-}" ] || skip_all 'no examples to run'

for example in $EXAMPLES; do
	check "$example" timeout 60 "$builddir/$example"
done
done_testing
