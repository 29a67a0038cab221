/* SPDX-License-Identifier: MIT */
/* manager.c: bookkeeping of a pool's workers. */
#include "manager.h"
#include "deadline.h"
#include "drain.h"
#include "proxy.h"
#include "quarantine.h"
#include "worker.h"
#include "worker_health.h"

#include <limits.h>
#include <stdio.h>

/*
 * The manager runs no callback, waits for no worker, and holds no lock while it waits. Messages say
 * which worker to look at; what to start it computes from the pool's state, each time anew. Where a
 * worker is in its books:
 *
 *   NONE         -> STARTING     worker_start
 *   STARTING     -> UP           its init has returned 0
 *   STARTING, UP -> LEAVING      its slot is STOPPING, whoever did that; another takes its place
 *                -> DISMISSED    the same, but it was one too many: nobody is
 *   LEAVING, DISMISSED           its time to leave is over: it is interrupted; another may start in
 *                -> OVERDUE      its place (but in an exclusive pool)
 *   these three  -> QUARANTINED  it has not come back from user code, a grace time after it was
 *                                interrupted
 *   these four   -> NONE         its slot is VACANT
 *
 * The crew's counts say how many are where.
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

static unsigned *count_of(struct crew *crew, enum crew_place place)
{
	switch (place) {
	case CREW_LEAVING:
		return &crew->leaving;
	case CREW_DISMISSED:
		return &crew->dismissed;
	case CREW_OVERDUE:
		return &crew->overdue;
	case CREW_QUARANTINED:
		return &crew->quarantined;
	default:
		return &crew->live;
	}
}

/* The one place where a worker moves in the books. */
static void move(struct pooltoy_worker *worker, enum crew_place to)
{
	struct crew *crew = &worker->slot.pool->crew;
	enum crew_place from = worker->place;

	if (from != CREW_NONE)
		--*count_of(crew, from);
	if (to != CREW_NONE)
		++*count_of(crew, to);
	crew->starting -= from == CREW_STARTING;
	crew->starting += to == CREW_STARTING;
	worker->place = to;
	figure_store(&worker->quarantined, to == CREW_QUARANTINED);
	figure_store(&worker->slot.pool->stuck, crew->quarantined);
	figure_store(&worker->slot.pool->up, crew->live - crew->starting);
	if (to == CREW_NONE || to == CREW_QUARANTINED)
		drain_wake(worker->slot.pool);
}

static int at_least_0(int number)
{
	return number > 0 ? number : 0;
}

static void start_failed(struct pooltoy_pool *pool, uint64_t now)
{
	struct crew *crew = &pool->crew;

	figure_store(&pool->degraded, true);
	if (now < crew->start_not_before)
		return; /* one of the same round */
	crew->start_not_before = now + backoff_fail(&crew->start_backoff, now, sync_random());
}

static bool too_many_are_stuck(struct pooltoy_pool *pool)
{
	return pool->crew.quarantined > pool->config.max_quarantined;
}

/* The new instance serves. */
static void tell_of_restart(struct pooltoy_pool *pool, uint64_t now)
{
	struct crew *crew = &pool->crew;

	if (!crew->restarting || too_many_are_stuck(pool))
		return;
	crew->restarting = false;
	pool_emit(pool, POOLTOY_EVENT_POOL_RESTARTED, -1, now - crew->crashed_at, NULL);
}

static void tell_of_start(struct pooltoy_worker *worker)
{
	worker->announced = true;
	pool_emit(worker->slot.pool, POOLTOY_EVENT_WORKER_STARTED, (int)worker->slot.index,
		  worker->start_duration, NULL);
}

static void came_up(struct pooltoy_worker *worker, uint64_t now)
{
	struct pooltoy_pool *pool = worker->slot.pool;
	struct crew *crew = &pool->crew;

	move(worker, CREW_UP);
	elasticity_came_up(pool);
	tell_of_start(worker);
	worker_health_begin(worker, now);
	if (figure_load(&worker->slot.instance) == crew->instance)
		tell_of_restart(pool, now);
}

