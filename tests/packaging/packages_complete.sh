#!/bin/sh
# SPDX-License-Identifier: MIT
# packages_complete.sh: proves that bootstrap's package lists are complete, which a developer's machine hides: a
# clean clone of what is committed, in a Debian with nothing else on it. Runs `./bootstrap TARGET` there for each
# TARGET given; by default for all that a user may type. Needs root; debootstrap and git are installed by bootstrap.
set -eu
cd "$(dirname "$0")/../.."
[ "$(id -u)" -eq 0 ] || {
	echo "$0: only root can chroot" >&2
	exit 1
}
[ $# -gt 0 ] || set -- build check distcheck demo-short arm64

# The machine's own release, from where the machine itself gets it.
. /etc/os-release
# shellcheck disable=SC2016 # apt expands these
targets=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' \
	'Created-By: Packages' 'Origin: Debian' | sort -u)
mirror=$(printf '%s\n' "$targets" | awk -v release="$VERSION_CODENAME" '
	$2 == release && $3 == "main" { print $1; exit }')
[ -n "$mirror" ] || {
	echo "$0: apt knows no source of $VERSION_CODENAME; apt-get update first?" >&2
	exit 1
}

root=$(mktemp -d "${TMPDIR:-/var/tmp}/pooltoy-empty.XXXXXX")
# Mounts are made in a namespace that goes with its processes; should one be left, rm stays out of it.
trap 'rm -rf --one-file-system "$root"' EXIT
trap 'exit 1' INT TERM

debootstrap --variant=minbase "$VERSION_CODENAME" "$root" "$mirror"
printf '%s\n' "$targets" | sed 's/^/deb /' >"$root/etc/apt/sources.list"
apt-config dump | grep '^Acquire::' | grep -v '^Acquire::IndexTargets' \
	>"$root/etc/apt/apt.conf.d/99-as-outside"
cp /etc/resolv.conf "$root/etc/resolv.conf"
git clone -q --no-hardlinks . "$root/pooltoy"

for target; do
	[ "$target" != build ] || target=
	echo "== ./bootstrap $target"
	# A root that is a mount of its own: what makes a mount namespace inside asks for that.
	# shellcheck disable=SC2016 # expanded inside
	unshare --mount --pid --fork sh -c '
		mount --bind "$1" "$1" &&
		mount -t proc proc "$1/proc" &&
		mount --rbind /dev "$1/dev" &&
		exec chroot "$1" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
			${http_proxy:+"http_proxy=$http_proxy"} ${https_proxy:+"https_proxy=$https_proxy"} \
			sh -c "cd /pooltoy && ./bootstrap $2"' sh "$root" "$target" </dev/null
done
echo "== complete: ${*:-} in an empty $VERSION_CODENAME"
