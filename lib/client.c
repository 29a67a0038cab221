/* SPDX-License-Identifier: MIT */
/* client.c: clients' memories of what they hold, and their ends. */
#include "client.h"
#include "error.h"

#include <assert.h>
#include <string.h>

/* Holdings. */

static bool is_alive(const struct holding *holding)
{
	return slot_word_is_lease(slot_look(holding->slot), holding->generation);
}

unsigned holdings_alive(const struct holdings *holdings)
{
	unsigned alive = 0, i;

	for (i = 0; i < holdings->count; i++)
		alive += is_alive(&holdings->list[i]);
	return alive;
}

static void drop_stale(struct holdings *holdings)
{
	unsigned kept = 0, i;

	for (i = 0; i < holdings->count; i++) {
		if (!is_alive(&holdings->list[i]))
			continue;
		figure_store(&holdings->list[i].slot->entry.place, kept);
		holdings->list[kept++] = holdings->list[i];
	}
	holdings->count = kept;
}

static bool grow(struct holdings *holdings, unsigned limit)
{
	unsigned few = sizeof holdings->few / sizeof holdings->few[0];
	unsigned capacity = holdings->capacity ? 2 * holdings->capacity : few;
	struct holding *list = holdings->few;

	if (capacity > limit)
		capacity = limit;
	if (capacity == holdings->capacity)
		return false;
	if (capacity > few) {
		list = sync_alloc(capacity * sizeof *list);
		if (!list)
			return false;
		memcpy(list, holdings->list, holdings->count * sizeof *list);
		if (holdings->list != holdings->few)
			sync_free(holdings->list);
	}
	holdings->list = list;
	holdings->capacity = capacity;
	return true;
}

bool holdings_reserve(struct holdings *holdings)
{
	return holdings->count < holdings->capacity || grow(holdings, UINT_MAX);
}

bool holdings_reserve_lease(struct holdings *leases, unsigned limit)
{
	if (leases->count < leases->capacity)
		return true;
	drop_stale(leases);
	/*
	 * Half full is room enough: else each lease would have the whole list looked through. When
	 * there is no memory for more, or they may be no more, any room is.
	 */
	return leases->count < (leases->capacity + 1) / 2 || grow(leases, limit) ||
	       leases->count < leases->capacity;
}

/* Where it is: mostly where the slot says; if another client has had it meanwhile, perhaps not. */
static unsigned holdings_find(const struct holdings *holdings, struct slot *slot,
			      uint64_t generation)
{
	unsigned i = figure_load(&slot->entry.place);

	if (i < holdings->count && holdings->list[i].slot == slot &&
	    holdings->list[i].generation == generation)
		return i;
	for (i = 0; i < holdings->count; i++)
		if (holdings->list[i].slot == slot && holdings->list[i].generation == generation)
			break;
	return i;
}

bool holdings_remove_any(struct holdings *holdings, struct slot *slot, uint64_t generation)
{
	unsigned i = holdings_find(holdings, slot, generation);

	if (i == holdings->count)
		return false;
	holdings->list[i] = holdings->list[--holdings->count];
	figure_store(&holdings->list[i].slot->entry.place, i);
	return true;
}

static void holdings_free(struct holdings *holdings)
{
	if (holdings->list != holdings->few)
		sync_free(holdings->list);
}

/* Memberships. */

static unsigned table_place(const struct pooltoy_client *client, const struct pooltoy_pool *pool)
{
	/*
	 * Pools lie on cache lines: the bits below say nothing. Fibonacci hashing (Knuth) of those
	 * above.
	 */
	uint64_t hash = ((uintptr_t)pool / SYNC_CACHE_LINE) * UINT64_C(0x9e3779b97f4a7c15);

	return (unsigned)(hash >> 32) & (client->table_size - 1);
}

struct membership *membership_find(const struct pooltoy_client *client,
				   const struct pooltoy_pool *pool)
{
	unsigned place;

	if (client->table_size == 0)
		return NULL;
	place = table_place(client, pool);
	while (client->table[place] && client->table[place]->pool != pool)
		place = (place + 1) & (client->table_size - 1);
	return client->table[place];
}

static void table_insert(struct pooltoy_client *client, struct membership *membership)
{
	unsigned place = table_place(client, membership->pool);

	while (client->table[place])
		place = (place + 1) & (client->table_size - 1);
	client->table[place] = membership;
	client->used++;
}

static void membership_free(struct membership *membership)
{
	pool_unref(membership->pool);
	holdings_free(&membership->leases);
	holdings_free(&membership->borrows);
	sync_free(membership);
}

static bool is_over(struct membership *membership)
{
	return pool_state(membership->pool) == POOL_STOPPED && membership->borrows.count == 0 &&
	       membership->pending == 0 && holdings_alive(&membership->leases) == 0;
}

/* For those that are not over, and one more, to be at most half full. */
static unsigned table_size_for(const struct pooltoy_client *client)
{
	unsigned kept = 0, size = 8, place;

	for (place = 0; place < client->table_size; place++)
		kept += client->table[place] && !is_over(client->table[place]);
	while (2 * (kept + 1) > size)
		size *= 2;
	return size;
}

/*
 * Another table, of those memberships that are not over: a thread that has seen many pools come and
 * go keeps few of them.
 */
