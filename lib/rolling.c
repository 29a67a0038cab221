/* SPDX-License-Identifier: MIT */
/* rolling.c: whose turn it is to be replaced. */
#include "rolling.h"
#include "deadline.h"
#include "withhold.h"

/* How often to look for one that is idle, while those whose turn it is are held. */
#define LOOK ((uint64_t)100 * NS_PER_MS)

static struct pooltoy_worker *next_worker(struct pooltoy_pool *pool, unsigned *index)
{
	return *index < slot_table_count(&pool->broker.slots) ? worker_at(pool, (*index)++) : NULL;
}

void rolling_request(struct pooltoy_pool *pool, unsigned at_once)
{
	sync_store(&pool->rolling.at_once, at_once, relaxed);
	sync_fetch_add(&pool->rolling.requests, 1, release); /* pairs with begin */
	pool_wake_manager(pool);
}

static bool is_up(struct pooltoy_worker *worker)
{
	return worker->place == CREW_STARTING || worker->place == CREW_UP;
}

static void begin(struct pooltoy_pool *pool, uint64_t now)
{
	struct rolling *rolling = &pool->rolling;
	unsigned requests = sync_load(&rolling->requests, acquire), index = 0;
	struct pooltoy_worker *worker;

	if (requests == rolling->seen)
		return;
	rolling->seen = requests;
	rolling->since = now;
	rolling->under_way = true;
	while ((worker = next_worker(pool, &index)))
		worker->outdated = is_up(worker);
}

static void set_turn(struct pooltoy_worker *worker, bool turn)
{
	sync_store(&worker->retiring, turn, seq_cst);
	withhold_follow(worker);
}

static bool is_turn(struct pooltoy_worker *worker)
{
	return sync_load(&worker->retiring, relaxed);
}

/* Ends the worker, if it is idle, and nobody's to take. */
static bool end_if_idle(struct pooltoy_worker *worker)
{
	slot_word word = slot_look(&worker->slot);

	return slot_word_is_idle_withheld(word) && worker_stop_from(worker, word, SLOT_REPLACED);
}

/* What a worker that is up does; bits. */
enum use { ENDS = 1, IS_IDLE = 2, IS_HELD = 4 };

static enum use use_of(struct pooltoy_worker *worker)
{
	slot_word word = slot_look(&worker->slot);

	if (!slot_word_can_be_withheld(word))
		return ENDS; /* the manager has yet to hear of it */
	return slot_word_state(word) == SLOT_IDLE ? IS_IDLE : IS_HELD;
}

/* The first that is up, outdated, in one of these uses, and whose turn it is or is not. */
static struct pooltoy_worker *find(struct pooltoy_pool *pool, bool turn, unsigned uses)
{
	struct pooltoy_worker *worker;
	unsigned index = 0;

	while ((worker = next_worker(pool, &index)))
		if (worker->outdated && worker->place == CREW_UP && is_turn(worker) == turn &&
		    use_of(worker) & uses)
			return worker;
	return NULL;
}

/* Counts those that are left, and forgets those that have gone; how many of them have their turn. */
static unsigned take_stock(struct pooltoy_pool *pool)
{
	unsigned index = 0, left = 0, turns = 0;
	struct pooltoy_worker *worker;

	while ((worker = next_worker(pool, &index))) {
		worker->outdated = worker->outdated && is_up(worker);
		left += worker->outdated;
		turns += worker->outdated && is_turn(worker);
	}
	figure_store(&pool->rolling.left, left);
	return turns;
}

/* Those that have come up, and do not serve yet: they say so first. */
static unsigned settling(struct pooltoy_pool *pool)
{
	struct pooltoy_worker *worker;
	unsigned index = 0, count = 0;

	while ((worker = next_worker(pool, &index)))
		count += worker->place == CREW_UP &&
			 slot_word_state(slot_look(&worker->slot)) == SLOT_STARTING;
	return count;
}

/* Of those that are kept though nobody waits. */
static unsigned missing(struct pooltoy_pool *pool, unsigned settle)
{
	unsigned kept = sync_load(&pool->elasticity.kept, relaxed);
	unsigned serving = pool->crew.live - pool->crew.starting - settle;

	return serving < kept ? kept - serving : 0;
}

/* False: all that are left have their turn. */
static bool give_turn(struct pooltoy_pool *pool)
{
	struct pooltoy_worker *worker = find(pool, false, IS_IDLE);

	if (!worker)
		worker = find(pool, false, IS_IDLE | IS_HELD); /* it may be idle by now */
	if (!worker)
		return false;
	set_turn(worker, true);
	return true;
}

/* One that is held gives its turn to one that is idle. */
static void pass_turn(struct pooltoy_pool *pool)
{
	struct pooltoy_worker *idle = find(pool, false, IS_IDLE), *held = find(pool, true, IS_HELD);

	if (!idle || !held)
		return;
	set_turn(held, false);
	set_turn(idle, true);
}

static void end_whose_turn_it_is(struct pooltoy_pool *pool)
{
	struct pooltoy_worker *worker;

	/* It counts as one of them until the manager has been told that it ends. */
	while ((worker = find(pool, true, IS_IDLE)) && end_if_idle(worker))
		;
}

uint64_t rolling_step(struct pooltoy_pool *pool, uint64_t now)
{
	struct rolling *rolling = &pool->rolling;
	unsigned at_once = sync_load(&rolling->at_once, relaxed), turns, settle, lacking;

	begin(pool, now);
	if (!rolling->under_way || pool_state(pool) != POOL_RUNNING)
		return SYNC_NEVER;
	end_whose_turn_it_is(pool);
	turns = take_stock(pool);
	settle = settling(pool); /* once: they tell nobody when they have */
	lacking = missing(pool, settle);
	if (figure_load(&rolling->left) == 0 && lacking == 0) {
		rolling->under_way = false;
		pool_emit(pool, POOLTOY_EVENT_WORKERS_REPLACED, -1, now - rolling->since, NULL);
		return SYNC_NEVER;
	}
	for (; turns + lacking < at_once && give_turn(pool); turns++)
		;
	if (turns > 0 && turns + lacking >= at_once)
		pass_turn(pool);
	if (find(pool, true, IS_IDLE))
		pool_wake_manager(pool); /* it is ended at the next look */
	if (settle > 0)
		return now + NS_PER_MS;
	return turns > 0 ? now + LOOK : SYNC_NEVER;
}
