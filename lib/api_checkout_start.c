/* SPDX-License-Identifier: MIT */
/* api_checkout_start.c: checkouts without a thread: waiters that others look for. */
#include "checkout.h"
#include "deadline.h"
#include "error.h"
#include "operation.h"
#include "probe.h"
#include "quota.h"

static struct operation *operation_of(struct waiter *waiter)
{
	return (struct operation *)((char *)waiter - offsetof(struct operation, waiter));
}

/* The slot is the operation's: it becomes its client's. */
static void granted(struct operation *operation)
{
	struct slot *slot = operation->waiter.slot;
	uint64_t generation = operation->waiter.generation;
	struct pooltoy_completion *told = &operation->completion.told;
	struct monitor_holder holder = { operation->thread_id, operation->client->name };
	int code = client_remember(operation->client, slot, generation, &operation->claim);

	if (!code) {
		monitor_table_enter(slot, generation, &holder, metrics_now(generation),
				    operation->acquired_at);
		told->lease = (struct pooltoy_lease){ (uintptr_t)slot, generation };
		told->worker = (int)slot->index;
		PROBE(checkout, slot->pool->config.name, slot->index, generation,
		      operation->acquired_at, operation);
	} else {
		PROBE(wait_end, slot->pool->config.name, code, operation);
	}
	quota_release(&operation->claim);
	operation_complete(operation, code);
}

static void fail(struct operation *operation, int code)
{
	PROBE(wait_end, operation->pool->config.name, code, operation);
	quota_release(&operation->claim);
	operation_fail(operation, code);
}

static void settled(struct waiter *waiter)
{
	struct operation *operation = operation_of(waiter);

	pool_measure_wait(operation->pool, waiter);
	if (sync_load(&waiter->outcome, relaxed) == WAITER_GRANTED)
		granted(operation);
	else
		fail(operation, waiter->code);
}

static bool leave_checkout(struct operation *operation, int code)
{
	struct pooltoy_pool *pool = operation->pool;

	if (broker_leave(&pool->broker, &operation->waiter) != WAITER_CANCELLED)
		return false;
	pool_measure_wait(pool, &operation->waiter);
	pool_report_surplus(pool);
	checkout_count_left(pool, code);
	fail(operation, code);
	return true;
}

/* For what would not look again: has no time to wait, or is where nobody may. */
static bool take_unlisted(struct operation *operation)
{
	struct waiter *waiter = &operation->waiter;

	return broker_take_unlisted(&operation->pool->broker, &waiter->slot, &waiter->generation);
}

static int enter_queue(struct operation *operation, bool high)
{
	struct pooltoy_pool *pool = operation->pool;
	int code = quota_claim_wait(&operation->claim);

	if (code)
		return code;
	code = broker_enter_absent(&pool->broker, &operation->waiter, settled, high);
	overload_watch_call(pool, code == POOLTOY_EQUEUEFULL);
	if (code)
		return checkout_refuse(pool, code);
	figure_add_shared(&pool->waits, 1);
	PROBE(wait, pool->config.name, sync_load(&pool->broker.queue.waiters, relaxed), operation);
	return POOLTOY_OK;
}

/* Gets a slot, at once or later: 0, or why it cannot, with its message. */
static int start(struct operation *operation, struct self *self, struct patience *patience)
{
	struct pooltoy_pool *pool = operation->pool;
	struct waiter *waiter = &operation->waiter;
	bool found =
		broker_take(&pool->broker, self->search_start, &waiter->slot, &waiter->generation);
	int over = found ? POOLTOY_OK : checkout_set_deadline(patience);

	if (found || ((over || pool_has_no_queue(pool)) && take_unlisted(operation))) {
		granted(operation);
		return POOLTOY_OK;
	}
	if (over)
		return over == POOLTOY_ETIMEDOUT ? checkout_refuse(pool, over)
						 : checkout_refuse_try(pool);
	if (pool_may_have(pool) == 0)
		return checkout_refuse(pool, POOLTOY_EFULL);
	operation->timed = patience->deadline != SYNC_NEVER;
	return enter_queue(operation, patience->high);
}

static int check(const struct pooltoy_completion_queue *queue, const struct pooltoy_pool *pool,
		 const struct pooltoy_client *client)
{
	int code = operation_check(queue);

	if (code)
		return code;
	if (!pool)
		return error_set(POOLTOY_EINVAL, "checkout: pool is NULL");
	code = pool_check_fork(pool);
	return code || !client ? code : client_check_fork(client);
}

static int start_checkout(const struct operation_order *order, struct pooltoy_client *client,
			  struct patience patience, const void *caller)
{
	struct pooltoy_pool *pool = order->pool;
	struct operation *operation;
	struct self *self;
	int code = check(order->queue, pool, client);

	if (!code)
		code = self_get(pool->config.name, &self);
	if (!code && cancel_token_is_cancelled(order->cancel))
		code = checkout_refuse(pool, POOLTOY_ECANCELLED);
	if (code)
		return code;
	code = operation_begin(order, POOLTOY_COMPLETION_CHECKOUT, leave_checkout, &operation);
	if (code)
		return code;
	operation->client = client ? client : order->queue->client;
	client_ref(operation->client);
	operation->thread_id = self->thread_id;
	operation->acquired_at = caller;
	code = quota_claim(&operation->claim, operation->client, pool);
	if (!code)
		code = start(operation, self, &patience);
	if (code) {
		quota_release(&operation->claim);
		operation_forget(operation);
	} else {
		operation_started(operation, operation->timed ? patience.deadline : SYNC_NEVER);
	}
	return code;
}

int pooltoy_checkout_start(struct pooltoy_completion_queue *queue, struct pooltoy_pool *pool,
			   struct pooltoy_client *client, int timeout_ms, void *tag,
			   struct pooltoy_pending *pending)
{
	const struct operation_order order = { queue, pool, tag, pending, NULL };
	const struct patience patience = { .timeout_ms = timeout_ms };

	return start_checkout(&order, client, patience, __builtin_return_address(0));
}

int pooltoy_checkout_start_with(struct pooltoy_completion_queue *queue, struct pooltoy_pool *pool,
				const struct pooltoy_checkout_options *given, void *tag,
				struct pooltoy_pending *pending)
{
	struct operation_order order = { queue, pool, tag, pending, NULL };
	struct pooltoy_checkout_options options;
	int code = checkout_take_options(given, &options);

	if (code)
		return code;
	order.cancel = options.cancel;
	return start_checkout(&order, options.client, checkout_patience(&options),
			      __builtin_return_address(0));
}
