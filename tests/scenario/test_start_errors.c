/* SPDX-License-Identifier: MIT */
/* test_start_errors.c: starts that fail, by code and by story; sizes; stops by handle and by name. */
#include "scenario/support.h"

#include <string.h>

/* One field wrong each; the rest is as it should be. */
static const struct bad_spec {
	const char *field;
	struct pooltoy_pool_spec spec;
} bad_specs[] = {
	{ "size", { .size = -1 } },
	{ "size", { .size = -2 } },
	{ "size", { .size = 2000000 } },
	{ "max_overflow", { .max_overflow = -2 } },
	{ "strategy", { .strategy = (enum pooltoy_strategy)9 } },
	{ "on_client_death", { .on_client_death = (enum pooltoy_on_client_death)9 } },
	{ "max_restarts", { .max_restarts = -2 } },
	{ "restart_period", { .restart_period = -2 } },
	{ "backoff_min", { .backoff_min = -2 } },
	{ "backoff_max", { .backoff_max = -2 } },
	{ "give_up_after", { .give_up_after = -2 } },
	{ "shutdown", { .shutdown = -2 } },
	{ "grace", { .grace = -2 } },
	{ "starvation_us", { .starvation_us = -2 } },
	{ "max_casts", { .max_casts = -2 } },
	{ "lease_limit", { .lease_limit = -2 } },
	{ "max_quarantined", { .max_quarantined = -2 } },
	{ "stack_signal", { .stack_signal = -1 } },
	{ "stack_signal", { .stack_signal = 9 } },
	{ "stack_signal", { .stack_signal = 11 } },
	{ "stack_signal", { .stack_signal = 1000 } },
	{ "stack_wait", { .stack_wait = -2 } },
};

static void a_number_out_of_range_names_its_field(void)
{
	struct stage stage;
	struct pooltoy_pool *pool;

	stage_open(&stage);
	for (unsigned i = 0; i < sizeof bad_specs / sizeof bad_specs[0]; i++) {
		struct pooltoy_pool_spec spec = bad_specs[i].spec;

		spec.struct_size = sizeof spec;
		spec.name = "poolio";
		spec.worker = &doubler;
		EXPECT(POOLTOY_EINVAL, pooltoy_start_pool(stage.supervisor, &spec, &pool));
		EXPECT_STORY("pool \"poolio\"", bad_specs[i].field);
	}
	EXPECT(POOLTOY_ENOENT, pooltoy_find_pool(stage.supervisor, "poolio", &pool));
	stage_close(&stage);
}

static void no_name_no_ops_no_spec(void)
{
	struct stage stage;
	struct pooltoy_pool *pool;
	char name[100];

	memset(name, 'x', sizeof name);
	name[sizeof name - 1] = 0;
	stage_open(&stage);
	EXPECT(POOLTOY_EINVAL, pooltoy_start_pool(stage.supervisor, NULL, &pool));
	EXPECT_STORY("spec", "NULL");
	EXPECT(POOLTOY_EINVAL,
	       pooltoy_start_pool(stage.supervisor,
				  POOLTOY_POOL_SPEC(.worker = &doubler, .size = 1), &pool));
	EXPECT_STORY("name");
	EXPECT(POOLTOY_EINVAL,
	       pooltoy_start_pool(stage.supervisor,
				  POOLTOY_POOL_SPEC(.name = "", .worker = &doubler), &pool));
	EXPECT_STORY("name");
	EXPECT(POOLTOY_EINVAL,
	       pooltoy_start_pool(stage.supervisor,
				  POOLTOY_POOL_SPEC(.name = name, .worker = &doubler), &pool));
	EXPECT_STORY("xxxx", "bytes");
	EXPECT(POOLTOY_EINVAL,
	       pooltoy_start_pool(stage.supervisor, POOLTOY_POOL_SPEC(.name = "poolio", .size = 1),
				  &pool));
	EXPECT_STORY("poolio", "worker");
	EXPECT(POOLTOY_EINVAL,
	       pooltoy_start_pool(NULL, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &doubler),
				  &pool));
	EXPECT_STORY("supervisor", "NULL");
	EXPECT(POOLTOY_EINVAL, pooltoy_supervisor_start(NULL));
	stage_close(&stage);
}

