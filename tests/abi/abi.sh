#!/bin/sh
# SPDX-License-Identifier: MIT
# abi.sh: the library's binary interface beside the one that is stored in libpooltoy.abi.
#
#   abi.sh baseline  stores the present one (./bootstrap abi-baseline)
#   abi.sh check     fails if the two differ in anything, and says what to do
#   abi.sh mistakes  makes changes on purpose in a copy; a line for each: caught or missed
#
# What counts is what the public headers and the exported functions say: private types are dropped, and with them
# paths, places and the compiler's version. Any difference fails, also a compatible one: the stored file changes
# with the interface, in one commit, where a reviewer sees it.
set -eu
cd "$(dirname "$0")/../.."
stored=$PWD/tests/abi/libpooltoy.abi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# describe TREE FILE: builds the library of that tree as it is shipped, but with debugging information and without
# optimization, and writes its interface down. abidw tells private types by the names of their headers, hence a
# prefix for those of the library's own: lib/pool.h is not pooltoy/pool.h.
describe()
{
	objects=$scratch/objects
	rm -rf "$objects" && mkdir "$objects"
	soname=$(sed -nE 's/.*-version-info ([0-9]+):[0-9]+:([0-9]+).*/\1 \2/p' "$1/lib/local.mk" |
		awk '{ print "libpooltoy.so." $1 - $2 }')
	(
		cd "$1"
		# shellcheck disable=SC2016 # expanded by the shell within
		printf '%s\n' lib/*.c | xargs -P "$(nproc)" -I {} sh -c '
			gcc -std=c11 -g -O0 -fPIC -fvisibility=hidden -fexceptions -pthread -D_GNU_SOURCE \
				-Iinclude -iquote lib -fdebug-prefix-map=lib/=lib/private- \
				-c "$1" -o "$2/$(basename "$1" .c).o"' sh {} "$objects"
	)
	gcc -shared -pthread "-Wl,-soname,$soname" "-Wl,--version-script=$1/lib/pooltoy.map" \
		-o "$objects/libpooltoy.so" "$objects"/*.o -lurcu-bp -lurcu-common
	abidw --headers-dir "$1/include" --drop-private-types --no-corpus-path --no-comp-dir-path \
		--no-show-locs --no-elf-needed --exported-interfaces-only --type-id-style hash --out-file "$2" "$objects/libpooltoy.so"
}

# compare FILE: verdict=same; =added, if programs that exist go on working; or =incompatible.
compare()
{
	verdict=same
	abidiff --harmless --no-show-locs "$stored" "$1" >"$scratch/difference" || verdict=incompatible
	# Its status does not tell of what it takes for harmless; its report does.
	! grep -qE '^ *\[[ACD]\] ' "$scratch/difference" || verdict=incompatible
	if [ "$verdict" = incompatible ] && awk -f tests/abi/compatible.awk "$scratch/difference"; then
		verdict=added
	fi
}

explain()
{
	cat "$scratch/difference"
	if [ "$verdict" = added ]; then
		cat <<'TEXT'

The interface has grown, and tests/abi/libpooltoy.abi does not know of it. If that is meant:
  1. NEWS.md and the manual pages say what is new;
  2. lib/local.mk: -version-info C:R:A becomes C+1:0:A+1, once between two releases;
  3. debian/libpooltoy0.symbols: each function that is new, or takes a structure that has grown, with the next
     version;
  4. ./bootstrap abi-baseline, and commit the stored interface with all of it.
TEXT
	else
		cat <<'TEXT'

The interface has changed so that programs built before may break. Find another way: a new function, a field
at the end of a structure that begins with its size. If there is none:
  1. NEWS.md says what breaks, and what its users have to do;
  2. lib/local.mk: -version-info C:R:A becomes C+1:0:0: another soname, and another node in lib/pooltoy.map;
  3. debian/: files, folder and package are named after the soname (tests/packaging/debian.sh tells which);
  4. ./bootstrap abi-baseline, and commit the stored interface with all of it.
TEXT
	fi
}

check()
{
	describe . "$scratch/present.abi"
	compare "$scratch/present.abi"
	[ "$verdict" = same ] || {
		explain
		return 1
	}
	echo "$(grep -c '<elf-symbol ' "$stored") exported functions as stored"
}

# mistake VERDICT NAME FILE SED-SCRIPT [FILE SED-SCRIPT]...: a change to a copy of the library must give that verdict.
mistake()
{
	wanted=$1 name=$2
	shift 2
	rm -rf "$scratch/tree" && mkdir "$scratch/tree"
	cp -r include lib "$scratch/tree"
	while [ $# -gt 0 ]; do
		cp "$scratch/tree/$1" "$scratch/before"
		sed -i -E "$2" "$scratch/tree/$1"
		! cmp -s "$scratch/before" "$scratch/tree/$1" || {
			echo "abi.sh: $name: nothing in $1 to change" >&2
			exit 2
		}
		shift 2
	done
	describe "$scratch/tree" "$scratch/mistake.abi"
	compare "$scratch/mistake.abi"
	if [ "$verdict" = "$wanted" ]; then
		echo "$name caught"
	else
		echo "$name missed"
		echo "abi.sh: $name: $verdict, and not $wanted" >&2
		cat "$scratch/difference" >&2
	fi
}

mistakes()
{
	mistake incompatible field_removed \
		include/pooltoy/status.h '/^\tuint64_t timeouts;/d' lib/api_status.c '/status->timeouts/d'
	mistake incompatible field_inserted include/pooltoy/pool.h 's/^\tint max_overflow;/\tint inserted;\n&/'
	mistake incompatible field_retyped include/pooltoy/pool.h 's/^\tint size;/\tlong size;/'
	mistake incompatible field_appended_where_no_size_is_known \
		include/pooltoy/lease.h 's/^\tuint64_t generation;/&\n\tuint64_t appended;/'
	mistake incompatible function_removed lib/pooltoy.map '/pooltoy_pool_revive;/d'
	mistake incompatible parameter_added \
		include/pooltoy/pool.h 's/(int pooltoy_kill_worker\(.*)\);/\1, int more);/' \
		lib/api_pool.c 's/^(int pooltoy_kill_worker\(.*)\)/\1, int more)/'
	mistake incompatible enum_renumbered include/pooltoy/pool.h 's/^\tPOOLTOY_LIFO,/\tPOOLTOY_RANDOM,\n&/'
	mistake incompatible callback_changed \
		include/pooltoy/worker.h 's/(void \(\*terminate\)\(.*), int reason\)/\1, long reason)/'
	mistake incompatible symbol_version_moved lib/pooltoy.map 's/POOLTOY_0/POOLTOY_1/'
	mistake added field_appended \
		include/pooltoy/pool.h 's/^\tint stack_wait;/&\n\tsize_t appended;/'
	mistake added function_added \
		lib/pooltoy.map 's/^\tpooltoy_walk;/&\n\tpooltoy_added;/' \
		include/pooltoy/status.h 's/^POOLTOY_END_DECLS/POOLTOY_API int pooltoy_added(void);\n&/' \
		lib/api_status.c '1s/^/int pooltoy_added(void);\nint pooltoy_added(void) { return 0; }\n/'
	mistake added enum_appended \
		include/pooltoy/event.h 's/^(\tPOOLTOY_EVENT_CLIENT_OVER_QUOTA)$/\1, POOLTOY_EVENT_MORE/'
}

case ${1-} in
baseline)
	describe . "$stored"
	git diff --stat -- "$stored" || :
	;;
check) check ;;
mistakes) mistakes ;;
*)
	sed -n '3,7s/^# \{0,1\}//p' "$0" >&2
	exit 2
	;;
esac
