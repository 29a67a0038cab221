/* SPDX-License-Identifier: MIT */
/* corpus.h: the text that is searched: a directory of C headers, as a full-text index in SQLite. */
#ifndef SEARCHD_CORPUS_H
#define SEARCHD_CORPUS_H

#include <stddef.h>

struct corpus_size {
	long files;
	long paragraphs;
	size_t bytes;
};

/*
 * Builds the database at `path`, which must not exist, from the headers below `directory`: those
 * near its top first, in alphabetical order, up to about `max_bytes` of text. Returns 0, or -1
 * after having said why on stderr; then there is no such file.
 */
int corpus_build(const char *path, const char *directory, size_t max_bytes,
		 struct corpus_size *size);

#endif
