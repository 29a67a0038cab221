/* SPDX-License-Identifier: MIT */
/* test_client.c: what clients remember of what they hold, and what becomes of it when they end. */
#include "support/suite.h"
#include "client.h"
#include "error.h"
#include "spec.h"
#include "support/faults.h"

#include <pthread.h>
#include <string.h>

enum { GENERATION = 5 };

/* Pools without threads. Their notifier's ring is full: it only counts what it is told. */
static struct notifier notifier;

static unsigned events(void)
{
	return (unsigned)notifier.dropped;
}

static struct pooltoy_pool *make_pool(void)
{
	static const struct pooltoy_worker_ops ops = POOLTOY_WORKER_OPS(.init = NULL);
	struct pooltoy_pool *pool = NULL;
	struct pool_config config;

	notifier = (struct notifier){ .count = NOTIFIER_RING };
	CU_ASSERT_EQUAL_FATAL(sync_mutex_init(&notifier.lock, RANK_EVENTS), 0);
	CU_ASSERT_EQUAL_FATAL(
		spec_to_config(POOLTOY_POOL_SPEC(.name = "poolio", .worker = &ops), &config), 0);
	CU_ASSERT_EQUAL_FATAL(pool_create(&config, &worker_kind, &pool), 0);
	pool->notifier = &notifier;
	CU_ASSERT_EQUAL_FATAL(slot_table_grow(&pool->broker.slots, pool), SLOT_CHUNK);
	return pool;
}

static unsigned references(struct pooltoy_pool *pool)
{
	return sync_load(&pool->references, acquire);
}

static void stop(struct pooltoy_pool *pool)
{
	CU_ASSERT(pool_change_state(pool, ~0u, POOL_STOPPED, POOLTOY_ESTOPPED));
}

/* Slot `index`, leased at GENERATION. */
static struct slot *leased(struct pooltoy_pool *pool, unsigned index)
{
	struct slot *slot = slot_table_at(&pool->broker.slots, index);
	struct pooltoy_worker *worker = worker_of(slot);

	CU_ASSERT_FATAL(worker->prepared || worker_prepare(worker) == POOLTOY_OK);
	sync_store(&slot->word, slot_word_make(GENERATION, 0, SLOT_LEASED), relaxed);
	return slot;
}

static void end_lease_of(struct slot *slot)
{
	sync_store(&slot->word, slot_word_make(GENERATION + 1, 0, SLOT_IDLE), relaxed);
}

/* Holdings, of slots that belong to no pool. */

static void add(struct holdings *holdings, struct slot *slot)
{
	atomic_init(&slot->word, slot_word_make(GENERATION, 0, SLOT_LEASED));
	CU_ASSERT_FATAL(holdings_reserve_lease(holdings, UINT_MAX));
	holdings_add_lease(holdings, slot, GENERATION);
}

static void holdings_end(struct holdings *holdings)
{
	if (holdings->list != holdings->few)
		sync_free(holdings->list);
}

static void the_first_two_holdings_need_no_memory(void)
{
	struct holdings holdings = { .count = 0 };
	struct slot slots[3] = { 0 };

	faults_begin(FAULTS_MEMORY, 0, 1);
	add(&holdings, &slots[0]);
	add(&holdings, &slots[1]);
	CU_ASSERT_FALSE(holdings_reserve_lease(&holdings, UINT_MAX));
	CU_ASSERT_EQUAL(faults_end(FAULTS_MEMORY), 1);
	CU_ASSERT_EQUAL(holdings_alive(&holdings), 2);
	add(&holdings, &slots[2]);
	CU_ASSERT_EQUAL(holdings_alive(&holdings), 3);
	holdings_end(&holdings);
}

static void there_is_room_for_no_more_than_the_limit(void)
{
	struct holdings holdings = { .count = 0 };
	struct slot slots[7] = { 0 };
	unsigned limit, i;

	for (limit = 1; limit < 7; limit++) {
		for (i = 0; i < limit; i++) {
			atomic_init(&slots[i].word, slot_word_make(GENERATION, 0, SLOT_LEASED));
			CU_ASSERT_FATAL(holdings_reserve_lease(&holdings, limit));
			CU_ASSERT(holdings.capacity <= limit);
			holdings_add_lease(&holdings, &slots[i], GENERATION);
		}
		CU_ASSERT_FALSE(holdings_reserve_lease(&holdings, limit));
		end_lease_of(&slots[0]);
		CU_ASSERT(holdings_reserve_lease(&holdings, limit));
		CU_ASSERT_EQUAL(holdings.count, limit - 1);
		holdings_end(&holdings);
		holdings = (struct holdings){ .count = 0 };
	}
}

