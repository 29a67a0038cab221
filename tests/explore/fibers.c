/* SPDX-License-Identifier: MIT */
/* fibers.c: the life of a fiber: start, thread-local objects, clean-up, end, join. */
#include "causality.h"
#include "engine.h"

struct fiber fibers[FIBERS];
static size_t locals_used; /* of each fiber's locals, by all that has been asked for so far */
static char *stacks;       /* of all fibers, each behind its guard */

void fibers_reset(void)
{
	engine.alive = 0;
}

static struct fiber_site begins = { "begin", "", "thread", 0, 0 },
			 ends = { "end", "", "thread", 0, 0 };

static void fiber_main(void)
{
	struct fiber *self;

	context_entered();
	self = engine.current;
	self->body(self->argument);
	engine_require(!self->cleanups, "%s returns with a cleanup handler pushed", self->name);
	fiber_exit();
}

struct fiber *fibers_new(const char *name, void (*body)(void *argument), void *argument)
{
	struct fiber *fiber;
	unsigned id = 0;

	while (id < FIBERS && engine.alive >> id & 1)
		id++;
	if (id == FIBERS)
		engine_fail("more than %d threads at a time", FIBERS);
	fiber = &fibers[id];
	if (!stacks)
		stacks = context_stacks(FIBERS, FIBER_STACK);
	memset((char *)fiber + offsetof(struct fiber, id), 0,
	       offsetof(struct fiber, locals) - offsetof(struct fiber, id));
	memset(fiber->locals, 0, locals_used);
	context_make(&fiber->context, stacks + (size_t)(2 * id + 1) * FIBER_STACK, FIBER_STACK,
		     fiber_main);
	fiber->id = id;
	fiber->number = ++engine.started;
	memcpy(fiber->name_buffer, name, strnlen(name, sizeof fiber->name_buffer - 1));
	fiber->name = fiber->name_buffer;
	fiber->next = (struct explore_step){ &begins, NULL, id };
	fiber->body = body;
	fiber->argument = argument;
	fiber->priority = 0;
	causality_new_fiber(fiber);
	engine.alive |= FIBER_BIT(fiber);
	engine.runnable |= FIBER_BIT(fiber);
	return fiber;
}

bool fibers_frame_is_gone(const volatile void *object)
{
	uintptr_t place = (uintptr_t)object - (uintptr_t)stacks;
	const struct fiber *fiber = &fibers[place / (2 * FIBER_STACK) % FIBERS];
	const void *lowest =
		fiber == engine.current ? __builtin_frame_address(0) : fiber->context.stack_pointer;
	bool lives = engine.alive & FIBER_BIT(fiber) && !fiber->ended;

	return place < (uintptr_t)2 * FIBER_STACK * FIBERS &&
	       !(lives && (uintptr_t)object >= (uintptr_t)lowest);
}

void fibers_wake(struct fiber *fiber, enum wake wake)
{
	uint64_t bit = FIBER_BIT(fiber);

	fiber->wake = wake;
	causality_cause(fiber, wake);
	if (wake == WAKE_SIGNALLED)
		causality_cause(fiber, engine.current->past);
	fiber->cond->waiters &= ~bit;
	engine.waiting &= ~bit;
	engine.timed &= ~bit;
	fiber->wants->wanted_by |= bit;
	if (!fiber->wants->owner)
		engine.runnable |= bit;
}

/* As the library names its threads: pt:supervisor, pt:POOL/m, pt:POOL/3. */
static char mortality_of(const char *name)
{
	const char *slash = strrchr(name, '/');

	if (slash)
		return slash[1] == 'm' ? 'm' : 'k';
	return strcmp(name, "pt:supervisor") == 0 ? 'p' : 0;
}

int fiber_start(struct sync_thread *thread, const char *name, void (*body)(void *argument),
		void *argument)
{
	struct fiber *fiber;

	if (engine.no_threads || scheduler_disturbed('f', engine.scenario->budget.no_threads))
		return EAGAIN;
	scheduler_point();
	memset(thread->name, 0, sizeof thread->name);
	memcpy(thread->name, name, strnlen(name, sizeof thread->name - 1));
	fiber = fibers_new(name, body, argument);
	causality_cause(engine.current, (uint64_t)fiber->number);
	fiber->cancel_disabled = true;
	fiber->mortal = mortality_of(fiber->name);
	thread->fiber = fiber;
	return 0;
}

