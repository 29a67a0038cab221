/* SPDX-License-Identifier: MIT */
/* test_child_faults.c: starts of children in each of which one more request of the system is refused. */
#include "process/rogue.h"
#include "process/support.h"
#include "scenario/support.h"
#include "support/faults.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the child has is in its own shared object: this says which callbacks there are. */
static int handle_call(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	(void)state;
	(void)request;
	(void)length;
	return pooltoy_worker_fail(self, "this does not run here");
}

static const struct pooltoy_worker_ops ops = POOLTOY_WORKER_OPS(.handle_call = handle_call);

static int tell_rogue(struct pooltoy_pool *pool, int verb, int number, int *answer)
{
	struct rogue_order order = { verb, number };
	struct pooltoy_lease lease;
	size_t length = sizeof *answer;
	int code;

	MUST(pooltoy_checkout(pool, SOON, &lease));
	code = pooltoy_call(&lease, &order, sizeof order, answer, &length, SOON);
	(void)pooltoy_checkin(&lease);
	return code;
}

static struct pooltoy_pool *start_rogues(struct stage *stage)
{
	char module[4096];

	snprintf(module, sizeof module, "%s/tests/process/.libs/librogue.so", getenv("builddir"));
	return start_pool(stage, POOLTOY_POOL_SPEC(.name = "rogues", .worker = &ops, .size = 1,
						   .backoff_min = POOLTOY_NONE,
						   .isolation = POOLTOY_PROCESS, .module = module,
						   .symbol = "rogue_ops"));
}

enum { ALWAYS = 1000000 };

static unsigned unsealed; /* starts that failed for that */

/* How many requests were refused before a child could be had after all. */
static unsigned live_with_faults(unsigned good, unsigned bad)
{
	int before = count_descriptors(), answer = 0;
	struct stage stage;
	const struct recorded *failed;
	struct pooltoy_pool *pool;
	unsigned met;

	stage_open(&stage);
	faults_begin(FAULTS_CHILDREN, good, bad);
	pool = start_rogues(&stage);
	EXPECT(POOLTOY_OK, tell_rogue(pool, ROGUE_DOUBLE, 21, &answer));
	CU_ASSERT_EQUAL(answer, 42);
	met = faults_end(FAULTS_CHILDREN);
	if (met > 0) {
		failed = await_event(&stage, "rogues", POOLTOY_EVENT_WORKER_START_FAILED, 1);
		unsealed += failed && strstr(failed->reason, "has not sealed");
	}
	pooltoy_pool_release(pool);
	stage_close(&stage);
	CU_ASSERT_EQUAL(count_descriptors(), before);
	return met;
}

static unsigned live_on(unsigned bad)
{
	unsigned good = 0;

	while (live_with_faults(good, bad) > 0)
		good++;
	printf("# %s, %u refused: %u faults injected\n", faults_name(FAULTS_CHILDREN), bad, good);
	return good;
}

static void each_part_of_a_child_that_cannot_be_had_is_asked_for_again(void)
{
	if (!getenv("builddir"))
		SKIP("builddir says where the shared object of its worker is");
	unsealed = 0;
	CU_ASSERT(live_on(1) >= 18);
	CU_ASSERT_EQUAL(unsealed, 1);
	CU_ASSERT(live_on(3) >= 18);
}

static void an_older_kernel_will_do(void)
{
	struct stage stage;
	const struct recorded *died;
	struct pooltoy_pool *pool;
	int answer = 0;

	if (!getenv("builddir"))
		SKIP("builddir says where the shared object of its worker is");
	faults_begin(FAULTS_KERNEL, 0, ALWAYS);
	CU_ASSERT(live_on(1) >= 17);
	stage_open(&stage);
	pool = start_rogues(&stage);
	EXPECT(POOLTOY_OK, tell_rogue(pool, ROGUE_SAY, 3000, &answer));
	EXPECT(POOLTOY_ECRASHED, tell_rogue(pool, ROGUE_ABORT, 0, &answer));
	died = await_event(&stage, "rogues", POOLTOY_EVENT_WORKER_DIED, 1);
	CU_ASSERT(died && strstr(died->reason, "signal 6") && strstr(died->reason, "last words"));
	CU_ASSERT(faults_end(FAULTS_KERNEL) >= 14);
	pooltoy_pool_release(pool);
	stage_close(&stage);
}

SUITE(TEST(each_part_of_a_child_that_cannot_be_had_is_asked_for_again),
      TEST(an_older_kernel_will_do))