static void what_is_held_is_removed_by_slot_and_generation(void)
{
	struct holdings holdings = { .count = 0 };
	struct slot slots[20] = { 0 };
	unsigned i;

	for (i = 0; i < 20; i++)
		add(&holdings, &slots[i]);
	CU_ASSERT_FALSE(holdings_remove(&holdings, &slots[7], GENERATION + 1));
	CU_ASSERT_EQUAL(holdings.count, 20);
	for (i = 0; i < 20; i += 2)
		CU_ASSERT(holdings_remove(&holdings, &slots[i], GENERATION));
	CU_ASSERT_EQUAL(holdings.count, 10);
	for (i = 0; i < 20; i++)
		CU_ASSERT_EQUAL(holdings_remove(&holdings, &slots[i], GENERATION), i % 2 == 1);
	CU_ASSERT_EQUAL(holdings.count, 0);
	holdings_end(&holdings);
}

/* However many there are: a slot says where it stands, also after others have been moved. */
static void each_slot_knows_its_place_in_the_list(void)
{
	struct holdings holdings = { .count = 0 };
	struct slot slots[20] = { 0 };
	unsigned i;

	for (i = 0; i < 20; i++)
		add(&holdings, &slots[i]);
	CU_ASSERT(holdings_remove(&holdings, &slots[3], GENERATION));
	CU_ASSERT(holdings_remove(&holdings, &slots[12], GENERATION));
	end_lease_of(&slots[5]);
	while (holdings.count < holdings.capacity)
		add(&holdings, &slots[3]);
	CU_ASSERT(holdings_reserve_lease(&holdings, UINT_MAX)); /* drops the stale one */
	for (i = 0; i < holdings.count; i++)
		if (holdings.list[i].slot != &slots[3])
			CU_ASSERT_EQUAL(figure_load(&holdings.list[i].slot->entry.place), i);
	/* Another client has written its own place: the list is searched. */
	figure_store(&slots[9].entry.place, 0);
	CU_ASSERT(holdings_remove(&holdings, &slots[9], GENERATION));
	CU_ASSERT_FALSE(holdings_remove(&holdings, &slots[9], GENERATION));
	holdings_end(&holdings);
}

static void leases_that_turned_stale_make_room(void)
{
	struct holdings holdings = { .count = 0 };
	struct slot slots[5] = { 0 };
	unsigned i;

	for (i = 0; i < 4; i++)
		add(&holdings, &slots[i]);
	CU_ASSERT_EQUAL(holdings.capacity, 4);
	for (i = 0; i < 3; i++)
		end_lease_of(&slots[i]);
	CU_ASSERT_EQUAL(holdings_alive(&holdings), 1);
	faults_begin(FAULTS_MEMORY, 0, 1);
	add(&holdings, &slots[4]);
	CU_ASSERT_EQUAL(faults_end(FAULTS_MEMORY), 0);
	CU_ASSERT_EQUAL(holdings.count, 2);
	CU_ASSERT(holdings_remove(&holdings, &slots[3], GENERATION)); /* the live one stayed */
	CU_ASSERT(holdings_remove(&holdings, &slots[4], GENERATION));
	holdings_end(&holdings);
}

static void little_room_is_enough_when_there_is_no_memory(void)
{
	struct holdings holdings = { .count = 0 };
	struct slot slots[5] = { 0 };
	unsigned i;

	for (i = 0; i < 4; i++)
		add(&holdings, &slots[i]);
	end_lease_of(&slots[0]);
	faults_begin(FAULTS_MEMORY, 0, 1);
	add(&holdings, &slots[4]); /* would rather have had more */
	CU_ASSERT_EQUAL(faults_end(FAULTS_MEMORY), 1);
	CU_ASSERT_EQUAL(holdings_alive(&holdings), 4);
	holdings_end(&holdings);
}

