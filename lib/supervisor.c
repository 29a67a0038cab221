/* SPDX-License-Identifier: MIT */
/* supervisor.c: one thread, a mailbox, and a policy for each pool. */
#include "supervisor.h"
#include "deadline.h"
#include "error.h"
#include "manager.h"
#include "task.h"
#include "trial.h"
#include "worker.h"

#include <string.h>

/*
 * O(1) for each event, and never a wait: what takes long, such as ending an old instance's workers
 * or waiting out a backoff, is the affair of the pool's next manager. So a pool always has a
 * manager, in backoff and when it has failed too, unless no thread is to be had for it.
 */

enum { RETRY_MS = 10 };

static struct pooltoy_pool *pool_from_message(struct message *message)
{
	return (struct pooltoy_pool *)((char *)message - offsetof(struct pooltoy_pool, attention));
}

static struct pooltoy_pool *pool_from_timer(struct timer *timer)
{
	return (struct pooltoy_pool *)((char *)timer - offsetof(struct pooltoy_pool, retry));
}

/* Instances. */

static void free_instance(struct reaping *reaping)
{
	sync_free(reaping); /* the instance's first member */
}

/* A new instance: a fresh monitor table, published; the old one goes after a grace period. */
static int begin_instance(struct pooltoy_pool *pool)
{
	struct instance *next = sync_alloc(sizeof *next), *last;
	uint64_t number = sync_load(&pool->instance, relaxed) + 1;

	if (!next)
		return POOLTOY_ENOMEM;
	next->reaping.after_grace_period = true;
	next->reaping.reap = free_instance;
	next->monitors.instance = number;
	next->monitors.started = sync_now();
	last = sync_exchange(&pool->present, next, acq_rel);
	sync_store(&pool->instance, number, release); /* pairs with the manager's follow_state */
	if (last)
		reaper_give(pool->reaper, &last->reaping);
	return POOLTOY_OK;
}

static void start_manager_again(struct pooltoy_supervisor *supervisor, struct pooltoy_pool *pool)
{
	bool instance_due =
		pool->crew.restarting && sync_load(&pool->instance, relaxed) == pool->crew.instance;

	if ((!instance_due || begin_instance(pool) == POOLTOY_OK) &&
	    manager_start(pool) == POOLTOY_OK)
		return;
	pool_set_reason(pool, "manager: no thread or memory for the next one");
	timer_queue_set(&supervisor->retries, &pool->retry, deadline_from_timeout(RETRY_MS));
}

/* The one start of a manager that answers to a caller. */
static void start_first_manager(struct pooltoy_pool *pool)
{
	struct parker *starter = sync_load(&pool->starter, acquire);
	int code = pool->trial_code;

	if (!code)
		code = begin_instance(pool);
	if (!code)
		code = manager_start(pool);
	sync_store(
		&pool->start_result, code,
		release); /* pairs with the caller's look; then it is the caller's, if it failed */
	parker_unpark(starter);
}

/* A new pool. What its workers ask of the system is tried out first, by a thread that may take its time. */
static void start_pool(struct pooltoy_supervisor *supervisor, struct pooltoy_pool *pool)
{
	if (pool_config_needs_trial(&pool->config)) {
		int code = trial_start(pool);

		if (!code) {
			supervisor->trials++; /* it may be over already */
			return;
		}
		pool->trial_code = code;
	}
	start_first_manager(pool);
}

/* Restart, backoff, or the end, for this pool alone. */
static void apply_policy(struct pooltoy_pool *pool, uint64_t now)
{
	const char *reason = pool->crew.death[0] ? pool->crew.death : "manager: killed";
	const unsigned not_stopped = 1u << POOL_RUNNING | 1u << POOL_BACKOFF | 1u << POOL_FAILED;
	enum restart_verdict verdict;
	uint64_t delay = 0;

	pool_set_reason(pool, reason);
	pool_emit(pool, POOLTOY_EVENT_POOL_CRASHED, -1, 0, reason);
	if (sync_exchange(&pool->revived, false, acq_rel))
		restart_policy_reset(&pool->policy);
	verdict = restart_policy_death(&pool->policy, now, sync_random(), &delay);
	if (verdict == RESTART_AFTER_BACKOFF) {
		sync_store(&pool->resume_at, now + delay, relaxed);
		if (pool_change_state(pool, not_stopped, POOL_BACKOFF, 0))
			pool_emit(pool, POOLTOY_EVENT_POOL_BACKOFF, -1, delay, reason);
	} else if (verdict == RESTART_NEVER) {
		if (pool_change_state(pool, not_stopped, POOL_FAILED, POOLTOY_EFAILED)) {
			pool_emit(pool, POOLTOY_EVENT_POOL_FAILED, -1, 0, reason);
			task_end_all_later(pool);
		}
	}
	pool->crew.death[0] = 0;
}

