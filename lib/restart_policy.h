/* SPDX-License-Identifier: MIT */
/* restart_policy.h: when a crashed pool, or a worker that fails to start, may be tried again. */
#ifndef POOLTOY_LIB_RESTART_POLICY_H
#define POOLTOY_LIB_RESTART_POLICY_H

#include <stdbool.h>
#include <stdint.h>

/* Pure: told the time (ns) and a random number; for one thread at a time. */

/*
 * Exponential backoff with jitter. The n-th failure in a row waits minimum * 2^(n-1), at most
 * `maximum`, and of that a random part between a half and the whole. A failure more than `memory`
 * after the delay before it ended begins a new row; that is `maximum`, unless set otherwise.
 */
struct backoff {
	uint64_t minimum, maximum, memory;
	bool in_row;
	uint64_t whole; /* the last delay of the row, without jitter */
	uint64_t until; /* its end, with it */
};

void backoff_init(struct backoff *backoff, uint64_t minimum, uint64_t maximum);
/* A failure at `now`: the delay from then on. */
uint64_t backoff_fail(struct backoff *backoff, uint64_t now, uint64_t random);
void backoff_reset(struct backoff *backoff);

/*
 * Restart intensity, as OTP's supervisors have it: up to `intensity` deaths within `period` are
 * restarted at once; one more, and the pool goes to backoff. Deaths exactly `period` apart still
 * count together. From then on each death within a `period` after the last backoff means a longer
 * one, until `give_up_after` has passed since the first: then the next death is the end.
 */
enum restart_verdict { RESTART_NOW, RESTART_AFTER_BACKOFF, RESTART_NEVER };

struct restart_policy {
	unsigned intensity;
	uint64_t period, give_up_after;
	struct backoff backoff;
	bool in_trouble;      /* in a row of backoffs */
	uint64_t since;       /* the first of the row */
	uint64_t *deaths;     /* ring of the last `intensity` + 1 deaths */
	unsigned next, known; /* in the ring */
};

/* False: no memory. */
bool restart_policy_init(struct restart_policy *policy, unsigned intensity, uint64_t period,
			 const struct backoff *backoff, uint64_t give_up_after);
void restart_policy_destroy(struct restart_policy *policy);

/* A death at `now`: what follows, and for RESTART_AFTER_BACKOFF the delay. */
enum restart_verdict restart_policy_death(struct restart_policy *policy, uint64_t now,
					  uint64_t random, uint64_t *delay);

/* Forgets all: the pool was revived. */
void restart_policy_reset(struct restart_policy *policy);

#endif
