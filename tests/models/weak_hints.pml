/* SPDX-License-Identifier: MIT */
/*
 * Slot and hint, what the slot says of its hint, and the hint's two levels, in weak memory
 * (memory.h.pml): lib/idle_hints.c.
 *
 * Freer is idle_hints_put after its slot was made idle, Searcher is search with slot_lease; who gets the
 * slot may give it back. Law: when all have left, an idle slot has its bit, and that has its summary's.
 */
#ifndef SEARCHERS
#define SEARCHERS 2
#endif
#define THREADS   (1 + SEARCHERS)
#define LOCATIONS 4
#define WRITES    12
#define SLOT    0
#define HINT    1          /* the slot's bit */
#define SUMMARY 2
#define HINTED  3          /* the slot says so itself */
#define GATES 1
#include "memory.h.pml"

#define LEASED 0
#define IDLE   1

#ifdef TWIN_FREE           /* broker_free */
#define MAKE_IDLE STORE(SLOT, IDLE, RELEASE)
#elif defined(TWIN_FREE_ORDER)
#define MAKE_IDLE EXCHANGE(before, SLOT, IDLE, ACQ_REL)
#else
#define MAKE_IDLE EXCHANGE(before, SLOT, IDLE, SEQ_CST)
#endif
#ifdef TWIN_PUT            /* idle_hints_put */
#define LOOK_AT_HINTED ACQUIRE
#else
#define LOOK_AT_HINTED SEQ_CST
#endif
#ifdef TWIN_SUMMARY        /* set_bit looks whether it is set already */
#define PUT_LOOKS ACQUIRE
#else
#define PUT_LOOKS SEQ_CST
#endif
#ifdef TWIN_SET            /* set_bit: the only slot of its word, so why not a store */
#define SET_BIT(bitmap) STORE(bitmap, 1, RELEASE)
#elif defined(TWIN_SET_ORDER)
#define SET_BIT(bitmap) EXCHANGE(before, bitmap, 1, ACQ_REL)
#else
#define SET_BIT(bitmap) EXCHANGE(before, bitmap, 1, SEQ_CST)
#endif
#ifdef TWIN_CLEAR          /* clear_bit */
#define CLEAR_BIT(bitmap) STORE(bitmap, 0, RELEASE)
#elif defined(TWIN_CLEAR_ORDER)
#define CLEAR_BIT(bitmap) EXCHANGE(before, bitmap, 0, ACQ_REL)
#else
#define CLEAR_BIT(bitmap) EXCHANGE(before, bitmap, 0, SEQ_CST)
#endif
#ifdef TWIN_UNHINT_ORDER   /* drop_hint: hinted */
#define UNHINT STORE(HINTED, 0, RELEASE)
#else
#define UNHINT STORE(HINTED, 0, SEQ_CST)
#endif
#ifdef TWIN_SLOT           /* drop_hint: slot_look */
#define LOOK_AT_SLOT ACQUIRE
#else
#define LOOK_AT_SLOT SEQ_CST
#endif
#ifdef TWIN_WORD           /* drop_summary looks at the word again */
#define LOOK_AT_WORD ACQUIRE
#else
#define LOOK_AT_WORD SEQ_CST
#endif

inline set_bit(bitmap) {
	LOAD(set, bitmap, PUT_LOOKS);
	if :: !set -> SET_BIT(bitmap) :: else fi
}

inline hint() {            /* idle_hints_set */
#ifdef TWIN_HINT           /* says that it is hinted when it is */
	set_bit(HINT); set_bit(SUMMARY);
	STORE(HINTED, 1, SEQ_CST)
#else
	STORE(HINTED, 1, SEQ_CST);
	set_bit(HINT); set_bit(SUMMARY)
#endif
}

inline lease() {           /* slot_lease */
	LOAD(state, SLOT, RELAXED);
	if :: state == IDLE -> CAS(got, SLOT, IDLE, LEASED, SEQ_CST) :: else fi
}

inline give_back() {
	MAKE_IDLE;
	LOAD(set, HINTED, LOOK_AT_HINTED);
	if :: !set -> hint() :: else fi
}

proctype Freer(byte t) { byte before; bool set; give_back() }

proctype Searcher(byte t) {
	byte before, state; bool set, got;
	LOAD(set, SUMMARY, SEQ_CST);
	if
	:: set ->
		LOAD(set, HINT, SEQ_CST);
		if
		:: !set ->         /* drop_summary */
			CLEAR_BIT(SUMMARY);
			LOAD(set, HINT, LOOK_AT_WORD);
			if :: set -> set_bit(SUMMARY) :: else fi
		:: else ->
			lease();
			if
			:: !got -> /* drop_hint */
#ifdef TWIN_UNHINT                 /* first says so, then clears the bit */
				UNHINT;
				CLEAR_BIT(HINT);
#else
				CLEAR_BIT(HINT);
				UNHINT;
#endif
				LOAD(state, SLOT, LOOK_AT_SLOT);
				if :: state == IDLE -> hint() :: else fi
			:: got -> if :: give_back() :: true fi
			fi
		fi
	:: else
	fi
}

proctype Law() {
	bool an_idle_slot_can_be_found;
end:	timeout;
	an_idle_slot_can_be_found = LATEST(SLOT) == LEASED || (LATEST(HINT) && LATEST(SUMMARY));
	assert(an_idle_slot_can_be_found)
}

init {
	byte n = 1;
	atomic {
		if
		:: START(SUMMARY, 1)
		:: START(SUMMARY, 1); START(HINT, 1)
		:: START(SUMMARY, 1); START(HINT, 1); START(HINTED, 1)
		:: true
		fi;
		run Freer(0);
		do :: n <= SEARCHERS -> run Searcher(n); n++ :: else -> break od;
		run Law()
	}
}
