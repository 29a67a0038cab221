/* SPDX-License-Identifier: MIT */
/* exclusive_writer.c: there are never two. */
#include "acts.h"

static unsigned writers;

static int writer_init(struct pooltoy_worker *self, void *argument, void **state)
{
	(void)self;
	(void)argument;
	(void)state;
	EXPLORE_CHECK(writers == 0);
	writers++;
	counts.inits++;
	SYNC_POINT("init", NULL);
	return 0;
}

static void writer_terminate(struct pooltoy_worker *self, void *state, int reason)
{
	(void)self;
	(void)state;
	(void)reason;
	SYNC_POINT("terminate", NULL);
	writers--;
	counts.terminates++;
}

static const struct pooltoy_worker_ops writer =
	POOLTOY_WORKER_OPS(.init = writer_init, .terminate = writer_terminate);

static void open_writer(void)
{
	writers = 0;
	pools_open_with(&writer, POOLS_SPEC(.size = 1, .exclusive = 1));
}

static void check_out_and_in(void)
{
	act_pass();
	explore_saw(SERVED);
}

static void close_writer(void)
{
	sync_yield_until(counts.events[POOLTOY_EVENT_POOL_RESTARTED] == 1);
	check_out_and_in();
	pools_close();
}

static void kill_worker(void)
{
	int code = pooltoy_kill_worker(poolio, -1);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_ENOENT || code == POOLTOY_ESTOPPED);
}

EXPLORE_SCENARIO(exclusive_writer) = {
	.story = "manager and worker of an exclusive pool die: there are never two writers",
	.setup = open_writer,
	.finish = close_writer,
	.fibers = { { "killer", act_kill_manager_if_up, false },
		    { "another", kill_worker, false },
		    { "client", check_out_and_in, false } },
	.sights = { [SERVED] = "served" },
	.budget = { .timeouts = 1 }, /* it is overdue, and nobody takes its place */
	.delays = true,
};
