/* SPDX-License-Identifier: MIT */
/* api_checkout.c: taking an idle worker, or waiting for one. */
#include "checkout.h"
#include "deadline.h"
#include "error.h"
#include "probe.h"
#include "quota.h"

/* Waiting for a worker. */

/*
 * For the next checkout; in strict order, or if it is to be looked at first, a thread has no slot of its own. Nor if the
 * checkout is to be noted: so who has one, and is on the fast path, need not ask.
 */
static void remember(struct checkout *checkout)
{
	struct broker *broker = &checkout->pool->broker;

	if (broker->strategy == BROKER_AFFINE && !broker->fits &&
	    !checkout->pool->config.lease_backtrace)
		checkout->membership->hint = checkout->slot;
}

static bool take_idle(struct checkout *checkout)
{
	struct broker *broker = &checkout->pool->broker;
	struct slot *hint = checkout->membership->hint;

	if (hint && slot_lease(hint, &checkout->generation)) {
		checkout->slot = hint;
		return true;
	}
	if (!broker_take(broker, checkout->self->search_start, &checkout->slot,
			 &checkout->generation))
		return false;
	remember(checkout);
	return true;
}

/* By who would not look again: has no time to wait, or is where nobody may. */
static bool take_unlisted(struct checkout *checkout)
{
	if (!broker_take_unlisted(&checkout->pool->broker, &checkout->slot, &checkout->generation))
		return false;
	remember(checkout);
	return true;
}

static void left_queue(struct checkout *checkout, enum waiter_outcome outcome)
{
	if (outcome == WAITER_GRANTED)
		client_return_unused(checkout->waiter.slot, checkout->waiter.generation);
	pool_reconsider(checkout->pool);
}

static void leave_queue(void *argument)
{
	struct checkout *checkout = argument;

	pool_measure_wait(checkout->pool, &checkout->waiter);
	PROBE(wait_end, checkout->pool->config.name, POOLTOY_ECANCELLED, 0);
	left_queue(checkout, broker_leave(&checkout->pool->broker, &checkout->waiter));
}

/* With a slot; if it was granted another meanwhile, that is one too many. */
static void leave_queue_served(struct checkout *checkout)
{
	left_queue(checkout, broker_leave_served(&checkout->pool->broker, &checkout->waiter));
}

/* It could not wait, or waited for too long. */
static int refuse_overload(struct pooltoy_pool *pool, int code)
{
	char overload[POOL_REASON_SIZE];

	overload_describe(pool, code, overload, sizeof overload);
	return error_set(code, "pool \"%s\": checkout: %s (%s)", pool->config.name,
			 pooltoy_strerror(code), overload);
}

int checkout_refuse(struct pooltoy_pool *pool, int code)
{
	char reason[POOL_REASON_SIZE];

	if (code == POOLTOY_EQUEUEFULL || code == POOLTOY_EOVERLOAD)
		return refuse_overload(pool, code);
	pool_get_reason(pool, reason, sizeof reason);
	return error_set(code, "pool \"%s\": checkout: %s%s%s", pool->config.name,
			 pooltoy_strerror(code), reason[0] ? "; last failure: " : "", reason);
}

/* Whether the pool has come up: its manager's figure, or, before that knows of any, the slots. */
static bool has_come_up(struct pooltoy_pool *pool)
{
	return figure_load(&pool->up) > 0 || figure_load(&pool->elasticity.kept) == 0 ||
	       pool_count_up(pool) > 0;
}

int checkout_refuse_try(struct pooltoy_pool *pool)
{
	switch (pool_state(pool)) {
	case POOL_FAILED:
		return checkout_refuse(pool, POOLTOY_EFAILED);
	case POOL_STOPPED:
	case POOL_DRAINING:
		return checkout_refuse(pool, POOLTOY_ESTOPPED);
	case POOL_BACKOFF:
		return checkout_refuse(pool, POOLTOY_ESTARTING);
	default:
		if (sync_load(&pool->paused, relaxed))
			return checkout_refuse(pool, POOLTOY_EPAUSED);
		return checkout_refuse(pool, has_come_up(pool) ? POOLTOY_EFULL : POOLTOY_ESTARTING);
	}
}

/* Waiting for ever is certain to be for ever: the caller holds, or is, what it waits for. */
static bool waits_for_itself(struct checkout *checkout)
{
	struct pooltoy_worker *worker = worker_current();
	struct membership *membership = checkout->membership;
	bool all_are_its_own;

	if (worker && worker->slot.pool == checkout->pool)
		return true;
	if (checkout->client) {
		sync_mutex_lock(&checkout->client->lock);
		membership = membership_find(checkout->client, checkout->pool);
	}
	all_are_its_own =
		membership && holdings_alive(&membership->leases) >= pool_may_have(checkout->pool);
	if (checkout->client)
		sync_mutex_unlock(&checkout->client->lock);
	return all_are_its_own;
}

static void wakes(void *argument)
{
	struct checkout *checkout = argument;

	checkout_queue_wake(&checkout->pool->broker.queue);
}

