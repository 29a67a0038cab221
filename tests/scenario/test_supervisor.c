/* SPDX-License-Identifier: MIT */
/* test_supervisor.c: a supervisor from its start, with no pools, to its stop, with some. */
#include "scenario/support.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct census {
	int supervisors, pools, managers, workers;
};

static int count_node(const struct pooltoy_node *node, void *argument)
{
	struct census *census = argument;

	census->supervisors += node->type == POOLTOY_NODE_SUPERVISOR;
	census->pools += node->type == POOLTOY_NODE_POOL;
	census->managers += node->type == POOLTOY_NODE_MANAGER;
	census->workers += node->type == POOLTOY_NODE_WORKER;
	return 0;
}

static struct census census_of(struct stage *stage)
{
	struct census census = { 0 };

	EXPECT(POOLTOY_OK, pooltoy_walk(stage->supervisor, count_node, &census));
	return census;
}

static void a_fresh_supervisor_has_no_pools(void)
{
	struct stage stage;
	struct pooltoy_pool *pool;
	struct census census;

	stage_open(&stage);
	census = census_of(&stage);
	CU_ASSERT_EQUAL(census.supervisors, 1);
	CU_ASSERT_EQUAL(census.pools + census.managers + census.workers, 0);
	EXPECT(POOLTOY_ENOENT, pooltoy_find_pool(stage.supervisor, "poolio", &pool));
	EXPECT_STORY("supervisor", "poolio");
	stage_close(&stage);
}

static void poolio_then_pooly_start_by_one_call_each_and_both_serve(void)
{
	struct pooltoy_supervisor *supervisor;
	struct pooltoy_pool *poolio, *pooly;

	MUST(pooltoy_supervisor_start(&supervisor));
	MUST(pooltoy_start_pool(supervisor,
				POOLTOY_POOL_SPEC(.name = "poolio", .worker = &doubler, .size = 3),
				&poolio));
	MUST(pooltoy_start_pool(supervisor,
				POOLTOY_POOL_SPEC(.name = "pooly", .worker = &doubler, .size = 3),
				&pooly));
	expect_service(poolio);
	expect_service(pooly);
	await_idle(poolio, 3);
	await_idle(pooly, 3);
	CU_ASSERT_STRING_EQUAL(pooltoy_pool_name(poolio), "poolio");
	CU_ASSERT_STRING_EQUAL(pooltoy_pool_name(pooly), "pooly");
	pooltoy_pool_release(poolio);
	pooltoy_pool_release(pooly);
	EXPECT(POOLTOY_OK, pooltoy_supervisor_stop(supervisor, SOON));
}

static void a_pool_without_a_handle_is_found_by_name(void)
{
	struct stage stage;
	struct pooltoy_pool *pool;

	stage_open(&stage);
	MUST(pooltoy_start_pool(stage.supervisor,
				POOLTOY_POOL_SPEC(.name = "poolio", .worker = &doubler, .size = 1),
				NULL));
	MUST(pooltoy_find_pool(stage.supervisor, "poolio", &pool));
	CU_ASSERT_PTR_EQUAL(pooltoy_pool_retain(pool), pool);
	pooltoy_pool_release(pool);
	expect_service(pool);
	pooltoy_pool_release(pool);
	stage_close(&stage);
}

static void two_supervisors_with_a_poolio_each_do_not_meet(void)
{
	struct troupe troupes[2] = { { 0 }, { 0 } };
	struct pooltoy_pool *pools[2], *found;
	struct stage stages[2];
	struct census census;

	for (int i = 0; i < 2; i++) {
		stage_open(&stages[i]);
		pools[i] = start_pool(&stages[i],
				      POOLTOY_POOL_SPEC(.name = "poolio", .worker = &puppet_ops,
							.argument = &troupes[i], .size = i + 1));
		await_idle(pools[i], i + 1);
	}
	MUST(pooltoy_find_pool(stages[0].supervisor, "poolio", &found));
	CU_ASSERT_PTR_EQUAL(found, pools[0]);
	pooltoy_pool_release(found);
	expect_service(pools[0]);
	CU_ASSERT_EQUAL(troupes[0].calls, 1);
	CU_ASSERT_EQUAL(troupes[1].calls, 0);
	census = census_of(&stages[1]);
	CU_ASSERT_EQUAL(census.pools, 1);
	CU_ASSERT_EQUAL(census.workers, 2);

	pooltoy_pool_release(pools[0]);
	stage_close(&stages[0]);
	expect_service(pools[1]);
	CU_ASSERT_EQUAL(troupes[1].calls, 1);
	pooltoy_pool_release(pools[1]);
	stage_close(&stages[1]);
}

/* Notes in which order pools end: "release" runs when nobody can reach the argument any more. */
static char ends[8];

static void note_end(void *argument)
{
	strcat(ends, argument);
}

static void a_stop_takes_the_pools_in_reverse_order(void)
{
	static char names[] = "a\0b\0c";
	struct stage stage;

	ends[0] = 0;
	stage_open(&stage);
	for (int i = 0; i < 3; i++)
		MUST(pooltoy_start_pool(stage.supervisor,
					POOLTOY_POOL_SPEC(.name = &names[2 * i], .worker = &doubler,
							  .size = 2, .argument = &names[2 * i],
							  .release = note_end),
					NULL));
	stage_close(&stage);
	CU_ASSERT_STRING_EQUAL(ends, "cba");
}

