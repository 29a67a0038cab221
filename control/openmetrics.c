/* SPDX-License-Identifier: MIT */
/* openmetrics.c: names, types, units and texts of metrics, and their values. */
#include "openmetrics.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct family {
	const char *key; /* of a pool's status; the family is pooltoy_KEY */
	const char *help;
};

static const struct family gauges[] = {
	{ "size", "Workers that the pool has without overflow, as specified or resized." },
	{ "max_overflow", "Workers beyond the size that may be started." },
	{ "max_workers", "Workers that the pool may be resized to, as specified." },
	{ "kept", "Of the size, workers that stay though nobody waits." },
	{ "overflow", "Workers beyond the size." },
	{ "waiting", "Checkouts that wait." },
	{ "monitored", "Leases whose holder is known." },
	{ "tasks_waiting", "Tasks that wait." },
	{ "to_replace", "Workers that are yet to be replaced, since that was asked for." },
	{ "instance", "Number of the pool's instance." }
};

static const struct family counters[] = {
	{ "restarts", "Restarts of the pool." },
	{ "worker_deaths", "Workers that broke or were killed." },
	{ "start_failures", "Workers that did not start." },
	{ "checkouts", "Leases granted." },
	{ "waits", "Checkouts that had to wait." },
	{ "timeouts", "Checkouts that gave up waiting." },
	{ "client_deaths", "Leases ended by the end of their client." },
	{ "tasks_run", "Tasks that workers have run to their ends." },
	{ "tasks_cancelled", "Tasks that were cancelled." },
	{ "queue_full", "Checkouts refused since as many waited as may." },
	{ "shed", "Checkouts that waited for too long while the pool was overloaded." },
	{ "resizes", "Resizes of the pool." },
	{ "failed_checkins", "Workers that their clients checked in as failed." },
	{ "retired", "Workers replaced since they were over a limit of their life or uses." },
	{ "over_quota", "Checkouts refused since their client had as many as it may." },
	{ "expired", "Workers dismissed since they were idle for too long." },
	{ "pings", "Pings of workers that have run." },
	{ "ping_failures", "Workers whose ping failed." },
	{ "leases_overdue", "Leases held for longer than their limit." },
	{ "leases_reclaimed", "Of those, leases that were taken back." },
	{ "checkouts_cancelled", "Checkouts that waited and were cancelled." },
	{ "calls_timed_out", "Calls that their callers left at their deadline." },
	{ "calls_cancelled", "Calls that were cancelled." },
	{ "tasks_timed_out", "Tasks that did not begin before their deadline." }
};

static const struct family durations[] = {
	{ "wait", "How long checkouts waited that had to wait, whatever that came to" },
	{ "hold", "How long leases were held that were checked in" },
	{ "call", "How long calls took, until their answer, or until their caller gave up" },
	{ "start", "How long workers took to start, init included" }
};

/* States of workers, which are one family, and of the pool. */
static const char *const worker_states[] = { "idle",     "leased",      "resetting", "starting",
					     "stopping", "quarantined", "withheld" };
static const char *const pool_states[] = {
	"ready",   "overflow", "full",    "starting", "degraded",
	"backoff", "failed",   "stopped", "paused",   "draining"
};

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

static int64_t number_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

/* Values of labels, quoted. */
static void put_quoted(FILE *text, const char *value)
{
	putc('"', text);
	for (; *value; value++) {
		if (*value == '\n')
			fputs("\\n", text);
		else if (*value == '"' || *value == '\\')
			fprintf(text, "\\%c", *value);
		else
			putc(*value, text);
	}
	putc('"', text);
}

static void put_pool(FILE *text, const json_t *pool)
{
	const char *name = json_string_value(json_object_get(pool, "pool"));

	fputs("pool=", text);
	put_quoted(text, name ? name : "");
}

/* Without a zero at the end, but the first behind the point. */
static void put_seconds(FILE *text, uint64_t ns)
{
	char digits[16];
	size_t length =
		(size_t)snprintf(digits, sizeof digits, "%09" PRIu64, ns % UINT64_C(1000000000));

	while (length > 1 && digits[length - 1] == '0')
		digits[--length] = '\0';
	fprintf(text, "%" PRIu64 ".%s", ns / UINT64_C(1000000000), digits);
}

static void put_head(FILE *text, const char *name, const char *type, const char *help)
{
	fprintf(text, "# TYPE pooltoy_%s %s\n# HELP pooltoy_%s %s\n", name, type, name, help);
}

static void put_figures(FILE *text, const json_t *pools, const struct family *family, bool counts)
{
	size_t index;
	json_t *pool;

	put_head(text, family->key, counts ? "counter" : "gauge", family->help);
	json_array_foreach ((json_t *)pools, index, pool) {
		fprintf(text, "pooltoy_%s%s{", family->key, counts ? "_total" : "");
		put_pool(text, pool);
		fprintf(text, "} %" PRId64 "\n", number_of(pool, family->key));
	}
}

