/* SPDX-License-Identifier: MIT */
/* forks.c: children, forked amid everything, in which each call is refused at once. */
#include "torture.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHILD_SECONDS = 20, LONG_MS = 15000 };

static struct torturer *forker;
static pthread_t forker_thread;

/* What the forking thread has, for its child to look at. */
static struct {
	struct pooltoy_pool *pool;
	struct pooltoy_client *client;
	struct pooltoy_lease lease;
	bool has_lease;
} legacy;

/* In a child nobody but the caller runs: it says what is wrong, and ends. */
static void refused(int code, const char *call)
{
	if (code != POOLTOY_EFORKED) {
		dprintf(STDERR_FILENO, "torture: in a child: %s: %d (%s) instead of EFORKED\n",
			call, code, pooltoy_last_error());
		_exit(1);
	}
	did(CHILD_REFUSALS);
}
#define REFUSED_IN_CHILD(call) refused((call), #call)

static int never(const struct pooltoy_lease *lease, void *unused)
{
	(void)lease;
	(void)unused;
	return 1;
}

static int never_visit(const struct pooltoy_node *node, void *unused)
{
	(void)node;
	(void)unused;
	return 1;
}

static void try_pools(void)
{
	struct pooltoy_pool_status status = POOLTOY_POOL_STATUS_INIT;
	struct pooltoy_pool *pool;
	struct pooltoy_lease lease;

	for (int timeout_ms = -1; timeout_ms < 2; timeout_ms++) {
		REFUSED_IN_CHILD(pooltoy_checkout(legacy.pool, timeout_ms, &lease));
		REFUSED_IN_CHILD(
			pooltoy_client_checkout(legacy.client, legacy.pool, timeout_ms, &lease));
		REFUSED_IN_CHILD(pooltoy_transaction(legacy.pool, never, NULL, timeout_ms));
		REFUSED_IN_CHILD(pooltoy_stop_pool(legacy.pool, timeout_ms));
	}
	REFUSED_IN_CHILD(pooltoy_pool_status(legacy.pool, &status));
	REFUSED_IN_CHILD(pooltoy_pool_revive(legacy.pool));
	REFUSED_IN_CHILD(pooltoy_kill_manager(legacy.pool));
	REFUSED_IN_CHILD(pooltoy_kill_worker(legacy.pool, -1));
	REFUSED_IN_CHILD(pooltoy_find_pool(arena.supervisor, "affine", &pool));
	REFUSED_IN_CHILD(pooltoy_start_pool(arena.supervisor, spec_of_passing("child"), &pool));
	REFUSED_IN_CHILD(pooltoy_stop_pool_named(arena.supervisor, "affine", -1));
	REFUSED_IN_CHILD(pooltoy_walk(arena.supervisor, never_visit, NULL));
	REFUSED_IN_CHILD(pooltoy_kill_supervisor(arena.supervisor));
	pooltoy_pool_release(pooltoy_pool_retain(legacy.pool));
}

static void try_lease(void)
{
	struct order order = { DOUBLE, 1 };
	char reply[8];
	size_t length = sizeof reply;
	void *state;

	REFUSED_IN_CHILD(pooltoy_call(&legacy.lease, &order, sizeof order, reply, &length, -1));
	REFUSED_IN_CHILD(pooltoy_call_reply(&legacy.lease, reply, &length));
	REFUSED_IN_CHILD(pooltoy_cast(&legacy.lease, &order, sizeof order));
	REFUSED_IN_CHILD(pooltoy_lease_state(&legacy.lease, &state));
	REFUSED_IN_CHILD(pooltoy_lease_state_done(&legacy.lease));
	REFUSED_IN_CHILD(pooltoy_lease_adopt(NULL, &legacy.lease));
	REFUSED_IN_CHILD(pooltoy_lease_adopt(legacy.client, &legacy.lease));
	REFUSED_IN_CHILD(pooltoy_lease_worker(&legacy.lease));
	REFUSED_IN_CHILD(pooltoy_checkin(&legacy.lease));
}

