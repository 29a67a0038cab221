/* SPDX-License-Identifier: MIT */
/*
 * The ring of tasks between senders and workers in weak memory (memory.h.pml): lib/task_ring.c,
 * lib/worker_tasks.c. Two tasks, each by a sender of its own, for one worker that serves, and with W=2
 * another that is idle. Slots are found without hints here: weak_tasks.pml has these.
 *
 * Sender is task_ring_put, the tail being moved already (weak_ending.pml), and task_call; Worker is worker_serve_tasks, which watches for a moment when
 * no task is left, and broker_make_idle. A handler may stay for ever. Laws: no task waits beside an idle slot;
 * each is taken once.
 */
#ifndef W
#define W 1
#endif
#define CLIENTS (W > 1)   /* wait, too, and it may be their turn */
#define TASKS     2
#define THREADS   (W + TASKS)
#define LOCATIONS (W + 2 + TASKS)
#define WRITES    14
#define SLOT(w) (w)
#define WATCHED W
#define HEAD    (W + 1)
#define CELL(p) (W + 2 + (p))
#define GATES W
#define PARKER(w) (w)
#include "memory.h.pml"

#define IDLE    0
#define SERVING 1
#define LEASED  2
#define FREE  0
#define READY 1
#define TAKEN 2

#ifdef TWIN_READY         /* task_ring_put */
#define READY_ORDER RELEASE
#else
#define READY_ORDER SEQ_CST
#endif
#ifdef TWIN_UNWATCH       /* watch_for_tasks: the watch ends */
#define UNWATCH RELEASE
#else
#define UNWATCH SEQ_CST
#endif
#ifdef TWIN_WATCHED       /* task_call */
#define WATCHED_ORDER ACQUIRE
#else
#define WATCHED_ORDER SEQ_CST
#endif
#ifdef TWIN_FREE          /* broker_make_idle */
#define MAKE_IDLE ACQ_REL
#else
#define MAKE_IDLE SEQ_CST
#endif
#ifdef TWIN_LOOK          /* task_ring_waiting */
#define LOOK ACQUIRE
#else
#define LOOK SEQ_CST
#endif
#ifdef TWIN_SLOT          /* broker_summon */
#define LOOK_AT_SLOT ACQUIRE
#else
#define LOOK_AT_SLOT SEQ_CST
#endif

byte times_taken[TASKS];

inline summon_from(w) {
	if
	:: !found ->
		LOAD(state, SLOT(w), LOOK_AT_SLOT);
		if :: state == IDLE -> CAS(found, SLOT(w), IDLE, SERVING, SEQ_CST) :: else fi;
		if :: found -> OPEN(PARKER(w)) :: else fi
	:: else
	fi
}

inline summon() {
	found = false;
	summon_from(0);
#if W > 1
	summon_from(1);
#endif
	found = false
}

inline call() {           /* task_call */
	LOAD(watched, WATCHED, WATCHED_ORDER);
	if :: !watched -> summon() :: else fi;
	watched = 0
}

/* Past a position that is taken; `at` is where the head stands then. */
inline move_on() {
	CAS(ok, HEAD, at, at + 1, SEQ_CST);
	if :: ok -> at++ :: else -> LOAD(at, HEAD, SEQ_CST) fi
}

inline look() {           /* task_ring_waiting */
	waiting = false;
	LOAD(at, HEAD, LOOK);
	do
	:: at == TASKS -> break
	:: else ->
		LOAD(state, CELL(at), LOOK);
		if
		:: state == TAKEN -> move_on()
		:: else -> waiting = state == READY; break
		fi
	od;
	at = 0; state = 0
}

inline call_for_rest() { look(); if :: waiting -> call() :: else fi; waiting = false }

inline take() {           /* task_ring_take */
	taken = false;
	LOAD(at, HEAD, SEQ_CST);
	do
	:: at == TASKS || taken -> break
	:: else ->
		LOAD(state, CELL(at), SEQ_CST);
		if
		:: state == FREE -> break
		:: state == READY ->
			CAS(taken, CELL(at), READY, TAKEN, SEQ_CST);
			if :: taken -> times_taken[at]++ :: else fi
		:: else
		fi;
		move_on()
	od;
	at = 0; state = 0
}

proctype Sender(byte t) {
	byte state, watched; bool found;
	STORE(CELL(t - W), READY, READY_ORDER);
	call()
}

proctype Worker(byte t) {
	byte at, state, before, watched; bool ok, found, waiting, taken;
	if :: LATEST(SLOT(t)) == IDLE -> goto endpark :: else fi;
serve:	take();
	if
	:: taken ->
		taken = false;
#ifndef TWIN_REST             /* run_task: who takes one does not call for the next */
		call_for_rest();
#endif
		if :: goto serve :: goto endhandler fi
	:: else
	fi;
	EXCHANGE(before, WATCHED, 1, SEQ_CST);
	if
	:: !before ->
		STORE(WATCHED, 0, UNWATCH);
		look();
		if
		:: waiting -> waiting = false; goto serve
		:: CLIENTS || !waiting -> waiting = false
		fi
	:: else
	fi;
	before = 0;
#ifndef TWIN_LEFT             /* worker_serve_tasks: what was left to the watcher is nobody's */
	call_for_rest();
#endif
	if
	:: CLIENTS -> CAS(ok, SLOT(t), SERVING, LEASED, SEQ_CST); goto endhandler   /* broker_free hands it over */
	:: true
	fi;
	CAS(ok, SLOT(t), SERVING, IDLE, MAKE_IDLE);
#ifndef TWIN_IDLE             /* broker_make_idle: who makes a slot idle does not look at the tasks */
	look();
	if :: waiting -> waiting = false; summon() :: else fi;
#endif
	ok = false;
endpark:
	PASS(PARKER(t));
	goto serve;
endhandler:
	false
}

proctype Law() {
	bool no_task_waits_beside_an_idle_slot, each_is_taken_once;
end:	timeout;
	no_task_waits_beside_an_idle_slot =
		!((LATEST(SLOT(0)) == IDLE || LATEST(SLOT(W - 1)) == IDLE) &&
		  (LATEST(CELL(0)) == READY || LATEST(CELL(1)) == READY));
	each_is_taken_once = times_taken[0] <= 1 && times_taken[1] <= 1;
	assert(no_task_waits_beside_an_idle_slot);
	assert(each_is_taken_once)
}

init {
	atomic {
		START(SLOT(0), SERVING);
		run Worker(0);
#if W > 1
		run Worker(1);
#endif
		run Sender(W); run Sender(W + 1); run Law()
	}
}
