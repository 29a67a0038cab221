/* SPDX-License-Identifier: MIT */
/* memory.c: the explorer on itself: leaks, double frees, use after free, grace periods. */
#include "explore.h"

struct thing {
	sync_atomic(int) value;
	char text[40];
};

static sync_atomic(struct thing *) shared;

/* A cache that outlives schedules, as a library may have one. */
static struct {
	struct thing *kept;
} cache;
SYNC_GLOBAL(cache);

static struct thing *thing_new(void)
{
	return sync_alloc(sizeof(struct thing));
}

static void set_up(void)
{
	sync_store(&shared, thing_new(), relaxed);
}

static void finish(void)
{
	sync_free(sync_load(&shared, relaxed));
}

/* The reader may be between its two steps. */
static void frees_at_once(void)
{
	sync_free(sync_exchange(&shared, NULL, acq_rel));
}

static void reads(void)
{
	struct thing *thing = sync_load(&shared, acquire);

	if (thing)
		sync_load(&thing->value, relaxed);
}

EXPLORE_SCENARIO(engine_use_after_free) = {
	.story = "memory is freed under a reader: found",
	.setup = set_up,
	.fibers = { { "reads", reads, false }, { "frees", frees_at_once, false } },
	.must_fail = "whose memory has been freed",
};

static void share_nothing(void)
{
	sync_store(&shared, NULL, relaxed);
}

static void reads_what_is_lent(void)
{
	struct thing *thing;

	sync_yield_until((thing = sync_load(&shared, acquire)));
	sync_store(&thing->value, 1, release);
}

/* The reader may come when it has returned. */
static void lends_a_local(void)
{
	struct thing thing = { 0 };

	sync_store(&shared, &thing, release);
}

EXPLORE_SCENARIO(engine_use_after_return) = {
	.story = "a function returns under a reader of its local: found",
	.setup = share_nothing,
	.fibers = { { "reads", reads_what_is_lent, false }, { "lends", lends_a_local, false } },
	.must_fail = "a local of a function that has returned",
};

static void lends_until_it_is_read(void)
{
	struct thing thing = { 0 };

	sync_store(&shared, &thing, release);
	sync_yield_until(sync_load(&thing.value, acquire));
	explore_saw(0);
}

EXPLORE_SCENARIO(engine_use_before_return) = {
	.story = "a function returns once its local has been read: nothing is found",
	.setup = share_nothing,
	.fibers = { { "reads", reads_what_is_lent, false },
		    { "lends", lends_until_it_is_read, false } },
	.sights = { "read" },
};

enum { SEEN, GONE };

static void reads_under_rcu(void)
{
	struct thing *thing;

	sync_rcu_read_lock();
	thing = sync_load(&shared, acquire);
	if (thing)
		sync_load(&thing->value, relaxed);
	explore_saw(thing ? SEEN : GONE);
	sync_rcu_read_unlock();
}

static void frees_after_a_grace_period(void)
{
	struct thing *thing = sync_exchange(&shared, NULL, acq_rel);

	sync_rcu_synchronize();
	sync_free(thing);
}

EXPLORE_SCENARIO(engine_grace_period) = {
	.story = "with a grace period in between, nothing is found",
	.setup = set_up,
	.fibers = { { "one", reads_under_rcu, false },
		    { "other", reads_under_rcu, false },
		    { "frees", frees_after_a_grace_period, false } },
	.sights = { [SEEN] = "seen", [GONE] = "gone" },
	.bound = 3,
};

static void forgets(void)
{
	struct thing *thing = thing_new();

	sync_store(&thing->value, 1, relaxed);
}

EXPLORE_SCENARIO(engine_leak) = {
	.story = "memory is forgotten: found",
	.fibers = { { "forgets", forgets, false } },
	.must_fail = "44 bytes that thing_new allocated are leaked",
};

static void frees_if_it_is_there(void)
{
	struct thing *thing = sync_load(&shared, acquire);

	if (thing) {
		sync_store(&shared, NULL, release);
		sync_free(thing);
	}
}

EXPLORE_SCENARIO(engine_double_free) = {
	.story = "two threads free the same: found",
	.setup = set_up,
	.fibers = { { "one", frees_if_it_is_there, false },
		    { "other", frees_if_it_is_there, false } },
	.must_fail = "and frees_if_it_is_there has freed",
};

static void keeps(void)
{
	EXPLORE_CHECK(!cache.kept);
	explore_saw(0);
	cache.kept = thing_new();
}

EXPLORE_SCENARIO(engine_global) = {
	.story = "what a global still points to is no leak, and the next schedule finds it empty",
	.fibers = { { "keeps", keeps, false }, { "reads", reads, false } },
	.setup = set_up,
	.finish = finish,
	.sights = { "found empty" },
};

enum { SERVED, NO_MEMORY };

static void allocates(void)
{
	struct thing *thing = thing_new();

	explore_saw(thing ? SERVED : NO_MEMORY);
	sync_free(thing);
}

EXPLORE_SCENARIO(engine_no_memory) = {
	.story = "an allocation may fail",
	.fibers = { { "allocates", allocates, false } },
	.sights = { [SERVED] = "served", [NO_MEMORY] = "no memory" },
	.budget = { .no_memory = 1 },
};
