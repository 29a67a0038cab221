/* SPDX-License-Identifier: MIT */
/* worker_health.c: the limits of a worker's life, and its replacement. */
#include "worker_health.h"
#include "deadline.h"

#include <stdio.h>

/*
 * Who frees a worker looks at its limits first. Of its uses that is all. Its time passes by itself: the
 * manager says that it is over, then looks at the slot, and ends the worker if that is idle; who makes it
 * idle looks once more whether its time is over. Sequentially consistent on both sides: one of the two
 * sees the other.
 */

static struct pooltoy_worker *worker_from_timer(struct timer *timer)
{
	return (struct pooltoy_worker *)((char *)timer - offsetof(struct pooltoy_worker, checkup));
}

static uint64_t uses_of(struct pooltoy_worker *worker)
{
	return figure_load(&worker->slot.leases) - figure_load(&worker->first_lease) +
	       figure_load(&worker->tasks_run) - figure_load(&worker->tasks_before);
}

static bool is_used_up(struct pooltoy_worker *worker)
{
	uint64_t max_uses = worker->pool->config.health.max_uses;

	return max_uses > 0 && uses_of(worker) >= max_uses;
}

bool worker_is_over_a_limit(struct pooltoy_worker *worker)
{
	return sync_load(&worker->too_old, seq_cst) || is_used_up(worker);
}

bool worker_retire_from(struct pooltoy_worker *worker, slot_word word)
{
	/* A state that is in use is the caller's own, and given back with it. */
	if (slot_move(&worker->slot, word,
		      slot_word_stopped(word & ~SLOT_BORROWED, SLOT_RETIRED)) == SLOT_MOVED)
		return false;
	worker_tell_of_stop(worker);
	return true;
}

void worker_retire_idle(struct pooltoy_worker *worker)
{
	slot_word word = slot_look(&worker->slot);

	/* If it is in use, or comes to be, it is looked at again when it is free. */
	if (slot_word_state(word) == SLOT_IDLE && worker_is_over_a_limit(worker))
		worker_retire_from(worker, word);
}

void worker_describe_retirement(struct pooltoy_worker *worker)
{
	const struct health_limits *limits = &worker->pool->config.health;

	if (is_used_up(worker))
		snprintf(worker->reason, sizeof worker->reason, "it was used %llu times",
			 (unsigned long long)limits->max_uses);
	else
		snprintf(worker->reason, sizeof worker->reason, "its time was over (%llu ms)",
			 (unsigned long long)(worker->lifetime / NS_PER_MS));
}

/* The manager's. */

void worker_set_checkup(struct pooltoy_worker *worker)
{
	struct timer_queue *checkups = &worker->pool->crew.checkups;
	uint64_t at = worker->retire_at < worker->ping_at ? worker->retire_at : worker->ping_at;

	if (worker->ping_until < at)
		at = worker->ping_until;
	if (at != SYNC_NEVER)
		timer_queue_set(checkups, &worker->checkup, at);
}

void worker_health_begin(struct pooltoy_worker *worker, uint64_t now)
{
	const struct health_limits *limits = &worker->pool->config.health;

	worker->retire_at = worker->ping_at = worker->ping_until = SYNC_NEVER;
	if (limits->max_lifetime > 0) {
		worker->lifetime = health_draw_lifetime(limits, sync_random());
		worker->retire_at = now + worker->lifetime;
	}
	if (limits->ping_interval > 0)
		worker->ping_at = now + health_draw_first_ping(limits, sync_random());
	worker_set_checkup(worker);
}

void worker_health_end(struct pooltoy_worker *worker)
{
	timer_queue_cancel(&worker->pool->crew.checkups, &worker->checkup);
}

static void check_up(struct pooltoy_worker *worker, uint64_t now)
{
	if (now >= worker->retire_at) {
		worker->retire_at = SYNC_NEVER;
		sync_store(&worker->too_old, true, seq_cst);
		worker_retire_idle(worker);
	}
	if (now >= worker->ping_until)
		worker_end_ping(worker);
	if (now >= worker->ping_at)
		worker_begin_ping(worker, now);
	worker_set_checkup(worker);
}

uint64_t worker_health_watch(struct pooltoy_pool *pool, uint64_t now)
{
	struct timer_queue *checkups = &pool->crew.checkups;
	struct timer *timer;

	while ((timer = timer_queue_expire(checkups, now)))
		check_up(worker_from_timer(timer), now);
	return timer_queue_next(checkups);
}
