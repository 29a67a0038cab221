/* SPDX-License-Identifier: MIT */
/* show.c: what a server tells, as text. */
#include "show.h"

#include "table.h"
#include "text.h"

#include <string.h>
#include <time.h>

void show_servers(FILE *file, const json_t *servers)
{
	static const char *const heads[] = { "PID", "PROGRAM", "VERSION", "SOCKET" };
	struct table table;
	json_t *server;
	size_t index;

	table_open(&table, "rlll", heads);
	json_array_foreach (servers, index, server) {
		table_add(&table, "%lld", (long long)number_of(server, "pid"));
		table_add(&table, "%s", string_of(server, "program"));
		table_add(&table, "%s", string_of(server, "version"));
		table_add(&table, "%s", string_of(server, "path"));
	}
	table_close(&table, file);
}

/* The tree: in each line a node, its state, its thread, and the rest. */

static void add_thread(struct table *table, int64_t thread)
{
	if (thread)
		table_add(table, "thread %lld", (long long)thread);
	else
		table_add(table, "no thread");
}

/* Of a worker: its thread, and its process, if it has one. */
static void add_place(struct table *table, const json_t *worker)
{
	int64_t process = number_of(worker, "process");

	if (process)
		table_add(table, "thread %lld, process %lld",
			  (long long)number_of(worker, "thread"), (long long)process);
	else
		add_thread(table, number_of(worker, "thread"));
}

/* "1 lease", "2 leases". */
static const char *plural(int64_t count)
{
	return count == 1 ? "" : "s";
}

static void show_pool_line(struct table *table, const json_t *pool)
{
	int64_t restarts = number_of(pool, "restarts"), deaths = number_of(pool, "worker_deaths");
	char room[64] = "", waiting[64] = "";

	if (number_of(pool, "max_overflow"))
		snprintf(room, sizeof room, " (+%lld)", (long long)number_of(pool, "max_overflow"));
	if (number_of(pool, "waiting"))
		snprintf(waiting, sizeof waiting, ", %lld waiting",
			 (long long)number_of(pool, "waiting"));
	table_add(table, "  pool %s", string_of(pool, "pool"));
	table_add(table, "%s", string_of(pool, "state"));
	table_add(table, "size %lld%s", (long long)number_of(pool, "size"), room);
	table_add(table, "instance %lld, %lld restart%s, %lld worker%s died%s",
		  (long long)number_of(pool, "instance"), (long long)restarts, plural(restarts),
		  (long long)deaths, plural(deaths), waiting);
}

/* "2.1 s by thread 4711 from serve+0x12, in a call". */
static void write_holding(char *text, size_t size, const json_t *worker)
{
	const json_t *holder = json_object_get(worker, "holder");
	const char *call = json_is_true(json_object_get(worker, "calling")) ? ", in a call" : "";
	const char *name = string_of(holder, "name"), *from = string_of(holder, "checkout");
	char held[32], who[96];

	text[0] = 0;
	if (!holder) {
		snprintf(text, size, "%s", call);
		return;
	}
	write_duration(held, sizeof held, (uint64_t)number_of(holder, "held_ns"));
	if (strcmp(name, "tasks") == 0) {
		snprintf(text, size, ", runs tasks for %s", held);
		return;
	}
	snprintf(who, sizeof who, "%s%s%sthread %lld", name[0] ? "client " : "", name,
		 name[0] ? ", " : "", (long long)number_of(holder, "thread"));
	snprintf(text, size, ", held %s by %s from %s%s", held, who, from, call);
}

static void show_worker_line(struct table *table, const json_t *worker)
{
	int64_t leases = number_of(worker, "leases");
	char holding[400];

	write_holding(holding, sizeof holding, worker);
	table_add(table, "    worker %lld", (long long)number_of(worker, "worker"));
	table_add(table, "%s", string_of(worker, "state"));
	add_place(table, worker);
	table_add(table, "%lld lease%s%s", (long long)leases, plural(leases), holding);
}

