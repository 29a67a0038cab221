/* SPDX-License-Identifier: MIT */
/* accesses.h: which lines of memory pass from one thread to another. */
#ifndef BENCH_LINES_ACCESSES_H
#define BENCH_LINES_ACCESSES_H

#include <stdbool.h>

/*
 * All code that is compiled with -fsanitize=thread is followed, and mutexes are: the compiler has each access call a
 * function, which here is ours. A line has passed to a thread that reads it after another one has written it, or
 * writes it after another one has read or written it: what costs a transfer between processors, if each thread has
 * one of its own. So this is a count, the same on any machine, whatever its processors are.
 */
struct accesses {
	unsigned long all;       /* loads and stores, of plain and of atomic objects */
	unsigned long exclusive; /* atomic read-modify-writes, and mutexes locked */
	unsigned long read;      /* lines that passed to who reads */
	unsigned long written;   /* lines that passed to who writes */
};

/* Of all threads, from now on. */
void accesses_begin(void);
struct accesses accesses_end(void);

#endif
