/* SPDX-License-Identifier: MIT */
/* deadlines.c: a timer queue under a lock. */
#include "deadlines.h"

#include <assert.h>

int deadlines_init(struct deadlines *deadlines)
{
	atomic_init(&deadlines->next, UINT64_MAX);
	return sync_mutex_init(&deadlines->lock, RANK_DEADLINES);
}

void deadlines_destroy(struct deadlines *deadlines)
{
	assert(!deadlines->timers.earliest);
	sync_mutex_destroy(&deadlines->lock);
}

static void unlock(struct deadlines *deadlines)
{
	figure_store(&deadlines->next, timer_queue_next(&deadlines->timers));
	sync_mutex_unlock(&deadlines->lock);
}

enum deadlines_result deadlines_set(struct deadlines *deadlines, struct deadline_entry *entry,
				    uint64_t deadline)
{
	enum deadlines_result result = DEADLINE_SET;

	sync_mutex_lock(&deadlines->lock);
	if (entry->over)
		result = DEADLINE_OVER;
	else if (deadlines->closed)
		result = DEADLINE_CLOSED;
	else if (deadline < timer_queue_next(&deadlines->timers))
		result = DEADLINE_NEXT;
	if (result == DEADLINE_SET || result == DEADLINE_NEXT)
		timer_queue_set(&deadlines->timers, &entry->timer, deadline);
	unlock(deadlines);
	return result;
}

bool deadlines_drop(struct deadlines *deadlines, struct deadline_entry *entry)
{
	bool was_set;

	sync_mutex_lock(&deadlines->lock);
	was_set = entry->timer.set;
	timer_queue_cancel(&deadlines->timers, &entry->timer);
	entry->over = true;
	unlock(deadlines);
	return was_set;
}

static struct deadline_entry *entry_of(struct timer *timer)
{
	return (struct deadline_entry *)timer; /* its first member */
}

struct deadline_entry *deadlines_expire(struct deadlines *deadlines, uint64_t now)
{
	struct timer *timer;

	if (deadlines_next(deadlines) > now)
		return NULL;
	sync_mutex_lock(&deadlines->lock);
	timer = timer_queue_expire(&deadlines->timers, now);
	unlock(deadlines);
	return entry_of(timer);
}

struct deadline_entry *deadlines_close(struct deadlines *deadlines)
{
	struct timer *timer;

	sync_mutex_lock(&deadlines->lock);
	deadlines->closed = true;
	timer = timer_queue_expire(&deadlines->timers, UINT64_MAX);
	unlock(deadlines);
	return entry_of(timer);
}