/* How many leases of this life came before the one of that generation. */
static uint64_t leases_before(struct pooltoy_worker *worker, uint64_t generation)
{
	return (generation - worker->first_generation) & SLOT_GENERATION_MASK;
}

/*
 * Whether the worker never completed a lease or a task: then its death is as good as a failed init.
 * The word is that of its end. Holders enter and count their leases after the CAS that grants them,
 * or never, if they had no use for one, or it was gone by then. So one was completed if the last that
 * was entered is of this life, and came before the one that the stop has ended; or is that, and not
 * the first. What the tasks hold is entered, too, but not counted.
 */
static bool never_proved_itself(struct pooltoy_worker *worker, slot_word word)
{
	/* With BORROWED that has yet to end: by the give-back. */
	uint64_t ended = slot_word_generation(word) - (word & SLOT_BORROWED ? 0 : 1);
	/* Acquire: before the count, which it was written after. */
	uint64_t last = sync_load(&worker->slot.entry.generation, acquire) - 1;
	uint64_t count =
		sync_load(&worker->slot.leases, relaxed) - figure_load(&worker->first_lease);
	uint64_t itself = last == sync_load(&worker->serving, relaxed) ? 0 : 1;

	return sync_load(&worker->tasks_run, relaxed) == figure_load(&worker->tasks_before) &&
	       leases_before(worker, last) >= leases_before(worker, ended) && count <= itself;
}

/* One that has served is replaced at once, and shows that workers can: a row of failures ends. */
static void judge_death(struct pooltoy_worker *worker, slot_word word, uint64_t now)
{
	struct crew *crew = &worker->slot.pool->crew;

	if (never_proved_itself(worker, word)) {
		start_failed(worker->slot.pool, now);
	} else {
		backoff_reset(&crew->start_backoff);
		crew->start_not_before = 0;
	}
}

/* When a worker that leaves is to be interrupted. */
static uint64_t time_to_leave(struct pooltoy_pool *pool, enum slot_stop_cause cause, uint64_t now)
{
	if (pool->crew.stopping) {
		uint64_t deadline = sync_load(&pool->stop_deadline, relaxed);

		return deadline > now ? deadline : now;
	}
	return cause == SLOT_KILLED ? now : now + pool->config.shutdown;
}

/* A child that is killed and not gone after so long (ns) is in a system call that does not end. */
#define CHILD_ENDS ((uint64_t)5000 * NS_PER_MS)

/* How long one that has been interrupted, or its child killed, may go on. */
static uint64_t time_to_end(const struct pooltoy_worker *worker)
{
	return worker->child_killed ? CHILD_ENDS : worker->slot.pool->config.grace;
}

/* `word`: STOPPING, or VACANT already. */
static void begins_to_leave(struct pooltoy_worker *worker, slot_word word, uint64_t now)
{
	struct pooltoy_pool *pool = worker->slot.pool;
	enum slot_stop_cause cause =
		slot_word_state(word) == SLOT_VACANT ? worker->cause : slot_word_cause(word);
	uint64_t when = time_to_leave(pool, cause, now);

	worker_health_end(worker);
	move(worker, cause == SLOT_DISMISSED ? CREW_DISMISSED : CREW_LEAVING);
	if (cause == SLOT_BROKE || cause == SLOT_KILLED)
		judge_death(worker, word, now);
	if (when <= now) {
		worker_interrupt_later(worker);
		when = now + time_to_end(worker);
		if (cause != SLOT_KILLED)
			move(worker, CREW_OVERDUE);
	}
	timer_queue_set(&pool->crew.timers, &worker->timer, when);
}

