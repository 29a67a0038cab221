#!/bin/sh
# SPDX-License-Identifier: MIT
# fuzz.sh SECONDS [FOLDER]: libFuzzer on the control socket's parser, with clang's sanitizers of addresses and undefined
# behaviour. Fails with what breaks it, whose input is left in FOLDER. The last line says how
# many inputs it has tried.
#
# fuzz.sh link FOLDER: only builds it there, of the same sources, with $CC and a main of its own.
set -eu
seconds=${1:?seconds}
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=${2:-$(mktemp -d)}
mkdir -p "$folder/corpus"
cd "$folder"

# sources_of NAME FILE: the C sources in the list NAME of FILE, a makefile that stands in their folder.
sources_of()
{
	awk -v name="$1" -v folder="${2%/*}" '
		$1 == name { inside = 1 }
		inside {
			for (i = 1; i <= NF; i++)
				if (sub(/^%D%/, folder, $i) && $i ~ /\.c$/) print $i
			inside = /\\$/
		}' "$2"
}

# compile COMPILER FLAG...
compile()
{
	# shellcheck disable=SC2046 # flags are meant to split
	"$@" -std=c11 -D_GNU_SOURCE -I"$root/include" -iquote "$root/control" $(pkg-config --cflags jansson) \
		$(sources_of fuzz_sources "$root/tests/fuzz/local.mk") \
		$(sources_of control_pure "$root/control/local.mk") \
		$(pkg-config --libs jansson) -o fuzz_conversation
}

if [ "$seconds" = link ]; then
	compile "${CC:-cc}" -DFUZZ_REPLAY
	exit
fi
compile clang -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
./fuzz_conversation -max_total_time="$seconds" -max_len=9000 -timeout=10 -print_final_stats=1 -verbosity=0 \
	-dict="$root/tests/fuzz/dictionary" corpus "$root/tests/fuzz/seeds" >log 2>&1 || {
	cat log
	exit 1
}
awk '/number_of_executed_units/ { print $2, "inputs" }' log
