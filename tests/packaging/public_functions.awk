# SPDX-License-Identifier: MIT
# public_functions.awk: prints the name of every function that public headers mark POOLTOY_API, in their order.
{ text = text $0 "\n" }
END {
	# Comments go first: they show declarations too.
	while ((start = index(text, "/*")) != 0) {
		rest = substr(text, start + 2)
		text = substr(text, 1, start - 1) substr(rest, index(rest, "*/") + 2)
	}
	gsub(/#[^\n]*\n/, "", text)
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
