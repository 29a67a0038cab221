/* SPDX-License-Identifier: MIT */
/*
 * Overflow beside waiters and slots, in weak memory (memory.h.pml): who adds to it, who takes from it,
 * and who must not miss the other (lib/broker.c, lib/manager.c, lib/api_checkout.c).
 *
 * A pool of SIZE, which may grow by one: slot A is leased at first (and is the overflow, with SIZE=0),
 * slot B is vacant. Free is broker_free with worker_free, by A's holder and by each new worker, whose
 * init may fail with FAILS; Client waits (wait_in_queue, await_news, broker_leave, pool_report_surplus), and with
 * TIMES_OUT may give up; Manager is look_at_worker, limit_overflow, dismiss_surplus and wanted. With
 * ADOPTED, A's lease is adopted beside its checkin; with KILLED, its worker is killed. Who holds may
 * hold forever. Laws: nobody sleeps beside an idle slot; who waits has the pool grow while it may; no
 * surplus stays idle while nobody waits; and nobody is dismissed but whom the size is up without.
 */
#ifndef SIZE
#define SIZE 1
#endif
#define THREADS   5
#define LOCATIONS 5
#define WRITES    14
#define SLOT_A   0
#define SLOT_B   1
#define WAITERS  2
#define OVERFLOW 3
#define ASLEEP   4         /* waiters that have looked in vain */
#define GATES 7
#define QUEUE   0          /* the queue's lock */
#define PARKER  1          /* the client's */
#define MAILBOX 2          /* the manager's: somebody has posted */
#define STARTED(slot) (3 + (slot))   /* a new worker's thread */
#define UP(slot)      (5 + (slot))   /* its init is done */
#include "memory.h.pml"

#define VACANT   0
#define STARTING 1
#define IDLE     2
#define LEASED   3
#define STOPPING 4
#define MAX 1              /* max_overflow */

/* The manager's books. */
#define NONE   0
#define COMING 1
#define HERE   2

#ifdef TWIN_SURPLUS        /* broker_has_surplus */
#define SURPLUS RELAXED
#else
#define SURPLUS SEQ_CST
#endif
#ifdef TWIN_ROOM           /* await_news: whether the pool may grow */
#define ROOM RELAXED
#else
#define ROOM SEQ_CST
#endif

bool waits;
byte ups = 1;              /* workers that have come up, and have not begun to leave */

inline drop_overflow() {
	dropped = false;
	LOAD(overflow, OVERFLOW, RELAXED);
	do
	:: overflow > 0 && !dropped ->
		CAS(dropped, OVERFLOW, overflow, overflow - 1, RELAXED);
		if :: !dropped -> LOAD(overflow, OVERFLOW, RELAXED) :: else fi
	:: else -> break
	od
}

inline add_overflow() { EXCHANGE(before, OVERFLOW, before + 1, RELAXED) }

inline stop(slot, from) {  /* a dismissal */
	CAS(ok, slot, from, STOPPING, SEQ_CST);
	if
	:: ok ->
		ups--;
#ifndef KILLED                 /* there it may be one too many, before the manager hears of the kill */
		assert(ups >= SIZE)
#endif
	:: else
	fi
}

inline has_surplus() {
	surplus = false;
	LOAD(overflow, OVERFLOW, SURPLUS);
	if :: overflow > 0 -> LOAD(waiters, WAITERS, SEQ_CST); surplus = waiters == 0 :: else fi
}

inline report_surplus() { has_surplus(); if :: surplus -> OPEN(MAILBOX) :: else fi }

