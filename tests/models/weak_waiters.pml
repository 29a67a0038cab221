/* SPDX-License-Identifier: MIT */
/*
 * Waiters and slot, hint and slot, told and slot, nudge and timeout, in weak memory (memory.h.pml): one slot that is
 * freed, those who wait for it, one who only tries.
 *
 * Freer is broker_make_idle, Waiter is wait_in_queue with broker_enter and broker_leave, Try is broker_take
 * alone: it drops a stale hint just then. The first waiter may time out. With TOLD it was there before, and was told
 * of a slot that another one has taken. Law: nobody sleeps beside an idle slot.
 */
#define THREADS   4
#define LOCATIONS 5
#define WRITES    14
#define SLOT    0
#define HINT    1
#define WAITERS 2
#define HINTED  3         /* the slot says so itself; idle_hints.c has two levels: weak_hints.pml */
#define HAS_BEEN_TOLD 4   /* the head */
#define GATES  3
#define QUEUE  0          /* the queue's lock */
#define PARKER(w) (w)     /* of waiter 1, 2 */
#include "memory.h.pml"

#define LEASED 0
#define IDLE   1

/* Each order as it is in lib/, and in the twin that weakens it. */
#ifdef TWIN_COUNT         /* checkout_queue_enter_locked: a store, when the lock is free again */
#define COUNT_UP_AND_UNLOCK OPEN(QUEUE); STORE(WAITERS, 1, RELEASE)
#elif defined(TWIN_COUNT_ORDER)
#define COUNT_UP_AND_UNLOCK EXCHANGE(before, WAITERS, before + 1, ACQ_REL); OPEN(QUEUE)
#else
#define COUNT_UP_AND_UNLOCK EXCHANGE(before, WAITERS, before + 1, SEQ_CST); OPEN(QUEUE)
#endif
#ifdef TWIN_FREE          /* broker_free: the lease is the caller's, so why not a store */
#define MAKE_IDLE STORE(SLOT, IDLE, RELEASE)
#elif defined(TWIN_FREE_ORDER)
#define MAKE_IDLE CAS(ok, SLOT, LEASED, IDLE, ACQ_REL)
#else
#define MAKE_IDLE CAS(ok, SLOT, LEASED, IDLE, SEQ_CST)
#endif
#ifdef TWIN_WAITED_FOR    /* checkout_queue_waited_for */
#define WAITED_FOR ACQUIRE
#else
#define WAITED_FOR SEQ_CST
#endif
#ifdef TWIN_HINT          /* search_word: the hints are read */
#define READ_HINT ACQUIRE
#else
#define READ_HINT SEQ_CST
#endif
#ifdef TWIN_LOOK          /* drop_hint: slot_look */
#define LOOK_AGAIN ACQUIRE
#else
#define LOOK_AGAIN SEQ_CST
#endif
#ifdef TWIN_CLEAR         /* checkout_queue_look */
#define CLEAR_TOLD RELEASE
#else
#define CLEAR_TOLD SEQ_CST
#endif
#ifdef TWIN_TOLD          /* checkout_queue_is_told */
#define IS_TOLD ACQUIRE
#else
#define IS_TOLD SEQ_CST
#endif

byte queue[2], queued;    /* threads; under the lock */

inline nudge_head() {
	LOAD(n, WAITERS, WAITED_FOR);
	if :: n > 0 -> LOAD(told, HAS_BEEN_TOLD, IS_TOLD) :: else fi;
	if
	:: n > 0 && !told ->
		PASS(QUEUE);
		if :: queued > 0 -> head = queue[0]; STORE(HAS_BEEN_TOLD, 1, RELAXED) :: else -> head = 0 fi;
		OPEN(QUEUE);
		if :: head -> OPEN(PARKER(head)) :: else fi
	:: else
	fi
}

inline set_hint() {       /* idle_hints_set */
	STORE(HINTED, 1, SEQ_CST);
	LOAD(set, HINT, SEQ_CST);
	if :: !set -> EXCHANGE(before, HINT, 1, SEQ_CST) :: else fi
}

