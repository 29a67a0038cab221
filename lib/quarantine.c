/* SPDX-License-Identifier: MIT */
/* quarantine.c: where a stuck worker is: by its own words, by the kernel's, and by its stack. */
#include "quarantine.h"
#include "deadline.h"

#include <stdio.h>

/* No message can come from a signal's handler: the manager looks, for as long as it waits. */
#define LOOK_EVERY ((uint64_t)NS_PER_MS)

uint64_t quarantine_wait_for_stack(struct pooltoy_worker *worker, uint64_t now)
{
	const struct pool_config *config = &worker->slot.pool->config;

	if (config->stack_signal == 0 || sync_stack_is_there(&worker->stuck_at))
		return 0;
	if (worker->stack_until == 0) {
		worker->stack_until = now + config->stack_wait;
		if (!sync_stack_ask(&worker->stuck_at, figure_load(&worker->thread_id),
				    config->stack_signal))
			return 0;
	}
	if (now >= worker->stack_until)
		return 0;
	return now + LOOK_EVERY < worker->stack_until ? now + LOOK_EVERY : worker->stack_until;
}

/* The callback that it is in; NULL: unknown. */
static const char *callback_of(struct pooltoy_worker *worker, slot_word word)
{
	const char *chore = figure_load(&worker->chore);
	enum cell_state cell = cell_look(&worker->cell);

	if (sync_load(&worker->activity, relaxed) == WORKER_INTERRUPTED)
		return "interrupt";
	if (chore)
		return chore;
	if (!sync_load(&worker->up, relaxed))
		return "init";
	if (cell == CELL_RUNNING || cell == CELL_ABANDONED || figure_load(&worker->in_task))
		return "handle_call";
	return word & SLOT_CASTING ? "handle_cast" : NULL;
}

static void describe(struct pooltoy_worker *worker, char *reason, size_t size)
{
	slot_word word = slot_look(&worker->slot);
	const char *callback = callback_of(worker, word);
	char kernel[96];

	sync_thread_describe(figure_load(&worker->thread_id), kernel, sizeof kernel);
	if (word & SLOT_BORROWED)
		snprintf(reason, size, "its state is not given back");
	else
		snprintf(reason, size, "does not come back from user code%s%s%s%s",
			 callback ? ": " : "", callback ? callback : "", kernel[0] ? "; " : "",
			 kernel);
}

void quarantine_tell(struct pooltoy_worker *worker)
{
	static const struct sync_stack unknown;
	struct pooltoy_pool *pool = worker->slot.pool;
	struct pooltoy_event event;
	char reason[POOL_REASON_SIZE];

	describe(worker, reason, sizeof reason);
	pool_set_reason(pool, reason);
	event = pool_event(pool, POOLTOY_EVENT_WORKER_QUARANTINED, (int)worker->slot.index, 0,
			   reason);
	notifier_emit_with(pool->notifier, &event,
			   sync_stack_is_there(&worker->stuck_at) ? &worker->stuck_at.stack
								  : &unknown);
}
