#!/bin/sh
# SPDX-License-Identifier: MIT
# debian_packages.sh: builds the Debian packages of what is committed, and looks at them: lintian, what is in them, and
# debian/tests, for which they are laid over the machine's /usr in a mount namespace: nothing is installed.
#
#   debian_packages.sh FOLDER  leaves the packages in FOLDER
set -eu
cd "$(dirname "$0")/../.."
unset MAKEFLAGS MFLAGS MAKELEVEL POOLTOY_CHILD CC CXX CFLAGS CPPFLAGS LDFLAGS
folder=${1:?a folder for the packages}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM
failures=0

# look NAME COMMAND...
look()
{
	name=$1
	shift
	if "$@" >"$scratch/output" 2>&1 </dev/null; then
		echo "ok: $name"
	else
		echo "FAILED: $name"
		failures=$((failures + 1))
		sed 's/^/    /' "$scratch/output"
	fi
}

# The upstream archive, and in what it unpacks to the commit's debian/, as a packager has them.
build()
{
	sh tests/packaging/release.sh archive "$scratch" >&2
	archive=$(echo "$scratch"/pooltoy-*.tar.xz)
	tree=${archive%.tar.xz}
	version=${tree##*-}
	tar -xf "$archive" -C "$scratch"
	mv "$archive" "$scratch/pooltoy_$version.orig.tar.xz"
	git archive HEAD debian | tar -xf - -C "$tree"
	(cd "$tree" && dpkg-buildpackage -us -uc) >"$scratch/log" 2>&1 </dev/null || {
		cp "$scratch/log" "$folder/build.log"
		tail -n 60 "$scratch/log" >&2
		echo "debian_packages.sh: the packages do not build; all of it in $folder/build.log" >&2
		exit 1
	}
	cp "$scratch/log" "$folder/build.log"
}

# Debian's own profile, whatever the machine is.
lintian_finds_nothing()
{
	lintian --allow-root --profile debian --fail-on error,warning --info "$scratch"/*.changes
}

# Its files, but for those that every package has, in a folder or a file of its own name.
contents()
{
	dpkg-deb --fsys-tarfile "$scratch/$1"_*.deb | tar -t | sed 's/^\.//; /\/$/d' |
		grep -vE "^/usr/share/(doc|lintian/overrides)/$1(/|\$)" | sort
}

# Another architecture's, and that of another soname, must not meet it in a file.
runtime_shares_no_file()
{
	contents libpooltoy0 >"$scratch/files"
	[ "$(wc -l <"$scratch/files")" -ge 3 ] || return
	! grep -vE "^/usr/lib/$triplet/(libpooltoy\.so\.0[.0-9]*|libpooltoy0/.*)\$" "$scratch/files"
}

library_starts_the_packaged_helper()
{
	helper=$(contents libpooltoy0 | grep '/pooltoy-child$')
	echo "$helper"
	grep -qaF "$helper" "$root/usr/lib/$triplet/libpooltoy.so.0"
}

# What `make install` would give to a developer: nothing of it is missing, and no libtool archive.
development_is_complete()
{
	{
		git ls-files 'include/*.h' 'include/*.hpp' | sed 's|^|/usr/|'
		git ls-files 'doc/man/*.3' | sed 's|^doc/man|/usr/share/man/man3|; s|$|.gz|'
		git ls-files 'doc/man/*.7' | sed 's|^doc/man|/usr/share/man/man7|; s|$|.gz|'
		printf "/usr/lib/$triplet/%s\n" libpooltoy-control.a libpooltoy-control.so libpooltoy.a libpooltoy.so \
			pkgconfig/pooltoy-control.pc pkgconfig/pooltoy.pc
	} | sort >"$scratch/wanted"
	contents libpooltoy-dev | diff "$scratch/wanted" -
}

# What manual pages refer to.
tools_have_the_documents()
{
	{
		echo /usr/share/doc/pooltoy/control.md.gz
		git ls-files doc/tracing | sed 's|^doc|/usr/share/pooltoy|'
	} | sort >"$scratch/wanted"
	contents pooltoy-tools | grep -E '^/usr/share/(doc|pooltoy)/' | diff "$scratch/wanted" -
}

# test_installed NAME: a script of debian/tests, where the packages' files lie where they will. Of the source tree it is
# given what it may use.
test_installed()
{
	mkdir -p "$scratch/run/$1"
	own_namespace=--mount
	[ "$(id -u)" -eq 0 ] || own_namespace='--mount --map-root-user'
	# shellcheck disable=SC2016,SC2086 # expanded inside
	timeout 120 unshare $own_namespace sh -c '
		mount -t overlay -o "lowerdir=$1/usr:/usr" overlay /usr && cd "$2" &&
			AUTOPKGTEST_TMP=$3 && export AUTOPKGTEST_TMP && "./debian/tests/$4"' \
		sh "$root" "$tree" "$scratch/run/$1" "$1"
}

build
triplet=$(dpkg-architecture -qDEB_HOST_MULTIARCH)
root=$scratch/root
for package in libpooltoy0 libpooltoy-control0 libpooltoy-dev pooltoy-tools; do
	dpkg -x "$scratch/$package"_*.deb "$root"
done
look 'lintian finds no error and gives no warning' lintian_finds_nothing
look 'libpooltoy0 shares no file with another architecture or soname' runtime_shares_no_file
look 'the library has the path of the packaged helper' library_starts_the_packaged_helper
look 'libpooltoy-dev has all headers and manual pages' development_is_complete
look 'pooltoy-tools has what manual pages refer to' tools_have_the_documents
sed -n 's/^Tests: //p' debian/tests/control >"$scratch/tests"
while read -r test; do
	look "debian/tests/$test" test_installed "$test"
done <"$scratch/tests"
cp "$scratch"/pooltoy_* "$scratch"/*.deb "$folder"
echo "the packages are in $folder"
[ "$failures" -eq 0 ]
