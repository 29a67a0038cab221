/* SPDX-License-Identifier: MIT */
/* test_metrics.c: what a pool tells of how long it takes. */
#include "scenario/completions.h"

#define MS UINT64_C(1000000)

static struct pooltoy_histogram histogram_of(struct pooltoy_pool *pool,
					     enum pooltoy_duration duration)
{
	struct pooltoy_histogram histogram = POOLTOY_HISTOGRAM_INIT;

	EXPECT(POOLTOY_OK, pooltoy_pool_histogram(pool, duration, &histogram));
	return histogram;
}

static uint64_t count_of(struct pooltoy_pool *pool, enum pooltoy_duration duration)
{
	return histogram_of(pool, duration).count;
}

/* One of one worker, which is up. */
static struct pooltoy_pool *start_one(struct stage *stage, struct troupe *troupe)
{
	struct pooltoy_pool *pool =
		start_pool(stage, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &puppet_ops,
						    .argument = troupe, .size = 1));

	await_idle(pool, 1);
	return pool;
}

static void each_wait_that_is_over_counts_whatever_it_came_to(void)
{
	struct customer patient = { 0 }, cancelled = { 0 };
	struct troupe troupe = { 0 };
	struct stage stage;
	struct pooltoy_pool *pool;
	struct pooltoy_lease lease, none;
	uint64_t before;

	stage_open(&stage);
	pool = start_one(&stage, &troupe);
	MUST(pooltoy_checkout(pool, SOON, &lease));
	before = status_of(pool).waits; /* it may have come just before its worker could be found */
	CU_ASSERT_EQUAL(count_of(pool, POOLTOY_DURATION_WAIT), before);
	EXPECT(POOLTOY_ETIMEDOUT, pooltoy_checkout(pool, 2, &none));
	CU_ASSERT_EQUAL(count_of(pool, POOLTOY_DURATION_WAIT), before + 1);
	CU_ASSERT(histogram_of(pool, POOLTOY_DURATION_WAIT).max_ns >= 2 * MS);
	EXPECT(POOLTOY_EFULL, pooltoy_checkout(pool, 0, &none)); /* without a wait */
	customer_come(&cancelled, pool, SOON);
	AWAIT(status_of(pool).waiting == 1);
	customer_cancel(&cancelled);
	CU_ASSERT_EQUAL(count_of(pool, POOLTOY_DURATION_WAIT), before + 2);
	customer_come(&patient, pool, SOON);
	AWAIT(status_of(pool).waiting == 1);
	CU_ASSERT_EQUAL(count_of(pool, POOLTOY_DURATION_WAIT), before + 2);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	MUST(customer_await(&patient));
	customer_go(&patient, CHECKIN);
	CU_ASSERT_EQUAL(count_of(pool, POOLTOY_DURATION_WAIT), before + 3);
	CU_ASSERT_EQUAL(status_of(pool).waits, before + 3);
	CU_ASSERT_EQUAL(histogram_of(pool, POOLTOY_DURATION_WAIT).sampled, 1);
	stop_pool(pool);
	stage_close(&stage);
}

static void waits_and_calls_without_a_thread_count_as_well(void)
{
	struct scene scene;
	struct pooltoy_lease lease;
	uint64_t before;
	int tag;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	lease = check_out(&scene);
	before = count_of(scene.pool, POOLTOY_DURATION_WAIT);
	MUST(start_checkout(&scene, 1, &tag, NULL));
	expect(&scene, POOLTOY_COMPLETION_CHECKOUT, &tag, POOLTOY_ETIMEDOUT);
	CU_ASSERT_EQUAL(count_of(scene.pool, POOLTOY_DURATION_WAIT), before + 1);
	MUST(start_checkout(&scene, SOON, &tag, NULL));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	lease = expect(&scene, POOLTOY_COMPLETION_CHECKOUT, &tag, 0);
	CU_ASSERT_EQUAL(count_of(scene.pool, POOLTOY_DURATION_WAIT), before + 2);

	MUST(start_call(&scene, &lease, (struct order){ DOUBLE, 1, NULL }, SOON, NULL));
	expect(&scene, POOLTOY_COMPLETION_CALL, &scene, 0);
	CU_ASSERT_EQUAL(count_of(scene.pool, POOLTOY_DURATION_CALL), 1);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	scene_close(&scene);
}