static void a_spec_that_no_macro_filled_in_is_refused(void)
{
	struct pooltoy_worker_ops ops = doubler;
	struct pooltoy_pool_spec spec = { .name = "poolio", .worker = &doubler, .size = 1 };
	struct pooltoy_supervisor_spec supervisor_spec = { 0 };
	struct pooltoy_supervisor *supervisor;
	struct stage stage;

	stage_open(&stage);
	EXPECT(POOLTOY_EINVAL, pooltoy_start_pool(stage.supervisor, &spec, NULL));
	EXPECT_STORY("struct_size");
	ops.struct_size = 0;
	EXPECT(POOLTOY_EINVAL,
	       pooltoy_start_pool(stage.supervisor,
				  POOLTOY_POOL_SPEC(.name = "poolio", .worker = &ops), NULL));
	EXPECT_STORY("poolio", "struct_size");
	EXPECT(POOLTOY_EINVAL, pooltoy_supervisor_start_with(&supervisor_spec, &supervisor));
	EXPECT(POOLTOY_EINVAL, pooltoy_supervisor_start_with(NULL, &supervisor));
	stage_close(&stage);
}

/* As a program has them that was compiled against a header with one more field. */
struct newer_spec {
	struct pooltoy_pool_spec spec;
	long more;
};
struct newer_ops {
	struct pooltoy_worker_ops ops;
	void (*more)(void);
};

static void a_newer_spec_works_unless_it_asks_for_what_is_lacking(void)
{
	struct newer_spec newer = {
		*POOLTOY_POOL_SPEC(.name = "poolio", .worker = &doubler, .size = 1), 0
	};
	struct newer_ops ops = { doubler, NULL };
	struct pooltoy_pool *pool;
	struct stage stage;

	newer.spec.struct_size = sizeof newer;
	ops.ops.struct_size = sizeof ops;
	newer.spec.worker = &ops.ops;
	stage_open(&stage);
	MUST(pooltoy_start_pool(stage.supervisor, &newer.spec, &pool));
	expect_service(pool);
	stop_pool(pool);

	newer.more = 1;
	EXPECT(POOLTOY_EVERSION, pooltoy_start_pool(stage.supervisor, &newer.spec, &pool));
	EXPECT_STORY(POOLTOY_VERSION);
	newer.more = 0;
	ops.more = (void (*)(void))a_newer_spec_works_unless_it_asks_for_what_is_lacking;
	EXPECT(POOLTOY_EVERSION, pooltoy_start_pool(stage.supervisor, &newer.spec, &pool));
	EXPECT_STORY("poolio", POOLTOY_VERSION);
	stage_close(&stage);
}

static void an_older_spec_gets_the_defaults_for_what_it_lacks(void)
{
	struct pooltoy_pool_spec spec = *POOLTOY_POOL_SPEC(.name = "poolio", .worker = &doubler,
							   .size = 2, .max_casts = -9);
	struct pooltoy_pool *pool;
	struct stage stage;

	spec.struct_size = offsetof(struct pooltoy_pool_spec, max_casts);
	stage_open(&stage);
	MUST(pooltoy_start_pool(stage.supervisor, &spec, &pool)); /* does not look beyond */
	expect_service(pool);
	stop_pool(pool);
	stage_close(&stage);
}

