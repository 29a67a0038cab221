/* SPDX-License-Identifier: MIT */
/* test_requests.c: the control socket: what is asked by it, and told. */
#include "control/act.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Requests. */

static void an_answer_has_the_id_of_its_request(void)
{
	json_t *answer;

	raise_curtain();
	answer = peer_ask(&act.peer, "{\"id\":\"seven\",\"method\":\"hello\"}");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(answer, "id")), "seven");
	CU_ASSERT_EQUAL(
		json_integer_value(json_object_get(json_object_get(answer, "result"), "pid")),
		getpid());
	json_decref(answer);
	drop_curtain();
}

static void the_tree_shows_who_holds_a_worker(void)
{
	struct pooltoy_lease lease;
	json_t *answer, *pool, *worker, *holder;
	int index;

	raise_curtain();
	MUST(pooltoy_checkout(act.poolio, SOON, &lease));
	index = pooltoy_lease_worker(&lease);
	answer = peer_ask(&act.peer, "{\"method\":\"tree\"}");
	pool = json_array_get(json_object_get(json_object_get(answer, "result"), "pools"), 0);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(pool, "pool")), "poolio");
	CU_ASSERT(json_integer_value(json_object_get(pool, "manager_thread")) > 0);
	worker = json_array_get(json_object_get(pool, "workers"), (size_t)index);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(worker, "state")), "leased");
	CU_ASSERT(json_is_false(json_object_get(worker, "calling")));
	CU_ASSERT(json_is_integer(json_object_get(worker, "process")));
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(worker, "process")), 0); /* a thread */
	holder = json_object_get(worker, "holder");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(holder, "thread")), gettid());
	CU_ASSERT_STRING_NOT_EQUAL(text_of(worker, "holder", "checkout"), "");
	json_decref(answer);
	MUST(pooltoy_checkin(&lease));
	drop_curtain();
}

static void status_is_of_all_pools_or_of_one(void)
{
	json_t *answer, *pools;

	raise_curtain();
	answer = peer_ask(&act.peer, "{\"method\":\"status\"}");
	pools = json_object_get(json_object_get(answer, "result"), "pools");
	CU_ASSERT_EQUAL(json_array_size(pools), 1);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(json_array_get(pools, 0), "size")), 2);
	json_decref(answer);
	peer_expect(&act.peer, "{\"method\":\"status\",\"pool\":\"poolio\"}", "OK");
	peer_expect(&act.peer, "{\"method\":\"status\",\"pool\":\"pooly\"}", "ENOENT");
	drop_curtain();
}

static void durations_are_of_all_pools_or_of_one(void)
{
	json_t *answer, *pools, *hold;

	raise_curtain();
	expect_service(act.poolio);
	answer = peer_ask(&act.peer, "{\"method\":\"histograms\"}");
	pools = json_object_get(json_object_get(answer, "result"), "pools");
	CU_ASSERT_EQUAL(json_array_size(pools), 1);
	hold = json_object_get(json_array_get(pools, 0), "hold");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(hold, "count")), 1);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(hold, "sampled")), 128);
	CU_ASSERT(json_integer_value(json_object_get(hold, "sum_ns")) > 0);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(hold, "buckets")), 1);
	json_decref(answer);
	peer_expect(&act.peer, "{\"method\":\"histograms\",\"pool\":\"poolio\"}", "OK");
	peer_expect(&act.peer, "{\"method\":\"histograms\",\"pool\":\"pooly\"}", "ENOENT");
	drop_curtain();
}

static void metrics_are_one_text_of_all_pools(void)
{
	struct pooltoy_pool *odd;
	json_t *answer;
	const char *text;

	raise_curtain();
	odd = start_pool(&act.stage, POOLTOY_POOL_SPEC(.name = "an \"odd\"\n\\ name",
						       .worker = &doubler, .size = 1));
	await_idle(odd, 1);
	answer = peer_ask(&act.peer, "{\"method\":\"metrics\"}");
	text = text_of(answer, "result", "openmetrics");
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\npooltoy_size{pool=\"poolio\"} 2\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(
		text, "\npooltoy_start_seconds_count{pool=\"an \\\"odd\\\"\\n\\\\ name\"} 1\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\n# EOF\n"));
	json_decref(answer);
	pooltoy_pool_release(odd);
	drop_curtain();
}

static void what_is_killed_comes_back(void)
{
	raise_curtain();
	await_idle(act.poolio, 2);
	peer_expect(&act.peer, "{\"method\":\"kill_worker\",\"pool\":\"poolio\",\"worker\":-1}",
		    "OK");
	await_event(&act.stage, "poolio", POOLTOY_EVENT_WORKER_DIED, 1);
	peer_expect(&act.peer, "{\"method\":\"kill_manager\",\"pool\":\"poolio\"}", "OK");
	await_event(&act.stage, "poolio", POOLTOY_EVENT_POOL_RESTARTED, 1);
	peer_expect(&act.peer, "{\"method\":\"kill_supervisor\"}", "OK");
	await_event(&act.stage, NULL, POOLTOY_EVENT_SUPERVISOR_RESTARTED, 1);
	peer_expect(&act.peer, "{\"method\":\"restart\",\"pool\":\"poolio\"}", "OK");
	await_event(&act.stage, "poolio", POOLTOY_EVENT_POOL_RESTARTED, 2);
	await_service(act.poolio);
	drop_curtain();
}

