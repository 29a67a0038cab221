/* SPDX-License-Identifier: MIT */
/* test_quota.c: no client has, or waits for, more workers than it may. */
#include "completions.h"

#include <string.h>

enum { SIZE = 4 };

static void scene_open_with(struct scene *scene, int max_leases, int max_waiters)
{
	scene_open(scene, POOLTOY_POOL_SPEC(.size = SIZE, .max_leases_per_client = max_leases,
					    .max_waiters_per_client = max_waiters));
}

/* As many as it may, of SIZE that are idle. */
static void hold(struct scene *scene, struct pooltoy_lease *leases, int count)
{
	for (int i = 0; i < count; i++)
		MUST(pooltoy_checkout(scene->pool, SOON, &leases[i]));
}

static void check_in(struct pooltoy_lease *leases, int count)
{
	for (int i = 0; i < count; i++)
		EXPECT(POOLTOY_OK, pooltoy_checkin(&leases[i]));
}

static void a_thread_holds_no_more_than_it_may(void)
{
	struct customer customer = { 0 };
	struct pooltoy_lease leases[SIZE];
	struct scene scene;

	for (int limit = 1; limit < SIZE; limit++) {
		scene_open_with(&scene, limit, 0);
		for (int turn = 0; turn < 3; turn++) {
			hold(&scene, leases, limit);
			EXPECT(POOLTOY_EQUOTA,
			       pooltoy_checkout(scene.pool, turn - 1, &leases[limit]));
			CU_ASSERT_EQUAL(status_of(scene.pool).over_quota, (uint64_t)turn + 1);
			CU_ASSERT_EQUAL(status_of(scene.pool).leased, limit);
			check_in(leases, limit);
		}
		hold(&scene, leases, limit);
		customer_come(&customer, scene.pool, SOON); /* another one may */
		EXPECT(POOLTOY_OK, customer_await(&customer));
		customer_go(&customer, CHECKIN);
		check_in(leases, limit);
		scene_close(&scene);
	}
}

static void it_is_told_the_figures(void)
{
	struct pooltoy_lease leases[SIZE];
	struct pooltoy_client *client;
	struct scene scene;

	scene_open_with(&scene, 2, 0);
	hold(&scene, leases, 2);
	EXPECT(POOLTOY_EQUOTA, pooltoy_checkout(scene.pool, -1, &leases[2]));
	EXPECT_STORY("pool \"poolio\": checkout", "the thread ", " has 2 of 2 leases",
		     "0 checkouts under way");
	MUST(pooltoy_client_open("connection", &client));
	MUST(pooltoy_client_checkout(client, scene.pool, SOON, &leases[2]));
	MUST(pooltoy_client_checkout(client, scene.pool, SOON, &leases[3]));
	EXPECT(POOLTOY_EQUOTA, pooltoy_client_checkout(client, scene.pool, 0, &leases[0]));
	EXPECT_STORY("pool \"poolio\": checkout", "client \"connection\" has 2 of 2 leases");
	EXPECT(POOLTOY_OK, pooltoy_checkin(&leases[3]));
	MUST(pooltoy_client_checkout(client, scene.pool, SOON, &leases[3]));
	pooltoy_client_close(client);
	check_in(leases, 2);
	scene_close(&scene);
}

/* Who it is, and not each time. */
static void people_are_told_who_is_over_its_quota(void)
{
	const struct recorded *told;
	struct pooltoy_lease leases[SIZE];
	struct pooltoy_client *client;
	struct scene scene;

	scene_open_with(&scene, 2, 0);
	MUST(pooltoy_client_open("tenant 7", &client));
	for (int i = 0; i < 2; i++)
		MUST(pooltoy_client_checkout(client, scene.pool, SOON, &leases[i]));
	for (int i = 0; i < 5; i++)
		EXPECT(POOLTOY_EQUOTA,
		       pooltoy_client_checkout(client, scene.pool, SOON, &leases[2]));
	told = await_event(&scene.stage, "poolio", POOLTOY_EVENT_CLIENT_OVER_QUOTA, 1);
	CU_ASSERT_EQUAL(told->severity, POOLTOY_WARNING);
	CU_ASSERT_EQUAL(told->worker, -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(told->reason, "client \"tenant 7\" has 2 of 2 leases"));
	CU_ASSERT(events(&scene.stage, "poolio", POOLTOY_EVENT_CLIENT_OVER_QUOTA) < 5);
	CU_ASSERT_EQUAL(status_of(scene.pool).over_quota, 5);
	pooltoy_client_close(client);
	scene_close(&scene);
}

static void *check_in_by_another(void *lease)
{
	EXPECT(POOLTOY_OK, pooltoy_checkin(lease));
	return NULL;
}

