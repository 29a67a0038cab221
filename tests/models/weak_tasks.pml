/* SPDX-License-Identifier: MIT */
/*
 * Tasks and slots in weak memory (memory.h.pml): one slot that is freed, one task that is submitted.
 *
 * Sender is pooltoy_submit: broker_tasks, task_ring_put, broker_summon; Freer is broker_make_idle by who
 * holds the slot; Worker serves when it is summoned (worker_serve_tasks), and may stay in its handler; Try
 * is a client's broker_take, which drops a stale hint just then, or takes the slot and keeps it. The ring has one
 * position here; weak_ring.pml has the rest of it. Law: no task waits beside an idle slot.
 */
#define THREADS   4
#define LOCATIONS 5
#define WRITES    12
#define SLOT   0
#define HINT   1
#define HINTED 2          /* the slot says so itself; idle_hints.c has two levels: weak_hints.pml */
#define RING   3          /* the pool's pointer to it */
#define CELL   4
#define GATES  1
#define WORKER 0          /* its parker */
#include "memory.h.pml"

#define LEASED  0
#define IDLE    1
#define SERVING 2
#define READY 1
#define TAKEN 2

#ifdef TWIN_FREE          /* broker_make_idle: the slot is the caller's, so why not a store */
#define MAKE_IDLE(from) STORE(SLOT, IDLE, RELEASE)
#elif defined(TWIN_FREE_ORDER)
#define MAKE_IDLE(from) CAS(ok, SLOT, from, IDLE, ACQ_REL)
#else
#define MAKE_IDLE(from) CAS(ok, SLOT, from, IDLE, SEQ_CST)
#endif
#ifdef TWIN_READY         /* task_ring_put */
#define READY_ORDER RELEASE
#else
#define READY_ORDER SEQ_CST
#endif
#ifdef TWIN_MADE          /* broker_tasks: the ring is published */
#define MADE ACQ_REL
#else
#define MADE SEQ_CST
#endif
#ifdef TWIN_RING          /* broker_make_idle: whether there is a ring */
#define LOOK_FOR_RING ACQUIRE
#else
#define LOOK_FOR_RING SEQ_CST
#endif
#ifdef TWIN_LOOK          /* task_ring_waiting */
#define LOOK ACQUIRE
#else
#define LOOK SEQ_CST
#endif
#ifdef TWIN_HINT          /* search_word: the hints are read */
#define READ_HINT ACQUIRE
#else
#define READ_HINT SEQ_CST
#endif
#ifdef TWIN_SLOT          /* drop_hint: slot_look */
#define LOOK_AGAIN ACQUIRE
#else
#define LOOK_AGAIN SEQ_CST
#endif

inline set_hint() {       /* idle_hints_set */
	STORE(HINTED, 1, SEQ_CST);
	LOAD(set, HINT, SEQ_CST);
	if :: !set -> EXCHANGE(before, HINT, 1, SEQ_CST) :: else fi
}

inline take() {           /* idle_hints_take */
	set_again = false; got = false;
	LOAD(set, HINT, READ_HINT);
	if
	:: set ->
		LOAD(state, SLOT, RELAXED);
		if :: state == IDLE -> CAS(got, SLOT, IDLE, LEASED, SEQ_CST) :: else fi;
		if
		:: !got ->
			EXCHANGE(before, HINT, 0, SEQ_CST);
			STORE(HINTED, 0, SEQ_CST);
			LOAD(state, SLOT, LOOK_AGAIN);
			if :: state == IDLE -> set_hint(); set_again = true :: else fi
		:: else
		fi
	:: else
	fi
}

inline summon() {         /* broker_summon */
	do
	:: take();
		if
		:: got -> CAS(got, SLOT, LEASED, SERVING, SEQ_CST); OPEN(WORKER); got = false; break
		:: !got && !set_again -> break
		:: else
		fi
	od
}

inline look_at_tasks() {
	LOAD(ring, RING, LOOK_FOR_RING);
	if
	:: ring ->
		LOAD(state, CELL, LOOK);
		if :: state == READY -> summon() :: else fi
	:: else
	fi
}

inline make_idle(from) {  /* broker_make_idle */
	MAKE_IDLE(from);
	LOAD(set, HINTED, SEQ_CST);
	if :: !set -> set_hint() :: else fi;
#ifndef TWIN_IDLE                 /* who makes a slot idle does not look at the tasks */
	look_at_tasks()
#endif
}

proctype Freer(byte t) {
	byte before, state; bool set, got, set_again, ring, ok;
	make_idle(LEASED)
}

proctype Sender(byte t) {
	byte before, state; bool set, got, set_again, ring, ok;
	CAS(ok, RING, 0, 1, MADE);
	STORE(CELL, READY, READY_ORDER);
#ifndef TWIN_SUBMIT               /* who submits leaves it to who becomes idle */
	summon()
#endif
}

proctype Worker(byte t) {
	byte before, state; bool set, got, set_again, ring, ok;
endpark:
	do
	:: gate[WORKER] -> PASS(WORKER);
		CAS(ok, CELL, READY, TAKEN, SEQ_CST);
		make_idle(SERVING)
	od
}

proctype Try(byte t) {
	byte before, state; bool set, got, set_again, ring;
	take();
#ifndef TWIN_AGAIN                /* broker_take: who has set the hint again does not look */
	if :: set_again -> look_at_tasks() :: else fi
#endif
}

proctype Law() {
	bool no_task_waits_beside_an_idle_slot;
end:	timeout;
	no_task_waits_beside_an_idle_slot = !(LATEST(SLOT) == IDLE && LATEST(CELL) == READY);
	assert(no_task_waits_beside_an_idle_slot)
}

init {
	atomic {
		if :: START(HINT, 1); START(HINTED, 1) :: START(HINT, 1) :: true fi;
		run Freer(0); run Sender(1); run Worker(2);
#ifdef TRY
		run Try(3);
#endif
		run Law()
	}
}
