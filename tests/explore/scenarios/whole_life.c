/* SPDX-License-Identifier: MIT */
/* whole_life.c: all that can fail in it has an answer that says so. */
#include "whole_life.h"

static struct pooltoy_supervisor *sup;
static unsigned releases;
static struct pooltoy_pool *pooly;

static int echo(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	(void)state;
	return pooltoy_reply(self, request, length);
}

static const struct pooltoy_worker_ops echoes = POOLTOY_WORKER_OPS(.handle_call = echo);

/* Of the user's argument: once, whether the pool started or not. */
static void count_release(void *argument)
{
	EXPLORE_CHECK(argument == &releases);
	releases++;
}

static bool is_resource(int code)
{
	return code == POOLTOY_ENOMEM || code == POOLTOY_EAGAIN;
}

static bool is_over(int code)
{
	return code == POOLTOY_ECRASHED || code == POOLTOY_ESTALE;
}

static void use_pool(void)
{
	struct pooltoy_lease lease;
	char reply[8];
	size_t length = sizeof reply;
	int code = pooltoy_checkout(pooly, -1, &lease);

	if (code) {
		EXPLORE_CHECK(is_resource(code));
		explore_saw(NO_CHECKOUT);
		return;
	}
	code = pooltoy_call(&lease, "hello", 5, reply, &length, -1);
	/* A handler that cannot reply for lack of memory counts as broken; the manager dies, too. */
	EXPLORE_CHECK(code == 0 || is_resource(code) || is_over(code));
	explore_saw(code ? NO_CALL : SERVED);
	code = pooltoy_checkin(&lease);
	EXPLORE_CHECK(code == 0 || is_over(code));
}

void whole_life(void)
{
	struct pooltoy_supervisor_spec set_up = { .struct_size = sizeof set_up,
						  .on_event = pooltoy_event_ignore };
	struct pooltoy_pool_spec spec = POOLS_SPEC(.name = "pooly", .worker = &echoes, .size = 1,
						   .argument = &releases, .release = count_release);
	int code = pooltoy_supervisor_start_with(&set_up, &sup);

	releases = 0;
	if (code) {
		EXPLORE_CHECK(is_resource(code));
		explore_saw(NO_SUPERVISOR);
		return;
	}
	code = pooltoy_start_pool(sup, &spec, &pooly);
	if (code) {
		EXPLORE_CHECK(is_resource(code));
		explore_saw(NO_POOL);
	} else {
		explore_saw(STARTED);
		use_pool();
		use_pool();
		EXPLORE_CHECK(pooltoy_kill_manager(pooly) == 0);
		use_pool();
	}
	EXPLORE_CHECK(pooltoy_supervisor_stop(sup, -1) == 0);
	EXPLORE_CHECK(releases ==
		      !code); /* after a failed start the argument remains the caller's */
	if (!code)
		pooltoy_pool_release(pooly);
}
