/* SPDX-License-Identifier: MIT */
/* callback_probes.c: every public function, as a row that can be tried inside a callback. */
#include "scenario/callback_probes.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

struct scene scene;

static const char *const place_names[PLACES] = { "init",
						 "handle_call",
						 "handle_cast",
						 "reset",
						 "interrupt, by the caller",
						 "interrupt, by the notifier",
						 "terminate",
						 "a task's done",
						 "on_event" };

struct probe {
	enum place place;
	struct pooltoy_worker *self;
	struct pooltoy_pool *own;
};

/* One row each: 0, or the first code that is not what it should be. */

static int another_supervisor(const struct probe *probe)
{
	struct pooltoy_supervisor *supervisor;
	struct pooltoy_pool *pool;
	int code = pooltoy_supervisor_start(&supervisor);

	(void)probe;
	if (code)
		return code;
	code = pooltoy_start_pool(
		supervisor, POOLTOY_POOL_SPEC(.name = "far", .worker = &doubler, .size = 1), &pool);
	if (code)
		return code;
	expect_service(pool);
	pooltoy_pool_release(pool);
	return pooltoy_supervisor_stop(supervisor, SOON);
}

static int supervisor_with_a_spec(const struct probe *probe)
{
	struct pooltoy_supervisor *supervisor;
	int code = pooltoy_supervisor_start_with(
		POOLTOY_SUPERVISOR_SPEC(.on_event = pooltoy_event_ignore), &supervisor);

	(void)probe;
	return code ? code : pooltoy_supervisor_stop(supervisor, SOON);
}

static int stop_own_supervisor(const struct probe *probe)
{
	(void)probe;
	return pooltoy_supervisor_stop(scene.supervisor, SOON);
}

static void *never_asked(size_t size, size_t alignment, void *argument)
{
	(void)size;
	(void)alignment;
	(void)argument;
	return NULL;
}

static void never_given(void *memory, void *argument)
{
	(void)memory;
	(void)argument;
}

static int allocator_too_late(const struct probe *probe)
{
	(void)probe;
	return pooltoy_set_allocator(POOLTOY_ALLOCATOR(.alloc = never_asked, .free = never_given));
}

static int kill_own_supervisor(const struct probe *probe)
{
	(void)probe;
	return pooltoy_kill_supervisor(scene.supervisor);
}

static int a_further_pool(const struct probe *probe)
{
	struct pooltoy_pool *pool, *found;
	char name[32];
	int code;

	snprintf(name, sizeof name, "further %d", (int)probe->place);
	code = pooltoy_start_pool(scene.supervisor,
				  POOLTOY_POOL_SPEC(.name = name, .worker = &doubler, .size = 1),
				  &pool);
	if (code)
		return code;
	expect_service(pool);
	code = pooltoy_find_pool(scene.supervisor, name, &found);
	if (code)
		return code;
	CU_ASSERT_STRING_EQUAL(pooltoy_pool_name(pooltoy_pool_retain(found)), name);
	pooltoy_pool_release(found);
	pooltoy_pool_release(found);
	code = pooltoy_stop_pool(pool, SOON);
	pooltoy_pool_release(pool);
	return code;
}

static int a_further_pool_by_name(const struct probe *probe)
{
	char name[32];
	int code;

	snprintf(name, sizeof name, "named %d", (int)probe->place);
	code = pooltoy_start_pool(scene.supervisor,
				  POOLTOY_POOL_SPEC(.name = name, .worker = &doubler, .size = 1),
				  NULL);
	return code ? code : pooltoy_stop_pool_named(scene.supervisor, name, SOON);
}

static int stop_own_pool(const struct probe *probe)
{
	return pooltoy_stop_pool(probe->own, SOON);
}

static int stop_own_pool_by_name(const struct probe *probe)
{
	(void)probe;
	return pooltoy_stop_pool_named(scene.supervisor, "own", SOON);
}

static int revive(const struct probe *probe)
{
	return pooltoy_pool_revive(probe->own);
}

static int resize(const struct probe *probe)
{
	return pooltoy_pool_resize(probe->own, 1, 0); /* as it is */
}

