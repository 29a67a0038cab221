/* SPDX-License-Identifier: MIT */
/*
 * A stop beside a callback, in weak memory (memory.h.pml): the worker's activity, the slot word, and the
 * worker's own word of it, `halted` (lib/worker_interrupt.c, worker_halt), over the lives of workers that
 * follow each other in one slot.
 *
 * Manager starts each, and has it interrupted when it is stopping (worker_interrupt_later); Killer is
 * worker_stop and worker_halt, and may be overtaken in between; Notifier is worker_run_interruption; Worker
 * enters a callback, which hangs until it is interrupted for the stop, or returns. With CALLER there is a second
 * interrupter: the time of a call is over, which is that callback, or was before it (give_up in lib/api_call.c).
 * With ABSENT the call's caller has no thread to interrupt on (operation.h): it leaves the call while that runs, and
 * has the notifier interrupt it (worker_interrupt_call_later); nobody stops the worker, perhaps, before it has come back.
 * Laws: who is told to stop comes back; `interrupt` runs beside a callback alone, one at a time, by the notifier of
 * a stop; a caller leaves no call running that has neither been interrupted nor will be.
 */
#if defined(CALLER) || defined(ABSENT)
#define LIVES 1            /* and an errand of an earlier one may be on its way */
#else
#define LIVES 2
#endif
#define THREADS   5
#define LOCATIONS 6
#define WRITES    12
#define WORD         0
#define ACTIVITY     1
#define INTERRUPTING 2
#define HALTED       3
#define HURRIED      4
#define CELL         5
#define GATES 5
#define MAILBOX 0          /* the notifier's: the errand is in it */
#define PARKER  1          /* the worker's */
#define STARTED 2
#define GONE    3          /* the manager is told that the slot is vacant */
#define KILL    4
#include "memory.h.pml"

#define VACANT   0
#define SERVING  1
#define STOPPING 2
#define OUT 0
#define IN  1
#define INTERRUPTED 2
#define RUNNING   1        /* the cell's */
#define ABANDONED 2

#ifdef TWIN_ENTER          /* worker_enter_callback */
#define ENTER_ORDER RELEASE
#else
#define ENTER_ORDER SEQ_CST
#endif
#ifdef TWIN_ENTER_LOOK     /* is_halted */
#define LOOK_ORDER ACQUIRE
#else
#define LOOK_ORDER SEQ_CST
#endif
#ifdef TWIN_HALT           /* worker_run_interruption: halted */
#define HALT_ORDER RELEASE
#else
#define HALT_ORDER SEQ_CST
#endif
#ifdef TWIN_INTERRUPT      /* worker_interrupt */
#define INTERRUPT_ORDER ACQ_REL
#else
#define INTERRUPT_ORDER SEQ_CST
#endif

#ifdef TWIN_HURRY          /* worker_interrupt_later */
#define HURRY_ORDER RELEASE
#else
#define HURRY_ORDER SEQ_CST
#endif
#ifdef TWIN_AGAIN_ORDER    /* end_interruption */
#define END_ORDER RELEASE
#else
#define END_ORDER SEQ_CST
#endif

bool interrupted, reached, interrupts, running; byte ended;

/* In worker_interrupt. */
inline run_interrupt() {
	assert(!interrupts);
	interrupts = true;
	interrupts = false
}

/* end_interruption. */
inline let_go() {
	STORE(ACTIVITY, IN, END_ORDER);
	OPEN(PARKER)
}

inline send_errand() {
	EXCHANGE(before, INTERRUPTING, 1, ACQ_REL);
	if :: !before -> OPEN(MAILBOX) :: else fi
}

inline leave_callback() {
#ifdef TWIN_LEAVE          /* does not wait for who interrupts it */
	EXCHANGE(word, ACTIVITY, OUT, ACQ_REL);
#else
	do
	:: CAS(ok, ACTIVITY, IN, OUT, ACQ_REL);
		if :: ok -> break :: else -> PASS(PARKER) fi
	od;
#endif
	assert(!interrupts);
	running = false
}

proctype Worker(byte t) {
	byte word; bool ok, called, halted;
	do
	:: ended < LIVES ->
		PASS(STARTED);
		called = false;
		do
		:: LOAD(word, WORD, SEQ_CST);
			if
			:: word == STOPPING -> break
#ifdef ABSENT                  /* the call comes, and then perhaps the kill */
			:: word != STOPPING && called -> PASS(PARKER)
#else
			:: word != STOPPING -> PASS(PARKER) /* serve: nothing to do */
#endif
			:: word != STOPPING && !called ->   /* a callback, one a life */
				called = true; interrupted = false; reached = false;
				STORE(ACTIVITY, IN, ENTER_ORDER);
				LOAD(halted, HALTED, LOOK_ORDER);
				if
				:: halted ->        /* is_halted: maybe an earlier life */
					LOAD(word, WORD, SEQ_CST);
					if
					:: word != STOPPING ->
						STORE(HALTED, 0, SEQ_CST);
						LOAD(word, WORD, SEQ_CST);
						halted = word == STOPPING
					:: else
					fi
				:: else
				fi;
				if
				:: !halted ->
#ifdef CALLER
					if :: true :: running = true fi; /* a cast; the call */
#endif
#ifdef ABSENT
					STORE(CELL, RUNNING, SEQ_CST);
#endif
					if :: true :: true -> interrupted fi
				:: else
				fi;
				leave_callback();
#ifdef ABSENT
				EXCHANGE(word, CELL, 0, SEQ_CST);  /* cell_finish */
				OPEN(KILL)
#endif
			fi
		od;
		STORE(WORD, VACANT, RELEASE);
		ended++;
		OPEN(GONE)
	:: else -> break
	od
}