static void the_first_lease_of_a_slot_is_measured_and_then_one_in_128(void)
{
	enum { MORE = 128 * 50 };
	struct troupe troupe = { 0 };
	struct stage stage;
	struct pooltoy_pool *pool;
	struct pooltoy_lease lease;
	struct pooltoy_histogram hold;
	uint64_t before;

	stage_open(&stage);
	pool = start_one(&stage, &troupe);
	MUST(pooltoy_checkout(pool, SOON, &lease));
	CU_ASSERT_EQUAL(count_of(pool, POOLTOY_DURATION_HOLD), 0);
	before = now_ms();
	AWAIT(now_ms() >= before + 3);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	hold = histogram_of(pool, POOLTOY_DURATION_HOLD);
	CU_ASSERT_EQUAL(hold.sampled, 128);
	CU_ASSERT_EQUAL(hold.count, 1);
	CU_ASSERT(hold.sum_ns >= 2 * MS && hold.max_ns == hold.sum_ns);
	for (int i = 0; i < MORE; i++) {
		MUST(pooltoy_checkout(pool, SOON, &lease));
		EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	}
	hold = histogram_of(pool, POOLTOY_DURATION_HOLD);
	CU_ASSERT(hold.count > MORE / 128 * 9 / 10 && hold.count < MORE / 128 * 11 / 10);
	CU_ASSERT_EQUAL(hold.max_ns, histogram_of(pool, POOLTOY_DURATION_HOLD).max_ns);
	stop_pool(pool);
	stage_close(&stage);
}

static void a_lease_counts_that_is_checked_in_as_failed_and_not_one_that_its_client_leaves(void)
{
	struct customer quitter = { 0 };
	struct troupe troupe = { 0 };
	struct stage stage;
	struct pooltoy_pool *pool;
	struct pooltoy_lease lease;

	stage_open(&stage);
	pool = start_pool(&stage, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &puppet_ops,
						    .argument = &troupe, .size = 2));
	await_idle(pool, 2);
	customer_come(&quitter, pool, SOON);
	MUST(customer_await(&quitter));
	MUST(pooltoy_checkout(pool, SOON, &lease));
	customer_go(&quitter, JUST_RETURN);
	CU_ASSERT_EQUAL(count_of(pool, POOLTOY_DURATION_HOLD), 0);
	EXPECT(POOLTOY_OK, pooltoy_checkin_failed(&lease, POOLTOY_RESET, "tired"));
	CU_ASSERT_EQUAL(count_of(pool, POOLTOY_DURATION_HOLD), 1);
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&lease));
	CU_ASSERT_EQUAL(count_of(pool, POOLTOY_DURATION_HOLD), 1);
	stop_pool(pool);
	stage_close(&stage);
}

static void a_call_is_measured_until_its_answer_or_until_its_caller_gives_up(void)
{
	struct troupe troupe = { 0 };
	struct stage stage;
	struct pooltoy_pool *pool;
	struct pooltoy_lease lease;
	struct pooltoy_histogram call;
	struct gate gate;
	int answer;

	gate_init(&gate);
	stage_open(&stage);
	pool = start_one(&stage, &troupe);
	MUST(pooltoy_checkout(pool, SOON, &lease));
	call_and_leave(&lease, &gate, &answer, 3);
	call = histogram_of(pool, POOLTOY_DURATION_CALL);
	CU_ASSERT_EQUAL(call.sampled, 128);
	CU_ASSERT_EQUAL(call.count, 1);
	CU_ASSERT(call.max_ns >= 3 * MS);
	gate_open(&gate);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	for (int i = 0; i < 128 * 50; i++)
		expect_service(pool);
	call = histogram_of(pool, POOLTOY_DURATION_CALL);
	CU_ASSERT(call.count > 45 && call.count < 57);
	stop_pool(pool);
	stage_close(&stage);
	gate_destroy(&gate);
}

static void each_start_that_goes_well_is_measured_through_all_instances(void)
{
	struct troupe troupe = { .failing_inits = 1 };
	struct stage stage;
	struct pooltoy_pool *pool;
	const struct recorded *started;

	stage_open(&stage);
	pool = start_one(&stage, &troupe);
	CU_ASSERT_EQUAL(count_of(pool, POOLTOY_DURATION_START), 1);
	started = await_event(&stage, "poolio", POOLTOY_EVENT_WORKER_STARTED, 1);
	CU_ASSERT_EQUAL(histogram_of(pool, POOLTOY_DURATION_START).sum_ns,
			started ? started->duration_ns : 0);
	EXPECT(POOLTOY_OK, pooltoy_kill_manager(pool));
	AWAIT(count_of(pool, POOLTOY_DURATION_START) == 2);
	CU_ASSERT_EQUAL(status_of(pool).instance, 2);
	CU_ASSERT_EQUAL(histogram_of(pool, POOLTOY_DURATION_START).sampled, 1);
	stop_pool(pool);
	stage_close(&stage);
}

