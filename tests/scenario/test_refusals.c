/* SPDX-License-Identifier: MIT */
/* test_refusals.c: what is refused, by code and story: arguments, callbacks' missteps, threads that have ended. */
#include "scenario/scene.h"

#include <limits.h>

static void begin_leased(struct scene *scene, const struct pooltoy_worker_ops *ops)
{
	scene_begin(scene, POOLTOY_POOL_SPEC(.worker = ops, .size = 1));
	MUST(pooltoy_checkout(scene->pool, SOON, &scene->lease));
}

static void arguments_that_make_no_sense_name_themselves(void)
{
	const struct pooltoy_lease none = { 0 };
	struct scene scene;
	struct pooltoy_pool *pool;
	int answer;
	size_t length = sizeof answer;
	void *state;

	begin_leased(&scene, &puppet_ops);
	EXPECT(POOLTOY_EINVAL, pooltoy_find_pool(NULL, "poolio", &pool));
	EXPECT_STORY("supervisor");
	EXPECT(POOLTOY_EINVAL, pooltoy_find_pool(scene.stage.supervisor, NULL, &pool));
	EXPECT_STORY("name is NULL");
	EXPECT(POOLTOY_EINVAL, pooltoy_find_pool(scene.stage.supervisor, "poolio", NULL));
	EXPECT_STORY("pool is NULL");
	EXPECT(POOLTOY_EINVAL, pooltoy_kill_worker(scene.pool, -2));
	EXPECT_STORY("poolio", "-2");
	EXPECT(POOLTOY_EINVAL, pooltoy_call_reply(&scene.lease, NULL, &length));
	EXPECT_STORY("poolio", "no buffer");
	EXPECT(POOLTOY_EINVAL, pooltoy_call_reply(&scene.lease, &answer, NULL));
	EXPECT(POOLTOY_EINVAL, pooltoy_call_reply(&none, &answer, &length));
	EXPECT_STORY("lease");
	EXPECT(POOLTOY_EINVAL, pooltoy_call(&scene.lease, NULL, 1, NULL, NULL, SOON));
	EXPECT_STORY("poolio", "request is NULL");
	EXPECT(POOLTOY_EINVAL, pooltoy_call(&scene.lease, NULL, 0, &answer, NULL, SOON));
	EXPECT_STORY("poolio", "without its length");
	EXPECT(POOLTOY_EINVAL, pooltoy_lease_state(&none, &state));
	EXPECT(POOLTOY_EINVAL, pooltoy_lease_state(&scene.lease, NULL));
	EXPECT_STORY("poolio", "state is NULL");
	EXPECT(POOLTOY_EINVAL, pooltoy_lease_state_done(&none));
	EXPECT(POOLTOY_EINVAL, pooltoy_lease_worker(&none));
	EXPECT(POOLTOY_EINVAL, pooltoy_walk(scene.stage.supervisor, NULL, NULL));
	EXPECT(POOLTOY_EINVAL, pooltoy_transaction(scene.pool, NULL, NULL, SOON));
	EXPECT(POOLTOY_OK, tell(&scene.lease, (struct order){ .verb = DOUBLE }, NULL, SOON));
	scene_end(&scene);
}

/* A thread that has never had to do with the pool uses no state of it. */
static void *give_back_what_is_not_its_own(void *lease)
{
	EXPECT(POOLTOY_ESTALE, pooltoy_lease_state_done(lease));
	EXPECT_STORY("poolio", "does not use");
	return NULL;
}

static void only_who_borrowed_a_state_gives_it_back(void)
{
	struct scene scene;
	void *state;

	SKIP_IF_ISOLATED("the state is in the child");
	begin_leased(&scene, &puppet_ops);
	EXPECT(POOLTOY_ESTALE, pooltoy_lease_state_done(&scene.lease));
	MUST(pooltoy_lease_state(&scene.lease, &state));
	finish(begin(give_back_what_is_not_its_own, &scene.lease));
	EXPECT(POOLTOY_EBUSY, tell(&scene.lease, (struct order){ .verb = DOUBLE }, NULL, SOON));
	EXPECT(POOLTOY_OK, pooltoy_lease_state_done(&scene.lease));
	scene_end(&scene);
}

static void releasing_nothing_does_nothing(void)
{
	pooltoy_pool_release(NULL);
	pooltoy_client_close(NULL);
}

static void a_reply_that_there_is_no_buffer_for_waits_to_be_fetched(void)
{
	struct order order = { DOUBLE, 21, NULL };
	struct scene scene;
	int answer = 0;
	size_t length = sizeof answer;

	begin_leased(&scene, &puppet_ops);
	EXPECT(POOLTOY_ETOOSMALL,
	       pooltoy_call(&scene.lease, &order, sizeof order, NULL, &length, SOON));
	CU_ASSERT_EQUAL(length, sizeof answer);
	EXPECT(POOLTOY_OK, pooltoy_call_reply(&scene.lease, &answer, &length));
	CU_ASSERT_EQUAL(answer, 42);
	CU_ASSERT_EQUAL(scene.troupe.calls, 1);
	scene_end(&scene);
}

/* A worker that tries in each callback what belongs into another. */
static SHARED int tries;

static void expect_no_call(struct pooltoy_worker *self)
{
	EXPECT(POOLTOY_EINVAL, pooltoy_reply(self, &tries, sizeof tries));
	EXPECT_STORY("poolio", "worker 0", "no call");
	EXPECT(POOLTOY_EINVAL, pooltoy_reply_error(self, POOLTOY_EINVAL));
	EXPECT_STORY("no call");
	CU_ASSERT_EQUAL(pooltoy_worker_time_left(self), 0);
	tries++;
}