static void a_name_that_is_taken_leaves_the_first_unaffected(void)
{
	struct troupe troupe = { 0 }, other = { 0 };
	struct stage stage;
	struct pooltoy_pool *first, *second = NULL;
	struct pooltoy_lease lease;

	stage_open(&stage);
	first = start_pool(&stage, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &puppet_ops,
						     .argument = &troupe, .size = 2));
	MUST(pooltoy_checkout(first, SOON, &lease));
	EXPECT(POOLTOY_EEXIST,
	       pooltoy_start_pool(stage.supervisor,
				  POOLTOY_POOL_SPEC(.name = "poolio", .worker = &puppet_ops,
						    .argument = &other, .size = 9,
						    .release = puppet_release),
				  &second));
	EXPECT_STORY("supervisor", "pool \"poolio\"", "taken");
	CU_ASSERT_PTR_NULL(second);
	EXPECT(POOLTOY_OK, tell(&lease, (struct order){ .verb = DOUBLE }, NULL, SOON));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	expect_service(first);
	await_idle(first, 2);
	CU_ASSERT_EQUAL(status_of(first).instance, 1);
	CU_ASSERT_EQUAL(other.inits + other.releases, 0); /* the argument remains the caller's */
	pooltoy_pool_release(first);
	stage_close(&stage);
	CU_ASSERT_EQUAL(troupe.terminates, 2);
}

static void a_pool_of_size_0_is_all_overflow(void)
{
	struct stage stage;
	struct pooltoy_pool *pool;
	struct pooltoy_lease lease;

	stage_open(&stage);
	pool = start_pool(
		&stage, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &doubler, .max_overflow = 2));
	EXPECT(POOLTOY_EFULL, pooltoy_checkout(pool, 0, &lease));
	CU_ASSERT_EQUAL(events(&stage, "poolio", POOLTOY_EVENT_WORKER_STARTED), 0);
	expect_service(pool);
	await_event(&stage, "poolio", POOLTOY_EVENT_WORKER_STARTED, 1);
	await_event(&stage, "poolio", POOLTOY_EVENT_WORKER_STOPPED, 1); /* nobody needs it */
	AWAIT(status_of(pool).overflow == 0);
	pooltoy_pool_release(pool);
	stage_close(&stage);
}

static void a_pool_of_size_0_with_no_overflow_is_full(void)
{
	struct stage stage;
	struct pooltoy_pool *pool;
	struct pooltoy_lease lease;

	stage_open(&stage);
	pool = start_pool(&stage, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &doubler));
	EXPECT(POOLTOY_EFULL, pooltoy_checkout(pool, 0, &lease));
	EXPECT(POOLTOY_EFULL, pooltoy_checkout(pool, SOON, &lease));
	EXPECT(POOLTOY_EFULL, pooltoy_checkout(pool, -1, &lease));
	EXPECT_STORY("poolio");
	CU_ASSERT_EQUAL(status_of(pool).state, POOLTOY_POOL_FULL);
	stop_pool(pool);
	stage_close(&stage);
}

static void a_stop_by_name_frees_the_name_and_ends_every_worker(void)
{
	struct troupe troupe = { 0 };
	struct stage stage;
	struct pooltoy_pool *pool;

	stage_open(&stage);
	for (int i = 1; i <= 3; i++) {
		pool = start_pool(&stage, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &puppet_ops,
							    .argument = &troupe, .size = 3,
							    .release = puppet_release));
		await_idle(pool, 3);
		EXPECT(POOLTOY_OK, pooltoy_stop_pool_named(stage.supervisor, "poolio", SOON));
		CU_ASSERT_EQUAL(troupe.terminates, 3 * i); /* synchronous */
		CU_ASSERT_EQUAL(troupe.releases, i);
		CU_ASSERT_EQUAL(troupe.reason, POOLTOY_ESTOPPED);
		EXPECT(POOLTOY_ENOENT, pooltoy_stop_pool_named(stage.supervisor, "poolio", SOON));
		EXPECT_STORY("poolio");
		EXPECT(POOLTOY_ESTOPPED, pooltoy_stop_pool(pool, SOON));
		EXPECT_STORY("poolio");
		pooltoy_pool_release(pool);
	}
	EXPECT(POOLTOY_ENOENT, pooltoy_stop_pool_named(stage.supervisor, "pooly", 0));
	stage_close(&stage);
}