static void tell_of_end(struct pooltoy_worker *worker)
{
	struct pooltoy_pool *pool = worker->slot.pool;
	enum pooltoy_event_type type = POOLTOY_EVENT_WORKER_STOPPED;
	bool up = sync_load(&worker->up, relaxed);

	if (up && !worker->announced)
		tell_of_start(worker); /* it came up when it was to end already */
	if (worker->place == CREW_QUARANTINED) {
		type = POOLTOY_EVENT_WORKER_RETURNED;
	} else if (!up && (worker->cause == SLOT_BROKE || worker->cause == SLOT_KILLED)) {
		figure_add(&pool->start_failures, 1);
		type = POOLTOY_EVENT_WORKER_START_FAILED;
	} else if (worker->cause == SLOT_BROKE || worker->cause == SLOT_KILLED) {
		figure_add(&pool->worker_deaths, 1);
		type = POOLTOY_EVENT_WORKER_DIED;
	} else if (!up) {
		return; /* called off before it came up: nobody was told that it started */
	} else if (worker->cause == SLOT_RETIRED) {
		figure_add(&pool->retired, 1);
	}
	pool_emit(pool, type, (int)worker->slot.index, 0, worker->reason);
}

static void has_left(struct pooltoy_worker *worker)
{
	struct crew *crew = &worker->slot.pool->crew;

	timer_queue_cancel(&crew->timers, &worker->timer);
	tell_of_end(worker);
	move(worker, CREW_NONE);
	worker->next_vacant = crew->vacant;
	crew->vacant = worker;
}

/*
 * A caller has left its call running: if that does not end within the grace time, the worker is
 * given up.
 */
static void watch_abandoned_call(struct pooltoy_worker *worker, uint64_t now)
{
	struct crew *crew = &worker->slot.pool->crew;
	/* First, and acquire: at most that of the call that the cell is then found to be in. */
	unsigned serial = sync_load(&worker->cell.serial, acquire);

	if (cell_look(&worker->cell) != CELL_ABANDONED ||
	    (worker->timer.set && worker->abandoned_serial == serial))
		return;
	worker->abandoned_serial = serial;
	if (!figure_load(&worker->cell.caller))
		worker_interrupt_call_later(worker);
	timer_queue_set(&crew->timers, &worker->timer, now + worker->slot.pool->config.grace);
}

static void look_at_worker(struct pooltoy_worker *worker, uint64_t now)
{
	/* Acquire: what the worker wrote before it moved its slot is seen. */
	slot_word word = slot_look(&worker->slot);
	bool vacant = slot_word_state(word) == SLOT_VACANT;
	bool ending = vacant || slot_word_state(word) == SLOT_STOPPING;

	if (worker->place == CREW_NONE)
		return;
	if (worker->place == CREW_STARTING && sync_load(&worker->up, acquire))
		came_up(worker, now);
	if (worker->place == CREW_STARTING || worker->place == CREW_UP) {
		if (ending)
			begins_to_leave(worker, word, now);
		else {
			watch_abandoned_call(worker, now);
			worker_watch_ping(worker, word, now);
		}
	}
	if (vacant)
		has_left(worker);
}

static void quarantine(struct pooltoy_worker *worker, uint64_t now)
{
	uint64_t later = quarantine_wait_for_stack(worker, now);

	if (later > 0) {
		timer_queue_set(&worker->slot.pool->crew.timers, &worker->timer, later);
		return;
	}
	move(worker, CREW_QUARANTINED);
	quarantine_tell(worker);
}

/* Whether it has a child process that was not killed before. */
static bool kill_child(struct pooltoy_worker *worker)
{
	if (!worker_is_isolated(worker) || worker->child_killed)
		return false;
	worker->child_killed = true;
	proxy_kill(worker);
	return true;
}

static void timer_expired(struct pooltoy_worker *worker, uint64_t now)
{
	struct crew *crew = &worker->slot.pool->crew;

	if (worker->place == CREW_UP) {
		/* The word first: if it is the same at the stop, it is this call's, or one of the same lease. */
		slot_word word = slot_look(&worker->slot);

		if (word & SLOT_CALLING && slot_word_state(word) != SLOT_STOPPING &&
		    cell_look(&worker->cell) == CELL_ABANDONED &&
		    sync_load(&worker->cell.serial, relaxed) == worker->abandoned_serial &&
		    worker_stop_from(worker, word, SLOT_KILLED))
			kill_child(worker);
		look_at_worker(worker, now);
	} else if (!sync_load(&worker->hurried, relaxed)) {
		move(worker, CREW_OVERDUE);
		worker_interrupt_later(worker);
		timer_queue_set(&crew->timers, &worker->timer, now + time_to_end(worker));
	} else if (kill_child(worker)) {
		timer_queue_set(&crew->timers, &worker->timer, now + time_to_end(worker));
	} else {
		quarantine(worker, now);
	}
}

