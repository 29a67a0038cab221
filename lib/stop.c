/* SPDX-License-Identifier: MIT */
/* stop.c: stopping one pool, and all of them. */
#include "stop.h"
#include "deadline.h"
#include "drain.h"
#include "error.h"
#include "task.h"
#include "withhold.h"

/* The earliest that anybody who stops the pool wants. */
static void bring_forward(struct pooltoy_pool *pool, uint64_t deadline)
{
	uint64_t set = sync_load(&pool->stop_deadline, relaxed);

	while (deadline < set && !sync_cas(&pool->stop_deadline, &set, deadline, relaxed))
		;
}

uint64_t stop_deadline(const struct pooltoy_pool *pool, int timeout_ms)
{
	return timeout_ms < 0 ? sync_now() + pool->config.shutdown
			      : deadline_from_timeout(timeout_ms);
}

int stop_is_done(const struct pooltoy_pool *pool)
{
	return error_set(POOLTOY_ESTOPPED, "pool \"%s\": it has been stopped before",
			 pool->config.name);
}

static bool claim(struct pooltoy_pool *pool, uint64_t deadline)
{
	if (sync_exchange(&pool->stop_begun, true, acq_rel))
		return false;
	supervisor_unname(pool);
	bring_forward(pool, deadline);
	return true;
}

static void end_all(struct pooltoy_pool *pool)
{
	pool_change_state(pool, ~0u, POOL_STOPPED, POOLTOY_ESTOPPED);
	pool_wake_manager(pool);
	task_end_all(pool);
}

bool stop_begin(struct pooltoy_pool *pool, uint64_t deadline)
{
	bool claimed = claim(pool, deadline);

	if (claimed)
		end_all(pool);
	return claimed;
}

/* Tasks that had been accepted are run, by workers that were idle when the pool was withheld, too. */
static void have_tasks_run(struct pooltoy_pool *pool)
{
	unsigned count = slot_table_count(&pool->broker.slots), index;

	for (index = 0; index < count && broker_has_tasks(&pool->broker); index++)
		withhold_serve(worker_at(pool, index));
}

static bool is_drained(struct pooltoy_pool *pool)
{
	have_tasks_run(pool);
	return !broker_has_tasks(&pool->broker) && drain_left(pool) == 0;
}

static void drain(struct pooltoy_pool *pool, struct parker *parker)
{
	struct drainer drainer;

	/* Who waits is refused; in any state but this one there is nothing that goes on. */
	if (!pool_change_state(pool, 1u << POOL_RUNNING, POOL_DRAINING, POOLTOY_ESTOPPED))
		return;
	withhold_follow_all(pool);
	drain_enter(pool, &drainer, parker);
	while (!is_drained(pool) && parker_park(parker, sync_load(&pool->stop_deadline, relaxed)))
		;
	drain_leave(pool, &drainer);
}

bool stop_drain(struct pooltoy_pool *pool, struct parker *parker, uint64_t deadline)
{
	bool claimed = claim(pool, deadline);
	int cancel;

	if (!claimed)
		return false;
	cancel = sync_cancel_disable();
	drain(pool, parker);
	end_all(pool);
	sync_cancel_restore(cancel);
	return true;
}

/* What is left to do for who began the stop. */
static int settle(struct pooltoy_pool *pool, enum stop_outcome outcome)
{
	if (outcome == STOP_CLEAN)
		pool_release_argument(pool);
	supervisor_delist(pool);
	switch (outcome) {
	case STOP_CLEAN:
		return POOLTOY_OK;
	case STOP_STUCK:
		return error_set(POOLTOY_EQUARANTINED,
				 "pool \"%s\": %u of its threads remain in user code",
				 pool->config.name, figure_load(&pool->stuck));
	default:
		return error_set(POOLTOY_ESTOPPED, "pool \"%s\": it did not start",
				 pool->config.name);
	}
}

int stop_finish(struct pooltoy_pool *pool, struct parker *parker)
{
	int cancel = sync_cancel_disable();
	int code = settle(pool, pool_await_stop(pool, STOPPER_OF_POOL, parker, SYNC_NEVER));

	sync_cancel_restore(cancel);
	return code;
}

/* There is no time left: none is to wait for the one before it, nor longer than who began its stop wanted to. */
static void hasten_all(struct pooltoy_supervisor *supervisor, uint64_t deadline)
{
	struct pooltoy_pool *pool = NULL;

	while ((pool = supervisor_next(supervisor, pool))) {
		if (stop_begin(pool, deadline)) {
			pool->stopped_with_supervisor = true;
		} else {
			bring_forward(pool, deadline);
			pool_wake_manager(pool);
			drain_wake(pool);
		}
	}
}

/* If another thread has begun, its stop is waited for; who began it sees to the rest. */
static unsigned stop_one(struct pooltoy_pool *pool, struct parker *parker, uint64_t deadline)
{
	enum stop_outcome outcome;

	if (stop_begin(pool,
		       deadline == SYNC_NEVER ? sync_now() + pool->config.shutdown : deadline))
		pool->stopped_with_supervisor = true;
	outcome = pool_await_stop(pool, STOPPER_OF_SUPERVISOR, parker, deadline);
	if (outcome == STOP_PENDING) {
		hasten_all(pool->supervisor, deadline);
		outcome = pool_await_stop(pool, STOPPER_OF_SUPERVISOR, parker, SYNC_NEVER);
	}
	if (pool->stopped_with_supervisor)
		settle(pool, outcome);
	else
		supervisor_delist(pool);
	return outcome == STOP_STUCK ? figure_load(&pool->stuck) : 0;
}

unsigned stop_all(struct pooltoy_supervisor *supervisor, struct parker *parker, uint64_t deadline)
{
	struct pooltoy_pool *pool;
	unsigned stuck = 0;

	while ((pool = supervisor_newest(supervisor))) {
		stuck += stop_one(pool, parker, deadline);
		pool_unref(pool);
	}
	return stuck;
}
