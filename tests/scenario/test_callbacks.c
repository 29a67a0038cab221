/* SPDX-License-Identifier: MIT */
/* test_callbacks.c: every public function inside every callback: it works, or says EDEADLK. */
#include "scenario/callback_probes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The probing worker. */

static int probing_init(struct pooltoy_worker *self, void *argument, void **state)
{
	*state = argument;
	try_all(IN_INIT, self);
	return 0;
}

static int probing_call(struct pooltoy_worker *self, void *state, const void *request,
			size_t length)
{
	(void)state;
	if (length == sizeof(struct order)) /* HOLD, until interrupted */
		gate_pass(&scene.gate);
	else if (length > 0)
		try_all(IN_CALL, self);
	(void)request;
	return 0;
}

static int probing_cast(struct pooltoy_worker *self, void *state, const void *message,
			size_t length)
{
	(void)state;
	(void)message;
	if (length == sizeof(struct order))
		gate_pass(&scene.gate);
	else if (length > 0)
		try_all(IN_CAST, self);
	return 0;
}

static int probing_reset(struct pooltoy_worker *self, void *state)
{
	(void)state;
	try_all(IN_RESET, self);
	return 0;
}

static void probing_interrupt(struct pooltoy_worker *self, void *state)
{
	(void)state;
	try_all(pooltoy_worker_stopping(self) ? IN_INTERRUPT_BY_NOTIFIER : IN_INTERRUPT_BY_CALLER,
		self);
	gate_open(&scene.gate);
}

static void probing_terminate(struct pooltoy_worker *self, void *state, int reason)
{
	(void)state;
	(void)reason;
	try_all(IN_TERMINATE, self);
}

static const struct pooltoy_worker_ops probing =
	POOLTOY_WORKER_OPS(.init = probing_init, .handle_call = probing_call,
			   .handle_cast = probing_cast, .reset = probing_reset,
			   .interrupt = probing_interrupt, .terminate = probing_terminate);

static void probing_done(const struct pooltoy_outcome *outcome, void *argument)
{
	(void)argument;
	CU_ASSERT_EQUAL(outcome->code, POOLTOY_OK);
	try_all(IN_DONE, NULL);
}

static void on_event(const struct pooltoy_event *event, void *argument)
{
	(void)event;
	(void)argument;
	if (scene.listening)
		try_all(IN_EVENT, NULL);
}

static void drive(void)
{
	struct order hold = { HOLD, 0, NULL };
	struct customer quitter = { 0 };

	AWAIT(scene.done[IN_INIT]);
	MUST(pooltoy_checkout(scene.own, SOON, &scene.lease));
	EXPECT(POOLTOY_EUSER, pooltoy_call(&scene.lease, "probe", 5, NULL, NULL, SOON));
	EXPECT(POOLTOY_OK, pooltoy_cast(&scene.lease, "probe", 5));
	EXPECT(POOLTOY_OK, pooltoy_call(&scene.lease, NULL, 0, NULL, NULL, SOON));
	do /* interrupted, by this thread; unless its time was over before it began */
		(void)tell(&scene.lease, hold, NULL, 5);
	while (!scene.done[IN_INTERRUPT_BY_CALLER]);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease));

	customer_come(&quitter, scene.own, SOON);
	MUST(customer_await(&quitter));
	customer_go(&quitter, JUST_RETURN);
	AWAIT(scene.done[IN_RESET]);

	MUST(pooltoy_submit(scene.own, NULL, 0, probing_done, NULL, NULL));
	AWAIT(scene.done[IN_DONE]);

	scene.listening = true;
	EXPECT(POOLTOY_OK, pooltoy_kill_manager(scene.other));
	AWAIT(scene.done[IN_EVENT]);

	MUST(pooltoy_checkout(scene.own, SOON, &scene.lease));
	MUST(pooltoy_cast(&scene.lease, &hold, sizeof hold));
	gate_await(&scene.gate); /* the call's of above */
	gate_await(&scene.gate);
	EXPECT(POOLTOY_OK, pooltoy_kill_worker(scene.own, 0));
	AWAIT(scene.done[IN_INTERRUPT_BY_NOTIFIER]);
	AWAIT(scene.done[IN_TERMINATE]);
}

static void every_function_in_every_callback(void)
{
	scene.supervisor = NULL;
	gate_init(&scene.gate);
	MUST(pooltoy_supervisor_start_with(POOLTOY_SUPERVISOR_SPEC(.on_event = on_event),
					   &scene.supervisor));
	MUST(pooltoy_start_pool(scene.supervisor,
				POOLTOY_POOL_SPEC(.name = "other", .worker = &puppet_ops,
						  .argument = &scene.others, .size = 2,
						  .max_restarts = 1000, .backoff_min = 1,
						  .backoff_max = 1),
				&scene.other));
	MUST(pooltoy_start_pool(scene.supervisor,
				POOLTOY_POOL_SPEC(.name = "own", .worker = &probing, .size = 1,
						  .grace = SOON, .shutdown = SOON),
				&scene.own));
	drive();
	for (int place = 0; place < PLACES; place++)
		CU_ASSERT_EQUAL(scene.done[place], 1);
	pooltoy_pool_release(scene.own);
	pooltoy_pool_release(scene.other);
	EXPECT(POOLTOY_OK, pooltoy_supervisor_stop(scene.supervisor, SOON));
	CU_ASSERT_EQUAL(scene.told, scene.accepted);
	gate_destroy(&scene.gate);
}

/* Each exported function stands in a row. */
static void the_table_is_complete(void)
{
	const char *srcdir = getenv("srcdir");
	char path[4096], line[256], name[64], known[4096] = " ";
	int found = 0;
	FILE *map;

	snprintf(path, sizeof path, "%s/lib/pooltoy.map", srcdir ? srcdir : ".");
	map = fopen(path, "r");
	if (!map)
		SKIP("lib/pooltoy.map is not where srcdir says");
	list_functions(known + 1);
	/* What POOLTOY_PRIVATE has is for the library's own helper. */
	while (fgets(line, sizeof line, map) && !strstr(line, "POOLTOY_PRIVATE")) {
		char wanted[80];

		if (sscanf(line, " pooltoy_%63[a-z_];", name) != 1)
			continue;
		found++;
		snprintf(wanted, sizeof wanted, " %s ", name);
		if (!strstr(known, wanted))
			printf("# pooltoy_%s is in no row\n", name);
		CU_ASSERT_PTR_NOT_NULL(strstr(known, wanted));
	}
	fclose(map);
	CU_ASSERT(found > 40);
}

SUITE(TEST(every_function_in_every_callback), TEST(the_table_is_complete))
