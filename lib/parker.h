/* SPDX-License-Identifier: MIT */
/* parker.h: the one place where a thread waits: parks until it is unparked, or until a deadline. */
#ifndef POOLTOY_LIB_PARKER_H
#define POOLTOY_LIB_PARKER_H

#include "sync.h"

/*
 * A parker holds at most one token. parker_unpark leaves it, parker_park takes it, and waits for it
 * if there is none. One thread at a time parks; any number unpark. A token may be left over from an
 * earlier matter: who parks looks at what it waits for in a loop.
 *
 * Who unparks may do so after the thread has moved on, or ended: parkers got by parker_acquire are
 * type-stable, never given back to the system, only to other threads. A parker embedded in an
 * object lives as long as that.
 */
enum parker_state { PARKER_EMPTY, PARKER_TOKEN, PARKER_PARKED };

/* Another place to sleep than the condition variable, for a thread that has descriptors to listen to. */
struct parker_bed {
	/* By the owner: until it is woken, or has heard something, or false once the deadline (ns) has
	 * passed. May wake for no reason. */
	bool (*sleep_in)(struct parker_bed *bed, uint64_t deadline);
	void (*wake)(struct parker_bed *bed);
};

struct parker {
	SYNC_LINE_ALIGNED sync_atomic(int) state;
	unsigned token_spins; /* the owner's: how many looks for a token before it sleeps; adapts */
	struct sync_mutex mutex;
	struct parker_bed *bed; /* constant; NULL: it sleeps on the condition variable */
	struct sync_cond cond;
	/* On a line that who rouses does not look at, the owner's: */
	unsigned spins;           /* the same for a condition, in parker_spin */
	unsigned max_spins;       /* of both, at most; 0: it sleeps at once */
	struct parker *next_free; /* guarded by the lock of the free parkers */
};

/* Looks before a sleep, at most, unless said otherwise: some 50 us. */
enum { PARKER_MAX_SPINS = 2000 };

/* 0 or an errno value. */
int parker_init(struct parker *parker);
void parker_destroy(struct parker *parker);

/*
 * Waits for the token and takes it: true. False once the deadline (ns, SYNC_NEVER) has passed
 * without one. What another thread wrote before parker_unpark is visible afterwards. A cancellation
 * point, with no lock held when cleanup handlers run.
 */
bool parker_park(struct parker *parker, uint64_t deadline);

/*
 * The same for a thread that waits for a condition which another one makes true by a sequentially
 * consistent write, and then calls parker_rouse: as long as nobody sleeps, the two share no more than
 * what the condition looks at. True when it holds, or when there was a token; the caller looks.
 */
typedef bool parker_condition(void *argument);
bool parker_await(struct parker *parker, parker_condition *holds, void *argument,
		  uint64_t deadline);

/* Takes the token, if there is one. */
bool parker_take_token(struct parker *parker);

/* The part of parker_await in which it does not sleep: whether there is something to look at. */
bool parker_spin(struct parker *parker, parker_condition *holds, void *argument);

/* For who sleeps by other means after parker_spin: how long (ns), so that it spins better. */
void parker_learn_from_sleep(struct parker *parker, uint64_t slept);

/* Leaves the token; wakes the thread that is parked. Pairs with parker_park. Blocks no longer than a lock is held. */
void parker_unpark(struct parker *parker);

/* After the condition was made true: wakes the thread if it sleeps. Pairs with parker_await. */
static inline void parker_rouse(struct parker *parker)
{
	/* Sequentially consistent, as the write before it: either the sleeper's last look sees that
	 * write, or this one sees the sleeper. */
	if (sync_load(&parker->state, seq_cst) == PARKER_PARKED)
		parker_unpark(parker);
}

/* A free parker for the calling thread, or NULL without memory; and its way back. */
struct parker *parker_acquire(void);
void parker_release(struct parker *parker);

/* Around a fork, so that the child finds the free parkers whole. By the thread that forks. */
void parker_fork_prepare(void);
void parker_fork_parent(void);
void parker_fork_child(
	void); /* forgets the free ones: another thread may have held a lock in one */

/* Frees all free parkers. For a process that is about to end, and for the explorer between
 * schedules. */
void parker_free_all(void);

#endif