static int add_one(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	int number;

	(void)state;
	if (length != sizeof number)
		return POOLTOY_ECRASHED;
	number = *(const int *)request + 1;
	return pooltoy_reply(self, &number, sizeof number);
}

/* A supervisor and a pool of the child's own, killed once. False if they do not do what they should. */
static bool serves_itself(void)
{
	static const struct pooltoy_worker_ops adder = POOLTOY_WORKER_OPS(.handle_call = add_one);
	struct pooltoy_supervisor *supervisor;
	struct pooltoy_pool *pool;
	struct pooltoy_lease lease;
	int number = 1, answer = 0;
	size_t length = sizeof answer;

	if (pooltoy_supervisor_start_with(POOLTOY_SUPERVISOR_SPEC(.on_event = pooltoy_event_ignore),
					  &supervisor) ||
	    pooltoy_start_pool(supervisor,
			       POOLTOY_POOL_SPEC(.name = "child", .worker = &adder, .size = 1),
			       &pool) ||
	    pooltoy_checkout(pool, LONG_MS, &lease) ||
	    pooltoy_call(&lease, &number, sizeof number, &answer, &length, LONG_MS) ||
	    answer != 2 || pooltoy_kill_worker(pool, -1) || pooltoy_checkout(pool, LONG_MS, &lease))
		return false;
	pooltoy_pool_release(pool);
	return pooltoy_supervisor_stop(supervisor, LONG_MS) == POOLTOY_OK;
}

static _Noreturn void live_as_child(bool bracketed)
{
	struct pooltoy_supervisor *supervisor;

	alarm(CHILD_SECONDS); /* what hangs ends by a signal */
	try_pools();
	if (legacy.has_lease)
		try_lease();
	if (!bracketed) {
		REFUSED_IN_CHILD(pooltoy_supervisor_start(&supervisor));
	} else if (serves_itself()) {
		did(CHILD_SERVICES);
	} else {
		dprintf(STDERR_FILENO, "torture: a child cannot serve: %s\n", pooltoy_last_error());
		_exit(1);
	}
	pooltoy_client_close(legacy.client);
	REFUSED_IN_CHILD(pooltoy_supervisor_stop(arena.supervisor, -1));
	_exit(0);
}

static void fork_once(bool bracketed)
{
	int status;
	pid_t pid;

	fflush(NULL);
	if (bracketed)
		pooltoy_fork_prepare();
	pid = fork();
	if (pid == 0) {
		if (bracketed)
			pooltoy_fork_child();
		live_as_child(bracketed);
	}
	if (bracketed)
		pooltoy_fork_parent();
	REQUIRE(pid > 0);
	did(bracketed ? BRACKETED_FORKS : PLAIN_FORKS);
	while (waitpid(pid, &status, 0) != pid)
		REQUIRE(errno == EINTR);
	if (status)
		torture_failed("a child ended with status %#x%s", (unsigned)status,
			       WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM ? ": it hung"
										  : "");
}

static void *fork_at_random(void *unused)
{
	struct stream stream = stream_of(102);

	(void)unused;
	torturer_enter(forker);
	while (go_on_after(draw(&stream, 40000))) {
		int pool = (int)draw(&stream, POOLS);

		doing(forker, "fork", pool);
		legacy.pool = arena.pools[pool];
		REQUIRE(pooltoy_client_open("forker", &legacy.client) == POOLTOY_OK);
		legacy.has_lease = pooltoy_checkout(legacy.pool, 1, &legacy.lease) == POOLTOY_OK;
		fork_once(draw(&stream, 2));
		if (legacy.has_lease) /* what the child tried has changed nothing here */
			allow(pooltoy_checkin(&legacy.lease), MAY(POOLTOY_OK) | MAY(POOLTOY_ESTALE),
			      "checkin after a fork");
		pooltoy_client_close(legacy.client);
	}
	torturer_leave(forker);
	return NULL;
}

void forker_start(void)
{
	forker = torturer_new("forker", 0);
	forker_thread = begin(fork_at_random, NULL);
}

void forker_join(void)
{
	finish(forker_thread);
}
