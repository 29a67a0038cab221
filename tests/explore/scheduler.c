/* SPDX-License-Identifier: MIT */
/* scheduler.c: scheduling points: who goes on, and when time passes. */
#include "causality.h"
#include "search.h"

struct engine engine;

static struct fiber *next_after(const struct fiber *fiber, uint64_t able)
{
	uint64_t later = fiber->id == FIBERS - 1 ? 0 : able & ~UINT64_C(0) << (fiber->id + 1);

	return &fibers[__builtin_ctzll(later ? later : able)];
}

/* Waits whose deadline has come can end so; a signal that is faster still counts. */
static void deadlines_come(void)
{
	uint64_t timed = engine.timed;

	for (; timed; timed &= timed - 1) {
		struct fiber *fiber = &fibers[__builtin_ctzll(timed)];

		if (fiber->deadline > engine.now)
			continue;
		engine.timed &= ~FIBER_BIT(fiber);
		fiber->wants->wanted_by |= FIBER_BIT(fiber);
		if (!fiber->wants->owner)
			engine.runnable |= FIBER_BIT(fiber);
	}
}

static void deadlock(void)
{
	char story[FAILURE_SIZE - 64];
	size_t length = 0;

	for (unsigned id = 0; id < FIBERS && length < sizeof story; id++) {
		const struct fiber *fiber = &fibers[id];

		if (!(engine.alive >> id & 1) || fiber->ended)
			continue;
		length += (size_t)snprintf(story + length, sizeof story - length,
					   "%s%s in %s %s (%s:%d)", length ? ", " : "", fiber->name,
					   fiber->next.site->operation, fiber->next.site->name,
					   fiber->next.site->function, fiber->next.site->line);
	}
	engine_fail("deadlock: %s", story);
}

static void run_hook(void (*hook)(void))
{
	if (!hook)
		return;
	engine.in_law = true;
	hook();
	engine.in_law = false;
}

/* Nobody can go on: the clock moves to the next deadline. */
static void let_time_pass(void)
{
	run_hook(engine.when_stalled);
	while (!engine.runnable) {
		uint64_t timed = engine.timed, next = SYNC_NEVER;

		if (!timed)
			deadlock();
		for (; timed; timed &= timed - 1) {
			uint64_t deadline = fibers[__builtin_ctzll(timed)].deadline;

			if (deadline < next)
				next = deadline;
		}
		explore_advance(next > engine.now ? next - engine.now : 0);
	}
}

void explore_advance(uint64_t ns)
{
	engine.now += ns;
	deadlines_come();
}

/* Threads of the library that may end in their wait; but not on their way out. */
static bool may_die(const struct fiber *fiber)
{
	const struct explore_budget *budget = &engine.scenario->budget;

	switch (fiber->leaving ? 0 : fiber->mortal) {
	case 'k':
		return engine.spent['k'] + engine.spent['e'] < budget->worker_deaths;
	case 'm':
		return engine.spent['m'] < budget->manager_deaths;
	case 'p':
		return engine.spent['p'] < budget->supervisor_deaths;
	default:
		return false;
	}
}

static void add(struct choices *choices, choice possible)
{
	choices->list[choices->count++] = possible;
}

/* What may happen to those that wait for a condition variable. */
static void gather_waits(struct choices *choices)
{
	const struct explore_budget *budget = &engine.scenario->budget;
	uint64_t waiting = engine.waiting;

	for (; waiting; waiting &= waiting - 1) {
		const struct fiber *fiber = &fibers[__builtin_ctzll(waiting)];

		if (engine.timed & FIBER_BIT(fiber) && engine.spent['t'] < budget->timeouts)
			add(choices, CHOICE('t', fiber->id));
		if (engine.spent['s'] < budget->spurious)
			add(choices, CHOICE('s', fiber->id));
		if (fiber->cancellable && !fiber->cancel_disabled && !fiber->ending &&
		    engine.spent['c'] < budget->cancels)
			add(choices, CHOICE('c', fiber->id));
		if (may_die(fiber))
			add(choices, CHOICE(fiber->mortal, fiber->id));
	}
}

