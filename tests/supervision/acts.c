/* SPDX-License-Identifier: MIT */
/* acts.c: what steps do: to pool A and its supervisor, as its clients, and to the world around. */
#include "parts.h"

int look(const struct step *step)
{
	(void)step;
	return 0;
}

/* The pool and its supervisor. */

int start_pool(const struct step *step)
{
	struct pooltoy_pool_spec spec = stage.story->pool;
	struct pooltoy_pool *started = NULL;
	int code;

	(void)step;
	spec.name = "A";
	spec.worker = &a_worker;
	spec.release = news_release;
	code = pooltoy_start_pool(stage.supervisor, &spec, &started);
	if (started) {
		pooltoy_pool_release(stage.a);
		stage.a = started;
	}
	return code;
}

int kill_manager(const struct step *step)
{
	(void)step;
	return pooltoy_kill_manager(stage.a);
}

int kill_worker(const struct step *step)
{
	return pooltoy_kill_worker(stage.a, step->number);
}

int kill_supervisor(const struct step *step)
{
	(void)step;
	return pooltoy_kill_supervisor(stage.supervisor);
}

int revive(const struct step *step)
{
	(void)step;
	return pooltoy_pool_revive(stage.a);
}

int stop_pool(const struct step *step)
{
	return pooltoy_stop_pool(stage.a, step->number);
}

int stop_supervisor(const struct step *step)
{
	struct pooltoy_supervisor *supervisor = stage.supervisor;

	stage.supervisor = NULL;
	return pooltoy_supervisor_stop(supervisor, step->number);
}

/* Clients. */

static struct pooltoy_lease *lease_of(const struct step *step)
{
	return &stage.clients[step->by].lease;
}

int checkout(const struct step *step)
{
	return pooltoy_checkout(stage.a, step->number, lease_of(step));
}

int checkin(const struct step *step)
{
	return pooltoy_checkin(lease_of(step));
}

static int ask(const struct step *step, struct request request)
{
	request.takes = (uint64_t)step->number * MS;
	return pooltoy_call(lease_of(step), &request, sizeof request, NULL, NULL, -1);
}

int call(const struct step *step)
{
	return ask(step, (struct request){ .what = TAKES_TIME });
}

int deaf_call(const struct step *step)
{
	return ask(step, (struct request){ .what = HEARS_NOTHING });
}

int broken_call(const struct step *step)
{
	return ask(step, (struct request){ .what = BREAKS });
}

/* The world around. */

int refuse_threads(const struct step *step)
{
	explore_refuse(step->number, false);
	return 0;
}

int refuse_memory(const struct step *step)
{
	explore_refuse(false, step->number);
	return 0;
}

int inits_fail(const struct step *step)
{
	stage.manners.inits_fail = step->number;
	return 0;
}

int inits_take(const struct step *step)
{
	stage.manners.init_takes = (uint64_t)step->number * MS;
	return 0;
}

int terminates_take(const struct step *step)
{
	stage.manners.terminate_takes = (uint64_t)step->number * MS;
	return terminate_0_takes(step);
}

int terminate_0_takes(const struct step *step)
{
	stage.manners.terminate_0_takes = (uint64_t)step->number * MS;
	return 0;
}
