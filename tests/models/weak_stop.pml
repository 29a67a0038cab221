/* SPDX-License-Identifier: MIT */
/*
 * A stop's outcome and its stoppers' parkers in weak memory (memory.h.pml): lib/pool.c.
 *
 * Settler is pool_settle_stop, by two who may settle; Stopper is pool_await_stop, of the pool and of
 * the supervisor. Laws: it is settled once; nobody waits for an outcome that is there.
 */
#define THREADS   4
#define LOCATIONS 3
#define WRITES    4
#define STOPPER(s) (s)     /* 0, 1: whether its parker is there */
#define OUTCOME    2
#define GATES 2
#define PARKER(s) (s)
#include "memory.h.pml"

#define PENDING 0

#ifdef TWIN_SETTLE         /* pool_settle_stop */
#define SETTLE_ORDER ACQ_REL
#else
#define SETTLE_ORDER SEQ_CST
#endif
#ifdef TWIN_LOOK           /* pool_settle_stop looks for the parkers */
#define LOOK_ORDER ACQUIRE
#else
#define LOOK_ORDER SEQ_CST
#endif
#ifdef TWIN_STOPPER        /* pool_await_stop */
#define STOPPER_ORDER RELEASE
#else
#define STOPPER_ORDER SEQ_CST
#endif
#ifdef TWIN_OUTCOME
#define OUTCOME_ORDER ACQUIRE
#else
#define OUTCOME_ORDER SEQ_CST
#endif

byte settled, left;

proctype Settler(byte t) {
	bool ok, parker; byte i;
	CAS(ok, OUTCOME, PENDING, t, SETTLE_ORDER);
	if
	:: ok ->
		settled++;
		do
		:: i < 2 ->
			LOAD(parker, STOPPER(i), LOOK_ORDER);
			if :: parker -> OPEN(PARKER(i)) :: else fi;
			i++
		:: else -> break
		od
	:: else
	fi
}

proctype Stopper(byte t; byte s) {
	byte outcome;
	STORE(STOPPER(s), 1, STOPPER_ORDER);
	do
	:: LOAD(outcome, OUTCOME, OUTCOME_ORDER);
		if
		:: outcome != PENDING -> break
		:: else ->
endpark:		gate[PARKER(s)] -> PASS(PARKER(s))
		fi
	od;
	left++
}

proctype Law() {
	bool settled_once, nobody_waits_for_an_outcome_that_is_there;
end:	timeout;
	settled_once = settled == 1;
	nobody_waits_for_an_outcome_that_is_there = left == 2;
	assert(settled_once);
	assert(nobody_waits_for_an_outcome_that_is_there)
}

init { atomic { run Stopper(0, 0); run Settler(1); run Settler(2); run Stopper(3, 1); run Law() } }
