#!/bin/sh
# SPDX-License-Identifier: MIT
# fuzz.sh SECONDS [FOLDER]: libFuzzer on the control socket's parser, with clang's sanitizers of addresses and undefined
# behaviour. Fails with what breaks it, whose input is left in FOLDER. The last line says how
# many inputs it has tried.
set -eu
seconds=${1:?seconds}
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=${2:-$(mktemp -d)}
mkdir -p "$folder/corpus"
cd "$folder"
# shellcheck disable=SC2046 # flags are meant to split
clang -std=c11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
	-I"$root/include" -iquote "$root/control" $(pkg-config --cflags jansson) \
	"$root"/tests/fuzz/fuzz_conversation.c "$root"/tests/fuzz/stand_in.c \
	"$root"/control/conversation.c "$root"/control/dispatcher.c "$root"/control/report.c \
	$(pkg-config --libs jansson) -o fuzz_conversation
./fuzz_conversation -max_total_time="$seconds" -max_len=9000 -timeout=10 -print_final_stats=1 -verbosity=0 \
	corpus "$root/tests/fuzz/seeds" >log 2>&1 || {
	cat log
	exit 1
}
awk '/number_of_executed_units/ { print $2, "inputs" }' log
