/* SPDX-License-Identifier: MIT */
/* report.c: what the library tells of pools, as JSON. */
#include "report.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

json_t *report_text(const char *text)
{
	const char *given = text ? text : "";
	json_t *whole = json_string(given);
	char *copy;

	if (whole)
		return whole;
	copy = strdup(given);
	if (!copy)
		return NULL;
	for (char *at = copy; *at; at++)
		if ((unsigned char)*at >= 0x80)
			*at = '?';
	whole = json_string(copy);
	free(copy);
	return whole;
}

static json_t *number(uint64_t value)
{
	return json_integer((json_int_t)value);
}

/* False once a member was lacking memory: the object is then of no use. */
static bool put(json_t *object, const char *key, json_t *value)
{
	return json_object_set_new(object, key, value) == 0;
}

/* `object` if all its members are there. */
static json_t *finished(json_t *object, bool complete)
{
	if (complete)
		return object;
	json_decref(object);
	return NULL;
}

static bool put_workers(json_t *object, const struct pooltoy_pool_status *status)
{
	return put(object, "size", json_integer(status->size)) &&
	       put(object, "max_overflow", json_integer(status->max_overflow)) &&
	       put(object, "idle", json_integer(status->idle)) &&
	       put(object, "leased", json_integer(status->leased)) &&
	       put(object, "resetting", json_integer(status->resetting)) &&
	       put(object, "starting", json_integer(status->starting)) &&
	       put(object, "stopping", json_integer(status->stopping)) &&
	       put(object, "quarantined", json_integer(status->quarantined)) &&
	       put(object, "overflow", json_integer(status->overflow)) &&
	       put(object, "waiting", json_integer(status->waiting)) &&
	       put(object, "monitored", json_integer(status->monitored)) &&
	       put(object, "withheld", json_integer(status->withheld)) &&
	       put(object, "tasks_waiting", json_integer(status->tasks_waiting));
}

static bool put_counts(json_t *object, const struct pooltoy_pool_status *status)
{
	return put(object, "instance", number(status->instance)) &&
	       put(object, "instance_ns", number(status->instance_ns)) &&
	       put(object, "restarts", number(status->restarts)) &&
	       put(object, "worker_deaths", number(status->worker_deaths)) &&
	       put(object, "start_failures", number(status->start_failures)) &&
	       put(object, "checkouts", number(status->checkouts)) &&
	       put(object, "waits", number(status->waits)) &&
	       put(object, "timeouts", number(status->timeouts)) &&
	       put(object, "client_deaths", number(status->client_deaths)) &&
	       put(object, "tasks_run", number(status->tasks_run)) &&
	       put(object, "tasks_cancelled", number(status->tasks_cancelled)) &&
	       put(object, "queue_full", number(status->queue_full)) &&
	       put(object, "shed", number(status->shed)) &&
	       put(object, "resizes", number(status->resizes)) &&
	       put(object, "failed_checkins", number(status->failed_checkins)) &&
	       put(object, "retired", number(status->retired)) &&
	       put(object, "to_replace", json_integer(status->to_replace)) &&
	       put(object, "over_quota", number(status->over_quota)) &&
	       put(object, "expired", number(status->expired)) &&
	       put(object, "kept", json_integer(status->kept)) &&
	       put(object, "max_workers", json_integer(status->max_workers)) &&
	       put(object, "pings", number(status->pings)) &&
	       put(object, "ping_failures", number(status->ping_failures)) &&
	       put(object, "leases_overdue", number(status->leases_overdue)) &&
	       put(object, "leases_reclaimed", number(status->leases_reclaimed)) &&
	       put(object, "checkouts_cancelled", number(status->checkouts_cancelled)) &&
	       put(object, "calls_timed_out", number(status->calls_timed_out)) &&
	       put(object, "calls_cancelled", number(status->calls_cancelled)) &&
	       put(object, "tasks_timed_out", number(status->tasks_timed_out)) &&
	       put(object, "last_reason", report_text(status->last_reason));
}

json_t *report_status(const char *pool, const struct pooltoy_pool_status *status)
{
	json_t *object = json_object();

	return finished(object, put(object, "pool", report_text(pool)) &&
					put(object, "state",
					    json_string(pooltoy_pool_state_name(status->state))) &&
					put_workers(object, status) && put_counts(object, status));
}

/* The tree. */

/* A place in the server's code, as "searchd+0x1234" or "serve+0x12". */
static json_t *place(const void *address)
{
	char text[256];
	Dl_info found;

	if (!dladdr(address, &found) || !found.dli_fname) {
		snprintf(text, sizeof text, "%p", address);
	} else if (found.dli_sname) {
		snprintf(text, sizeof text, "%s+0x%tx", found.dli_sname,
			 (const char *)address - (const char *)found.dli_saddr);
	} else {
		const char *file = strrchr(found.dli_fname, '/');

		snprintf(text, sizeof text, "%s+0x%tx", file ? file + 1 : found.dli_fname,
			 (const char *)address - (const char *)found.dli_fbase);
	}
	return report_text(text);
}