/* All that can happen next, the default first: who runs, runs on. */
static void gather(struct choices *choices)
{
	const struct fiber *self = engine.current;
	bool stays = engine.runnable & FIBER_BIT(self);
	const struct fiber *first = stays ? self : next_after(self, engine.runnable);
	uint64_t others = engine.runnable & ~FIBER_BIT(first);

	choices->count = 0;
	add(choices, CHOICE('r', first->id));
	if (!engine.quiet &&
	    (engine.preemptions < engine.bound || (!stays && !engine.scenario->delays)))
		for (; others; others &= others - 1)
			add(choices, CHOICE('r', __builtin_ctzll(others)));
	choices->runs = choices->count;
	if (!engine.quiet && engine.waiting)
		gather_waits(choices);
}

static choice default_choice(void)
{
	const struct fiber *self = engine.current;

	if (engine.runnable & FIBER_BIT(self))
		return CHOICE('r', self->id);
	return CHOICE('r', next_after(self, engine.runnable)->id);
}

/* By a strategy that needs no list: which of those that can run. */
static choice decide_who_runs(void)
{
	choice first = default_choice(), decision;
	uint64_t others = engine.runnable & ~FIBER_BIT(&fibers[CHOICE_VALUE(first)]);
	unsigned picked;

	if (!others)
		return first;
	picked = engine.strategy->pick_run(1 + (unsigned)__builtin_popcountll(others));
	if (picked == 0)
		return first;
	while (--picked > 0)
		others &= others - 1;
	decision = CHOICE('r', __builtin_ctzll(others));
	choices_deviate(decision);
	return decision;
}

static choice decide(void)
{
	struct choices choices;
	choice decision;

	if (!engine.quiet && choices_known(&decision))
		return decision == CHOICE_PROCEED ? default_choice() : decision;
	if (engine.strategy->pick_run && !engine.quiet && !engine.waiting)
		return decide_who_runs();
	gather(&choices);
	if (!engine.quiet && (choices.count > 1 || !(engine.runnable & FIBER_BIT(engine.current))))
		choices_arrive();
	return choices.count == 1 ? choices.list[0] : choices_pick(&choices);
}

static void spend(char letter)
{
	engine.spent[(unsigned char)letter]++;
	engine.disturbances += (unsigned char)letter * UINT64_C(0x9e3779b97f4a7c15);
}

/* Carries a decision out, and returns who runs. */
static struct fiber *carry_out(choice decision)
{
	struct fiber *self = engine.current, *fiber = &fibers[CHOICE_VALUE(decision)];
	char letter = CHOICE_LETTER(decision);
	uint64_t bit = FIBER_BIT(fiber);

	if (!(letter == 'r' ? engine.runnable & bit : engine.waiting & bit))
		engine_fail("this schedule cannot be replayed: at step %u there is no choice %c%u",
			    engine.step, letter, CHOICE_VALUE(decision));
	if (letter == 'r') {
		if (engine.runnable & FIBER_BIT(self)
			    ? fiber != self
			    : engine.scenario->delays && decision != default_choice())
			engine.preemptions++;
		return fiber;
	}
	spend(letter);
	if (letter == 't' && fiber->deadline > engine.now)
		engine.now = fiber->deadline;
	fibers_wake(fiber, letter == 't'   ? WAKE_TIMED_OUT
			   : letter == 's' ? WAKE_SPURIOUS
					   : WAKE_CANCELLED);
	deadlines_come();
	if (engine.runnable & FIBER_BIT(fiber))
		return fiber;
	return engine.runnable & FIBER_BIT(self) ? self : next_after(self, engine.runnable);
}

void scheduler_moved(void)
{
	engine.moves++;
	engine.runnable |= engine.yielding;
	engine.yielding = 0;
}

static void take_step(void)
{
	struct fiber *self = engine.current;

	engine.step++;
	self->steps++;
	engine.hash =
		(engine.hash ^ (self->id + ((uint64_t)(unsigned)self->next.site->line << 8))) *
		0x100000001b3u;
	if (engine.tracing)
		trace_step();
	if (engine.step > engine.scenario->max_steps)
		engine_fail("livelock: no end after %u steps", engine.step);
	if (!self->evaluating)
		scheduler_moved();
	run_hook(engine.law);
	engine.written = NULL;
	if (!engine.quiet)
		run_hook(engine.scenario->law);
}

