/* SPDX-License-Identifier: MIT */
/* api_lease.c: checkout, checkin, and what else is done with leases. */
#include "client.h"
#include "deadline.h"
#include "error.h"
#include "lease.h"

#include <pooltoy/lease.h>

/* Leases. */

struct slot *lease_resolve(const struct pooltoy_lease *lease, int *code)
{
	struct slot *slot;

	if (!lease || !lease->slot || lease->slot % SYNC_CACHE_LINE) {
		*code = error_set(POOLTOY_EINVAL, "lease: not one that a checkout has given");
		return NULL;
	}
	slot = (struct slot *)lease->slot;
	*code = pool_check_fork(slot->pool);
	return *code ? NULL : slot;
}

int lease_error(const struct slot *slot, enum slot_result result)
{
	const char *name = slot->pool->config.name;

	switch (result) {
	case SLOT_BUSY:
		return error_set(POOLTOY_EBUSY,
				 "pool \"%s\": worker %u: its state or call cell is in use", name,
				 slot->index);
	default:
		return error_set(POOLTOY_ESTALE, "pool \"%s\": worker %u: the lease has ended",
				 name, slot->index);
	}
}

/* Waiting for a worker. */

/* One checkout: who wants, and what was got. */
struct checkout {
	struct pooltoy_pool *pool;
	struct self *self;
	struct membership *membership; /* the thread's, for its hint */
	struct pooltoy_client *client; /* NULL: the thread's own */
	struct slot *slot;
	uint64_t generation;
	struct waiter waiter;
};

static bool take_idle(struct checkout *checkout)
{
	struct broker *broker = &checkout->pool->broker;
	struct slot *hint = checkout->membership->hint;

	if (hint && broker->strategy == BROKER_AFFINE && slot_lease(hint, &checkout->generation)) {
		checkout->slot = hint;
		return true;
	}
	if (!broker_take(broker, checkout->self->search_start, &checkout->slot,
			 &checkout->generation))
		return false;
	checkout->membership->hint = checkout->slot;
	return true;
}

/* Gives back a slot that nobody has seen yet. */
static void return_unused(struct slot *slot, uint64_t generation)
{
	slot_word word, to;

	do {
		word = slot_look(slot);
		if (!slot_word_is_lease(word, generation))
			return; /* its worker has been stopped */
		to = slot_word_checked_in(word, true);
	} while (!worker_free(worker_of(slot), word, slot_word_generation(to)));
}

static void leave_queue(void *argument)
{
	struct checkout *checkout = argument;

	if (broker_leave(&checkout->pool->broker, &checkout->waiter) == WAITER_GRANTED)
		return_unused(checkout->waiter.slot, checkout->waiter.generation);
	pool_report_surplus(checkout->pool);
}

static int refuse(struct checkout *checkout, int code)
{
	struct pooltoy_pool *pool = checkout->pool;
	char reason[POOL_REASON_SIZE];

	pool_get_reason(pool, reason, sizeof reason);
	return error_set(code, "pool \"%s\": checkout: %s%s%s", pool->config.name,
			 pooltoy_strerror(code), reason[0] ? "; last failure: " : "", reason);
}

/* Whether the pool has come up: its manager's figure, or, before that knows of any, the slots. */
static bool has_come_up(struct pooltoy_pool *pool)
{
	unsigned count = slot_table_count(&pool->broker.slots), index;

	if (figure_load(&pool->up) > 0 || pool->config.size == 0)
		return true;
	for (index = 0; index < count; index++) {
		slot_word word = slot_look(slot_table_at(&pool->broker.slots, index));
		enum slot_state state = slot_word_state(word);

		if (state == SLOT_IDLE || state == SLOT_LEASED || state == SLOT_RESETTING)
			return true;
	}
	return false;
}

/* Without waiting: why none was idle. */
static int refuse_try(struct checkout *checkout)
{
	struct pooltoy_pool *pool = checkout->pool;

	switch (pool_state(pool)) {
	case POOL_FAILED:
		return refuse(checkout, POOLTOY_EFAILED);
	case POOL_STOPPED:
		return refuse(checkout, POOLTOY_ESTOPPED);
	case POOL_BACKOFF:
		return refuse(checkout, POOLTOY_ESTARTING);
	default:
		return refuse(checkout, has_come_up(pool) ? POOLTOY_EFULL : POOLTOY_ESTARTING);
	}
}

