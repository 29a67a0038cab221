/* SPDX-License-Identifier: MIT */
/* worker.c: the life of a worker's thread. */
#include "proxy.h"
#include "withhold.h"
#include "worker.h"
#include "worker_health.h"

#include <stdio.h>
#include <string.h>

/*
 * A thread's life: init; then what its slot, cell and casts ask for, until the word says STOPPING;
 * then who waits for an answer is told; then, once nobody is in its state, terminate; then the slot
 * is VACANT. A callback that ends the thread skips to the last three, which are cleanup handlers.
 */

int worker_prepare(struct pooltoy_worker *worker)
{
	if (parker_init(&worker->parker))
		return POOLTOY_ENOMEM;
	if (sync_mutex_init(&worker->casts_lock, RANK_CASTS)) {
		parker_destroy(&worker->parker);
		return POOLTOY_ENOMEM;
	}
	worker->pool = worker->slot.pool;
	worker->parker.max_spins = worker->pool->config.max_spins;
	worker->casts_end = &worker->casts;
	if (worker_is_isolated(worker) && proxy_prepare(worker)) {
		sync_mutex_destroy(&worker->casts_lock);
		parker_destroy(&worker->parker);
		return POOLTOY_ENOMEM;
	}
	worker->interruption.run = worker_run_interruption;
	worker->prepared = true;
	return POOLTOY_OK;
}

static void dispose(struct slot *slot)
{
	struct pooltoy_worker *worker = worker_of(slot);

	if (!worker->prepared)
		return;
	bytes_free(&worker->cell.request);
	bytes_free(&worker->cell.reply);
	proxy_dispose(worker);
	sync_mutex_destroy(&worker->casts_lock);
	parker_destroy(&worker->parker);
}

static void wake(struct slot *slot)
{
	worker_wake(worker_of(slot));
}

const struct slot_kind worker_kind = { sizeof(struct pooltoy_worker), dispose, wake, worker_fits };

/* Calls and casts. */

void worker_callback_returned(struct pooltoy_worker *worker, const char *callback, int code)
{
	if (code >= 0) {
		worker->reason[0] = 0; /* whatever it recorded, it thought better of it */
		return;
	}
	if (!worker->reason[0])
		snprintf(worker->reason, sizeof worker->reason, "%s returned %d", callback, code);
	worker_stop(worker, SLOT_BROKE);
}

/* False: the caller has left, and its claim was the worker's to give up. */
static bool finish_call(struct pooltoy_worker *worker, enum cell_state outcome)
{
	worker->in_call = false;
	if (cell_finish(&worker->cell, outcome))
		return true;
	slot_unclaim(&worker->slot, SLOT_CALLING);
	return false;
}

static inline bool begin_call(struct pooltoy_worker *worker)
{
	/* First, so that who finds the cell RUNNING can interrupt. */
	if (!worker_enter_callback(worker))
		return false;
	if (!cell_move(&worker->cell, CELL_POSTED, CELL_RUNNING)) {
		worker_leave_callback(worker);
		return false;
	}
	worker->in_call = true;
	return true;
}

static inline bool end_call(struct pooltoy_worker *worker, int code)
{
	worker_leave_callback(worker);
	worker_callback_returned(worker, "handle_call", code);
	return finish_call(worker, code < 0 ? CELL_CRASHED : CELL_REPLIED);
}

bool worker_begin_call(struct pooltoy_worker *worker)
{
	return begin_call(worker);
}

bool worker_end_call(struct pooltoy_worker *worker, int code)
{
	return end_call(worker, code);
}

/* Whether a caller has its answer. */
static bool run_call(struct pooltoy_worker *worker)
{
	const struct pooltoy_worker_ops *ops = &worker->pool->config.ops;
	struct cell *cell = &worker->cell;

	return begin_call(worker) &&
	       end_call(worker, ops->handle_call(worker, worker->state, cell->request.data,
						 cell->request.length));
}

static struct cast *take_cast(struct pooltoy_worker *worker)
{
	struct cast *cast;