static void borrows_are_never_dropped_as_stale(void)
{
	struct holdings holdings = { .count = 0 };
	struct slot slots[3] = { 0 };
	unsigned i;

	/* A borrow outlives its lease: only its thread gives it back. */
	for (i = 0; i < 3; i++) {
		CU_ASSERT_FATAL(holdings_reserve(&holdings));
		holdings_add(&holdings, &slots[i], GENERATION);
	}
	CU_ASSERT_EQUAL(holdings.count, 3);
	CU_ASSERT_EQUAL(holdings_alive(&holdings), 0);
	for (i = 0; i < 3; i++)
		CU_ASSERT(holdings_remove(&holdings, &slots[i], GENERATION));
	holdings_end(&holdings);
}

/* Memberships. */

static struct pooltoy_client *open_client(void)
{
	struct pooltoy_client *client = NULL;

	CU_ASSERT_EQUAL_FATAL(pooltoy_client_open("connection 7", &client), POOLTOY_OK);
	return client;
}

enum { POOLS = 40 };

static void a_client_keeps_each_of_its_pools_until_it_is_closed(void)
{
	struct pooltoy_client *client = open_client();
	struct membership *memberships[POOLS];
	struct pooltoy_pool *pools[POOLS];
	unsigned i;

	for (i = 0; i < POOLS; i++) {
		pools[i] = make_pool();
		CU_ASSERT_PTR_NULL(membership_find(client, pools[i]));
		memberships[i] = membership_get(client, pools[i]);
		CU_ASSERT_PTR_NOT_NULL_FATAL(memberships[i]);
		CU_ASSERT_PTR_EQUAL(memberships[i]->pool, pools[i]);
	}
	for (i = 0; i < POOLS; i++) {
		CU_ASSERT_PTR_EQUAL(membership_find(client, pools[i]), memberships[i]);
		CU_ASSERT_PTR_EQUAL(membership_get(client, pools[i]), memberships[i]);
		CU_ASSERT_EQUAL(references(pools[i]), 2);
	}
	pooltoy_client_close(client);
	for (i = 0; i < POOLS; i++) {
		CU_ASSERT_EQUAL(references(pools[i]), 1);
		pool_unref(pools[i]);
	}
}

static void memberships_of_stopped_pools_go_when_the_table_grows(void)
{
	struct pooltoy_client *client = open_client();
	struct pooltoy_pool *pools[POOLS];
	unsigned i, dropped = 0;

	for (i = 0; i < POOLS; i++) {
		pools[i] = make_pool();
		CU_ASSERT_PTR_NOT_NULL_FATAL(membership_get(client, pools[i]));
		if (i % 4)
			stop(pools[i]);
	}
	for (i = 0; i < POOLS; i++) {
		bool kept = references(pools[i]) == 2;

		dropped += !kept;
		CU_ASSERT(kept || i % 4); /* no pool that runs */
		CU_ASSERT_EQUAL(membership_find(client, pools[i]) != NULL, kept);
	}
	CU_ASSERT(dropped >= POOLS / 4);
	pooltoy_client_close(client);
	for (i = 0; i < POOLS; i++)
		pool_unref(pools[i]);
}

/* Fills the client's table until it has grown. */
static void let_the_table_grow(struct pooltoy_client *client)
{
	unsigned size = client->table_size;

	while (client->table_size == size) {
		struct pooltoy_pool *pool = make_pool();

		CU_ASSERT_PTR_NOT_NULL_FATAL(membership_get(client, pool));
		pool_unref(pool);
	}
}

