/* SPDX-License-Identifier: MIT */
/* client_lease.c: leases that are granted on behalf of an explicit client. */
#include "quota.h"

int client_reserve_locked(struct pooltoy_client *client, struct pooltoy_pool *pool,
			  struct membership **membership)
{
	if (client->closed)
		return POOLTOY_ECLOSED;
	*membership = membership_get(client, pool);
	return *membership && holdings_reserve_lease(&(*membership)->leases, UINT_MAX)
		       ? POOLTOY_OK
		       : POOLTOY_ENOMEM;
}

int client_remember(struct pooltoy_client *client, struct slot *slot, uint64_t generation,
		    struct quota_claim *claim)
{
	struct membership *membership;
	int code;

	sync_mutex_lock(&client->lock);
	code = client_reserve_locked(client, slot->pool, &membership);
	if (!code) {
		holdings_add_lease(&membership->leases, slot, generation);
		quota_release_locked(claim, membership);
	}
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
