/* SPDX-License-Identifier: MIT */
/* reaper_against_its_stop.c: what is given to the reaper as it is stopped. */
#include "explore.h"

#include "reaper.h"

enum { GIVEN, REFUSED, READ };

struct thing {
	struct reaping reaping;
	sync_atomic(int) value;
};

static struct reaper reaper;
static sync_atomic(struct thing *) shared;
static unsigned reaped, given;

static void reap(struct reaping *reaping)
{
	EXPLORE_CHECK(explore_holds_no_lock());
	sync_free(reaping);
	reaped++;
}

static void set_up(void)
{
	struct thing *thing = sync_alloc(sizeof *thing);

	reaped = given = 0;
	memset(&reaper, 0, sizeof reaper);
	thing->reaping.reap = reap;
	thing->reaping.after_grace_period = true;
	sync_store(&shared, thing, relaxed);
	EXPLORE_CHECK(reaper_start(&reaper) == 0);
}

static void finish(void)
{
	EXPLORE_CHECK(reaped == given);
	reaper_destroy(&reaper);
}

static void retire(void)
{
	struct thing *thing = sync_exchange(&shared, NULL, acq_rel);

	if (reaper_give(&reaper, &thing->reaping)) {
		given++;
		explore_saw(GIVEN);
	} else {
		explore_saw(REFUSED);
		sync_rcu_synchronize();
		sync_free(thing);
	}
}

static void give_another(void)
{
	struct thing *thing = sync_alloc(sizeof *thing);

	thing->reaping.reap = reap;
	if (reaper_give(&reaper, &thing->reaping))
		given++;
	else
		sync_free(thing);
}

static void read(void)
{
	struct thing *thing;

	sync_rcu_read_lock();
	thing = sync_load(&shared, acquire);
	if (thing) {
		sync_load(&thing->value, relaxed);
		explore_saw(READ);
	}
	sync_rcu_read_unlock();
}

static void stop(void)
{
	reaper_stop(&reaper);
}

EXPLORE_SCENARIO(reaper_against_its_stop) = {
	.story = "what the reaper takes before its stop it frees, after the last reader has gone",
	.setup = set_up,
	.finish = finish,
	.fibers = { { "retires", retire, false },
		    { "gives", give_another, false },
		    { "reads", read, false },
		    { "stops", stop, false } },
	.sights = { [GIVEN] = "given", [REFUSED] = "refused", [READ] = "read" },
	.cap = 200000,
	.delays = true,
};
