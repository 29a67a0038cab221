/* SPDX-License-Identifier: MIT */
/* laws.h: what must hold of a broker's slots and waiters at every scheduling point. */
#ifndef EXPLORE_SCENARIOS_LAWS_H
#define EXPLORE_SCENARIOS_LAWS_H

#include "explore.h"

#include "broker.h"

/*
 * From laws_open to laws_close these hold at every scheduling point, set-up and end included. A
 * scenario that opens a brokerage (brokerage.h) or a pool (pools.h) has them without asking.
 *
 *  - Slots are conserved: each is in one of the seven states, and no more have a worker than may.
 *  - A lease ends exactly once. Each has a generation of its own on its slot; the generation moves
 *    by one, and only as a lease or a worker ends. If the state is in use then, it stays, and the
 *    user's give-back moves it.
 *  - One holder a slot: no lease is granted twice. The tasks are a holder, too: a lease that is taken
 *    for them is no client's, and their time on a slot has a generation of its own, as a lease has.
 *  - A waiter's fate is settled once: who was granted a slot is never cancelled or refused.
 *  - Never more wakes than free slots. Each wake of a waiter by the broker has a cause of its own,
 *    which came before: a slot became idle or was handed over; a waiter left the queue, and the
 *    next one looks in its stead; a hint was taken away from an idle slot and set again. (Waking
 *    those that a closed queue refuses is not counted.)
 *  - A waiter that can be served is: whenever nothing moves before time passes, nobody waits beside
 *    an idle slot; and no task does.
 */
void laws_open(struct broker *broker, unsigned workers);
/* From now on so many workers may be, since there are to be more than at first. */
void laws_allow(unsigned workers);

/* Of laws_open to now. */
struct laws_account {
	unsigned slots[SLOT_SERVING + 1];   /* now, by state */
	unsigned starts, came_up;           /* workers that were started, and that became free */
	unsigned unstarted;                 /* those that came to no thread */
	unsigned stopped[SLOT_RETIRED + 1]; /* workers that began to end, by cause */
	unsigned vacated[SLOT_RETIRED + 1]; /* and that have ended */
	unsigned leases, leases_ended;
	unsigned entries, granted, refused, cancelled; /* waiters */
	unsigned wakes, frees, departures, hints_set_again;
};
const struct laws_account *laws_account(void);

/* A client believes to have this lease. */
void laws_granted(const struct slot *slot, uint64_t generation);

/* Nobody is left: no lease, no waiter, and `idle` slots idle, all others vacant. */
void laws_close(unsigned idle);

#endif