static bool table_renew(struct pooltoy_client *client)
{
	unsigned old_size = client->table_size, size = table_size_for(client), place;
	struct membership **old = client->table;
	struct membership **table = sync_alloc(size * sizeof *table);

	if (!table)
		return false;
	client->table = table;
	client->table_size = size;
	client->used = 0;
	for (place = 0; place < old_size; place++) {
		struct membership *membership = old[place];

		/*
		 * Looked at anew: what is over now may not have been so before, never the reverse.
		 */
		if (membership && is_over(membership))
			membership_free(membership);
		else if (membership)
			table_insert(client, membership);
	}
	sync_free(old);
	return true;
}

struct membership *membership_get(struct pooltoy_client *client, struct pooltoy_pool *pool)
{
	struct membership *membership = membership_find(client, pool);

	if (membership)
		return membership;
	if (4 * (client->used + 1) > 3 * client->table_size && !table_renew(client))
		return NULL;
	membership = sync_alloc_lines(sizeof *membership);
	if (!membership)
		return NULL;
	pool_ref(pool);
	membership->pool = pool;
	table_insert(client, membership);
	return membership;
}

/* Ends. */

slot_word client_give_back(struct slot *slot)
{
	slot_word word = slot_give_back(slot);

	worker_flag_cleared(worker_of(slot), word);
	return word;
}

static void end_lease(struct pooltoy_pool *pool, struct holding *holding)
{
	slot_word word;

	do {
		word = slot_look(holding->slot);
		if (!slot_word_is_lease(word, holding->generation))
			return; /* it had ended */
	} while (!worker_client_ended(worker_of(holding->slot), word));
	figure_add_shared(&pool->client_deaths, 1);
	pool_emit(pool, POOLTOY_EVENT_CLIENT_DIED, (int)holding->slot->index, 0, NULL);
}

void client_end(struct pooltoy_client *client)
{
	unsigned place, i;

	for (place = 0; place < client->table_size; place++) {
		struct membership *membership = client->table[place];

		if (!membership)
			continue;
		for (i = 0; i < membership->borrows.count; i++)
			client_give_back(membership->borrows.list[i].slot);
		for (i = 0; i < membership->leases.count; i++)
			end_lease(membership->pool, &membership->leases.list[i]);
		membership_free(membership);
	}
	sync_free(client->table);
}

/* Threads. */

SYNC_THREAD_LOCAL_OBJECT(struct self_local, self_local);

static void self_ends(void *value)
{
	struct self *self = value;

	/*
	 * Other destructors of the thread may still use the library: as late as the system allows.
	 */
	if (++self->rounds < SYNC_THREAD_END_ROUNDS && !sync_at_thread_end(self_ends, self))
		return;
	*self_local() = (struct self_local){ .ended = true };
	if (self->fork_epoch == sync_fork_epoch()) {
		client_end(&self->client);
		parker_release(self->parker);
	}
	sync_free(self);
}

static int self_error(int code, const char *pool, const char *cause)
{
	if (pool)
		return error_set(code, "pool \"%s\": %s", pool, cause);
	return error_set(code, "supervisor: %s", cause);
}

static int self_make(const char *pool, struct self **made)
{
	struct self *self;

	if (self_local()->ended)
		return self_error(POOLTOY_ETHREADEXITED, pool, "the calling thread has ended");
	/* A thread that forked leaves what it had behind: those pools have no threads here. */
	self = sync_alloc(sizeof *self);
	if (self)
		self->parker = parker_acquire();
	if (!self || !self->parker || sync_at_thread_end(self_ends, self)) {
		if (self && self->parker)
			parker_release(self->parker);
		sync_free(self);
		return self_error(POOLTOY_ENOMEM, pool,
				  "no memory for the calling thread's client");
	}
	self->thread_id = sync_thread_id();
	self->search_start = (unsigned)self->thread_id * 64; /* another word of the hints */
	self->fork_epoch = sync_fork_epoch();
	*self_local() = (struct self_local){ .self = self };
	*made = self;
	return POOLTOY_OK;
}

struct self *self_peek(void)
{
	struct self *self = self_local()->self;

	return self && self->fork_epoch == sync_fork_epoch() ? self : NULL;
}

int self_get(const char *pool, struct self **self)
{
	*self = self_peek();
	return *self ? POOLTOY_OK : self_make(pool, self);
}

struct membership *self_recall(const struct pooltoy_pool *pool)
{
	struct self *self = self_peek();

	if (!self)
		return NULL;
	return self_local()->recent = membership_find(&self->client, pool);
}

struct membership *self_membership(struct self *self, struct pooltoy_pool *pool)
{
	struct membership *membership = self_peek_membership(pool);

	if (membership)
		return membership;
	membership = membership_get(&self->client, pool);
	if (!membership)
		return NULL;
	membership->thread_id = (int)self->thread_id;
	membership->fork_epoch = self->fork_epoch;
	return self_local()->recent = membership;
}

/* Explicit clients. */

int client_check_fork(const struct pooltoy_client *client)
{
	if (client->fork_epoch == sync_fork_epoch())
		return POOLTOY_OK;
	return error_set(POOLTOY_EFORKED, "client \"%s\": it is from before fork()", client->name);
}

void client_ref(struct pooltoy_client *client)
{
	sync_fetch_add(&client->references, 1, relaxed);
}

void client_unref(struct pooltoy_client *client)
{
	if (sync_fetch_sub(&client->references, 1, acq_rel) != 1)
		return;
	sync_mutex_destroy(&client->lock);
	sync_free(client);
}
