/* SPDX-License-Identifier: MIT */
/* test_fork.c: what is left of a process's pools in its children: EFORKED, at once; or a fresh start. */
#include "scenario/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* For the children that start threads of their own. */
#define SKIP_UNDER_TSAN() \
	do { \
		if (THREAD_SANITIZED) \
			SKIP("ThreadSanitizer knows no threads after a fork of several"); \
	} while (0)

/* Forks as it is, without the bracket of run_child, and expects the child to find no fault. */
static void in_plain_child(void (*body)(void))
{
	unsigned before = CU_get_number_of_failures();
	int status = -1;
	pid_t pid;

	fflush(stdout);
	if (ADDRESS_SANITIZED)
		await_rest();
	pid = fork();
	if (pid == 0) {
		alarm(20); /* a call that hangs ends the child */
		body();
		fflush(stdout);
		_exit(CU_get_number_of_failures() > before);
	}
	CU_ASSERT_FATAL(pid > 0);
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT_EQUAL(status, 0);
}

static void serve_in_a_child(void)
{
	struct stage stage;
	struct pooltoy_pool *pool;

	stage_open(&stage);
	pool = start_pool(&stage,
			  POOLTOY_POOL_SPEC(.name = "childs", .worker = &doubler, .size = 2));
	expect_service(pool);
	EXPECT(POOLTOY_OK, pooltoy_kill_manager(pool));
	await_event(&stage, "childs", POOLTOY_EVENT_POOL_RESTARTED, 1);
	expect_service(pool);
	pooltoy_pool_release(pool);
	stage_close(&stage);
}

/* Must be the first test: in this process no supervisor has been started yet. */
static void a_fork_before_the_first_supervisor_needs_no_bracket(void)
{
	in_plain_child(serve_in_a_child);
	in_plain_child(serve_in_a_child);
}

static void fork_by_handlers(void)
{
	struct stage stage;
	struct pooltoy_pool *pool;

	CU_ASSERT_EQUAL(
		pthread_atfork(pooltoy_fork_prepare, pooltoy_fork_parent, pooltoy_fork_child), 0);
	stage_open(&stage);
	pool = start_pool(&stage,
			  POOLTOY_POOL_SPEC(.name = "parents", .worker = &doubler, .size = 2));
	in_plain_child(serve_in_a_child);
	in_plain_child(serve_in_a_child);
	expect_service(pool);
	pooltoy_pool_release(pool);
	stage_close(&stage);
}

/* As a module does that a server loads before it has a supervisor. In a child: the handlers stay. */
static void the_bracket_may_be_handlers_older_than_the_librarys(void)
{
	SKIP_UNDER_TSAN();
	in_plain_child(fork_by_handlers);
}

/* What the parent has, for its children to look at. */
static struct inheritance {
	struct stage stage;
	struct troupe troupe;
	struct pooltoy_pool *pool;
	struct pooltoy_client *client;
	struct pooltoy_lease lease, borrowed, clients;
	struct pooltoy_completion_queue *queue;
	struct pooltoy_pending pending;
	const struct pooltoy_completion *completion;
	struct pooltoy_cancel_token *token;
} parent;

static void parent_open(void)
{
	void *state;

	stage_open(&parent.stage);
	parent.pool =
		start_pool(&parent.stage, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &puppet_ops,
							    .argument = &parent.troupe, .size = 4,
							    .backoff_min = 1, .backoff_max = 1));
	MUST(pooltoy_client_open("parents", &parent.client));
	MUST(pooltoy_cancel_token_open(&parent.token));
	MUST(pooltoy_checkout(parent.pool, SOON, &parent.lease));
	MUST(pooltoy_checkout(parent.pool, SOON, &parent.borrowed));
	MUST(pooltoy_lease_state(&parent.borrowed, &state));
	MUST(pooltoy_client_checkout(parent.client, parent.pool, SOON, &parent.clients));
	MUST(pooltoy_completion_queue_open(&parent.queue));
	MUST(pooltoy_submit_start(parent.queue, parent.pool, NULL, 0, NULL, &parent.pending));
	AWAIT(pooltoy_completion_queue_drain(parent.queue, &parent.completion, 1) == 1);
	await_idle(parent.pool, 1); /* who has told of a task serves for a moment longer */
}

