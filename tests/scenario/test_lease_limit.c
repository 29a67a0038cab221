/* SPDX-License-Identifier: MIT */
/* test_lease_limit.c: leases that are held for too long are told of, once, and taken back if that is wanted. */
#include "completions.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static void a_lease_over_its_limit_is_told_once_with_its_holder(void)
{
	struct scene scene;
	struct pooltoy_client *client;
	struct pooltoy_lease lease, other;
	const struct recorded *told;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 2, .lease_limit = 1));
	MUST(pooltoy_client_open("leaky", &client));
	MUST(pooltoy_client_checkout(client, scene.pool, SOON, &lease));
	told = await_event(&scene.stage, "poolio", POOLTOY_EVENT_LEASE_OVERDUE, 1);
	CU_ASSERT(told && told->severity == POOLTOY_WARNING && told->duration_ns >= 1000000);
	CU_ASSERT(told && told->worker == pooltoy_lease_worker(&lease));
	CU_ASSERT(told && strstr(told->reason, "client \"leaky\"") &&
		  strstr(told->reason, "checked it out at 0x"));
	CU_ASSERT(told && told->stack[0] == 0);
	MUST(pooltoy_checkout(scene.pool, SOON, &other));
	told = await_event(&scene.stage, "poolio", POOLTOY_EVENT_LEASE_OVERDUE, 2);
	CU_ASSERT(told && told->worker == pooltoy_lease_worker(&other));
	CU_ASSERT_EQUAL(status_of(scene.pool).leases_overdue, 2);
	CU_ASSERT_EQUAL(status_of(scene.pool).leases_reclaimed, 0);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease)); /* they are good all the same */
	EXPECT(POOLTOY_OK, pooltoy_checkin(&other));
	pooltoy_client_close(client);
	scene_close(&scene);
	CU_ASSERT_EQUAL(scene.troupe.resets, 0);
}

static void a_lease_that_is_taken_back_is_stale_and_its_worker_reset(void)
{
	struct scene scene;
	struct pooltoy_lease lease, other;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1, .lease_limit = 1, .lease_reclaim = 1));
	MUST(pooltoy_checkout(scene.pool, SOON, &lease));
	AWAIT(status_of(scene.pool).leases_reclaimed == 1);
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&lease));
	MUST(pooltoy_checkout(scene.pool, SOON, &other)); /* a lease of the one worker */
	CU_ASSERT_EQUAL(scene.troupe.resets, 1);
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&lease));
	AWAIT(status_of(scene.pool).leases_reclaimed == 2);
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&other));
	CU_ASSERT_EQUAL(status_of(scene.pool).client_deaths, 0);
	scene_close(&scene);
}

/* The stack begins where the checkout returned to, which the reason has, too. */
static void expect_stack(const struct recorded *told)
{
	const char *site = told ? strstr(told->reason, "checked it out at ") : NULL;
	char offset[32];
	Dl_info object;
	void *address = NULL;

	CU_ASSERT_FATAL(site && sscanf(site, "checked it out at %p", &address) == 1);
	CU_ASSERT_FATAL(dladdr(address, &object) != 0);
	snprintf(offset, sizeof offset, "+%#lx",
		 (unsigned long)((uintptr_t)address - (uintptr_t)object.dli_fbase));
	CU_ASSERT(strstr(told->stack, offset) == strchr(told->stack, '+'));
	CU_ASSERT_PTR_NOT_NULL(strchr(told->stack, ' ')); /* and goes on */
	CU_ASSERT_PTR_NOT_NULL(strstr(told->line, told->stack));
}