/* One decision about who goes on. */
static struct fiber *choose_fiber(void)
{
	choice decision;

	if (!engine.runnable)
		let_time_pass();
	decision = decide();
	if (engine.tracing && decision != default_choice())
		trace_choice(decision);
	return carry_out(decision);
}

static void go_on_with(struct fiber *to)
{
	struct fiber *self = engine.current;

	if (to == self)
		return;
	engine.current = to;
	context_switch(&self->context, &to->context);
}

void scheduler_point(void)
{
	if (engine.in_law)
		return;
	take_step();
	if (engine.runnable == FIBER_BIT(engine.current) && !engine.waiting)
		return;
	go_on_with(choose_fiber());
}

void fiber_at(struct fiber_site *site, const volatile void *object)
{
	if (engine.in_law)
		return;
	engine.current->next.site = site;
	engine.current->next.object = object;
}

static SYNC_SLOW_PATH void touches_what_is_gone(const char *what)
{
	const struct fiber *self = engine.current;
	const struct fiber_site *site = self->next.site;

	engine_fail("%s: %s of %s, %s (%s:%d)", self->name, site->operation, site->name, what,
		    site->function, site->line);
}

static void require_living(const volatile void *object)
{
	if (memory_is_freed(object))
		touches_what_is_gone("whose memory has been freed");
	if (fibers_frame_is_gone(object))
		touches_what_is_gone("a local of a function that has returned");
}

void fiber_point(struct fiber_site *site, const volatile void *object)
{
	struct fiber *self = engine.current;

	if (engine.in_law)
		return;
	self->next.site = site;
	self->next.object = object;
	causality_reaches();
	scheduler_point();
	require_living(object);
	if (site->operation[0] == 'l') { /* load */
		causality_reads(object);
	} else if (object) {
		engine.written = object;
		causality_writes(object);
	}
}

void scheduler_block(void)
{
	engine_require(!engine.in_law, "a law must not wait");
	take_step();
	go_on_with(choose_fiber());
}

void scheduler_leave(void)
{
	struct fiber *self = engine.current, *to;

	take_step();
	if (self->id == 0) {
		context_switch(&self->context, &engine.driver);
	} else {
		to = choose_fiber();
		engine.current = to;
		context_switch(&self->context, &to->context);
	}
	abort();
}

bool scheduler_disturbed(char letter, unsigned budget)
{
	struct choices choices;
	choice decision;

	if (budget == 0 || engine.quiet || engine.in_law)
		return false;
	engine.step++;
	engine.current->steps++;
	if (engine.spent[(unsigned char)letter] >= budget)
		return false;
	choices.count = choices.runs = 0;
	add(&choices, CHOICE_PROCEED);
	add(&choices, CHOICE(letter, 0));
	causality_cause(engine.current, choices.list[1]);
	if (!choices_known(&decision))
		decision = choices_pick(&choices);
	causality_cause(engine.current, decision);
	if (decision == CHOICE_PROCEED)
		return false;
	spend(letter);
	if (engine.tracing)
		trace_choice(decision);
	return true;
}

unsigned scheduler_value(char letter, const unsigned *values, unsigned count)
{
	struct choices choices;
	choice decision;

	if (count <= 1 || engine.quiet || engine.in_law)
		return values[0];
	engine.step++;
	engine.current->steps++;
	choices.count = choices.runs = 0;
	for (unsigned i = 0; i < count; i++)
		add(&choices, CHOICE(letter, values[i]));
	causality_cause(engine.current, choices.list[0]);
	if (!choices_known(&decision))
		decision = choices_pick(&choices);
	if (decision == CHOICE_PROCEED)
		decision = choices.list[0];
	causality_cause(engine.current, decision);
	if (engine.tracing && decision != choices.list[0])
		trace_choice(decision);
	return CHOICE_VALUE(decision);
}
