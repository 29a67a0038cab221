/* SPDX-License-Identifier: MIT */
/* report.c: the outcome of an exploration, for people and for TAP. */
#include "report.h"

#include <err.h>

#ifdef CONTEXT_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

/*
 * What `make check` explores, if nothing is asked for, and what --full does by chance: so many
 * schedules, not so many seconds, so that a busy machine explores the same. With a sanitizer each
 * takes ten times as long.
 */
#ifdef CONTEXT_ASAN
enum { SLOWER = 10 };
/* What points into a stack depends on all that went before: AddressSanitizer allocates frames. */
static const bool endings_compare = false;
#else
enum { SLOWER = 1 };
static const bool endings_compare = true;
#endif

/* Of --full: so many times as many schedules by chance, and preemptions if they end soon. */
enum { FULL = 5, FULL_BOUND = 3 };

/* Of scenarios that are smaller than SMALL when cut, all orders are explored, too, and compared. */
enum { SMALL = 3000, SMALL_ALL_ORDERS = 60000 };

/* One search of a scenario. */
struct run {
	enum mode mode;
	unsigned depth; /* pct */
};

static const struct options *options;
static unsigned tests, failures;
static FILE *tsv;

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
	if (options->tsv && !(tsv = fopen(options->tsv, "a")))
		err(2, "%s", options->tsv);
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

/* A line for the ladder. */
static void tell(const struct explore_scenario *scenario, const char *what, bool passed,
		 unsigned long figure, const char *unit)
{
	if (tsv)
		fprintf(tsv, "%s %s\t%s\t%lu\t%s\n", scenario->name, what, passed ? "pass" : "fail",
			figure, unit);
}

static struct limits limits_for(const struct explore_scenario *scenario, const struct run *run)
{
	struct limits limits = options->limits;

	limits.usual_bound = UINT32_MAX;
	if (limits.bound == UINT32_MAX) {
		limits.bound = scenario->bound < 0 ? 0 : (unsigned)scenario->bound;
		if (options->full && limits.bound < FULL_BOUND) {
			limits.usual_bound = limits.bound;
			limits.bound = FULL_BOUND;
		}
	}
	limits.depth = run->depth;
	/* A limit of time is for what may have no end; by chance it is so many. */
	if (options->full && run->mode != MODE_EXHAUSTIVE)
		limits.seconds = 0;
	if (options->schedules_given)
		return limits;
	if (run->mode != MODE_EXHAUSTIVE)
		limits.schedules = (options->full ? FULL : 1) * scenario->by_chance / SLOWER;
	else if (!options->full)
		limits.schedules = scenario->cap / SLOWER;
	return limits;
}

/* "pct depth 3" */
static const char *describe(const struct run *run)
{
	static char text[64];
	const char *name = mode_names[run->mode];

	if (run->mode != MODE_PCT)
		return name;
	snprintf(text, sizeof text, "%s depth %u", name, run->depth);
	return text;
}

/* "schedules, delay bound 2 exhausted, 3 in part" */
static const char *reach(const struct explore_scenario *scenario, const struct run *run,
			 const struct result *result)
{
	static char text[80];
	const char *kind = scenario->delays ? "delay bound" : "bound";

	if (run->mode != MODE_EXHAUSTIVE)
		return "schedules";
	if (result->whole)
		snprintf(text, sizeof text, "schedules, %s %u exhausted", kind, result->bound);
	else if (result->bound > 0)
		snprintf(text, sizeof text, "schedules, %s %u exhausted, %u in part", kind,
			 result->bound - 1, result->bound);
	else
		snprintf(text, sizeof text, "schedules, %s 0 in part", kind);
	return text;
}

