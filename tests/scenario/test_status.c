/* SPDX-License-Identifier: MIT */
/* test_status.c: how pools are, in figures; the tree; events, as structures, as text, as log lines. */
#include "scenario/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static void expect_state(struct pooltoy_pool *pool, enum pooltoy_pool_state state)
{
	AWAIT(status_of(pool).state == state);
}

static void starting_ready_overflow_full(void)
{
	struct troupe troupe = { 0 };
	struct stage stage;
	struct pooltoy_pool *pool;
	struct pooltoy_lease lease[3];
	struct gate gate;

	gate_init(&gate);
	troupe.init_gate = &gate;
	stage_open(&stage);
	pool = start_pool(&stage,
			  POOLTOY_POOL_SPEC(.name = "poolio", .worker = &puppet_ops,
					    .argument = &troupe, .size = 1, .max_overflow = 2));
	gate_await(&gate);
	expect_state(pool, POOLTOY_POOL_STARTING);
	CU_ASSERT_EQUAL(status_of(pool).starting, 1);
	EXPECT(POOLTOY_ESTARTING, pooltoy_checkout(pool, 0, &lease[0]));
	troupe.init_gate = NULL;
	gate_open(&gate);
	expect_state(pool, POOLTOY_POOL_READY);
	MUST(pooltoy_checkout(pool, SOON, &lease[0]));
	expect_state(pool, POOLTOY_POOL_READY); /* none is idle, but overflow may start */
	MUST(pooltoy_checkout(pool, SOON, &lease[1]));
	expect_state(pool, POOLTOY_POOL_OVERFLOW);
	MUST(pooltoy_checkout(pool, SOON, &lease[2]));
	expect_state(pool, POOLTOY_POOL_FULL);
	CU_ASSERT_EQUAL(status_of(pool).leased, 3);
	CU_ASSERT_EQUAL(status_of(pool).overflow, 2);
	CU_ASSERT_EQUAL(status_of(pool).monitored, 3);
	for (int i = 0; i < 3; i++)
		EXPECT(POOLTOY_OK, pooltoy_checkin(&lease[i]));
	expect_state(pool, POOLTOY_POOL_READY);
	pooltoy_pool_release(pool);
	stage_close(&stage);
	gate_destroy(&gate);
}

static void degraded_backoff_failed_stopped(void)
{
	struct troupe troupe = { 0 };
	struct stage stage;
	struct pooltoy_pool *pool;

	stage_open(&stage);
	pool = start_pool(&stage, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &puppet_ops,
						    .argument = &troupe, .size = 2,
						    .max_restarts = POOLTOY_NONE,
						    .backoff_min = 100, .give_up_after = 1));
	await_idle(pool, 2);
	troupe.failing_inits = 1000000;
	EXPECT(POOLTOY_OK, pooltoy_kill_worker(pool, 0));
	expect_state(pool, POOLTOY_POOL_DEGRADED);
	CU_ASSERT_EQUAL(status_of(pool).idle, 1); /* what there is serves */
	expect_service(pool);
	troupe.failing_inits = 0;
	expect_state(pool, POOLTOY_POOL_READY);

	EXPECT(POOLTOY_OK, pooltoy_kill_manager(pool));
	expect_state(pool, POOLTOY_POOL_BACKOFF);
	expect_state(pool, POOLTOY_POOL_READY);
	EXPECT(POOLTOY_OK, pooltoy_kill_manager(pool));
	expect_state(pool, POOLTOY_POOL_FAILED);
	CU_ASSERT_PTR_NOT_NULL(strstr(status_of(pool).last_reason, "killed"));
	EXPECT(POOLTOY_OK, pooltoy_stop_pool(pool, SOON));
	expect_state(pool, POOLTOY_POOL_STOPPED);
	CU_ASSERT_EQUAL(status_of(pool).idle + status_of(pool).leased, 0);
	pooltoy_pool_release(pool);
	stage_close(&stage);
}