static void parent_close(void)
{
	pooltoy_completion_release(parent.completion);
	EXPECT(POOLTOY_ESTALE, pooltoy_pending_cancel(&parent.pending));
	pooltoy_completion_queue_close(parent.queue);
	EXPECT(POOLTOY_OK, tell(&parent.lease, (struct order){ DOUBLE, 1, NULL }, NULL, SOON));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&parent.lease));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&parent.borrowed));
	pooltoy_client_close(parent.client);
	pooltoy_cancel_token_close(parent.token);
	await_idle(parent.pool, 4);
	expect_service(parent.pool);
	pooltoy_pool_release(parent.pool);
	stage_close(&parent.stage);
}

static int never_visit(const struct pooltoy_node *node, void *argument)
{
	(void)node;
	(void)argument;
	CU_FAIL("a walk in a child");
	return 0;
}

static int never_run(const struct pooltoy_lease *lease, void *argument)
{
	(void)lease;
	(void)argument;
	CU_FAIL("a transaction in a child");
	return 0;
}

static void expect_pools_forked(void)
{
	struct pooltoy_pool_status status = POOLTOY_POOL_STATUS_INIT;
	struct pooltoy_pool *pool;
	struct pooltoy_lease lease;
	const int timeouts[] = { 0, 1000, -1 };

	for (int i = 0; i < 3; i++) {
		EXPECT(POOLTOY_EFORKED, pooltoy_checkout(parent.pool, timeouts[i], &lease));
		EXPECT(POOLTOY_EFORKED,
		       pooltoy_client_checkout(parent.client, parent.pool, timeouts[i], &lease));
		EXPECT(POOLTOY_EFORKED,
		       pooltoy_transaction(parent.pool, never_run, NULL, timeouts[i]));
		EXPECT(POOLTOY_EFORKED, pooltoy_stop_pool(parent.pool, timeouts[i]));
		EXPECT(POOLTOY_EFORKED,
		       pooltoy_stop_pool_named(parent.stage.supervisor, "poolio", timeouts[i]));
	}
	EXPECT_STORY("forked");
	EXPECT(POOLTOY_EFORKED, pooltoy_pool_status(parent.pool, &status));
	EXPECT(POOLTOY_EFORKED, pooltoy_pool_revive(parent.pool));
	EXPECT(POOLTOY_EFORKED, pooltoy_kill_manager(parent.pool));
	EXPECT(POOLTOY_EFORKED, pooltoy_kill_worker(parent.pool, -1));
	EXPECT(POOLTOY_EFORKED, pooltoy_find_pool(parent.stage.supervisor, "poolio", &pool));
	EXPECT(POOLTOY_EFORKED,
	       pooltoy_start_pool(parent.stage.supervisor,
				  POOLTOY_POOL_SPEC(.name = "new", .worker = &doubler), &pool));
	EXPECT(POOLTOY_EFORKED, pooltoy_walk(parent.stage.supervisor, never_visit, NULL));
	EXPECT(POOLTOY_EFORKED, pooltoy_kill_supervisor(parent.stage.supervisor));
	CU_ASSERT_STRING_EQUAL(pooltoy_pool_name(parent.pool), "poolio");
	pooltoy_pool_release(pooltoy_pool_retain(parent.pool));
}

/* A deadline is none's: it is as good as before. */
static void expect_options_forked(void)
{
	struct pooltoy_lease lease;

	pooltoy_cancel_token_cancel(parent.token);
	EXPECT(POOLTOY_EFORKED,
	       pooltoy_checkout_with(parent.pool, POOLTOY_CHECKOUT_OPTIONS(.deadline = 1), &lease));
	EXPECT(POOLTOY_EFORKED,
	       pooltoy_checkout_with(NULL, POOLTOY_CHECKOUT_OPTIONS(.cancel = parent.token),
				     &lease));
	EXPECT_STORY("cancel token", "fork");
	EXPECT(POOLTOY_EFORKED, pooltoy_call_with(&parent.lease, "", 1, NULL, NULL,
						  POOLTOY_CALL_OPTIONS(.deadline = 1)));
	EXPECT(POOLTOY_EFORKED, pooltoy_call_with(&parent.lease, "", 1, NULL, NULL,
						  POOLTOY_CALL_OPTIONS(.cancel = parent.token)));
	EXPECT_STORY("cancel token", "fork");
	pooltoy_cancel_token_close(parent.token);
}