static void a_stopped_pool_is_kept_while_something_of_it_is_held(void)
{
	struct pooltoy_client *client = open_client();
	struct pooltoy_pool *lent = make_pool(), *borrowed = make_pool();
	struct membership *loan = membership_get(client, lent);
	struct membership *use = membership_get(client, borrowed);
	struct slot *slot = leased(lent, 0);

	CU_ASSERT_FATAL(holdings_reserve_lease(&loan->leases, UINT_MAX));
	holdings_add(&loan->leases, slot, GENERATION);
	CU_ASSERT_FATAL(holdings_reserve(&use->borrows));
	holdings_add(&use->borrows, leased(borrowed, 0), GENERATION);
	stop(lent);
	stop(borrowed);
	let_the_table_grow(client);
	CU_ASSERT_PTR_EQUAL(membership_find(client, lent), loan);
	CU_ASSERT_PTR_EQUAL(membership_find(client, borrowed), use);
	end_lease_of(slot);
	CU_ASSERT(holdings_remove(&use->borrows, leased(borrowed, 0), GENERATION));
	let_the_table_grow(client);
	CU_ASSERT_PTR_NULL(membership_find(client, lent));
	CU_ASSERT_PTR_NULL(membership_find(client, borrowed));
	CU_ASSERT_EQUAL(references(lent), 1);
	pooltoy_client_close(client);
	pool_unref(lent);
	pool_unref(borrowed);
}

static void without_memory_there_is_no_membership_and_no_reference(void)
{
	struct pooltoy_client *client = open_client();
	struct pooltoy_pool *pool = make_pool();
	unsigned good;

	for (good = 0; good < 2; good++) {
		faults_begin(FAULTS_MEMORY, good, 1);
		CU_ASSERT_PTR_NULL(membership_get(client, pool));
		CU_ASSERT_EQUAL(faults_end(FAULTS_MEMORY), 1);
		CU_ASSERT_PTR_NULL(membership_find(client, pool));
		CU_ASSERT_EQUAL(references(pool), 1);
	}
	CU_ASSERT_PTR_NOT_NULL(membership_get(client, pool));
	pooltoy_client_close(client);
	pool_unref(pool);
}

/* Ends. */

static void hold(struct pooltoy_client *client, struct pooltoy_pool *pool, struct slot *slot)
{
	struct membership *membership = membership_get(client, pool);

	CU_ASSERT(membership && holdings_reserve_lease(&membership->leases, UINT_MAX));
	holdings_add(&membership->leases, slot, GENERATION);
}

static void closing_ends_the_leases_that_live_and_no_others(void)
{
	struct pooltoy_client *client = open_client();
	struct pooltoy_pool *pool = make_pool();
	struct slot *first = leased(pool, 0), *stale = leased(pool, 1), *last = leased(pool, 2);

	hold(client, pool, first);
	hold(client, pool, stale);
	hold(client, pool, last);
	/* Another thread has checked it in, and somebody else has it now. */
	sync_store(&stale->word, slot_word_make(GENERATION + 1, 0, SLOT_LEASED), relaxed);
	pooltoy_client_close(client);
	CU_ASSERT_EQUAL(slot_look(first), slot_word_make(GENERATION + 1, 0, SLOT_IDLE));
	CU_ASSERT_EQUAL(slot_look(last), slot_word_make(GENERATION + 1, 0, SLOT_IDLE));
	CU_ASSERT_EQUAL(slot_look(stale), slot_word_make(GENERATION + 1, 0, SLOT_LEASED));
	CU_ASSERT_EQUAL(figure_load(&pool->client_deaths), 2);
	CU_ASSERT_EQUAL(events(), 2);
	CU_ASSERT_EQUAL(references(pool), 1);
	pool_unref(pool);
}

static void a_clients_name_is_cut_and_has_a_default(void)
{
	struct pooltoy_client *client = NULL;

	CU_ASSERT_EQUAL(pooltoy_client_open("0123456789012345678901234567890123456789", &client),
			0);
	CU_ASSERT_STRING_EQUAL(client->name, "0123456789012345678901234567890");
	pooltoy_client_close(client);
	CU_ASSERT_EQUAL(pooltoy_client_open("", &client), 0);
	CU_ASSERT_STRING_EQUAL(client->name, "client");
	pooltoy_client_close(client);
	CU_ASSERT_EQUAL(pooltoy_client_open(NULL, &client), 0);
	CU_ASSERT_STRING_EQUAL(client->name, "client");
	pooltoy_client_close(client);
	pooltoy_client_close(NULL);
	CU_ASSERT_EQUAL(pooltoy_client_open("name", NULL), POOLTOY_EINVAL);
	faults_begin(FAULTS_MEMORY, 0, 1);
	CU_ASSERT_EQUAL(pooltoy_client_open("name", &client), POOLTOY_ENOMEM);
	CU_ASSERT_EQUAL(faults_end(FAULTS_MEMORY), 1);
}

