/* SPDX-License-Identifier: MIT */
/* limit_child.h: eight bytes there and back between a thread and a child process, over what the
 * kernel has for it. */
#ifndef POOLTOY_TESTS_BENCH_SUBJECTS_LIMIT_CHILD_H
#define POOLTOY_TESTS_BENCH_SUBJECTS_LIMIT_CHILD_H

#include "subjects/subject.h"

/* One side's descriptors, which may be the same. */
struct ends {
	int read, write;
};

/* The subject's own: makes both sides' ends. */
void make_ends(struct ends *caller, struct ends *child);

extern const struct call_ops limit_child_call;

#endif
