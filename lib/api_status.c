/* SPDX-License-Identifier: MIT */
/* api_status.c: figures of a pool, and the walk over a supervisor's tree. */
#include "error.h"
#include "supervisor.h"
#include "worker.h"

#include <pooltoy/status.h>
#include <string.h>

const char *pooltoy_pool_state_name(enum pooltoy_pool_state state)
{
	static const char *const names[] = {
		[POOLTOY_POOL_READY] = "ready",       [POOLTOY_POOL_OVERFLOW] = "overflow",
		[POOLTOY_POOL_FULL] = "full",         [POOLTOY_POOL_STARTING] = "starting",
		[POOLTOY_POOL_DEGRADED] = "degraded", [POOLTOY_POOL_BACKOFF] = "backoff",
		[POOLTOY_POOL_FAILED] = "failed",     [POOLTOY_POOL_STOPPED] = "stopped",
		[POOLTOY_POOL_PAUSED] = "paused",     [POOLTOY_POOL_DRAINING] = "draining"
	};

	return state >= POOLTOY_POOL_READY && state <= POOLTOY_POOL_DRAINING ? names[state]
									     : "unknown";
}

const char *pooltoy_worker_state_name(enum pooltoy_worker_state state)
{
	static const char *const names[] = { [POOLTOY_WORKER_STARTING] = "starting",
					     [POOLTOY_WORKER_IDLE] = "idle",
					     [POOLTOY_WORKER_LEASED] = "leased",
					     [POOLTOY_WORKER_RESETTING] = "resetting",
					     [POOLTOY_WORKER_STOPPING] = "stopping",
					     [POOLTOY_WORKER_QUARANTINED] = "quarantined",
					     [POOLTOY_WORKER_WITHHELD] = "withheld" };

	return state >= POOLTOY_WORKER_STARTING && state <= POOLTOY_WORKER_WITHHELD ? names[state]
										    : "unknown";
}

/* Figures. */

static void count_slots(struct pooltoy_pool *pool, struct pooltoy_pool_status *status)
{
	unsigned count = slot_table_count(&pool->broker.slots), index;
	int *const counts[] = {
		[SLOT_STARTING] = &status->starting, [SLOT_IDLE] = &status->idle,
		[SLOT_LEASED] = &status->leased,     [SLOT_RESETTING] = &status->resetting,
		[SLOT_STOPPING] = &status->stopping, [SLOT_SERVING] = &status->leased
	};

	for (index = 0; index < count; index++) {
		struct slot *slot = slot_table_at(&pool->broker.slots, index);
		slot_word word = slot_look(slot);

		if (slot_word_is_idle_withheld(word))
			status->withheld++;
		else if (slot_word_state(word) != SLOT_VACANT)
			++*counts[slot_word_state(word)];
		status->checkouts += figure_load(&slot->leases);
		status->tasks_run += figure_load(&worker_of(slot)->tasks_run);
	}
}

static int count_tasks(struct pooltoy_pool *pool)
{
	struct task_ring *tasks = sync_load(&pool->broker.tasks, acquire);

	return tasks ? (int)task_ring_count(tasks) : 0;
}

/* What the counts make of a pool that runs. */
static enum pooltoy_pool_state running_state(struct pooltoy_pool *pool,
					     const struct pooltoy_pool_status *status)
{
	int up = status->idle + status->withheld + status->leased + status->resetting;

	if (figure_load(&pool->paused))
		return POOLTOY_POOL_PAUSED;
	if (figure_load(&pool->degraded) && up < status->size)
		return POOLTOY_POOL_DEGRADED;
	if (up == 0 && status->kept > 0)
		return POOLTOY_POOL_STARTING;
	if (status->idle > 0)
		return POOLTOY_POOL_READY;
	if (up + status->starting >= status->size + status->max_overflow)
		return POOLTOY_POOL_FULL;
	return status->overflow > 0 ? POOLTOY_POOL_OVERFLOW : POOLTOY_POOL_READY;
}

static enum pooltoy_pool_state public_state(struct pooltoy_pool *pool,
					    const struct pooltoy_pool_status *status)
{
	switch (pool_state(pool)) {
	case POOL_BACKOFF:
		return POOLTOY_POOL_BACKOFF;
	case POOL_FAILED:
		return POOLTOY_POOL_FAILED;
	case POOL_STOPPED:
		return POOLTOY_POOL_STOPPED;
	case POOL_DRAINING:
		return POOLTOY_POOL_DRAINING;
	default:
		return running_state(pool, status);
	}
}