static void figures_count_what_happened(void)
{
	struct troupe troupe = { 0 };
	struct customer quitter = { 0 };
	struct stage stage;
	struct pooltoy_pool *pool;
	struct pooltoy_pool_status status;
	struct pooltoy_lease lease, none;
	uint64_t waits;

	stage_open(&stage);
	pool = start_pool(&stage, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &puppet_ops,
						    .argument = &troupe, .size = 1));
	await_idle(pool, 1);
	for (int i = 0; i < 9; i++)
		expect_service(pool);
	MUST(pooltoy_checkout(pool, SOON, &lease));
	waits = status_of(pool).waits; /* a worker may be idle before it can be found */
	EXPECT(POOLTOY_ETIMEDOUT, pooltoy_checkout(pool, 1, &none));
	CU_ASSERT_EQUAL(status_of(pool).waits, waits + 1);
	EXPECT(POOLTOY_EFULL, pooltoy_checkout(pool, 0, &none));
	EXPECT(POOLTOY_ECRASHED, tell(&lease, (struct order){ BREAK, 0, NULL }, NULL, SOON));
	AWAIT(pooltoy_checkout(pool, 0, &lease) == POOLTOY_OK); /* then nobody has to wait */
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	customer_come(&quitter, pool, SOON);
	MUST(customer_await(&quitter));
	customer_go(&quitter, JUST_RETURN);
	await_idle(pool, 1);
	status = status_of(pool);
	CU_ASSERT_EQUAL(status.size, 1);
	CU_ASSERT_EQUAL(status.max_overflow, 0);
	CU_ASSERT_EQUAL(status.checkouts, 12);
	CU_ASSERT(status.waits > waits && status.waits <= status.checkouts + status.timeouts);
	CU_ASSERT_EQUAL(status.timeouts, 1);
	CU_ASSERT_EQUAL(status.worker_deaths, 1);
	CU_ASSERT_EQUAL(status.client_deaths, 1);
	CU_ASSERT_EQUAL(status.start_failures, 0);
	CU_ASSERT_EQUAL(status.restarts, 0);
	CU_ASSERT_EQUAL(status.instance, 1);
	CU_ASSERT_STRING_EQUAL(status.last_reason, "worker 0: told to break");
	EXPECT(POOLTOY_EINVAL, pooltoy_pool_status(NULL, &status));
	EXPECT(POOLTOY_EINVAL, pooltoy_pool_status(pool, NULL));
	status.struct_size = 0;
	EXPECT(POOLTOY_EINVAL, pooltoy_pool_status(pool, &status));
	pooltoy_pool_release(pool);
	stage_close(&stage);
}

static void an_older_programs_status_is_not_written_beyond_its_end(void)
{
	struct stage stage;
	struct pooltoy_pool *pool;
	struct pooltoy_pool_status status;

	stage_open(&stage);
	pool = start_pool(&stage, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &doubler));
	memset(&status, 0xee, sizeof status);
	status.struct_size = offsetof(struct pooltoy_pool_status, idle);
	EXPECT(POOLTOY_OK, pooltoy_pool_status(pool, &status));
	CU_ASSERT_EQUAL(status.state, POOLTOY_POOL_FULL);
	CU_ASSERT_EQUAL((unsigned)status.idle, 0xeeeeeeee);
	pooltoy_pool_release(pool);
	stage_close(&stage);
}

static void states_have_names(void)
{
	static const char *const pools[] = { "unknown",  "ready",    "overflow", "full",
					     "starting", "degraded", "backoff",  "failed",
					     "stopped",  "paused",   "draining", "unknown" };
	static const char *const workers[] = { "unknown",     "starting",  "idle",
					       "leased",      "resetting", "stopping",
					       "quarantined", "withheld",  "unknown" };

	for (int i = 0; i < 12; i++)
		CU_ASSERT_STRING_EQUAL(pooltoy_pool_state_name((enum pooltoy_pool_state)i),
				       pools[i]);
	for (int i = 0; i < 9; i++)
		CU_ASSERT_STRING_EQUAL(pooltoy_worker_state_name((enum pooltoy_worker_state)i),
				       workers[i]);
}

/* The tree, as text. */

struct tree {
	char text[1024];
	long threads[16];
	int count, stop_at;
};

