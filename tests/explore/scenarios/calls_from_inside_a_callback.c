/* SPDX-License-Identifier: MIT */
/* calls_from_inside_a_callback.c: what cannot work there says so; the rest works. */
#include "acts.h"

enum { DEADLOCK = ACT_SIGHTS, EXITED };

static int ask_from_inside(struct pooltoy_worker *self, void *state, const void *request,
			   size_t length)
{
	struct pooltoy_lease lease;
	int code;

	(void)state;
	(void)request;
	(void)length;
	EXPLORE_CHECK(pooltoy_worker_pool(self) == poolio);
	EXPLORE_CHECK(pooltoy_checkout(poolio, -1, &lease) == POOLTOY_EDEADLK);
	EXPLORE_CHECK(pooltoy_stop_pool(poolio, -1) == POOLTOY_EDEADLK);
	EXPLORE_CHECK(pooltoy_supervisor_stop(poolsup, -1) == POOLTOY_EDEADLK);
	explore_saw(DEADLOCK);
	code = pooltoy_checkout(poolio, 0, &lease);
	EXPLORE_CHECK(code == POOLTOY_EFULL || code == POOLTOY_ESTARTING ||
		      code == POOLTOY_ESTOPPED);
	code = pooltoy_kill_manager(poolio);
	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTARTING || code == POOLTOY_ESTOPPED);
	pooltoy_worker_exit(self, "enough");
}

static const struct pooltoy_worker_ops asker = POOLTOY_WORKER_OPS(.handle_call = ask_from_inside);

static void open_asker(void)
{
	pools_open_with(&asker, POOLS_SPEC(.size = 1));
}

static void ask(void)
{
	struct pooltoy_lease lease;
	int code = pooltoy_checkout(poolio, -1, &lease);

	if (code == POOLTOY_ESTOPPED)
		return;
	EXPLORE_CHECK(code == 0);
	pools_granted(&lease);
	code = pooltoy_call(&lease, NULL, 0, NULL, NULL, -1);
	EXPLORE_CHECK(code == POOLTOY_ECRASHED || code == POOLTOY_ESTALE);
	if (strstr(pooltoy_last_error(), "enough"))
		explore_saw(EXITED);
}

EXPLORE_SCENARIO(calls_from_inside_a_callback) = {
	.story = "a handler checks out, stops, kills and exits, while its pool is stopped from "
		 "outside",
	.setup = open_asker,
	.finish = pools_close,
	.fibers = { { "client", ask, false }, { "stopper", act_stop, false } },
	.sights = { [DEADLOCK] = "would have deadlocked", [EXITED] = "exited with its reason" },
	.delays = true,
};
