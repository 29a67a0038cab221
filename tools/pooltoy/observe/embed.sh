#!/bin/sh
# SPDX-License-Identifier: MIT
# embed.sh FILE...: writes C that has the files' bytes, as files.h declares them, to the output.
set -eu
printf '/* Made by embed.sh. */\n#include "files.h"\n'
number=0
for file; do
	number=$((number + 1))
	printf '\nstatic const unsigned char bytes_%d[] = {\n' "$number"
	od -An -v -tu1 "$file" | sed 's/  *\([0-9][0-9]*\)/\1,/g'
	printf '};\n'
done
printf '\nconst struct page_file page_files[] = {\n'
number=0
for file; do
	number=$((number + 1))
	printf '\t{ "%s", bytes_%d, sizeof bytes_%d },\n' "${file##*/}" "$number" "$number"
done
printf '\t{ NULL, NULL, 0 }\n};\n'