void fiber_join(struct sync_thread *thread)
{
	struct fiber *self = engine.current, *other = thread->fiber;

	engine_require(other && engine.alive & FIBER_BIT(other), "%s joins a thread that is gone",
		       self->name);
	engine_require(other != self, "%s joins itself", self->name);
	if (other->ended) {
		scheduler_point();
	} else {
		self->joins = other;
		engine.runnable &= ~FIBER_BIT(self);
		scheduler_block();
		self->joins = NULL;
	}
	causality_cause(self, other->past);
	engine.alive &= ~FIBER_BIT(other);
	thread->fiber = NULL;
}

void fiber_detach(struct sync_thread *thread)
{
	struct fiber *other = thread->fiber;

	if (!other || other->detached) {
		engine_fail("%s detaches a thread that is gone", engine.current->name);
		return;
	}
	scheduler_point();
	other->detached = true;
	if (other->ended)
		engine.alive &= ~FIBER_BIT(other);
	thread->fiber = NULL;
}

static void end_of_thread_calls(struct fiber *self)
{
	for (int round = 0; round < SYNC_THREAD_END_ROUNDS && self->at_end; round++) {
		void (*function)(void *value) = self->at_end;

		self->at_end = NULL;
		function(self->at_end_value);
	}
}

void fiber_exit(void)
{
	struct fiber *self = engine.current;

	self->ending = true;
	while (self->cleanups)
		fiber_cleanup_pop(true);
	end_of_thread_calls(self);
	engine_require(!self->ranks, "%s ends with a lock held", self->name);
	engine_require(!self->reading, "%s ends in an RCU read-side section", self->name);
	fiber_at(&ends, NULL);
	self->ended = true;
	if (self->detached)
		engine.alive &= ~FIBER_BIT(self);
	engine.runnable &= ~FIBER_BIT(self);
	for (uint64_t alive = engine.alive; alive; alive &= alive - 1) {
		const struct fiber *fiber = &fibers[__builtin_ctzll(alive)];

		if (fiber->joins == self)
			engine.runnable |= FIBER_BIT(fiber);
	}
	scheduler_leave();
}

void fiber_cleanup_push(struct fiber_cleanup *cleanup)
{
	cleanup->next = engine.current->cleanups;
	engine.current->cleanups = cleanup;
}

void fiber_cleanup_pop(bool run)
{
	struct fiber_cleanup *cleanup = engine.current->cleanups;

	engine.current->cleanups = cleanup->next;
	engine.current->leaving |= run;
	if (run)
		cleanup->function(cleanup->argument);
}

int sync_cancel_disable(void)
{
	int before = engine.current->cancel_disabled;

	engine.current->cancel_disabled = true;
	return before;
}

void sync_cancel_restore(int before)
{
	engine.current->cancel_disabled = before;
}

long sync_thread_id(void)
{
	return engine.current->number;
}

int sync_at_thread_end(void (*function)(void *value), void *value)
{
	if (scheduler_disturbed('f', engine.scenario->budget.no_memory))
		return ENOMEM;
	engine.current->at_end = function;
	engine.current->at_end_value = value;
	return 0;
}

int sync_cpus(void)
{
	return 2;
}

void *fiber_local(struct fiber_local *local)
{
	if (!local->place) {
		size_t start = (locals_used + 15) / 16 * 16;

		engine_require(start + local->size <= FIBER_LOCALS, "too many thread-locals");
		local->place = start + 1;
		/* Nobody has used the place so far, so it is all zero in every fiber. */
		locals_used = start + local->size;
	}
	return engine.current->locals + local->place - 1;
}

void fiber_yield_begin(void)
{
	scheduler_moved();
	engine.current->evaluating = true;
	engine.current->look_past = engine.current->past;
	engine.current->moves_seen = engine.moves;
}

void fiber_yield(struct fiber_site *site)
{
	struct fiber *self = engine.current;

	fiber_at(site, NULL);
	causality_look_was_in_vain(self->look_past);
	if (self->moves_seen == engine.moves) { /* else another one moved while it looked */
		engine.yielding |= FIBER_BIT(self);
		engine.runnable &= ~FIBER_BIT(self);
	}
	self->moves_seen = engine.moves;
	scheduler_block();
}

void fiber_yield_end(void)
{
	engine.current->evaluating = false;
}
