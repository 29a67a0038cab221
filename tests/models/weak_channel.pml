/* SPDX-License-Identifier: MIT */
/*
 * Turns over shared memory in weak memory (memory.h.pml): a server and its child, each of which writes a message,
 * passes the turn on, and sleeps until it has it again: lib/channel.c (pass, channel_doze, channel_has_news),
 * proxy.c and child.c. What a sleeper is rung by is the kernel's: for the server (0) a pipe, for the child (1) a futex,
 * whose look at the turn and whose wake exclude each other.
 *
 * Each side has the turn TURNS times. Law: nobody sleeps while it has the turn, and the message read is the one
 * written.
 */
#ifndef TURNS
#define TURNS 2
#endif
#define THREADS   2
#define LOCATIONS 4
#define WRITES    (4 + 4 * TURNS)
#define TURN      0
#define MESSAGE   1
#define ASLEEP(t) (2 + (t))
#define GATES     1       /* none is used */
#include "memory.h.pml"

#ifdef TWIN_PASS            /* pass: the turn */
#define PASS_ORDER RELEASE
#else
#define PASS_ORDER SEQ_CST
#endif
#ifdef TWIN_RING            /* pass: the look at who is asleep */
#define RING_ORDER ACQUIRE
#else
#define RING_ORDER SEQ_CST
#endif
#ifdef TWIN_DOZE            /* channel_doze */
#define DOZE_ORDER RELEASE
#else
#define DOZE_ORDER SEQ_CST
#endif
#ifdef TWIN_NEWS            /* channel_has_news */
#define NEWS_ORDER ACQUIRE
#else
#define NEWS_ORDER SEQ_CST
#endif

bool rung;                  /* there is a byte in the pipe */
bool sleeps;                /* at the futex */
byte ended;

proctype Side(byte t) {
	byte turn, message, asleep, turns;
	do
	:: turns < TURNS ->
		do
		:: LOAD(turn, TURN, NEWS_ORDER);
			if
			:: turn % 2 == t && turn / 2 == turns -> break
			:: else ->
#ifdef TWIN_ONCE                    /* looks before it says that it sleeps, and not after */
				STORE(ASLEEP(t), 1, DOZE_ORDER);
#else
				STORE(ASLEEP(t), 1, DOZE_ORDER);
				LOAD(turn, TURN, NEWS_ORDER);
#endif
				if
				:: turn % 2 == t && turn / 2 == turns -> skip
				:: else ->
					if
					:: t == 0 ->
endpipe:					atomic { rung -> rung = false }
					:: else ->
						atomic { sleeps = LATEST(TURN) == turn }
endfutex:					!sleeps
					fi
				fi;
				STORE(ASLEEP(t), 0, RELAXED)
			fi
		od;
		LOAD(message, MESSAGE, RELAXED);
		assert(message == turn);
#ifdef TWIN_MESSAGE                 /* the message after the turn */
		STORE(TURN, turn + 1, PASS_ORDER);
		STORE(MESSAGE, turn + 1, RELAXED);
#else
		STORE(MESSAGE, turn + 1, RELAXED);
		STORE(TURN, turn + 1, PASS_ORDER);
#endif
		LOAD(asleep, ASLEEP(1 - t), RING_ORDER);
		if
		:: asleep && t == 1 -> rung = true
		:: asleep && t == 0 -> sleeps = false
		:: else
		fi;
		turns++
	:: else -> break
	od;
	ended++
}

proctype Law() {
	bool all_turns_are_taken;
end:	timeout;
	all_turns_are_taken = ended == 2;
	assert(all_turns_are_taken)
}

init {
	atomic {
		run Side(0); run Side(1); run Law()
	}
}
