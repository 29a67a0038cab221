/* SPDX-License-Identifier: MIT */
/* subject.h: what a subject written in C or C++ offers to be measured by; scenarios/ drives it. */
#ifndef POOLTOY_TESTS_BENCH_SUBJECT_H
#define POOLTOY_TESTS_BENCH_SUBJECT_H

#include <stdint.h>
#include "scenarios/scenario.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a checkout gave: a lease, or a pointer. */
struct holding {
	uint64_t word[2];
};

/*
 * Pools of resources that one thread at a time may use. A set is `pools` pools of `workers` each;
 * checkout blocks.
 */
struct pool_ops {
	void *(*open)(const struct order *order);
	void (*close)(void *set);
	/* `turns` times checkout and checkin, with nothing in between, from pool 0; or, if the order
	 * says in_turn, from one pool after the other. A loop of the subject's own, so that what is
	 * measured is a call as the subject's users make it. */
	void (*turns)(void *set, uint64_t turns);
	void (*checkout)(void *set, struct holding *holding);
	void (*checkin)(void *set, const struct holding *holding);
};

/* Callers, each with a thread that answers it eight bytes for eight. */
struct call_ops {
	void *(*open)(const struct order *order);
	void (*close)(void *set);
	/* The caller's own thread joins and leaves; what join returns is for `calls` alone. */
	void *(*join)(void *set, unsigned caller);
	void (*leave)(void *line);
	void (*calls)(void *line, uint64_t calls);
};

/* Tasks that some worker thread runs. */
struct task_ops {
	void *(*open)(const struct order *order);
	void (*close)(void *set);
	void (*submit)(void *set, unsigned producer, void (*function)(void *argument),
		       void *argument);
	/* If a producer has to do something for its tasks to be finished; may be NULL. */
	void (*drain)(void *set, unsigned producer);
};

struct subject {
	const char *name;
	/* NULL: the subject has nothing of the kind. */
	const struct pool_ops *pool;
	const struct call_ops *call;
	const struct task_ops *task;
	/* Scenarios of the subject's own; ends with NULL. */
	const struct scenario *const *scenarios;
};

/* Each subject is a program of its own, which defines this. */
extern const struct subject subject;

#ifdef __cplusplus
}
#endif

#endif
