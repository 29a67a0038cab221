/* SPDX-License-Identifier: MIT */
/* worker_caller.c: the caller's side of a worker's cell: the end of a call. */
#include "worker.h"

void worker_end_claim(struct pooltoy_worker *worker)
{
	sync_store(&worker->cell.state, CELL_EMPTY,
		   release); /* pairs with the next caller's claim */
	worker_flag_cleared(worker, slot_unclaim(&worker->slot, SLOT_CALLING));
}

const char *worker_why_it_died(struct pooltoy_worker *worker)
{
	if (worker->reason[0])
		return worker->reason;
	/* The claim keeps the slot STOPPING, and its cause. */
	return slot_word_cause(slot_look(&worker->slot)) == SLOT_SWEPT
		       ? "its pool restarts or stops"
		       : "killed";
}
