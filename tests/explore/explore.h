/* SPDX-License-Identifier: MIT */
/* explore.h: how a scenario for the explorer is written. */
#ifndef EXPLORE_EXPLORE_H
#define EXPLORE_EXPLORE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <pooltoy/error.h>

#include "sync.h"

/*
 * A scenario is a short file:
 *
 *	static void giver(void) { ... }
 *	static void taker(void) { ... explore_saw(GRANTED); }
 *
 *	EXPLORE_SCENARIO(timeout_against_grant) = {
 *		.story = "a waiter times out while it is granted a slot: one of the two wins",
 *		.setup = set_up,
 *		.fibers = { { "giver", giver }, { "taker", taker, .cancellable = true } },
 *		.law = slots_are_conserved,
 *		.finish = nothing_is_lost,
 *		.sights = { [GRANTED] = "granted", [TIMED_OUT] = "timed out" },
 *		.budget = { .timeouts = 1 },
 *	};
 *
 * It runs thousands of times, each time by another schedule. All that it needs it makes anew in
 * `setup`: static variables keep what the schedule before left in them.
 */

/* How many disturbances a schedule may have besides its preemptions. */
struct explore_budget {
	unsigned timeouts; /* a wait times out now, whatever the other threads could still do */
	unsigned spurious; /* a wait wakes for no reason */
	unsigned cancels;  /* a cancellable fiber is cancelled while it waits */
	unsigned client_deaths; /* a thread of the scenario ends in explore_die_here() */
	/* Threads of the library, known by their names. A worker ends in explore_die_here() inside a
	 * callback, and between callbacks; managers and supervisors end at their mailboxes, while
	 * they wait. No place else is one where they may end (doc/concurrency.md). */
	unsigned worker_deaths;
	unsigned manager_deaths;
	unsigned supervisor_deaths;
	unsigned child_deaths; /* a child process ends, as it waits, or is about to ring its server */
	unsigned no_memory;  /* an allocation fails */
	unsigned no_threads; /* a thread start fails */
	unsigned jumps;      /* the clock jumps by jump_ns as it is read */
	uint64_t jump_ns;
};

struct explore_fiber {
	const char *name;
	void (*body)(void);
	bool cancellable;
};

enum { EXPLORE_MAX_FIBERS = 8, EXPLORE_MAX_SIGHTS = 16 };

struct explore_scenario {
	const char *name; /* by the macro */
	const char *story;

	/* Both run on a thread `main`, before the fibers start and after all have ended, and without
	 * choices. Threads that setup starts must be gone when finish returns. */
	void (*setup)(void);
	void (*finish)(void);
	struct explore_fiber fibers[EXPLORE_MAX_FIBERS];

	/* A law of this scenario alone, held at every scheduling point between setup and finish:
	 * cheap, and no calls that wait. For the laws of all see explore_laws. */
	void (*law)(void);

	/* What must have been seen in some schedule, or the exploration proves nothing. */
	const char *sights[EXPLORE_MAX_SIGHTS];

	struct explore_budget budget;
	int bound; /* preemptions, in the exhaustive mode; 0: 2 */
	/* The bound is one of delays (Emmi and others, 2011): which thread follows one that waits or
	 * ends costs one of it, too. Without it that choice is free, and a scenario with a dozen
	 * threads has no end. */
	bool delays;
	unsigned long cap;  /* schedules of the exhaustive mode in `make check`; 0: 10,000 */
	unsigned long by_chance; /* of the modes by chance there; 0: 2,000 */
	bool no_jitter;          /* sync_random() is always 0 */
	unsigned max_steps; /* one schedule's; more is a livelock; 0: 10,000 */
	const char
		*must_fail; /* it has a bug: exploring must end with this in the failure's text */

	struct explore_scenario *next; /* the explorer's own */
};

enum { EXPLORE_NO_PREEMPTIONS = -1 }; /* for .bound */

#define EXPLORE_SCENARIO(scenario) \
	static struct explore_scenario scenario; \
	static void __attribute__((constructor)) scenario##_is_a_scenario(void) \
	{ \
		explore_register(&scenario, #scenario); \
	} \
	static struct explore_scenario scenario
void explore_register(struct explore_scenario *scenario, const char *name);

/* A law. */
#define EXPLORE_CHECK(condition) \
	do { \
		if (!(condition)) \
			explore_fail("%s:%d: %s", __func__, __LINE__, #condition); \
	} while (0)
void explore_fail(const char *format, ...) POOLTOY_PRINTF(1, 2);

/*
 * Laws from now on, set-up and end included, until they are set again or the schedule ends: at every
 * scheduling point; and whenever nothing can go on before time passes. NULL: none.
 */
void explore_laws(void (*law)(void), void (*when_stalled)(void));

/* For laws: what the calling thread does next; and what was written since they were last held. */
struct explore_step {
	struct fiber_site *site;
	const volatile void *object;
	unsigned thread; /* below 64 */
};
const struct explore_step *explore_next_step(void);
const volatile void *explore_written(void);

/* For the reader of a trace: what lies there. Inside of another one it has the say. */
void explore_name(const volatile void *object, size_t size, const char *format, ...)
	POOLTOY_PRINTF(3, 4);

/* What the scenario is about took place; `sight` is an index of its sights. */
void explore_saw(unsigned sight);

/* A line for the reader of a trace. */
void explore_note(const char *format, ...) POOLTOY_PRINTF(1, 2);

/* Any of 0 ... count - 1: all of them are explored. */
unsigned explore_choose(unsigned count);

/* A point where the calling thread may end, as the budget for its kind allows. */
void explore_die_here(void);

/* The ops that child processes find, whatever their pool calls them. */
extern const void *explore_child_ops;

/* What placing a thread gives: 0, or an errno value. */
extern int explore_placement;

/* For callbacks in a child process: whether it has been killed, and does as soon as they return; and
 * this does not return, until it is. */
bool explore_child_is_killed(void);
void explore_await_child_kill(void);

/* With false no choices are made until the next call; setup and finish begin like that. */
void explore_choices(bool wanted);

/* For callbacks: the calling thread holds no lock of the library. */
bool explore_holds_no_lock(void);

/* From now on no thread starts, no memory is to be had: in every schedule, not by choice. */
void explore_refuse(bool threads, bool memory);

/* For scenarios that know better than the clock: time passes. */
void explore_advance(uint64_t ns);

#endif
