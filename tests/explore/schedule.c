/* SPDX-License-Identifier: MIT */
/* schedule.c: one schedule of a scenario, from set-up to the last check. */
#include "causality.h"
#include "search.h"

#include <assert.h>
#include <signal.h>
#include <sys/time.h>

unsigned long sights_seen[EXPLORE_MAX_SIGHTS];

enum { START_OF_TIME = 1000000000, SIGNAL_STACK = 64 * 1024, WATCHDOG_S = 10 };

static _Noreturn void leave(void)
{
	struct fiber *self = engine.current;

	engine.current = NULL;
	context_switch(&self->context, &engine.driver);
	abort();
}

void engine_fail(const char *format, ...)
{
	va_list arguments;

	if (!engine.failed) {
		engine.failed = true;
		va_start(arguments, format);
		vsnprintf(engine.failure, sizeof engine.failure, format, arguments);
		va_end(arguments);
	}
	if (engine.current)
		leave();
}

void engine_cut(void)
{
	engine.cut = true;
	leave();
}

void explore_fail(const char *format, ...)
{
	char story[FAILURE_SIZE];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(story, sizeof story, format, arguments);
	va_end(arguments);
	engine_fail("%s", story);
}

void explore_laws(void (*law)(void), void (*when_stalled)(void))
{
	engine.law = law;
	engine.when_stalled = when_stalled;
}

const struct explore_step *explore_next_step(void)
{
	return &engine.current->next;
}

const volatile void *explore_written(void)
{
	return engine.written;
}

/* What assert() calls: in the explorer a broken invariant is a finding like any other. */
void __assert_fail(const char *assertion, const char *file, unsigned line, const char *function)
{
	const char *base = strrchr(file, '/');

	engine_fail("%s (%s:%u): assertion %s", function, base ? base + 1 : file, line, assertion);
	abort();
}

void explore_saw(unsigned sight)
{
	if (sight >= EXPLORE_MAX_SIGHTS || !engine.scenario->sights[sight])
		explore_fail("sight %u has no name in this scenario", sight);
	else
		sights_seen[sight]++;
}

void explore_note(const char *format, ...)
{
	va_list arguments;

	if (!engine.tracing)
		return;
	va_start(arguments, format);
	trace_note(format, arguments);
	va_end(arguments);
}

unsigned explore_choose(unsigned count)
{
	unsigned values[256];

	engine_require(count > 0 && count <= 256, "explore_choose(%u)", count);
	for (unsigned i = 0; i < count; i++)
		values[i] = i;
	return scheduler_value('v', values, count);
}

void explore_die_here(void)
{
	const struct explore_budget *budget = &engine.scenario->budget;
	bool is_worker = engine.current->mortal == 'k';
	bool dies = is_worker ? scheduler_disturbed('e', budget->worker_deaths - engine.spent['k'])
			      : scheduler_disturbed('d', budget->client_deaths);

	if (dies)
		fiber_exit();
}

void explore_choices(bool wanted)
{
	engine.quiet = !wanted;
}

void explore_refuse(bool threads, bool memory)
{
	engine.no_threads = threads;
	engine.no_memory = memory;
}

bool explore_holds_no_lock(void)
{
	return engine.current->ranks == 0;
}

uint64_t sync_now(void)
{
	const struct explore_budget *budget = &engine.scenario->budget;

	if (scheduler_disturbed('j', budget->jumps))
		explore_advance(budget->jump_ns);
	causality_cause(engine.current, engine.now);
	return engine.now;
}

uint64_t sync_now_coarse(void)
{
	return sync_now();
}

uint64_t sync_random(void)
{
	if (engine.scenario->no_jitter)
		return 0;
	engine.random = engine.random * UINT64_C(6364136223846793005) + 1442695040888963407;
	causality_cause(engine.current, engine.random);
	return engine.random;
}

static void run_body(void *argument)
{
	const struct explore_fiber *fiber = argument;

	fiber->body();
}

static bool only_ended_threads_are_left(void)
{
	for (uint64_t others = engine.alive & ~UINT64_C(1); others; others &= others - 1)
		if (!fibers[__builtin_ctzll(others)].ended)
			return false;
	return true;
}

