/* SPDX-License-Identifier: MIT */
/*
 * pooltoy_failures.c: a worker that dies until the next one is had, a manager that dies until its
 * pool serves again.
 *
 * replace: a pool of one; from the kill (or the call that breaks the worker) until a checkout has
 * the next. restart: every worker is held, and a client waits for one, which only the next instance
 * can give it; from the kill of the manager until that client has it, and until the last worker's
 * init has run (all_up_ns).
 */
#include <err.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include "scenarios/measure.h"
#include "subjects/pooltoy.h"

enum { SAMPLES_MAX = 100000 };
/* More than there are in a millisecond: no restart is one too many. */
enum { RESTARTS = 1000 };

struct failures {
	struct order order;
	struct pooltoy_supervisor *supervisor;
	struct pooltoy_pool *pool;
	atomic_uint inits;
	atomic_ullong last_init;
	struct samples times, all_up_times;
};

static int init(struct pooltoy_worker *self, void *argument, void **state)
{
	struct failures *failures = argument;

	(void)self;
	*state = failures;
	atomic_store(&failures->last_init, now_ns());
	atomic_fetch_add(&failures->inits, 1);
	return 0;
}

static int break_down(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	(void)state;
	(void)request;
	(void)length;
	return pooltoy_worker_fail(self, "as it was told");
}

static const struct pooltoy_worker_ops ops =
	POOLTOY_WORKER_OPS(.init = init, .handle_call = break_down);

static struct failures *open_failing(const struct order *order, unsigned workers)
{
	struct failures *failures = must_alloc(sizeof *failures);

	failures->order = *order;
	samples_init(&failures->times, SAMPLES_MAX);
	samples_init(&failures->all_up_times, SAMPLES_MAX);
	must(pooltoy_supervisor_start_with(
		     POOLTOY_SUPERVISOR_SPEC(.on_event = pooltoy_event_ignore),
		     &failures->supervisor),
	     "supervisor");
	must(pooltoy_start_pool(failures->supervisor,
				POOLTOY_POOL_SPEC(.name = "failing", .worker = &ops,
						  .argument = failures, .size = (int)workers,
						  .max_restarts = RESTARTS, .restart_period = 1),
				&failures->pool),
	     "start");
	wait_until_up(failures->pool);
	return failures;
}

static void close_failing(void *context)
{
	struct failures *failures = context;

	must(pooltoy_supervisor_stop(failures->supervisor, -1), "stop");
	pooltoy_pool_release(failures->pool);
	samples_free(&failures->times);
	samples_free(&failures->all_up_times);
	free(failures);
}

/* Repeats it for about as long as a round should last. */
static void repeat(struct failures *failures, void (*once)(struct failures *failures))
{
	uint64_t end = now_ns() + failures->order.ms * 1000000u;

	failures->times.count = failures->all_up_times.count = 0;
	do
		once(failures);
	while (now_ns() < end && failures->times.count < SAMPLES_MAX);
}

static void replace_once(struct failures *failures)
{
	struct pooltoy_lease lease;
	unsigned before;
	uint64_t began;

	/* A worker that never completed a lease would be restarted with a delay. */
	must(pooltoy_checkout(failures->pool, -1, &lease), "checkout");
	must(pooltoy_checkin(&lease), "checkin");
	if (failures->order.crash)
		must(pooltoy_checkout(failures->pool, -1, &lease), "checkout");
	before = atomic_load(&failures->inits);
	began = now_ns();
	if (!failures->order.crash)
		must(pooltoy_kill_worker(failures->pool, -1), "kill");
	else if (pooltoy_call(&lease, NULL, 0, NULL, NULL, -1) != POOLTOY_ECRASHED)
		must(-1, "no crash");
	for (;;) {
		must(pooltoy_checkout(failures->pool, -1, &lease), "checkout");
		if (atomic_load(&failures->inits) != before)
			break;
		must(pooltoy_checkin(&lease), "checkin");
	}
	samples_add(&failures->times, now_ns() - began);
	must(pooltoy_checkin(&lease), "checkin");
}

static void *replace_open(const struct order *order)
{
	struct failures *failures = open_failing(order, 1);

	repeat(failures, replace_once); /* warm up */
	return failures;
}

static void replace_round(void *context, struct answer *found)
{
	struct failures *failures = context;

	repeat(failures, replace_once);
	samples_sort(&failures->times);
	answer(found, "ns", (double)samples_at(&failures->times, 500));
	answer(found, "ns_p99", (double)samples_at(&failures->times, 990));
}

struct waiter {
	struct failures *failures;
	uint64_t served;
};

static void *wait_for_worker(void *argument)
{
	struct waiter *waiter = argument;
	struct pooltoy_lease lease;

	must(pooltoy_checkout(waiter->failures->pool, -1, &lease), "checkout");
	waiter->served = now_ns();
	must(pooltoy_checkin(&lease), "checkin");
	return NULL;
}

static void wait_until_waiting(struct pooltoy_pool *pool)
{
	struct pooltoy_pool_status status = POOLTOY_POOL_STATUS_INIT;

	do {
		sleep_for(50000);
		must(pooltoy_pool_status(pool, &status), "status");
	} while (status.waiting == 0);
	sleep_for(200000); /* so that it sleeps */
}

static void restart_once(struct failures *failures)
{
	struct waiter waiter = { .failures = failures };
	unsigned workers = failures->order.workers, before;
	pthread_t thread;
	uint64_t began;

	for (unsigned i = 0; i < workers; i++) {
		struct pooltoy_lease lease;

		must(pooltoy_checkout(failures->pool, -1, &lease), "checkout");
	}
	if (pthread_create(&thread, NULL, wait_for_worker, &waiter))
		errx(1, "no thread to be had");
	wait_until_waiting(failures->pool);
	before = atomic_load(&failures->inits);
	began = now_ns();
	must(pooltoy_kill_manager(failures->pool), "kill");
	pthread_join(thread, NULL);
	while (atomic_load(&failures->inits) - before < workers)
		sleep_for(100000);
	samples_add(&failures->times, waiter.served - began);
	samples_add(&failures->all_up_times, atomic_load(&failures->last_init) - began);
	wait_until_up(failures->pool);
}

static void *restart_open(const struct order *order)
{
	struct failures *failures = open_failing(order, order->workers);

	restart_once(failures); /* warm up */
	return failures;
}

static void restart_round(void *context, struct answer *found)
{
	struct failures *failures = context;

	repeat(failures, restart_once);
	samples_sort(&failures->times);
	samples_sort(&failures->all_up_times);
	answer(found, "ns", (double)samples_at(&failures->times, 500));
	answer(found, "all_up_ns", (double)samples_at(&failures->all_up_times, 500));
}

const struct scenario replace_scenario = { "replace", replace_open, replace_round, close_failing };
const struct scenario restart_scenario = { "restart", restart_open, restart_round, close_failing };