/* Asleep, until there is news: 0, or why it is to wait no longer. */
static int await_news(struct checkout *checkout, const struct patience *patience)
{
	struct pooltoy_pool *pool = checkout->pool;
	struct parker *parker = checkout->self->parker;
	bool news;

	checkout_queue_sleep(&pool->broker.queue);
	sync_cleanup_push(wakes, checkout);
	/* It counts who sleeps, and starts as many. */
	if (pool_may_grow(pool))
		pool_wake_manager(pool);
	parker->max_spins = pool->config.max_spins;
	news = parker_park(parker, patience->deadline);
	sync_cleanup_pop(1);
	if (!news)
		return POOLTOY_ETIMEDOUT;
	return cancel_token_is_cancelled(patience->cancel) ? POOLTOY_ECANCELLED : POOLTOY_OK;
}

/* It was refused, or has left. */
static int unserved(struct pooltoy_pool *pool, int why)
{
	PROBE(wait_end, pool->config.name, why, 0);
	return checkout_refuse(pool, why);
}

static int left_unserved(struct pooltoy_pool *pool, int why)
{
	checkout_count_left(pool, why);
	return unserved(pool, why);
}

/* In the queue, with the deadline ahead. */
static int wait_in_queue(struct checkout *checkout, const struct patience *patience)
{
	struct pooltoy_pool *pool = checkout->pool;
	struct waiter *waiter = &checkout->waiter;
	enum waiter_outcome outcome;
	int leaving = POOLTOY_OK; /* or why */

	for (;;) {
		checkout_queue_look(&pool->broker.queue);
		if (take_idle(checkout)) {
			leave_queue_served(checkout);
			return POOLTOY_OK;
		}
		/* Acquire pairs with the release in checkout_queue_remove_locked. */
		outcome = (enum waiter_outcome)sync_load(&waiter->outcome, acquire);
		if (outcome == WAITER_WAITING && leaving) {
			outcome = broker_leave(&pool->broker, waiter);
			pool_report_surplus(pool);
		}
		if (outcome == WAITER_GRANTED) {
			checkout->slot = waiter->slot;
			checkout->generation = waiter->generation;
			PROBE(grant, pool->config.name, waiter->slot->index, waiter->generation);
			remember(checkout);
			return POOLTOY_OK;
		}
		if (outcome == WAITER_REFUSED)
			return unserved(pool, waiter->code);
		if (outcome == WAITER_CANCELLED)
			return left_unserved(pool, leaving);
		leaving = await_news(checkout, patience);
	}
}

static int enter_and_wait(struct checkout *checkout, const struct patience *patience)
{
	struct pooltoy_pool *pool = checkout->pool;
	int code = (patience->high ? broker_enter_high : broker_enter)(
		&pool->broker, &checkout->waiter, checkout->self->parker);

	overload_watch_call(pool, code == POOLTOY_EQUEUEFULL);
	if (code)
		return checkout_refuse(pool, code);
	figure_add_shared(&pool->waits, 1);
	PROBE(wait, pool->config.name, sync_load(&pool->broker.queue.waiters, relaxed), 0);
	sync_cleanup_push(leave_queue, checkout);
	code = wait_in_queue(checkout, patience);
	sync_cleanup_pop(0);
	pool_measure_wait(pool, &checkout->waiter);
	return code;
}

static int wait_until_cancelled(struct checkout *checkout, const struct patience *patience)
{
	struct cancel_watch watch;
	int code;

	if (!cancel_watch_begin(&watch, patience->cancel, checkout->self->parker))
		return checkout_refuse(checkout->pool, POOLTOY_ECANCELLED);
	sync_cleanup_push(cancel_watch_end, &watch);
	code = enter_and_wait(checkout, patience);
	sync_cleanup_pop(1);
	return code;
}

int checkout_set_deadline(struct patience *patience)
{
	if (patience->deadline == 0) {
		patience->deadline = deadline_from_timeout(patience->timeout_ms);
		return patience->timeout_ms == 0 ? POOLTOY_EFULL : POOLTOY_OK;
	}
	return patience->deadline <= sync_now() ? POOLTOY_ETIMEDOUT : POOLTOY_OK;
}

static int wait_for_idle(struct checkout *checkout, struct patience patience)
{
	struct pooltoy_pool *pool = checkout->pool;
	int over = checkout_set_deadline(&patience), code = POOLTOY_OK;

	if ((over || pool_has_no_queue(pool)) && take_unlisted(checkout))
		return POOLTOY_OK;
	if (over)
		return over == POOLTOY_ETIMEDOUT ? checkout_refuse(pool, over)
						 : checkout_refuse_try(pool);
	if (pool_may_have(pool) == 0)
		return checkout_refuse(pool, POOLTOY_EFULL);
	if (patience.deadline == SYNC_NEVER && waits_for_itself(checkout))
		return checkout_refuse(pool, POOLTOY_EDEADLK);
	if (checkout->client)
		code = quota_claim_wait(&checkout->claim);
	if (code)
		return code;
	return patience.cancel ? wait_until_cancelled(checkout, &patience)
			       : enter_and_wait(checkout, &patience);
}