inline lease() {          /* slot_lease */
	LOAD(state, SLOT, RELAXED);
	if :: state == IDLE -> CAS(got, SLOT, IDLE, LEASED, SEQ_CST) :: else fi
}

inline look() { LOAD(state, SLOT, SEQ_CST); got = state == IDLE }

inline look_at_hint(to_take) {
	set_again = false;
	LOAD(set, HINT, READ_HINT);
	if
	:: set ->
		if :: to_take -> lease() :: else -> look() fi;
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

inline look_for_slot() {  /* checkout_queue_look, then broker_take */
#ifdef TWIN_LOOKED        /* it says so afterwards */
	search(); STORE(HAS_BEEN_TOLD, 0, SEQ_CST)
#else
	LOAD(told, HAS_BEEN_TOLD, RELAXED);
	if :: told -> STORE(HAS_BEEN_TOLD, 0, CLEAR_TOLD) :: else fi;
	search()
#endif
}

/* broker_take; the slot that was used last comes first. */
inline search() {
	lease();
	if
	:: !got -> look_at_hint(true); if :: set_again -> nudge_head() :: else fi
	:: else
	fi
}

inline leave() {          /* broker_leave */
	PASS(QUEUE);
	if
	:: queue[0] == t ->
		queue[0] = queue[1];
#ifndef TWIN_HEAD         /* set_head: the next one counts as told */
		STORE(HAS_BEEN_TOLD, 0, SEQ_CST)
#endif
	:: else
	fi;
	queue[1] = 0; queued--;
	EXCHANGE(before, WAITERS, before - 1, SEQ_CST);
	head = 0;
	if
	:: queued > 0 ->
		taken = got; got = false;
		look_at_hint(false);
#ifndef TWIN_TIMEOUT      /* who leaves does not pass the nudge on */
		if :: got || set_again -> head = queue[0]; STORE(HAS_BEEN_TOLD, 1, RELAXED) :: else fi;
#endif
		got = taken; taken = false
	:: else
	fi;
	OPEN(QUEUE);
	if :: head -> OPEN(PARKER(head)) :: else fi
}

proctype Freer(byte t) {
	byte before, n, head; bool set, ok, told;
	MAKE_IDLE;
	LOAD(set, HINTED, SEQ_CST);
	if :: !set -> set_hint() :: else fi;
	nudge_head()
}

proctype Waiter(byte t) {
	byte before, n, head, state; bool set, got, set_again, taken, told;
	if :: queued && queue[0] == t -> goto parked :: else fi;
	PASS(QUEUE);
	queue[queued] = t; queued++;
	if :: queued == 1 -> STORE(HAS_BEEN_TOLD, 0, SEQ_CST) :: else fi;
	COUNT_UP_AND_UNLOCK;
again:	look_for_slot();
	if
	:: got -> leave()
	:: else ->
parked:		skip;
endpark:	if
		:: gate[PARKER(t)] -> PASS(PARKER(t)); goto again
#if W > 1
		:: t == 1 -> look_for_slot(); leave()                  /* its time is over; a last look */
#endif
		fi
	fi
}

proctype Try(byte t) {
	byte before, n, head, state; bool set, got, set_again, told;
	search()
}

proctype Law() {
	bool nobody_sleeps_beside_an_idle_slot;
end:	timeout;
	nobody_sleeps_beside_an_idle_slot = !(LATEST(SLOT) == IDLE && queued > 0);
	assert(nobody_sleeps_beside_an_idle_slot)
}

init {
	atomic {
		gate[QUEUE] = true;
		if :: START(HINT, 1); START(HINTED, 1) :: START(HINT, 1) :: true fi;
#ifdef TOLD
		queue[0] = 1; queued = 1; gate[PARKER(1)] = true;
		START(WAITERS, 1); START(HAS_BEEN_TOLD, 1);
#endif
		run Freer(0); run Waiter(1);
#if W > 1
		run Waiter(2);
#endif
#ifdef TRY
		run Try(3);
#endif
		run Law()
	}
}