/* Waiting for ever is certain to be for ever: the caller holds, or is, what it waits for. */
static bool waits_for_itself(struct checkout *checkout)
{
	struct pool_config *config = &checkout->pool->config;
	struct pooltoy_worker *worker = worker_current();
	struct membership *membership = checkout->membership;
	bool all_are_its_own;

	if (worker && worker->slot.pool == checkout->pool)
		return true;
	if (checkout->client) {
		sync_mutex_lock(&checkout->client->lock);
		membership = membership_find(checkout->client, checkout->pool);
	}
	all_are_its_own = membership && holdings_alive(&membership->leases) >=
						config->size + config->max_overflow;
	if (checkout->client)
		sync_mutex_unlock(&checkout->client->lock);
	return all_are_its_own;
}

/* In the queue, with the deadline ahead. */
static int wait_in_queue(struct checkout *checkout, uint64_t deadline)
{
	struct pooltoy_pool *pool = checkout->pool;
	struct waiter *waiter = &checkout->waiter;
	enum waiter_outcome outcome;
	bool timed_out = false;

	for (;;) {
		if (take_idle(checkout)) {
			leave_queue(checkout); /* granted another meanwhile: one too many */
			return POOLTOY_OK;
		}
		/* Acquire pairs with the release in checkout_queue_remove_locked. */
		outcome = (enum waiter_outcome)sync_load(&waiter->outcome, acquire);
		if (outcome == WAITER_WAITING && timed_out) {
			outcome = broker_leave(&pool->broker, waiter);
			pool_report_surplus(pool);
		}
		if (outcome == WAITER_GRANTED) {
			checkout->slot = checkout->membership->hint = waiter->slot;
			checkout->generation = waiter->generation;
			return POOLTOY_OK;
		}
		if (outcome == WAITER_REFUSED)
			return refuse(checkout, waiter->code);
		if (outcome == WAITER_CANCELLED) {
			figure_add_shared(&pool->timeouts, 1);
			return refuse(checkout, POOLTOY_ETIMEDOUT);
		}
		if (sync_load(&pool->broker.overflow, relaxed) < (int)pool->config.max_overflow)
			pool_wake_manager(pool); /* it counts who waits, and starts as many */
		timed_out = !parker_park(checkout->self->parker, deadline);
	}
}

static int wait_for_idle(struct checkout *checkout, int timeout_ms)
{
	struct pooltoy_pool *pool = checkout->pool;
	int code;

	if (timeout_ms == 0)
		return refuse_try(checkout);
	if (pool->config.size + pool->config.max_overflow == 0)
		return refuse(checkout, POOLTOY_EFULL);
	if (timeout_ms < 0 && waits_for_itself(checkout))
		return refuse(checkout, POOLTOY_EDEADLK);
	code = broker_enter(&pool->broker, &checkout->waiter, checkout->self->parker);
	if (code)
		return refuse(checkout, code);
	figure_add_shared(&pool->waits, 1);
	sync_cleanup_push(leave_queue, checkout);
	code = wait_in_queue(checkout, deadline_from_timeout(timeout_ms));
	sync_cleanup_pop(0);
	return code;
}

static int acquire(struct checkout *checkout, int timeout_ms)
{
	/* Newcomers may overtake who waits, but do not race with them for each slot. */
	if (!checkout_queue_waited_for(&checkout->pool->broker.queue) && take_idle(checkout))
		return POOLTOY_OK;
	return wait_for_idle(checkout, timeout_ms);
}

/* Checkout. */

static int no_memory(struct pooltoy_pool *pool)
{
	return error_set(POOLTOY_ENOMEM, "pool \"%s\": no memory to remember a lease in",
			 pool->config.name);
}

static int begin(struct checkout *checkout, struct pooltoy_pool *pool, const void *lease)
{
	int code;

	if (!pool || !lease)
		return error_set(POOLTOY_EINVAL, "checkout: %s is NULL", pool ? "lease" : "pool");
	code = pool_check_fork(pool);
	if (code)
		return code;
	checkout->pool = pool;
	checkout->self = self_get(&code);
	if (!checkout->self)
		return code;
	checkout->membership = membership_get(&checkout->self->client, pool);
	return checkout->membership ? POOLTOY_OK : no_memory(pool);
}

static void enter_lease(struct checkout *checkout, const char *client_name, const void *caller,
			struct pooltoy_lease *lease)
{
	struct monitor_holder holder = { checkout->self->thread_id, client_name };

	monitor_table_enter(checkout->slot, checkout->generation, &holder, sync_now_coarse(),
			    caller);
	lease->slot = (uintptr_t)checkout->slot;
	lease->generation = checkout->generation;
}

