#!/bin/sh
# SPDX-License-Identifier: MIT
# examples.sh: runs the examples named on EXAMPLES; each must end well by itself.
. "$(dirname "$0")/tap.sh"
[ -n "${EXAMPLES:-}" ] || skip_all 'no examples to run'

for example in $EXAMPLES; do
	case $SANITIZER/$example in
	*/cplusplus)
		if [ -x "$builddir/$example" ]; then
			check "$example" timeout 60 "$builddir/$example"
		else
			skip "$example" 'no C++ compiler'
		fi
		;;
	*/libuv/try)
		if [ -x "$builddir/$example" ]; then
			check "$example" timeout 60 "$builddir/$example"
		else
			skip "$example" 'no libuv (Debian: libuv1-dev)'
		fi
		;;
	*thread*/*/fork) skip "$example" 'ThreadSanitizer knows no threads after a fork of several' ;;
	*) check "$example" timeout 60 "$builddir/$example" ;;
	esac
done
done_testing