static void the_stack_of_a_checkout_is_told_where_it_is_wanted(void)
{
	struct scene scene;
	struct pooltoy_client *client;
	struct pooltoy_lease lease;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1, .lease_limit = 1, .lease_backtrace = 1));
	for (unsigned i = 1; i <= 2; i++) { /* the second by a thread that has used the pool */
		MUST(pooltoy_checkout(scene.pool, SOON, &lease));
		expect_stack(await_event(&scene.stage, "poolio", POOLTOY_EVENT_LEASE_OVERDUE, i));
		EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	}
	MUST(pooltoy_client_open("leaky", &client));
	MUST(pooltoy_client_checkout(client, scene.pool, SOON, &lease));
	expect_stack(await_event(&scene.stage, "poolio", POOLTOY_EVENT_LEASE_OVERDUE, 3));
	MUST(pooltoy_lease_adopt(NULL, &lease));
	expect_stack(await_event(&scene.stage, "poolio", POOLTOY_EVENT_LEASE_OVERDUE, 4));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	pooltoy_client_close(client);
	scene_close(&scene);
}

static int note_site(const struct pooltoy_node *node, void *site)
{
	if (node->type == POOLTOY_NODE_WORKER && node->monitored)
		*(const void **)site = node->acquired_at;
	return 0;
}

/* The nth lease that is told of was checked out by this program, as the walk says, too; not by the library. */
static const struct recorded *expect_site(struct scene *scene, unsigned nth)
{
	const struct recorded *told =
		await_event(&scene->stage, "poolio", POOLTOY_EVENT_LEASE_OVERDUE, nth);
	const char *said = told ? strstr(told->reason, "checked it out at ") : NULL;
	static const char here;
	const void *walked = NULL;
	void *site = NULL;
	Dl_info object, program;

	CU_ASSERT_FATAL(said && sscanf(said, "checked it out at %p", &site) == 1);
	MUST(pooltoy_walk(scene->stage.supervisor, note_site, &walked));
	CU_ASSERT_PTR_EQUAL(walked, site);
	CU_ASSERT_FATAL(dladdr(site, &object) && dladdr(&here, &program));
	CU_ASSERT_PTR_EQUAL(object.dli_fbase, program.dli_fbase);
	return told;
}

static int expect_own_site(const struct pooltoy_lease *lease, void *scene)
{
	(void)lease;
	expect_stack(expect_site(scene, 6));
	return 0;
}

static void the_site_of_each_checkout_is_in_the_program(void)
{
	struct scene scene;
	struct pooltoy_client *client;
	struct pooltoy_lease lease;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1, .lease_limit = 1, .lease_backtrace = 1));
	MUST(pooltoy_client_open("leaky", &client));
	MUST(pooltoy_checkout(scene.pool, SOON, &lease));
	expect_site(&scene, 1);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	MUST(pooltoy_checkout_with(scene.pool, POOLTOY_CHECKOUT_OPTIONS(.client = client), &lease));
	expect_site(&scene, 2);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	MUST(pooltoy_client_checkout(client, scene.pool, SOON, &lease));
	expect_site(&scene, 3);
	MUST(pooltoy_lease_adopt(NULL, &lease));
	expect_site(&scene, 4);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	lease = check_out(&scene); /* by the queue */
	expect_site(&scene, 5);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	EXPECT(POOLTOY_OK, pooltoy_transaction(scene.pool, expect_own_site, &scene, SOON));
	pooltoy_client_close(client);
	scene_close(&scene);
}

static void without_a_limit_nobody_is_told_of(void)
{
	struct scene scene;
	struct pooltoy_lease lease;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1, .lease_reclaim = 1));
	MUST(pooltoy_checkout(scene.pool, SOON, &lease));
	EXPECT(POOLTOY_OK, pooltoy_kill_worker(scene.pool, 0)); /* the manager has looked */
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_WORKER_DIED, 1);
	CU_ASSERT_EQUAL(events(&scene.stage, "poolio", POOLTOY_EVENT_LEASE_OVERDUE), 0);
	scene_close(&scene);
}

SUITE(TEST(a_lease_over_its_limit_is_told_once_with_its_holder),
      TEST(a_lease_that_is_taken_back_is_stale_and_its_worker_reset),
      TEST(the_stack_of_a_checkout_is_told_where_it_is_wanted),
      TEST(the_site_of_each_checkout_is_in_the_program), TEST(without_a_limit_nobody_is_told_of))