int checkout_acquire(struct checkout *checkout, const struct patience *patience)
{
	/* Newcomers may overtake who waits: who starves has slots that never were idle. */
	if (take_idle(checkout))
		return POOLTOY_OK;
	return wait_for_idle(checkout, *patience);
}

/* Checkout. */

int checkout_no_memory(struct pooltoy_pool *pool)
{
	return error_set(POOLTOY_ENOMEM, "pool \"%s\": no memory to remember a lease in",
			 pool->config.name);
}

int checkout_begin(struct checkout *checkout, struct pooltoy_pool *pool, const void *lease)
{
	int code;

	if (!pool || !lease)
		return error_set(POOLTOY_EINVAL, "checkout: %s is NULL", pool ? "lease" : "pool");
	code = pool_check_fork(pool);
	if (code)
		return code;
	checkout->pool = pool;
	code = self_get(pool->config.name, &checkout->self);
	if (code)
		return code;
	checkout->membership = self_membership(checkout->self, pool);
	return checkout->membership ? POOLTOY_OK : checkout_no_memory(pool);
}

static void note_stack(struct checkout *checkout, const void *caller)
{
	struct sync_stack stack;

	sync_stack_take(&stack, caller);
	if (slot_word_is_lease(sync_load(&checkout->slot->word, relaxed), checkout->generation))
		stack_note_write(&worker_of(checkout->slot)->leased_from, checkout->generation + 1,
				 &stack);
}

void checkout_enter(struct checkout *checkout, const char *client_name, const void *caller,
		    struct pooltoy_lease *lease)
{
	struct monitor_holder holder = { checkout->self->thread_id, client_name };

	if (checkout->pool->config.lease_backtrace)
		note_stack(checkout, caller); /* first: who finds the entry finds it, too */
	monitor_table_enter(checkout->slot, checkout->generation, &holder,
			    metrics_now(checkout->generation), caller);
	lease->slot = (uintptr_t)checkout->slot;
	lease->generation = checkout->generation;
	PROBE(checkout, checkout->pool->config.name, checkout->slot->index, checkout->generation,
	      caller, 0);
}

int checkout_by_thread(struct pooltoy_pool *pool, const struct patience *patience,
		       const void *caller, struct pooltoy_lease *lease)
{
	struct checkout checkout;
	struct holdings *leases;
	int code = checkout_begin(&checkout, pool, lease);

	if (code)
		return code;
	checkout.client = NULL;
	leases = &checkout.membership->leases;
	code = quota_check_thread(pool, leases);
	if (code)
		return code;
	if (!holdings_reserve_lease(leases, pool->config.max_leases_per_client))
		return checkout_no_memory(pool);
	code = checkout_acquire(&checkout, patience);
	if (code)
		return code;
	holdings_add_lease(leases, checkout.slot, checkout.generation);
	checkout_enter(&checkout, NULL, caller, lease);
	return POOLTOY_OK;
}

static SYNC_SLOW_PATH int check_out_slowly(struct pooltoy_pool *pool, int timeout_ms,
					   const void *caller, struct pooltoy_lease *lease)
{
	const struct patience patience = { .timeout_ms = timeout_ms };

	return checkout_by_thread(pool, &patience, caller, lease);
}

/* The slot that this thread used last: no more than its line is written. */
static SYNC_FAST_PATH bool check_out_again(struct membership *membership, const void *caller,
					   struct pooltoy_lease *lease)
{
	struct monitor_holder holder = { membership->thread_id, NULL };
	struct holdings *leases = &membership->leases;
	struct slot *slot = membership->hint;
	uint64_t generation;

	if (!slot || leases->count == leases->capacity || !slot_lease(slot, &generation))
		return false;
	holdings_add_lease(leases, slot, generation);
	monitor_table_enter(slot, generation, &holder, metrics_now(generation), caller);
	lease->slot = (uintptr_t)slot;
	lease->generation = generation;
	PROBE(checkout, slot->pool->config.name, slot->index, generation, caller, 0);
	return true;
}

static SYNC_FAST_PATH int check_out(struct pooltoy_pool *pool, int timeout_ms, const void *caller,
				    struct pooltoy_lease *lease)
{
	struct membership *membership = lease ? self_peek_membership(pool) : NULL;

	if (membership && check_out_again(membership, caller, lease))
		return POOLTOY_OK;
	return check_out_slowly(pool, timeout_ms, caller, lease);
}

int pooltoy_checkout(struct pooltoy_pool *pool, int timeout_ms, struct pooltoy_lease *lease)
{
	return check_out(pool, timeout_ms, __builtin_return_address(0), lease);
}

int checkout_on_behalf(struct pooltoy_pool *pool, int timeout_ms, const void *caller,
		       struct pooltoy_lease *lease)
{
	return check_out(pool, timeout_ms, caller, lease);
}