static void after_the_stop_handles_answer_stopped(void)
{
	struct stage stage;
	struct pooltoy_pool *pool;
	struct pooltoy_lease lease, held;

	stage_open(&stage);
	pool = start_pool(&stage,
			  POOLTOY_POOL_SPEC(.name = "poolio", .worker = &doubler, .size = 2));
	MUST(pooltoy_checkout(pool, SOON, &held));
	stage_close(&stage);
	EXPECT(POOLTOY_ESTOPPED, pooltoy_checkout(pool, 0, &lease));
	EXPECT(POOLTOY_ESTOPPED, pooltoy_checkout(pool, SOON, &lease));
	EXPECT(POOLTOY_ESTOPPED, pooltoy_checkout(pool, -1, &lease));
	EXPECT(POOLTOY_ESTOPPED, pooltoy_stop_pool(pool, 0));
	EXPECT(POOLTOY_ESTOPPED, pooltoy_kill_manager(pool));
	EXPECT(POOLTOY_ESTOPPED, pooltoy_kill_worker(pool, -1));
	EXPECT(POOLTOY_ESTOPPED, pooltoy_pool_revive(pool));
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&held));
	CU_ASSERT_EQUAL(status_of(pool).state, POOLTOY_POOL_STOPPED);
	pooltoy_pool_release(pool);
}

static void *customer_of_a_stop(void *argument)
{
	struct pooltoy_lease lease;

	EXPECT(POOLTOY_ESTOPPED, pooltoy_checkout(argument, -1, &lease));
	return NULL;
}

static void a_stop_keeps_its_deadline_and_wakes_who_waits(void)
{
	struct troupe troupe = { 0 };
	struct stage stage;
	struct pooltoy_pool *pool;
	struct pooltoy_lease lease;
	struct gate gate;
	pthread_t waiter;
	uint64_t begun;

	gate_init(&gate);
	stage_open(&stage);
	pool = start_pool(&stage, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &puppet_ops,
						    .argument = &troupe, .size = 1, .grace = 500));
	MUST(pooltoy_checkout(pool, SOON, &lease));
	MUST(tell_cast(&lease, (struct order){ .verb = HOLD_DEAF, .gate = &gate }));
	gate_await(&gate);
	waiter = begin(customer_of_a_stop, pool);
	AWAIT(status_of(pool).waiting == 1);

	begun = now_ms();
	stage_close_with(&stage, ISOLATED ? POOLTOY_OK : POOLTOY_EQUARANTINED, 100);
	CU_ASSERT(now_ms() - begun >= 100);
	CU_ASSERT(now_ms() - begun < 5000);
	if (!ISOLATED)
		EXPECT_STORY("1 thread");
	finish(waiter);
	CU_ASSERT(troupe.interrupts > 0);
	CU_ASSERT_EQUAL(troupe.terminates, 0);
	gate_open(&gate);
	if (!ISOLATED)
		AWAIT(troupe.terminates == 1); /* the worker comes back, and ends as any other */
	pooltoy_pool_release(pool);
	gate_destroy(&gate);
}

/* Exits, by exit(), with workers in calls, in init, idle, and leased. */
static void exit_in_the_middle(void)
{
	static struct troupe busy, slow;
	static struct gate gate, init_gate;
	static struct customer customers[4];
	struct pooltoy_supervisor *supervisor;
	struct pooltoy_pool *pools[2];
	struct pooltoy_lease lease;

	gate_init(&gate);
	gate_init(&init_gate);
	slow.init_gate = &init_gate;
	MUST(pooltoy_supervisor_start(&supervisor));
	MUST(pooltoy_start_pool(supervisor,
				POOLTOY_POOL_SPEC(.name = "busy", .worker = &puppet_ops,
						  .argument = &busy, .size = 4),
				&pools[0]));
	MUST(pooltoy_start_pool(supervisor,
				POOLTOY_POOL_SPEC(.name = "slow", .worker = &puppet_ops,
						  .argument = &slow, .size = 1),
				&pools[1]));
	gate_await(&init_gate);
	MUST(pooltoy_checkout(pools[0], SOON, &lease));
	MUST(tell_cast(&lease, (struct order){ .verb = HOLD_DEAF, .gate = &gate }));
	gate_await(&gate);
	for (int i = 0; i < 2; i++) {
		customer_come(&customers[i], pools[0], SOON);
		customer_await(&customers[i]);
		customer_come(&customers[2 + i], pools[1], -1);
	}
	AWAIT(status_of(pools[1]).waiting == 2);
	if (child_failed())
		_exit(1);
	exit(17);
}

static void exit_with_busy_pools_is_safe(void)
{
	SKIP_IF_ISOLATED("who forks has its stack in common with its child");
	for (int i = 0; i < 5; i++) {
		int status = run_child(exit_in_the_middle);

		CU_ASSERT(WIFEXITED(status));
		CU_ASSERT_EQUAL(WEXITSTATUS(status), 17);
	}
}

SUITE(TEST(a_fresh_supervisor_has_no_pools),
      TEST(poolio_then_pooly_start_by_one_call_each_and_both_serve),
      TEST(a_pool_without_a_handle_is_found_by_name),
      TEST(two_supervisors_with_a_poolio_each_do_not_meet),
      TEST(a_stop_takes_the_pools_in_reverse_order), TEST(after_the_stop_handles_answer_stopped),
      TEST(a_stop_keeps_its_deadline_and_wakes_who_waits), TEST(exit_with_busy_pools_is_safe))
