/* SPDX-License-Identifier: MIT */
/* pools.h: a supervisor with one small pool of doublers, for scenarios on the whole library. */
#ifndef EXPLORE_SCENARIOS_POOLS_H
#define EXPLORE_SCENARIOS_POOLS_H

#include "explore.h"

#include <pooltoy.h>

/* Made by pools_open, gone after pools_close; the laws hold meanwhile (laws.h), and these:
 *  - one thread at a time is in a worker's state, and none after its terminate;
 *  - terminate runs once for each init that succeeded; release once, after all of them;
 *  - callbacks run with no lock held;
 *  - the events told match what the slots did. */
extern struct pooltoy_supervisor *poolsup;
extern struct pooltoy_pool *poolio;

/* What the workers' callbacks did, and the events that were told, in this schedule. */
struct pools_counts {
	unsigned inits, terminates, resets, calls, casts, interrupts, pings;
	unsigned releases;   /* of the user's argument */
	unsigned events[64]; /* by type */
	unsigned holding;    /* clients: act_hold_until_both_do */
};
extern struct pools_counts counts;

/* What the callbacks do besides doubling; zeroed by pools_open, so set it afterwards. */
struct pools_behaviour {
	unsigned break_in_call;  /* this many calls say that they are broken */
	unsigned break_in_reset; /* and resets */
	unsigned fail_in_init;
	unsigned inits_meet;  /* an init waits until so many have begun */
	unsigned calls_meet;  /* a call waits until so many have begun */
	bool calls_take_time; /* a call waits until its worker is to stop, or is interrupted */
	bool calls_await_interrupt; /* a call waits until its worker is interrupted, whoever stops it */
	unsigned break_in_ping;     /* and pings */
	bool pings_take_time;       /* as calls do */
	bool keeps_reset;           /* false: workers have no reset */
};
extern struct pools_behaviour behaviour;

/* Its name and worker are filled in. Returns when `size` workers are idle. */
void pools_open(struct pooltoy_pool_spec spec);
/* The same with callbacks of the caller's own. */
void pools_open_with(const struct pooltoy_worker_ops *ops, struct pooltoy_pool_spec spec);
/* All that was started has ended. A pool that has been stopped already is no error; a supervisor
 * that has been is NULL. */
void pools_close(void);

/* Checks out, calls with a number, checks in; 0 or the first error. */
int pools_double(int number, int timeout_ms);
/* One call: 0, with the answer checked, or its error. */
int pools_call(const struct pooltoy_lease *lease, int number, int timeout_ms);
/* Records that this lease was granted: never twice. */
void pools_granted(const struct pooltoy_lease *lease);

#define POOLS_SPEC(...) \
	((struct pooltoy_pool_spec){ .struct_size = sizeof(struct pooltoy_pool_spec), __VA_ARGS__ })

#endif
