/* SPDX-License-Identifier: MIT */
/* rcu.c: read-side sections are counted; a grace period waits for those that began before it. */
#include "causality.h"
#include "engine.h"

void rcu_read_lock(void)
{
	if (engine.in_law)
		return;
	causality_reaches();
	scheduler_point();
	causality_writes(&engine.readers);
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
	causality_reaches();
	scheduler_point();
	causality_writes(&engine.readers);
	if (--self->reading > 0)
		return;
	engine.readers &= ~FIBER_BIT(self);
	for (uint64_t alive = engine.alive; alive; alive &= alive - 1) {
		struct fiber *fiber = &fibers[__builtin_ctzll(alive)];

		if (!(fiber->grace & FIBER_BIT(self)))
			continue;
		fiber->grace &= ~FIBER_BIT(self);
		causality_cause(fiber, self->past);
		if (!fiber->grace)
			engine.runnable |= FIBER_BIT(fiber);
	}
}

void rcu_synchronize(void)
{
	struct fiber *self = engine.current;

	engine_require(self->reading == 0, "%s waits for the end of its own read-side section",
		       self->name);
	causality_reaches();
	scheduler_point();
	causality_writes(&engine.readers);
	self->grace = engine.readers;
	if (self->grace) {
		engine.runnable &= ~FIBER_BIT(self);
		scheduler_block();
	}
}