inline free(slot, from) {
	LOAD(waiters, WAITERS, SEQ_CST);
	waited_for = waiters > 0; dropped = false;
	if :: !waited_for -> drop_overflow() :: else fi;
	if
	:: dropped ->
		stop(slot, from);
		if
		:: ok -> OPEN(MAILBOX)
		:: else ->             /* the word has moved: it was not too many after all */
			add_overflow();
#ifdef TWIN_MOVED              /* nobody is told, but of surplus */
			report_surplus()
#else
			OPEN(MAILBOX)
#endif
		fi
	:: else ->
		CAS(ok, slot, from, IDLE, SEQ_CST);
		if
		:: ok ->
			LOAD(waiters, WAITERS, SEQ_CST);
			if :: waiters > 0 -> PASS(QUEUE); OPEN(QUEUE); OPEN(PARKER) :: else fi;
#ifdef TWIN_FREED              /* only who freed it for a waiter looks for surplus */
			if :: waited_for -> report_surplus() :: else fi
#else
			report_surplus()
#endif
		:: else
		fi
	fi
}

inline come_up(slot) {
	ups++; OPEN(UP(slot));
	OPEN(MAILBOX);
	free(slot, STARTING)
}

proctype Free(byte t; byte slot; bool leased) {
	byte waiters, overflow, before; bool waited_for, dropped, surplus, ok;
	if :: leased -> free(slot, LEASED) :: else fi;
endstart:
	do
	:: gate[STARTED(slot)] -> PASS(STARTED(slot));
		if
		:: come_up(slot)
#ifdef FAILS
		:: CAS(ok, slot, STARTING, STOPPING, SEQ_CST); OPEN(MAILBOX)
#endif
		fi
	od
}

inline take(slot) {        /* a slot that is not idle may have no hint, and then is not looked at */
	if
	:: LATEST(slot) != IDLE
	:: true ->
		LOAD(state, slot, SEQ_CST);
		if :: state == IDLE -> CAS(got, slot, IDLE, LEASED, SEQ_CST) :: else fi
	fi
}

proctype Client(byte t) {
	byte waiters, overflow, before, state; bool surplus, got;
	PASS(QUEUE);
	waits = true;
	EXCHANGE(before, WAITERS, before + 1, SEQ_CST);
	OPEN(QUEUE);
	do
	:: take(SLOT_A);
		if :: !got -> take(SLOT_B) :: else fi;
		if :: got -> break :: else fi;
#ifndef TWIN_ASLEEP            /* it counts once it has told the manager */
		EXCHANGE(before, ASLEEP, before + 1, SEQ_CST);
#endif
		LOAD(overflow, OVERFLOW, ROOM);
		if :: overflow < MAX -> OPEN(MAILBOX) :: else fi;
#ifdef TWIN_ASLEEP
		EXCHANGE(before, ASLEEP, before + 1, SEQ_CST);
#endif
endpark:	if
		:: gate[PARKER] -> PASS(PARKER); EXCHANGE(before, ASLEEP, before - 1, RELAXED)
#ifdef TIMES_OUT
		:: true -> EXCHANGE(before, ASLEEP, before - 1, RELAXED); break
#endif
		fi
	od;
	PASS(QUEUE);
	waits = false;
	EXCHANGE(before, WAITERS, before - 1, SEQ_CST);
	OPEN(QUEUE);
	report_surplus()
}

inline dismiss(slot, place) { /* worker_dismiss */
	has_surplus();
	LOAD(state, slot, SEQ_CST);
	if
	:: place == HERE && surplus && state == IDLE ->
		drop_overflow();
		if
		:: dropped ->
			stop(slot, IDLE);
			if :: !ok -> add_overflow(); OPEN(MAILBOX) :: else fi
		:: else
		fi
	:: else
	fi
}

#define LIVE   ((a != NONE) + (b != NONE))
#define BEYOND (a == HERE && b == HERE -> 2 - SIZE : (a == HERE || b == HERE -> 1 - SIZE : 0))

