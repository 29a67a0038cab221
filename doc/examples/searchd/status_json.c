/* SPDX-License-Identifier: MIT */
/* status_json.c: walks the tree and writes down what it sees. */
#include <string.h>

#include "status_json.h"

struct walk {
	struct server *server;
	json_t *supervisor;
	json_t *pools;
	json_t *pool;    /* the one whose manager and workers come next; borrowed */
	json_t *workers; /* its; borrowed */
};

static json_t *integer(uint64_t value)
{
	return json_integer((json_int_t)value);
}

static void add_counts(json_t *object, const struct pooltoy_pool_status *status)
{
	const struct {
		const char *name;
		uint64_t value;
	} counts[] = {
		{ "size", (uint64_t)status->size },
		{ "idle", (uint64_t)status->idle },
		{ "leased", (uint64_t)status->leased },
		{ "resetting", (uint64_t)status->resetting },
		{ "starting", (uint64_t)status->starting },
		{ "stopping", (uint64_t)status->stopping },
		{ "quarantined", (uint64_t)status->quarantined },
		{ "overflow", (uint64_t)status->overflow },
		{ "waiting", (uint64_t)status->waiting },
		{ "monitored", (uint64_t)status->monitored },
		{ "instance", status->instance },
		{ "restarts", status->restarts },
		{ "worker_deaths", status->worker_deaths },
		{ "start_failures", status->start_failures },
		{ "checkouts", status->checkouts },
		{ "waits", status->waits },
		{ "timeouts", status->timeouts },
		{ "client_deaths", status->client_deaths },
	};

	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		json_object_set_new(object, counts[i].name, integer(counts[i].value));
}

static struct service *find_service(struct server *server, const char *name)
{
	if (strcmp(name, server->search.name) == 0)
		return &server->search;
	if (strcmp(name, server->writer.name) == 0)
		return &server->writer;
	return strcmp(name, server->snippet.name) == 0 ? &server->snippet : NULL;
}

static void add_pool(struct walk *walk, const struct pooltoy_node *node)
{
	struct service *service = find_service(walk->server, node->pool);

	walk->pool = json_object();
	walk->workers = json_array();
	json_object_set_new(walk->pool, "name", json_string(node->pool));
	json_object_set_new(walk->pool, "state",
			    json_string(pooltoy_pool_state_name(node->status->state)));
	add_counts(walk->pool, node->status);
	json_object_set_new(walk->pool, "last_reason", json_string(node->status->last_reason));
	if (service) {
		json_object_set_new(walk->pool, "requests", counters_json(&service->counters));
		json_object_set_new(walk->pool, "history", pool_history_json(&service->history));
	}
	json_object_set_new(walk->pool, "workers", walk->workers);
	json_array_append_new(walk->pools, walk->pool);
}

static void add_worker(struct walk *walk, const struct pooltoy_node *node)
{
	json_t *worker = json_object();

	json_object_set_new(worker, "index", json_integer(node->worker));
	json_object_set_new(worker, "state", json_string(pooltoy_worker_state_name(node->state)));
	json_object_set_new(worker, "calling", json_boolean(node->calling));
	json_object_set_new(worker, "leases", integer(node->leases));
	json_object_set_new(worker, "thread", json_integer(node->thread_id));
	if (node->monitored) {
		json_object_set_new(worker, "holder", json_integer(node->holder_thread_id));
		json_object_set_new(worker, "held_ms", integer(node->held_ns / 1000000));
	}
	json_array_append_new(walk->workers, worker);
}

static int visit(const struct pooltoy_node *node, void *argument)
{
	struct walk *walk = argument;
	json_t *thread = json_integer(node->thread_id);

	switch (node->type) {
	case POOLTOY_NODE_SUPERVISOR:
		json_object_set(walk->supervisor, "thread", thread);
		break;
	case POOLTOY_NODE_POOL:
		add_pool(walk, node);
		break;
	case POOLTOY_NODE_MANAGER:
		json_object_set_new(walk->pool, "manager", json_pack("{sO}", "thread", thread));
		break;
	case POOLTOY_NODE_WORKER:
		add_worker(walk, node);
		break;
	}
	json_decref(thread);
	return 0;
}

json_t *status_json(struct server *server)
{
	struct walk walk = { .server = server, .supervisor = json_object(), .pools = json_array() };
	int code;

	json_object_set(walk.supervisor, "pools", walk.pools);
	code = pooltoy_walk(server->supervisor, visit, &walk);
	json_decref(walk.pools);
	if (code) {
		json_decref(walk.supervisor);
		return NULL;
	}
	return json_pack("{so}", "supervisor", walk.supervisor);
}