static void leases_that_ended_elsewhere_count_no_more(void)
{
	struct pooltoy_lease leases[SIZE];
	struct scene scene;

	scene_open_with(&scene, 2, 0);
	hold(&scene, leases, 2);
	EXPECT(POOLTOY_EQUOTA, pooltoy_checkout(scene.pool, 0, &leases[2]));
	finish(begin(check_in_by_another, &leases[0]));
	MUST(pooltoy_checkout(scene.pool, SOON, &leases[2]));
	EXPECT(POOLTOY_EQUOTA, pooltoy_checkout(scene.pool, 0, &leases[0]));
	MUST(pooltoy_kill_worker(scene.pool, pooltoy_lease_worker(&leases[1])));
	MUST(pooltoy_checkout(scene.pool, SOON, &leases[0]));
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&leases[1]));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&leases[0]));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&leases[2]));
	scene_close(&scene);
}

static int start_for(struct scene *scene, struct pooltoy_client *client,
		     struct pooltoy_pending *pending)
{
	return pooltoy_checkout_start(scene->queue, scene->pool, client, SOON, scene, pending);
}

/* All workers are held by others. */
static void checkouts_that_wait_count_as_leases(void)
{
	struct pooltoy_lease held[SIZE], lease, first;
	struct pooltoy_pending pending[2];
	struct pooltoy_client *client;
	struct scene scene;

	scene_open_with(&scene, SIZE, 0);
	hold(&scene, held, SIZE);
	MUST(pooltoy_client_open("connection", &client));
	for (int i = 0; i < SIZE; i++)
		MUST(start_for(&scene, client, &pending[i % 2]));
	EXPECT(POOLTOY_EQUOTA, start_for(&scene, client, NULL));
	EXPECT_STORY("client \"connection\" has 0 of 4 leases", "4 checkouts under way");
	EXPECT(POOLTOY_EQUOTA, pooltoy_client_checkout(client, scene.pool, -1, &lease));
	EXPECT(POOLTOY_OK, pooltoy_pending_cancel(&pending[1]));
	expect(&scene, POOLTOY_COMPLETION_CHECKOUT, &scene, POOLTOY_ECANCELLED);
	EXPECT(POOLTOY_EFULL, pooltoy_client_checkout(client, scene.pool, 0, &lease));
	EXPECT(POOLTOY_ETIMEDOUT, pooltoy_client_checkout(client, scene.pool, 5, &lease));
	MUST(start_for(&scene, client, NULL));
	EXPECT(POOLTOY_EQUOTA, start_for(&scene, client, NULL));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&held[0]));
	first = expect(&scene, POOLTOY_COMPLETION_CHECKOUT, &scene, POOLTOY_OK);
	EXPECT(POOLTOY_EQUOTA, start_for(&scene, client, NULL));
	EXPECT_STORY("client \"connection\" has 1 of 4 leases", "3 checkouts under way");
	EXPECT(POOLTOY_OK, pooltoy_checkin(&first));
	lease = expect(&scene, POOLTOY_COMPLETION_CHECKOUT, &scene, POOLTOY_OK);
	MUST(start_for(&scene, client, NULL));
	pooltoy_client_close(client);
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&lease));
	check_in(held + 1, SIZE - 1);
	for (int i = 0; i < 3; i++)
		expect(&scene, POOLTOY_COMPLETION_CHECKOUT, &scene, POOLTOY_ECLOSED);
	await_idle(scene.pool, SIZE);
	scene_close(&scene);
}

/* Who waits on behalf of a client. */
struct guest {
	struct scene *scene;
	struct pooltoy_client *client;
	int code;
};

static void *wait_for_client(void *argument)
{
	struct guest *guest = argument;
	struct pooltoy_lease lease;

	guest->code = pooltoy_client_checkout(guest->client, guest->scene->pool, SOON, &lease);
	return NULL;
}

static void a_client_waits_in_no_more_checkouts_than_it_may(void)
{
	struct pooltoy_lease held[SIZE], lease;
	struct pooltoy_client *client, *other;
	struct pooltoy_pending pending;
	struct scene scene;
	struct guest guest;
	pthread_t thread;

	scene_open_with(&scene, 0, 1);
	hold(&scene, held, SIZE);
	MUST(pooltoy_client_open("connection", &client));
	MUST(pooltoy_client_open("other", &other));
	guest = (struct guest){ .scene = &scene, .client = client };
	thread = begin(wait_for_client, &guest);
	AWAIT(status_of(scene.pool).waiting == 1);
	EXPECT(POOLTOY_EQUOTA, start_for(&scene, client, NULL));
	EXPECT_STORY("pool \"poolio\": checkout", "client \"connection\" waits in 1 of 1");
	EXPECT(POOLTOY_EQUOTA, pooltoy_client_checkout(client, scene.pool, -1, &lease));
	EXPECT(POOLTOY_EFULL, pooltoy_client_checkout(client, scene.pool, 0, &lease)); /* a try */
	MUST(start_for(&scene, other, &pending));
	EXPECT(POOLTOY_OK, pooltoy_pending_cancel(&pending));
	expect(&scene, POOLTOY_COMPLETION_CHECKOUT, &scene, POOLTOY_ECANCELLED);
	pthread_cancel(thread);
	finish(thread);
	MUST(start_for(&scene, client, NULL)); /* who was cancelled waits no more */
	EXPECT(POOLTOY_EQUOTA, start_for(&scene, client, NULL));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&held[0]));
	expect(&scene, POOLTOY_COMPLETION_CHECKOUT, &scene, POOLTOY_OK);
	MUST(start_for(&scene, client, NULL)); /* nor does who was served */
	pooltoy_client_close(client);
	pooltoy_client_close(other);
	check_in(held + 1, SIZE - 1);
	expect(&scene, POOLTOY_COMPLETION_CHECKOUT, &scene, POOLTOY_ECLOSED);
	CU_ASSERT_EQUAL(status_of(scene.pool).over_quota, 3);
	await_idle(scene.pool, SIZE);
	scene_close(&scene);
}

