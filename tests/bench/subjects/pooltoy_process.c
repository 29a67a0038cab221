/* SPDX-License-Identifier: MIT */
/*
 * pooltoy_process.c: this library with its workers in child processes.
 *
 * start: so many of them, until the last is idle; a child cannot tell this process by itself that
 * its init has run, so the pool's status is asked.
 */
#include "subjects/pooltoy_process.h"

#include <err.h>
#include <stdlib.h>
#include <sys/resource.h>
#include "scenarios/measure.h"
#include "subjects/pooltoy.h"

/* Of a worker, and of all else. */
enum { WORKER_DESCRIPTORS = 4, OTHER_DESCRIPTORS = 100 };
/* Many processes take their time to end on few CPUs. */
enum { SHUTDOWN_MS = 60000 };

static void *call_open(const struct order *order)
{
	return open_pools_like(*POOLTOY_POOL_SPEC(.worker = order->apart ? &process_worker_apart
									 : &process_worker,
						  .size = (int)order->threads,
						  .max_spins = order->no_spins ? POOLTOY_NONE : 0,
						  .isolation = POOLTOY_PROCESS),
			       1);
}

static void call_close(void *set)
{
	close_pools(set);
}

static const struct call_ops call = { call_open, call_close, call_join, call_leave, call_calls };

struct start {
	struct pooltoy_supervisor *supervisor;
	unsigned workers;
};

static void allow_descriptors(unsigned workers)
{
	rlim_t wanted = (rlim_t)workers * WORKER_DESCRIPTORS + OTHER_DESCRIPTORS;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		err(1, "getrlimit");
	if (limit.rlim_max < wanted)
		errx(1, "%u workers need %lu descriptors, and %lu is the limit", workers,
		     (unsigned long)wanted, (unsigned long)limit.rlim_max);
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit))
		err(1, "setrlimit");
}

static void *start_open(const struct order *order)
{
	struct start *start = must_alloc(sizeof *start);

	allow_descriptors(order->workers);
	start->workers = order->workers;
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

	must(pooltoy_start_pool(start->supervisor,
				POOLTOY_POOL_SPEC(.name = "many", .worker = &process_worker,
						  .size = (int)start->workers,
						  .isolation = POOLTOY_PROCESS),
				&pool),
	     "start");
	wait_until_up(pool);
	up = now_ns();
	must(pooltoy_stop_pool(pool, SHUTDOWN_MS), "stop");
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

static const struct scenario start = { "start", start_open, start_round, start_close };
static const struct scenario *const scenarios[] = { &start, NULL };

const struct subject subject = {
	.name = "pooltoy_process",
	.call = &call,
	.scenarios = scenarios,
};
