/* SPDX-License-Identifier: MIT */
/*
 * What one thread writes before it moves a word, and another reads after it has seen that, in weak
 * memory (memory.h.pml): from a holder to the one that it hands its worker to, from there to the
 * worker and back, and from the worker to the manager; with TASK, from who submits one to who takes it.
 * x86 keeps all of these by itself.
 *
 * Holder uses the state, and grants the slot (checkout_queue_grant_locked) or makes it idle
 * (broker_free); Client finds itself granted (wait_in_queue) or leases it (slot_lease), and calls
 * (post_and_wait); Worker is run_call, then its end (gone); Manager is look_at_worker. Sender is
 * task_ring_put, Canceller task_ring_withdraw, which has not looked before. Law: each sees what was written
 * for it.
 */
#define THREADS   4
#define LOCATIONS 9
#define WRITES    5
#define STATE   0          /* the user's: used by holder, client, worker; plain memory, as the next four */
#define WAITER  1          /* the waiter's slot and generation */
#define REQUEST 2
#define REPLY   3
#define REASON  4
#define WORD    5
#define OUTCOME 6
#define CELL    7
#define ENDED   8          /* the slot is VACANT */
#define GATES 2
#define WORKER 0           /* parkers */
#define CALLER 1
#include "memory.h.pml"

#define LEASED 0
#define IDLE   1
#define GRANTED 1
#define READY   1
#define TAKEN   2
#define POSTED  1
#define RUNNING 2
#define REPLIED 3

#ifdef TWIN_GRANT          /* checkout_queue_remove_locked */
#define GRANT RELAXED
#else
#define GRANT RELEASE
#endif
#ifdef TWIN_OUTCOME        /* wait_in_queue */
#define OUTCOME_ORDER RELAXED
#else
#define OUTCOME_ORDER ACQUIRE
#endif
#ifdef TWIN_FREE           /* broker_free */
#define FREE RELAXED
#else
#define FREE SEQ_CST
#endif
#ifdef TWIN_LEASE          /* slot_lease */
#define LEASE RELAXED
#else
#define LEASE SEQ_CST
#endif
#ifdef TWIN_POST           /* post_and_wait */
#define POST RELAXED
#else
#define POST SEQ_CST
#endif
#ifdef TWIN_RUN            /* cell_move by the worker; it may have seen POSTED without parking */
#define RUN RELAXED
#else
#define RUN SEQ_CST
#endif
#ifdef TWIN_REPLY          /* cell_finish */
#define FINISH RELAXED
#else
#define FINISH SEQ_CST
#endif
#ifdef TWIN_VACATE         /* slot_vacate */
#define VACATE RELAXED
#else
#define VACATE RELEASE
#endif

#ifdef TWIN_PUT            /* task_ring_put */
#define PUT RELAXED
#else
#define PUT SEQ_CST
#endif
#ifdef TWIN_CLAIM          /* claim */
#define CLAIM RELAXED
#else
#define CLAIM SEQ_CST
#endif

#define SEES(location, number) LOAD(seen, location, RELAXED); what_was_written_is_seen = seen == number; \
	assert(what_was_written_is_seen)

proctype Holder(byte t) {
	byte before;
	STORE(STATE, 1, RELAXED);
	if
	:: STORE(WAITER, 1, RELAXED); STORE(OUTCOME, GRANTED, GRANT)
	:: EXCHANGE(before, WORD, IDLE, FREE)
	fi
}

proctype Client(byte t) {
	byte seen, cell; bool ok, what_was_written_is_seen;
	do
	:: LATEST(OUTCOME) == GRANTED ->
		LOAD(seen, OUTCOME, OUTCOME_ORDER);
		if :: seen == GRANTED -> SEES(WAITER, 1); break :: else fi
	:: LATEST(WORD) == IDLE ->
		LOAD(seen, WORD, RELAXED);
		if :: seen == IDLE -> CAS(ok, WORD, IDLE, LEASED, LEASE); assert(ok); break :: else fi
	od;
	SEES(STATE, 1);
	STORE(STATE, 2, RELAXED);
	STORE(REQUEST, 1, RELAXED);
	STORE(CELL, POSTED, POST);
	do                     /* it spins, or has parked */
	:: LATEST(CELL) == REPLIED ->
#ifdef TWIN_ANSWER             /* is_answered */
		LOAD(cell, CELL, RELAXED);
#else
		LOAD(cell, CELL, SEQ_CST);
#endif
		if :: cell == REPLIED -> break :: else fi
	od;
	SEES(REPLY, 1);
	SEES(STATE, 3)
}

proctype Worker(byte t) {
	byte seen; bool ok, what_was_written_is_seen;
	do
	:: LATEST(CELL) == POSTED ->
		CAS(ok, CELL, POSTED, RUNNING, RUN);
		if :: ok -> break :: else fi
	od;
	SEES(REQUEST, 1);
	SEES(STATE, 2);
	STORE(STATE, 3, RELAXED);
	STORE(REPLY, 1, RELAXED);
	CAS(ok, CELL, RUNNING, REPLIED, FINISH);
	STORE(REASON, 1, RELAXED);
	STORE(ENDED, 1, VACATE)
}

proctype Manager(byte t) {
	byte seen; bool what_was_written_is_seen;
	do
	:: LATEST(ENDED) ->
#ifdef TWIN_LOOK               /* look_at_worker */
		LOAD(seen, ENDED, RELAXED);
#else
		LOAD(seen, ENDED, SEQ_CST);
#endif
		if :: seen -> break :: else fi
	od;
	SEES(REASON, 1)
}

proctype Sender(byte t) {
	STORE(REQUEST, 1, RELAXED);
	STORE(CELL, READY, PUT)
}

proctype Canceller(byte t) {
	byte seen; bool ok, what_was_written_is_seen;
	do
	:: LATEST(CELL) == READY ->
		CAS(ok, CELL, READY, TAKEN, CLAIM);
		if :: ok -> break :: else fi
	od;
	SEES(REQUEST, 1)
}

init {
	atomic {
#ifdef TASK
		run Sender(0); run Canceller(1)
#else
		run Holder(0); run Client(1); run Worker(2); run Manager(3)
#endif
	}
}
