/* SPDX-License-Identifier: MIT */
/* locks.c: mutexes and condition variables; lock ranks are always checked. */
#include "causality.h"
#include "engine.h"

int locks_mutex_init(struct sync_mutex *mutex, enum lock_rank rank)
{
	*mutex = (struct sync_mutex)SYNC_MUTEX_INITIALIZER(rank);
	return 0;
}

static void require_alive(const struct sync_mutex *mutex)
{
	const struct fiber *self = engine.current;

	engine_require(mutex->alive == SYNC_MUTEX_ALIVE, "%s: %s of %s, which is no mutex (%s:%d)",
		       self->name, self->next.site->operation, self->next.site->name,
		       self->next.site->function, self->next.site->line);
}

void locks_mutex_destroy(struct sync_mutex *mutex)
{
	require_alive(mutex);
	engine_require(!mutex->owner && !mutex->wanted_by, "%s destroys %s, which is in use",
		       engine.current->name, engine.current->next.site->name);
	mutex->alive = 0;
}

/* A thread takes a lock only while all that it holds rank lower. */
static void require_rank(const struct fiber *self, const struct sync_mutex *mutex)
{
	engine_require(self->ranks >> mutex->rank == 0,
		       "lock order: %s takes %s of rank %d with ranks 0x%x held (%s:%d)",
		       self->name, self->next.site->name, (int)mutex->rank, self->ranks,
		       self->next.site->function, self->next.site->line);
}

static void take(struct sync_mutex *mutex)
{
	struct fiber *self = engine.current;

	mutex->owner = self;
	mutex->wanted_by &= ~FIBER_BIT(self);
	engine.runnable &= ~mutex->wanted_by;
	self->wants = NULL;
	self->ranks |= 1u << mutex->rank;
	causality_writes(mutex);
}

static void let_go(struct sync_mutex *mutex)
{
	causality_writes(mutex);
	mutex->owner = NULL;
	engine.runnable |= mutex->wanted_by;
	engine.current->ranks &= ~(1u << mutex->rank);
}

void locks_mutex_lock(struct sync_mutex *mutex)
{
	struct fiber *self = engine.current;

	if (engine.in_law)
		return;
	require_alive(mutex);
	engine_require(mutex->owner != self, "%s locks %s a second time (%s:%d)", self->name,
		       self->next.site->name, self->next.site->function, self->next.site->line);
	require_rank(self, mutex);
	self->wants = mutex;
	mutex->wanted_by |= FIBER_BIT(self);
	causality_reaches();
	if (mutex->owner) {
		engine.runnable &= ~FIBER_BIT(self);
		scheduler_block();
	} else {
		scheduler_point();
	}
	require_alive(mutex);
	take(mutex);
}

void locks_mutex_unlock(struct sync_mutex *mutex)
{
	if (engine.in_law)
		return;
	require_alive(mutex);
	engine_require(mutex->owner == engine.current, "%s unlocks %s, which it does not hold",
		       engine.current->name, engine.current->next.site->name);
	causality_reaches();
	scheduler_point();
	let_go(mutex);
}

int locks_cond_init(struct sync_cond *cond)
{
	*cond = (struct sync_cond){ .alive = SYNC_COND_ALIVE };
	return 0;
}

static void require_cond(const struct sync_cond *cond)
{
	const struct fiber *self = engine.current;

	engine_require(cond->alive == SYNC_COND_ALIVE,
		       "%s: %s of %s, which is no condition variable (%s:%d)", self->name,
		       self->next.site->operation, self->next.site->name, self->next.site->function,
		       self->next.site->line);
}

void locks_cond_destroy(struct sync_cond *cond)
{
	require_cond(cond);
	engine_require(!cond->waiters, "%s destroys %s, which is waited for", engine.current->name,
		       engine.current->next.site->name);
	cond->alive = 0;
}

void locks_cond_signal(struct sync_cond *cond)
{
	unsigned waiters[FIBERS], count = 0;

	require_cond(cond);
	causality_reaches();
	scheduler_point();
	require_cond(cond);
	causality_writes(cond);
	for (uint64_t waiting = cond->waiters; waiting; waiting &= waiting - 1)
		waiters[count++] = (unsigned)__builtin_ctzll(waiting);
	if (count > 0)
		fibers_wake(&fibers[scheduler_value('w', waiters, count)], WAKE_SIGNALLED);
}

/* From now on others can take the mutex and wake this fiber. */
static void begin_wait(struct fiber *self, struct sync_cond *cond, struct sync_mutex *mutex,
		       uint64_t deadline)
{
	uint64_t bit = FIBER_BIT(self);

	let_go(mutex);
	causality_writes(cond);
	self->cond = cond;
	self->wants = mutex;
	self->wake = WAKE_NOT;
	self->deadline = deadline;
	cond->waiters |= bit;
	engine.waiting |= bit;
	engine.runnable &= ~bit;
	if (deadline != SYNC_NEVER)
		engine.timed |= bit;
	explore_advance(0);
}

bool locks_cond_wait(struct sync_cond *cond, struct sync_mutex *mutex, uint64_t deadline)
{
	struct fiber *self = engine.current;

	require_cond(cond);
	require_alive(mutex);
	engine_require(mutex->owner == self, "%s waits with %s without its mutex", self->name,
		       self->next.site->name);
	causality_reaches();
	scheduler_point();
	begin_wait(self, cond, mutex, deadline);
	scheduler_block();
	if (self->wake == WAKE_NOT) { /* its deadline came, and nobody was faster */
		cond->waiters &= ~FIBER_BIT(self);
		engine.waiting &= ~FIBER_BIT(self);
		self->wake = WAKE_TIMED_OUT;
		causality_cause(self, WAKE_TIMED_OUT);
	}
	take(mutex);
	self->cond = NULL;
	if (self->wake == WAKE_CANCELLED)
		fiber_exit();
	return self->wake != WAKE_TIMED_OUT;
}