static int misstep_init(struct pooltoy_worker *self, void *argument, void **state)
{
	(void)argument;
	(void)state;
	expect_no_call(self);
	return 0;
}

static int misstep_call(struct pooltoy_worker *self, void *state, const void *request,
			size_t length)
{
	(void)state;
	(void)request;
	EXPECT(POOLTOY_EINVAL, pooltoy_reply(self, NULL, 1));
	EXPECT_STORY("poolio", "reply is NULL");
	EXPECT(POOLTOY_EINVAL, pooltoy_reply_error(self, 0));
	EXPECT_STORY("negative");
	tries++;
	if (length == 1)
		pooltoy_worker_exit(self, NULL);
	return pooltoy_reply(self, NULL, 0);
}

static int misstep_cast(struct pooltoy_worker *self, void *state, const void *message,
			size_t length)
{
	(void)state;
	(void)message;
	(void)length;
	expect_no_call(self);
	return 0;
}

static void callbacks_missteps_are_refused_and_harm_nobody(void)
{
	static const struct pooltoy_worker_ops ops =
		POOLTOY_WORKER_OPS(.init = misstep_init, .handle_call = misstep_call,
				   .handle_cast = misstep_cast);
	struct scene scene;
	int answer;
	size_t length = sizeof answer;

	tries = 0;
	begin_leased(&scene, &ops);
	EXPECT(POOLTOY_OK, pooltoy_cast(&scene.lease, NULL, 0));
	EXPECT(POOLTOY_OK, pooltoy_call(&scene.lease, NULL, 0, &answer, &length, SOON));
	CU_ASSERT_EQUAL(length, 0);
	CU_ASSERT_EQUAL(tries, 3);
	EXPECT(POOLTOY_ECRASHED, pooltoy_call(&scene.lease, "x", 1, NULL, NULL, SOON));
	EXPECT_STORY("poolio", "pooltoy_worker_exit"); /* it gave no reason of its own */
	scene_end(&scene);
}

/* In the last round of its destructors a thread has ended, for the library. */
static pthread_key_t late_key;
static atomic_int rounds, late_answers;

static void try_all_in_the_last_round(void *argument)
{
	struct scene *scene = argument;
	struct pooltoy_supervisor *supervisor;
	struct pooltoy_lease lease;
	void *state;

	if (++rounds < PTHREAD_DESTRUCTOR_ITERATIONS) {
		pthread_setspecific(late_key, scene);
		return;
	}
	EXPECT(POOLTOY_ETHREADEXITED, pooltoy_checkout(scene->pool, SOON, &lease));
	EXPECT(POOLTOY_ETHREADEXITED,
	       tell(&scene->lease, (struct order){ .verb = DOUBLE }, NULL, SOON));
	EXPECT(ISOLATED ? POOLTOY_EISOLATED : POOLTOY_ETHREADEXITED,
	       pooltoy_lease_state(&scene->lease, &state));
	EXPECT(POOLTOY_ETHREADEXITED, pooltoy_supervisor_start(&supervisor));
	EXPECT(POOLTOY_ETHREADEXITED,
	       pooltoy_start_pool(scene->stage.supervisor,
				  POOLTOY_POOL_SPEC(.name = "late", .worker = &doubler), NULL));
	EXPECT(POOLTOY_ETHREADEXITED, pooltoy_stop_pool(scene->pool, SOON));
	EXPECT(POOLTOY_ETHREADEXITED, pooltoy_supervisor_stop(scene->stage.supervisor, SOON));
	EXPECT_STORY("thread has ended");
	late_answers++;
}

static void *end_late(void *scene)
{
	struct scene *own = scene;

	pthread_setspecific(late_key, scene);
	expect_service(own->pool);
	return NULL;
}

static void a_thread_that_has_ended_is_told_so_by_every_call(void)
{
	struct scene scene;

	if (SANITIZED)
		SKIP("in the last round sanitizers have left the thread already");
	rounds = late_answers = 0;
	begin_leased(&scene, &puppet_ops);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease));
	CU_ASSERT_EQUAL_FATAL(pthread_key_create(&late_key, try_all_in_the_last_round), 0);
	finish(begin(end_late, &scene));
	CU_ASSERT_EQUAL(late_answers, 1);
	pthread_key_delete(late_key);
	expect_service(scene.pool);
	scene_end(&scene);
}

static void an_event_that_this_version_does_not_know_has_a_text_all_the_same(void)
{
	struct pooltoy_event event = { .struct_size = sizeof event,
				       .type = (enum pooltoy_event_type)999,
				       .worker = -1,
				       .reason = "" };
	char buffer[128];

	pooltoy_event_format(&event, buffer, sizeof buffer);
	CU_ASSERT_STRING_EQUAL(buffer, "supervisor unknown event");
	event.pool = "";
	pooltoy_event_format(&event, buffer, sizeof buffer);
	CU_ASSERT_STRING_EQUAL(buffer, "supervisor unknown event");
	event.pool = "poolio";
	event.reason = NULL;
	pooltoy_event_format(&event, buffer, sizeof buffer);
	CU_ASSERT_STRING_EQUAL(buffer, "pool \"poolio\" unknown event");
}

SUITE(TEST(arguments_that_make_no_sense_name_themselves),
      TEST(only_who_borrowed_a_state_gives_it_back), TEST(releasing_nothing_does_nothing),
      TEST(a_reply_that_there_is_no_buffer_for_waits_to_be_fetched),
      TEST(callbacks_missteps_are_refused_and_harm_nobody),
      TEST(a_thread_that_has_ended_is_told_so_by_every_call),
      TEST(an_event_that_this_version_does_not_know_has_a_text_all_the_same))
