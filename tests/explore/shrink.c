/* SPDX-License-Identifier: MIT */
/* shrink.c: the plainest schedule that fails in the same way. */
#include "search.h"

enum { PLAIN_SCHEDULES = 20000 };
static const double PLAIN_SECONDS = 2;

/* The same law at the same place: what threads were doing beside it may differ. */
static bool is_same_failure(const char *one, const char *other)
{
	size_t length = strcspn(one, ":");

	return length == strcspn(other, ":") && strncmp(one, other, length) == 0;
}

static bool still_fails(const struct explore_scenario *scenario, const struct deviations *list,
			struct result *result)
{
	if (schedule_run(scenario, replay_by_threads(list), false) ||
	    !is_same_failure(engine.failure, result->failure))
		return false;
	memcpy(result->failure, engine.failure, sizeof result->failure);
	deviations_copy(&result->deviations, &taken);
	return true;
}

static void without(struct deviations *to, const struct deviations *from, unsigned first,
		    unsigned length)
{
	to->count = 0;
	for (unsigned i = 0; i < from->count; i++)
		if (i < first || i >= first + length)
			deviations_add(to, from->list[i]);
}

/* Leaves runs of deviations out, long ones first, as long as that keeps the failure. */
static void leave_out(const struct explore_scenario *scenario, struct result *result)
{
	struct deviations attempt = { 0 };
	unsigned length = result->deviations.count / 2 + 1;

	for (; length > 0; length /= 2) {
		unsigned first = 0;

		while (first < result->deviations.count) {
			unsigned before = result->deviations.count;

			without(&attempt, &result->deviations, first, length);
			if (!still_fails(scenario, &attempt, result) ||
			    result->deviations.count >= before)
				first += length;
		}
	}
	free(attempt.list);
}

void shrink(const struct explore_scenario *scenario, struct result *result)
{
	struct limits limits = { .schedules = PLAIN_SCHEDULES, .seconds = PLAIN_SECONDS };
	struct result plain = { 0 };

	leave_out(scenario, result);
	if (result->deviations.count > 1) {
		limits.bound = result->deviations.count - 1 < 2 ? result->deviations.count - 1 : 2;
		search(scenario, MODE_EXHAUSTIVE, &limits, &plain);
		if (plain.failed && plain.deviations.count < result->deviations.count &&
		    is_same_failure(plain.failure, result->failure)) {
			memcpy(result->failure, plain.failure, sizeof result->failure);
			deviations_copy(&result->deviations, &plain.deviations);
		}
		free(plain.deviations.list);
	}
}