static void put_age(FILE *text, const json_t *pools)
{
	size_t index;
	json_t *pool;

	put_head(text, "instance_age_seconds", "gauge",
		 "Since when the pool's instance is there: after a restart it begins anew.");
	fputs("# UNIT pooltoy_instance_age_seconds seconds\n", text);
	json_array_foreach ((json_t *)pools, index, pool) {
		fputs("pooltoy_instance_age_seconds{", text);
		put_pool(text, pool);
		fputs("} ", text);
		put_seconds(text, (uint64_t)number_of(pool, "instance_ns"));
		putc('\n', text);
	}
}

static void put_workers(FILE *text, const json_t *pools)
{
	size_t index;
	json_t *pool;

	put_head(text, "workers", "gauge", "Workers, by what they do.");
	json_array_foreach ((json_t *)pools, index, pool)
		for (size_t i = 0; i < COUNT_OF(worker_states); i++) {
			fputs("pooltoy_workers{", text);
			put_pool(text, pool);
			fprintf(text, ",state=\"%s\"} %" PRId64 "\n", worker_states[i],
				number_of(pool, worker_states[i]));
		}
}

static void put_states(FILE *text, const json_t *pools)
{
	size_t index;
	json_t *pool;

	put_head(text, "state", "gauge", "1 for the state that the pool is in.");
	json_array_foreach ((json_t *)pools, index, pool) {
		const char *state = json_string_value(json_object_get(pool, "state"));

		for (size_t i = 0; i < COUNT_OF(pool_states); i++) {
			fputs("pooltoy_state{", text);
			put_pool(text, pool);
			fprintf(text, ",state=\"%s\"} %d\n", pool_states[i],
				state && strcmp(state, pool_states[i]) == 0);
		}
	}
}

/* Bounds are those of the library's buckets, each four times the one before: from 256 ns to 18 minutes. */
enum { FIRST_SHIFT = 8, LAST_SHIFT = 40, SHIFT_STEP = 2 };

/* How many took no longer than that. */
static int64_t count_within(const json_t *buckets, int64_t bound)
{
	int64_t within = 0;
	size_t index;
	json_t *bucket;

	json_array_foreach ((json_t *)buckets, index, bucket)
		if (json_integer_value(json_array_get(bucket, 0)) <= bound)
			within += json_integer_value(json_array_get(bucket, 1));
	return within;
}

static void put_sample(FILE *text, const char *key, const char *suffix, const json_t *pool)
{
	fprintf(text, "pooltoy_%s_seconds_%s{", key, suffix);
	put_pool(text, pool);
}

static void put_histogram(FILE *text, const json_t *pool, const char *key)
{
	const json_t *histogram = json_object_get(pool, key);
	const json_t *buckets = json_object_get(histogram, "buckets");
	int64_t count = number_of(histogram, "count");

	for (int shift = FIRST_SHIFT; shift <= LAST_SHIFT; shift += SHIFT_STEP) {
		put_sample(text, key, "bucket", pool);
		fputs(",le=\"", text);
		put_seconds(text, UINT64_C(1) << shift);
		fprintf(text, "\"} %" PRId64 "\n", count_within(buckets, INT64_C(1) << shift));
	}
	put_sample(text, key, "bucket", pool);
	fprintf(text, ",le=\"+Inf\"} %" PRId64 "\n", count);
	put_sample(text, key, "count", pool);
	fprintf(text, "} %" PRId64 "\n", count);
	put_sample(text, key, "sum", pool);
	fputs("} ", text);
	put_seconds(text, (uint64_t)number_of(histogram, "sum_ns"));
	putc('\n', text);
}

static void put_durations(FILE *text, const json_t *pools, const struct family *family)
{
	int64_t sampled =
		number_of(json_object_get(json_array_get(pools, 0), family->key), "sampled");
	size_t index;
	json_t *pool;

	fprintf(text, "# TYPE pooltoy_%s_seconds histogram\n", family->key);
	fprintf(text, "# UNIT pooltoy_%s_seconds seconds\n", family->key);
	fprintf(text, "# HELP pooltoy_%s_seconds %s", family->key, family->help);
	if (sampled > 1)
		fprintf(text, ": of one in %" PRId64, sampled);
	fputs(".\n", text);
	json_array_foreach ((json_t *)pools, index, pool) {
		put_histogram(text, pool, family->key);
	}
}

static void put_all(FILE *text, const json_t *status, const json_t *histograms)
{
	put_states(text, status);
	put_workers(text, status);
	put_age(text, status);
	for (size_t i = 0; i < COUNT_OF(gauges); i++)
		put_figures(text, status, &gauges[i], false);
	for (size_t i = 0; i < COUNT_OF(counters); i++)
		put_figures(text, status, &counters[i], true);
	for (size_t i = 0; i < COUNT_OF(durations); i++)
		put_durations(text, histograms, &durations[i]);
	fputs("# EOF\n", text);
}

char *openmetrics_text(const json_t *status, const json_t *histograms)
{
	char *text = NULL;
	size_t length;
	FILE *stream = open_memstream(&text, &length);
	bool failed;

	if (!stream)
		return NULL;
	put_all(stream, status, histograms);
	failed = ferror(stream);
	if (fclose(stream) == 0 && !failed)
		return text;
	free(text);
	return NULL;
}
