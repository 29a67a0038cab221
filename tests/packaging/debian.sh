#!/bin/sh
# SPDX-License-Identifier: MIT
# debian.sh: what debian/ says of the library is what the library says: its symbols, its soname, its version.
. "$(dirname "$0")/tap.sh"
cd "$srcdir" || exit 99
[ -d debian ] || skip_all 'release archives have no debian/'

soname=$(sed -nE 's/.*-version-info ([0-9]+):[0-9]+:([0-9]+).*/\1 \2/p' lib/local.mk | awk '{ print $1 - $2 }')
symbols=debian/libpooltoy$soname.symbols

# same_symbols MAP FILE LEAST: the map's symbols, each with its node, are those of the file, and not fewer than so many.
# Besides functions the file names each node, a symbol of its own.
same_symbols()
{
	awk '/^[A-Z]/ { node = $1 } /^\t[a-z_0-9]+;/ { sub(/;/, ""); print $1 "@" node }' "$1" |
		sort >"$scratch/exported"
	sed -n 's/^ \([a-z][^ ]*@[^ ]*\) .*/\1/p' "$2" | sort >"$scratch/packaged"
	[ "$(wc -l <"$scratch/packaged")" -ge "$3" ] || return
	diff "$scratch/exported" "$scratch/packaged" | sed -n "s|^<|only $1:|p; s|^>|only $2:|p" >"$scratch/diff"
	nothing_in "$scratch/diff"
}

# A package is named after its library's soname, also where the helper lies.
soname_is_everywhere()
{
	for place in "$symbols" "debian/libpooltoy$soname.install"; do
		[ -f "$place" ] || echo "no $place"
	done >"$scratch/missing"
	{
		grep -q "^libpooltoy\.so\.$soname libpooltoy$soname " "$symbols" || echo "$symbols"
		grep -qx "Package: libpooltoy$soname" debian/control || echo debian/control
		grep -q "^[^#]*--libexecdir=.*/libpooltoy$soname'" debian/rules || echo debian/rules
		grep -q "^usr/lib/\*/libpooltoy$soname/" "debian/libpooltoy$soname.install" ||
			echo "debian/libpooltoy$soname.install"
	} >>"$scratch/missing" 2>/dev/null
	nothing_in "$scratch/missing"
}

changelog_has_the_version()
{
	head -n 1 debian/changelog
	case $(head -n 1 debian/changelog) in
	"pooltoy ($PACKAGE_VERSION-"*) ;;
	*) return 1 ;;
	esac
}

licence_is_the_licence()
{
	awk 'NR > 4' LICENSE >"$scratch/licence"
	awk '/^License:/ && !/^License: MIT$/ { inside = 0 } inside { sub(/^ \.?/, ""); print }
		/^$/ { ended = 1; next } ended && /^License: MIT$/ { inside = 1 } { ended = 0 }' debian/copyright |
		sed '$ { /^$/d }' | diff "$scratch/licence" -
}

check "$symbols has the symbols of lib/pooltoy.map" same_symbols lib/pooltoy.map "$symbols" 40
check 'the control library has the symbols of its map' \
	same_symbols control/pooltoy-control.map debian/libpooltoy-control0.symbols 4
check 'packages are named after the soname' soname_is_everywhere
check 'the first entry of debian/changelog is of this version' changelog_has_the_version
check 'debian/copyright has the text of LICENSE' licence_is_the_licence
done_testing
