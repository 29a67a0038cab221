/* SPDX-License-Identifier: MIT */
/*
 * Call and sleep in weak memory (memory.h.pml): a caller and a worker that look at the cell, and sleep only
 * when it says nothing: lib/parker.h (parker_await, parker_rouse), post_and_wait, wait_for_work, cell_finish.
 * A parker's inside is as in weak_mailbox.pml.
 *
 * CALLS follow each other; a third thread unparks the worker meanwhile, as who casts does. Law: each call is
 * answered, and the caller finds the answer.
 */
#ifndef CALLS
#define CALLS 2
#endif
#define THREADS   3
#define LOCATIONS 3
#define WRITES    (4 + 6 * CALLS)
#define CELL      0
#define PARKER(t) (1 + (t)) /* of caller and worker */
#define GATES 2
#define MUTEX(t) (t)
#include "memory.h.pml"

#define NOTHING 0
#define POSTED  1
#define REPLIED 2

#define EMPTY  0
#define TOKEN  1
#define PARKED 2

#define CALLER 0
#define WORKER 1

#ifdef TWIN_POST            /* post_and_wait */
#define POST_ORDER RELEASE
#else
#define POST_ORDER SEQ_CST
#endif
#ifdef TWIN_ROUSE           /* parker_rouse */
#define ROUSE_ORDER ACQUIRE
#else
#define ROUSE_ORDER SEQ_CST
#endif
#ifdef TWIN_PARK            /* sleep_until: PARKED */
#define PARK_ORDER ACQ_REL
#else
#define PARK_ORDER SEQ_CST
#endif
#ifdef TWIN_LOOK            /* cell_look, by who is about to sleep */
#define LOOK_ORDER ACQUIRE
#else
#define LOOK_ORDER SEQ_CST
#endif
#ifdef TWIN_REPLY           /* cell_finish */
#define REPLY_ORDER ACQ_REL
#else
#define REPLY_ORDER SEQ_CST
#endif

bool waiting[2];            /* on the parker's condition variable */
byte answers;

inline unpark(who) {
	EXCHANGE(before, PARKER(who), TOKEN, ACQ_REL);
	if
	:: before == PARKED -> PASS(MUTEX(who)); OPEN(MUTEX(who)); waiting[who] = false
	:: else
	fi
}

inline rouse(who) {
	LOAD(before, PARKER(who), ROUSE_ORDER);
	if :: before == PARKED -> unpark(who) :: else fi
}

/* parker_await of thread t, until the cell is `what`, or there was a token: the caller looks again. */
inline await(what) {
	CAS(ok, PARKER(t), TOKEN, EMPTY, ACQ_REL);
	if
	:: !ok ->
		LOAD(cell, CELL, SEQ_CST);
		if
		:: cell != what ->
			PASS(MUTEX(t));
			CAS(ok, PARKER(t), EMPTY, PARKED, PARK_ORDER);
			if
			:: ok ->
#ifndef TWIN_ONCE                   /* looks before it is seen asleep, and not after */
				LOAD(cell, CELL, LOOK_ORDER);
#endif
				do
				:: cell == what -> break
				:: else ->
					LOAD(before, PARKER(t), RELAXED);
					if :: before != PARKED -> break :: else fi;
					atomic { OPEN(MUTEX(t)); waiting[t] = true };
endsleep:				atomic { !waiting[t] -> skip };
					PASS(MUTEX(t))
				od
			:: else
			fi;
			OPEN(MUTEX(t));
			EXCHANGE(before, PARKER(t), EMPTY, ACQ_REL)
		:: else
		fi
	:: else
	fi
}

proctype Caller(byte t) {
	byte before, cell, calls; bool ok;
	do
	:: calls < CALLS ->
		calls++;
		STORE(CELL, POSTED, POST_ORDER);
		rouse(WORKER);
		do
		:: LOAD(cell, CELL, SEQ_CST);
			if :: cell == REPLIED -> break :: else -> await(REPLIED) fi
		od;
		STORE(CELL, NOTHING, RELEASE);
		answers++
	:: else -> break
	od
}

proctype Worker(byte t) {
	byte before, cell, served; bool ok;
	do
	:: served < CALLS ->
		LOAD(cell, CELL, SEQ_CST);
		if
		:: cell == POSTED ->
			CAS(ok, CELL, POSTED, REPLIED, REPLY_ORDER);
			served++;
			rouse(CALLER)
		:: else -> await(POSTED)
		fi
	:: else -> break
	od
}

proctype Other(byte t) {
	byte before;
	unpark(WORKER)
}

proctype Law() {
	bool each_call_is_answered;
end:	timeout;
	each_call_is_answered = answers == CALLS;
	assert(each_call_is_answered)
}

init {
	atomic {
		gate[MUTEX(CALLER)] = true; gate[MUTEX(WORKER)] = true;
		run Caller(CALLER); run Worker(WORKER); run Other(2); run Law()
	}
}
