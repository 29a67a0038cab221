/* SPDX-License-Identifier: MIT */
/* account.c: prints trees, tables and verdicts. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "account.h"

static const char *text_in(json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "?";
}

static json_t *pools_in(json_t *status)
{
	return json_object_get(json_object_get(status, "supervisor"), "pools");
}

static void print_pool(json_t *pool)
{
	json_t *worker;
	size_t i;

	printf("    pool %-8s %-9s instance %ld, %ld restarts, %ld workers died\n",
	       text_in(pool, "name"), text_in(pool, "state"), pool_number(pool, "instance"),
	       pool_number(pool, "restarts"), pool_number(pool, "worker_deaths"));
	printf("      manager               thread %ld\n",
	       pool_number(json_object_get(pool, "manager"), "thread"));
	json_array_foreach (json_object_get(pool, "workers"), i, worker)
		printf("      worker %-3ld  %-9s thread %ld, %ld leases\n",
		       pool_number(worker, "index"), text_in(worker, "state"),
		       pool_number(worker, "thread"), pool_number(worker, "leases"));
}

void account_tree(const char *title, json_t *status)
{
	json_t *pool;
	size_t i;

	printf("\n%s\n  supervisor                thread %ld\n", title,
	       pool_number(json_object_get(status, "supervisor"), "thread"));
	json_array_foreach (pools_in(status), i, pool)
		print_pool(pool);
}

static void print_kills(const struct phase *phase)
{
	const struct kills *kills = &phase->kills;

	printf("  killing %s's manager %2d times, its worker%s %2d times, under %d readers and %d"
	       " writers: ",
	       kills->pool, kills->managers, strcmp(kills->pool, "writer") ? "s" : " ",
	       kills->workers, phase->load.readers, phase->load.writers);
}

static void print_crashes(const struct phase *phase)
{
	printf("  segfaults of %s's workers, %d of them, under %d renderers, %d readers and %d"
	       " writers: ",
	       phase->kills.pool, phase->kills.crashes, phase->load.renderers, phase->load.readers,
	       phase->load.writers);
}

void account_phase_begins(const struct phase *phase)
{
	if (phase->kills.crashes)
		print_crashes(phase);
	else
		print_kills(phase);
	fflush(stdout);
}

void account_phase_ends(const struct phase *phase)
{
	printf("%.1f s\n", phase->seconds);
	fflush(stdout);
}

/* "3 POOLTOY_ECRASHED, 1 POOLTOY_ESTALE", or "0". */
static void format_codes(json_t *counts, char *text, size_t size)
{
	const char *code;
	json_t *count;
	size_t used = 0;

	snprintf(text, size, "0");
	json_object_foreach (counts, code, count) {
		int length = snprintf(text + used, size - used, "%s%ld %s", used ? ", " : "",
				      (long)json_integer_value(count), code);

		if (length > 0 && (size_t)length < size - used)
			used += (size_t)length;
	}
}

void account_requests(json_t *status)
{
	json_t *pool;
	size_t i;

	printf("\nRequests     number  answered  run again                                 "
	       "failed\n");
	json_array_foreach (pools_in(status), i, pool) {
		json_t *requests = json_object_get(pool, "requests");
		char retries[160], failures[160];

		format_codes(json_object_get(requests, "retries"), retries, sizeof retries);
		format_codes(json_object_get(requests, "failures"), failures, sizeof failures);
		printf("  %-8s %8ld  %8ld  %-40s  %s\n", text_in(pool, "name"),
		       pool_number(requests, "requests"), pool_number(requests, "answered"),
		       retries, failures);
	}
}

void account_traffic_heading(void)
{
	printf("\nFor clients  number    failed      median         99%%     slowest\n");
}

void account_traffic(const char *name, struct traffic *traffic)
{
	printf("  %-8s %8ld  %8ld %8.2f ms %8.2f ms %8.2f ms\n", name, traffic->requests,
	       traffic->failed, traffic_latency_ms(traffic, 0.5), traffic_latency_ms(traffic, 0.99),
	       traffic_latency_ms(traffic, 1));
}

static void print_durations(const char *pool, const char *what, json_t *durations)
{
	printf("  %-8s %-30s %8ld %8.2f ms %8.2f ms\n", pool, what, pool_number(durations, "count"),
	       json_number_value(json_object_get(durations, "median_ms")),
	       json_number_value(json_object_get(durations, "slowest_ms")));
}

void account_restarts(json_t *status)
{
	json_t *pool;
	size_t i;

	printf("\nRestarts                                   number      median     slowest\n");
	json_array_foreach (pools_in(status), i, pool) {
		json_t *history = json_object_get(pool, "history");
		const char *name = text_in(pool, "name");

		print_durations(name, "manager dead to serving again",
				json_object_get(history, "restart"));
		print_durations(name, "worker dead to another ready",
				json_object_get(history, "replacement"));
	}
}

int account_verdict(int holds, const char *format, ...)
{
	va_list arguments;

	printf("  %-6s  ", holds ? "ok" : "FAILED");
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
	return holds;
}

long requests_in(json_t *pool)
{
	return pool_number(json_object_get(pool, "requests"), "requests");
}

long failures_in(json_t *pool)
{
	json_t *count;
	const char *code;
	long sum = 0;

	json_object_foreach (json_object_get(json_object_get(pool, "requests"), "failures"), code,
			     count)
		sum += (long)json_integer_value(count);
	return sum;
}
