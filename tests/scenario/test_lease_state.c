/* SPDX-License-Identifier: MIT */
/* test_lease_state.c: a worker's state in its client's hands; and transactions. */
#include "scenario/scene.h"

/* One puppet, which is checked out. */
static void scene_open(struct scene *scene)
{
	scene_begin(scene, POOLTOY_POOL_SPEC(.size = 1));
	MUST(pooltoy_checkout(scene->pool, SOON, &scene->lease));
}

static void scene_close(struct scene *scene)
{
	expect_service(scene->pool);
	CU_ASSERT_EQUAL(status_of(scene->pool).leased, 0);
	scene_end(scene);
	CU_ASSERT_EQUAL(scene->troupe.inits, scene->troupe.terminates);
}

static struct puppet *borrow(const struct pooltoy_lease *lease)
{
	void *state = NULL;

	MUST(pooltoy_lease_state(lease, &state));
	puppet_enter(state);
	return state;
}

static void give_back(struct puppet *puppet)
{
	puppet_leave(puppet);
}

static void *use_from_elsewhere(void *argument)
{
	struct scene *scene = argument;
	struct pooltoy_lease lease = scene->lease;
	void *state;

	EXPECT(POOLTOY_EBUSY, pooltoy_lease_state(&scene->lease, &state));
	EXPECT(POOLTOY_EBUSY, pooltoy_checkin(&scene->lease));
	EXPECT(POOLTOY_EBUSY, pooltoy_lease_adopt(NULL, &lease));
	EXPECT(POOLTOY_ESTALE, pooltoy_lease_state_done(&scene->lease));
	return NULL;
}

static void who_borrows_the_state_has_it_alone(void)
{
	struct order order = { DOUBLE, 1, NULL };
	struct scene scene;
	struct puppet *puppet;
	void *state;

	scene_open(&scene);
	puppet = borrow(&scene.lease);
	CU_ASSERT_PTR_EQUAL(puppet->troupe, &scene.troupe);
	EXPECT(POOLTOY_EBUSY, tell(&scene.lease, order, NULL, SOON));
	EXPECT(POOLTOY_EBUSY, tell_cast(&scene.lease, (struct order){ COUNT, 1, NULL }));
	EXPECT(POOLTOY_EBUSY, pooltoy_lease_state(&scene.lease, &state));
	finish(begin(use_from_elsewhere, &scene));
	CU_ASSERT_EQUAL(scene.troupe.calls, 0);
	give_back(puppet);
	EXPECT(POOLTOY_OK, pooltoy_lease_state_done(&scene.lease));
	EXPECT(POOLTOY_ESTALE, pooltoy_lease_state_done(&scene.lease));
	EXPECT(POOLTOY_OK, tell(&scene.lease, order, NULL, SOON)); /* the lease goes on */
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease));
	EXPECT(POOLTOY_ESTALE, pooltoy_lease_state(&scene.lease, &state));
	scene_close(&scene);
}

static void a_state_in_a_handlers_hands_cannot_be_borrowed(void)
{
	struct scene scene;
	void *state;

	scene_open(&scene);
	EXPECT(POOLTOY_OK, tell_cast(&scene.lease, (struct order){ HOLD_DEAF, 0, &scene.gate }));
	gate_await(&scene.gate);
	EXPECT(POOLTOY_EBUSY, pooltoy_lease_state(&scene.lease, &state));
	EXPECT(POOLTOY_EINVAL, pooltoy_lease_state(&scene.lease, NULL));
	gate_open(&scene.gate);
	EXPECT(POOLTOY_OK, tell(&scene.lease, (struct order){ DOUBLE, 1, NULL }, NULL, SOON));
	give_back(borrow(&scene.lease));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease)); /* gives it back, too */
	scene_close(&scene);
}

static void a_kill_waits_for_the_borrower_before_terminate(void)
{
	struct scene scene;
	struct puppet *puppet;
	struct pooltoy_lease next;

	scene_open(&scene);
	puppet = borrow(&scene.lease);
	EXPECT(POOLTOY_OK, pooltoy_kill_worker(scene.pool, 0));
	EXPECT(POOLTOY_ESTALE, pooltoy_lease_worker(&scene.lease));
	EXPECT(POOLTOY_ETIMEDOUT, pooltoy_checkout(scene.pool, 20, &next));
	CU_ASSERT_EQUAL(scene.troupe.terminates, 0); /* else puppet is gone */
	give_back(puppet);
	EXPECT(POOLTOY_ESTALE, pooltoy_lease_state_done(&scene.lease));
	MUST(pooltoy_checkout(scene.pool, SOON, &next));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&next));
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_WORKER_DIED, 1);
	CU_ASSERT_EQUAL(scene.troupe.terminates, 1);
	CU_ASSERT_EQUAL(scene.troupe.reason, POOLTOY_ECRASHED);
	scene_close(&scene);
}

static void a_restart_waits_for_the_borrower_before_terminate(void)
{
	struct scene scene;
	struct puppet *puppet;

	scene_open(&scene);
	puppet = borrow(&scene.lease);
	EXPECT(POOLTOY_OK, pooltoy_kill_manager(scene.pool));
	AWAIT(pooltoy_lease_worker(&scene.lease) == POOLTOY_ESTALE);
	CU_ASSERT_EQUAL(scene.troupe.terminates, 0);
	give_back(puppet);
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&scene.lease)); /* gives it back all the same */
	AWAIT(scene.troupe.terminates == 1);
	CU_ASSERT_EQUAL(scene.troupe.reason, POOLTOY_ESTOPPED);
	scene_close(&scene);
}

