/* SPDX-License-Identifier: MIT */
/* test_monitor.c: who holds what; and what becomes of it when a client ends. */
#include "scenario/scene.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static void scene_open(struct scene *scene, int size, enum pooltoy_on_client_death on_death)
{
	scene_begin(scene, POOLTOY_POOL_SPEC(.size = size, .on_client_death = on_death));
}

static void scene_close(struct scene *scene)
{
	expect_service(scene->pool);
	scene_end(scene);
	CU_ASSERT_EQUAL(scene->troupe.inits, scene->troupe.terminates);
}

/* What a walk shows of the workers that somebody holds. */
struct holders {
	struct pooltoy_node held[8];
	int count, leased;
};

static int note_holder(const struct pooltoy_node *node, void *argument)
{
	struct holders *holders = argument;

	if (node->type != POOLTOY_NODE_WORKER)
		return 0;
	holders->leased += node->state == POOLTOY_WORKER_LEASED;
	if (node->monitored && holders->count < 8)
		holders->held[holders->count++] = *node;
	return 0;
}

static struct holders look(struct scene *scene)
{
	struct holders holders = { .count = 0 };

	EXPECT(0, pooltoy_walk(scene->stage.supervisor, note_holder, &holders));
	return holders;
}

static __attribute__((noinline)) int check_out_here(struct pooltoy_pool *pool,
						    struct pooltoy_lease *lease)
{
	int code = pooltoy_checkout(pool, SOON, lease);

	__asm__ volatile("" ::: "memory"); /* no tail call: the return address is in here */
	return code;
}

static void a_walk_shows_who_holds_what_since_when_and_from_where(void)
{
	struct scene scene;
	struct pooltoy_lease lease;
	struct holders holders;
	uintptr_t from;

	scene_open(&scene, 2, POOLTOY_RESET);
	holders = look(&scene);
	CU_ASSERT_EQUAL(holders.count, 0);
	MUST(check_out_here(scene.pool, &lease));
	holders = look(&scene);
	CU_ASSERT_EQUAL_FATAL(holders.count, 1);
	CU_ASSERT_EQUAL(holders.leased, 1);
	CU_ASSERT_EQUAL(holders.held[0].worker, pooltoy_lease_worker(&lease));
	CU_ASSERT_EQUAL(holders.held[0].holder_thread_id, syscall(SYS_gettid));
	CU_ASSERT_STRING_EQUAL(holders.held[0].holder_name, "");
	CU_ASSERT_EQUAL(holders.held[0].leases, 1);
	CU_ASSERT(holders.held[0].held_ns < SOON * UINT64_C(1000000));
	from = (uintptr_t)holders.held[0].acquired_at;
	CU_ASSERT(from > (uintptr_t)check_out_here && from < (uintptr_t)check_out_here + 500);
	AWAIT(look(&scene).held[0].held_ns > 20 * 1000000); /* it counts */
	CU_ASSERT_EQUAL(status_of(scene.pool).monitored, 1);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	CU_ASSERT_EQUAL(look(&scene).count, 0);
	CU_ASSERT_EQUAL(status_of(scene.pool).monitored, 0);
	scene_close(&scene);
}

static void client_ends_holding_two_leases(enum farewell farewell)
{
	struct scene scene;
	struct customer client = { .leases = 2 };

	scene_open(&scene, 3, POOLTOY_RESET);
	customer_come(&client, scene.pool, SOON);
	MUST(customer_await(&client));
	CU_ASSERT_EQUAL(look(&scene).count, 2);
	CU_ASSERT_EQUAL(look(&scene).held[0].holder_thread_id, client.thread_id);
	CU_ASSERT_EQUAL(look(&scene).held[1].holder_thread_id, client.thread_id);
	customer_go(&client, farewell);
	/* By the time that the thread has been joined, its leases have ended. */
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&client.lease[0]));
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&client.lease[1]));
	await_idle(scene.pool, 3);
	CU_ASSERT_EQUAL(scene.troupe.resets, 2);
	CU_ASSERT_EQUAL(scene.troupe.inits, 3);
	CU_ASSERT_EQUAL(status_of(scene.pool).client_deaths, 2);
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_CLIENT_DIED, 2);
	scene_close(&scene);
}

static void client_returns_holding_two_leases_and_both_come_back(void)
{
	client_ends_holding_two_leases(JUST_RETURN);
}

