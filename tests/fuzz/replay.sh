#!/bin/sh
# SPDX-License-Identifier: MIT
# replay.sh: inputs that fuzzing has found, or begins with, are taken as they should be.
. "$(dirname "$0")/../packaging/tap.sh"

replay()
{
	"$builddir/tests/fuzz/fuzz_conversation" "$srcdir"/tests/fuzz/seeds/*
}

check 'the inputs that are kept' replay
done_testing
