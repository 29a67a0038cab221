/* SPDX-License-Identifier: MIT */
/* samples.c: how a pool was over the last minutes. */
#include "samples.h"

#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct samples *samples_of(struct samples **list, const char *pool)
{
	struct samples *samples;

	for (samples = *list; samples; samples = samples->next)
		if (strcmp(samples->pool, pool) == 0)
			return samples;
	samples = calloc(1, sizeof *samples);
	if (!samples)
		return NULL;
	snprintf(samples->pool, sizeof samples->pool, "%s", pool);
	samples->next = *list;
	*list = samples;
	return samples;
}

static void free_first(struct samples **list)
{
	struct samples *samples = *list;

	*list = samples->next;
	for (int i = 0; i <= SAMPLES_WINDOW; i++)
		json_decref(samples->histograms[i]);
	free(samples);
}

void samples_free(struct samples **list)
{
	while (*list)
		free_first(list);
}

void samples_forget(struct samples **list, int64_t before_ms)
{
	while (*list)
		if ((*list)->count == 0 ||
		    (*list)->kept[((*list)->count - 1) % SAMPLES].at_ms < before_ms)
			free_first(list);
		else
			list = &(*list)->next;
}

/* Percentiles of what came between two looks: a histogram only grows, by pairs [upper bound, count], in order. */

static int64_t upper_of(const json_t *pair)
{
	return json_integer_value(json_array_get(pair, 0));
}

static int64_t count_of(const json_t *pair)
{
	return json_integer_value(json_array_get(pair, 1));
}

/* How many came since into the bucket of `pair`; *at is where `before` has been read to. */
static int64_t grown(const json_t *pair, const json_t *before, size_t *at)
{
	const json_t *old;

	while ((old = json_array_get(before, *at)) && upper_of(old) < upper_of(pair))
		++*at;
	return count_of(pair) - (old && upper_of(old) == upper_of(pair) ? count_of(old) : 0);
}

/* The bound of the bucket that has the one of that rank, counted from 1; never above the longest of all. */
static int64_t bound_of(const json_t *now, const json_t *before, int64_t rank)
{
	const json_t *buckets = json_object_get(now, "buckets"),
		     *old = json_object_get(before, "buckets");
	int64_t seen = 0, longest = number_of(now, "max_ns");
	size_t index, at = 0;
	json_t *pair;

	json_array_foreach (buckets, index, pair) {
		seen += grown(pair, old, &at);
		if (seen >= rank)
			return upper_of(pair) < longest ? upper_of(pair) : longest;
	}
	return longest;
}

static int64_t count_between(const json_t *now, const json_t *before)
{
	const json_t *buckets = json_object_get(now, "buckets"),
		     *old = json_object_get(before, "buckets");
	int64_t count = 0;
	size_t index, at = 0;
	json_t *pair;

	json_array_foreach (buckets, index, pair)
		count += grown(pair, old, &at);
	return count;
}

static void take_percentiles(int64_t ns[PERCENTILES], const json_t *now, const json_t *before)
{
	static const int64_t permille[PERCENTILES] = { 500, 990, 999 };
	/* A pool that was stopped and started under its name has begun from 0. */
	bool grew = now && before && number_of(now, "count") > number_of(before, "count");
	int64_t count = grew ? count_between(now, before) : 0;

	for (int i = 0; i < PERCENTILES; i++)
		ns[i] = count > 0 ? bound_of(now, before, (count * permille[i] + 999) / 1000) : -1;
}

void samples_take(struct samples *samples, const json_t *status, const json_t *histograms,
		  int64_t at_ms)
{
	struct sample *sample = &samples->kept[samples->count % SAMPLES];
	json_t **now = &samples->histograms[samples->count % (SAMPLES_WINDOW + 1)];
	const json_t *before = NULL;

	/* The oldest of the window that is known; there are fewer at first. */
	json_decref(*now);
	*now = histograms ? json_incref((json_t *)histograms) : NULL;
	for (uint64_t i = 1; i <= SAMPLES_WINDOW && !before; i++)
		before = samples->histograms[(samples->count + i) % (SAMPLES_WINDOW + 1)];
	*sample = (struct sample){ .at_ms = at_ms,
				   .in_use = number_of(status, "leased"),
				   .idle = number_of(status, "idle"),
				   .waiting = number_of(status, "waiting") +
					      number_of(status, "tasks_waiting") };
	take_percentiles(sample->wait_ns, json_object_get(*now, "wait"),
			 json_object_get(before, "wait"));
	take_percentiles(sample->hold_ns, json_object_get(*now, "hold"),
			 json_object_get(before, "hold"));
	samples->count++;
}

void samples_note_crash(struct samples *samples, bool whole, int64_t at_ms)
{
	struct crashes *crashes = whole ? &samples->of_pool : &samples->of_workers;

	crashes->at_ms[crashes->count++ % CRASHES] = at_ms;
}

static json_t *report_sample(const struct sample *sample)
{
	json_t *array =
		json_pack("[I, I, I, I]", (json_int_t)sample->at_ms, (json_int_t)sample->in_use,
			  (json_int_t)sample->idle, (json_int_t)sample->waiting);

	for (int i = 0; i < 2 * PERCENTILES; i++) {
		int64_t ns =
			i < PERCENTILES ? sample->wait_ns[i] : sample->hold_ns[i - PERCENTILES];

		json_array_append_new(array, ns < 0 ? json_null() : json_integer(ns));
	}
	return array;
}

json_t *samples_last(const struct samples *samples)
{
	return report_sample(&samples->kept[(samples->count - 1) % SAMPLES]);
}

json_t *samples_all(const struct samples *samples)
{
	json_t *array = json_array();

	for (uint64_t i = samples->count > SAMPLES ? samples->count - SAMPLES : 0;
	     i < samples->count; i++)
		json_array_append_new(array, report_sample(&samples->kept[i % SAMPLES]));
	return array;
}

static json_t *report_crashes(const struct crashes *crashes)
{
	json_t *array = json_array();

	for (uint64_t i = crashes->count > CRASHES ? crashes->count - CRASHES : 0;
	     i < crashes->count; i++)
		json_array_append_new(array, json_integer(crashes->at_ms[i % CRASHES]));
	return array;
}

json_t *samples_crashes(const struct samples *samples)
{
	return json_pack("{s:o, s:o}", "pool", report_crashes(&samples->of_pool), "workers",
			 report_crashes(&samples->of_workers));
}