static int draw(const struct pooltoy_node *node, void *argument)
{
	static const char *const types[] = { "?", "supervisor", "pool", "manager", "worker" };
	struct tree *tree = argument;
	size_t length = strlen(tree->text);

	if (tree->count < 16)
		tree->threads[tree->count] = node->thread_id;
	tree->count++;
	snprintf(tree->text + length, sizeof tree->text - length, "%d%s%s%s%s", node->depth,
		 types[node->type], node->pool ? " " : "", node->pool ? node->pool : "",
		 node->status ? pooltoy_pool_state_name(node->status->state) : "");
	length = strlen(tree->text);
	if (node->type == POOLTOY_NODE_WORKER)
		snprintf(tree->text + length, sizeof tree->text - length, "/%d %s", node->worker,
			 pooltoy_worker_state_name(node->state));
	strncat(tree->text, "\n", sizeof tree->text - strlen(tree->text) - 1);
	return tree->count == tree->stop_at ? 77 : 0;
}

static void a_walk_visits_the_whole_tree_in_order(void)
{
	struct tree tree = { .count = 0 };
	struct stage stage;
	struct pooltoy_pool *poolio, *pooly;
	struct pooltoy_lease lease;

	stage_open(&stage);
	poolio = start_pool(&stage,
			    POOLTOY_POOL_SPEC(.name = "poolio", .worker = &doubler, .size = 2));
	await_idle(poolio, 2);
	pooly = start_pool(&stage,
			   POOLTOY_POOL_SPEC(.name = "pooly", .worker = &doubler, .size = 1));
	await_idle(pooly, 1);
	MUST(pooltoy_checkout(pooly, SOON, &lease));
	EXPECT(0, pooltoy_walk(stage.supervisor, draw, &tree));
	CU_ASSERT_STRING_EQUAL(tree.text, "0supervisor\n"
					  "1pool poolioready\n"
					  "2manager poolio\n"
					  "2worker poolio/0 idle\n"
					  "2worker poolio/1 idle\n"
					  "1pool poolyfull\n"
					  "2manager pooly\n"
					  "2worker pooly/0 leased\n");
	CU_ASSERT_EQUAL(tree.threads[1], 0); /* a pool is no thread */
	CU_ASSERT_EQUAL(tree.threads[5], 0);
	for (int i = 0; i < tree.count; i++) {
		char path[64];

		snprintf(path, sizeof path, "/proc/self/task/%ld", tree.threads[i]);
		CU_ASSERT(i == 1 || i == 5 || access(path, F_OK) == 0);
	}
	tree = (struct tree){ .stop_at = 3 };
	EXPECT(77, pooltoy_walk(stage.supervisor, draw, &tree));
	CU_ASSERT_EQUAL(tree.count, 3);
	EXPECT(POOLTOY_EINVAL, pooltoy_walk(stage.supervisor, NULL, NULL));
	EXPECT(POOLTOY_EINVAL, pooltoy_walk(NULL, draw, &tree));
	pooltoy_pool_release(poolio);
	pooltoy_pool_release(pooly);
	stage_close(&stage);
}

static void a_walk_shows_who_calls(void)
{
	struct troupe troupe = { 0 };
	struct stage stage;
	struct pooltoy_pool *pool;
	struct pooltoy_lease lease;
	struct gate gate;
	struct tree tree = { .count = 0 };

	gate_init(&gate);
	stage_open(&stage);
	pool = start_pool(&stage, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &puppet_ops,
						    .argument = &troupe, .size = 1));
	MUST(pooltoy_checkout(pool, SOON, &lease));
	MUST(tell_cast(&lease, (struct order){ HOLD, 0, &gate }));
	gate_await(&gate);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	EXPECT(0, pooltoy_walk(stage.supervisor, draw, &tree));
	CU_ASSERT_PTR_NOT_NULL(strstr(tree.text, "2worker poolio/0 resetting\n"));
	gate_open(&gate);
	pooltoy_pool_release(pool);
	stage_close(&stage);
	gate_destroy(&gate);
}

/* Events. */

