# SPDX-License-Identifier: MIT
# mistakes.awk: the mutants that are mistakes: those that mutants.awk makes, without those known to make no difference.
# Each that is known must be among them, or it says so, and fails.
#
# awk -v equivalent=tests/mutation/equivalent -f mistakes.awk MUTANTS
BEGIN {
	FS = "\t"
	while ((getline <equivalent) > 0)
		if (!/^#/)
			known[$1, $2, $3] = $0
}

($1, $4, $5) in known {
	met[$1, $4, $5] = 1
	next
}

{ print }

END {
	for (place in known)
		if (!(place in met)) {
			print "equivalent to nothing: " known[place] >"/dev/stderr"
			unmet = 1
		}
	exit unmet
}
