/* SPDX-License-Identifier: MIT */
/* waiting.c: the explorer on itself: locks, deadlines, spurious wakeups, yielding. */
#include "explore.h"

static struct sync_mutex first, second;
static struct sync_cond cond;
static sync_atomic(int) flag;
static bool ready;
static uint64_t began;

static void set_up(void)
{
	sync_mutex_init(&first, RANK_SUPERVISOR);
	sync_mutex_init(&second, RANK_QUEUE);
	sync_cond_init(&cond);
	sync_store(&flag, 0, relaxed);
	ready = false;
	began = sync_now();
}

/* Lock order. */

static void in_order(void)
{
	sync_mutex_lock(&first);
	sync_mutex_lock(&second);
	sync_mutex_unlock(&second);
	sync_mutex_unlock(&first);
}

static void against_order(void)
{
	sync_mutex_lock(&second);
	sync_mutex_lock(&first);
	sync_mutex_unlock(&first);
	sync_mutex_unlock(&second);
}

EXPLORE_SCENARIO(engine_lock_order) = {
	.story = "two locks are taken in both orders: found in the first schedule, by their ranks",
	.setup = set_up,
	.fibers = { { "one", in_order, false }, { "other", against_order, false } },
	.must_fail = "lock order",
};

/* Each goes on once the other has said something, and looks for that at once. */

static sync_atomic(int) said[2];

static void nothing_is_said(void)
{
	sync_store(&said[0], 0, relaxed);
	sync_store(&said[1], 0, relaxed);
}

static void says_and_waits(void)
{
	sync_store(&said[0], 1, release);
	sync_yield_until(sync_load(&said[1], acquire));
	explore_saw(0);
}

static void waits_and_says(void)
{
	sync_yield_until(sync_load(&said[0], acquire));
	sync_store(&said[1], 1, release);
}

EXPLORE_SCENARIO(engine_yields_both_ways) = {
	.story = "what a thread has done before it yields is seen by those who yield already",
	.setup = nothing_is_said,
	.fibers = { { "says and waits", says_and_waits, false },
		    { "waits and says", waits_and_says, false } },
	.sights = { "heard" },
	.bound = 3,
};

/* A deadlock that no ranks tell of. */

static void waits_with_a_lock(void)
{
	sync_mutex_lock(&first);
	sync_yield_until(sync_load(&flag, acquire));
	sync_mutex_unlock(&first);
}

static void needs_the_lock(void)
{
	sync_mutex_lock(&first);
	sync_mutex_unlock(&first);
	sync_store(&flag, 1, release);
}

EXPLORE_SCENARIO(engine_deadlock) = {
	.story = "one waits, with a lock, for another that needs the lock: found in some schedules",
	.setup = set_up,
	.fibers = { { "needs", needs_the_lock, false }, { "waits", waits_with_a_lock, false } },
	.must_fail = "deadlock: main in join &threads[i]",
};

/* Time. */

enum { WAIT_NS = 5000 };
enum { SIGNALLED, TIMED_OUT };

static void waits_until_a_deadline(void)
{
	sync_mutex_lock(&first);
	while (!ready) {
		if (!sync_cond_wait_until(&cond, &first, began + WAIT_NS)) {
			EXPLORE_CHECK(sync_now() == began + WAIT_NS);
			break;
		}
	}
	explore_saw(ready ? SIGNALLED : TIMED_OUT);
	sync_mutex_unlock(&first);
}

static void signals(void)
{
	sync_mutex_lock(&first);
	ready = true;
	sync_cond_signal(&cond);
	sync_mutex_unlock(&first);
}

static void stays_away(void)
{
}

static void time_has_not_passed(void)
{
	EXPLORE_CHECK(sync_now() == began);
}

static void time_has_passed(void)
{
	EXPLORE_CHECK(sync_now() == began + WAIT_NS);
}

EXPLORE_SCENARIO(engine_timeout_and_signal) = {
	.story = "a deadline may come before a signal, at any point",
	.setup = set_up,
	.fibers = { { "waits", waits_until_a_deadline, false }, { "signals", signals, false } },
	.sights = { [SIGNALLED] = "signalled", [TIMED_OUT] = "timed out" },
	.budget = { .timeouts = 1, .spurious = 1 },
};

EXPLORE_SCENARIO(engine_signal_in_time) = {
	.story = "without disturbances time passes only when nobody can go on: the signal comes "
		 "first",
	.setup = set_up,
	.fibers = { { "waits", waits_until_a_deadline, false }, { "signals", signals, false } },
	.finish = time_has_not_passed,
	.sights = { [SIGNALLED] = "signalled" },
};

EXPLORE_SCENARIO(engine_deadline) = {
	.story = "nobody signals: the deadline comes",
	.setup = set_up,
	.fibers = { { "waits", waits_until_a_deadline, false }, { "away", stays_away, false } },
	.finish = time_has_passed,
	.sights = { [TIMED_OUT] = "timed out" },
};

/* Cancellation. */

static void unlock(void *mutex)
{
	sync_mutex_unlock(mutex);
	explore_saw(0);
}

static void waits_for_ever(void)
{
	sync_mutex_lock(&first);
	sync_cleanup_push(unlock, &first);
	while (!ready)
		sync_cond_wait_until(&cond, &first, SYNC_NEVER);
	sync_cleanup_pop(false);
	sync_mutex_unlock(&first);
	explore_saw(1);
}

EXPLORE_SCENARIO(engine_cancel) = {
	.story = "who is cancelled in a wait has its mutex, and its cleanup handlers run",
	.setup = set_up,
	.fibers = { { "waits", waits_for_ever, true }, { "signals", signals, false } },
	.sights = { "cancelled", "served" },
	.budget = { .cancels = 1 },
};

static void waits_uncancelled(void)
{
	int before = sync_cancel_disable();

	sync_mutex_lock(&first);
	while (!ready)
		sync_cond_wait_until(&cond, &first, SYNC_NEVER);
	sync_mutex_unlock(&first);
	sync_cancel_restore(before);
	explore_saw(0);
}

EXPLORE_SCENARIO(engine_cancel_disabled) = {
	.story = "with cancellation disabled, nobody is cancelled",
	.setup = set_up,
	.fibers = { { "waits", waits_uncancelled, true }, { "signals", signals, false } },
	.sights = { "served" },
	.budget = { .cancels = 1 },
};

/* A wait without a loop around it. */

static void waits_once(void)
{
	sync_mutex_lock(&first);
	if (!ready)
		sync_cond_wait_until(&cond, &first, SYNC_NEVER);
	EXPLORE_CHECK(ready);
	sync_mutex_unlock(&first);
}

EXPLORE_SCENARIO(engine_spurious_wakeup) = {
	.story = "a wait that is not in a loop: found by a spurious wakeup",
	.setup = set_up,
	.fibers = { { "waits", waits_once, false }, { "signals", signals, false } },
	.budget = { .spurious = 1 },
	.must_fail = "waits_once",
};
