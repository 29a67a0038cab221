#!/bin/sh
# SPDX-License-Identifier: MIT
# replay.sh: inputs that fuzzing has found, or begins with, are taken as they should be.
. "$(dirname "$0")/../packaging/tap.sh"

replay()
{
	"$builddir/tests/fuzz/fuzz_conversation" "$srcdir"/tests/fuzz/seeds/*
}

# What the fuzzer is built of, without clang.
links()
{
	sh "$srcdir/tests/fuzz/fuzz.sh" link "$scratch/linked" &&
		"$scratch/linked/fuzz_conversation" "$srcdir"/tests/fuzz/seeds/*
}

knows_all_methods()
{
	sed -n 's/.*{ "\([a-z_]*\)", answer_.*/\1/p' "$srcdir/control/dispatcher.c" >"$scratch/methods"
	[ -s "$scratch/methods" ] || return
	while read -r method; do
		grep -qF "\"$method\\\"" "$srcdir/tests/fuzz/dictionary" || echo "the dictionary lacks $method"
		grep -qF "\"method\":\"$method\"" "$srcdir"/tests/fuzz/seeds/* || echo "no seed has $method"
	done <"$scratch/methods" >"$scratch/lacks"
	nothing_in "$scratch/lacks"
}

check 'the inputs that are kept' replay
check 'what is fuzzed links' links
check 'dictionary and seeds know all methods' knows_all_methods
done_testing
