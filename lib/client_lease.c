/* SPDX-License-Identifier: MIT */
/* client_lease.c: leases that are granted on behalf of an explicit client. */
#include "client.h"

int client_reserve_locked(struct pooltoy_client *client, struct pooltoy_pool *pool,
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

int client_remember(struct pooltoy_client *client, struct slot *slot, uint64_t generation)
{
	struct holdings *leases;
	int code;

	sync_mutex_lock(&client->lock);
	code = client_reserve_locked(client, slot->pool, &leases);
	if (!code)
		holdings_add_lease(leases, slot, generation);
	sync_mutex_unlock(&client->lock);
	if (code)
		client_return_unused(slot, generation);
	return code;
}

void client_return_unused(struct slot *slot, uint64_t generation)
{
	slot_word word, to;

	do {
		word = slot_look(slot);
		if (!slot_word_is_lease(word, generation))
			return; /* its worker has been stopped */
		to = slot_word_checked_in(word, true);
	} while (!worker_free(worker_of(slot), word, slot_word_generation(to)));
}