int pooltoy_checkout(struct pooltoy_pool *pool, int timeout_ms, struct pooltoy_lease *lease)
{
	struct checkout checkout;
	struct holdings *leases;
	int code = begin(&checkout, pool, lease);

	if (code)
		return code;
	checkout.client = NULL;
	leases = &checkout.membership->leases;
	if (!holdings_reserve_lease(leases))
		return no_memory(pool);
	code = acquire(&checkout, timeout_ms);
	if (code)
		return code;
	holdings_add(leases, checkout.slot, checkout.generation);
	enter_lease(&checkout, NULL, __builtin_return_address(0), lease);
	return POOLTOY_OK;
}

/*
 * Room for one more lease of the pool, in an explicit client whose lock is held: 0, ECLOSED,
 * ENOMEM.
 */
static int reserve_locked(struct pooltoy_client *client, struct pooltoy_pool *pool,
			  struct holdings **leases)
{
	struct membership *membership;

	if (client->closed)
		return POOLTOY_ECLOSED;
	membership = membership_get(client, pool);
	if (!membership || !holdings_reserve_lease(&membership->leases))
		return POOLTOY_ENOMEM;
	*leases = &membership->leases;
	return POOLTOY_OK;
}

static int client_error(int code, const struct pooltoy_client *client,
			const struct pooltoy_pool *pool)
{
	return error_set(code, "pool \"%s\": client \"%s\": %s", pool->config.name, client->name,
			 pooltoy_strerror(code));
}

/* The explicit client remembers the lease, if it is not closed meanwhile. */
static int client_remember(struct pooltoy_client *client, struct slot *slot, uint64_t generation)
{
	struct holdings *leases;
	int code;

	sync_mutex_lock(&client->lock);
	code = reserve_locked(client, slot->pool, &leases);
	if (!code)
		holdings_add(leases, slot, generation);
	sync_mutex_unlock(&client->lock);
	return code ? client_error(code, client, slot->pool) : POOLTOY_OK;
}

int pooltoy_client_checkout(struct pooltoy_client *client, struct pooltoy_pool *pool,
			    int timeout_ms, struct pooltoy_lease *lease)
{
	struct checkout checkout;
	int code;

	if (!client)
		return error_set(POOLTOY_EINVAL, "checkout: client is NULL");
	code = client_check_fork(client);
	if (!code)
		code = begin(&checkout, pool, lease);
	if (code)
		return code;
	checkout.client = client;
	client_ref(client);
	sync_cleanup_push(client_left, client);
	code = acquire(&checkout, timeout_ms);
	if (!code) {
		code = client_remember(client, checkout.slot, checkout.generation);
		if (code)
			return_unused(checkout.slot, checkout.generation);
		else
			enter_lease(&checkout, client->name, __builtin_return_address(0), lease);
	}
	sync_cleanup_pop(1);
	return code;
}

/* Checkin. */

/* The calling thread's membership in the slot's pool, if it has one. */
static struct membership *own_membership(const struct slot *slot)
{
	struct self *self = self_peek();

	return self ? membership_find(&self->client, slot->pool) : NULL;
}

static enum slot_result check_in(struct slot *slot, uint64_t generation, bool borrows)
{
	slot_word word = slot_look(slot), to;

	for (;; word = slot_look(slot)) {
		if (!slot_word_is_lease(word, generation))
			return SLOT_STALE;
		if (word & SLOT_BORROWED && !borrows)
			return SLOT_BUSY;
		to = slot_word_checked_in(word, true);
		if (slot_word_state(to) == SLOT_IDLE) {
			if (worker_free(worker_of(slot), word, slot_word_generation(to)))
				return SLOT_DONE;
		} else if (slot_move(slot, word, to) == SLOT_DONE) {
			worker_wake(worker_of(slot));
			return SLOT_DONE;
		}
	}
}

int pooltoy_checkin(const struct pooltoy_lease *lease)
{
	struct membership *membership;
	enum slot_result result;
	bool borrows;
	int code;
	struct slot *slot = lease_resolve(lease, &code);

	if (!slot)
		return code;
	membership = own_membership(slot);
	borrows = membership && holdings_remove(&membership->borrows, slot, lease->generation);
	result = check_in(slot, lease->generation, borrows);
	if (membership && result != SLOT_BUSY)
		holdings_remove(&membership->leases, slot, lease->generation);
	if (result == SLOT_DONE)
		return POOLTOY_OK;
	if (borrows)
		client_give_back(slot); /* the lease ended while the state was in use */
	return lease_error(slot, result);
}

/* The state itself. */

