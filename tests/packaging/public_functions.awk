# SPDX-License-Identifier: MIT
# public_functions.awk: prints each function that headers without comments mark POOLTOY_API, in their order.
/^[ \t]*#/ { next }
{ text = text $0 "\n" }
END {
	count = split(text, declarations, ";")
	for (i = 1; i <= count; i++) {
		if (declarations[i] !~ /(^|[^A-Z_])POOLTOY_API([^A-Z_]|$)/)
			continue
		if (match(declarations[i], /pooltoy_[a-z0-9_]+[ \t\n]*\(/)) {
			name = substr(declarations[i], RSTART, RLENGTH)
			sub(/[ \t\n]*\($/, "", name)
			print name
		}
	}
}