void show_tree(FILE *file, const json_t *tree)
{
	struct table table;
	int64_t pools = (int64_t)json_array_size(json_object_get(tree, "pools"));
	size_t pool_index, index;
	json_t *pool, *worker;

	table_open(&table, "llll", NULL);
	table_add(&table, "supervisor");
	table_add(&table, "%s", "");
	add_thread(&table, number_of(tree, "thread"));
	table_add(&table, "%lld pool%s", (long long)pools, plural(pools));
	json_array_foreach (json_object_get(tree, "pools"), pool_index, pool) {
		show_pool_line(&table, pool);
		table_add(&table, "    manager");
		table_add(&table, "%s", "");
		add_thread(&table, number_of(pool, "manager_thread"));
		table_add(&table, "%s", "");
		json_array_foreach (json_object_get(pool, "workers"), index, worker)
			show_worker_line(&table, worker);
	}
	table_close(&table, file);
}

/* Status. */

void show_pools(FILE *file, const json_t *pools)
{
	static const char *const figures[] = { "idle",          "leased",        "quarantined",
					       "waiting",       "tasks_waiting", "restarts",
					       "worker_deaths", "checkouts",     "timeouts" };
	static const char *const heads[] = { "POOL",        "STATE",  "SIZE",      "IDLE",
					     "LEASED",      "STUCK",  "WAITING",   "TASKS",
					     "RESTARTS",    "DEATHS", "CHECKOUTS", "TIMEOUTS",
					     "LAST FAILURE" };
	struct table table;
	json_t *pool;
	size_t index;

	table_open(&table, "llrrrrrrrrrrl", heads);
	json_array_foreach (pools, index, pool) {
		long long overflow = (long long)number_of(pool, "max_overflow");
		char room[32] = "";

		if (overflow)
			snprintf(room, sizeof room, "+%lld", overflow);
		table_add(&table, "%s", string_of(pool, "pool"));
		table_add(&table, "%s", string_of(pool, "state"));
		table_add(&table, "%lld%s", (long long)number_of(pool, "size"), room);
		for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++)
			table_add(&table, "%lld", (long long)number_of(pool, figures[i]));
		table_add(&table, "%s", string_of(pool, "last_reason"));
	}
	table_close(&table, file);
}

static void add_figure(struct table *table, const char *key, const json_t *value)
{
	size_t length = strlen(key);
	char words[64];

	snprintf(words, sizeof words, "%s", key);
	for (char *at = words; *at; at++)
		if (*at == '_')
			*at = ' ';
	clean_text(words);
	if (length > 3 && strcmp(key + length - 3, "_ns") == 0) {
		char duration[32];

		write_duration(duration, sizeof duration, (uint64_t)json_integer_value(value));
		table_add(table, "%.*s's age", (int)length - 3, words);
		table_add(table, "%s", duration);
	} else if (json_is_string(value)) {
		table_add(table, "%s", words);
		table_add(table, "%s", json_string_value(value));
	} else if (json_is_integer(value)) {
		table_add(table, "%s", words);
		table_add(table, "%lld", (long long)json_integer_value(value));
	}
}

void show_pool(FILE *file, const json_t *pool)
{
	struct table table;
	const char *key;
	json_t *value;

	table_open(&table, "ll", NULL);
	json_object_foreach ((json_t *)pool, key, value)
		add_figure(&table, key, value);
	table_close(&table, file);
}

/* Events. */

static void write_moment(char *text, size_t size, uint64_t monotonic_ns)
{
	int64_t ns = real_time_of(monotonic_ns);
	time_t seconds = (time_t)(ns / 1000000000);
	struct tm local;
	char day[32];

	localtime_r(&seconds, &local);
	strftime(day, sizeof day, "%Y-%m-%d %H:%M:%S", &local);
	snprintf(text, size, "%s.%03d", day, (int)(ns / 1000000 % 1000));
}

void show_event(FILE *file, const json_t *event)
{
	char moment[64];

	write_moment(moment, sizeof moment, (uint64_t)number_of(event, "time_ns"));
	fprintf(file, "%s  %-7s  %s\n", moment, string_of(event, "severity"),
		string_of(event, "text"));
	fflush(file);
}
