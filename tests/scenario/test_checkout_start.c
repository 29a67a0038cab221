/* SPDX-License-Identifier: MIT */
/* test_checkout_start.c: checkouts that nobody waits for. */
#include "completions.h"

static void a_checkout_of_an_idle_worker_is_there_at_once(void)
{
	struct scene scene;
	struct pooltoy_lease lease;
	int tag;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	CU_ASSERT_FALSE(is_readable(&scene));
	MUST(start_checkout(&scene, 0, &tag, NULL));
	CU_ASSERT(is_readable(&scene));
	lease = expect(&scene, POOLTOY_COMPLETION_CHECKOUT, &tag, 0);
	expect_none(&scene);
	EXPECT(0, pooltoy_lease_worker(&lease));
	EXPECT(POOLTOY_OK, tell(&lease, (struct order){ DOUBLE, 1, NULL }, NULL, SOON));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&lease));
	scene_close(&scene);
}

static void a_try_is_refused_by_its_start(void)
{
	struct scene scene;
	struct pooltoy_lease lease;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	lease = check_out(&scene);
	EXPECT(POOLTOY_EFULL, start_checkout(&scene, 0, NULL, NULL));
	EXPECT_STORY("poolio", "checkout");
	expect_none(&scene);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	scene_close(&scene);
}

static void checkouts_wait_and_are_served_in_order_with_threads_among_them(void)
{
	struct scene scene;
	struct pooltoy_lease lease;
	struct customer customer = { 0 };
	int tags[3];

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	lease = check_out(&scene);
	MUST(start_checkout(&scene, -1, &tags[0], NULL));
	AWAIT(status_of(scene.pool).waiting == 1);
	customer_come(&customer, scene.pool, SOON);
	AWAIT(status_of(scene.pool).waiting == 2);
	MUST(start_checkout(&scene, -1, &tags[1], NULL));
	MUST(start_checkout(&scene, SOON, &tags[2], NULL));
	CU_ASSERT_EQUAL(status_of(scene.pool).waiting, 4);
	expect_none(&scene);

	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	lease = expect(&scene, POOLTOY_COMPLETION_CHECKOUT, &tags[0], 0);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	MUST(customer_await(&customer));
	expect_none(&scene);
	customer_go(&customer, CHECKIN);
	lease = expect(&scene, POOLTOY_COMPLETION_CHECKOUT, &tags[1], 0);
	expect_none(&scene);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	lease = expect(&scene, POOLTOY_COMPLETION_CHECKOUT, &tags[2], 0);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	await_idle(scene.pool, 1);
	scene_close(&scene);
}

static void a_checkout_that_waits_has_overflow_started_and_gone_again(void)
{
	struct scene scene;
	struct pooltoy_lease leases[2];

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1, .max_overflow = 1));
	leases[0] = check_out(&scene);
	leases[1] = check_out(&scene);
	CU_ASSERT_EQUAL(status_of(scene.pool).overflow, 1);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&leases[0]));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&leases[1]));
	AWAIT(status_of(scene.pool).overflow == 0);
	await_idle(scene.pool, 1);
	scene_close(&scene);
}

static void a_checkout_times_out_no_sooner_than_it_says(void)
{
	struct scene scene;
	struct pooltoy_lease lease;
	uint64_t begun;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	lease = check_out(&scene);
	begun = now_ms();
	MUST(start_checkout(&scene, 20, &begun, NULL));
	expect(&scene, POOLTOY_COMPLETION_CHECKOUT, &begun, POOLTOY_ETIMEDOUT);
	CU_ASSERT(now_ms() - begun >= 20);
	CU_ASSERT_EQUAL(status_of(scene.pool).waiting, 0);
	CU_ASSERT_EQUAL(status_of(scene.pool).timeouts, 1);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	expect_service(scene.pool);
	scene_close(&scene);
}

static void the_earlier_deadline_comes_first_whichever_was_set_first(void)
{
	struct scene scene;
	struct pooltoy_lease lease;
	int late, soon;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	lease = check_out(&scene);
	MUST(start_checkout(&scene, 60, &late, NULL));
	MUST(start_checkout(&scene, 20, &soon, NULL));
	MUST(start_checkout(&scene, SOON, NULL, NULL));
	expect(&scene, POOLTOY_COMPLETION_CHECKOUT, &soon, POOLTOY_ETIMEDOUT);
	expect(&scene, POOLTOY_COMPLETION_CHECKOUT, &late, POOLTOY_ETIMEDOUT);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	lease = expect(&scene, POOLTOY_COMPLETION_CHECKOUT, NULL, 0);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	scene_close(&scene);
}

static void a_checkout_that_waits_is_cancelled_once(void)
{
	struct scene scene;
	struct pooltoy_lease lease;
	struct pooltoy_pending pending, next_one;
	int tag;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	lease = check_out(&scene);
	MUST(start_checkout(&scene, SOON, &tag, &pending));
	EXPECT(POOLTOY_OK, pooltoy_pending_cancel(&pending));
	EXPECT(POOLTOY_ESTALE, pooltoy_pending_cancel(&pending));
	EXPECT_STORY("over");
	expect(&scene, POOLTOY_COMPLETION_CHECKOUT, &tag, POOLTOY_ECANCELLED);
	EXPECT(POOLTOY_ESTALE, pooltoy_pending_cancel(&pending));
	/* Its record is another operation's now. */
	MUST(start_checkout(&scene, SOON, &tag, &next_one));
	EXPECT(POOLTOY_ESTALE, pooltoy_pending_cancel(&pending));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	EXPECT(POOLTOY_ESTALE, pooltoy_pending_cancel(&next_one));
	lease = expect(&scene, POOLTOY_COMPLETION_CHECKOUT, &tag, 0);
	expect_none(&scene);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	scene_close(&scene);
}