/* Its own workers may be what calls: it is not kept so. */
static int pause_and_resume(const struct probe *probe)
{
	int code = pooltoy_pool_pause(probe->own);

	return code ? code : pooltoy_pool_resume(probe->own);
}

static int replace_others(const struct probe *probe)
{
	(void)probe;
	return pooltoy_pool_replace_workers(scene.other, 1);
}

static int drain_own_pool(const struct probe *probe)
{
	return pooltoy_pool_drain(probe->own, SOON);
}

static int drain_own_pool_and_stop(const struct probe *probe)
{
	return pooltoy_stop_pool_with(probe->own, POOLTOY_STOP_DRAIN, SOON);
}

static int wait_for_own(const struct probe *probe)
{
	return pooltoy_pool_wait_ready(probe->own, 1, -1);
}

static int wait_for_another(const struct probe *probe)
{
	(void)probe;
	return pooltoy_pool_wait_ready(scene.other, 1, SOON);
}

static int kill_others(const struct probe *probe)
{
	int code = pooltoy_kill_worker(scene.other, -1);

	(void)probe;
	return code && code != POOLTOY_ENOENT ? code : pooltoy_kill_manager(scene.other);
}

static int checkout_own_for_ever(const struct probe *probe)
{
	struct pooltoy_lease lease;

	return pooltoy_checkout(probe->own, -1, &lease);
}

/* With a timeout that ends it may wait, in vain or not: the place may hold the worker itself. */
static int checkout_own_for_a_while(const struct probe *probe)
{
	struct pooltoy_lease lease;
	int code = pooltoy_checkout(probe->own, 0, &lease);

	if (code == POOLTOY_OK)
		return pooltoy_checkin(&lease);
	if (code != POOLTOY_EFULL && code != POOLTOY_ESTARTING)
		return code;
	code = pooltoy_checkout(probe->own, 2, &lease);
	if (code == POOLTOY_OK)
		return pooltoy_checkin(&lease);
	return code == POOLTOY_ETIMEDOUT ? POOLTOY_OK : code;
}

static int nothing_to_do(const struct pooltoy_lease *lease, void *argument)
{
	(void)argument;
	return pooltoy_lease_worker(lease) < 0;
}

static int transaction_of_own_for_ever(const struct probe *probe)
{
	return pooltoy_transaction(probe->own, nothing_to_do, NULL, -1);
}

/* The other pool may restart at any time, for kill_others. */

static int transaction_of_another(const struct probe *probe)
{
	int code = pooltoy_transaction(scene.other, nothing_to_do, NULL, SOON);

	return code == POOLTOY_ESTALE ? transaction_of_another(probe) : code; /* it was restarted */
}

static int client_of_own_for_ever(const struct probe *probe)
{
	struct pooltoy_client *client;
	struct pooltoy_lease lease;
	int code = pooltoy_client_open("probe", &client);

	if (code)
		return code;
	code = pooltoy_client_checkout(client, probe->own, -1, &lease);
	pooltoy_client_close(client);
	return code;
}

static int client_of_another(const struct probe *probe)
{
	struct pooltoy_client *client;
	struct pooltoy_lease lease;
	int code = pooltoy_client_open("probe", &client);

	if (code)
		return code;
	code = pooltoy_client_checkout(client, scene.other, SOON, &lease);
	if (!code)
		code = pooltoy_checkin(&lease);
	pooltoy_client_close(client);
	return code == POOLTOY_ESTALE ? client_of_another(probe) : code; /* it was restarted */
}

static int by_deadline_of_own_for_ever(const struct probe *probe)
{
	struct pooltoy_lease lease;

	return pooltoy_checkout_with(probe->own, POOLTOY_CHECKOUT_OPTIONS(.deadline = 0), &lease);
}