static json_t *report_holder(const struct pooltoy_node *node)
{
	json_t *holder = json_object();

	return finished(holder,
			put(holder, "name", report_text(node->holder_name)) &&
				put(holder, "thread", json_integer(node->holder_thread_id)) &&
				put(holder, "held_ns", number(node->held_ns)) &&
				put(holder, "checkout", place(node->acquired_at)));
}

static json_t *report_worker(const struct pooltoy_node *node)
{
	json_t *worker = json_object();
	bool complete = put(worker, "worker", json_integer(node->worker)) &&
			put(worker, "thread", json_integer(node->thread_id)) &&
			put(worker, "process", json_integer(node->process_id)) &&
			put(worker, "state", json_string(pooltoy_worker_state_name(node->state))) &&
			put(worker, "calling", json_boolean(node->calling)) &&
			put(worker, "leases", number(node->leases)) &&
			put(worker, "tasks", number(node->tasks));

	if (complete && node->monitored)
		complete = put(worker, "holder", report_holder(node));
	return finished(worker, complete);
}

static json_t *report_pool_node(const struct pooltoy_node *node)
{
	json_t *pool = report_status(node->pool, node->status);

	return finished(pool, pool && put(pool, "workers", json_array()));
}

/* What a walk has come to; borrowed. */
struct walk {
	json_t *supervisor, *pools, *pool;
};

enum { NO_MEMORY = 1 };

static int visit(const struct pooltoy_node *node, void *argument)
{
	struct walk *walk = argument;
	bool complete = true;

	switch (node->type) {
	case POOLTOY_NODE_SUPERVISOR:
		complete = put(walk->supervisor, "thread", json_integer(node->thread_id));
		break;
	case POOLTOY_NODE_POOL:
		walk->pool = report_pool_node(node);
		complete = json_array_append_new(walk->pools, walk->pool) == 0;
		break;
	case POOLTOY_NODE_MANAGER:
		complete = put(walk->pool, "manager_thread", json_integer(node->thread_id));
		break;
	case POOLTOY_NODE_WORKER:
		complete = json_array_append_new(json_object_get(walk->pool, "workers"),
						 report_worker(node)) == 0;
		break;
	}
	return complete ? 0 : NO_MEMORY;
}

json_t *report_tree(struct pooltoy_supervisor *supervisor)
{
	struct walk walk = { .supervisor = json_object(), .pools = json_array() };
	bool complete = put(walk.supervisor, "pools", walk.pools) &&
			pooltoy_walk(supervisor, visit, &walk) == 0;

	return finished(walk.supervisor, complete);
}

static int visit_pools(const struct pooltoy_node *node, void *pools)
{
	if (node->type != POOLTOY_NODE_POOL)
		return 0;
	return json_array_append_new(pools, report_status(node->pool, node->status)) == 0
		       ? 0
		       : NO_MEMORY;
}

json_t *report_pools(struct pooltoy_supervisor *supervisor)
{
	json_t *pools = json_array();

	return finished(pools, pools && pooltoy_walk(supervisor, visit_pools, pools) == 0);
}

/* Durations. */

/* Those that are not empty: the bound, and how many. The last has none, but the longest is in it. */
static json_t *report_buckets(const struct pooltoy_histogram *histogram)
{
	json_t *buckets = json_array();
	bool complete = buckets != NULL;

	for (int i = 0; complete && i < POOLTOY_HISTOGRAM_BUCKETS; i++) {
		uint64_t bound = pooltoy_histogram_bound(i);

		if (histogram->buckets[i] > 0)
			complete = json_array_append_new(
					   buckets,
					   json_pack("[o, o]",
						     number(bound == UINT64_MAX ? histogram->max_ns
										: bound),
						     number(histogram->buckets[i]))) == 0;
	}
	return finished(buckets, complete);
}

static json_t *report_histogram(struct pooltoy_pool *pool, enum pooltoy_duration duration)
{
	struct pooltoy_histogram histogram = POOLTOY_HISTOGRAM_INIT;
	json_t *object = json_object();

	return finished(object, pooltoy_pool_histogram(pool, duration, &histogram) == 0 &&
					put(object, "count", number(histogram.count)) &&
					put(object, "sum_ns", number(histogram.sum_ns)) &&
					put(object, "max_ns", number(histogram.max_ns)) &&
					put(object, "sampled", json_integer(histogram.sampled)) &&
					put(object, "buckets", report_buckets(&histogram)));
}

