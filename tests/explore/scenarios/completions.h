/* SPDX-License-Identifier: MIT */
/* completions.h: numbered operations on a pool of doublers, and laws over their completions. */
#ifndef EXPLORE_SCENARIOS_COMPLETIONS_H
#define EXPLORE_SCENARIOS_COMPLETIONS_H

#include "acts.h"

enum { COMPLETIONS_MAX = 8, COMPLETIONS_NOT_TOLD = 1 };

/* Besides those of acts.h, as which completions are seen. */
enum completions_sight {
	COMPLETIONS_CANCELLED = ACT_SIGHTS,
	COMPLETIONS_CLOSED,  /* the client was */
	COMPLETIONS_REFUSED, /* by the start */
	COMPLETIONS_TOO_LATE /* to cancel */
};

/* As pools_open, with a queue; no operation has been started. */
void completions_open(struct pooltoy_pool_spec spec);
/* For .setup: pools of one worker; the same, and it is held (act_held); and a checkout waits for it, for
 * ever, or with a deadline; or it is leased to the queue, and runs call 1, for ever, or with a deadline. */
void completions_open_one(void);
void completions_open_and_hold(void);
void completions_open_waiting(void);
void completions_open_waiting_a_while(void);
void completions_open_calling(void);
void completions_open_calling_a_while(void);

/* Starts operation `number`, below COMPLETIONS_MAX: 0 or the error. */
int completions_checkout(int number, int timeout_ms);
int completions_checkout_for(struct pooltoy_client *client, int number, int timeout_ms);
int completions_call(int number, const struct pooltoy_lease *lease, int timeout_ms);
int completions_submit(int number);

/* Waits as a server does, by the descriptor, and takes up to `max`: leases are checked in. */
void completions_take(unsigned max);
/* The same until each that was started has been told of. */
void completions_await(void);
/* What operation `number` has come to; or COMPLETIONS_NOT_TOLD. */
int completions_code(int number);
/* The lease in act_held is the queue's. */
void completions_lease(void);

/* For .setup: as the first, third and last but one above, with operation 1 by a token. */
void completions_open_token(void);
void completions_open_waiting_by_token(void);
void completions_open_calling_by_token(void);

/* For .fibers. */
void completions_checkout_1(void); /* for ever; it must start */
void completions_checkout_2(void);
void completions_checkout_2_perhaps(void); /* the pool may be at its end */
void completions_submit_3(void);
void completions_submit_3_perhaps(void);
void completions_cancel_1(void);            /* and see */
void completions_checkout_1_by_token(void); /* which may be cancelled before */
void completions_cancel_token(void);
void completions_close_token(void);
void completions_cancel_and_close_token(void);
void completions_serve_1(void); /* takes until that has been told of */
void completions_serve_1_and_2(void);
void completions_close_queue(void);   /* whatever is under way */
void completions_check_in_held(void); /* if the lease lives */

/*
 * For .finish: each that was started has been told of once, and what of; the worker serves; as
 * pools_close. The first waits for them; the second is for pools that end themselves; the third for a
 * queue that has been closed: it sees whether something of it was cancelled, or was not.
 */
void completions_await_and_close(void);
void completions_see_and_close(void);
void completions_close_after_queue(void);

#endif
