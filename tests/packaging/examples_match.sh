#!/bin/sh
# SPDX-License-Identifier: MIT
# examples_match.sh: the examples in manual pages and other documents are those that were compiled.
. "$(dirname "$0")/tap.sh"
cd "$srcdir" || exit 99

filled()
{
	awk -v examples=doc/examples -f "$packaging/fill_examples.awk" "$1"
}

# To make it match: awk -v examples=doc/examples -f tests/packaging/fill_examples.awk PAGE >NEW
matches()
{
	filled "$1" >"$scratch/filled" && diff "$1" "$scratch/filled"
}

shows_an_example()
{
	grep -q '^\.\\" example: ' "$1"
}

# A page is read in 80 columns, and indents its text by 5.
fits()
{
	filled "$1" | awk '/^\.Bd/ { inside = 1 } /^\.Ed/ { inside = 0 } inside' | expand |
		sed 's/\\e/\\/g; s/\\(aq/x/g' | awk 'length > 74' >"$scratch/long"
	nothing_in "$scratch/long"
}

every_example_is_shown()
{
	for program in doc/examples/*.c doc/examples/*.cpp; do
		sed -n 's/^\/\* example: \(.*\) \*\/$/\1/p' "$program" | while read -r word; do
			grep -qE "^(\.\\\\\"|<!--) example: $(basename "$program") $word( |\$)" \
				README.md doc/*.md doc/man/*.[37] || echo "$program: $word is nowhere shown"
		done
	done >"$scratch/hidden"
	nothing_in "$scratch/hidden"
}

for page in doc/man/*.[37]; do
	[ -f "$page" ] || skip_all 'no manual pages yet'
	check "$page shows an example" shows_an_example "$page"
	check "$page shows what is compiled" matches "$page"
	check "$page has no example line that is too long" fits "$page"
done
for document in README.md doc/*.md; do
	check "$document shows what is compiled" matches "$document"
done
check 'every example is shown somewhere' every_example_is_shown
done_testing
