/* SPDX-License-Identifier: MIT */
/* worker_helm.c: who steers a worker in a child process: its own thread, or a caller meanwhile. */
#include "proxy.h"
#include "worker.h"

/* Sequentially consistent throughout: what is posted, cast or stopped is followed by a look at who is
 * asleep, what is given back by a look at what is wanted; and all that belongs to the helm goes with
 * it. */

static enum worker_helm helm(struct pooltoy_worker *worker)
{
	return (enum worker_helm)sync_load(&worker->helm, seq_cst);
}

static bool change(struct pooltoy_worker *worker, int from, int to)
{
	return sync_cas(&worker->helm, &from, to, seq_cst);
}

/* The worker's thread. */

static bool has_work(slot_word word)
{
	switch (slot_word_state(word)) {
	case SLOT_STOPPING:
	case SLOT_SERVING:
		return true;
	case SLOT_RESETTING:
		return word & SLOT_CASTING || !(word & SLOT_FLAGS);
	default:
		return word & SLOT_CASTING;
	}
}

static bool is_needed(struct pooltoy_worker *worker)
{
	enum worker_helm by = helm(worker);

	/* A call that is posted is its poster's own, if that has the helm. */
	return by == HELM_LEFT || (by == HELM_FREE && cell_look(&worker->cell) == CELL_POSTED) ||
	       has_work(slot_look(&worker->slot));
}

static bool has_cause_to_rise(void *argument)
{
	struct pooltoy_worker *worker = argument;

	return proxy_has_been_heard(worker) || is_needed(worker);
}

static bool may_have_helm(void *argument)
{
	struct pooltoy_worker *worker = argument;
	enum worker_helm by = helm(worker);

	return by == HELM_FREE || by == HELM_LEFT || proxy_has_been_heard(worker);
}

static void await_helm(struct pooltoy_worker *worker)
{
	if (change(worker, HELM_FREE, HELM_WORKER))
		return;
	while (!change(worker, HELM_FREE, HELM_WORKER)) {
		if (change(worker, HELM_LEFT, HELM_WORKER)) {
			worker_end_call(worker, proxy_await_answer(worker));
			return;
		}
		change(worker, HELM_CALLER, HELM_WANTED);
		proxy_tell_of_stop(worker);
		proxy_open_ears(worker);
		parker_await(&worker->parker, may_have_helm, worker, SYNC_NEVER);
		proxy_listen(worker);
	}
}

static bool is_stopping(struct pooltoy_worker *worker)
{
	return slot_word_state(slot_look(&worker->slot)) == SLOT_STOPPING;
}

void worker_rest(struct pooltoy_worker *worker)
{
	bool ended;

	sync_store(&worker->helm, HELM_FREE, seq_cst);
	do {
		proxy_open_ears(worker);
		parker_await(&worker->parker, has_cause_to_rise, worker, SYNC_NEVER);
		ended = proxy_listen(worker);
	} while (!ended && !is_needed(worker));
	await_helm(worker);
	proxy_shut_ears(worker); /* an end is heard again and again */
	/* One that is to stop anyway has its reason, which a caller may be reading. */
	if (worker->proxy.ended && !worker->proxy.broken && !is_stopping(worker)) {
		proxy_break(worker);
		worker_callback_returned(worker, "its process", POOLTOY_ECRASHED);
	}
}

/* A caller. */

bool worker_take_helm(struct pooltoy_worker *worker)
{
	return helm(worker) == HELM_FREE && change(worker, HELM_FREE, HELM_CALLER);
}

static void hand_over(struct pooltoy_worker *worker, enum worker_helm to)
{
	if (sync_exchange(&worker->helm, to, seq_cst) == HELM_WANTED || to == HELM_LEFT)
		worker_wake(worker);
}

void worker_give_helm(struct pooltoy_worker *worker)
{
	hand_over(worker, HELM_FREE);
}

void worker_leave_helm(struct pooltoy_worker *worker)
{
	hand_over(worker, HELM_LEFT);
}
