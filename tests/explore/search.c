/* SPDX-License-Identifier: MIT */
/* search.c: schedule after schedule, until one fails or the limits are reached. */
#include "search.h"

#include <time.h>

const char *const mode_names[MODES] = { "exhaustive", "random", "pct" };

static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Until the strategy has no more, a schedule fails, or the limits are reached. */
static void run_all(const struct explore_scenario *scenario, const struct strategy *strategy,
		    const struct limits *limits, double end, struct result *result)
{
	result->whole = false;
	do {
		if (limits->schedules && result->schedules >= limits->schedules)
			return;
		if (limits->seconds > 0 && result->schedules % 64 == 0 && seconds_now() > end)
			return;
		result->schedules++;
		result->failed = !schedule_run(scenario, strategy, false);
		result->steps += engine.step;
		result->cut += engine.cut;
		result->hash = (result->hash ^ engine.hash) * 0x100000001b3u;
		if (result->failed) {
			memcpy(result->failure, engine.failure, sizeof result->failure);
			deviations_copy(&result->deviations, &taken);
			return;
		}
	} while (strategy->more());
	result->whole = true;
}

void search(const struct explore_scenario *scenario, enum mode mode, const struct limits *limits,
	    struct result *result)
{
	double begin = seconds_now(), end = begin + limits->seconds;
	struct deviations kept = result->deviations;

	memset(result, 0, sizeof *result);
	result->deviations = kept;
	engine.step = 0; /* strategies by chance learn from the schedule before */
	switch (mode) {
	case MODE_EXHAUSTIVE:
		/* Bound after bound, so that the first failure is a plain one. */
		for (unsigned bound = 0; bound <= limits->bound; bound++) {
			result->bound = bound;
			run_all(scenario, depth_first(bound, limits->all_orders), limits, end,
				result);
			if (result->failed || !result->whole)
				break;
		}
		break;
	case MODE_RANDOM:
		run_all(scenario, random_walk(limits->seed), limits, end, result);
		break;
	default:
		run_all(scenario, random_priorities(limits->seed, limits->depth), limits, end,
			result);
	}
	result->seconds = seconds_now() - begin;
}
