/* SPDX-License-Identifier: MIT */
/*
 * Overflow beside waiters and slots, in weak memory (memory.h.pml): who raises it, who takes it back,
 * and who must not miss the other (lib/broker.c, lib/manager.c, lib/api_checkout.c).
 *
 * A pool of SIZE, which may grow by one: slot A is leased at first (and is the overflow, with SIZE=0),
 * slot B is vacant. Free is broker_free with worker_free, by A's holder and by each new worker; Client
 * waits (wait_in_queue, broker_leave, pool_report_surplus), and with TIMES_OUT may give up; Manager is
 * dismiss_surplus and wanted. With ADOPTED, A's lease is adopted beside its checkin. Who holds may
 * hold forever. Laws: nobody sleeps beside an idle slot; who waits has the pool grow while it may; no
 * surplus stays idle while nobody waits.
 */
#ifndef SIZE
#define SIZE 1
#endif
#define THREADS   5
#define LOCATIONS 4
#define WRITES    14
#define SLOT_A   0
#define SLOT_B   1
#define WAITERS  2
#define OVERFLOW 3
#define GATES 5
#define QUEUE   0          /* the queue's lock */
#define PARKER  1          /* the client's */
#define MAILBOX 2          /* the manager's: somebody has posted */
#define STARTED(slot) (3 + (slot))   /* a new worker's thread */
#include "memory.h.pml"

#define VACANT   0
#define STARTING 1
#define IDLE     2
#define LEASED   3
#define STOPPING 4
#define MAX 1              /* max_overflow */

#ifdef TWIN_DROP           /* broker_drop_overflow */
#define DROP RELAXED
#else
#define DROP SEQ_CST
#endif
#ifdef TWIN_ROOM           /* wait_in_queue: whether the pool may grow */
#define ROOM RELAXED
#else
#define ROOM SEQ_CST
#endif

bool waits;

inline drop_overflow() {
	dropped = false;
	LOAD(overflow, OVERFLOW, RELAXED);
	do
	:: overflow > 0 && !dropped ->
		CAS(dropped, OVERFLOW, overflow, overflow - 1, DROP);
		if :: !dropped -> LOAD(overflow, OVERFLOW, RELAXED) :: else fi
	:: else -> break
	od
}

inline has_surplus() {
	surplus = false;
	LOAD(overflow, OVERFLOW, RELAXED);
	if :: overflow > 0 -> LOAD(waiters, WAITERS, SEQ_CST); surplus = waiters == 0 :: else fi
}

inline report_surplus() { has_surplus(); if :: surplus -> OPEN(MAILBOX) :: else fi }

inline free(slot, from) {
	LOAD(waiters, WAITERS, SEQ_CST);
	waited_for = waiters > 0; dropped = false;
	if :: !waited_for -> drop_overflow() :: else fi;
	if
	:: dropped ->
		CAS(ok, slot, from, STOPPING, SEQ_CST);
		if
		:: ok -> OPEN(MAILBOX)
		:: else ->             /* the word has moved: it was not too many after all */
			EXCHANGE(before, OVERFLOW, before + 1, RELAXED);
			report_surplus()
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

proctype Free(byte t; byte slot; bool leased) {
	byte waiters, overflow, before; bool waited_for, dropped, surplus, ok;
	if :: leased -> free(slot, LEASED) :: else fi;
endstart:
	do
	:: gate[STARTED(slot)] -> PASS(STARTED(slot)); free(slot, STARTING)
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
		LOAD(overflow, OVERFLOW, ROOM);
		if :: overflow < MAX -> OPEN(MAILBOX) :: else fi;
endpark:	if
		:: gate[PARKER] -> PASS(PARKER)
#ifdef TIMES_OUT
		:: true -> break
#endif
		fi
	od;
	PASS(QUEUE);
	waits = false;
	EXCHANGE(before, WAITERS, before - 1, SEQ_CST);
	OPEN(QUEUE);
	report_surplus()
}

inline dismiss(slot) {
	has_surplus();
	LOAD(state, slot, SEQ_CST);
	if
	:: surplus && state == IDLE ->
		CAS(ok, slot, IDLE, STOPPING, SEQ_CST);
		if :: ok -> drop_overflow() :: else fi
	:: else
	fi
}

inline count(slot, here) { /* look_at_worker; a worker that is to stop has left at once */
	LOAD(state, slot, SEQ_CST);
	if :: state == STOPPING -> STORE(slot, VACANT, RELEASE); here = false; live-- :: else fi;
	if :: state == STARTING -> starting++ :: else fi
}

inline count_all() { starting = 0; count(SLOT_A, a); count(SLOT_B, b) }

inline start(slot, here) { /* start_one */
	CAS(ok, slot, VACANT, STARTING, SEQ_CST);
	here = true; live++;
	OPEN(STARTED(slot))
}

proctype Manager(byte t) {
	byte waiters, overflow, before, state, live = 1, starting; short deficit, more;
	bool surplus, dropped, ok, a = true, b;
endwait:
	do
	:: gate[MAILBOX] -> PASS(MAILBOX);
		count_all();
		dismiss(SLOT_A); dismiss(SLOT_B);
		count_all();
		LOAD(overflow, OVERFLOW, RELAXED);
		LOAD(waiters, WAITERS, SEQ_CST);
		deficit = SIZE + overflow - live;
		more = waiters - starting - (deficit > 0 -> deficit : 0);
		if :: more > MAX - overflow -> more = MAX - overflow :: else fi;
		if
		:: more > 0 -> EXCHANGE(before, OVERFLOW, before + more, RELAXED); deficit = deficit + more
		:: else
		fi;
		if
		:: deficit > 0 && live < SIZE + MAX -> if :: !a -> start(SLOT_A, a) :: else -> start(SLOT_B, b) fi
		:: else
		fi;
		waiters = 0; overflow = 0; before = 0; state = 0; deficit = 0; more = 0; surplus = 0; dropped = 0; ok = 0; starting = 0
	od
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
#define HAS_ROOM (LATEST(SLOT_A) == VACANT || LATEST(SLOT_B) == VACANT)
	the_pool_grows_for_who_waits = !(waits && LATEST(OVERFLOW) < MAX && HAS_ROOM);
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
		run Law()
	}
}
