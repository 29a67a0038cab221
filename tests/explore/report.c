/* SPDX-License-Identifier: MIT */
/* report.c: the outcome of an exploration, for people and for TAP. */
#include "report.h"

#include <err.h>

#ifdef CONTEXT_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

/*
 * What `make check` explores, if nothing is asked for: so many schedules, not so many seconds, so
 * that a busy machine explores the same. With a sanitizer each takes ten times as long.
 */
#ifdef CONTEXT_ASAN
enum { SLOWER = 10 };
#else
enum { SLOWER = 1 };
#endif

static const struct options *options;
static unsigned tests, failures;

static void print_command(const struct explore_scenario *scenario,
			  const struct deviations *deviations)
{
	printf("# replay: %s %s --replay ", options->program, scenario->name);
	deviations_print(stdout, deviations);
	putchar('\n');
}

#ifdef CONTEXT_ASAN
static void sanitizer_stops(void)
{
	if (!engine.current)
		return;
	printf("# the sanitizer stopped this schedule\n");
	print_command(engine.scenario, &taken);
	fflush(stdout);
}
#endif

void report_prepare(const struct options *given)
{
	options = given;
#ifdef CONTEXT_ASAN
	__sanitizer_set_death_callback(sanitizer_stops);
#endif
}

static bool test(bool passed, const char *format, ...) POOLTOY_PRINTF(2, 3);
static bool test(bool passed, const char *format, ...)
{
	va_list arguments;

	printf("%s %u - ", passed ? "ok" : "not ok", ++tests);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
	failures += !passed;
	return passed;
}

static void print_failure(const struct explore_scenario *scenario, enum mode mode,
			  const struct result *result)
{
	printf("# %s: %s\n", scenario->name, result->failure);
	printf("# found by schedule %lu, %s", result->schedules, mode_names[mode]);
	if (mode == MODE_EXHAUSTIVE)
		printf(", bound %u", result->bound);
	else
		printf(", seed %llu", (unsigned long long)options->limits.seed);
	printf("; %u decisions are not the default\n", result->deviations.count);
	schedule_run(scenario, replay(&result->deviations), true);
	trace_print(stdout, options->whole_trace);
	printf("# %s\n", engine.failed ? engine.failure : "and all is well: it did not fail again");
	print_command(scenario, &result->deviations);
}

static struct limits limits_for(const struct explore_scenario *scenario, enum mode mode)
{
	struct limits limits = options->limits;

	if (limits.bound == UINT32_MAX)
		limits.bound = (unsigned)scenario->bound;
	if (!options->schedules_given)
		limits.schedules =
			(mode == MODE_EXHAUSTIVE ? scenario->cap : scenario->by_chance) / SLOWER;
	return limits;
}

static void print_rate(const struct result *result)
{
	if (options->rate && result->seconds > 0)
		printf("# %.0f schedules/s, %.0f steps/s, %.1f steps each, %.2f s\n",
		       (double)result->schedules / result->seconds,
		       (double)result->steps / result->seconds,
		       (double)result->steps / (double)result->schedules, result->seconds);
}

/* A scenario with a bug: it is found, and what is printed leads there again. */
static void report_bug(const struct explore_scenario *scenario, enum mode mode,
		       struct result *result)
{
	unsigned long schedules = result->schedules;
	unsigned found = result->deviations.count;
	bool again;

	if (!result->failed || !strstr(result->failure, scenario->must_fail)) {
		test(false, "%s, %s: finds its bug", scenario->name, mode_names[mode]);
		printf("# %lu schedules, and %s\n", schedules,
		       result->failed ? result->failure : "none failed");
		return;
	}
	again = !schedule_run(scenario, replay(&result->deviations), false) &&
		strcmp(engine.failure, result->failure) == 0;
	shrink(scenario, result);
	again = again && !schedule_run(scenario, replay(&result->deviations), false) &&
		strstr(engine.failure, scenario->must_fail);
	test(again, "%s, %s: bug found by schedule %lu, replayed, shrunk from %u to %u decisions",
	     scenario->name, mode_names[mode], schedules, found, result->deviations.count);
	print_rate(result);
}

/* The same seed makes the same schedules. */
static bool is_deterministic(const struct explore_scenario *scenario, enum mode mode,
			     const struct result *first)
{
	struct limits limits = limits_for(scenario, mode);
	struct result half = { 0 }, again = { 0 };

	limits.seconds = 0;
	limits.schedules = first->schedules < 200 ? first->schedules : 200;
	search(scenario, mode, &limits, &half);
	search(scenario, mode, &limits, &again);
	free(half.deviations.list);
	free(again.deviations.list);
	return half.hash == again.hash && half.steps == again.steps;
}

static void report_mode(const struct explore_scenario *scenario, enum mode mode)
{
	struct limits limits = limits_for(scenario, mode);
	struct result result = { 0 };

	search(scenario, mode, &limits, &result);
	if (scenario->must_fail) {
		report_bug(scenario, mode, &result);
	} else if (result.failed) {
		test(false, "%s, %s", scenario->name, mode_names[mode]);
		shrink(scenario, &result);
		print_failure(scenario, mode, &result);
	} else if (!is_deterministic(scenario, mode, &result)) {
		test(false, "%s, %s: the same seed gives the same schedules", scenario->name,
		     mode_names[mode]);
	} else if (mode == MODE_EXHAUSTIVE) {
		test(true, "%s, exhaustive: %lu schedules, %lu of them cut, %s bound %u",
		     scenario->name, result.schedules, result.cut,
		     result.whole ? "all within" : "part of", result.bound);
		print_rate(&result);
	} else {
		test(true, "%s, %s: %lu schedules", scenario->name, mode_names[mode],
		     result.schedules);
		print_rate(&result);
	}
	free(result.deviations.list);
}

/* What the scenario is about took place, or all of the above proves nothing. */
static void report_sights(const struct explore_scenario *scenario)
{
	bool all = true, any = false;

	for (unsigned i = 0; i < EXPLORE_MAX_SIGHTS; i++) {
		if (!scenario->sights[i])
			continue;
		printf("#   %s: %lu times\n", scenario->sights[i], sights_seen[i]);
		all = all && sights_seen[i] > 0;
		any = true;
	}
	if (any || !scenario->must_fail)
		test(any && all, "%s: what it is about took place", scenario->name);
}

static bool goes_on(void)
{
	return !failures || !options->until_failure;
}

bool report_scenario(const struct explore_scenario *scenario)
{
	memset(sights_seen, 0, sizeof sights_seen);
	for (unsigned mode = 0; mode < MODES && goes_on(); mode++)
		if (options->mode == MODES || options->mode == mode)
			report_mode(scenario, mode);
	if (goes_on())
		report_sights(scenario);
	return goes_on();
}

int report_replay(const struct explore_scenario *scenario)
{
	struct deviations deviations = { 0 };
	bool passed;

	if (!deviations_parse(&deviations, options->replay))
		errx(2, "%s is not a schedule", options->replay);
	passed = schedule_run(scenario, replay(&deviations), true);
	trace_print(stdout, options->whole_trace);
	if (replay_hits() < deviations.count)
		printf("# %u of its decisions did not come up\n", deviations.count - replay_hits());
	printf("# %s: %s\n", scenario->name, passed ? "no failure" : engine.failure);
	free(deviations.list);
	return passed ? 0 : 1;
}

int report_end(void)
{
	printf("1..%u\n", tests);
	return failures || !tests;
}