static int by_deadline_of_another(const struct probe *probe)
{
	uint64_t deadline = pooltoy_deadline_after(SOON);
	struct order order = { DOUBLE, 1, NULL };
	struct pooltoy_cancel_token *token;
	struct pooltoy_lease lease;
	int code = pooltoy_cancel_token_open(&token);

	if (code)
		return code;
	code = pooltoy_checkout_with(
		scene.other, POOLTOY_CHECKOUT_OPTIONS(.deadline = deadline, .cancel = token),
		&lease);
	if (!code)
		code = pooltoy_call_with(
			&lease, &order, sizeof order, NULL, NULL,
			POOLTOY_CALL_OPTIONS(.deadline = deadline, .cancel = token));
	pooltoy_cancel_token_cancel(token);
	if (!code) {
		EXPECT(POOLTOY_ECANCELLED,
		       pooltoy_checkout_with(scene.other, POOLTOY_CHECKOUT_OPTIONS(.cancel = token),
					     &lease));
		code = pooltoy_checkin(&lease);
	}
	pooltoy_cancel_token_close(token);
	if (code == POOLTOY_ESTALE || code == POOLTOY_ECRASHED)
		return by_deadline_of_another(probe); /* it was restarted */
	return code;
}

static int expect_nothing_to_fetch(const struct pooltoy_lease *lease)
{
	char reply[16];
	size_t length = sizeof reply;
	int code = pooltoy_call_reply(lease, reply, &length);

	return code == POOLTOY_ENOENT ? POOLTOY_OK : code;
}

/* All that can be done with a lease of another pool. */
static int use_another(const struct probe *probe)
{
	struct pooltoy_lease lease;
	void *state;
	int code = pooltoy_checkout(scene.other, SOON, &lease), stale;

	(void)probe;
	if (code)
		return code;
	code = tell(&lease, (struct order){ DOUBLE, 1, NULL }, NULL, SOON);
	if (!code)
		code = tell_cast(&lease, (struct order){ COUNT, 1, NULL });
	if (!code)
		code = tell(&lease, (struct order){ DOUBLE, 1, NULL }, NULL, SOON);
	if (!code)
		code = expect_nothing_to_fetch(&lease);
	if (!code)
		code = pooltoy_lease_state(&lease, &state);
	if (!code)
		code = pooltoy_lease_state_done(&lease);
	if (!code)
		code = pooltoy_lease_adopt(NULL, &lease);
	if (!code)
		code = pooltoy_checkin(&lease);
	stale = pooltoy_checkin_failed(&lease, POOLTOY_RESET, "probed");
	if (code == POOLTOY_ESTALE || code == POOLTOY_ECRASHED || stale != POOLTOY_ESTALE)
		return use_another(probe); /* it was restarted */
	return code;
}

static int use_own_lease(const struct probe *probe)
{
	struct pooltoy_lease lease = scene.lease;
	char reply[16];
	size_t length = sizeof reply;
	void *state;
	int code;

	(void)probe;
	EXPECT(POOLTOY_EDEADLK, pooltoy_call(&lease, "", 1, NULL, NULL, SOON));
	EXPECT(POOLTOY_EBUSY, pooltoy_lease_state(&lease, &state));
	EXPECT(POOLTOY_ESTALE, pooltoy_lease_state_done(&lease));
	code = pooltoy_call_reply(&lease, reply, &length);
	CU_ASSERT(code == POOLTOY_EDEADLK || code == POOLTOY_EBUSY || code == POOLTOY_ENOENT);
	EXPECT(0, pooltoy_lease_worker(&lease));
	return pooltoy_cast(&lease, "", 0);
}

static void count_told(const struct pooltoy_outcome *outcome, void *argument)
{
	(void)argument;
	CU_ASSERT(outcome->code == POOLTOY_OK || outcome->code == POOLTOY_ECANCELLED ||
		  outcome->code == POOLTOY_ESTOPPED || outcome->code == POOLTOY_ECRASHED);
	scene.told++;
}

/* Some completions, of which there will be one: who was faster than a cancel may be about to post it. */
static int drain_some(struct pooltoy_completion_queue *queue,
		      const struct pooltoy_completion *completions[], unsigned max)
{
	struct pollfd poller = { pooltoy_completion_queue_fd(queue), POLLIN, 0 };
	int count, ready;

	CU_ASSERT(poller.fd >= 0);
	do {
		ready = poll(&poller, 1, SOON);
		count = pooltoy_completion_queue_drain(queue, completions, max);
	} while (count == 0 && ready != 0);
	return count;
}

