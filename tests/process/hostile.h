/* SPDX-License-Identifier: MIT */
/* hostile.h: a worker in a child process that means harm to its server. */
#ifndef PROCESS_HOSTILE_H
#define PROCESS_HOSTILE_H

enum hostile_verb {
	BEHAVE,   /* reply 2 * seed */
	SCRIBBLE, /* random bytes all over the shared memory, for some milliseconds; then reply */
	SCRIBBLE_ON,   /* the same in another thread, for good; reply meanwhile */
	TURN_NONSENSE, /* the turn is something that it cannot be */
	ANSWER_OTHER,  /* the turn is the server's, the message's kind none that answers */
	TOO_LONG,      /* a part longer than the room */
	NO_END,        /* an answer of many parts, each empty */
	CRUMBS,        /* the same, a byte in each */
	TOO_MUCH,      /* an answer that says that it is longer than can be */
	WHY_TOO_LONG,  /* its reason is longer than the whole */
	RING_ON,       /* rings without an answer */
	DEAF,          /* says that it is awake, and sleeps */
	OTHER_FLAGS,   /* makes its descriptors block, or not, closes one; then reply */
	GROW_MEMORY,   /* tries to shrink, grow, seal the shared memory; then reply */
	HOLD_BELL, /* writes to it from memory that never comes, so that what it writes to may stay locked */
	HOLD_WORDS, /* the same to its stderr */
	PASS_DESCRIPTORS, /* of a connection whose close lingers, over its stderr; reply if they did not pass */
	PUNCH_HOLES, /* into the shared memory, by each way there is; reply if there was none */
	CHATTER_ON, /* on its stderr, by more threads than one who reads can keep up with, for good */
	CHATTER,    /* many words; then reply */
	COMPLAIN,   /* breaks, and gives a reason that would erase the screen of who reads it */
	DIE_TRACED, /* by a process of its own, as long as HOSTILE_TRACER, a FIFO of the environment, is open elsewhere */
	NONSENSE_TRACED, /* the same, and is to be killed */
	HOSTILE_VERBS
};

struct hostile_order {
	int verb;
	unsigned seed;
};

#endif
