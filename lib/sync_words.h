/* SPDX-License-Identifier: MIT */
/* sync_words.h: what a child writes to its stdout and stderr. */
#ifndef POOLTOY_LIB_SYNC_WORDS_H
#define POOLTOY_LIB_SYNC_WORDS_H

#include "sync_child.h"

enum { WORDS_KEPT = 512 };

/*
 * Two ends: the server's, from which it reads and whose flags the child cannot reach, and the child's.
 * Sockets: who writes to a pipe locks it while the kernel reads his memory, which he can have take for
 * ever (a file system of his own, userfaultfd(2)), and who reads waits for that lock, unkillable. But
 * sockets that take no descriptors (Linux 6.16): who reads closes those that were passed to him, which
 * may take for ever, too, and any program can have it so. Without such sockets it is a pipe.
 */
struct sync_words {
	int ours, theirs; /* or -1 */
	char tail[WORDS_KEPT];
	size_t tail_length;
};

/* 0, or an errno value; to be closed in either case. */
int sync_words_open(struct sync_words *words);
void sync_words_close(struct sync_words *words);

/* Takes a part of what there is, and says it on the server's stderr, if that takes it at once; whether there was any. */
bool sync_words_take(struct sync_words *words);

/* The last lines that fit, on one. */
void sync_words_describe(const struct sync_words *words, char *text, size_t size);

#endif