static void client_calls_pthread_exit_holding_two_leases_and_both_come_back(void)
{
	client_ends_holding_two_leases(PTHREAD_EXIT);
}

static void client_is_cancelled_holding_two_leases_and_both_come_back(void)
{
	client_ends_holding_two_leases(BE_CANCELLED);
}

static void a_workers_reset_is_over_before_the_next_lease(void)
{
	struct scene scene;
	struct customer client = { 0 };
	struct pooltoy_lease next;
	struct gate gate;

	gate_init(&gate);
	scene_open(&scene, 1, POOLTOY_RESET);
	scene.troupe.reset_gate = &gate;
	customer_come(&client, scene.pool, SOON);
	MUST(customer_await(&client));
	customer_go(&client, JUST_RETURN);
	gate_await(&gate);
	CU_ASSERT_EQUAL(status_of(scene.pool).resetting, 1);
	EXPECT(POOLTOY_EFULL, pooltoy_checkout(scene.pool, 0, &next));
	EXPECT(POOLTOY_ETIMEDOUT, pooltoy_checkout(scene.pool, 10, &next));
	gate_open(&gate);
	MUST(pooltoy_checkout(scene.pool, SOON, &next));
	CU_ASSERT_EQUAL(scene.troupe.resets, 1);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&next)); /* an ordinary checkin does not reset */
	await_idle(scene.pool, 1);
	CU_ASSERT_EQUAL(scene.troupe.resets, 1);
	scene_close(&scene);
	gate_destroy(&gate);
}

static void with_the_replace_option_a_dead_clients_workers_are_replaced(void)
{
	struct scene scene;
	struct customer client = { .leases = 2 };

	scene_open(&scene, 3, POOLTOY_REPLACE);
	customer_come(&client, scene.pool, SOON);
	MUST(customer_await(&client));
	customer_go(&client, JUST_RETURN);
	AWAIT(scene.troupe.terminates == 2);
	await_idle(scene.pool, 3);
	CU_ASSERT_EQUAL(scene.troupe.inits, 5);
	CU_ASSERT_EQUAL(scene.troupe.resets, 0);
	CU_ASSERT_EQUAL(status_of(scene.pool).client_deaths, 2);
	scene_close(&scene);
}

static void a_dead_clients_worker_goes_to_who_waits_longest(void)
{
	struct scene scene;
	struct customer client = { 0 }, waiter = { 0 };

	for (int on_death = POOLTOY_RESET; on_death <= POOLTOY_REPLACE; on_death++) {
		memset(&client, 0, sizeof client);
		memset(&waiter, 0, sizeof waiter);
		scene_open(&scene, 1, (enum pooltoy_on_client_death)on_death);
		customer_come(&client, scene.pool, SOON);
		MUST(customer_await(&client));
		customer_come(&waiter, scene.pool, -1);
		AWAIT(status_of(scene.pool).waiting == 1);
		customer_go(&client, BE_CANCELLED);
		EXPECT(POOLTOY_OK, customer_await(&waiter));
		customer_go(&waiter, CHECKIN);
		EXPECT(POOLTOY_OK, waiter.refusal);
		scene_close(&scene);
	}
}

static void a_dead_client_whose_call_still_runs(void)
{
	struct scene scene;
	struct customer client = { 0 };
	struct pooltoy_lease next;
	struct gate gate;

	gate_init(&gate);
	scene_open(&scene, 1, POOLTOY_RESET);
	customer_come(&client, scene.pool, SOON);
	MUST(customer_await(&client));
	MUST(tell_cast(&client.lease[0], (struct order){ HOLD_DEAF, 0, &gate }));
	gate_await(&gate);
	customer_go(&client, JUST_RETURN);
	EXPECT(POOLTOY_EFULL, pooltoy_checkout(scene.pool, 0, &next));
	CU_ASSERT_EQUAL(scene.troupe.resets, 0);
	gate_open(&gate);
	MUST(pooltoy_checkout(scene.pool, SOON, &next));
	CU_ASSERT_EQUAL(scene.troupe.resets, 1);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&next));
	scene_close(&scene);
	gate_destroy(&gate);
}

/* Explicit clients: a connection that many threads serve. */

struct server_thread {
	struct scene *scene;
	struct pooltoy_client *connection;
	struct pooltoy_lease lease;
};