static void a_closed_client_stays_in_memory_while_a_call_uses_it(void)
{
	struct pooltoy_client *client = open_client();

	client_ref(client);
	pooltoy_client_close(client);
	CU_ASSERT(client->closed);
	CU_ASSERT_PTR_NULL(client->table);
	client_unref(client);
}

/* Threads. */

struct visit {
	struct pooltoy_pool *pool;
	bool peeked_before, same, pool_kept;
	int rounds, good_rounds, last_code;
};

static pthread_key_t other_library;

/* How many rounds of destructors another library may use: sanitizers have left a thread by the last. */
#if defined(SYNC_TSAN)
enum { OTHER_ROUNDS = PTHREAD_DESTRUCTOR_ITERATIONS - 1 };
#else
enum { OTHER_ROUNDS = PTHREAD_DESTRUCTOR_ITERATIONS };
#endif

/* Another library's destructor, which calls ours in each of them. */
static void calls_at_the_end(void *value)
{
	struct visit *visit = value;
	struct self *self;
	int code = self_get("pooly", &self);

	visit->good_rounds += code == POOLTOY_OK;
	visit->last_code = code;
	if (++visit->rounds < OTHER_ROUNDS)
		pthread_setspecific(other_library, value);
}

static void *hold_a_worker(void *argument)
{
	struct visit *visit = argument;
	struct self *self = NULL, *again = NULL;

	visit->peeked_before = self_peek() != NULL;
	CU_ASSERT(self_get("pooly", &self) == POOLTOY_OK && self != NULL);
	visit->same =
		self_get("pooly", &again) == POOLTOY_OK && again == self && self_peek() == self;
	hold(&self->client, visit->pool, leased(visit->pool, 0));
	visit->pool_kept = references(visit->pool) == 2;
	pthread_setspecific(other_library, visit);
	return NULL;
}

static void a_thread_gives_back_what_it_held_as_late_as_its_destructors_allow(void)
{
	struct visit visit = { .pool = make_pool() };
	pthread_t thread;

	CU_ASSERT_EQUAL_FATAL(pthread_key_create(&other_library, calls_at_the_end), 0);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, hold_a_worker, &visit), 0);
	pthread_join(thread, NULL);
	CU_ASSERT_FALSE(visit.peeked_before);
	CU_ASSERT(visit.same && visit.pool_kept);
	/* In the last of ours, either destructor may come first. */
	CU_ASSERT_EQUAL(visit.rounds, OTHER_ROUNDS);
	CU_ASSERT(visit.good_rounds >= SYNC_THREAD_END_ROUNDS - 1);
	if (OTHER_ROUNDS > SYNC_THREAD_END_ROUNDS)
		CU_ASSERT_EQUAL(visit.last_code, POOLTOY_ETHREADEXITED);
	CU_ASSERT_EQUAL(slot_look(slot_table_at(&visit.pool->broker.slots, 0)),
			slot_word_make(GENERATION + 1, 0, SLOT_IDLE));
	CU_ASSERT_EQUAL(figure_load(&visit.pool->client_deaths), 1);
	CU_ASSERT_EQUAL(references(visit.pool), 1);
	pool_unref(visit.pool);
	pthread_key_delete(other_library);
}

SUITE(TEST(the_first_two_holdings_need_no_memory), TEST(there_is_room_for_no_more_than_the_limit),
      TEST(what_is_held_is_removed_by_slot_and_generation),
      TEST(each_slot_knows_its_place_in_the_list), TEST(leases_that_turned_stale_make_room),
      TEST(little_room_is_enough_when_there_is_no_memory), TEST(borrows_are_never_dropped_as_stale),
      TEST(a_client_keeps_each_of_its_pools_until_it_is_closed),
      TEST(memberships_of_stopped_pools_go_when_the_table_grows),
      TEST(a_stopped_pool_is_kept_while_something_of_it_is_held),
      TEST(without_memory_there_is_no_membership_and_no_reference),
      TEST(closing_ends_the_leases_that_live_and_no_others),
      TEST(a_clients_name_is_cut_and_has_a_default),
      TEST(a_closed_client_stays_in_memory_while_a_call_uses_it),
      TEST(a_thread_gives_back_what_it_held_as_late_as_its_destructors_allow))
