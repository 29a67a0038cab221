/* SPDX-License-Identifier: MIT */
/* desk.h: a broker and those who wait there, by a clock of their own. */
#ifndef UNIT_DESK_H
#define UNIT_DESK_H

#include "broker.h"

enum { DESK_WAITERS = 6, DESK_OPENS = 100, GENERATION = 41 };

struct desk {
	struct broker broker;
	struct waiter waiters[DESK_WAITERS];
	struct parker parkers[DESK_WAITERS];
};

/* Its clock is at DESK_OPENS, whoever waits for longer than `starvation` starves. */
void desk_open(struct desk *desk, enum broker_strategy strategy, uint64_t starvation);
void desk_close(struct desk *desk);

/* The clock, in nanoseconds; how often the broker has read it; and time that passes. */
uint64_t desk_now(void);
unsigned desk_clock_reads(void);
void wait_for(uint64_t ns);

struct slot *slot_at(struct desk *desk, unsigned index);
/* At GENERATION. */
struct slot *slot_in(struct desk *desk, unsigned index, enum slot_state state);

/* The slot is leased, and its lease ends. */
enum broker_freed check_in(struct desk *desk, unsigned index);

enum { NOTHING = -1 };

/* The slot's index, or NOTHING. */
int take(struct desk *desk);

void enter(struct desk *desk, unsigned i);
void enter_high(struct desk *desk, unsigned i);
enum waiter_outcome leave(struct desk *desk, unsigned i);
enum waiter_outcome outcome(struct desk *desk, unsigned i);

/* Since it was asked last. */
bool woken(struct desk *desk, unsigned i);

#endif