static void manager_died(struct pooltoy_supervisor *supervisor, struct pooltoy_pool *pool)
{
	uint64_t now = sync_now();

	if (pool_state(pool) != POOL_STOPPED) {
		figure_add(&pool->restarts, 1);
		pool->crew.restarting = true;
		pool->crew.crashed_at = now;
		apply_policy(pool, now);
	}
	start_manager_again(supervisor, pool);
}

static void look_at_pool(struct pooltoy_supervisor *supervisor, struct pooltoy_pool *pool)
{
	if (sync_exchange(&pool->start_wanted, false, acq_rel))
		start_pool(supervisor, pool);
	else if (sync_exchange(&pool->trial_over, false, acq_rel)) {
		supervisor->trials--;
		start_first_manager(pool);
	} else if (sync_exchange(&pool->manager_gone, false, acq_rel))
		manager_died(supervisor, pool);
}

static void supervise(struct pooltoy_supervisor *supervisor)
{
	bool stop;

	do {
		struct message *message;
		struct timer *timer;

		stop = sync_load(&supervisor->stop,
				 acquire); /* before the last look into the mailbox */
		while ((message = mailbox_take(&supervisor->actor.mailbox)))
			look_at_pool(supervisor, pool_from_message(message));
		while ((timer = timer_queue_expire(&supervisor->retries, sync_now())))
			start_manager_again(supervisor, pool_from_timer(timer));
		if (!stop)
			actor_wait(&supervisor->actor, timer_queue_next(&supervisor->retries));
		else if (supervisor->trials > 0) /* somebody waits for it; no kill is taken here */
			mailbox_wait(&supervisor->actor.mailbox, SYNC_NEVER);
	} while (!stop || supervisor->trials > 0);
}

static void supervisor_main(void *argument);
static void drop_references(struct pooltoy_supervisor *supervisor, unsigned count);

static struct thread_spec supervisor_thread(struct pooltoy_supervisor *supervisor)
{
	return (struct thread_spec){
		.name = "supervisor", .suffix = "", .body = supervisor_main, .argument = supervisor
	};
}

static void tell_of_restart(struct pooltoy_supervisor *supervisor)
{
	struct pooltoy_event event = { .type = POOLTOY_EVENT_SUPERVISOR_RESTARTED,
				       .severity = POOLTOY_WARNING,
				       .pool = "",
				       .worker = -1,
				       .time_ns = sync_now(),
				       .reason = "killed" };

	notifier_emit(&supervisor->notifier, &event);
}

static void supervisor_ends(void *argument)
{
	struct pooltoy_supervisor *supervisor = argument;
	struct thread *self = supervisor->actor.thread;
	struct thread_spec spec = supervisor_thread(supervisor);
	bool succeeded;

	/* Killed: all pools are as they are; the next thread takes the next message. */
	supervisor_ref(supervisor); /* the next thread's */
	succeeded = !sync_load(&supervisor->stop, acquire) &&
		    actor_succeed(&supervisor->actor, &spec, &supervisor->stop);
	if (succeeded)
		tell_of_restart(supervisor);
	thread_leave(self, &supervisor->reaper);
	if (!succeeded) {
		sync_store(&supervisor->stopped, true, release); /* pairs with supervisor_end */
		parker_unpark(sync_load(&supervisor->stopper, acquire));
	}
	/* This thread's; and the next one's, if there is none. These may be the last. */
	drop_references(supervisor, succeeded ? 1 : 2);
}

static void supervisor_main(void *argument)
{
	struct pooltoy_supervisor *supervisor = argument;

	sync_store(&supervisor->actor.thread_id, sync_thread_id(), relaxed);
	sync_cleanup_push(supervisor_ends, supervisor);
	supervise(supervisor);
	sync_cleanup_pop(1);
}

int supervisor_run(struct pooltoy_supervisor *supervisor)
{
	struct thread_spec spec = supervisor_thread(supervisor);
	int code;

	supervisor_ref(supervisor); /* the thread's */
	code = thread_start(&supervisor->actor.thread, &spec);
	if (code)
		supervisor_unref(supervisor);
	return code;
}

void supervisor_end(struct pooltoy_supervisor *supervisor, struct parker *parker)
{
	sync_store(&supervisor->stopper, parker, release);
	sync_store(&supervisor->stop, true, release);
	mailbox_wake(&supervisor->actor.mailbox);
	while (!sync_load(&supervisor->stopped, acquire))
		parker_park(parker, SYNC_NEVER);
}