/* Operations of both pools, of which nobody waits for any; the queue is closed upon them. */
static int operations(const struct probe *probe)
{
	const struct pooltoy_completion *completions[4];
	struct order order = { DOUBLE, 1, NULL };
	struct pooltoy_completion_queue *queue;
	struct pooltoy_pending pending;
	int code = pooltoy_completion_queue_open(&queue), count = 0;

	if (code)
		return code;
	code = pooltoy_checkout_start(queue, probe->own, NULL, -1, NULL, &pending);
	if (!code)
		code = pooltoy_checkout_start(queue, scene.other, NULL, SOON, NULL, NULL);
	if (!code)
		code = pooltoy_submit_start(queue, scene.other, &order, sizeof order, NULL, NULL);
	if (!code)
		code = pooltoy_pending_cancel(&pending);
	if (code == POOLTOY_ESTALE)
		code = POOLTOY_OK; /* the worker was free */
	if (!code)
		count = drain_some(queue, completions, 4);
	for (int i = 0; i < count; i++) {
		const struct pooltoy_completion *completion = completions[i];

		if (completion->type == POOLTOY_COMPLETION_CHECKOUT && !completion->code) {
			/* Of no length: one that every worker answers at once. */
			int started = pooltoy_call_start(queue, &completion->lease, NULL, 0, 5,
							 NULL, NULL);

			CU_ASSERT(started == POOLTOY_OK || started == POOLTOY_ESTALE);
		}
		pooltoy_completion_release(completion);
	}
	pooltoy_completion_queue_close(queue);
	return count < 1 ? POOLTOY_ENOENT : code;
}

/* The same with options, which are those of who waits; cancelled at once. */
static int operations_with_options(const struct probe *probe)
{
	const struct pooltoy_completion *completions[2];
	struct pooltoy_completion_queue *queue;
	struct pooltoy_cancel_token *token;
	struct order order = { DOUBLE, 1, NULL };
	int code = pooltoy_completion_queue_open(&queue), count = 0;

	if (code)
		return code;
	code = pooltoy_cancel_token_open(&token);
	if (!code)
		code = pooltoy_checkout_start_with(
			queue, probe->own, POOLTOY_CHECKOUT_OPTIONS(.cancel = token), NULL, NULL);
	if (!code)
		code = pooltoy_submit_start_with(queue, scene.other, &order, sizeof order,
						 POOLTOY_TASK_OPTIONS(.cancel = token), NULL, NULL);
	pooltoy_cancel_token_cancel(token);
	pooltoy_cancel_token_close(token);
	if (!code)
		count = drain_some(queue, completions, 2);
	for (int i = 0; i < count; i++) {
		const struct pooltoy_completion *completion = completions[i];

		if (completion->type == POOLTOY_COMPLETION_CHECKOUT && !completion->code) {
			int started = pooltoy_call_start_with(queue, &completion->lease, NULL, 0,
							      POOLTOY_CALL_OPTIONS(.deadline = 1),
							      NULL, NULL);

			CU_ASSERT(started == POOLTOY_ETIMEDOUT || started == POOLTOY_ESTALE);
		}
		pooltoy_completion_release(completion);
	}
	pooltoy_completion_queue_close(queue);
	return count < 1 ? POOLTOY_ENOENT : code;
}

static int figures(const struct probe *probe)
{
	struct pooltoy_pool_status status = POOLTOY_POOL_STATUS_INIT;
	int code = pooltoy_pool_status(probe->own, &status);

	CU_ASSERT_STRING_NOT_EQUAL(pooltoy_pool_state_name(status.state), "unknown");
	CU_ASSERT_STRING_EQUAL(pooltoy_worker_state_name(POOLTOY_WORKER_IDLE), "idle");
	return code;
}

static int durations(const struct probe *probe)
{
	struct pooltoy_histogram histogram = POOLTOY_HISTOGRAM_INIT;
	int code = pooltoy_pool_histogram(probe->own, POOLTOY_DURATION_START, &histogram);

	CU_ASSERT(pooltoy_histogram_quantile(&histogram, 1) == histogram.max_ns);
	CU_ASSERT(pooltoy_histogram_bound(0) > 0);
	CU_ASSERT_STRING_EQUAL(pooltoy_duration_name(POOLTOY_DURATION_START), "start");
	return code;
}

static int find_probe(const struct pooltoy_node *node, void *argument)
{
	*(int *)argument += node->type == POOLTOY_NODE_POOL && !strcmp(node->pool, "own");
	return 0;
}

