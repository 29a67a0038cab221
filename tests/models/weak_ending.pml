/* SPDX-License-Identifier: MIT */
/*
 * The end of a pool's tasks in weak memory (memory.h.pml): who changes its state and drains the ring,
 * beside two who submit (lib/api_task.c, lib/task.c).
 *
 * Sender is `send`: it looks at the state, puts its task, looks again, and withdraws it if the pool is
 * closed by then. Closer is pool_change_state, then task_end_all. Law: each task is refused or ended,
 * one of the two; none is left.
 */
#define THREADS   3
#define LOCATIONS 5
#define WRITES    6
#define STATE 0
#define TAIL  1
#define HEAD  2
#define CELL(p) (3 + (p))
#define TASKS 2
#define GATES 1
#include "memory.h.pml"

#define CLOSED 1
#define FREE  0
#define READY 1
#define TAKEN 2

#ifdef TWIN_STATE         /* enter_locked */
#define CLOSE RELEASE
#else
#define CLOSE SEQ_CST
#endif
#ifdef TWIN_REFUSAL       /* task_refusal */
#define REFUSAL ACQUIRE
#else
#define REFUSAL SEQ_CST
#endif
#ifdef TWIN_TAIL          /* task_ring_put */
#define MOVE_TAIL ACQ_REL
#else
#define MOVE_TAIL SEQ_CST
#endif
#ifdef TWIN_DRAIN         /* drain: the tail */
#define LOOK_AT_TAIL ACQUIRE
#else
#define LOOK_AT_TAIL SEQ_CST
#endif

byte outcomes[TASKS], sent;

inline withdraw(p) {      /* claim */
	CAS(taken, CELL(p), READY, TAKEN, SEQ_CST);
	if :: taken -> outcomes[p]++ :: else fi
}

inline take() {           /* task_ring_take */
	taken = false;
	LOAD(at, HEAD, SEQ_CST);
	do
	:: at == TASKS || taken -> break
	:: else ->
		LOAD(state, CELL(at), SEQ_CST);
		if
		:: state == FREE -> break
		:: state == READY -> withdraw(at)
		:: else
		fi;
		CAS(ok, HEAD, at, at + 1, SEQ_CST);        /* nobody else is at it */
		at++
	od
}

proctype Closer(byte t) {
	byte at, tail, state; bool ok, taken;
	STORE(STATE, CLOSED, CLOSE);
	do
	:: take();
		if
		:: taken
		:: else ->
			LOAD(tail, TAIL, LOOK_AT_TAIL);
#ifdef TWIN_MIDDLE                    /* drain: it does not wait for a sender in the middle */
			break
#else
			if
			:: at == tail -> break
			:: else -> LATEST(CELL(at)) != FREE
			fi
#endif
		fi
	od
}

proctype Sender(byte t) {
	byte at, state; bool ok, taken;
	LOAD(state, STATE, REFUSAL);
	if
	:: state != CLOSED ->
		do
		:: LOAD(at, TAIL, RELAXED);
			CAS(ok, TAIL, at, at + 1, MOVE_TAIL);
			if :: ok -> break :: else fi
		od;
		STORE(CELL(at), READY, SEQ_CST);
		sent++;
#ifndef TWIN_UNASKED                  /* send: it does not look again */
		LOAD(state, STATE, REFUSAL);
		if :: state == CLOSED -> withdraw(at) :: else fi
#endif
	:: else
	fi
}

proctype Law() {
	bool each_task_has_one_outcome;
end:	timeout;
	each_task_has_one_outcome = outcomes[0] == (sent > 0) && outcomes[1] == (sent > 1);
	assert(each_task_has_one_outcome)
}

init { atomic { run Closer(0); run Sender(1); run Sender(2); run Law() } }
