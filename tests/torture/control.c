/* SPDX-License-Identifier: MIT */
/* control.c: a pool of another supervisor, which notices nothing of what is done to the others. */
#include "torture.h"

enum { LONG_MS = 30000 };

static int add_one(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	int number;

	(void)state;
	REQUIRE(length == sizeof number);
	number = *(const int *)request + 1;
	return pooltoy_reply(self, &number, sizeof number);
}

static const struct pooltoy_worker_ops adder = POOLTOY_WORKER_OPS(.handle_call = add_one);

static struct torturer *torturer;
static pthread_t thread;
static uint64_t worst_us;

static void expect_nothing(const struct pooltoy_event *event, void *unused)
{
	(void)unused;
	if (event->severity != POOLTOY_INFO)
		torture_failed("the control pool: %s: %s", event->pool, event->reason);
}

static void call(struct pooltoy_pool *pool, int number)
{
	uint64_t began = now_us(), took;
	struct pooltoy_lease lease;
	int answer = -1;
	size_t length = sizeof answer;

	allow(pooltoy_checkout(pool, LONG_MS, &lease), MAY(POOLTOY_OK), "control checkout");
	allow(pooltoy_call(&lease, &number, sizeof number, &answer, &length, LONG_MS),
	      MAY(POOLTOY_OK), "control call");
	REQUIRE(answer == number + 1);
	allow(pooltoy_checkin(&lease), MAY(POOLTOY_OK), "control checkin");
	did(CONTROL_CALLS);
	took = now_us() - began;
	if (took > worst_us)
		worst_us = took;
}

static void *control(void *unused)
{
	struct pooltoy_pool_status status = POOLTOY_POOL_STATUS_INIT;
	struct pooltoy_supervisor *supervisor;
	struct pooltoy_pool *pool;

	(void)unused;
	torturer_enter(torturer);
	REQUIRE(pooltoy_supervisor_start_with(POOLTOY_SUPERVISOR_SPEC(.on_event = expect_nothing),
					      &supervisor) == POOLTOY_OK);
	REQUIRE(pooltoy_start_pool(
			supervisor,
			POOLTOY_POOL_SPEC(.name = "control", .worker = &adder, .size = 2),
			&pool) == POOLTOY_OK);
	for (int number = 0; go_on_after(500); number++) {
		doing(torturer, "control call", -1);
		call(pool, number);
	}
	REQUIRE(pooltoy_pool_status(pool, &status) == POOLTOY_OK);
	REQUIRE(status.restarts == 0 && status.worker_deaths == 0 && status.client_deaths == 0);
	pooltoy_pool_release(pool);
	allow(stop_supervisor(supervisor, LONG_MS), MAY(POOLTOY_OK), "control stop");
	torturer_leave(torturer);
	return NULL;
}

void control_start(void)
{
	torturer = torturer_new("control", 0);
	thread = begin(control, NULL);
}

uint64_t control_join(void)
{
	finish(thread);
	return worst_us;
}
