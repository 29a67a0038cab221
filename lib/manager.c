/* SPDX-License-Identifier: MIT */
/* manager.c: what a pool's manager does: which workers to start and to end, and when to look again. */
#include "manager.h"
#include "crew.h"
#include "worker_health.h"

#include <limits.h>
#include <stdio.h>

/*
 * The manager runs no callback, waits for no worker, and holds no lock while it waits. Messages say
 * which worker to look at (crew.h); what to start it computes from the pool's state, each time anew.
 */

static struct pooltoy_worker *worker_from_message(struct message *message)
{
	return (struct pooltoy_worker *)((char *)message -
					 offsetof(struct pooltoy_worker, attention));
}

static struct pooltoy_worker *worker_from_timer(struct timer *timer)
{
	return (struct pooltoy_worker *)((char *)timer - offsetof(struct pooltoy_worker, timer));
}

static int at_least_0(int number)
{
	return number > 0 ? number : 0;
}

static bool start_one(struct pooltoy_pool *pool, uint64_t now)
{
	struct pooltoy_worker *worker = crew_take_vacant(pool);
	char reason[64];
	int code;

	if (!worker)
		return false; /* no memory, or all slots are taken by workers that do not leave */
	crew_move(worker, CREW_STARTING);
	code = worker->prepared ? POOLTOY_OK : worker_prepare(worker);
	if (!code)
		code = worker_start(worker);
	if (!code)
		return true;

	crew_move(worker, CREW_NONE);
	crew_give_back(worker);
	crew_start_failed(pool, now);
	snprintf(reason, sizeof reason, "worker %u: thread: %s", worker->slot.index,
		 pooltoy_strerror(code));
	pool_set_reason(pool, reason);
	figure_add(&pool->start_failures, 1);
	pool_emit(pool, POOLTOY_EVENT_WORKER_START_FAILED, (int)worker->slot.index, 0, reason);
	return false;
}

/*
 * Workers that clients and tasks that wait may have in a moment, by the words: one that has come up may
 * not have been taken yet, and is enough for whom it was started. If another client is faster, who waited
 * looks in vain, and has the manager look again.
 */
static int coming_free(struct pooltoy_pool *pool)
{
	unsigned count = slot_table_count(&pool->broker.slots), index;
	int free = 0;

	for (index = 0; index < count; index++) {
		enum slot_state state =
			slot_word_state(slot_look(slot_table_at(&pool->broker.slots, index)));

		free += state == SLOT_STARTING || state == SLOT_IDLE;
	}
	return free;
}

/*
 * How many clients and tasks wait for a worker. A task whose sender is in the middle does not count,
 * nor what is behind it: a worker started for it would find nothing, and go. The sender reports it.
 */
static int demand(struct pooltoy_pool *pool)
{
	uint64_t waiting;

	if (sync_load(&pool->paused, seq_cst))
		return 0; /* who resumes has the manager look again */
	waiting = checkout_queue_unserved(&pool->broker.queue);
	if (broker_has_tasks(&pool->broker))
		waiting += task_ring_count(sync_load(&pool->broker.tasks, relaxed));
	return waiting < INT_MAX ? (int)waiting : INT_MAX;
}

/*
 * How many workers to start now. Those that have yet to leave keep their places: a replacement waits for
 * that. Clients who wait do not, if there is room; whom they get fills such a place first, and is overflow
 * beyond those.
 */
static int wanted(struct pooltoy_pool *pool)
{
	struct crew *crew = &pool->crew;
	struct pool_bounds bounds = crew->bounds;
	int taken = (int)(crew->live + crew->leaving), deficit, room, coming, more;

	if (pool->config.exclusive)
		taken += (int)(crew->overdue + crew->quarantined);
	deficit = at_least_0((int)sync_load(&pool->elasticity.kept, relaxed) - taken);
	room = at_least_0((int)(bounds.size + bounds.max_overflow) - taken - (int)crew->dismissed);
	if (deficit >= room)
		return room;

	if (!checkout_queue_waited_for(&pool->broker.queue) && !broker_has_tasks(&pool->broker))
		return deficit;
	/* First: a sleeper that takes one of these meanwhile does not count below. The other way round it would, and
	 * its slot would not. */
	coming = coming_free(pool);
	more = at_least_0(demand(pool) - deficit - coming);
	return deficit + (more < room - deficit ? more : room - deficit);
}

