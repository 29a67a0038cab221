/* SPDX-License-Identifier: MIT */
/* api_supervisor.c: starting, stopping and killing supervisors; forks. */
#include "client.h"
#include "deadline.h"
#include "error.h"
#include "spec_copy.h"
#include "stop.h"
#include "supervisor.h"

/* Start. */

/* Everything but the supervisor's own thread. */
static int prepare(struct pooltoy_supervisor *supervisor,
		   const struct pooltoy_supervisor_spec *spec)
{
	int code = POOLTOY_ENOMEM;

	supervisor->fork_epoch = sync_fork_epoch();
	atomic_init(&supervisor->references, 1);
	if (actor_init(&supervisor->actor))
		return code;
	if (sync_mutex_init(&supervisor->lock, RANK_SUPERVISOR))
		goto no_lock;
	code = reaper_start(&supervisor->reaper);
	if (code)
		goto no_reaper;
	code = notifier_start(&supervisor->notifier, supervisor, &supervisor->reaper,
			      spec->on_event ? spec->on_event : pooltoy_event_log_stderr,
			      spec->event_argument);
	if (!code)
		return POOLTOY_OK;

	reaper_stop(&supervisor->reaper);
	reaper_destroy(&supervisor->reaper);
no_reaper:
	sync_mutex_destroy(&supervisor->lock);
no_lock:
	actor_destroy(&supervisor->actor);
	return code;
}

static void give_up_start(struct pooltoy_supervisor *supervisor, struct parker *parker)
{
	int cancel = sync_cancel_disable();

	notifier_stop(&supervisor->notifier, parker, SYNC_NEVER);
	reaper_stop(&supervisor->reaper);
	supervisor_unref(supervisor);
	sync_cancel_restore(cancel);
}

static int start_error(int code)
{
	return error_set(code, "supervisor: %s%s", code == POOLTOY_EAGAIN ? "thread: " : "",
			 pooltoy_strerror(code));
}

static int check_start(struct pooltoy_supervisor **supervisor)
{
	if (!supervisor)
		return error_set(POOLTOY_EINVAL, "supervisor: NULL for the handle");
	if (sync_fork_watch())
		return error_set(POOLTOY_ENOMEM, "supervisor: no memory to watch for forks");
	if (!sync_fork_bracketed())
		return error_set(
			POOLTOY_EFORKED,
			"supervisor: this process was forked by one that had a supervisor, "
			"without pooltoy_fork_prepare");
	return POOLTOY_OK;
}

int pooltoy_supervisor_start_with(const struct pooltoy_supervisor_spec *given,
				  struct pooltoy_supervisor **supervisor)
{
	struct pooltoy_supervisor_spec spec;
	struct pooltoy_supervisor *started;
	struct self *self;
	int code = check_start(supervisor);

	if (!code)
		code = given ? spec_copy(&spec, sizeof spec, given, "supervisor specification")
			     : error_set(POOLTOY_EINVAL, "supervisor specification: it is NULL");
	if (code)
		return code;
	code = self_get(NULL, &self);
	if (code)
		return code;
	started = sync_alloc_lines(sizeof *started);
	if (!started)
		return start_error(POOLTOY_ENOMEM);
	code = prepare(started, &spec);
	if (code) {
		sync_free(started);
		return start_error(code);
	}
	code = supervisor_run(started);
	if (code) {
		give_up_start(started, self->parker);
		return start_error(code);
	}
	extension_load(started);
	*supervisor = started;
	return POOLTOY_OK;
}

int pooltoy_supervisor_start(struct pooltoy_supervisor **supervisor)
{
	static const struct pooltoy_supervisor_spec defaults = POOLTOY_SUPERVISOR_SPEC_INIT;

	return pooltoy_supervisor_start_with(&defaults, supervisor);
}

/* Stop. */

static int check_stop(struct pooltoy_supervisor *supervisor)
{
	struct pooltoy_worker *worker = worker_current();

	int code = supervisor_check(supervisor);

	if (code)
		return code;
	if ((worker && worker->slot.pool->supervisor == supervisor) ||
	    notifier_is_self(&supervisor->notifier) || reaper_is_self(&supervisor->reaper))
		return error_set(POOLTOY_EDEADLK,
				 "supervisor: a callback of its own cannot wait for its stop");
	return POOLTOY_OK;
}

/* Pools may have used up the time, and grace besides: that is not the notifier's fault. */
static uint64_t notifier_deadline(uint64_t deadline)
{
	enum { LEAST_MS = 1000, MOST_MS = 5000 };
	uint64_t least = deadline_from_timeout(LEAST_MS);

	if (deadline == SYNC_NEVER)
		return deadline_from_timeout(MOST_MS);
	return deadline > least ? deadline : least;
}

/* With the caller's reference. */
static void end_extension(struct pooltoy_supervisor *supervisor, struct extension *extension)
{
	pooltoy_extend_no_more(supervisor, extension);
	extension->end(extension);
	extension->unref(extension);
}

int pooltoy_supervisor_stop(struct pooltoy_supervisor *supervisor, int timeout_ms)
{
	uint64_t deadline = deadline_from_timeout(timeout_ms);
	struct extension *extension;
	struct self *self;
	unsigned stuck;
	int cancel, code = check_stop(supervisor);

	if (code)
		return code;
	code = self_get(NULL, &self);
	if (code)
		return code;
	cancel = sync_cancel_disable();
	stuck = stop_all(supervisor, self->parker, deadline);
	extension = notifier_extension(&supervisor->notifier);
	if (extension)
		extension->quiesce(extension);
	supervisor_end(supervisor, self->parker);
	if (!notifier_stop(&supervisor->notifier, self->parker, notifier_deadline(deadline)))
		stuck++;
	if (extension)
		end_extension(supervisor, extension);
	reaper_stop(&supervisor->reaper);
	supervisor_unref(supervisor);
	sync_cancel_restore(cancel);
	if (stuck == 0)
		return POOLTOY_OK;
	return error_set(POOLTOY_EQUARANTINED, "supervisor: %u threads remain in user code", stuck);
}

int pooltoy_kill_supervisor(struct pooltoy_supervisor *supervisor)
{
	int code = supervisor_check(supervisor);

	if (!code)
		actor_kill(&supervisor->actor);
	return code;
}

/* Forks. */

void pooltoy_fork_prepare(void)
{
	sync_fork_prepare();
	parker_fork_prepare();
}

void pooltoy_fork_parent(void)
{
	parker_fork_parent();
	sync_fork_parent();
}

void pooltoy_fork_child(void)
{
	parker_fork_child();
	sync_fork_child();
}
