/* SPDX-License-Identifier: MIT */
/*
 * Mailbox and parker in weak memory (memory.h.pml): lib/mailbox.c, lib/parker.c. What the other models
 * take for granted of a parker, as PASS and OPEN, is shown here, step by step.
 *
 * Two senders change what a message is about, each its own part, and post it, as mailbox_post does.
 * The receiver takes, looks, and parks when there is nothing, as an actor does; the wait may time out,
 * and then it looks again. The queue's inside is liburcu's, and one step here. Laws: the receiver
 * sees all that was written before any post; and sleeps only if nothing is left to see.
 */
#ifndef TIMEOUTS
#define TIMEOUTS 1
#endif
#define SENDERS   2
#define THREADS   (SENDERS + 1)
#define LOCATIONS 5
#define WRITES    16
#define PART(s)   (s)       /* of what the message is about, by its sender */
#define POSTED    2
#define QUEUED    3
#define PARKER    4
#define GATES 1
#define MUTEX 0             /* the parker's */
#include "memory.h.pml"

#define EMPTY  0
#define TOKEN  1
#define PARKED 2

#ifdef TWIN_POSTED          /* mailbox_take: the receiver is alone, so why not a store */
#define CLEAR_POSTED STORE(POSTED, 0, RELEASE)
#elif defined(TWIN_POSTED_ORDER)
#define CLEAR_POSTED EXCHANGE(before, POSTED, 0, RELEASE)
#else
#define CLEAR_POSTED EXCHANGE(before, POSTED, 0, ACQ_REL)
#endif
#ifdef TWIN_POST            /* mailbox_post */
#define POST_ORDER RELAXED
#else
#define POST_ORDER ACQ_REL
#endif
#ifdef TWIN_UNPARK          /* parker_unpark: a token that is there need not be left again */
#define LEAVE_TOKEN LOAD(before, PARKER, ACQUIRE); \
	if :: before != TOKEN -> EXCHANGE(before, PARKER, TOKEN, ACQ_REL) :: else fi
#elif defined(TWIN_UNPARK_ORDER)
#define LEAVE_TOKEN EXCHANGE(before, PARKER, TOKEN, ACQUIRE)
#else
#define LEAVE_TOKEN EXCHANGE(before, PARKER, TOKEN, ACQ_REL)
#endif
#ifdef TWIN_TAKE            /* take_token: nobody else takes one, so why not a load and a store */
#define TAKE_TOKEN LOAD(before, PARKER, ACQUIRE); ok = before == TOKEN; \
	if :: ok -> STORE(PARKER, EMPTY, RELEASE) :: else fi
#elif defined(TWIN_TAKE_ORDER)
#define TAKE_TOKEN CAS(ok, PARKER, TOKEN, EMPTY, RELEASE)
#else
#define TAKE_TOKEN CAS(ok, PARKER, TOKEN, EMPTY, ACQ_REL)
#endif
#ifdef TWIN_WAKE            /* sleep_for_token: what is there now is of no matter */
#define AFTER_SLEEP STORE(PARKER, EMPTY, RELEASE)
#elif defined(TWIN_WAKE_ORDER)
#define AFTER_SLEEP EXCHANGE(before, PARKER, EMPTY, RELEASE)
#else
#define AFTER_SLEEP EXCHANGE(before, PARKER, EMPTY, ACQ_REL)
#endif

bool waiting;               /* on the parker's condition variable */
bool seen[SENDERS], posted[SENDERS];

inline park() {             /* parker_park, without the spin */
	TAKE_TOKEN;
	if
	:: !ok ->
		PASS(MUTEX);
		CAS(ok, PARKER, EMPTY, PARKED, ACQ_REL);
		if
		:: ok ->
			do
			:: LOAD(before, PARKER, RELAXED);
				if :: before != PARKED -> break :: else fi;
				atomic { OPEN(MUTEX); waiting = true };
endsleep:			if
				:: atomic { !waiting -> skip }
				:: atomic { timeouts < TIMEOUTS -> timeouts++; waiting = false }; PASS(MUTEX); break
				fi;
				PASS(MUTEX)
			od
		:: else
		fi;
		OPEN(MUTEX);
		AFTER_SLEEP
	:: else
	fi
}

inline unpark() {           /* parker_unpark */
	LEAVE_TOKEN;
	if
	:: before == PARKED ->
#ifndef TWIN_SIGNAL         /* the wake does not go through the mutex */
		PASS(MUTEX); OPEN(MUTEX);
#endif
		waiting = false
	:: else
	fi
}

proctype Sender(byte t) {
	byte before;
	STORE(PART(t), 1, RELAXED);
	EXCHANGE(before, POSTED, 1, POST_ORDER);
	if :: !before -> EXCHANGE(before, QUEUED, 1, ACQ_REL) :: else fi;
	unpark();
	posted[t] = true
}

proctype Receiver(byte t) {
	byte before, timeouts; bool ok, message, part;
	do
	:: LOAD(message, QUEUED, ACQUIRE);
		if
		:: message ->
			EXCHANGE(before, QUEUED, 0, ACQ_REL);
			CLEAR_POSTED;
			LOAD(part, PART(0), RELAXED); seen[0] = seen[0] || part;
			LOAD(part, PART(1), RELAXED); seen[1] = seen[1] || part
		:: else -> park()
		fi
	od
}

proctype Law() {
	bool every_post_is_seen;
end:	timeout;
	every_post_is_seen = seen[0] && seen[1];
	assert(posted[0] && posted[1]);
	assert(every_post_is_seen)
}

init { atomic { gate[MUTEX] = true; run Sender(0); run Sender(1); run Receiver(2); run Law() } }
