/* SPDX-License-Identifier: MIT */
/* search.c: schedule after schedule, until one fails or the limits are reached. */
#include "search.h"

#include <err.h>
#include <time.h>

const char *const mode_names[MODES] = { "exhaustive", "random", "pct" };

static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static struct ending *ending_at(const struct endings *endings, uint64_t causes)
{
	uint64_t place = causes;

	while (endings->table[place % endings->room].causes != causes &&
	       endings->table[place % endings->room].causes != 0)
		place++;
	return &endings->table[place % endings->room];
}

static void make_room(struct endings *endings)
{
	struct endings more = { NULL, 0, endings->room ? 2 * endings->room : 1024,
				endings->conflicts };

	more.table = calloc(more.room, sizeof *more.table);
	if (!more.table)
		err(99, "no memory for the endings");
	for (unsigned i = 0; i < endings->room; i++)
		if (endings->table[i].causes)
			endings_add(&more, endings->table[i]);
	free(endings->table);
	*endings = more;
}

void endings_add(struct endings *endings, struct ending ending)
{
	struct ending *place;

	if (2 * endings->count >= endings->room)
		make_room(endings);
	place = ending_at(endings, ending.causes);
	if (!place->causes) {
		*place = ending;
		endings->count++;
	} else if (place->memory != ending.memory) {
		endings->conflicts++;
	}
}

bool endings_are_equal(const struct endings *one, const struct endings *other)
{
	for (unsigned i = 0; i < one->room; i++)
		if (one->table[i].causes && !ending_at(other, one->table[i].causes)->causes)
			return false;
	return one->count == other->count;
}

static bool has_only_its_own_threads(const struct explore_scenario *scenario)
{
	long own = 1;

	while (own <= EXPLORE_MAX_FIBERS && scenario->fibers[own - 1].body)
		own++;
	return engine.started == own;
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
		if (limits->endings && !engine.cut)
			endings_add(limits->endings,
				    (struct ending){ engine.ending, engine.ending_memory });
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
			if (bound > 0 && bound - 1 == limits->usual_bound)
				end = seconds_now() + limits->seconds / 20;
			run_all(scenario, depth_first(bound, limits->orders), limits, end, result);
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
	result->is_structures = has_only_its_own_threads(scenario);
	result->seconds = seconds_now() - begin;
}
