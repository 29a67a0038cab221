/* SPDX-License-Identifier: MIT */
/*
 * pooltoy_presence.c: what it costs to be there: pools whose workers have nothing to do, which the
 * harness watches from outside; the start of many workers until the last one's init has run, and
 * their stop.
 */
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include "scenarios/measure.h"
#include "subjects/pooltoy.h"

static void *idle_open(const struct order *order)
{
	return open_pools(order->pools, order->workers);
}

static void idle_round(void *context, struct answer *found)
{
	(void)context;
	(void)found;
}

static void idle_close(void *context)
{
	close_pools(context);
}

const struct scenario idle_scenario = { "idle", idle_open, idle_round, idle_close };

struct start {
	struct pooltoy_supervisor *supervisor;
	unsigned workers;
	atomic_uint missing;
	sem_t up;
};

static int init(struct pooltoy_worker *self, void *argument, void **state)
{
	struct start *start = argument;

	(void)self;
	*state = NULL;
	if (atomic_fetch_sub(&start->missing, 1) == 1)
		sem_post(&start->up);
	return 0;
}

static const struct pooltoy_worker_ops ops = POOLTOY_WORKER_OPS(.init = init);

static void *start_open(const struct order *order)
{
	struct start *start = must_alloc(sizeof *start);

	start->workers = order->workers;
	sem_init(&start->up, 0, 0);
	must(pooltoy_supervisor_start_with(
		     POOLTOY_SUPERVISOR_SPEC(.on_event = pooltoy_event_ignore), &start->supervisor),
	     "supervisor");
	return start;
}

static void start_round(void *context, struct answer *found)
{
	struct start *start = context;
	struct pooltoy_pool *pool;
	uint64_t began = now_ns(), up;

	atomic_store(&start->missing, start->workers);
	must(pooltoy_start_pool(start->supervisor,
				POOLTOY_POOL_SPEC(.name = "many", .worker = &ops, .argument = start,
						  .size = (int)start->workers),
				&pool),
	     "start");
	sem_wait(&start->up);
	up = now_ns();
	must(pooltoy_stop_pool(pool, -1), "stop");
	answer(found, "ns", (double)(up - began) / start->workers);
	answer(found, "stop_ns", (double)(now_ns() - up) / start->workers);
	pooltoy_pool_release(pool);
}

static void start_close(void *context)
{
	struct start *start = context;

	must(pooltoy_supervisor_stop(start->supervisor, -1), "stop");
	free(start);
}

const struct scenario start_scenario = { "start", start_open, start_round, start_close };
