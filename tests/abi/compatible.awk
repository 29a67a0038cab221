# SPDX-License-Identifier: MIT
# compatible.awk: reads a report of abidiff, and fails if programs built before could break. Whatever is not known to be
# harmless here breaks.
#
# Known to be harmless: a function more; an enumerator more, all others as they were; and a field at the end of a
# structure that begins with its own size. The library looks at no more of such a structure than its size says
# (lib/spec.c), fills in no more (pooltoy_pool_status), and says of its own how long they are (events, nodes). A
# structure of fixed size, such as a lease, lies in programs by value: nothing can be added to it.

BEGIN {
	sized = "^pooltoy_(event|histogram|node|pool_spec|pool_status|supervisor_spec|worker_ops)$"
}

# The structure that the lines below are about.
/^ *in .*type '/ {
	name = $0
	sub(/^[^']*'/, "", name)
	sub(/'.*$/, "", name)
	gsub(/const |struct /, "", name)
	next
}
/^ *type size changed from / {
	breaks = breaks || name !~ sized
	size = $5
	next
}
/^ *'.*', at offset [0-9]+ \(in bits\)$/ {
	breaks = breaks || name !~ sized || $(NF - 2) < size
	next
}

/^$/ { next }
/changes summary: 0 Removed, / { next }
/^[0-9]+ functions? with some (indirect )?sub-type changes?:$/ { next }
/^ *\[C\] .* has some (indirect )?sub-type changes:$/ { next }
/^[0-9]+ Added functions?:$/ { next }
/^ *\[A\] / { next }
/^ *parameter [0-9]+ of type '.*' has sub-type changes:$/ { next }
/^ *type size hasn't changed$/ { next }
/^ *[0-9]+ data member (insertion|change)s?:$/ { next }
/^ *(type of|underlying type) '.*' changed:$/ { next }
/^ *[0-9]+ enumerator insertions?:$/ { next }
/^ *'[^']*::[^']*' value '-?[0-9]+'$/ { next }
/as (reported|described) (earlier|above)/ { next }
{ breaks = 1 }

END {
	exit breaks
}