static void fill_status(struct pooltoy_pool *pool, struct pooltoy_pool_status *status)
{
	struct monitor_table monitors = pool_monitors(pool);
	struct pool_bounds bounds = pool_bounds(pool);
	int up;

	*status = (struct pooltoy_pool_status){ .struct_size = sizeof *status };
	status->size = (int)bounds.size;
	status->max_overflow = (int)bounds.max_overflow;
	count_slots(pool, status);
	status->quarantined = (int)figure_load(&pool->stuck);
	status->stopping -= status->quarantined;
	if (status->stopping < 0)
		status->stopping = 0; /* one came back between the two looks */
	up = status->idle + status->withheld + status->leased + status->resetting;
	status->overflow = up > status->size ? up - status->size : 0;
	status->waiting = (int)sync_load(&pool->broker.queue.waiters, relaxed);
	status->monitored = (int)monitor_table_count(&monitors, &pool->broker.slots);
	status->instance = monitors.instance;
	status->instance_ns = monitors.instance > 0 ? sync_now() - monitors.started : 0;
	status->restarts = figure_load(&pool->restarts);
	status->worker_deaths = figure_load(&pool->worker_deaths);
	status->start_failures = figure_load(&pool->start_failures);
	status->waits = figure_load(&pool->waits);
	status->timeouts = figure_load(&pool->timeouts);
	status->client_deaths = figure_load(&pool->client_deaths);
	pool_get_reason(pool, status->last_reason, sizeof status->last_reason);
	status->tasks_cancelled = figure_load(&pool->tasks_cancelled);
	status->tasks_waiting = count_tasks(pool);
	status->queue_full = figure_load(&pool->broker.queue.overload.refused);
	status->shed = figure_load(&pool->broker.queue.overload.shed);
	status->kept = (int)figure_load(&pool->elasticity.kept);
	status->max_workers = (int)pool->config.max_workers;
	status->resizes = figure_load(&pool->elasticity.resizes);
	status->failed_checkins = figure_load(&pool->failed_checkins);
	status->retired = figure_load(&pool->retired);
	status->leases_overdue = figure_load(&pool->lease_watch.overdue);
	status->leases_reclaimed = figure_load(&pool->lease_watch.reclaimed);
	status->to_replace = (int)figure_load(&pool->rolling.left);
	status->over_quota = figure_load(&pool->over_quota);
	status->expired = figure_load(&pool->elasticity.expired);
	status->pings = figure_load(&pool->pings);
	status->ping_failures = figure_load(&pool->ping_failures);
	status->checkouts_cancelled = figure_load(&pool->checkouts_cancelled);
	status->calls_timed_out = figure_load(&pool->calls_timed_out);
	status->calls_cancelled = figure_load(&pool->calls_cancelled);
	status->tasks_timed_out = figure_load(&pool->tasks_timed_out);
	status->state = public_state(pool, status);
}

int pooltoy_pool_status(struct pooltoy_pool *pool, struct pooltoy_pool_status *status)
{
	struct pooltoy_pool_status now;
	size_t size;
	int code;

	if (!pool || !status || status->struct_size < sizeof status->struct_size)
		return error_set(POOLTOY_EINVAL, "status: %s",
				 !pool     ? "pool is NULL"
				 : !status ? "status is NULL"
					   : "struct_size is not set: use the macro");
	code = pool_check_fork(pool);
	if (code)
		return code;
	fill_status(pool, &now);
	/* As much as the caller's header has; what that has beyond ours is left alone. */
	size = status->struct_size;
	memcpy(status, &now, size < sizeof now ? size : sizeof now);
	status->struct_size = size;
	return POOLTOY_OK;
}

/* The walk. */

struct walk {
	int (*visit)(const struct pooltoy_node *node, void *argument);
	void *argument;
};

static int visit(const struct walk *walk, struct pooltoy_node *node)
{
	node->struct_size = sizeof *node;
	return walk->visit(node, walk->argument);
}

