/* SPDX-License-Identifier: MIT */
/* crew.c: the books of a pool's workers: where each is, and what becomes of it. */
#include "crew.h"
#include "deadline.h"
#include "drain.h"
#include "proxy.h"
#include "quarantine.h"
#include "worker_health.h"

/*
 * Where a worker is in the books:
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
 */

/* Vacancies. */

void crew_give_back(struct pooltoy_worker *worker)
{
	struct crew *crew = &worker->slot.pool->crew;

	worker->next_vacant = crew->vacant;
	crew->vacant = worker;
}

struct pooltoy_worker *crew_take_vacant(struct pooltoy_pool *pool)
{
	struct crew *crew = &pool->crew;
	struct pooltoy_worker *worker = crew->vacant;
	unsigned first = slot_table_count(&pool->broker.slots), index;

	if (!worker && first < elasticity_slots(pool)) {
		index = first + slot_table_grow(&pool->broker.slots, pool);
		while (index-- > first) { /* so that the lowest index is taken first */
			worker = worker_at(pool, index);
			crew_give_back(worker);
		}
		worker = crew->vacant;
	}
	if (worker)
		crew->vacant = worker->next_vacant;
	return worker;
}

/* Places. */

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

void crew_move(struct pooltoy_worker *worker, enum crew_place to)
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

void crew_start_failed(struct pooltoy_pool *pool, uint64_t now)
{
	struct crew *crew = &pool->crew;

	figure_store(&pool->degraded, true);
	if (now < crew->start_not_before)
		return; /* one of the same round */
	crew->start_not_before = now + backoff_fail(&crew->start_backoff, now, sync_random());
}

bool crew_is_too_stuck(struct pooltoy_pool *pool)
{
	return pool->crew.quarantined > pool->config.max_quarantined;
}

void crew_tell_of_restart(struct pooltoy_pool *pool, uint64_t now)
{
	struct crew *crew = &pool->crew;

	if (!crew->restarting || crew_is_too_stuck(pool))
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

	crew_move(worker, CREW_UP);
	elasticity_came_up(pool);
	tell_of_start(worker);
	worker_health_begin(worker, now);
	if (figure_load(&worker->slot.instance) == crew->instance)
		crew_tell_of_restart(pool, now);
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
		crew_start_failed(worker->slot.pool, now);
	} else {
		backoff_reset(&crew->start_backoff);
		crew->start_not_before = 0;
	}
}

uint64_t crew_time_to_leave(struct pooltoy_pool *pool, enum slot_stop_cause cause, uint64_t now)
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
	uint64_t when = crew_time_to_leave(pool, cause, now);

	worker_health_end(worker);
	crew_move(worker, cause == SLOT_DISMISSED ? CREW_DISMISSED : CREW_LEAVING);
	if (cause == SLOT_BROKE || cause == SLOT_KILLED)
		judge_death(worker, word, now);
	if (when <= now) {
		worker_interrupt_later(worker);
		when = now + time_to_end(worker);
		if (cause != SLOT_KILLED)
			crew_move(worker, CREW_OVERDUE);
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
	crew_move(worker, CREW_NONE);
	crew_give_back(worker);
}

/*
 * A caller has left its call running. The worker is interrupted, once for the call, if that one had no thread to do
 * so: also beside the worker's end, which may wait for it. If the call does not end within the grace time, the worker
 * is given up.
 */
static void watch_abandoned_call(struct pooltoy_worker *worker, bool ending, uint64_t now)
{
	struct crew *crew = &worker->slot.pool->crew;
	/* First, and acquire: at most that of the call that the cell is then found to be in. */
	unsigned serial = sync_load(&worker->cell.serial, acquire);
	bool news = worker->abandoned_serial != serial;

	if (cell_look(&worker->cell) != CELL_ABANDONED)
		return;
	worker->abandoned_serial = serial;
	if (news && !figure_load(&worker->cell.caller))
		worker_interrupt_call_later(worker);
	if (!ending && (news || !worker->timer.set))
		timer_queue_set(&crew->timers, &worker->timer,
				now + worker->slot.pool->config.grace);
}

void crew_look_at(struct pooltoy_worker *worker, uint64_t now)
{
	/* Acquire: what the worker wrote before it moved its slot is seen. */
	slot_word word = slot_look(&worker->slot);
	bool vacant = slot_word_state(word) == SLOT_VACANT;
	bool ending = vacant || slot_word_state(word) == SLOT_STOPPING;

	if (worker->place == CREW_NONE)
		return;
	if (worker->place == CREW_STARTING && sync_load(&worker->up, acquire))
		came_up(worker, now);
	watch_abandoned_call(worker, ending, now);
	if (worker->place == CREW_STARTING || worker->place == CREW_UP) {
		if (ending)
			begins_to_leave(worker, word, now);
		else
			worker_watch_ping(worker, word, now);
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
	crew_move(worker, CREW_QUARANTINED);
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

void crew_time_is_over(struct pooltoy_worker *worker, uint64_t now)
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
		crew_look_at(worker, now);
	} else if (!sync_load(&worker->hurried, relaxed)) {
		crew_move(worker, CREW_OVERDUE);
		worker_interrupt_later(worker);
		timer_queue_set(&crew->timers, &worker->timer, now + time_to_end(worker));
	} else if (kill_child(worker)) {
		timer_queue_set(&crew->timers, &worker->timer, now + time_to_end(worker));
	} else {
		quarantine(worker, now);
	}
}