static void the_life_of_a_pool_is_told_in_events(void)
{
	static const enum pooltoy_event_type life[] = {
		POOLTOY_EVENT_POOL_STARTED,   POOLTOY_EVENT_WORKER_STARTED,
		POOLTOY_EVENT_WORKER_DIED,    POOLTOY_EVENT_POOL_CRASHED,
		POOLTOY_EVENT_POOL_RESTARTED, POOLTOY_EVENT_WORKER_STOPPED,
		POOLTOY_EVENT_POOL_STOPPED
	};
	struct stage stage;
	struct pooltoy_pool *pool;
	const struct recorded *told;

	stage_open(&stage);
	pool = start_pool(&stage,
			  POOLTOY_POOL_SPEC(.name = "poolio", .worker = &doubler, .size = 1));
	expect_service(pool);
	EXPECT(POOLTOY_OK, pooltoy_kill_worker(pool, 0));
	told = await_event(&stage, "poolio", POOLTOY_EVENT_WORKER_DIED, 1);
	CU_ASSERT_STRING_EQUAL(told->line, "pool \"poolio\": worker 0 died: killed");
	CU_ASSERT_EQUAL(told->severity, POOLTOY_WARNING);
	CU_ASSERT_EQUAL(told->worker, 0);
	EXPECT(POOLTOY_OK, pooltoy_kill_manager(pool));
	told = await_event(&stage, "poolio", POOLTOY_EVENT_POOL_CRASHED, 1);
	CU_ASSERT_STRING_EQUAL(told->line, "pool \"poolio\" crashed: manager: killed");
	CU_ASSERT(told->severity >= POOLTOY_WARNING);
	CU_ASSERT_EQUAL(told->worker, -1);
	told = await_event(&stage, "poolio", POOLTOY_EVENT_POOL_RESTARTED, 1);
	CU_ASSERT_EQUAL(strncmp(told->line, "pool \"poolio\" serves again after ", 33), 0);
	stop_pool(pool);
	for (unsigned i = 0; i < sizeof life / sizeof life[0]; i++)
		await_event(&stage, "poolio", life[i], 1);
	stage_close(&stage);
}

static void event_format_cuts_like_snprintf(void)
{
	static const struct pooltoy_event event = { .struct_size = sizeof event,
						    .type = POOLTOY_EVENT_WORKER_DIED,
						    .severity = POOLTOY_WARNING,
						    .pool = "poolio",
						    .worker = 2,
						    .reason = "out of memory",
						    .dropped = 3 };
	static const char whole[] = "pool \"poolio\": worker 2 died: out of memory "
				    "(3 events before this were dropped)";
	char buffer[128];

	CU_ASSERT_EQUAL(pooltoy_event_format(&event, NULL, 0), strlen(whole));
	CU_ASSERT_EQUAL(pooltoy_event_format(&event, buffer, sizeof buffer), strlen(whole));
	CU_ASSERT_STRING_EQUAL(buffer, whole);
	CU_ASSERT_EQUAL(pooltoy_event_format(&event, buffer, 14), strlen(whole));
	CU_ASSERT_STRING_EQUAL(buffer, "pool \"poolio\"");
}

/* A receiver that blocks: the ring overflows, and the next event says by how many. */
static struct gate slow_gate;
static atomic_int slow_seen;
static _Atomic uint64_t slow_dropped;

static void receive_slowly(const struct pooltoy_event *event, void *argument)
{
	(void)argument;
	if (slow_seen++ == 0)
		gate_pass(&slow_gate);
	slow_dropped += event->dropped;
}

