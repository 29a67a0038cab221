/* SPDX-License-Identifier: MIT */
/* worker_interrupt.c: who is inside a callback, and running `interrupt` meanwhile. */
#include "worker.h"

/*
 *   OUT -> IN -> OUT            the worker, around a callback
 *   IN  -> INTERRUPTED -> IN    whoever interrupts: the worker cannot leave the callback meanwhile
 */

struct current {
	struct pooltoy_worker *worker;
};
SYNC_THREAD_LOCAL(struct current, current);

struct pooltoy_worker *worker_current(void)
{
	return current()->worker;
}

void worker_set_current(struct pooltoy_worker *worker)
{
	current()->worker = worker;
}

struct interruption {
	struct pooltoy_worker *worker, *outer;
	bool by_notifier;
};

static bool is_hurried(struct pooltoy_worker *worker)
{
	return sync_load(&worker->hurried, seq_cst);
}

/* For the notifier: a call was abandoned, by who may have had no thread to run `interrupt` on. */
static bool is_unwanted(struct pooltoy_worker *worker)
{
	return is_hurried(worker) || cell_look(&worker->cell) == CELL_ABANDONED;
}

static void send_errand(struct pooltoy_worker *worker)
{
	struct pooltoy_pool *pool = worker->pool;

	if (!pool->config.ops.interrupt || sync_exchange(&worker->interrupting, true, acq_rel))
		return;
	pool_ref(pool); /* the errand's */
	notifier_send(pool->notifier, &worker->interruption);
}

static void end_interruption(void *argument)
{
	struct interruption *interruption = argument;
	struct pooltoy_worker *worker = interruption->worker;

	worker_set_current(interruption->outer);
	/*
	 * Release pairs with worker_leave_callback. Sequentially consistent: a notifier that found a
	 * caller here, and left it alone, has its errand seen to now.
	 */
	sync_store(&worker->activity, WORKER_IN, seq_cst);
	worker_wake(worker);
	if (!interruption->by_notifier && is_hurried(worker))
		send_errand(worker);
}

/* Keeps the worker inside its callback. False: it is in none, or need not be interrupted by this thread. */
static bool hold(struct pooltoy_worker *worker, bool (*still_wanted)(struct pooltoy_worker *worker))
{
	int in = WORKER_IN;

	while (!sync_cas(&worker->activity, &in, WORKER_INTERRUPTED, seq_cst)) {
		if (in == WORKER_OUT || is_hurried(worker) || !still_wanted(worker))
			return false;
		/* By an errand that comes late, for an earlier life: as soon as it has noticed. */
		sync_yield_until(sync_load(&worker->activity, relaxed) != WORKER_INTERRUPTED ||
				 is_hurried(worker));
		in = WORKER_IN;
	}
	return true;
}

void worker_interrupt(struct pooltoy_worker *worker,
		      bool (*still_wanted)(struct pooltoy_worker *worker))
{
	const struct pooltoy_worker_ops *ops = &worker->pool->config.ops;
	struct interruption interruption = { worker, worker_current(),
					     still_wanted == is_unwanted };
	int cancel;

	if (!ops->interrupt || !hold(worker, still_wanted))
		return;
	cancel = sync_cancel_disable();
	/* What would wait for the worker would wait for this callback, too. */
	worker_set_current(worker);
	sync_cleanup_push(end_interruption, &interruption);
	if (still_wanted(worker))
		ops->interrupt(worker, worker->state);
	sync_cleanup_pop(1);
	sync_cancel_restore(cancel);
}

static void end_errand(void *pool)
{
	pool_unref(pool);
}

void worker_run_interruption(struct errand *errand)
{
	struct pooltoy_worker *worker =
		(struct pooltoy_worker *)((char *)errand -
					  offsetof(struct pooltoy_worker, interruption));

	sync_cleanup_push(end_errand, worker->pool);
	/*
	 * First: who finds it set has a look at the worker ahead. Acquire and release pair with
	 * send_errand.
	 */
	sync_exchange(&worker->interrupting, false, acq_rel);
	/* Whoever stopped it may not have come so far yet. */
	sync_store(&worker->halted, true, seq_cst);
	worker_interrupt(worker, is_unwanted);
	sync_cleanup_pop(1);
}

void worker_interrupt_later(struct pooltoy_worker *worker)
{
	/* Sequentially consistent, as is the errand's look at `activity`: pairs with end_interruption. */
	sync_store(&worker->hurried, true, seq_cst);
	send_errand(worker);
}

void worker_interrupt_call_later(struct pooltoy_worker *worker)
{
	send_errand(worker);
}

static bool is_stopping(struct pooltoy_worker *worker)
{
	return slot_word_state(slot_look(&worker->slot)) == SLOT_STOPPING;
}

/* Else nobody looks at its activity. */
static bool may_be_interrupted(const struct pooltoy_worker *worker)
{
	return worker->pool->config.ops.interrupt != NULL;
}

/* By the worker's own line, so that the slot's stays with whoever calls. */
static bool is_halted(struct pooltoy_worker *worker)
{
	if (!sync_load(&worker->halted, seq_cst))
		return false;
	if (is_stopping(worker))
		return true;
	/* Told late of the end of an earlier life; who stops it just now may come before or after. */
	sync_store(&worker->halted, false, seq_cst);
	return is_stopping(worker);
}

bool worker_enter_callback(struct pooltoy_worker *worker)
{
	/*
	 * Sequentially consistent, as are the stop of the slot, then `halted`, then the look of
	 * worker_interrupt: who stops the worker finds it inside, and interrupts, or it finds
	 * itself halted here.
	 */
	if (may_be_interrupted(worker)) {
		worker->entered++;
		sync_store(&worker->activity, WORKER_IN, seq_cst);
	}
	if (!is_halted(worker))
		return true;
	worker_leave_callback(worker);
	return false;
}

static void wait_for_interruption(struct pooltoy_worker *worker)
{
	/* It may be a caller who is at the helm, and the parker is the thread's: but a child is interrupted
	 * by a signal, which takes a moment. */
	if (worker_is_isolated(worker))
		sync_yield_until(sync_load(&worker->activity, relaxed) != WORKER_INTERRUPTED);
	else
		parker_park(&worker->parker, SYNC_NEVER);
}

void worker_leave_callback(struct pooltoy_worker *worker)
{
	int in = WORKER_IN;

	if (!may_be_interrupted(worker))
		return;
	while (!sync_cas(&worker->activity, &in, WORKER_OUT, acq_rel)) {
		if (in == WORKER_OUT)
			return;
		wait_for_interruption(worker);
		in = WORKER_IN;
	}
}