static void what_it_is_asked_for_wrongly_is_refused(void)
{
	struct pooltoy_histogram histogram = POOLTOY_HISTOGRAM_INIT, unset = { 0 };
	struct troupe troupe = { 0 };
	struct stage stage;
	struct pooltoy_pool *pool;

	stage_open(&stage);
	pool = start_one(&stage, &troupe);
	EXPECT(POOLTOY_EINVAL, pooltoy_pool_histogram(NULL, POOLTOY_DURATION_WAIT, &histogram));
	EXPECT(POOLTOY_EINVAL, pooltoy_pool_histogram(pool, POOLTOY_DURATION_WAIT, NULL));
	EXPECT(POOLTOY_EINVAL, pooltoy_pool_histogram(pool, POOLTOY_DURATION_WAIT, &unset));
	EXPECT_STORY("struct_size");
	EXPECT(POOLTOY_EINVAL, pooltoy_pool_histogram(pool, (enum pooltoy_duration)0, &histogram));
	EXPECT(POOLTOY_EINVAL, pooltoy_pool_histogram(pool, (enum pooltoy_duration)5, &histogram));
	EXPECT_STORY("no such duration");
	stop_pool(pool);
	stage_close(&stage);
}

static void a_program_with_a_shorter_structure_gets_as_much_as_that_has(void)
{
	struct pooltoy_histogram histogram = POOLTOY_HISTOGRAM_INIT;
	struct troupe troupe = { 0 };
	struct stage stage;
	struct pooltoy_pool *pool;

	stage_open(&stage);
	pool = start_one(&stage, &troupe);
	histogram.struct_size = offsetof(struct pooltoy_histogram, max_ns);
	histogram.max_ns = 4711;
	EXPECT(POOLTOY_OK, pooltoy_pool_histogram(pool, POOLTOY_DURATION_START, &histogram));
	CU_ASSERT_EQUAL(histogram.count, 1);
	CU_ASSERT_EQUAL(histogram.max_ns, 4711);
	CU_ASSERT_EQUAL(histogram.struct_size, offsetof(struct pooltoy_histogram, max_ns));
	stop_pool(pool);
	stage_close(&stage);
}

static void durations_have_names(void)
{
	CU_ASSERT_STRING_EQUAL(pooltoy_duration_name(POOLTOY_DURATION_WAIT), "wait");
	CU_ASSERT_STRING_EQUAL(pooltoy_duration_name(POOLTOY_DURATION_HOLD), "hold");
	CU_ASSERT_STRING_EQUAL(pooltoy_duration_name(POOLTOY_DURATION_CALL), "call");
	CU_ASSERT_STRING_EQUAL(pooltoy_duration_name(POOLTOY_DURATION_START), "start");
	CU_ASSERT_STRING_EQUAL(pooltoy_duration_name((enum pooltoy_duration)0), "unknown");
	CU_ASSERT_EQUAL(pooltoy_histogram_bound(0), 64);
	CU_ASSERT_EQUAL(pooltoy_histogram_bound(-1), UINT64_MAX);
	CU_ASSERT_EQUAL(pooltoy_histogram_bound(POOLTOY_HISTOGRAM_BUCKETS - 1), UINT64_MAX);
}

SUITE(TEST(each_wait_that_is_over_counts_whatever_it_came_to),
      TEST(waits_and_calls_without_a_thread_count_as_well),
      TEST(the_first_lease_of_a_slot_is_measured_and_then_one_in_128),
      TEST(a_lease_counts_that_is_checked_in_as_failed_and_not_one_that_its_client_leaves),
      TEST(a_call_is_measured_until_its_answer_or_until_its_caller_gives_up),
      TEST(each_start_that_goes_well_is_measured_through_all_instances),
      TEST(what_it_is_asked_for_wrongly_is_refused),
      TEST(a_program_with_a_shorter_structure_gets_as_much_as_that_has), TEST(durations_have_names))
