/* SPDX-License-Identifier: MIT */
/* acts.h: what clients, killers and set-ups of many scenarios on whole pools do. */
#ifndef EXPLORE_SCENARIOS_ACTS_H
#define EXPLORE_SCENARIOS_ACTS_H

#include "pools.h"

/*
 * Answers of the library as sights: a scenario names those that it expects, by these numbers; any
 * other answer fails it. Its own sights begin at ACT_SIGHTS.
 */
enum act_sight {
	SERVED,
	STALE,
	CRASHED,
	STOPPED,
	TIMED_OUT,
	FAILED,
	RESTARTED, /* by act_close_whether_restarted_or_not */
	UNHURT,
	ACT_SIGHTS
};
void act_see(int code);

/* Set-ups, for .setup. */
void act_open_one(void); /* a pool of one worker; the same in the others */
void act_open_and_hold(void);
void act_open_slow(void);      /* calls take until the first interrupt */
void act_open_and_break(void); /* the first call breaks its worker */

/* Clients, for .fibers. All check that the library answers as it should. */
extern struct pooltoy_lease act_held; /* by act_open_and_hold */
void act_check_in_held(void);         /* and see */
void act_use(void);                   /* it must be good */
void act_use_and_see(void);
void act_pass(void); /* check out, then in; the lease may turn stale meanwhile */
void act_hold(struct pooltoy_lease *lease);
void act_hold_until_both_do(void); /* checks in once another client holds one, too; and sees */
void act_hold_and_end(void);       /* as a client that dies */

/* Killers. */
void act_kill_manager(void);
void act_kill_manager_if_up(void); /* the pool may be in backoff, failed or stopped */
void act_kill_worker(void);        /* number 0, if it is there */
void act_kill_supervisor(void);
void act_stop(void);

/* Ends, for .finish. */
void act_use_and_close(void);
/* A lease of a worker that is about to end may turn stale, and its call crash: tries again. */
void act_serve(void);
void act_serve_and_close(void);
void act_close_after_restart(void); /* of the pool: waits for it */
/* The same where a manager may die or not, as the budget allows; and sees which. */
void act_close_whether_restarted_or_not(void);
void act_close_after_kill_of_supervisor(void);

#endif