inline look_at(slot, place) { /* look_at_worker; a worker that is to stop has left at once */
	LOAD(state, slot, SEQ_CST);
	if
	:: place == COMING && gate[UP(slot)] ->
		PASS(UP(slot)); place = HERE;
#ifndef TWIN_EARLY
		LOAD(overflow, OVERFLOW, RELAXED);
		if :: overflow < BEYOND -> add_overflow() :: else fi
#endif
	:: else
	fi;
	if :: state == STOPPING -> STORE(slot, VACANT, RELEASE); place = NONE :: else fi;
	if :: state == STARTING || state == IDLE -> coming++ :: else fi
}

inline look_at_all() { coming = 0; look_at(SLOT_A, a); look_at(SLOT_B, b) }

inline limit_overflow() {
	LOAD(overflow, OVERFLOW, RELAXED);
	do
	:: overflow > BEYOND -> drop_overflow(); LOAD(overflow, OVERFLOW, RELAXED)
	:: else -> break
	od
}

inline start(slot, place) { /* start_one */
	CAS(ok, slot, VACANT, STARTING, SEQ_CST);
	place = COMING;
#ifdef TWIN_EARLY              /* overflow is counted before it is up */
	if :: LIVE > SIZE -> add_overflow() :: else fi;
#endif
	OPEN(STARTED(slot))
}

proctype Manager(byte t) {
	byte waiters, asleep, overflow, before, state, coming, a = HERE, b; short more;
	bool surplus, dropped, ok;
endwait:
	do
	:: gate[MAILBOX] -> PASS(MAILBOX);
		look_at_all();
#ifndef TWIN_EARLY
		limit_overflow();
#endif
		dismiss(SLOT_A, a); dismiss(SLOT_B, b);
		look_at_all();
		PASS(QUEUE);                   /* checkout_queue_unserved */
		LOAD(waiters, WAITERS, RELAXED); LOAD(asleep, ASLEEP, SEQ_CST);
		OPEN(QUEUE);
		if :: asleep < waiters -> waiters = asleep :: else fi;
		more = waiters - coming;
		if :: more < SIZE - LIVE -> more = SIZE - LIVE :: else fi;
		if
		:: more > 0 && LIVE < SIZE + MAX -> if :: a == NONE -> start(SLOT_A, a) :: else -> start(SLOT_B, b) fi
		:: else
		fi;
		waiters = 0; asleep = 0; overflow = 0; before = 0; state = 0; more = 0; surplus = 0; dropped = 0; ok = 0; coming = 0
	od
}

proctype Killer(byte t) {
	bool ok;
	CAS(ok, SLOT_A, LEASED, STOPPING, SEQ_CST);
	if :: ok -> ups--; OPEN(MAILBOX) :: else fi
}

proctype Adopter(byte t) {
	bool ok;
	CAS(ok, SLOT_A, LEASED, LEASED + 10, SEQ_CST)      /* the next generation */
}

proctype Law() {
	bool nobody_sleeps_beside_an_idle_slot, the_pool_grows_for_who_waits, no_surplus_stays;
end:	timeout;
#define FREE (LATEST(SLOT_A) == IDLE || LATEST(SLOT_B) == IDLE)
	nobody_sleeps_beside_an_idle_slot = !(waits && FREE);
#define HAS_ROOM ((LATEST(SLOT_A) != VACANT) + (LATEST(SLOT_B) != VACANT) < SIZE + MAX)
	the_pool_grows_for_who_waits = !(waits && HAS_ROOM);
	no_surplus_stays = !(LATEST(OVERFLOW) > 0 && !waits && FREE);
	assert(nobody_sleeps_beside_an_idle_slot);
	assert(the_pool_grows_for_who_waits);
	assert(no_surplus_stays)
}

init {
	atomic {
		gate[QUEUE] = true;
		START(SLOT_A, LEASED);
		START(OVERFLOW, 1 - SIZE);
		run Free(0, SLOT_A, true); run Free(1, SLOT_B, false); run Client(2); run Manager(3);
#ifdef ADOPTED
		run Adopter(4);
#endif
#ifdef KILLED
		run Killer(4);
#endif
		run Law()
	}
}
