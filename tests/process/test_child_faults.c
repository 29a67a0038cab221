/* SPDX-License-Identifier: MIT */
/* test_child_faults.c: starts of children in each of which one more request of the system is refused. */
#include "process/rogue.h"
#include "process/support.h"
#include "scenario/support.h"
#include "support/faults.h"

#include <stdio.h>
#include <stdlib.h>

/* What the child has is in its own shared object: this says which callbacks there are. */
static int handle_call(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	(void)state;
	(void)request;
	(void)length;
	return pooltoy_worker_fail(self, "this does not run here");
}

static const struct pooltoy_worker_ops ops = POOLTOY_WORKER_OPS(.handle_call = handle_call);

static void expect_an_answer(struct pooltoy_pool *pool)
{
	struct rogue_order order = { ROGUE_DOUBLE, 21 };
	struct pooltoy_lease lease;
	int answer = 0;
	size_t length = sizeof answer;

	MUST(pooltoy_checkout(pool, SOON, &lease));
	EXPECT(POOLTOY_OK, pooltoy_call(&lease, &order, sizeof order, &answer, &length, SOON));
	CU_ASSERT_EQUAL(answer, 42);
	MUST(pooltoy_checkin(&lease));
}

/* How many requests were refused before a child could be had after all. */
static unsigned live_with_faults(enum faults_kind kind, unsigned good, unsigned bad)
{
	int before = count_descriptors();
	char module[4096];
	struct stage stage;
	struct pooltoy_pool *pool;
	unsigned met;

	snprintf(module, sizeof module, "%s/tests/process/.libs/librogue.so", getenv("builddir"));
	stage_open(&stage);
	faults_begin(kind, good, bad);
	pool = start_pool(&stage, POOLTOY_POOL_SPEC(.name = "rogues", .worker = &ops, .size = 1,
						    .backoff_min = POOLTOY_NONE,
						    .isolation = POOLTOY_PROCESS, .module = module,
						    .symbol = "rogue_ops"));
	expect_an_answer(pool);
	met = faults_end(kind);
	if (met > 0)
		await_event(&stage, "rogues", POOLTOY_EVENT_WORKER_START_FAILED, 1);
	pooltoy_pool_release(pool);
	stage_close(&stage);
	CU_ASSERT_EQUAL(count_descriptors(), before);
	return met;
}

static unsigned live_on(enum faults_kind kind, unsigned bad)
{
	unsigned good = 0;

	while (live_with_faults(kind, good, bad) > 0)
		good++;
	printf("# %s, %u refused: %u faults injected\n", faults_name(kind), bad, good);
	return good;
}

static void each_part_of_a_child_that_cannot_be_had_is_asked_for_again(void)
{
	if (!getenv("builddir"))
		SKIP("builddir says where the shared object of its worker is");
	CU_ASSERT(live_on(FAULTS_CHILDREN, 1) >= 12);
	CU_ASSERT(live_on(FAULTS_CHILDREN, 3) >= 12);
}

SUITE(TEST(each_part_of_a_child_that_cannot_be_had_is_asked_for_again))