	sync_mutex_lock(&worker->casts_lock);
	cast = worker->casts;
	if (cast) {
		worker->casts = cast->next;
		sync_store(&worker->casts_count, sync_load(&worker->casts_count, relaxed) - 1,
			   relaxed);
	}
	if (!worker->casts)
		worker->casts_end = &worker->casts;
	if (!cast)
		slot_unclaim(&worker->slot, SLOT_CASTING);
	worker->casting = cast != NULL;
	sync_mutex_unlock(&worker->casts_lock);
	return cast;
}

static void run_cast(struct pooltoy_worker *worker)
{
	const struct pooltoy_worker_ops *ops = &worker->pool->config.ops;
	int code;

	if (!worker_enter_callback(worker))
		return;
	worker->running_cast = take_cast(worker);
	if (!worker->running_cast) {
		worker_leave_callback(worker);
		return;
	}
	code = ops->handle_cast(worker, worker->state, worker->running_cast->data,
				worker->running_cast->length);
	worker_leave_callback(worker);
	sync_free(worker->running_cast);
	worker->running_cast = NULL;
	worker_callback_returned(worker, "handle_cast", code);
}

/* Between leases. */

void worker_become_free(struct pooltoy_worker *worker)
{
	slot_word word;

	do {
		word = slot_look(&worker->slot);
		if (slot_word_state(word) == SLOT_STOPPING)
			return;
	} while (
		!worker_free(worker, word,
			     slot_word_generation(word) + (slot_word_state(word) == SLOT_SERVING)));
}

static void run_reset(struct pooltoy_worker *worker)
{
	struct pool_config *config = &worker->pool->config;
	int code = 0;

	if (config->ops.reset) {
		if (!worker_enter_callback(worker))
			return;
		figure_store(&worker->chore, "reset");
		code = config->ops.reset(worker, worker->state);
		figure_store(&worker->chore, NULL);
		worker_leave_callback(worker);
	}
	worker_callback_returned(worker, "reset", code);
	if (code >= 0)
		worker_become_free(worker);
}

static bool is_called(void *argument)
{
	struct pooltoy_worker *worker = argument;

	return cell_look(&worker->cell) == CELL_POSTED;
}

/*
 * Call after call, as long as they follow each other closely and nothing else is asked for: the slot's
 * word stays with its caller. Whether it has looked for another one in vain for as long as it may.
 */
static bool serve_calls(struct pooltoy_worker *worker)
{
	bool looked = false;

	while (is_called(worker) && !worker_has_casts(worker) && run_call(worker))
		/* Of an isolated worker the next caller has no need of this thread. */
		if (!worker_is_isolated(worker))
			looked = !parker_spin(&worker->parker, is_called, worker);
	return looked;
}

static void wait_for_work(struct pooltoy_worker *worker, bool has_looked)
{
	if (worker_is_isolated(worker)) {
		worker_rest(worker);
		return;
	}
	if (!has_looked)
		parker_spin(&worker->parker, is_called, worker);
	parker_await(&worker->parker, is_called, worker, SYNC_NEVER);
}

static void serve(struct pooltoy_worker *worker)
{
	for (;;) {
		bool has_looked = serve_calls(worker);
		slot_word word;

		word = slot_look(&worker->slot);
		if (slot_word_state(word) == SLOT_STOPPING)
			return;
		if (word & SLOT_CASTING)
			run_cast(worker);
		else if (slot_word_state(word) == SLOT_RESETTING && !(word & SLOT_FLAGS))
			run_reset(worker);
		else if (slot_word_state(word) == SLOT_SERVING && figure_load(&worker->pinged))
			worker_run_ping(worker);
		else if (slot_word_state(word) == SLOT_SERVING)
			worker_serve_tasks(worker, slot_word_generation(word));
		else
			wait_for_work(worker, has_looked);
	}
}