static void expect_leases_forked(void)
{
	struct pooltoy_lease *leases[] = { &parent.lease, &parent.borrowed, &parent.clients };
	char reply[8];
	size_t length = sizeof reply;
	void *state;

	for (int i = 0; i < 3; i++) {
		struct pooltoy_lease *lease = leases[i];

		EXPECT(POOLTOY_EFORKED, tell(lease, (struct order){ DOUBLE, 1, NULL }, NULL, -1));
		EXPECT(POOLTOY_EFORKED, tell_cast(lease, (struct order){ COUNT, 1, NULL }));
		EXPECT(POOLTOY_EFORKED, pooltoy_call_reply(lease, reply, &length));
		EXPECT(POOLTOY_EFORKED, pooltoy_lease_state(lease, &state));
		EXPECT(POOLTOY_EFORKED, pooltoy_lease_state_done(lease));
		EXPECT(POOLTOY_EFORKED, pooltoy_lease_adopt(NULL, lease));
		EXPECT(POOLTOY_EFORKED, pooltoy_lease_adopt(parent.client, lease));
		EXPECT(POOLTOY_EFORKED, pooltoy_lease_worker(lease));
		EXPECT(POOLTOY_EFORKED, pooltoy_checkin(lease));
	}
	EXPECT_STORY("poolio");
}

static void expect_completions_forked(void)
{
	const struct pooltoy_completion *completion;
	struct pooltoy_completion_queue *own;

	EXPECT(POOLTOY_EFORKED, pooltoy_completion_queue_fd(parent.queue));
	EXPECT(POOLTOY_EFORKED, pooltoy_completion_queue_drain(parent.queue, &completion, 1));
	EXPECT(POOLTOY_EFORKED,
	       pooltoy_checkout_start(parent.queue, parent.pool, NULL, -1, NULL, NULL));
	EXPECT(POOLTOY_EFORKED,
	       pooltoy_call_start(parent.queue, &parent.lease, NULL, 0, -1, NULL, NULL));
	EXPECT(POOLTOY_EFORKED,
	       pooltoy_submit_start(parent.queue, parent.pool, NULL, 0, NULL, NULL));
	EXPECT(POOLTOY_EFORKED, pooltoy_pending_cancel(&parent.pending));
	EXPECT_STORY("completion queue", "fork");
	/* One of the child's own, with what the parent had: that says so, too. */
	EXPECT(POOLTOY_OK, pooltoy_completion_queue_open(&own));
	EXPECT(POOLTOY_EFORKED, pooltoy_checkout_start(own, parent.pool, NULL, -1, NULL, NULL));
	EXPECT(POOLTOY_EFORKED, pooltoy_call_start(own, &parent.lease, NULL, 0, -1, NULL, NULL));
	EXPECT(POOLTOY_EFORKED, pooltoy_submit_start(own, parent.pool, NULL, 0, NULL, NULL));
	pooltoy_completion_queue_close(own);
	pooltoy_completion_release(parent.completion);
	pooltoy_completion_queue_close(parent.queue);
}

static void expect_all_forked(void)
{
	expect_completions_forked();
	expect_pools_forked();
	expect_leases_forked();
	expect_options_forked();
	pooltoy_client_close(parent.client);
	EXPECT(POOLTOY_EFORKED, pooltoy_supervisor_stop(parent.stage.supervisor, -1));
}

static void expect_all_forked_and_no_start(void)
{
	struct pooltoy_supervisor *supervisor;

	expect_all_forked();
	EXPECT(POOLTOY_EFORKED, pooltoy_supervisor_start(&supervisor));
	EXPECT_STORY("pooltoy_fork_prepare");
}

static void every_object_from_before_answers_forked(void)
{
	parent_open();
	in_plain_child(expect_all_forked_and_no_start);
	in_plain_child(expect_all_forked_and_no_start);
	parent_close();
}

static void a_grandchild_is_no_better_off(void)
{
	in_plain_child(expect_all_forked_and_no_start);
}

static void children_of_children(void)
{
	parent_open();
	in_plain_child(a_grandchild_is_no_better_off);
	parent_close();
}

static void expect_all_forked_and_serve(void)
{
	expect_all_forked();
	serve_in_a_child();
	expect_all_forked();
}