static void *serve_connection(void *argument)
{
	struct server_thread *server = argument;

	EXPECT(POOLTOY_OK, pooltoy_client_checkout(server->connection, server->scene->pool, SOON,
						   &server->lease));
	EXPECT(POOLTOY_OK, tell(&server->lease, (struct order){ DOUBLE, 1, NULL }, NULL, SOON));
	return NULL; /* the connection lives on, and so does what it holds */
}

static void a_connections_leases_outlive_its_threads_and_end_with_it(void)
{
	struct scene scene;
	struct server_thread servers[3];
	struct pooltoy_client *connection;
	struct holders holders;

	scene_open(&scene, 4, POOLTOY_RESET);
	MUST(pooltoy_client_open("connection 4711, with a name longer than that", &connection));
	for (int i = 0; i < 3; i++) {
		servers[i] = (struct server_thread){ .scene = &scene, .connection = connection };
		finish(begin(serve_connection, &servers[i]));
	}
	holders = look(&scene);
	CU_ASSERT_EQUAL(holders.count, 3);
	for (int i = 0; i < 3; i++)
		CU_ASSERT_STRING_EQUAL(holders.held[i].holder_name,
				       "connection 4711, with a name lo");
	EXPECT(POOLTOY_OK, pooltoy_checkin(&servers[0].lease)); /* by whoever has the lease */
	CU_ASSERT_EQUAL(status_of(scene.pool).leased, 2);
	pooltoy_client_close(connection);
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&servers[1].lease));
	await_idle(scene.pool, 4);
	CU_ASSERT_EQUAL(scene.troupe.resets, 2);
	CU_ASSERT_EQUAL(status_of(scene.pool).client_deaths, 2);
	pooltoy_client_close(NULL);
	scene_close(&scene);
}

static void *wait_for_connection(void *argument)
{
	struct server_thread *server = argument;

	EXPECT(POOLTOY_ECLOSED, pooltoy_client_checkout(server->connection, server->scene->pool, -1,
							&server->lease));
	EXPECT_STORY("poolio", "closing");
	return NULL;
}

static void a_connection_that_closes_while_it_waits_loses_no_worker(void)
{
	struct scene scene;
	struct server_thread server = { .scene = &scene };
	struct pooltoy_lease lease;
	pthread_t thread;

	scene_open(&scene, 1, POOLTOY_RESET);
	MUST(pooltoy_checkout(scene.pool, SOON, &lease));
	MUST(pooltoy_client_open("closing", &server.connection));
	thread = begin(wait_for_connection, &server);
	AWAIT(status_of(scene.pool).waiting == 1);
	pooltoy_client_close(server.connection);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	finish(thread);
	await_idle(scene.pool, 1);
	scene_close(&scene);
}

/* Adoption. */

static void a_lease_is_adopted_by_who_received_it(void)
{
	struct scene scene;
	struct customer giver = { 0 };
	struct pooltoy_lease mine;

	scene_open(&scene, 1, POOLTOY_RESET);
	customer_come(&giver, scene.pool, SOON);
	MUST(customer_await(&giver));
	mine = giver.lease[0];
	EXPECT(POOLTOY_OK, pooltoy_lease_adopt(NULL, &mine));
	CU_ASSERT_EQUAL(look(&scene).held[0].holder_thread_id, syscall(SYS_gettid));
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&giver.lease[0]));
	customer_go(&giver, JUST_RETURN); /* and takes nothing with it */
	EXPECT(POOLTOY_OK, tell(&mine, (struct order){ DOUBLE, 1, NULL }, NULL, SOON));
	CU_ASSERT_EQUAL(scene.troupe.resets, 0);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&mine));
	EXPECT(POOLTOY_ESTALE, pooltoy_lease_adopt(NULL, &mine));
	scene_close(&scene);
}

static void an_adopted_lease_ends_with_its_new_client(void)
{
	struct scene scene;
	struct pooltoy_client *client;
	struct pooltoy_lease lease;
	struct gate gate;

	gate_init(&gate);
	scene_open(&scene, 1, POOLTOY_RESET);
	MUST(pooltoy_client_open("heir", &client));
	MUST(pooltoy_checkout(scene.pool, SOON, &lease));
	MUST(tell_cast(&lease, (struct order){ HOLD, 0, &gate }));
	gate_await(&gate);
	EXPECT(POOLTOY_EINVAL, pooltoy_lease_adopt(client, NULL));
	gate_open(&gate);
	EXPECT(POOLTOY_OK, tell(&lease, (struct order){ DOUBLE, 1, NULL }, NULL, SOON));
	EXPECT(POOLTOY_OK, pooltoy_lease_adopt(client, &lease));
	CU_ASSERT_STRING_EQUAL(look(&scene).held[0].holder_name, "heir");
	pooltoy_client_close(client);
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&lease));
	await_idle(scene.pool, 1);
	CU_ASSERT_EQUAL(scene.troupe.resets, 1);
	scene_close(&scene);
	gate_destroy(&gate);
}