static void scenario_main(void *unused)
{
	const struct explore_scenario *scenario = engine.scenario;
	struct sync_thread threads[EXPLORE_MAX_FIBERS];
	unsigned count;

	(void)unused;
	engine.quiet = true;
	if (scenario->setup)
		scenario->setup();
	for (count = 0; count < EXPLORE_MAX_FIBERS && scenario->fibers[count].body; count++) {
		struct explore_fiber *one = (struct explore_fiber *)&scenario->fibers[count];

		threads[count].fiber = fibers_new(one->name, run_body, one);
		threads[count].fiber->cancellable = one->cancellable;
	}
	engine.quiet = false;
	for (unsigned i = 0; i < count; i++)
		sync_thread_join(&threads[i]);
	choices_arrive();
	engine.ending = causality_kept ? causality_state() : 0;
	engine.ending_memory = engine.compares ? memory_hash() : 0;
	engine.quiet = true;
	if (scenario->finish)
		scenario->finish();
	/* Who is detached may end a little later. */
	sync_yield_until(only_ended_threads_are_left());
}

static void check_the_end(void)
{
	uint64_t left = engine.alive & ~UINT64_C(1);

	if (left) {
		const struct fiber *fiber = &fibers[__builtin_ctzll(left)];
		const struct fiber_site *site = fiber->next.site;

		engine_fail("thread %s is left at the end (%s %s, %s:%d)", fiber->name,
			    site->operation, site->name, site->function, site->line);
	}
	if (!engine.failed)
		memory_check();
}

/* A crash, too, is the end of one schedule: the handler leaves it as a failed law does. */
static void crashed(int number)
{
	const struct fiber *self = engine.current;

	if (!self) { /* the explorer itself */
		signal(number, SIG_DFL);
		return;
	}
	engine_fail("%s, %s after %s %s (%s:%d)", strsignal(number), self->name,
		    self->next.site->operation, self->next.site->name, self->next.site->function,
		    self->next.site->line);
}

static void watchdog(int number)
{
	static unsigned long ticks, last_steps;

	if (!engine.current || engine.all_steps + engine.step != last_steps) {
		last_steps = engine.all_steps + engine.step;
		ticks = 0;
	} else if (++ticks == WATCHDOG_S) {
		ticks = 0;
		crashed(number);
	}
}

static void catch_crashes(void)
{
	static const int crashes[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
	static char stack[SIGNAL_STACK];
	stack_t alternative = { .ss_sp = stack, .ss_size = sizeof stack };
	struct sigaction action = { .sa_handler = crashed, .sa_flags = SA_ONSTACK | SA_NODEFER };
	struct itimerval second = { { 1, 0 }, { 1, 0 } };

	sigaltstack(&alternative, NULL);
#ifndef CONTEXT_ASAN
	for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
		sigaction(crashes[i], &action, NULL);
#else
	(void)crashes;
#endif
	action.sa_handler = watchdog;
	action.sa_flags |= SA_RESTART;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &second, NULL);
}

bool schedule_run(const struct explore_scenario *scenario, const struct strategy *strategy,
		  bool tracing)
{
	static bool caught;

	if (!caught)
		catch_crashes();
	caught = true;
	engine.last_steps = engine.step;
	engine.all_steps += engine.step;
	memset((char *)&engine + offsetof(struct engine, current), 0,
	       offsetof(struct engine, last_steps) - offsetof(struct engine, current));
	engine.scenario = scenario;
	engine.now = START_OF_TIME;
	engine.random = 42;
	engine.tracing = tracing;
	if (tracing)
		trace_begin();
	memory_begin();
	causality_begin(strategy->causes);
	engine.compares = strategy->compares;
	choices_begin(strategy);
	engine.current = fibers_new("main", scenario_main, NULL);
	context_switch(&engine.driver, &engine.current->context);
	engine.current = NULL;
	if (!engine.failed && !engine.cut)
		check_the_end();
	memory_end();
	return !engine.failed;
}
