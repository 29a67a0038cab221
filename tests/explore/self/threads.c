/* SPDX-License-Identifier: MIT */
/* threads.c: the explorer on itself: starts, ends, deaths, thread-locals, cleanup. */
#include "explore.h"

SYNC_THREAD_LOCAL(int, own_number);

static struct sync_thread child;
static int cleanups, end_calls, started;

static void set_up(void)
{
	cleanups = end_calls = started = 0;
}

static void count_cleanup(void *argument)
{
	EXPLORE_CHECK(argument == &cleanups);
	EXPLORE_CHECK(end_calls == 0); /* handlers first, then the calls at the thread's end */
	cleanups++;
}

static void count_end_and_arm_again(void *value)
{
	EXPLORE_CHECK(value == &end_calls);
	end_calls++;
	EXPLORE_CHECK(sync_at_thread_end(count_end_and_arm_again, value) == 0);
}

enum { DIED, LIVED };

static void may_die(void)
{
	EXPLORE_CHECK(sync_at_thread_end(count_end_and_arm_again, &end_calls) == 0);
	sync_cleanup_push(count_cleanup, &cleanups);
	sync_cleanup_push(count_cleanup, &cleanups);
	explore_die_here();
	sync_cleanup_pop(false);
	sync_cleanup_pop(false);
	explore_saw(LIVED);
	started = -1;
}

static void check_death(void)
{
	EXPLORE_CHECK(end_calls == SYNC_THREAD_END_ROUNDS);
	EXPLORE_CHECK(cleanups == (started == -1 ? 0 : 2));
	if (cleanups)
		explore_saw(DIED);
}

EXPLORE_SCENARIO(engine_die_here) = {
	.story = "a thread that dies runs its cleanup handlers; its end is re-armed to the last "
		 "round",
	.setup = set_up,
	.fibers = { { "mortal", may_die, false } },
	.finish = check_death,
	.sights = { [DIED] = "died", [LIVED] = "lived" },
	.budget = { .client_deaths = 1 },
};

/* Starts. */

enum { RAN, NOT_STARTED };

static void child_body(void *argument)
{
	EXPLORE_CHECK(argument == &started);
	EXPLORE_CHECK(*own_number() == 0);
	*own_number() = 7;
	started++;
}

static void starts_a_child(void)
{
	*own_number() = 3;
	if (sync_thread_start(&child, "child", 0, child_body, &started) == EAGAIN) {
		explore_saw(NOT_STARTED);
		return;
	}
	sync_thread_join(&child);
	EXPLORE_CHECK(started == 1);
	EXPLORE_CHECK(*own_number() == 3);
	explore_saw(RAN);
}

EXPLORE_SCENARIO(engine_thread_start) = {
	.story = "a start may fail; a join waits; thread-locals are each thread's own",
	.setup = set_up,
	.fibers = { { "parent", starts_a_child, false } },
	.sights = { [RAN] = "the child ran", [NOT_STARTED] = "there was no thread" },
	.budget = { .no_threads = 1 },
};

static void forgets_a_child(void)
{
	EXPLORE_CHECK(sync_thread_start(&child, "child", 0, child_body, &started) == 0);
}

EXPLORE_SCENARIO(engine_thread_left) = {
	.story = "a thread that nobody joins: found",
	.setup = set_up,
	.fibers = { { "parent", forgets_a_child, false } },
	.must_fail = "thread child is left",
};
