/* SPDX-License-Identifier: MIT */
/*
 * An interrupt beside the entry into its callback, in a child process, in weak memory (memory.h.pml): lib/child.c,
 * where Main is enter_callback, Interrupter is interrupter_main. The server has signalled once.
 *
 * Law: the callback, which ends when it is interrupted, is interrupted, once.
 */
#define THREADS   2
#define LOCATIONS 2
#define WRITES    8
#define OWED      0        /* 1: the serial of the request */
#define ACTIVITY  1
#define GATES 2
#define SIGNAL   0         /* pending */
#define CALLBACK 1         /* what the callback waits for */
#include "memory.h.pml"

#define OUT         0
#define IN          1
#define INTERRUPTED 2

#ifdef TWIN_ENTER          /* worker_enter_callback */
#define ENTER_ORDER RELEASE
#else
#define ENTER_ORDER SEQ_CST
#endif
#ifdef TWIN_LOOK           /* take_owed, by who enters */
#define LOOK_ORDER ACQUIRE
#else
#define LOOK_ORDER SEQ_CST
#endif
#ifdef TWIN_OWE            /* interrupter_main */
#define OWE_ORDER RELEASE
#else
#define OWE_ORDER SEQ_CST
#endif
#ifdef TWIN_HOLD           /* hold */
#define HOLD_ORDER ACQ_REL
#else
#define HOLD_ORDER SEQ_CST
#endif

byte interrupts;
bool ended;

inline take_owed() {
	LOAD(owed, OWED, LOOK_ORDER);
	taken = false;
	if
	:: owed == 1 ->
#ifdef TWIN_TAKE           /* by whoever sees it */
		taken = true
#else
		CAS(taken, OWED, 1, 0, SEQ_CST)
#endif
	:: else
	fi
}

proctype Main(byte t) {
	byte owed;
	bool taken;
	STORE(ACTIVITY, IN, ENTER_ORDER);
	take_owed();
#ifndef TWIN_MAKE_UP       /* an interrupt that was too early is lost */
	if :: taken -> OPEN(SIGNAL) :: else fi;
#endif
endcallback:
	gate[CALLBACK] ->
	PASS(CALLBACK);
	ended = true
}

proctype Interrupter(byte t) {
	byte owed;
	bool taken, held;
endsignal:
	do
	:: gate[SIGNAL] ->
		PASS(SIGNAL);
		STORE(OWED, 1, OWE_ORDER);
		CAS(held, ACTIVITY, IN, INTERRUPTED, HOLD_ORDER);
		if
		:: held ->
			take_owed();
			if
			:: taken ->
				interrupts++;
				OPEN(CALLBACK)
			:: else
			fi;
			STORE(ACTIVITY, IN, SEQ_CST)
		:: else
		fi
	od
}

proctype Law() {
	bool it_was_interrupted_once;
end:	timeout;
	it_was_interrupted_once = ended && interrupts == 1;
	assert(it_was_interrupted_once)
}

init {
	atomic {
		gate[SIGNAL] = true;
		run Main(0); run Interrupter(1); run Law()
	}
}