static struct pooltoy_worker *take_vacant(struct pooltoy_pool *pool)
{
	struct crew *crew = &pool->crew;
	struct pooltoy_worker *worker = crew->vacant;
	unsigned first = slot_table_count(&pool->broker.slots), index;

	if (!worker && first < elasticity_slots(pool)) {
		index = first + slot_table_grow(&pool->broker.slots, pool);
		while (index-- > first) { /* so that the lowest index is taken first */
			worker = worker_at(pool, index);
			worker->next_vacant = crew->vacant;
			crew->vacant = worker;
		}
		worker = crew->vacant;
	}
	if (worker)
		crew->vacant = worker->next_vacant;
	return worker;
}

static bool start_one(struct pooltoy_pool *pool, uint64_t now)
{
	struct pooltoy_worker *worker = take_vacant(pool);
	char reason[64];
	int code;

	if (!worker)
		return false; /* no memory, or all slots are taken by workers that do not leave */
	move(worker, CREW_STARTING);
	code = worker->prepared ? POOLTOY_OK : worker_prepare(worker);
	if (!code)
		code = worker_start(worker);
	if (!code)
		return true;

	move(worker, CREW_NONE);
	worker->next_vacant = pool->crew.vacant;
	pool->crew.vacant = worker;
	start_failed(pool, now);
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
	uint64_t waiting = sync_load(&pool->broker.queue.waiters, seq_cst);

	if (sync_load(&pool->paused, seq_cst))
		return 0; /* who resumes has the manager look again */
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
	int waiting = demand(pool);
	int taken = (int)(crew->live + crew->leaving), deficit, room, more;

	if (pool->config.exclusive)
		taken += (int)(crew->overdue + crew->quarantined);
	deficit = at_least_0((int)sync_load(&pool->elasticity.kept, relaxed) - taken);
	room = at_least_0((int)(bounds.size + bounds.max_overflow) - taken - (int)crew->dismissed);
	if (deficit >= room)
		return room;

	more = waiting - deficit;
	if (more > 0)
		more = at_least_0(more - coming_free(pool));
	if (more > room - deficit)
		more = room - deficit;
	return deficit + at_least_0(more);
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
			look_at_worker(worker, now);
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
		look_at_worker(worker, now);
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
		uint64_t when = time_to_leave(pool, SLOT_SWEPT, now);

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
			tell_of_restart(pool, now);
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

	if (!too_many_are_stuck(pool) || pool_state(pool) != POOL_RUNNING)
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

static void manage(struct pooltoy_pool *pool)
{
	struct crew *crew = &pool->crew;

	for (;;) {
		uint64_t now = sync_now(), next, other;
		struct message *message;
		struct timer *timer;

		next = follow_state(pool, now); /* first: who is of an old instance is swept */
		while ((message = mailbox_take(&pool->manager.mailbox)))
			if (message != &pool->demand)
				look_at_worker(worker_from_message(message), now);
		while ((timer = timer_queue_expire(&crew->timers, now)))
			timer_expired(worker_from_timer(timer), now);
		expire_deadlines(pool, now);
		if (all_gone(crew))
			return;
		die_of_stuck_workers(pool);
		other = balance(pool, now);
		if (ready_is_waited_for(&pool->ready))
			ready_tell(pool);
		if (other < next)
			next = other;
		other = rolling_step(pool, now);
		if (other < next)
			next = other;
		other = lease_watch(pool, now);
		if (other < next)
			next = other;
		other = timer_queue_next(&crew->timers);
		if (other < next)
			next = other;
		other = worker_health_watch(pool, now);
		if (other < next)
			next = other;
		other = overload_watch(pool, now);
		if (other < next)
			next = other;
		other = elasticity_next(pool);
		if (other < next)
			next = other;
		other = deadlines_next(&pool->deadlines);
		actor_wait(&pool->manager, other < next ? other : next);
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
