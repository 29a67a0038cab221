/* SPDX-License-Identifier: MIT */
/* wakeup.c: the explorer on itself: a lost wakeup is found, and nothing where there is none. */
#include "explore.h"

enum { PARKED, FOUND_AT_ONCE };

static struct sync_mutex mutex;
static struct sync_cond cond;
static sync_atomic(int) item, waiters;
static bool woken;

static void set_up(void)
{
	sync_mutex_init(&mutex, RANK_QUEUE);
	sync_cond_init(&cond);
	sync_store(&item, 0, relaxed);
	sync_store(&waiters, 0, relaxed);
	woken = false;
}

static void finish(void)
{
	sync_cond_destroy(&cond);
	sync_mutex_destroy(&mutex);
}

static void park(void)
{
	explore_saw(PARKED);
	sync_mutex_lock(&mutex);
	while (!woken)
		sync_cond_wait_until(&cond, &mutex, SYNC_NEVER);
	sync_mutex_unlock(&mutex);
}

static void give(void)
{
	sync_store(&item, 1, seq_cst);
	if (sync_load(&waiters, seq_cst) == 0)
		return;
	sync_mutex_lock(&mutex);
	woken = true;
	sync_cond_signal(&cond);
	sync_mutex_unlock(&mutex);
}

/* Between the look and the count nobody knows that somebody is about to wait. */
static void take_looking_first(void)
{
	if (sync_load(&item, seq_cst)) {
		explore_saw(FOUND_AT_ONCE);
		return;
	}
	sync_fetch_add(&waiters, 1, seq_cst);
	park();
}

static void take_counting_first(void)
{
	sync_fetch_add(&waiters, 1, seq_cst);
	if (sync_load(&item, seq_cst)) {
		explore_saw(FOUND_AT_ONCE);
		return;
	}
	park();
}

EXPLORE_SCENARIO(engine_lost_wakeup) = {
	.story = "a waiter counts itself after it has looked: found",
	.setup = set_up,
	.finish = finish,
	.fibers = { { "giver", give, false }, { "taker", take_looking_first, false } },
	.sights = { "the taker parks", "the taker finds the item at once" },
	.must_fail = "deadlock: main in join &threads[i]",
};

EXPLORE_SCENARIO(engine_wakeup) = {
	.story = "a waiter counts itself before it looks: nothing is found, at bound 3",
	.setup = set_up,
	.finish = finish,
	.fibers = { { "giver", give, false }, { "taker", take_counting_first, false } },
	.sights = { "the taker parks", "the taker finds the item at once" },
	.bound = 3,
};