int pooltoy_lease_state(const struct pooltoy_lease *lease, void **state)
{
	struct self *self;
	struct membership *membership;
	enum slot_result result;
	int code;
	struct slot *slot = lease_resolve(lease, &code);

	if (!slot)
		return code;
	if (!state)
		return error_set(POOLTOY_EINVAL, "pool \"%s\": lease_state: state is NULL",
				 slot->pool->config.name);
	self = self_get(&code);
	if (!self)
		return code;
	membership = membership_get(&self->client, slot->pool);
	if (!membership || !holdings_reserve(&membership->borrows))
		return no_memory(slot->pool);
	result = slot_claim(slot, lease->generation, SLOT_BORROWED);
	if (result != SLOT_DONE)
		return lease_error(slot, result);
	holdings_add(&membership->borrows, slot, lease->generation);
	*state = worker_of(slot)->state;
	return POOLTOY_OK;
}

int pooltoy_lease_state_done(const struct pooltoy_lease *lease)
{
	struct membership *membership;
	int code;
	struct slot *slot = lease_resolve(lease, &code);

	if (!slot)
		return code;
	membership = own_membership(slot);
	if (!membership || !holdings_remove(&membership->borrows, slot, lease->generation))
		return error_set(POOLTOY_ESTALE,
				 "pool \"%s\": worker %u: this thread does not use its state",
				 slot->pool->config.name, slot->index);
	if (slot_word_state(client_give_back(slot)) != SLOT_LEASED)
		return lease_error(slot, SLOT_STALE);
	return POOLTOY_OK;
}

/* Transactions. */

static void end_transaction(void *argument)
{
	/*
	 * Stale, or in another thread's use: then whoever ended it, or uses it, sees to the rest.
	 */
	(void)pooltoy_checkin(argument);
}

int pooltoy_transaction(struct pooltoy_pool *pool,
			int (*function)(const struct pooltoy_lease *lease, void *argument),
			void *argument, int timeout_ms)
{
	struct pooltoy_lease lease;
	int result;

	if (!function)
		return error_set(POOLTOY_EINVAL, "transaction: function is NULL");
	result = pooltoy_checkout(pool, timeout_ms, &lease);
	if (result)
		return result;
	sync_cleanup_push(end_transaction, &lease);
	result = function(&lease, argument);
	sync_cleanup_pop(1);
	return result;
}

/* Adoption. */

static int adopt_into(struct holdings *leases, struct slot *slot, uint64_t generation,
		      uint64_t *adopted)
{
	enum slot_result result = slot_adopt(slot, generation, adopted);

	if (result != SLOT_DONE)
		return lease_error(slot, result);
	holdings_add(leases, slot, *adopted);
	return POOLTOY_OK;
}

/* By an explicit client. Its lock is held throughout, so that it cannot be closed in between. */
static int adopt_by_client(struct checkout *adoption, uint64_t generation)
{
	struct pooltoy_client *client = adoption->client;
	struct holdings *leases;
	int code;

	sync_mutex_lock(&client->lock);
	code = reserve_locked(client, adoption->pool, &leases);
	if (code)
		code = client_error(code, client, adoption->pool);
	else
		code = adopt_into(leases, adoption->slot, generation, &adoption->generation);
	sync_mutex_unlock(&client->lock);
	return code;
}

static int adopt_by_thread(struct checkout *adoption, uint64_t generation)
{
	struct holdings *leases = &adoption->membership->leases;

	if (!holdings_reserve_lease(leases))
		return no_memory(adoption->pool);
	return adopt_into(leases, adoption->slot, generation, &adoption->generation);
}

int pooltoy_lease_adopt(struct pooltoy_client *client, struct pooltoy_lease *lease)
{
	struct checkout adoption = { .client = client };
	int code;

	adoption.slot = lease_resolve(lease, &code);
	if (adoption.slot && client)
		code = client_check_fork(client);
	if (!code)
		code = begin(&adoption, adoption.slot->pool, lease);
	if (!code)
		code = client ? adopt_by_client(&adoption, lease->generation)
			      : adopt_by_thread(&adoption, lease->generation);
	if (!code)
		enter_lease(&adoption, client ? client->name : NULL, __builtin_return_address(0),
			    lease);
	return code;
}

int pooltoy_lease_worker(const struct pooltoy_lease *lease)
{
	int code;
	struct slot *slot = lease_resolve(lease, &code);

	if (!slot)
		return code;
	if (!slot_word_is_lease(slot_look(slot), lease->generation))
		return lease_error(slot, SLOT_STALE);
	return (int)slot->index;
}