/* A thread-specific destructor of the program's own, that runs after the library's. */
static pthread_key_t late_key;
static struct scene *late_scene;
static atomic_int late_answers, late_rounds;

static void call_late(void *scene)
{
	struct pooltoy_lease lease;
	int code;

	/* In the last round sanitizers have left the thread already: what they see would end in a fault. */
	if (++late_rounds < PTHREAD_DESTRUCTOR_ITERATIONS - 1)
		pthread_setspecific(late_key, scene);
	code = pooltoy_checkout(late_scene->pool, SOON, &lease);
	if (code == POOLTOY_OK)
		EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	else
		EXPECT(POOLTOY_ETHREADEXITED, code);
	late_answers += code == POOLTOY_ETHREADEXITED;
}

static void *end_late(void *argument)
{
	struct scene *scene = argument;
	struct pooltoy_lease lease;

	pthread_setspecific(late_key, scene);
	EXPECT(POOLTOY_OK, pooltoy_checkout(scene->pool, SOON, &lease));
	return NULL;
}

static void a_destructor_that_runs_late_loses_no_worker(void)
{
	struct scene scene;

	scene_open(&scene, 2, POOLTOY_RESET);
	late_scene = &scene;
	late_answers = late_rounds = 0;
	CU_ASSERT_EQUAL_FATAL(pthread_key_create(&late_key, call_late), 0);
	finish(begin(end_late, &scene));
	await_idle(scene.pool, 2);
	CU_ASSERT(late_answers > 0);
	CU_ASSERT_EQUAL(status_of(scene.pool).client_deaths, 1);
	pthread_key_delete(late_key);
	scene_close(&scene);
}

enum { MANY = 20 };

static void *take_one_of_each(void *argument)
{
	struct pooltoy_pool **pools = argument;
	struct pooltoy_lease lease;

	for (int i = 0; i < MANY; i++)
		EXPECT(POOLTOY_OK, pooltoy_checkout(pools[i], SOON, &lease));
	for (int i = 0; i < MANY; i++)
		CU_ASSERT_EQUAL(status_of(pools[i]).leased, 1);
	return NULL;
}

static void leases_of_many_pools_all_come_back(void)
{
	struct pooltoy_pool *pools[MANY];
	struct stage stage;
	char name[16];

	stage_open(&stage);
	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof name, "pool%d", i);
		pools[i] = start_pool(
			&stage, POOLTOY_POOL_SPEC(.name = name, .worker = &doubler, .size = 1));
	}
	finish(begin(take_one_of_each, pools));
	for (int i = 0; i < MANY; i++) {
		await_idle(pools[i], 1);
		CU_ASSERT_EQUAL(status_of(pools[i]).client_deaths, 1);
		pooltoy_pool_release(pools[i]);
	}
	stage_close(&stage);
}

SUITE(TEST(a_walk_shows_who_holds_what_since_when_and_from_where),
      TEST(client_returns_holding_two_leases_and_both_come_back),
      TEST(client_calls_pthread_exit_holding_two_leases_and_both_come_back),
      TEST(client_is_cancelled_holding_two_leases_and_both_come_back),
      TEST(a_workers_reset_is_over_before_the_next_lease),
      TEST(with_the_replace_option_a_dead_clients_workers_are_replaced),
      TEST(a_dead_clients_worker_goes_to_who_waits_longest),
      TEST(a_dead_client_whose_call_still_runs),
      TEST(a_connections_leases_outlive_its_threads_and_end_with_it),
      TEST(a_connection_that_closes_while_it_waits_loses_no_worker),
      TEST(a_lease_is_adopted_by_who_received_it), TEST(an_adopted_lease_ends_with_its_new_client),
      TEST(a_destructor_that_runs_late_loses_no_worker), TEST(leases_of_many_pools_all_come_back))
