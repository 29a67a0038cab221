/* SPDX-License-Identifier: MIT */
/*
 * Checkin beside the end of a call, in weak memory (memory.h.pml): both move the slot word, one of
 * them last, and who is last wakes the worker (lib/slot.c, lib/api_lease.c, lib/api_call.c).
 *
 * Checkin is check_in of a lease whose call cell is in use, Caller is end_claim, Worker is serve.
 * The twins are what one word for both, and a read-modify-write for each, save us from. Law: a worker
 * whose slot is RESETTING, with no flag set, does not sleep.
 */
#define THREADS   3
#define LOCATIONS 2
#define WRITES    4
#define WORD 0             /* state, and CALLING */
#define FLAG 1             /* CALLING in a word of its own, in a twin */
#define GATES 1
#define PARKER 0           /* the worker's */
#include "memory.h.pml"

#define LEASED    0
#define RESETTING 1
#define CALLING   2

bool reset;

proctype Checkin(byte t) {
	byte before;
#ifdef TWIN_WORDS          /* two words, each with a store of its own */
	STORE(WORD, RESETTING, RELEASE);
	LOAD(before, FLAG, ACQUIRE);
	if :: !before -> OPEN(PARKER) :: else fi
#else
	EXCHANGE(before, WORD, before | RESETTING, SEQ_CST);
	OPEN(PARKER)
#endif
}

proctype Caller(byte t) {
	byte before;
#ifdef TWIN_WORDS
	STORE(FLAG, 0, RELEASE);
	LOAD(before, WORD, ACQUIRE);
#elif defined(TWIN_LOOK)   /* slot_unclaim: looks at the state before it clears the flag */
	byte cleared;
	LOAD(before, WORD, SEQ_CST);
	EXCHANGE(cleared, WORD, cleared & RESETTING, SEQ_CST);
#else
	EXCHANGE(before, WORD, before & RESETTING, SEQ_CST);
#endif
	if :: before & RESETTING -> OPEN(PARKER) :: else fi
}

proctype Worker(byte t) {
	byte word, flag;
	do
	:: LOAD(word, WORD, SEQ_CST);
#ifdef TWIN_WORDS
		LOAD(flag, FLAG, SEQ_CST); word = word | flag;
#endif
		if
		:: word == RESETTING -> break
		:: else ->
endpark:		gate[PARKER] -> PASS(PARKER)
		fi
	od;
	reset = true
}

proctype Law() {
	bool the_worker_resets;
end:	timeout;
	the_worker_resets = reset;
	assert(the_worker_resets)
}

init {
	atomic {
#ifdef TWIN_WORDS
		START(FLAG, CALLING);
#else
		START(WORD, CALLING);
#endif
		run Checkin(0); run Caller(1); run Worker(2); run Law()
	}
}