int supervisor_check(const struct pooltoy_supervisor *supervisor)
{
	if (!supervisor)
		return error_set(POOLTOY_EINVAL, "supervisor: it is NULL");
	if (supervisor->fork_epoch != sync_fork_epoch())
		return error_set(POOLTOY_EFORKED,
				 "supervisor: its thread is in the process that forked");
	return POOLTOY_OK;
}

/* The list of pools. */

int supervisor_list(struct pooltoy_supervisor *supervisor, struct pooltoy_pool *pool)
{
	struct pooltoy_pool *other = NULL;
	bool stopping;

	sync_mutex_lock(&supervisor->lock);
	stopping = supervisor->stopping;
	if (!stopping)
		other = registry_find(&supervisor->registry, pool->config.name);
	if (!stopping && !other) {
		pool_ref(pool); /* the list's */
		pool_ref(pool); /* the registry's */
		pool->older = supervisor->newest;
		pool->newer = NULL;
		if (pool->older)
			pool->older->newer = pool;
		else
			supervisor->oldest = pool;
		supervisor->newest = pool;
		pool->listed = pool->named = true;
		registry_add(&supervisor->registry, pool);
	}
	sync_mutex_unlock(&supervisor->lock);
	if (stopping)
		return error_set(POOLTOY_ESTOPPED,
				 "supervisor: pool \"%s\": the supervisor is stopping",
				 pool->config.name);
	if (!other)
		return POOLTOY_OK;
	pool_unref(other);
	return error_set(POOLTOY_EEXIST, "supervisor: pool \"%s\": the name is taken",
			 pool->config.name);
}

static void drop_name(struct reaping *reaping)
{
	pool_unref(
		(struct pooltoy_pool *)((char *)reaping - offsetof(struct pooltoy_pool, unnaming)));
}

void supervisor_unname(struct pooltoy_pool *pool)
{
	struct pooltoy_supervisor *supervisor = pool->supervisor;
	bool named;

	sync_mutex_lock(&supervisor->lock);
	named = pool->named;
	if (named) {
		pool->named = false;
		registry_remove(&supervisor->registry, pool);
	}
	sync_mutex_unlock(&supervisor->lock);
	if (!named)
		return;
	pool->unnaming.after_grace_period = true;
	pool->unnaming.reap = drop_name;
	reaper_give(pool->reaper, &pool->unnaming);
}

void supervisor_delist(struct pooltoy_pool *pool)
{
	struct pooltoy_supervisor *supervisor = pool->supervisor;
	bool listed;

	sync_mutex_lock(&supervisor->lock);
	listed = pool->listed;
	if (listed) {
		pool->listed = false;
		if (pool->older)
			pool->older->newer = pool->newer;
		else
			supervisor->oldest = pool->newer;
		if (pool->newer)
			pool->newer->older = pool->older;
		else
			supervisor->newest = pool->older;
	}
	sync_mutex_unlock(&supervisor->lock);
	if (listed)
		pool_unref(pool);
}

struct pooltoy_pool *supervisor_next(struct pooltoy_supervisor *supervisor,
				     struct pooltoy_pool *from)
{
	struct pooltoy_pool *next;

	sync_mutex_lock(&supervisor->lock);
	/*
	 * A pool that has been taken off meanwhile does not know its neighbours any more: the walk
	 * ends.
	 */
	next = !from ? supervisor->oldest : from->listed ? from->newer : NULL;
	if (next)
		pool_ref(next);
	sync_mutex_unlock(&supervisor->lock);
	if (from)
		pool_unref(from);
	return next;
}

struct pooltoy_pool *supervisor_newest(struct pooltoy_supervisor *supervisor)
{
	struct pooltoy_pool *newest;

	sync_mutex_lock(&supervisor->lock);
	supervisor->stopping = true;
	newest = supervisor->newest;
	if (newest)
		pool_ref(newest);
	sync_mutex_unlock(&supervisor->lock);
	return newest;
}

void supervisor_post(struct pooltoy_pool *pool)
{
	mailbox_post(pool->supervisor_mailbox, &pool->attention);
}

/* Memory. */

void supervisor_ref(struct pooltoy_supervisor *supervisor)
{
	sync_fetch_add(&supervisor->references, 1, relaxed);
}

static void drop_references(struct pooltoy_supervisor *supervisor, unsigned count)
{
	if (sync_fetch_sub(&supervisor->references, count, acq_rel) != count)
		return;
	notifier_destroy(&supervisor->notifier);
	reaper_destroy(&supervisor->reaper);
	sync_mutex_destroy(&supervisor->lock);
	actor_destroy(&supervisor->actor);
	sync_free(supervisor);
}

void supervisor_unref(struct pooltoy_supervisor *supervisor)
{
	drop_references(supervisor, 1);
}