static void print_failure(const struct explore_scenario *scenario, const struct run *run,
			  const struct result *result)
{
	printf("# %s: %s\n", scenario->name, result->failure);
	printf("# found by schedule %lu, %s", result->schedules, describe(run));
	if (run->mode != MODE_EXHAUSTIVE)
		printf(", seed %llu", (unsigned long long)options->limits.seed);
	printf("; %u decisions are not the default\n", result->deviations.count);
	schedule_run(scenario, replay(&result->deviations), true);
	trace_print(stdout, options->whole_trace);
	printf("# %s\n", engine.failed ? engine.failure : "and all is well: it did not fail again");
	print_command(scenario, &result->deviations);
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
static void report_bug(const struct explore_scenario *scenario, const struct run *run,
		       struct result *result)
{
	unsigned long schedules = result->schedules;
	unsigned found = result->deviations.count;
	bool again;

	if (!result->failed || !strstr(result->failure, scenario->must_fail)) {
		test(false, "%s, %s: finds its bug", scenario->name, describe(run));
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
	     scenario->name, describe(run), schedules, found, result->deviations.count);
}

/* The same seed makes the same schedules. */
static bool is_deterministic(const struct explore_scenario *scenario, const struct run *run,
			     const struct result *first)
{
	struct limits limits = limits_for(scenario, run);
	struct result half = { 0 }, again = { 0 };

	limits.seconds = 0;
	limits.schedules = first->schedules < 200 ? first->schedules : 200;
	search(scenario, run->mode, &limits, &half);
	search(scenario, run->mode, &limits, &again);
	free(half.deviations.list);
	free(again.deviations.list);
	return half.hash == again.hash && half.steps == again.steps;
}

static bool report_outcome(const struct explore_scenario *scenario, const struct run *run,
			   struct result *result)
{
	const char *what = describe(run);

	if (result->failed) {
		test(false, "%s, %s", scenario->name, what);
		shrink(scenario, result);
		print_failure(scenario, run, result);
		return false;
	}
	if (!is_deterministic(scenario, run, result))
		return test(false, "%s, %s: the same seed gives the same schedules", scenario->name,
			    what);
	return test(true, "%s, %s: %lu %s", scenario->name, what, result->schedules,
		    reach(scenario, run, result));
}

/* The same endings with the cut and without, and the same memory wherever the causes are the same:
 * in a search that is small enough to do both. */
static void compare(const struct explore_scenario *scenario, const struct run *run,
		    const struct result *cut)
{
	struct limits limits = limits_for(scenario, run);
	struct endings few = { NULL, 0, 0, 0 }, all = { NULL, 0, 0, 0 };
	struct result result = { 0 };

	if (!endings_compare || !cut->whole || cut->schedules > SMALL ||
	    limits.orders != ORDERS_CUT)
		return;
	limits.schedules = SMALL_ALL_ORDERS;
	limits.endings = &all;
	limits.orders = ORDERS_COMPARED;
	search(scenario, run->mode, &limits, &result);
	if (result.whole) {
		limits.endings = &few;
		limits.orders = ORDERS_CUT;
		search(scenario, run->mode, &limits, &result);
		tell(scenario, "cut against all orders",
		     test(endings_are_equal(&few, &all) && !all.conflicts,
			  "%s: %u endings with the cut, %u in all orders, %u of them ambiguous",
			  scenario->name, few.count, all.count, all.conflicts),
		     all.count, "endings");
	}
	free(few.table);
	free(all.table);
	free(result.deviations.list);
}

static void report_run(const struct explore_scenario *scenario, const struct run *run)
{
	struct limits limits = limits_for(scenario, run);
	struct result result = { 0 };

	search(scenario, run->mode, &limits, &result);
	if (scenario->must_fail) {
		report_bug(scenario, run, &result);
	} else {
		bool passed = report_outcome(scenario, run, &result);

		tell(scenario, describe(run), passed, result.schedules,
		     reach(scenario, run, &result));
		if (run->mode == MODE_EXHAUSTIVE && !result.failed)
			compare(scenario, run, &result);
		/* For the ladder to add up; of schedules that are not cut. */
		if (tsv && run->mode == MODE_RANDOM)
			fprintf(tsv, "rate\t%s\t%lu\t%f\n",
				result.is_structures ? "structures" : "actors", result.schedules,
				result.seconds);
	}
	print_rate(&result);
	free(result.deviations.list);
}

/* What the scenario is about took place, or all of the above proves nothing. */
static void report_sights(const struct explore_scenario *scenario)
{
	bool all = true;
	unsigned count = 0;

	for (unsigned i = 0; i < EXPLORE_MAX_SIGHTS; i++) {
		if (!scenario->sights[i])
			continue;
		printf("#   %s: %lu times\n", scenario->sights[i], sights_seen[i]);
		all = all && sights_seen[i] > 0;
		count++;
	}
	if (count > 0 || !scenario->must_fail)
		tell(scenario, "sights",
		     test(count > 0 && all, "%s: what it is about took place", scenario->name),
		     count, "sights");
}

static bool goes_on(void)
{
	return !failures || !options->until_failure;
}

static bool is_wanted(const struct run *run)
{
	return options->mode == MODES || options->mode == run->mode;
}

bool report_scenario(const struct explore_scenario *scenario)
{
	const struct run quick[] = { { MODE_EXHAUSTIVE, 0 },
				     { MODE_RANDOM, 0 },
				     { MODE_PCT, options->limits.depth } };
	static const struct run full[] = { { MODE_EXHAUSTIVE, 0 },
					   { MODE_RANDOM, 0 },
					   { MODE_PCT, 2 },
					   { MODE_PCT, 3 },
					   { MODE_PCT, 5 } };
	const struct run *runs = options->full ? full : quick;
	size_t count = options->full ? sizeof full / sizeof *full : sizeof quick / sizeof *quick;

	memset(sights_seen, 0, sizeof sights_seen);
	for (size_t i = 0; i < count && goes_on(); i++)
		if (is_wanted(&runs[i]))
			report_run(scenario, &runs[i]);
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
