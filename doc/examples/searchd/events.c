/* SPDX-License-Identifier: MIT */
/* events.c: the supervisor's events, logged, and paired into times of recovery. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "events.h"
#include "server.h"

static void durations_add(struct durations *durations, uint64_t duration_ns)
{
	durations->recent_ns[durations->count++ % RECENT_TIMES] = duration_ns;
}

static int compare(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

static json_t *durations_json(const struct durations *durations)
{
	uint64_t sorted[RECENT_TIMES];
	size_t n = durations->count < RECENT_TIMES ? durations->count : RECENT_TIMES, middle;

	memcpy(sorted, durations->recent_ns, n * sizeof *sorted);
	qsort(sorted, n, sizeof *sorted, compare);
	middle = n / 2;
	return json_pack("{sI sf sf}", "count", (json_int_t)durations->count, "median_ms",
			 n ? (double)sorted[middle] / 1e6 : 0.0, "slowest_ms",
			 n ? (double)sorted[n - 1] / 1e6 : 0.0);
}

static void worker_died(struct pool_history *history, uint64_t now_ns)
{
	if (history->deaths_open < DEATHS_OPEN)
		history->died_at[history->deaths_open++] = now_ns;
}

/* The worker that starts takes the place of the one that has been dead for longest. */
static void worker_started(struct pool_history *history, uint64_t now_ns)
{
	if (!history->deaths_open)
		return;
	durations_add(&history->replacement, now_ns - history->died_at[0]);
	memmove(history->died_at, history->died_at + 1,
		--history->deaths_open * sizeof *history->died_at);
}

static void history_add(struct pool_history *history, const struct pooltoy_event *event)
{
	history->dropped += event->dropped;
	switch (event->type) {
	case POOLTOY_EVENT_POOL_CRASHED:
		history->deaths_open = 0;
		break;
	case POOLTOY_EVENT_POOL_RESTARTED:
		durations_add(&history->restart, event->duration_ns);
		break;
	case POOLTOY_EVENT_WORKER_DIED:
		worker_died(history, event->time_ns);
		break;
	case POOLTOY_EVENT_WORKER_STARTED:
		worker_started(history, event->time_ns);
		break;
	default:
		break;
	}
}

void events_record(const struct pooltoy_event *event, void *argument)
{
	struct server *server = argument;
	struct service *services[] = { &server->search, &server->writer, &server->snippet };
	char line[512];

	pooltoy_event_format(event, line, sizeof line);
	fprintf(server->event_log, "%.6f %s\n", (double)event->time_ns / 1e9, line);
	for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
		struct pool_history *history = &services[i]->history;

		if (strcmp(event->pool, services[i]->name) != 0)
			continue;
		pthread_mutex_lock(&history->lock);
		history_add(history, event);
		pthread_mutex_unlock(&history->lock);
	}
}

json_t *pool_history_json(struct pool_history *history)
{
	json_t *object;

	pthread_mutex_lock(&history->lock);
	object = json_pack("{so so sI}", "restart", durations_json(&history->restart),
			   "replacement", durations_json(&history->replacement), "events_dropped",
			   (json_int_t)history->dropped);
	pthread_mutex_unlock(&history->lock);
	return object;
}
