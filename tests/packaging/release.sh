#!/bin/sh
# SPDX-License-Identifier: MIT
# release.sh: the release archive of what is committed, whatever else lies in the working tree.
#
#   release.sh archive FOLDER  leaves it in FOLDER
#   release.sh same            makes it under circumstances that differ, and compares the bytes
set -eu
cd "$(dirname "$0")/../.."
unset MAKEFLAGS MFLAGS MAKELEVEL SOURCE_DATE_EPOCH
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM

clone()
{
	mkdir -p "$(dirname "$1")"
	git clone -q --no-hardlinks . "$1"
}

# What is run in a tree, a clone or an unpacked archive: configures it and makes the archive there, in BUILD below it.
# shellcheck disable=SC2016 # expanded by the shell within
recipe='
	umask "$3" && cd "$1" || exit
	[ -x configure ] || { mkdir -p m4 && autoreconf -i; } || exit
	mkdir -p "$2" && cd "$2" && "$1/configure" -q && make -s dist'

# archive_in TREE BUILD UMASK [PREFIX...]
archive_in()
{
	tree=$1 below=$2 mask=$3
	shift 3
	"$@" sh -c "$recipe" sh "$tree" "$below" "$mask" >"$scratch/log" 2>&1 </dev/null || {
		cat "$scratch/log" >&2
		return 1
	}
}

found=0
# same_as_first NAME TREE BUILD: the archive there has the bytes of the first.
same_as_first()
{
	if cmp "$first" "$2/$3/$(basename "$first")"; then
		echo "the same: $1"
	else
		echo "DIFFERENT: $1"
		tar -tvf "$first" >"$scratch/contents"
		tar -tvf "$2/$3/$(basename "$first")" | diff "$scratch/contents" - | head -n 10 || :
		found=1
	fi
}

# As the superuser, another user can be one of the circumstances.
another_user()
{
	chmod 755 "$scratch"
	[ "$(id -u)" -ne 0 ] || {
		chown -R 65534:65534 "$1"
		echo setpriv --reuid 65534 --regid 65534 --clear-groups
	}
}

same()
{
	one=$scratch/one/pooltoy
	clone "$one"
	archive_in "$one" build 022
	first=$(echo "$one"/build/*.tar.xz)

	# Another folder, user, umask and time zone; a build among the sources, files of another date, and settings of
	# tar and xz that would show.
	other=$scratch/another/place/further/down/tree
	clone "$other"
	find "$other" -name .git -prune -o -type f -exec touch -d '2001-02-03 04:05:06' {} +
	# shellcheck disable=SC2046 # words of a command
	archive_in "$other" . 077 $(another_user "$scratch/another") env HOME=/nonexistent TZ=Pacific/Kiritimati \
		LC_ALL=C.UTF-8 XZ_OPT=-0 XZ_DEFAULTS=--threads=2 TAR_OPTIONS=--owner=nobody
	same_as_first 'by another user, elsewhere, with another umask and files of another date' "$other" .

	mkdir "$scratch/unpacked"
	tar -xf "$first" -C "$scratch/unpacked"
	unpacked=$(echo "$scratch"/unpacked/*)
	archive_in "$unpacked" build 002
	same_as_first 'out of the archive itself' "$unpacked" build

	archive_in "$unpacked" dated 022 env SOURCE_DATE_EPOCH=1000000000
	if TZ=UTC tar -tvf "$unpacked"/dated/*.tar.xz | grep -qv ' 2001-09-09 01:46 '; then
		echo 'DIFFERENT: the date that SOURCE_DATE_EPOCH says'
		found=1
	else
		echo 'the date is the one that SOURCE_DATE_EPOCH says'
	fi
	(cd "$(dirname "$first")" && sha256sum "$(basename "$first")")
	return "$found"
}

archive()
{
	clone "$scratch/pooltoy"
	archive_in "$scratch/pooltoy" build 022
	mkdir -p "$1"
	cp "$scratch"/pooltoy/build/*.tar.xz "$1"
	(cd "$1" && sha256sum "$(cd "$scratch/pooltoy/build" && echo *.tar.xz)")
}

case ${1-} in
archive) archive "${2:?a folder}" ;;
same) same ;;
*)
	sed -n '4,6s/^# \{0,1\}//p' "$0" >&2
	exit 2
	;;
esac
