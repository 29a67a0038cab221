/* SPDX-License-Identifier: MIT */
/*
 * Senders, and one who drains, in weak memory (memory.h.pml): lib/completion_queue.c.
 *
 * Two senders push a completion, then tell the receiver (completion_post, tell_receiver); the receiver polls
 * the event, and drains up to MAX at a time (completion_queue_drain); once, perhaps, without being told. The queue is liburcu's: a push takes
 * its place by an exchange, and then links itself; what is behind one that is not linked is not seen. The
 * event is the kernel's. Law: when nothing moves any more, every completion has been taken, so that nobody
 * polls beside one that is there.
 */
#ifndef MAX
#define MAX 2
#endif
#define SENDERS   2
#define THREADS   (SENDERS + 1)
#define LOCATIONS 5
#define WRITES    16
#define LINK(n)   (n)
#define TAIL      2
#define SIGNALLED 3
#define EVENT     4
#define GATES     1       /* none is used */
#include "memory.h.pml"

#ifdef TWIN_TELL          /* tell_receiver: a word that is set need not be set again */
#define TELL LOAD(before, SIGNALLED, SEQ_CST); \
	if :: !before -> EXCHANGE(before, SIGNALLED, 1, SEQ_CST) :: else fi
#elif defined(TWIN_TELL_ORDER)
#define TELL EXCHANGE(before, SIGNALLED, 1, ACQUIRE)
#else
#define TELL EXCHANGE(before, SIGNALLED, 1, SEQ_CST)
#endif
#ifdef TWIN_RESET         /* completion_queue_drain: nobody asks what the word was */
#define RESET STORE(SIGNALLED, 0, SEQ_CST)
#elif defined(TWIN_RESET_ORDER)
#define RESET EXCHANGE(before, SIGNALLED, 0, RELEASE)
#else
#define RESET EXCHANGE(before, SIGNALLED, 0, SEQ_CST)
#endif

byte taken;

inline tell() {
	TELL;
	if :: !before -> EXCHANGE(before, EVENT, 1, SEQ_CST) :: else fi
}

proctype Sender(byte t) {
	byte before, place;
	EXCHANGE(place, TAIL, place + 1, SEQ_CST);
	STORE(LINK(place), 1, RELEASE);
	tell()
}

proctype Receiver(byte t) {
	byte before, count; bool linked, reset, unasked;
poll:
endpoll:
	if
	:: LATEST(EVENT) == 1
	:: !unasked -> unasked = true
	fi;
	count = 0; reset = false;
	do
	:: count < MAX ->
		linked = false;
		if :: taken < SENDERS -> LOAD(linked, LINK(taken), ACQUIRE) :: else fi;
		if
		:: linked -> taken++; count++
		:: !linked && !reset ->
			reset = true;
#ifdef TWIN_WORD                  /* the word is reset first, then the event */
			RESET; EXCHANGE(before, EVENT, 0, SEQ_CST)
#else
			EXCHANGE(before, EVENT, 0, SEQ_CST); RESET
#endif
#ifdef TWIN_AGAIN                 /* it does not look again */
			; goto poll
#endif
		:: else -> goto poll
		fi
	:: else -> break
	od;
#ifndef TWIN_REST                 /* more may be there, of which the event tells no more */
	if :: reset -> tell() :: else fi;
#endif
	goto poll
}

proctype Law() {
	bool every_completion_is_taken;
end:	timeout;
	every_completion_is_taken = taken == SENDERS;
	assert(every_completion_is_taken)
}

init { atomic { run Sender(0); run Sender(1); run Receiver(2); run Law() } }