static void within_the_bracket_a_child_starts_its_own(void)
{
	SKIP_UNDER_TSAN();
	parent_open();
	in_child(expect_all_forked_and_serve);
	in_child(expect_all_forked_and_serve);
	parent_close();
}

static void fork_within_the_bracket_again(void)
{
	serve_in_a_child();
	in_child(serve_in_a_child);
}

static void a_child_with_its_own_pools_may_fork_too(void)
{
	SKIP_UNDER_TSAN();
	parent_open();
	in_child(fork_within_the_bracket_again);
	parent_close();
}

/* A thread that ends in the child, though it held leases in the parent. */
static void *end_in_child(void *unused)
{
	struct pooltoy_lease lease;

	(void)unused;
	EXPECT(POOLTOY_EFORKED, pooltoy_checkout(parent.pool, 0, &lease));
	return NULL;
}

static void end_a_thread(void)
{
	finish(begin(end_in_child, NULL));
	exit(child_failed()); /* exit handlers and destructors run, too */
}

static void the_end_of_a_child_gives_nothing_back(void)
{
	SKIP_UNDER_TSAN();
	parent_open();
	CU_ASSERT_EQUAL(run_child(end_a_thread), 0);
	EXPECT(0, pooltoy_lease_worker(&parent.lease) < 0);
	CU_ASSERT_EQUAL(status_of(parent.pool).leased, 3);
	parent_close();
}

/* Threads that are in the middle of everything when this one forks. */
static atomic_bool enough;
static int free_worker; /* of four, the one that the parent does not hold */

/* The free one, or one that has replaced it. */
static bool kill_a_free_worker(void)
{
	bool killed = pooltoy_kill_worker(parent.pool, free_worker) == POOLTOY_OK;

	for (int worker = 4; worker < 8 && !killed; worker++)
		killed = pooltoy_kill_worker(parent.pool, worker) == POOLTOY_OK;
	return killed;
}

static void *be_busy(void *unused)
{
	struct pooltoy_client *client;
	struct pooltoy_lease lease;
	unsigned round = 0;

	(void)unused;
	while (!enough) {
		if (pooltoy_checkout(parent.pool, 5, &lease) == POOLTOY_OK) {
			if (tell(&lease, (struct order){ DOUBLE, 1, NULL }, NULL, SOON))
				breathe();
			(void)pooltoy_checkin(&lease);
		}
		if (pooltoy_client_open("busy", &client) == POOLTOY_OK) {
			if (pooltoy_client_checkout(client, parent.pool, 5, &lease))
				breathe();
			pooltoy_client_close(client);
		}
		if (round++ % 8 == 0)
			(void)kill_a_free_worker();
	}
	return NULL;
}

static void forks_in_the_middle_of_everything_hang_nobody(void)
{
	enum { THREADS = 4, ROUNDS = 40 };
	pthread_t threads[THREADS];

	if (ADDRESS_SANITIZED)
		SKIP("AddressSanitizer's allocator stays locked in a child forked amid "
		     "allocations");
	parent_open();
	enough = false;
	free_worker = 6 - pooltoy_lease_worker(&parent.lease) -
		      pooltoy_lease_worker(&parent.borrowed) -
		      pooltoy_lease_worker(&parent.clients);
	for (int i = 0; i < THREADS; i++)
		threads[i] = begin(be_busy, NULL);
	for (int i = 0; i < ROUNDS; i++) {
		in_plain_child(expect_all_forked_and_no_start);
		if (!THREAD_SANITIZED)
			in_child(expect_all_forked_and_serve);
	}
	enough = true;
	for (int i = 0; i < THREADS; i++)
		finish(threads[i]);
	CU_ASSERT(status_of(parent.pool).checkouts > ROUNDS);
	parent_close();
}

SUITE(TEST(a_fork_before_the_first_supervisor_needs_no_bracket),
      TEST(the_bracket_may_be_handlers_older_than_the_librarys),
      TEST(every_object_from_before_answers_forked), TEST(children_of_children),
      TEST(within_the_bracket_a_child_starts_its_own),
      TEST(a_child_with_its_own_pools_may_fork_too), TEST(the_end_of_a_child_gives_nothing_back),
      TEST(forks_in_the_middle_of_everything_hang_nobody))