json_t *report_histograms(struct pooltoy_pool *pool)
{
	static const enum pooltoy_duration durations[] = { POOLTOY_DURATION_WAIT,
							   POOLTOY_DURATION_HOLD,
							   POOLTOY_DURATION_CALL,
							   POOLTOY_DURATION_START };
	json_t *object = json_object();
	bool complete = put(object, "pool", report_text(pooltoy_pool_name(pool)));

	for (size_t i = 0; complete && i < sizeof durations / sizeof durations[0]; i++)
		complete = put(object, pooltoy_duration_name(durations[i]),
			       report_histogram(pool, durations[i]));
	return finished(object, complete);
}

/* A walk's, with its supervisor. */
struct measuring {
	struct pooltoy_supervisor *supervisor;
	json_t *pools;
};

static int visit_histograms(const struct pooltoy_node *node, void *argument)
{
	struct measuring *measuring = argument;
	struct pooltoy_pool *pool;
	int appended;

	if (node->type != POOLTOY_NODE_POOL ||
	    pooltoy_find_pool(measuring->supervisor, node->pool, &pool))
		return 0; /* it has been stopped meanwhile */
	appended = json_array_append_new(measuring->pools, report_histograms(pool));
	pooltoy_pool_release(pool);
	return appended == 0 ? 0 : NO_MEMORY;
}

json_t *report_all_histograms(struct pooltoy_supervisor *supervisor)
{
	struct measuring measuring = { supervisor, json_array() };

	return finished(measuring.pools,
			measuring.pools &&
				pooltoy_walk(supervisor, visit_histograms, &measuring) == 0);
}

/* Events. */

const char *report_event_name(enum pooltoy_event_type type)
{
	static const char *const names[] = {
		[POOLTOY_EVENT_POOL_STARTED] = "pool_started",
		[POOLTOY_EVENT_POOL_STOPPED] = "pool_stopped",
		[POOLTOY_EVENT_POOL_CRASHED] = "pool_crashed",
		[POOLTOY_EVENT_POOL_RESTARTED] = "pool_restarted",
		[POOLTOY_EVENT_POOL_BACKOFF] = "pool_backoff",
		[POOLTOY_EVENT_POOL_FAILED] = "pool_failed",
		[POOLTOY_EVENT_POOL_REVIVED] = "pool_revived",
		[POOLTOY_EVENT_WORKER_STARTED] = "worker_started",
		[POOLTOY_EVENT_WORKER_START_FAILED] = "worker_start_failed",
		[POOLTOY_EVENT_WORKER_DIED] = "worker_died",
		[POOLTOY_EVENT_WORKER_STOPPED] = "worker_stopped",
		[POOLTOY_EVENT_WORKER_QUARANTINED] = "worker_quarantined",
		[POOLTOY_EVENT_WORKER_RETURNED] = "worker_returned",
		[POOLTOY_EVENT_CLIENT_DIED] = "client_died",
		[POOLTOY_EVENT_SUPERVISOR_RESTARTED] = "supervisor_restarted",
		[POOLTOY_EVENT_POOL_OVERLOADED] = "pool_overloaded",
		[POOLTOY_EVENT_POOL_RELIEVED] = "pool_relieved",
		[POOLTOY_EVENT_POOL_RESIZED] = "pool_resized",
		[POOLTOY_EVENT_WORKER_RESET] = "worker_reset",
		[POOLTOY_EVENT_POOL_PAUSED] = "pool_paused",
		[POOLTOY_EVENT_POOL_RESUMED] = "pool_resumed",
		[POOLTOY_EVENT_POOL_DRAINED] = "pool_drained",
		[POOLTOY_EVENT_WORKERS_REPLACED] = "workers_replaced",
		[POOLTOY_EVENT_LEASE_OVERDUE] = "lease_overdue",
		[POOLTOY_EVENT_CLIENT_OVER_QUOTA] = "client_over_quota"
	};

	if (type <= 0 || (size_t)type >= sizeof names / sizeof names[0] || !names[type])
		return "unknown";
	return names[type];
}

static const char *severity_name(enum pooltoy_severity severity)
{
	switch (severity) {
	case POOLTOY_INFO:
		return "info";
	case POOLTOY_WARNING:
		return "warning";
	default:
		return "error";
	}
}

json_t *report_event(const struct pooltoy_event *event)
{
	json_t *object = json_object();
	char line[2560]; /* with a stack; else some hundred bytes */

	pooltoy_event_format(event, line, sizeof line);
	return finished(
		object,
		put(object, "type", json_string(report_event_name(event->type))) &&
			put(object, "severity", json_string(severity_name(event->severity))) &&
			put(object, "pool", report_text(event->pool)) &&
			put(object, "worker", json_integer(event->worker)) &&
			put(object, "instance", number(event->instance)) &&
			put(object, "time_ns", number(event->time_ns)) &&
			put(object, "duration_ns", number(event->duration_ns)) &&
			put(object, "reason", report_text(event->reason)) &&
			put(object, "dropped", number(event->dropped)) &&
			put(object, "stack",
			    event->stack ? report_text(event->stack) : json_null()) &&
			put(object, "text", report_text(line)));
}
