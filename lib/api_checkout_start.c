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
	if (code == POOLTOY_ETIMEDOUT)
		figure_add_shared(&pool->timeouts, 1);
	fail(operation, code);
	return true;
}

/* Gets a slot, at once or later: 0, or why it cannot, with its message. */
static int start(struct operation *operation, struct self *self, int timeout_ms)
{
	struct pooltoy_pool *pool = operation->pool;
	struct broker *broker = &pool->broker;
	struct waiter *waiter = &operation->waiter;
	int code;

	if (broker_take(broker, self->search_start, &waiter->slot, &waiter->generation) ||
	    (timeout_ms == 0 && broker_take_unlisted(broker, &waiter->slot, &waiter->generation))) {
		granted(operation);
		return POOLTOY_OK;
	}
	if (timeout_ms == 0)
		return checkout_refuse_try(pool);
	if (pool_may_have(pool) == 0)
		return checkout_refuse(pool, POOLTOY_EFULL);
	operation->timed = timeout_ms > 0;
	code = quota_claim_wait(&operation->claim);
	if (code)
		return code;
	code = broker_enter_absent(broker, waiter, settled);
	overload_watch_call(pool, code == POOLTOY_EQUEUEFULL);
	if (code)
		return checkout_refuse(pool, code);
	figure_add_shared(&pool->waits, 1);
	PROBE(wait, pool->config.name, sync_load(&pool->broker.queue.waiters, relaxed), operation);
	return POOLTOY_OK;
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

int pooltoy_checkout_start(struct pooltoy_completion_queue *queue, struct pooltoy_pool *pool,
			   struct pooltoy_client *client, int timeout_ms, void *tag,
			   struct pooltoy_pending *pending)
{
	const struct operation_order order = { queue, pool, tag, pending };
	uint64_t deadline = deadline_from_timeout(timeout_ms);
	struct operation *operation;
	struct self *self;
	int code = check(queue, pool, client);

	if (!code)
		code = self_get(pool->config.name, &self);
	if (code)
		return code;
	code = operation_begin(&order, POOLTOY_COMPLETION_CHECKOUT, leave_checkout, &operation);
	if (code)
		return code;
	operation->client = client ? client : queue->client;
	client_ref(operation->client);
	operation->thread_id = self->thread_id;
	operation->acquired_at = __builtin_return_address(0);
	code = quota_claim(&operation->claim, operation->client, pool);
	if (!code)
		code = start(operation, self, timeout_ms);
	if (code) {
		quota_release(&operation->claim);
		operation_forget(operation);
	} else {
		operation_started(operation, operation->timed ? deadline : SYNC_NEVER);
	}
	return code;
}