static void one_tenant_leaves_workers_to_the_others(void)
{
	struct pooltoy_client *greedy, *modest;
	struct pooltoy_lease lease;
	struct scene scene;
	int taken = 0;

	scene_open_with(&scene, SIZE - 1, 0);
	MUST(pooltoy_client_open("greedy", &greedy));
	MUST(pooltoy_client_open("modest", &modest));
	for (int i = 0; i < 10 * SIZE; i++)
		taken += start_for(&scene, greedy, NULL) == POOLTOY_OK;
	CU_ASSERT_EQUAL(taken, SIZE - 1);
	EXPECT(POOLTOY_OK, pooltoy_client_checkout(modest, scene.pool, 0, &lease));
	CU_ASSERT_EQUAL(status_of(scene.pool).over_quota, (uint64_t)(10 * SIZE - taken));
	pooltoy_client_close(greedy);
	pooltoy_client_close(modest);
	await_idle(scene.pool, SIZE);
	scene_close(&scene);
}

static void who_adopts_has_a_quota_too(void)
{
	struct pooltoy_lease leases[SIZE], given;
	struct pooltoy_client *client;
	struct scene scene;

	scene_open_with(&scene, 1, 0);
	MUST(pooltoy_client_open("connection", &client));
	hold(&scene, leases, 1);
	MUST(pooltoy_client_checkout(client, scene.pool, SOON, &given));
	EXPECT(POOLTOY_EQUOTA, pooltoy_lease_adopt(NULL, &given));
	EXPECT_STORY("the thread ", " has 1 of 1");
	EXPECT(POOLTOY_EQUOTA, pooltoy_lease_adopt(client, &leases[0]));
	EXPECT_STORY("client \"connection\" has 1 of 1");
	CU_ASSERT_EQUAL(status_of(scene.pool).over_quota, 2);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&leases[0])); /* it is as it was */
	EXPECT(POOLTOY_OK, pooltoy_lease_adopt(NULL, &given));
	EXPECT(POOLTOY_EQUOTA, pooltoy_checkout(scene.pool, 0, &leases[0]));
	MUST(pooltoy_client_checkout(client, scene.pool, SOON, &leases[0]));
	pooltoy_client_close(client);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&given));
	await_idle(scene.pool, SIZE);
	scene_close(&scene);
}

static void a_client_that_is_closed_while_it_waits_claims_nothing(void)
{
	struct pooltoy_lease held[SIZE];
	struct scene scene;
	struct guest guest;
	pthread_t thread;

	scene_open_with(&scene, SIZE, 1);
	hold(&scene, held, SIZE);
	guest = (struct guest){ .scene = &scene };
	MUST(pooltoy_client_open("connection", &guest.client));
	thread = begin(wait_for_client, &guest);
	AWAIT(status_of(scene.pool).waiting == 1);
	pooltoy_client_close(guest.client);
	check_in(held, SIZE);
	finish(thread);
	CU_ASSERT_EQUAL(guest.code, POOLTOY_ECLOSED);
	await_idle(scene.pool, SIZE);
	scene_close(&scene);
}

static void without_quotas_nothing_is_counted(void)
{
	struct pooltoy_lease leases[SIZE];
	struct scene scene;

	scene_open_with(&scene, 0, 0);
	hold(&scene, leases, SIZE);
	EXPECT(POOLTOY_EFULL, pooltoy_checkout(scene.pool, 0, &leases[0]));
	CU_ASSERT_EQUAL(status_of(scene.pool).over_quota, 0);
	check_in(leases, SIZE);
	scene_close(&scene);
}

SUITE(TEST(a_thread_holds_no_more_than_it_may), TEST(it_is_told_the_figures),
      TEST(people_are_told_who_is_over_its_quota), TEST(leases_that_ended_elsewhere_count_no_more),
      TEST(checkouts_that_wait_count_as_leases),
      TEST(a_client_waits_in_no_more_checkouts_than_it_may),
      TEST(one_tenant_leaves_workers_to_the_others), TEST(who_adopts_has_a_quota_too),
      TEST(a_client_that_is_closed_while_it_waits_claims_nothing),
      TEST(without_quotas_nothing_is_counted))