static int walk(const struct probe *probe)
{
	int found = 0, code = pooltoy_walk(scene.supervisor, find_probe, &found);

	(void)probe;
	CU_ASSERT_EQUAL(found, 1);
	return code;
}

static int texts(const struct probe *probe)
{
	static const struct pooltoy_event event = { .struct_size = sizeof event,
						    .type = POOLTOY_EVENT_POOL_STARTED,
						    .severity = POOLTOY_INFO,
						    .pool = "own",
						    .worker = -1,
						    .reason = "" };
	char line[64];

	(void)probe;
	pooltoy_event_log_stderr(&event, NULL); /* below the threshold */
	pooltoy_event_log_syslog(&event, NULL);
	pooltoy_event_ignore(&event, NULL);
	CU_ASSERT_STRING_EQUAL(pooltoy_version(), POOLTOY_VERSION);
	CU_ASSERT_STRING_EQUAL(pooltoy_strerror(0), "success");
	CU_ASSERT_PTR_NOT_NULL(pooltoy_last_error());
	return pooltoy_event_format(&event, line, sizeof line) == strlen(line) ? 0 : -1;
}

static int ask_self(const struct probe *probe)
{
	int expected = probe->place == IN_CALL ? POOLTOY_OK : POOLTOY_EINVAL;
	bool called = probe->place == IN_CALL || probe->place == IN_INTERRUPT_BY_CALLER;

	CU_ASSERT_PTR_EQUAL(pooltoy_worker_pool(probe->self), probe->own);
	CU_ASSERT_STRING_EQUAL(pooltoy_worker_pool_name(probe->self), "own");
	CU_ASSERT_EQUAL(pooltoy_worker_index(probe->self), 0);
	CU_ASSERT(called || pooltoy_worker_time_left(probe->self) == 0);
	(void)pooltoy_worker_stopping(probe->self);
	if (probe->place == IN_INTERRUPT_BY_CALLER || probe->place == IN_INTERRUPT_BY_NOTIFIER)
		return 0; /* not the worker's own thread: it replies meanwhile */
	EXPECT(expected, pooltoy_reply(probe->self, "", 1));
	EXPECT(POOLTOY_EINVAL, pooltoy_reply_error(probe->self, 1));
	EXPECT(expected, pooltoy_reply_error(probe->self, POOLTOY_EUSER));
	return 0;
}

/* Tasks of both pools; what is told of them is counted. */
static int tasks(const struct probe *probe)
{
	struct order order = { DOUBLE, 1, NULL };
	struct pooltoy_task task;
	int code = pooltoy_submit(probe->own, NULL, 0, count_told, NULL, &task);

	if (code)
		return code;
	scene.accepted++;
	code = pooltoy_task_cancel(&task);
	if (code && code != POOLTOY_ESTALE)
		return code;
	code = pooltoy_submit(scene.other, &order, sizeof order, count_told, NULL, NULL);
	scene.accepted += code == POOLTOY_OK;
	return code;
}

enum {
	EVERYWHERE = (1 << PLACES) - 1,
	EVENTS = 1 << IN_EVENT,
	WORKERS = EVERYWHERE & ~EVENTS, /* on a worker's thread, or in its `interrupt` */
	OPS = WORKERS & ~(1 << IN_DONE),
	LEASED = 1 << IN_CALL | 1 << IN_CAST | 1 << IN_INTERRUPT_BY_CALLER
};