static void checkouts_wait_on_through_a_restart_and_end_with_their_pool(void)
{
	struct scene scene;
	struct pooltoy_lease lease;
	int tag;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	lease = check_out(&scene);
	MUST(start_checkout(&scene, SOON, &tag, NULL));
	EXPECT(POOLTOY_OK, pooltoy_kill_manager(scene.pool));
	lease = expect(&scene, POOLTOY_COMPLETION_CHECKOUT, &tag, 0); /* of the next instance */
	EXPECT(POOLTOY_OK, tell(&lease, (struct order){ DOUBLE, 1, NULL }, NULL, SOON));
	MUST(start_checkout(&scene, SOON, &tag, NULL));
	EXPECT(POOLTOY_OK, pooltoy_stop_pool(scene.pool, SOON));
	expect(&scene, POOLTOY_COMPLETION_CHECKOUT, &tag, POOLTOY_ESTOPPED);
	EXPECT(POOLTOY_ESTOPPED, start_checkout(&scene, SOON, &tag, NULL));
	expect_none(&scene);
	scene_close(&scene);
}

static int fail_always(struct pooltoy_worker *self, void *argument, void **state)
{
	(void)argument;
	(void)state;
	return pooltoy_worker_fail(self, "never comes up");
}

static void checkouts_are_told_when_their_pool_is_given_up(void)
{
	static const struct pooltoy_worker_ops ops =
		POOLTOY_WORKER_OPS(.init = fail_always, .handle_call = NULL);
	const struct pooltoy_completion *completion;
	struct scene scene;

	scene_begin_early(&scene, POOLTOY_POOL_SPEC(.worker = &ops, .size = 1, .max_restarts = 0,
						    .give_up_after = 1, .backoff_min = 1,
						    .backoff_max = 1));
	MUST(pooltoy_completion_queue_open(&scene.queue));
	MUST(start_checkout(&scene, SOON, NULL, NULL));
	for (int i = 0; status_of(scene.pool).state != POOLTOY_POOL_FAILED && i < 1000; i++) {
		int code = pooltoy_kill_manager(scene.pool);

		CU_ASSERT(code == 0 || code == POOLTOY_ESTARTING || code == POOLTOY_EFAILED);
		breathe();
	}
	completion = next_completion(&scene);
	CU_ASSERT_EQUAL(completion->code, POOLTOY_EFAILED);
	CU_ASSERT_STRING_NOT_EQUAL(completion->reason, "");
	pooltoy_completion_release(completion);
	EXPECT(POOLTOY_EFAILED, start_checkout(&scene, SOON, NULL, NULL));
	scene_close(&scene);
}

/* Clients. */

static void a_lease_belongs_to_the_client_that_it_was_started_for(void)
{
	struct scene scene;
	struct pooltoy_client *client;
	struct pooltoy_lease lease;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	MUST(pooltoy_client_open("connection", &client));
	MUST(pooltoy_checkout_start(scene.queue, scene.pool, client, SOON, NULL, NULL));
	lease = expect(&scene, POOLTOY_COMPLETION_CHECKOUT, NULL, 0);
	pooltoy_client_close(client);
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&lease));
	await_idle(scene.pool, 1);
	scene_close(&scene);
}

static void a_client_that_was_closed_meanwhile_holds_nothing(void)
{
	enum { CHECKOUTS = 20000 };
	struct scene scene;
	struct pooltoy_client *client;
	struct pooltoy_lease lease;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	lease = check_out(&scene);
	MUST(pooltoy_client_open("connection", &client));
	for (int i = 0; i < CHECKOUTS; i++)
		MUST(pooltoy_checkout_start(scene.queue, scene.pool, client, -1, NULL, NULL));
	pooltoy_client_close(client);
	expect_none(&scene);
	/* One after another gives it back; none inside of the other, or the stack would not hold them. */
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	for (int i = 0; i < CHECKOUTS; i++)
		expect(&scene, POOLTOY_COMPLETION_CHECKOUT, NULL, POOLTOY_ECLOSED);
	expect_none(&scene);
	await_idle(scene.pool, 1);
	scene_close(&scene);
}

SUITE(TEST(a_checkout_of_an_idle_worker_is_there_at_once), TEST(a_try_is_refused_by_its_start),
      TEST(checkouts_wait_and_are_served_in_order_with_threads_among_them),
      TEST(a_checkout_that_waits_has_overflow_started_and_gone_again),
      TEST(a_checkout_times_out_no_sooner_than_it_says),
      TEST(the_earlier_deadline_comes_first_whichever_was_set_first),
      TEST(a_checkout_that_waits_is_cancelled_once),
      TEST(checkouts_wait_on_through_a_restart_and_end_with_their_pool),
      TEST(checkouts_are_told_when_their_pool_is_given_up),
      TEST(a_lease_belongs_to_the_client_that_it_was_started_for),
      TEST(a_client_that_was_closed_meanwhile_holds_nothing))
