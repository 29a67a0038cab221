/* SPDX-License-Identifier: MIT */
/* top_rows.c: what `pooltoy top` shows, as text. */
#include "top_rows.h"

#include "table.h"
#include "text.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

static const char *const key_names[] = { "name",      "leased",   "waiting",
					 "checkouts", "timeouts", "deaths" };

const char *top_key_name(enum top_key key)
{
	return key_names[key];
}

enum top_key top_key_of(const char *name)
{
	int key = 0;

	while (key < TOP_KEYS && strcmp(key_names[key], name) != 0)
		key++;
	return (enum top_key)key;
}

/* Pools. */

struct row {
	const json_t *pool;
	double checkouts, waits, timeouts, tasks; /* a second */
	double sorted_by;
};

static const json_t *pool_of(const json_t *tree, const char *name)
{
	json_t *pool;
	size_t index;

	json_array_foreach (json_object_get(tree, "pools"), index, pool)
		if (strcmp(string_of(pool, "pool"), name) == 0)
			return pool;
	return NULL;
}

/*
 * Negative: not known, since the pool was not seen before. One that was started anew under its name
 * has begun from 0.
 */
static double rate(const json_t *now, const json_t *before, const char *key, double seconds)
{
	int64_t grown = number_of(now, key) - number_of(before, key);

	if (!before)
		return -1;
	return grown > 0 && seconds > 0 ? (double)grown / seconds : 0;
}

static double sort_value(const struct row *row, enum top_key key)
{
	switch (key) {
	case TOP_LEASED:
		return (double)number_of(row->pool, "leased");
	case TOP_WAITING:
		return (double)number_of(row->pool, "waiting");
	case TOP_CHECKOUTS:
		return row->checkouts;
	case TOP_TIMEOUTS:
		return row->timeouts;
	case TOP_DEATHS:
		return (double)number_of(row->pool, "worker_deaths");
	default:
		return 0;
	}
}

static struct row row_of(const json_t *pool, const json_t *before, double seconds, enum top_key key)
{
	const json_t *then = pool_of(before, string_of(pool, "pool"));
	struct row row = { .pool = pool,
			   .checkouts = rate(pool, then, "checkouts", seconds),
			   .waits = rate(pool, then, "waits", seconds),
			   .timeouts = rate(pool, then, "timeouts", seconds),
			   .tasks = rate(pool, then, "tasks_run", seconds) };

	row.sorted_by = sort_value(&row, key);
	return row;
}

/* The most first; what is equal, by name. */
static int compare_rows(const void *left, const void *right)
{
	const struct row *one = left, *other = right;

	if (one->sorted_by != other->sorted_by)
		return one->sorted_by < other->sorted_by ? 1 : -1;
	return strcmp(string_of(one->pool, "pool"), string_of(other->pool, "pool"));
}

static void add_rate(struct table *table, double value)
{
	if (value < 0)
		table_add(table, "-");
	else
		table_add(table, value > 0 && value < 10 ? "%.1f" : "%.0f", value);
}

static void add_row(struct table *table, const struct row *row)
{
	static const char *const counts[] = { "size",        "idle",    "leased",
					      "quarantined", "waiting", "tasks_waiting" };

	table_add(table, "%s", string_of(row->pool, "pool"));
	table_add(table, "%s", string_of(row->pool, "state"));
	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
		table_add(table, "%lld", (long long)number_of(row->pool, counts[i]));
	add_rate(table, row->checkouts);
	add_rate(table, row->waits);
	add_rate(table, row->timeouts);
	add_rate(table, row->tasks);
	table_add(table, "%lld", (long long)number_of(row->pool, "restarts"));
	table_add(table, "%lld", (long long)number_of(row->pool, "worker_deaths"));
}

/* `size` of them, at least one. */
static void *array_of(size_t count, size_t size)
{
	void *array = calloc(count + 1, size);

	if (!array)
		err(3, "pooltoy");
	return array;
}

static void write_pools(FILE *file, const json_t *tree, const json_t *before, double seconds,
			enum top_key key)
{
	static const char *const heads[] = { "POOL",   "STATE",   "SIZE",     "IDLE",  "LEASED",
					     "STUCK",  "WAITING", "TASKS",    "OUT/S", "WAIT/S",
					     "LATE/S", "TASK/S",  "RESTARTS", "DEATHS" };
	const json_t *pools = json_object_get(tree, "pools");
	size_t count = json_array_size(pools);
	struct row *rows = array_of(count, sizeof *rows);
	struct table table;

	for (size_t i = 0; i < count; i++)
		rows[i] = row_of(json_array_get(pools, i), before, seconds, key);
	qsort(rows, count, sizeof *rows, compare_rows);
	table_open(&table, "llrrrrrrrrrrrr", heads);
	for (size_t i = 0; i < count; i++)
		add_row(&table, &rows[i]);
	table_close(&table, file);
	free(rows);
}

/* Workers that are held. */

struct held {
	const json_t *pool, *worker, *holder;
	int64_t ns;
};

static int compare_held(const void *left, const void *right)
{
	const struct held *one = left, *other = right;

	return (one->ns < other->ns) - (one->ns > other->ns);
}

static size_t count_workers(const json_t *tree)
{
	json_t *pool;
	size_t index, count = 0;

	json_array_foreach (json_object_get(tree, "pools"), index, pool)
		count += json_array_size(json_object_get(pool, "workers"));
	return count;
}

static size_t collect_held(const json_t *tree, struct held *held)
{
	size_t pool_index, index, count = 0;
	json_t *pool, *worker, *holder;

	json_array_foreach (json_object_get(tree, "pools"), pool_index, pool)
		json_array_foreach (json_object_get(pool, "workers"), index, worker) {
			holder = json_object_get(worker, "holder");
			if (holder)
				held[count++] = (struct held){ pool, worker, holder,
							       number_of(holder, "held_ns") };
		}
	return count;
}

static void add_held(struct table *table, const struct held *held)
{
	const char *name = string_of(held->holder, "name");
	char duration[32];

	write_duration(duration, sizeof duration, (uint64_t)held->ns);
	table_add(table, "%s", duration);
	table_add(table, "%s", string_of(held->pool, "pool"));
	table_add(table, "%lld", (long long)number_of(held->worker, "worker"));
	table_add(table, "%lld", (long long)number_of(held->holder, "thread"));
	table_add(table, "%s",
		  json_is_true(json_object_get(held->worker, "calling")) ? "yes" : "no");
	table_add(table, "%s", name[0] ? name : "-");
	table_add(table, "%s", string_of(held->holder, "checkout"));
}

/* Nothing if nobody holds a worker. */
static void write_held(FILE *file, const json_t *tree, size_t most)
{
	static const char *const heads[] = { "HELD",    "POOL",   "WORKER", "BY THREAD",
					     "IN CALL", "CLIENT", "FROM" };
	struct held *held = array_of(count_workers(tree), sizeof *held);
	size_t count = collect_held(tree, held);
	struct table table;

	if (count == 0) {
		free(held);
		return;
	}
	fputc('\n', file);
	qsort(held, count, sizeof *held, compare_held);
	table_open(&table, "rlrrlll", heads);
	for (size_t i = 0; i < count && i < most; i++)
		add_held(&table, &held[i]);
	table_close(&table, file);
	free(held);
}

void top_write(FILE *file, const json_t *tree, const json_t *before, double seconds,
	       enum top_key key, int lines)
{
	int left = lines - (int)json_array_size(json_object_get(tree, "pools")) - 3;

	write_pools(file, tree, before, seconds, key);
	if (left > 0)
		write_held(file, tree, (size_t)left);
}