/* Of a child process it is the proxy that places the thread that matters. */
static int take_place(struct pooltoy_worker *worker)
{
	const char *what;
	int failed = worker_is_isolated(worker)
			     ? 0
			     : sync_place(&worker->pool->config.placement, 0, &what);

	return failed ? pooltoy_worker_fail(worker, "%s: %s", what, sync_error_text(failed)) : 0;
}

static bool come_up(struct pooltoy_worker *worker)
{
	struct pool_config *config = &worker->pool->config;
	uint64_t begun = sync_now();
	int code = take_place(worker);

	if (!code && config->ops.init)
		code = config->ops.init(worker, config->argument, &worker->state);
	worker_callback_returned(worker, "init", code);
	if (code < 0)
		return false;
	worker->initialized = true;
	worker->start_duration = sync_now() - begun;
	histogram_add(&worker->pool->metrics.start, worker->start_duration);
	sync_store(&worker->up, true, release); /* pairs with the manager's look */
	worker_tell_manager(worker);
	worker_become_free(worker);
	if (ready_is_waited_for(&worker->pool->ready)) /* after it is free */
		pool_wake_manager(worker->pool);
	return true;
}

/* The way out. */

static void drop_casts(struct pooltoy_worker *worker)
{
	struct cast *cast;

	sync_free(worker->running_cast);
	worker->running_cast = NULL;
	while ((cast = take_cast(worker)))
		sync_free(cast);
}

/*
 * Nobody may be in the state while it is terminated: waits for who borrows it, and for callers to
 * take note.
 */
static void wait_until_alone(struct pooltoy_worker *worker)
{
	while (slot_look(&worker->slot) & SLOT_FLAGS) {
		if (cell_move(&worker->cell, CELL_POSTED, CELL_RUNNING))
			finish_call(worker, CELL_CRASHED);
		else
			parker_await(&worker->parker, is_called, worker, SYNC_NEVER);
	}
}

static int terminate_reason(enum slot_stop_cause cause)
{
	switch (cause) {
	case SLOT_DISMISSED:
	case SLOT_REPLACED:
	case SLOT_RETIRED:
		return 0;
	case SLOT_SWEPT:
		return POOLTOY_ESTOPPED;
	default:
		return POOLTOY_ECRASHED;
	}
}

static void stop_working(void *argument)
{
	struct pooltoy_worker *worker = argument;

	worker_leave_callback(worker);
	if (worker_stop(worker, SLOT_BROKE) && !worker->reason[0])
		snprintf(worker->reason, sizeof worker->reason, "its thread ended in a callback");
	worker_heed_complaint(worker);
	if (worker->in_call && !figure_load(&worker->in_task))
		finish_call(worker, CELL_CRASHED);
	drop_casts(worker);
	worker_leave_tasks(worker); /* runs the user's callback: last */
}

static void leave(void *argument)
{
	struct pooltoy_worker *worker = argument;
	const struct pooltoy_worker_ops *ops = &worker->pool->config.ops;

	wait_until_alone(worker);
	if (worker->initialized) {
		worker->initialized = false;
		worker->terminating = true;
		figure_store(&worker->chore, "terminate");
		if (ops->terminate)
			ops->terminate(worker, worker->state,
				       terminate_reason(slot_word_cause(slot_look(&worker->slot))));
	}
}

static void record_reason(struct pooltoy_worker *worker)
{
	char reason[POOL_REASON_SIZE];

	if (!worker->reason[0] && worker->cause == SLOT_KILLED)
		snprintf(worker->reason, sizeof worker->reason, "killed");
	if (worker->cause == SLOT_RETIRED)
		worker_describe_retirement(worker);
	if (worker->cause != SLOT_BROKE && worker->cause != SLOT_KILLED)
		return;
	snprintf(reason, sizeof reason, "worker %u: %s%.200s", worker->slot.index,
		 sync_load(&worker->up, relaxed) ? "" : "init failed: ", worker->reason);
	pool_set_reason(worker->pool, reason);
}

