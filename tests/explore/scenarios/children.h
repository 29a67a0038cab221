/* SPDX-License-Identifier: MIT */
/* children.h: a pool whose workers are child processes, doublers all. */
#ifndef EXPLORE_SCENARIOS_CHILDREN_H
#define EXPLORE_SCENARIOS_CHILDREN_H

#include "acts.h"

enum children_way {
	CHILDREN_ANSWER,
	CHILDREN_TAKE_TIME,  /* until they are interrupted, or to stop */
	CHILDREN_WAIT,       /* until they are interrupted, the first time */
	CHILDREN_PING_WAITS, /* the same, in a ping alone */
	CHILDREN_HANG,       /* until they are killed */
	CHILDREN_BREAK,      /* "I am broken", the first time */
	CHILDREN_END         /* the handler ends its thread, the first time */
};

/* Set-ups of one worker. `interrupt`: it has one. */
void children_open_with(enum children_way way, bool interrupt, struct pooltoy_pool_spec spec);
void children_open(void);
void children_open_slow(void);    /* CHILDREN_TAKE_TIME */
void children_open_hanging(void); /* CHILDREN_HANG */

/* How often it was so, over all children of this schedule. */
struct children_counts {
	unsigned inits, calls, casts, resets, interrupts, terminates, pings;
	unsigned order[4]; /* 'i', 'c' (call), 'a' (cast), ... as they came; the first few */
	unsigned ordered;
};
extern struct children_counts children;

/* From now on they answer. */
void children_answer(void);

/* The end, for .finish: the pool serves, whatever came before. */
void children_serve_and_close(void);

#endif
