/* SPDX-License-Identifier: MIT */
/* stage.h: a case of the supervision rules: a table of what is done when, and what must follow. */
#ifndef SUPERVISION_STAGE_H
#define SUPERVISION_STAGE_H

#include "explore.h"

#include <pooltoy.h>

/*
 * Each case has a supervisor with two pools, on virtual time:
 *  - pool A is what its steps are about;
 *  - pool B stands by, with a lease that is held throughout. After each step it must be untouched:
 *    its instance, its lease, its counts, no event.
 *
 * A step: at this time (ns since the case began), when all that is due by then has happened, does
 * something. When all that follows at that very time has happened, pool A must be in that state,
 * and since the step before there must have been just that news. So a change is pinned to the
 * nanosecond by a step before it without news.
 *
 *	{ 5 * S, KILL_MANAGER, "ready #2: 1 idle", "crashed, restarted, 1 up, 1 left" },
 *
 * State: the pool's, its instance, and how many workers (or waiting clients) are where, if any; ""
 * is not looked at. News: events, the callbacks' doings and answers of calls, in the order of
 * news.c, each with its count or duration. Neither depends on the schedule, and each case runs in
 * many.
 */
struct step {
	uint64_t at;
	int (*act)(const struct step *step);
	unsigned by; /* 0: the driver; else a client, who does it while the steps go on */
	int number;  /* to `act` */
	const char *state, *news;
};

#define NS UINT64_C(1)
#define MS (1000000 * NS)
#define S  (1000 * MS)

enum { CLIENTS = 3 };

struct story {
	struct pooltoy_pool_spec pool; /* A's; name, worker and argument are filled in */
	const struct step *steps;
	unsigned count;
};

/* What happens. */
int look(const struct step *step); /* nothing */
int start_pool(const struct step *step);
int kill_manager(const struct step *step);
int kill_worker(const struct step *step); /* by its index */
int kill_supervisor(const struct step *step);
int revive(const struct step *step);
int refuse_threads(const struct step *step); /* 1: from now on, 0: no longer */
int refuse_memory(const struct step *step);

#define LOOK            look, 0, 0
#define START           start_pool, 0, 0
#define KILL_MANAGER    kill_manager, 0, 0
#define KILL_WORKER(n)  kill_worker, 0, n
#define KILL_SUPERVISOR kill_supervisor, 0, 0
#define REVIVE          revive, 0, 0
#define REFUSE_THREADS  refuse_threads, 0, 1
#define GRANT_THREADS   refuse_threads, 0, 0
#define REFUSE_MEMORY   refuse_memory, 0, 1
#define GRANT_MEMORY    refuse_memory, 0, 0

/* What clients do; each has one lease at a time. A stop is a client's, too, since it waits. */
int checkout(const struct step *step); /* within so many ms; 0: a try; -1: waits forever */
int checkin(const struct step *step);
int call(const struct step *step);      /* that takes so many ms, unless interrupted */
int deaf_call(const struct step *step); /* the same, and hears no interrupt */
int broken_call(const struct step *step);
int stop_pool(const struct step *step); /* within so many ms; -1: the pool's shutdown */
int stop_supervisor(const struct step *step);

#define TRY(client)                 checkout, client, 0
#define CHECKOUT(client, ms)        checkout, client, ms
#define CHECKIN(client)             checkin, client, 0
#define CALL(client, ms)            call, client, ms
#define DEAF_CALL(client, ms)       deaf_call, client, ms
#define BROKEN_CALL(client)         broken_call, client, 0
#define STOP(client, ms)            stop_pool, client, ms
#define STOP_SUPERVISOR(client, ms) stop_supervisor, client, ms
#define START_BY(client)            start_pool, client, 0

/* What A's workers do from now on. */
int inits_fail(const struct step *step); /* so many; -1: all */
int inits_take(const struct step *step); /* ms */
int terminates_take(const struct step *step);
int terminate_0_takes(const struct step *step); /* that of worker 0 alone */

#define INITS_FAIL(n)         inits_fail, 0, n
#define INITS_TAKE(ms)        inits_take, 0, ms
#define TERMINATES_TAKE(ms)   terminates_take, 0, ms
#define TERMINATE_0_TAKES(ms) terminate_0_takes, 0, ms

#define FOREVER 3600000 /* ms: longer than any case */

/*
 * A case: its name says what holds here; `rule` is OTP's: a test case of its supervisor_SUITE, or a
 * sentence of its documents, and where this library differs. Then pool A's SPEC, and the steps.
 */
#define SPEC(...) \
	{ \
		.struct_size = sizeof(struct pooltoy_pool_spec), __VA_ARGS__ \
	}
#define CASE(title, rule, spec, ...) \
	static const struct step title##_steps[] = { __VA_ARGS__ }; \
	static const struct story title##_story = { spec, title##_steps, \
						    sizeof title##_steps / sizeof(struct step) }; \
	static void set_up_##title(void) \
	{ \
		stage_set(&title##_story); \
	} \
	EXPLORE_SCENARIO(title) = { .story = rule, \
				    .setup = set_up_##title, \
				    .finish = stage_clear, \
				    .fibers = { { "driver", stage_drive, false }, \
						{ "client 1", stage_client_1, false }, \
						{ "client 2", stage_client_2, false }, \
						{ "client 3", stage_client_3, false } }, \
				    .sights = { "its steps were taken" }, \
				    .bound = 1, \
				    .delays = true, \
				    .cap = STAGE_SCHEDULES, \
				    .by_chance = STAGE_SCHEDULES, \
				    .max_steps = STAGE_STEPS, \
				    .no_jitter = true }

/* stage.c */
enum { STAGE_SCHEDULES = 100, STAGE_STEPS = 100000 };
void stage_set(const struct story *story);
void stage_drive(void);
void stage_client_1(void);
void stage_client_2(void);
void stage_client_3(void);
void stage_clear(void);

#endif