static enum pooltoy_worker_state worker_state(slot_word word, bool quarantined)
{
	if (slot_word_is_idle_withheld(word))
		return POOLTOY_WORKER_WITHHELD;
	switch (slot_word_state(word)) {
	case SLOT_STARTING:
		return POOLTOY_WORKER_STARTING;
	case SLOT_IDLE:
		return POOLTOY_WORKER_IDLE;
	case SLOT_LEASED:
	case SLOT_SERVING:
		return POOLTOY_WORKER_LEASED;
	case SLOT_RESETTING:
		return POOLTOY_WORKER_RESETTING;
	default:
		return quarantined ? POOLTOY_WORKER_QUARANTINED : POOLTOY_WORKER_STOPPING;
	}
}

static void fill_holder(struct slot *slot, struct pooltoy_node *node)
{
	struct monitor_record record;
	struct monitor_table monitors = pool_monitors(slot->pool);
	uint64_t now = sync_now_coarse();

	if (!monitor_table_read(&monitors, slot, &record))
		return;
	node->monitored = 1;
	node->holder_thread_id = record.thread_id;
	memcpy(node->holder_name, record.name, sizeof node->holder_name);
	node->held_ns = now > record.since ? now - record.since : 0;
	node->acquired_at = record.acquired_at;
}

static int visit_worker(const struct walk *walk, struct pooltoy_worker *worker)
{
	slot_word word = slot_look(&worker->slot);
	struct pooltoy_node node = { .type = POOLTOY_NODE_WORKER, .depth = 2 };

	if (slot_word_state(word) == SLOT_VACANT)
		return 0;
	node.pool = worker->slot.pool->config.name;
	node.thread_id = sync_load(&worker->thread_id, relaxed);
	node.worker = (int)worker->slot.index;
	node.state = worker_state(word, figure_load(&worker->quarantined));
	node.calling = (word & (SLOT_CALLING | SLOT_CASTING)) != 0;
	node.leases = figure_load(&worker->slot.leases);
	node.tasks = figure_load(&worker->tasks_run);
	node.process_id = figure_load(&worker->proxy.process_id);
	if (node.state == POOLTOY_WORKER_LEASED) /* by now it may be, though it was not */
		fill_holder(&worker->slot, &node);
	return visit(walk, &node);
}

static int visit_manager(const struct walk *walk, struct pooltoy_pool *pool)
{
	struct pooltoy_node node = { .type = POOLTOY_NODE_MANAGER, .depth = 2 };

	node.pool = pool->config.name;
	node.thread_id = sync_load(&pool->manager.thread_id, relaxed);
	return visit(walk, &node);
}

static int visit_pool(const struct walk *walk, struct pooltoy_pool *pool)
{
	struct pooltoy_pool_status status;
	struct pooltoy_node node = { .type = POOLTOY_NODE_POOL, .depth = 1 };
	unsigned count = slot_table_count(&pool->broker.slots), index;
	int result;

	fill_status(pool, &status);
	node.pool = pool->config.name;
	node.status = &status;
	result = visit(walk, &node);
	if (result == 0)
		result = visit_manager(walk, pool);
	for (index = 0; result == 0 && index < count; index++)
		result = visit_worker(walk, worker_at(pool, index));
	return result;
}

/* Also if a visit ends its thread. */
static void leave_pool(void *argument)
{
	struct pooltoy_pool **pool = argument;

	if (*pool)
		pool_unref(*pool);
}

int pooltoy_walk(struct pooltoy_supervisor *supervisor,
		 int (*function)(const struct pooltoy_node *node, void *argument), void *argument)
{
	struct walk walk = { function, argument };
	struct pooltoy_node node = { .type = POOLTOY_NODE_SUPERVISOR };
	struct pooltoy_pool *pool = NULL;
	int result = supervisor_check(supervisor);

	if (result)
		return result;
	if (!function)
		return error_set(POOLTOY_EINVAL, "walk: visit is NULL");
	node.thread_id = sync_load(&supervisor->actor.thread_id, relaxed);
	result = visit(&walk, &node);
	sync_cleanup_push(leave_pool, &pool);
	while (result == 0 && (pool = supervisor_next(supervisor, pool)))
		result = visit_pool(&walk, pool);
	sync_cleanup_pop(1);
	return result;
}