static void *stop_it(void *pool)
{
	EXPECT(POOLTOY_OK, pooltoy_stop_pool(pool, SOON));
	return NULL;
}

static void the_name_is_free_while_the_old_pool_still_stops(void)
{
	struct troupe old = { 0 }, new = { 0 };
	struct stage stage;
	struct pooltoy_pool *pool, *next, *found;
	struct gate gate;
	pthread_t stopper;

	gate_init(&gate);
	old.terminate_gate = &gate;
	stage_open(&stage);
	pool = start_pool(&stage, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &puppet_ops,
						    .argument = &old, .size = 1));
	await_idle(pool, 1);
	stopper = begin(stop_it, pool);
	gate_await(&gate); /* in terminate */
	EXPECT(POOLTOY_ENOENT, pooltoy_find_pool(stage.supervisor, "poolio", &found));
	next = start_pool(&stage, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &puppet_ops,
						    .argument = &new, .size = 1));
	expect_service(next);
	CU_ASSERT_EQUAL(old.terminates, 0);
	gate_open(&gate);
	finish(stopper);
	CU_ASSERT_EQUAL(old.terminates, 1);
	expect_service(next);
	pooltoy_pool_release(pool);
	pooltoy_pool_release(next);
	stage_close(&stage);
	gate_destroy(&gate);
}

static void codes_have_texts_and_the_library_a_version(void)
{
	for (int code = 0; code >= POOLTOY_EQUOTA; code--) {
		CU_ASSERT_STRING_NOT_EQUAL(pooltoy_strerror(code), "unknown error");
		CU_ASSERT(strlen(pooltoy_strerror(code)) > 0);
	}
	CU_ASSERT_STRING_EQUAL(pooltoy_strerror(POOLTOY_EQUOTA - 1), "unknown error");
	CU_ASSERT_STRING_EQUAL(pooltoy_strerror(1), "unknown error");
	CU_ASSERT_STRING_EQUAL(pooltoy_strerror(POOLTOY_EUSER), "application error");
	CU_ASSERT_STRING_EQUAL(pooltoy_strerror(POOLTOY_EUSER - 7), "application error");
	CU_ASSERT_STRING_EQUAL(pooltoy_version(), POOLTOY_VERSION);
}

static void *fail_on_another_thread(void *supervisor)
{
	CU_ASSERT_STRING_EQUAL(pooltoy_last_error(), "");
	EXPECT(POOLTOY_ENOENT, pooltoy_stop_pool_named(supervisor, "elsewhere", 0));
	EXPECT_STORY("elsewhere");
	return NULL;
}

static void the_last_error_is_the_threads_own(void)
{
	struct stage stage;

	stage_open(&stage);
	EXPECT(POOLTOY_ENOENT, pooltoy_stop_pool_named(stage.supervisor, "here", 0));
	finish(begin(fail_on_another_thread, stage.supervisor));
	EXPECT_STORY("here");
	stage_close(&stage);
	EXPECT_STORY("here"); /* success leaves it */
}

SUITE(TEST(a_number_out_of_range_names_its_field), TEST(no_name_no_ops_no_spec),
      TEST(a_spec_that_no_macro_filled_in_is_refused),
      TEST(a_newer_spec_works_unless_it_asks_for_what_is_lacking),
      TEST(an_older_spec_gets_the_defaults_for_what_it_lacks),
      TEST(a_name_that_is_taken_leaves_the_first_unaffected),
      TEST(a_pool_of_size_0_is_all_overflow), TEST(a_pool_of_size_0_with_no_overflow_is_full),
      TEST(a_stop_by_name_frees_the_name_and_ends_every_worker),
      TEST(the_name_is_free_while_the_old_pool_still_stops),
      TEST(codes_have_texts_and_the_library_a_version), TEST(the_last_error_is_the_threads_own))
