/* SPDX-License-Identifier: MIT */
/* brokerage.h: a broker with a few slots and no workers, for scenarios on the structures alone. */
#ifndef EXPLORE_SCENARIOS_BROKERAGE_H
#define EXPLORE_SCENARIOS_BROKERAGE_H

#include "explore.h"

#include "broker.h"

/* One for a schedule; made by brokerage_open, gone after brokerage_close; the laws hold meanwhile
 * (laws.h). */
extern struct broker brokerage;

/* Slots 0 ... idle - 1 are idle; the rest of the table is vacant. */
void brokerage_open(enum broker_strategy strategy, unsigned idle, uint64_t starvation);
/* All that was leased has come back, nobody waits. */
void brokerage_close(void);

struct holding {
	struct slot *slot;
	uint64_t generation;
};

/*
 * Checks out as pooltoy_checkout does, by the calling thread: true and the lease, or false once the
 * deadline has come, or if the queue is closed. A cancellation point, after which nothing is held.
 */
bool brokerage_checkout(struct holding *holding, uint64_t deadline);
bool brokerage_checkout_high(struct holding *holding, uint64_t deadline);
/* Its first search alone, as who begins to wait makes it. */
bool brokerage_take(struct holding *holding);
/* The same without waiting. */
bool brokerage_try(struct holding *holding);
/* False: the lease had ended already. */
bool brokerage_checkin(struct holding *holding);

/* One slot, leased (it is `brokerage_held`), and a queue in which whoever waits at all starves: slots
 * are handed over, never idle, while somebody waits. For .setup and .fibers. */
extern struct holding brokerage_held;
void brokerage_open_starving(void);
void brokerage_give_back(void);

/* How often a checkout was served by what. */
extern unsigned brokerage_granted, brokerage_found;

#endif