/*
 * Dismisses idle workers while there is overflow and nobody waits, or more of it than may be: by the words, not by the hints,
 * which may be away for a moment.
 */
static void dismiss_surplus(struct pooltoy_pool *pool, uint64_t now)
{
	unsigned count = slot_table_count(&pool->broker.slots), index;

	for (index = 0; index < count && broker_has_surplus(&pool->broker); index++) {
		struct pooltoy_worker *worker = worker_at(pool, index);

		if (worker->place == CREW_UP && worker_dismiss(worker))
			crew_look_at(worker, now);
	}
}

/* Starts what is missing; the time at which to try again. */
static uint64_t balance(struct pooltoy_pool *pool, uint64_t now)
{
	struct crew *crew = &pool->crew;
	int count;

	elasticity_follow(pool);
	if (pool_state(pool) != POOL_RUNNING && pool_state(pool) != POOL_DRAINING)
		return SYNC_NEVER;
	elasticity_limit_overflow(pool);
	dismiss_surplus(pool, now);
	elasticity_expire(pool, now);
	if (now < crew->start_not_before)
		return crew->start_not_before;
	if (elasticity_is_complete(pool))
		figure_store(&pool->degraded, false); /* who failed is not missed, or made up for */
	for (count = elasticity_limit_starts(pool, wanted(pool)); count > 0; count--)
		if (!start_one(pool, now))
			break;
	if (count <= 0)
		return SYNC_NEVER;
	/*
	 * Failed, with a backoff; or without a slot: a worker that leaves makes room, or memory
	 * comes back.
	 */
	return crew->start_not_before > now ? crew->start_not_before
					    : now + pool->config.backoff_min;
}

/* Ends all workers, on behalf of the pool. */
static void sweep(struct pooltoy_pool *pool, uint64_t now)
{
	unsigned count = slot_table_count(&pool->broker.slots), index;

	/* All of them first: a client that loses one is not to find another of the old ones. */
	for (index = 0; index < count; index++)
		slot_stop(&worker_at(pool, index)->slot, SLOT_SWEPT);
	for (index = 0; index < count; index++) {
		struct pooltoy_worker *worker = worker_at(pool, index);

		if (worker->place == CREW_NONE)
			continue;
		worker_halt(worker);
		crew_look_at(worker, now);
	}
}

/* Workers that were leaving before the stop are held to its deadline, too; and all to one brought forward. */
static void hold_to_stop_deadline(struct pooltoy_pool *pool, uint64_t now)
{
	uint64_t deadline = sync_load(&pool->stop_deadline, relaxed);
	unsigned count = slot_table_count(&pool->broker.slots), index;

	if (pool->crew.held_to == deadline)
		return;
	pool->crew.held_to = deadline;
	for (index = 0; index < count; index++) {
		struct pooltoy_worker *worker = worker_at(pool, index);
		uint64_t when = crew_time_to_leave(pool, SLOT_SWEPT, now);

		if ((worker->place == CREW_LEAVING || worker->place == CREW_DISMISSED) &&
		    !sync_load(&worker->hurried, relaxed) && when < worker->timer.deadline)
			timer_queue_set(&pool->crew.timers, &worker->timer, when);
	}
}

/* Follows the pool's state; the time at which it changes by itself. */
static uint64_t follow_state(struct pooltoy_pool *pool, uint64_t now)
{
	struct crew *crew = &pool->crew;
	uint64_t instance = sync_load(&pool->instance, acquire), resume_at;

	if (crew->instance != instance) {
		if (crew->instance == 0)
			pool_emit(pool, POOLTOY_EVENT_POOL_STARTED, -1, 0, NULL);
		crew->instance = instance;
		sweep(pool, now);
		elasticity_begin(pool);
		if (sync_load(&pool->elasticity.kept, relaxed) == 0)
			crew_tell_of_restart(pool, now);
	}
	if (pool_state(pool) == POOL_STOPPED) {
		if (!crew->stopping) {
			crew->stopping = true;
			sweep(pool, now);
		}
		hold_to_stop_deadline(pool, now);
	}
	if (pool_state(pool) != POOL_BACKOFF)
		return SYNC_NEVER;
	resume_at = sync_load(&pool->resume_at, relaxed);
	if (now < resume_at)
		return resume_at;
	pool_change_state(pool, 1u << POOL_BACKOFF, POOL_RUNNING, 0);
	return SYNC_NEVER;
}

