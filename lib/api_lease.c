/* SPDX-License-Identifier: MIT */
/* api_lease.c: checkin, and what else is done with a lease. */
#include "checkout.h"
#include "error.h"
#include "lease.h"
#include "probe.h"

#include <pooltoy/lease.h>

/* Leases. */

int lease_refuse(void)
{
	return error_set(POOLTOY_EINVAL, "lease: not one that a checkout has given");
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

/* Checkin. */

static enum slot_result check_in(struct slot *slot, uint64_t generation, bool borrows,
				 lease_end_fn *end, const char *reason)
{
	slot_word word;

	do {
		word = slot_look(slot);
		if (!slot_word_is_lease(word, generation))
			return SLOT_STALE;
		if (word & SLOT_BORROWED && !borrows)
			return SLOT_BUSY;
	} while (!end(worker_of(slot), word, reason));
	return SLOT_DONE;
}

int lease_check_in(const struct pooltoy_lease *lease, lease_end_fn *end, const char *reason)
{
	struct membership *membership;
	enum slot_result result;
	bool borrows;
	int code;
	struct slot *slot = lease_resolve(lease, &code);

	if (!slot)
		return code;
	membership = self_peek_membership(slot->pool);
	borrows = membership && holdings_remove(&membership->borrows, slot, lease->generation);
	result = check_in(slot, lease->generation, borrows, end, reason);
	if (membership && result != SLOT_BUSY)
		holdings_remove(&membership->leases, slot, lease->generation);
	if (result == SLOT_DONE) {
		PROBE(checkin, slot->pool->config.name, slot->index, lease->generation);
		return POOLTOY_OK;
	}
	if (borrows)
		client_give_back(slot); /* the lease ended while the state was in use */
	return lease_error(slot, result);
}

static bool end_well(struct pooltoy_worker *worker, slot_word word, const char *reason)
{
	(void)reason;
	return worker_checked_in(worker, word, true);
}

static SYNC_SLOW_PATH int check_in_slowly(const struct pooltoy_lease *lease)
{
	return lease_check_in(lease, end_well, NULL);
}

static SYNC_FAST_PATH int check_in_here(const struct pooltoy_lease *lease)
{
	struct slot *slot = lease_slot(lease);
	struct membership *membership = slot ? self_peek_membership(slot->pool) : NULL;
	slot_word word;

	if (!membership || !broker_is_quiet(&slot->pool->broker))
		return check_in_slowly(lease);
	word = slot_word_make(lease->generation, 0, SLOT_LEASED);
	if (!broker_make_idle(&slot->pool->broker, slot, word, lease->generation + 1))
		return check_in_slowly(lease);
	PROBE(checkin, slot->pool->config.name, slot->index, lease->generation);
	holdings_remove(&membership->leases, slot, lease->generation);
	pool_report_surplus(slot->pool); /* overflow may have been raised since the broker was quiet */
	return POOLTOY_OK;
}

uint64_t lease_measured_since(struct slot *slot, uint64_t generation)
{
	return metrics_samples(generation) ? figure_load(&slot->entry.since) : 0;
}

void lease_measure_hold(struct slot *slot, uint64_t since)
{
	if (since > 0)
		histogram_add(&slot->pool->metrics.hold, sync_now() - since);
}

static SYNC_SLOW_PATH int check_in_measured(const struct pooltoy_lease *lease)
{
	struct slot *slot = lease_slot(lease);
	uint64_t since = slot ? lease_measured_since(slot, lease->generation) : 0;
	int code = check_in_here(lease);

	if (!code)
		lease_measure_hold(slot, since);
	return code;
}

int pooltoy_checkin(const struct pooltoy_lease *lease)
{
	return lease && metrics_samples(lease->generation) ? check_in_measured(lease)
							   : check_in_here(lease);
}

/* The state itself. */

/* The calling thread's membership, with room for one more borrow. */
static SYNC_SLOW_PATH int make_room_to_borrow(struct pooltoy_pool *pool,
					      struct membership **membership)
{
	struct self *self;
	int code = self_get(pool->config.name, &self);

	if (code)
		return code;
	*membership = self_membership(self, pool);
	return *membership && holdings_reserve(&(*membership)->borrows) ? POOLTOY_OK
									: checkout_no_memory(pool);
}

int pooltoy_lease_state(const struct pooltoy_lease *lease, void **state)
{
	struct membership *membership;
	enum slot_result result;
	int code;
	struct slot *slot = lease_resolve(lease, &code);

	if (!slot)
		return code;
	if (!state)
		return error_set(POOLTOY_EINVAL, "pool \"%s\": lease_state: state is NULL",
				 slot->pool->config.name);
	if (slot->pool->config.isolation)
		return error_set(POOLTOY_EISOLATED,
				 "pool \"%s\": worker %u: its state is in a child process: call it",
				 slot->pool->config.name, slot->index);
	membership = self_peek_membership(slot->pool);
	if (!membership || membership->borrows.count == membership->borrows.capacity) {
		code = make_room_to_borrow(slot->pool, &membership);
		if (code)
			return code;
	}
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
	membership = self_peek_membership(slot->pool);
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
	result = checkout_on_behalf(pool, timeout_ms, __builtin_return_address(0), &lease);
	if (result)
		return result;
	sync_cleanup_push(end_transaction, &lease);
	result = function(&lease, argument);
	sync_cleanup_pop(1);
	return result;
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
