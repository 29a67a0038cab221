#!/bin/sh
# SPDX-License-Identifier: MIT
# manual.sh: the manual pages are good mdoc, and refer to pages that exist.
. "$(dirname "$0")/tap.sh"
cd "$srcdir/doc/man" || exit 99
command -v mandoc >/dev/null || skip_all 'no mandoc'

# Not faults of the page: what mandoc misses among the pages installed on this machine (ours are looked for
# below), and an .Os line, which pages outside of a base system need.
machine='referenced manual not found|outdated mandoc\.db|operating system explicitly specified'

lint()
{
	mandoc -Tlint "$1" 2>&1 | grep -vE "$machine" >"$scratch/lint"
	nothing_in "$scratch/lint"
}

references_exist()
{
	sed -n 's/^\.Xr \(pooltoy[^ ]*\) \([0-9]\).*/\1 \2/p' "$1" | sort -u |
		while read -r name section; do
			[ -f "$name.$section" ] ||
				awk -v name="$name" '
					/^\.Sh/ { inside = $2 == "NAME" }
					inside && $1 == ".Nm" && $2 == name { found = 1 }
					END { exit !found }' ./*."$section" ||
				echo "$1 refers to $name($section)"
		done >"$scratch/dangling"
	nothing_in "$scratch/dangling"
}

for page in *.[1-9]; do
	[ -f "$page" ] || skip_all 'no manual pages yet'
	check "$page is good mdoc" lint "$page"
	check "$page refers to pages that exist" references_exist "$page"
done
done_testing
