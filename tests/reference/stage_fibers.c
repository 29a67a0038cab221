/* SPDX-License-Identifier: MIT */
/* stage_fibers.c: one schedule of the explorer's for each play, the default one; also over children. */
#include "reference/stage.h"

#include "explore/search.h"

#ifndef REFERENCE_ISOLATED
#define REFERENCE_ISOLATED false
#endif

const bool stage_is_timed = true;
const bool stage_is_isolated = REFERENCE_ISOLATED;

bool stage_play(void (*play)(void), char *story, size_t size)
{
	static const struct deviations none;
	struct explore_scenario scenario = { .name = "reference",
					     .setup = play,
					     .max_steps = 10000000 };
	bool passed = schedule_run(&scenario, replay(&none), false);

	if (!passed)
		snprintf(story, size, "%s", engine.failure);
	return passed;
}

/* Children are fibers, too, which find their callbacks here. */
void stage_specify(struct pooltoy_pool_spec *spec)
{
	if (!stage_is_isolated)
		return;
	explore_child_ops = spec->worker;
	spec->isolation = POOLTOY_PROCESS;
	spec->module = "a fiber";
	spec->symbol = "actor";
}

void *stage_memory(size_t size)
{
	return calloc(1, size);
}

void stage_memory_free(void *memory, size_t size)
{
	(void)size;
	free(memory);
}

void stage_fail(const char *story)
{
	engine_fail("%s", story);
	abort();
}

static bool others_can_go_on(void)
{
	return (engine.runnable & ~FIBER_BIT(engine.current)) != 0;
}

void stage_settle(void)
{
	sync_yield_until(!others_can_go_on());
}

bool stage_holds(bool (*condition)(const void *argument), const void *argument)
{
	return condition(argument);
}

static uint64_t next_deadline(uint64_t until)
{
	uint64_t next = until;

	for (uint64_t timed = engine.timed; timed; timed &= timed - 1) {
		uint64_t deadline = fibers[__builtin_ctzll(timed)].deadline;

		if (deadline < next)
			next = deadline;
	}
	return next;
}

/* Deadline after deadline, and what follows each at its own time. */
void stage_pass(uint64_t ns)
{
	uint64_t until = engine.now + ns;

	while (engine.now < until) {
		uint64_t next = next_deadline(until);

		explore_advance(next > engine.now ? next - engine.now : 0);
		stage_settle();
	}
}