/* A thread that borrows a state of a lease that is another's, and ends. */
static void *borrow_and_end(void *argument)
{
	struct scene *scene = argument;

	give_back(borrow(&scene->lease));
	gate_pass(&scene->gate);
	return NULL;
}

static void a_thread_that_ends_while_it_borrows_gives_back(void)
{
	struct scene scene;
	pthread_t borrower;

	scene_open(&scene);
	borrower = begin(borrow_and_end, &scene);
	gate_await(&scene.gate);
	EXPECT(POOLTOY_EBUSY, tell(&scene.lease, (struct order){ DOUBLE, 1, NULL }, NULL, SOON));
	gate_open(&scene.gate);
	finish(borrower);
	/* The lease is this thread's, and goes on. */
	EXPECT(POOLTOY_OK, tell(&scene.lease, (struct order){ DOUBLE, 1, NULL }, NULL, SOON));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease));
	CU_ASSERT_EQUAL(scene.troupe.resets, 0);
	scene_close(&scene);
}

static void *borrow_across_a_close(void *argument)
{
	struct scene *scene = argument;
	struct puppet *puppet = borrow(&scene->lease);

	gate_pass(&scene->gate); /* the client is closed meanwhile */
	CU_ASSERT_EQUAL(scene->troupe.resets, 0);
	give_back(puppet);
	EXPECT(POOLTOY_ESTALE, pooltoy_lease_state_done(&scene->lease));
	return NULL;
}

static void a_client_closed_under_a_borrower_has_its_worker_reset_after_the_give_back(void)
{
	struct scene scene;
	struct pooltoy_client *client;
	pthread_t borrower;

	scene_open(&scene);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease));
	MUST(pooltoy_client_open("closing", &client));
	MUST(pooltoy_client_checkout(client, scene.pool, SOON, &scene.lease));
	borrower = begin(borrow_across_a_close, &scene);
	gate_await(&scene.gate);
	pooltoy_client_close(client);
	EXPECT(POOLTOY_ESTALE, pooltoy_lease_worker(&scene.lease));
	CU_ASSERT_EQUAL(status_of(scene.pool).resetting, 1);
	gate_open(&scene.gate);
	finish(borrower);
	await_idle(scene.pool, 1);
	CU_ASSERT_EQUAL(scene.troupe.resets, 1);
	scene_close(&scene);
}

/* Transactions. */

struct deal {
	struct scene *scene;
	enum { RETURN, EXIT, CANCELLED } end;
	int result;
};

static int in_transaction(const struct pooltoy_lease *lease, void *argument)
{
	struct deal *deal = argument;
	int answer = 0;

	EXPECT(POOLTOY_OK, tell(lease, (struct order){ DOUBLE, 3, NULL }, &answer, SOON));
	CU_ASSERT_EQUAL(answer, 6);
	if (deal->end == EXIT)
		pthread_exit(NULL);
	if (deal->end == CANCELLED)
		gate_pass(&deal->scene->gate); /* a cancellation point */
	return deal->result;
}

static void *transact(void *argument)
{
	struct deal *deal = argument;

	EXPECT(deal->result, pooltoy_transaction(deal->scene->pool, in_transaction, deal, SOON));
	return NULL;
}

static void a_transaction_checks_in_whatever_happens(void)
{
	struct scene scene;
	struct deal deal = { .scene = &scene, .end = RETURN };
	pthread_t thread;

	scene_open(&scene);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease));
	for (deal.result = -2; deal.result < 3; deal.result++)
		transact(&deal);
	await_idle(scene.pool, 1);
	deal.end = EXIT;
	finish(begin(transact, &deal));
	CU_ASSERT_EQUAL(status_of(scene.pool).idle, 1);
	deal.end = CANCELLED;
	thread = begin(transact, &deal);
	gate_await(&scene.gate);
	pthread_cancel(thread);
	finish(thread);
	CU_ASSERT_EQUAL(status_of(scene.pool).idle, 1);
	CU_ASSERT_EQUAL(scene.troupe.resets, 0); /* checked in, not orphaned */
	CU_ASSERT_EQUAL(scene.troupe.calls, 7);
	scene_close(&scene);
}

static int never_run(const struct pooltoy_lease *lease, void *argument)
{
	(void)lease;
	(void)argument;
	CU_FAIL("the function of a transaction without a worker");
	return 0;
}

static int check_in_early(const struct pooltoy_lease *lease, void *argument)
{
	(void)argument;
	EXPECT(POOLTOY_OK, pooltoy_checkin(lease));
	return 5;
}

static void a_transaction_without_a_worker_does_not_run(void)
{
	struct scene scene;

	scene_open(&scene);
	EXPECT(POOLTOY_EFULL, pooltoy_transaction(scene.pool, never_run, NULL, 0));
	EXPECT(POOLTOY_ETIMEDOUT, pooltoy_transaction(scene.pool, never_run, NULL, 5));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease));
	EXPECT(5, pooltoy_transaction(scene.pool, check_in_early, NULL, SOON));
	CU_ASSERT_EQUAL(status_of(scene.pool).idle, 1);
	scene_close(&scene);
}

SUITE(TEST(who_borrows_the_state_has_it_alone),
      TEST(a_state_in_a_handlers_hands_cannot_be_borrowed),
      TEST(a_kill_waits_for_the_borrower_before_terminate),
      TEST(a_restart_waits_for_the_borrower_before_terminate),
      TEST(a_thread_that_ends_while_it_borrows_gives_back),
      TEST(a_client_closed_under_a_borrower_has_its_worker_reset_after_the_give_back),
      TEST(a_transaction_checks_in_whatever_happens),
      TEST(a_transaction_without_a_worker_does_not_run))
