/* SPDX-License-Identifier: MIT */
/* quota.c: counting what clients have and wait for, and refusing more. */
#include "quota.h"
#include "error.h"

#include <stdio.h>

/* Leases that have ended unnoticed are looked for only if it matters. */
static bool may_have_more(const struct holdings *leases, unsigned pending, unsigned limit)
{
	if (leases->count + pending < limit)
		return true;
	return holdings_alive(leases) + pending < limit;
}

enum { TOLD_EVERY_NS = 1000000000 };

/* Now and then, to people; each time, to the client. */
static int refuse(struct pooltoy_pool *pool, const char *why)
{
	uint64_t now = sync_now(), told = sync_load(&pool->over_quota_told, relaxed);

	figure_add_shared(&pool->over_quota, 1);
	if ((told == 0 || now - told >= TOLD_EVERY_NS) &&
	    sync_cas(&pool->over_quota_told, &told, now, relaxed))
		pool_emit(pool, POOLTOY_EVENT_CLIENT_OVER_QUOTA, -1, 0, why);
	return error_set(POOLTOY_EQUOTA, "pool \"%s\": checkout: %s: %s", pool->config.name,
			 pooltoy_strerror(POOLTOY_EQUOTA), why);
}

static int refuse_lease(struct pooltoy_pool *pool, const char *who, unsigned leases,
			unsigned pending)
{
	char why[POOL_REASON_SIZE];

	snprintf(why, sizeof why, "%s has %u of %u leases, and %u checkouts under way", who, leases,
		 pool->config.max_leases_per_client, pending);
	return refuse(pool, why);
}

int quota_check_thread(struct pooltoy_pool *pool, const struct holdings *leases)
{
	char who[32];

	if (may_have_more(leases, 0, pool->config.max_leases_per_client))
		return POOLTOY_OK;
	snprintf(who, sizeof who, "the thread %ld", sync_thread_id());
	return refuse_lease(pool, who, holdings_alive(leases), 0);
}

static int refuse_client(const struct pooltoy_client *client, const struct membership *membership)
{
	char who[sizeof client->name + 16];

	snprintf(who, sizeof who, "client \"%s\"", client->name);
	return refuse_lease(membership->pool, who, holdings_alive(&membership->leases),
			    membership->pending);
}

int quota_check_adoption_locked(const struct pooltoy_client *client,
				const struct membership *membership)
{
	if (may_have_more(&membership->leases, membership->pending,
			  membership->pool->config.max_leases_per_client))
		return POOLTOY_OK;
	return refuse_client(client, membership);
}

static int claim_locked(struct quota_claim *claim, struct pooltoy_client *client,
			struct pooltoy_pool *pool)
{
	struct membership *membership;
	int code;

	if (client->closed)
		return POOLTOY_OK; /* it will be told so, with what it waited for */
	membership = membership_get(client, pool);
	if (!membership)
		return error_set(POOLTOY_ENOMEM, "pool \"%s\": client \"%s\": no memory",
				 pool->config.name, client->name);
	code = quota_check_adoption_locked(client, membership);
	if (code)
		return code;
	membership->pending++;
	*claim = (struct quota_claim){ .client = client, .pool = pool };
	return POOLTOY_OK;
}

int quota_claim(struct quota_claim *claim, struct pooltoy_client *client, struct pooltoy_pool *pool)
{
	int code;

	*claim = (struct quota_claim){ .client = NULL };
	if (!pool_config_has_quotas(&pool->config))
		return POOLTOY_OK;
	sync_mutex_lock(&client->lock);
	code = claim_locked(claim, client, pool);
	sync_mutex_unlock(&client->lock);
	return code;
}

static int refuse_wait(const struct quota_claim *claim, unsigned waiting)
{
	char why[POOL_REASON_SIZE];

	snprintf(why, sizeof why, "client \"%s\" waits in %u of %u checkouts", claim->client->name,
		 waiting, claim->pool->config.max_waiters_per_client);
	return refuse(claim->pool, why);
}

int quota_claim_wait(struct quota_claim *claim)
{
	const struct pool_config *config;
	struct membership *membership;
	int code = POOLTOY_OK;

	if (!claim->client)
		return POOLTOY_OK;
	config = &claim->pool->config;
	sync_mutex_lock(&claim->client->lock);
	membership = membership_find(claim->client, claim->pool);
	if (membership && membership->waiting >= config->max_waiters_per_client) {
		code = refuse_wait(claim, membership->waiting);
	} else if (membership) {
		membership->waiting++;
		claim->waits = true;
	}
	sync_mutex_unlock(&claim->client->lock);
	return code;
}

void quota_release_locked(struct quota_claim *claim, struct membership *membership)
{
	if (!claim->client)
		return;
	if (membership) {
		membership->pending--;
		membership->waiting -= claim->waits;
	}
	claim->client = NULL;
}

void quota_release(struct quota_claim *claim)
{
	struct pooltoy_client *client = claim->client;

	if (!client)
		return;
	sync_mutex_lock(&client->lock);
	/* A client that was closed meanwhile has none, nor any more. */
	quota_release_locked(claim, membership_find(client, claim->pool));
	sync_mutex_unlock(&client->lock);
}
