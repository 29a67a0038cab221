/* SPDX-License-Identifier: MIT */
/* worker_accuse.c: a worker that is stopped by somebody else, who says why. */
#include "worker.h"

#include <stdio.h>

/*
 * Whoever stops it writes the complaint first, and holds the lock until the word has moved: the worker,
 * which looks once it has stopped, finds it. Who comes too late has not touched it.
 */

static bool accuse_locked(struct pooltoy_worker *worker, slot_word word, slot_word stopped,
			  const char *complaint)
{
	if (slot_look(&worker->slot) != word)
		return false;
	snprintf(worker->complaint, sizeof worker->complaint, "%s", complaint);
	if (slot_move(&worker->slot, word, stopped) == SLOT_DONE)
		return true;
	worker->complaint[0] = 0;
	return false;
}

bool worker_stop_accused(struct pooltoy_worker *worker, slot_word word, enum slot_stop_cause cause,
			 const char *complaint)
{
	/* A state that is in use is the caller's own, and given back with it. */
	slot_word stopped = slot_word_stopped(word & ~SLOT_BORROWED, cause);
	bool is_stopped;

	sync_mutex_lock(&worker->casts_lock);
	is_stopped = accuse_locked(worker, word, stopped, complaint);
	sync_mutex_unlock(&worker->casts_lock);
	if (is_stopped)
		worker_tell_of_stop(worker);
	return is_stopped;
}

void worker_heed_complaint(struct pooltoy_worker *worker)
{
	sync_mutex_lock(&worker->casts_lock);
	/* With a reason of its own a caller may be reading that. */
	if (worker->complaint[0] && !worker->reason[0])
		snprintf(worker->reason, sizeof worker->reason, "%s", worker->complaint);
	worker->complaint[0] = 0;
	sync_mutex_unlock(&worker->casts_lock);
}