static void a_receiver_that_blocks_delays_nobody_and_drops_are_counted(void)
{
	struct pooltoy_supervisor *supervisor;
	struct pooltoy_pool *pool;
	int seen;

	gate_init(&slow_gate);
	MUST(pooltoy_supervisor_start_with(POOLTOY_SUPERVISOR_SPEC(.on_event = receive_slowly),
					   &supervisor));
	MUST(pooltoy_start_pool(supervisor,
				POOLTOY_POOL_SPEC(.name = "poolio", .worker = &doubler, .size = 2,
						  .max_restarts = 1000),
				&pool));
	gate_await(&slow_gate);
	for (unsigned nth = 1; nth <= 200; nth++) {
		EXPECT(POOLTOY_OK, pooltoy_kill_manager(pool));
		AWAIT(status_of(pool).restarts == nth);
		await_service(pool);
	}
	CU_ASSERT_EQUAL(slow_seen, 1);
	gate_open(&slow_gate);
	AWAIT(slow_seen >= 257); /* it, and a ring of 256 */
	seen = slow_seen;
	EXPECT(POOLTOY_OK, pooltoy_kill_manager(pool));
	AWAIT(slow_seen > seen);
	CU_ASSERT(slow_dropped > 0);
	pooltoy_pool_release(pool);
	EXPECT(POOLTOY_OK, pooltoy_supervisor_stop(supervisor, SOON));
	gate_destroy(&slow_gate);
}

/* What a function writes to stderr. */
static size_t captured(void (*body)(void), char *text, size_t size)
{
	FILE *file = tmpfile();
	int saved = dup(STDERR_FILENO);
	size_t length;

	CU_ASSERT_FATAL(file && saved >= 0);
	fflush(stderr);
	dup2(fileno(file), STDERR_FILENO);
	body();
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(file);
	length = fread(text, 1, size - 1, file);
	text[length] = 0;
	fclose(file);
	return length;
}

static void crash_with_a_supervisor(const struct pooltoy_supervisor_spec *spec)
{
	struct pooltoy_supervisor *supervisor;
	struct pooltoy_pool *pool;

	MUST(pooltoy_supervisor_start_with(spec, &supervisor));
	MUST(pooltoy_start_pool(supervisor,
				POOLTOY_POOL_SPEC(.name = "poolio", .worker = &doubler, .size = 1),
				&pool));
	expect_service(pool);
	EXPECT(POOLTOY_OK, pooltoy_kill_worker(pool, 0));
	AWAIT(status_of(pool).worker_deaths == 1);
	expect_service(pool);
	pooltoy_pool_release(pool);
	EXPECT(POOLTOY_OK, pooltoy_supervisor_stop(supervisor, SOON));
}

static void crash_without_setup(void)
{
	crash_with_a_supervisor(POOLTOY_SUPERVISOR_SPEC(.on_event = NULL));
}

static void crash_verbosely(void)
{
	static enum pooltoy_severity everything = POOLTOY_INFO;

	crash_with_a_supervisor(POOLTOY_SUPERVISOR_SPEC(.on_event = pooltoy_event_log_stderr,
							.event_argument = &everything));
}

static void crash_to_syslog(void)
{
	crash_with_a_supervisor(POOLTOY_SUPERVISOR_SPEC(.on_event = pooltoy_event_log_syslog));
}

static void crash_in_silence(void)
{
	crash_with_a_supervisor(POOLTOY_SUPERVISOR_SPEC(.on_event = pooltoy_event_ignore));
}

static void the_first_crash_is_seen_without_any_setup(void)
{
	char text[4096];

	captured(crash_without_setup, text, sizeof text);
	CU_ASSERT_STRING_EQUAL(text, "pooltoy: pool \"poolio\": worker 0 died: killed\n");
	captured(crash_verbosely, text, sizeof text);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "pooltoy: pool \"poolio\" started"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "worker 0 died: killed\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "pooltoy: pool \"poolio\" stopped\n"));
	CU_ASSERT_EQUAL(captured(crash_to_syslog, text, sizeof text), 0);
	CU_ASSERT_EQUAL(captured(crash_in_silence, text, sizeof text), 0);
}

SUITE(TEST(starting_ready_overflow_full), TEST(degraded_backoff_failed_stopped),
      TEST(figures_count_what_happened),
      TEST(an_older_programs_status_is_not_written_beyond_its_end), TEST(states_have_names),
      TEST(a_walk_visits_the_whole_tree_in_order), TEST(a_walk_shows_who_calls),
      TEST(the_life_of_a_pool_is_told_in_events), TEST(event_format_cuts_like_snprintf),
      TEST(a_receiver_that_blocks_delays_nobody_and_drops_are_counted),
      TEST(the_first_crash_is_seen_without_any_setup))