static void gone(void *argument)
{
	struct pooltoy_worker *worker = argument;
	struct pooltoy_pool *pool = worker->pool;
	struct thread *self = worker->thread;

	worker->cause = slot_word_cause(slot_look(&worker->slot));
	record_reason(worker);
	proxy_leave_bed(worker);
	if (pool->config.stack_signal > 0)
		sync_stack_lend(NULL, 0);
	sync_store(&worker->thread_id, 0, relaxed);
	slot_vacate(&worker->slot);
	/* From here on the worker is the manager's, for another thread. */
	mailbox_post(&pool->manager.mailbox, &worker->attention);
	thread_leave(self, pool->reaper);
}

static void worker_main(void *argument)
{
	struct pooltoy_worker *worker = argument;

	worker_set_current(worker);
	sync_store(&worker->thread_id, sync_thread_id(), relaxed);
	if (worker->pool->config.stack_signal > 0)
		sync_stack_lend(&worker->stuck_at, worker->pool->config.stack_signal);
	sync_cleanup_push(gone, worker);
	sync_cleanup_push(leave, worker);
	sync_cleanup_push(stop_working, worker);
	if (come_up(worker))
		serve(worker);
	sync_cleanup_pop(1);
	sync_cleanup_pop(1);
	sync_cleanup_pop(1);
}

static void joined(void *argument)
{
	struct pooltoy_worker *worker = argument;

	/*
	 * On the worker's own thread, if the reaper has gone: what that does from now on, it does
	 * not as this worker.
	 */
	if (worker_current() == worker)
		worker_set_current(NULL);
	pool_thread_joined(worker->pool);
}

static void renew(struct pooltoy_worker *worker)
{
	bytes_free(&worker->cell.request); /* they may have grown large */
	bytes_free(&worker->cell.reply);
	worker->state = NULL;
	sync_store(&worker->helm, HELM_WORKER, relaxed); /* nobody looks before there is a lease */
	worker->reason[0] = 0;
	worker->terminating = false;
	figure_store(&worker->chore, NULL);
	sync_store(&worker->stuck_at.wanted, false, relaxed);
	sync_store(&worker->stuck_at.there, false, relaxed);
	worker->stack_until = 0;
	worker->start_duration = 0;
	worker->announced = worker->child_killed = worker->outdated = false;
	sync_store(&worker->retiring, false, relaxed);
	sync_store(&worker->hurried, false, relaxed);
	figure_store(&worker->tasks_before, figure_load(&worker->tasks_run));
	sync_store(&worker->too_old, false, relaxed);
	sync_store(&worker->pinged, false, relaxed);
	sync_store(&worker->serving, UINT64_MAX, relaxed);
	sync_store(&worker->up, false, relaxed);
	sync_store(&worker->halted, false, relaxed);
	figure_store(&worker->slot.instance, figure_load(&worker->pool->instance));
}

int worker_start(struct pooltoy_worker *worker)
{
	struct pooltoy_pool *pool = worker->pool;
	slot_word vacant = slot_look(&worker->slot);
	char suffix[12];
	struct thread_spec spec = { .name = pool->config.name,
				    .suffix = suffix,
				    .stack_size = pool->config.stack_size,
				    .guard_size = pool->config.guard_size,
				    .body = worker_main,
				    .joined = joined,
				    .argument = worker };
	int code;

	renew(worker);
	worker->first_generation = slot_word_generation(vacant);
	figure_store(&worker->first_lease, figure_load(&worker->slot.leases));
	snprintf(suffix, sizeof suffix, "/%u", worker->slot.index);
	slot_move(&worker->slot, vacant,
		  slot_word_make(slot_word_generation(vacant), 0, SLOT_STARTING));
	withhold_follow(worker);
	pool_thread_starts(pool);
	code = worker_is_isolated(worker) && sync_bed_make(&worker->proxy.bed)
		       ? POOLTOY_EAGAIN
		       : thread_start(&worker->thread, &spec);
	if (code) {
		proxy_leave_bed(worker);
		slot_stop(&worker->slot, SLOT_BROKE);
		slot_vacate(&worker->slot);
		pool_thread_joined(pool);
	}
	return code;
}
