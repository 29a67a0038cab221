/* SPDX-License-Identifier: MIT */
/* api_client.c: explicit clients, and adopting leases. */
#include "checkout.h"
#include "error.h"
#include "lease.h"
#include "probe.h"
#include "quota.h"

#include <pooltoy/client.h>
#include <string.h>

int pooltoy_client_open(const char *name, struct pooltoy_client **client)
{
	struct pooltoy_client *opened;

	if (!client)
		return error_set(POOLTOY_EINVAL, "client: NULL for the handle");
	opened = sync_alloc(sizeof *opened);
	if (!opened || sync_mutex_init(&opened->lock, RANK_CLIENT)) {
		sync_free(opened);
		return error_set(POOLTOY_ENOMEM, "client \"%.31s\": no memory", name ? name : "");
	}
	if (!name || !name[0])
		name = "client";
	memcpy(opened->name, name, strnlen(name, sizeof opened->name - 1));
	opened->fork_epoch = sync_fork_epoch();
	atomic_init(&opened->references, 1);
	*client = opened;
	return POOLTOY_OK;
}

void pooltoy_client_close(struct pooltoy_client *client)
{
	struct pooltoy_client held = { 0 };

	if (!client || client->fork_epoch != sync_fork_epoch())
		return;
	sync_mutex_lock(&client->lock);
	client->closed = true;
	held.table = client->table;
	held.table_size = client->table_size;
	client->table = NULL;
	client->table_size = client->used = 0;
	sync_mutex_unlock(&client->lock);
	client_end(&held);
	client_unref(client);
}

/* Leases. */

static int client_error(int code, const struct pooltoy_client *client,
			const struct pooltoy_pool *pool)
{
	return error_set(code, "pool \"%s\": client \"%s\": %s", pool->config.name, client->name,
			 pooltoy_strerror(code));
}

/* Whatever has become of its checkout. */
static void end_checkout(void *argument)
{
	struct checkout *checkout = argument;

	quota_release(&checkout->claim);
	client_unref(checkout->client);
}

int checkout_by_client(struct pooltoy_client *client, struct pooltoy_pool *pool,
		       const struct patience *patience, const void *caller,
		       struct pooltoy_lease *lease)
{
	struct checkout checkout;
	int code;

	code = client_check_fork(client);
	if (!code)
		code = checkout_begin(&checkout, pool, lease);
	if (code)
		return code;
	checkout.client = client;
	client_ref(client);
	code = quota_claim(&checkout.claim, client, pool);
	sync_cleanup_push(end_checkout, &checkout);
	if (!code)
		code = checkout_acquire(&checkout, patience);
	if (!code) {
		code = client_remember(client, checkout.slot, checkout.generation, &checkout.claim);
		if (!code) {
			checkout_enter(&checkout, client->name, caller, lease);
		} else {
			PROBE(wait_end, pool->config.name, code, 0);
			code = client_error(code, client, pool);
		}
	}
	sync_cleanup_pop(1);
	return code;
}

int pooltoy_client_checkout(struct pooltoy_client *client, struct pooltoy_pool *pool,
			    int timeout_ms, struct pooltoy_lease *lease)
{
	const struct patience patience = { .timeout_ms = timeout_ms };

	if (!client)
		return error_set(POOLTOY_EINVAL, "checkout: client is NULL");
	return checkout_by_client(client, pool, &patience, __builtin_return_address(0), lease);
}

/* Adoption. */

static int adopt_into(struct holdings *leases, struct slot *slot, uint64_t generation,
		      uint64_t *adopted)
{
	enum slot_result result = slot_adopt(slot, generation, adopted);

	if (result != SLOT_DONE)
		return lease_error(slot, result);
	holdings_add_lease(leases, slot, *adopted);
	return POOLTOY_OK;
}

/* By an explicit client. Its lock is held throughout, so that it cannot be closed in between. */
static int adopt_by_client(struct checkout *adoption, uint64_t generation)
{
	struct pooltoy_client *client = adoption->client;
	struct membership *membership;
	int code;

	sync_mutex_lock(&client->lock);
	code = client_reserve_locked(client, adoption->pool, &membership);
	if (code)
		code = client_error(code, client, adoption->pool);
	else
		code = quota_check_adoption_locked(client, membership);
	if (!code)
		code = adopt_into(&membership->leases, adoption->slot, generation,
				  &adoption->generation);
	sync_mutex_unlock(&client->lock);
	return code;
}

static int adopt_by_thread(struct checkout *adoption, uint64_t generation)
{
	struct holdings *leases = &adoption->membership->leases;
	int code = quota_check_thread(adoption->pool, leases);

	if (code)
		return code;
	if (!holdings_reserve_lease(leases, adoption->pool->config.max_leases_per_client))
		return checkout_no_memory(adoption->pool);
	return adopt_into(leases, adoption->slot, generation, &adoption->generation);
}

int pooltoy_lease_adopt(struct pooltoy_client *client, struct pooltoy_lease *lease)
{
	struct checkout adoption = { .client = client };
	int code;

	adoption.slot = lease_resolve(lease, &code);
	if (!adoption.slot)
		return code;
	if (client)
		code = client_check_fork(client);
	if (!code)
		code = checkout_begin(&adoption, adoption.slot->pool, lease);
	if (code)
		return code;
	if (client)
		client_ref(client); /* it may be closed meanwhile */
	code = client ? adopt_by_client(&adoption, lease->generation)
		      : adopt_by_thread(&adoption, lease->generation);
	if (!code)
		checkout_enter(&adoption, client ? client->name : NULL, __builtin_return_address(0),
			       lease);
	if (client)
		client_unref(client);
	return code;
}