static const struct row {
	const char *functions; /* that it is about */
	int (*run)(const struct probe *probe);
	int expected;
	unsigned places;
} rows[] = {
	{ "set_allocator ", allocator_too_late, POOLTOY_EBUSY, EVERYWHERE },
	{ "supervisor_start ", another_supervisor, 0, EVERYWHERE },
	{ "supervisor_start_with ", supervisor_with_a_spec, 0, EVERYWHERE },
	{ "supervisor_stop ", stop_own_supervisor, POOLTOY_EDEADLK, EVERYWHERE },
	{ "kill_supervisor ", kill_own_supervisor, 0, EVERYWHERE },
	{ "start_pool find_pool pool_retain pool_release pool_name ", a_further_pool, 0,
	  EVERYWHERE },
	{ "", a_further_pool_by_name, 0, EVERYWHERE },
	{ "stop_pool ", stop_own_pool, POOLTOY_EDEADLK, WORKERS },
	{ "stop_pool_named ", stop_own_pool_by_name, POOLTOY_EDEADLK, WORKERS },
	{ "pool_revive ", revive, 0, EVERYWHERE },
	{ "pool_resize ", resize, 0, EVERYWHERE },
	{ "pool_pause pool_resume ", pause_and_resume, 0, EVERYWHERE },
	{ "pool_replace_workers ", replace_others, 0, EVERYWHERE },
	{ "pool_drain ", drain_own_pool, POOLTOY_EDEADLK, WORKERS },
	{ "stop_pool_with ", drain_own_pool_and_stop, POOLTOY_EDEADLK, WORKERS },
	{ "pool_wait_ready ", wait_for_own, POOLTOY_EDEADLK, WORKERS },
	{ "", wait_for_another, 0, EVERYWHERE },
	{ "kill_worker kill_manager ", kill_others, 0, EVERYWHERE },
	{ "checkout ", checkout_own_for_ever, POOLTOY_EDEADLK, WORKERS },
	{ "checkin ", checkout_own_for_a_while, 0, EVERYWHERE },
	{ "transaction ", transaction_of_own_for_ever, POOLTOY_EDEADLK, WORKERS },
	{ "", transaction_of_another, 0, EVERYWHERE },
	{ "client_open client_close client_checkout ", client_of_own_for_ever, POOLTOY_EDEADLK,
	  WORKERS },
	{ "", client_of_another, 0, EVERYWHERE },
	{ "", by_deadline_of_own_for_ever, POOLTOY_EDEADLK, WORKERS },
	{ "checkout_with call_with deadline_after cancel_token_open cancel_token_cancel "
	  "cancel_token_close ",
	  by_deadline_of_another, 0, EVERYWHERE },
	{ "call cast call_reply lease_state lease_state_done lease_adopt checkin_failed ",
	  use_another, 0, EVERYWHERE },
	{ "submit task_cancel ", tasks, 0, EVERYWHERE },
	{ "completion_queue_open completion_queue_fd completion_queue_drain completion_release "
	  "completion_queue_close checkout_start call_start submit_start pending_cancel ",
	  operations, 0, EVERYWHERE },
	{ "checkout_start_with call_start_with submit_start_with ", operations_with_options, 0,
	  EVERYWHERE },
	{ "lease_worker ", use_own_lease, 0, LEASED },
	{ "pool_status pool_state_name worker_state_name ", figures, 0, EVERYWHERE },
	{ "pool_histogram histogram_quantile histogram_bound duration_name ", durations, 0,
	  EVERYWHERE },
	{ "walk ", walk, 0, EVERYWHERE },
	{ "version strerror last_error event_format event_log_stderr event_log_syslog "
	  "event_ignore ",
	  texts, 0, EVERYWHERE },
	{ "reply reply_error worker_time_left worker_stopping worker_pool worker_pool_name "
	  "worker_index ",
	  ask_self, 0, OPS },
	{ "worker_fail worker_exit ", NULL, 0, 0 },             /* test_worker_death.c */
	{ "fork_prepare fork_parent fork_child ", NULL, 0, 0 }, /* not in callbacks */
};
enum { ROWS = sizeof rows / sizeof rows[0] };

void try_all(enum place place, struct pooltoy_worker *self)
{
	struct probe probe = { place, self, self ? pooltoy_worker_pool(self) : scene.own };

	if (scene.done[place])
		return;
	for (unsigned i = 0; i < ROWS; i++) {
		int code;

		if (!(rows[i].places >> place & 1))
			continue;
		code = rows[i].run(&probe);
		if (code != rows[i].expected)
			printf("# in %s, row \"%s\": expected %d, got %d (%s)\n",
			       place_names[place], rows[i].functions, rows[i].expected, code,
			       pooltoy_last_error());
		CU_ASSERT_EQUAL(code, rows[i].expected);
	}
	scene.done[place] = 1;
}

void list_functions(char *list)
{
	*list = 0;
	for (unsigned i = 0; i < ROWS; i++)
		strcat(list, rows[i].functions);
}
