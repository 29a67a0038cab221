/* SPDX-License-Identifier: MIT */
/* brokerage.c: a broker's clients, reduced to what the broker asks of them. */
#include "brokerage.h"
#include "laws.h"

struct broker brokerage;
struct holding brokerage_held;
unsigned brokerage_granted, brokerage_found;

static unsigned idle_slots;
static bool in_use[SLOT_CHUNK];

void brokerage_open(enum broker_strategy strategy, unsigned idle, uint64_t starvation)
{
	memset(&brokerage, 0, sizeof brokerage);
	memset(in_use, 0, sizeof in_use);
	brokerage_granted = brokerage_found = 0;
	idle_slots = idle;
	EXPLORE_CHECK(broker_init(&brokerage, strategy, SLOT_CHUNK, sizeof(struct slot), starvation,
				  sync_now));
	EXPLORE_CHECK(slot_table_grow(&brokerage.slots, NULL) == SLOT_CHUNK);
	for (unsigned i = 0; i < idle; i++) {
		struct slot *slot = slot_table_at(&brokerage.slots, i);
		slot_word starting = slot_word_make(0, 0, SLOT_STARTING);

		slot_move(slot, slot_look(slot), starting);
		EXPLORE_CHECK(broker_free(&brokerage, slot, starting, 0) == BROKER_IDLE);
	}
	laws_open(&brokerage, idle);
}

void brokerage_close(void)
{
	laws_close(idle_slots);
	broker_destroy(&brokerage);
}

static void hold(const struct holding *holding)
{
	unsigned index = holding->slot->index;

	if (in_use[index])
		explore_fail("slot %u has two holders", index);
	laws_granted(holding->slot, holding->generation);
	in_use[index] = true;
}

bool brokerage_checkin(struct holding *holding)
{
	struct slot *slot = holding->slot;
	enum broker_freed freed;

	do {
		slot_word word = slot_look(slot);

		if (!slot_word_is_lease(word, holding->generation))
			return false;
		in_use[slot->index] = false;
		freed = broker_free(&brokerage, slot, word, holding->generation + 1);
	} while (freed == BROKER_MOVED);
	return true;
}

/* The one who gives up, is refused or has found a slot itself: what it was granted goes back. */
static void left(const struct waiter *waiter, enum waiter_outcome outcome)
{
	if (outcome == WAITER_GRANTED) {
		struct holding granted = { waiter->slot, waiter->generation };

		hold(&granted);
		brokerage_checkin(&granted);
	}
}

struct visit {
	struct waiter waiter;
	struct parker *parker;
};

static void leave_cancelled(void *argument)
{
	struct visit *visit = argument;

	left(&visit->waiter, broker_leave(&brokerage, &visit->waiter));
	parker_release(visit->parker);
}

static bool wait_for_slot(struct visit *visit, struct holding *holding, uint64_t deadline)
{
	bool in_time = true;

	for (;;) {
		int outcome;

		checkout_queue_look(&brokerage.queue);
		if (broker_take(&brokerage, 0, &holding->slot, &holding->generation)) {
			hold(holding);
			brokerage_found++;
			left(&visit->waiter, broker_leave_served(&brokerage, &visit->waiter));
			return true;
		}
		if (in_time)
			in_time = parker_park(visit->parker, deadline);
		outcome = in_time ? sync_load(&visit->waiter.outcome, acquire)
				  : (int)broker_leave(&brokerage, &visit->waiter);
		if (outcome == WAITER_GRANTED) {
			holding->slot = visit->waiter.slot;
			holding->generation = visit->waiter.generation;
			hold(holding);
			brokerage_granted++;
			return true;
		}
		if (outcome != WAITER_WAITING)
			return false;
	}
}

bool brokerage_take(struct holding *holding)
{
	if (!broker_take(&brokerage, 0, &holding->slot, &holding->generation))
		return false;
	hold(holding);
	return true;
}

bool brokerage_try(struct holding *holding)
{
	if (brokerage_take(holding))
		return true;
	if (!broker_take_unlisted(&brokerage, &holding->slot, &holding->generation))
		return false;
	hold(holding);
	return true;
}

static bool check_out(struct holding *holding, uint64_t deadline,
		      int (*enter)(struct broker *broker, struct waiter *waiter,
				   struct parker *parker))
{
	struct visit visit;
	bool served;

	if (brokerage_take(holding))
		return true;
	visit.parker = parker_acquire();
	if (enter(&brokerage, &visit.waiter, visit.parker)) {
		parker_release(visit.parker);
		return false;
	}
	sync_cleanup_push(leave_cancelled, &visit);
	served = wait_for_slot(&visit, holding, deadline);
	sync_cleanup_pop(false);
	parker_release(visit.parker);
	return served;
}

bool brokerage_checkout(struct holding *holding, uint64_t deadline)
{
	return check_out(holding, deadline, broker_enter);
}

bool brokerage_checkout_high(struct holding *holding, uint64_t deadline)
{
	return check_out(holding, deadline, broker_enter_high);
}

void brokerage_open_starving(void)
{
	brokerage_open(BROKER_AFFINE, 1, 0);
	EXPLORE_CHECK(brokerage_checkout(&brokerage_held, SYNC_NEVER));
}

void brokerage_give_back(void)
{
	explore_advance(1); /* the waiter, if there is one, has waited for a while */
	EXPLORE_CHECK(brokerage_checkin(&brokerage_held));
}