proctype Notifier(byte t) {
	byte before, cell; bool ok, hurried;
endwait:
	do
	:: gate[MAILBOX] -> PASS(MAILBOX);
#ifndef TWIN_ERRAND            /* who sends the errand meanwhile finds that it is under way */
		EXCHANGE(before, INTERRUPTING, 0, ACQ_REL);
#endif
#ifndef TWIN_NOTIFIER          /* who stopped it may not have come so far yet */
		STORE(HALTED, 1, HALT_ORDER);
#endif
		CAS(ok, ACTIVITY, IN, INTERRUPTED, INTERRUPT_ORDER);
		if
		:: ok ->
			LOAD(hurried, HURRIED, SEQ_CST);
#ifndef TWIN_LEFT          /* is_unwanted: the call may have been left */
			LOAD(cell, CELL, SEQ_CST);
#endif
			if
			:: hurried || cell == ABANDONED ->
				run_interrupt();
				assert(LATEST(WORD) == STOPPING || LATEST(CELL) == ABANDONED);
				interrupted = true
			:: else
			fi;
			let_go()
		:: else
		fi;
#ifdef TWIN_ERRAND
		STORE(INTERRUPTING, 0, RELEASE);
#endif
		before = 0; hurried = 0; cell = 0; ok = 0
	od
}

proctype Manager(byte t) {
	byte lives, before, word; bool ok;
	do
	:: lives < LIVES ->
		lives++;
		STORE(HALTED, 0, RELAXED);         /* renew */
		STORE(HURRIED, 0, RELAXED);
		CAS(ok, WORD, VACANT, SERVING, SEQ_CST);
		OPEN(STARTED);
#ifdef ABSENT
		if :: OPEN(KILL) :: true fi;
#else
		OPEN(KILL);
#endif
		do                             /* look_at_worker, for whatever reason */
		:: LOAD(word, WORD, SEQ_CST);
			if :: word != SERVING -> break :: else -> LATEST(WORD) != SERVING fi
		od;
		if
		:: word == STOPPING ->
			STORE(HURRIED, 1, HURRY_ORDER);
			send_errand()
		:: else
		fi;
		PASS(GONE)
	:: else -> break
	od
}

proctype Killer(byte t) {
	byte kills; bool ok;
	do
	:: kills < LIVES ->
		kills++;
		PASS(KILL);
		CAS(ok, WORD, SERVING, STOPPING, SEQ_CST);
		STORE(HALTED, 1, SEQ_CST);
		OPEN(PARKER)
	:: else -> break
	od
}

proctype Caller(byte t) {
	byte before; bool ok, hurried, mine;
	mine = running;                        /* else it is over by now */
	do                                     /* hold */
	:: CAS(ok, ACTIVITY, IN, INTERRUPTED, INTERRUPT_ORDER);
		if :: ok -> break :: else fi;
		LOAD(hurried, HURRIED, SEQ_CST);
		if :: hurried || !mine || !running -> break :: else fi;
#ifdef TWIN_HOLD           /* whoever has it will do */
		break;
#endif
		LATEST(ACTIVITY) != INTERRUPTED || LATEST(HURRIED)
	od;
	if
	:: ok ->
		if
		:: mine && running -> run_interrupt(); reached = true
		:: else
		fi;
		let_go();
#ifndef TWIN_AGAIN         /* the notifier may have come meanwhile */
		LOAD(hurried, HURRIED, SEQ_CST);
		if :: hurried -> send_errand() :: else fi
#endif
	:: else
	fi;
	assert(!mine || !running || reached || LATEST(HURRIED))
}

proctype Absent(byte t) {                      /* leave_call */
	byte before; bool ok;
endwait:
	LATEST(CELL) == RUNNING;
	CAS(ok, CELL, RUNNING, ABANDONED, SEQ_CST);
	if :: ok -> send_errand() :: else fi
}

proctype Law() {
	bool who_is_told_to_stop_comes_back;
end:	timeout;
	who_is_told_to_stop_comes_back = ended == LIVES;
	assert(who_is_told_to_stop_comes_back)
}

init {
	atomic {
#if defined(CALLER) || defined(ABSENT)
		if
		:: START(INTERRUPTING, 1); gate[MAILBOX] = true
		:: true
		fi;
#endif
#ifdef CALLER
		run Caller(4);
#endif
#ifdef ABSENT
		run Absent(4);
#endif
		run Worker(0); run Notifier(1); run Manager(2); run Killer(3); run Law()
	}
}