static void expire_deadlines(struct pooltoy_pool *pool, uint64_t now)
{
	struct deadline_entry *entry;

	while ((entry = deadlines_expire(&pool->deadlines, now)))
		entry->passed(entry, POOLTOY_ETIMEDOUT);
}

/*
 * With more threads stuck than may be, no instance serves: the manager dies, and so does the next one, until some
 * have come back, or the pool has failed. One that backs off, has failed, or is being stopped is left alone.
 */
static void die_of_stuck_workers(struct pooltoy_pool *pool)
{
	struct crew *crew = &pool->crew;

	if (!crew_is_too_stuck(pool) || pool_state(pool) != POOL_RUNNING)
		return;
	snprintf(crew->death, sizeof crew->death,
		 "manager: workers in quarantine: %u, and %u may be (max_quarantined)",
		 crew->quarantined, pool->config.max_quarantined);
	sync_thread_exit();
}

static bool all_gone(struct crew *crew)
{
	return crew->stopping && crew->live + crew->leaving + crew->dismissed + crew->overdue == 0;
}

static uint64_t sooner(uint64_t one, uint64_t other)
{
	return one < other ? one : other;
}

static void manage(struct pooltoy_pool *pool)
{
	struct crew *crew = &pool->crew;

	for (;;) {
		uint64_t now = sync_now(), next;
		struct message *message;
		struct timer *timer;

		next = follow_state(pool, now); /* first: who is of an old instance is swept */
		while ((message = mailbox_take(&pool->manager.mailbox)))
			if (message != &pool->demand)
				crew_look_at(worker_from_message(message), now);
		while ((timer = timer_queue_expire(&crew->timers, now)))
			crew_time_is_over(worker_from_timer(timer), now);
		expire_deadlines(pool, now);
		if (all_gone(crew))
			return;
		die_of_stuck_workers(pool);
		next = sooner(next, balance(pool, now));
		if (ready_is_waited_for(&pool->ready))
			ready_tell(pool);
		next = sooner(next, rolling_step(pool, now));
		next = sooner(next, lease_watch(pool, now));
		next = sooner(next, timer_queue_next(&crew->timers));
		next = sooner(next, worker_health_watch(pool, now));
		next = sooner(next, overload_watch(pool, now));
		next = sooner(next, elasticity_next(pool));
		next = sooner(next, deadlines_next(&pool->deadlines));
		actor_wait(&pool->manager, next);
	}
}

/* The stop is complete, but for threads in quarantine. */
static void finish_stop(struct pooltoy_pool *pool)
{
	struct deadline_entry *entry;

	/* Of calls that threads in quarantine are in: nobody would tell of these later. */
	while ((entry = deadlines_close(&pool->deadlines)))
		entry->passed(entry, POOLTOY_ESTOPPED);
	ready_tell(pool);
	pool_emit(pool, POOLTOY_EVENT_POOL_STOPPED, -1, 0, NULL);
	if (pool->crew.quarantined > 0)
		pool_settle_stop(pool, STOP_STUCK);
	pool_drop_user(pool);
}

static void ends(void *argument)
{
	struct pooltoy_pool *pool = argument;
	struct thread *self = pool->manager.thread;

	sync_store(&pool->manager.thread_id, 0, relaxed);
	if (!pool->crew.finished) {
		/*
		 * From here on the manager is the supervisor's, for another thread. It keeps the
		 * pool until one has finished the stop, so the pool outlives this message; after
		 * that there must be none.
		 */
		sync_store(&pool->manager_gone, true, release);
		mailbox_post(pool->supervisor_mailbox, &pool->attention);
	}
	thread_leave(self, pool->reaper);
}

static void manager_main(void *argument)
{
	struct pooltoy_pool *pool = argument;

	sync_store(&pool->manager.thread_id, sync_thread_id(), relaxed);
	sync_cleanup_push(ends, pool);
	manage(pool);
	pool->crew.finished = true;
	finish_stop(pool);
	sync_cleanup_pop(1);
}

int manager_start(struct pooltoy_pool *pool)
{
	struct thread_spec spec = { .name = pool->config.name,
				    .suffix = "/m",
				    .body = manager_main,
				    .joined = pool_thread_joined,
				    .argument = pool };
	int code;

	pool_thread_starts(pool);
	code = thread_start(&pool->manager.thread, &spec);
	if (code)
		pool_thread_joined(pool);
	return code;
}
