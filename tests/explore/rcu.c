/* SPDX-License-Identifier: MIT */
/* rcu.c: read-side sections are counted; a grace period waits for those that began before it. */
#include "engine.h"

void rcu_read_lock(void)
{
	if (engine.in_law)
		return;
	scheduler_point();
	if (engine.current->reading++ == 0)
		engine.readers |= FIBER_BIT(engine.current);
}

void rcu_read_unlock(void)
{
	struct fiber *self = engine.current;

	if (engine.in_law)
		return;
	engine_require(self->reading > 0, "%s leaves an RCU read-side section it is not in",
		       self->name);
	scheduler_point();
	if (--self->reading > 0)
		return;
	engine.readers &= ~FIBER_BIT(self);
	for (uint64_t alive = engine.alive; alive; alive &= alive - 1) {
		struct fiber *fiber = &fibers[__builtin_ctzll(alive)];

		if (!(fiber->grace & FIBER_BIT(self)))
			continue;
		fiber->grace &= ~FIBER_BIT(self);
		if (!fiber->grace)
			engine.runnable |= FIBER_BIT(fiber);
	}
}

void rcu_synchronize(void)
{
	struct fiber *self = engine.current;

	engine_require(self->reading == 0, "%s waits for the end of its own read-side section",
		       self->name);
	scheduler_point();
	self->grace = engine.readers;
	if (self->grace) {
		engine.runnable &= ~FIBER_BIT(self);
		scheduler_block();
	}
}