static void a_pool_is_paused_and_resumed(void)
{
	raise_curtain();
	peer_expect(&act.peer, "{\"method\":\"pause\",\"pool\":\"poolio\"}", "OK");
	CU_ASSERT_EQUAL(status_of(act.poolio).state, POOLTOY_POOL_PAUSED);
	peer_expect(&act.peer, "{\"method\":\"resume\",\"pool\":\"poolio\"}", "OK");
	expect_service(act.poolio);
	peer_expect(&act.peer, "{\"method\":\"pause\"}", "EINVAL");
	peer_expect(&act.peer, "{\"method\":\"resume\"}", "EINVAL");
	drop_curtain();
}

static void a_pool_is_resized(void)
{
	raise_curtain();
	peer_expect(&act.peer,
		    "{\"method\":\"resize\",\"pool\":\"poolio\",\"size\":3,\"max_overflow\":0}",
		    "OK");
	await_event(&act.stage, "poolio", POOLTOY_EVENT_POOL_RESIZED, 1);
	await_idle(act.poolio, 3);
	peer_expect(&act.peer,
		    "{\"method\":\"resize\",\"pool\":\"poolio\",\"size\":3,\"max_overflow\":null}",
		    "EINVAL");
	peer_expect(&act.peer, "{\"method\":\"resize\",\"pool\":\"poolio\",\"max_overflow\":3}",
		    "EINVAL");
	peer_expect(&act.peer,
		    "{\"method\":\"resize\",\"pool\":\"poolio\",\"size\":0,\"max_overflow\":0}",
		    "EINVAL");
	peer_expect(&act.peer,
		    "{\"method\":\"resize\",\"pool\":\"poolio\",\"size\":-1,\"max_overflow\":9}",
		    "EINVAL");
	drop_curtain();
}

static void a_pool_is_resized_and_keeps_its_overflow(void)
{
	json_t *answer;

	raise_curtain();
	peer_expect(&act.peer,
		    "{\"method\":\"resize\",\"pool\":\"poolio\",\"size\":2,\"max_overflow\":1}",
		    "OK");
	answer = peer_ask(&act.peer, "{\"method\":\"resize\",\"pool\":\"poolio\",\"size\":1}");
	CU_ASSERT_EQUAL(json_integer_value(
				json_object_get(json_object_get(answer, "result"), "max_overflow")),
			1);
	json_decref(answer);
	CU_ASSERT_EQUAL(status_of(act.poolio).size, 1);
	CU_ASSERT_EQUAL(status_of(act.poolio).max_overflow, 1);
	drop_curtain();
}

static void a_pool_that_was_given_up_is_revived(void)
{
	struct pooltoy_pool *pooly;
	json_t *answer;

	raise_curtain();
	pooly = start_pool(&act.stage, POOLTOY_POOL_SPEC(.name = "pooly", .worker = &doubler,
							 .size = 1, .max_restarts = POOLTOY_NONE,
							 .backoff_min = 100, .give_up_after = 1));
	peer_expect(&act.peer, "{\"method\":\"kill_manager\",\"pool\":\"pooly\"}", "OK");
	await_event(&act.stage, "pooly", POOLTOY_EVENT_POOL_RESTARTED, 1);
	peer_expect(&act.peer, "{\"method\":\"kill_manager\",\"pool\":\"pooly\"}", "OK");
	await_event(&act.stage, "pooly", POOLTOY_EVENT_POOL_FAILED, 1);
	answer = peer_ask(&act.peer, "{\"method\":\"restart\",\"pool\":\"pooly\"}");
	CU_ASSERT_STRING_EQUAL(text_of(answer, "result", "did"), "revive");
	json_decref(answer);
	await_service(pooly);
	pooltoy_pool_release(pooly);
	drop_curtain();
}

/* The subscriber hears of it, soon. */
static void kill_a_worker_and_hear_of_it(void)
{
	json_t *event;

	MUST(pooltoy_kill_worker(act.poolio, 0));
	do {
		event = peer_read(&act.peer);
		CU_ASSERT_PTR_NOT_NULL_FATAL(event);
		if (strcmp(text_of(event, "event", "type"), "worker_died") == 0)
			break;
		json_decref(event);
	} while (true);
	CU_ASSERT_STRING_EQUAL(text_of(event, "event", "pool"), "poolio");
	CU_ASSERT_STRING_EQUAL(text_of(event, "event", "severity"), "warning");
	json_decref(event);
}

static void a_subscriber_hears_of_events(void)
{
	raise_curtain();
	await_idle(act.poolio, 2);
	peer_expect(&act.peer, "{\"method\":\"events\"}", "OK");
	kill_a_worker_and_hear_of_it();
	drop_curtain();
}

static void a_subscriber_who_says_no_more_hears_of_events(void)
{
	raise_curtain();
	await_idle(act.poolio, 2);
	peer_expect(&act.peer, "{\"method\":\"events\"}", "OK");
	CU_ASSERT_EQUAL(shutdown(act.peer.fd, SHUT_WR), 0);
	kill_a_worker_and_hear_of_it();
	drop_curtain();
}

SUITE(TEST(an_answer_has_the_id_of_its_request), TEST(the_tree_shows_who_holds_a_worker),
      TEST(status_is_of_all_pools_or_of_one), TEST(durations_are_of_all_pools_or_of_one),
      TEST(metrics_are_one_text_of_all_pools), TEST(what_is_killed_comes_back),
      TEST(a_pool_is_paused_and_resumed), TEST(a_pool_is_resized),
      TEST(a_pool_is_resized_and_keeps_its_overflow), TEST(a_pool_that_was_given_up_is_revived),
      TEST(a_subscriber_hears_of_events), TEST(a_subscriber_who_says_no_more_hears_of_events))
