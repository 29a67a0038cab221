/* SPDX-License-Identifier: MIT */
/* operation.h: one step of a sequence: what it is, by chance, as text, and from that text again. */
#ifndef REFERENCE_OPERATION_H
#define REFERENCE_OPERATION_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* The letter stands for it in a replay string. */
enum operation_kind {
	OP_TRY = 't',          /* checkout without waiting */
	OP_WAIT = 'w',         /* checkout, for ever */
	OP_WAIT_SHORTLY = 's', /* the same for 3 ms */
	OP_CHECKIN = 'i',
	OP_CALL = 'c',
	OP_LET_GO = 'l', /* a call that is held may return */
	OP_CAST = 'm',
	OP_BORROW = 'b', /* pooltoy_lease_state */
	OP_GIVE_BACK = 'd',
	OP_ADOPT = 'a',
	OP_OPEN = 'o', /* an explicit client */
	OP_CLOSE = 'x',
	OP_AGENT_ENDS = 'e', /* a thread, and with it its client */
	OP_KILL_WORKER = 'W',
	OP_KILL_MANAGER = 'M',
	OP_REVIVE = 'R',
	OP_INIT_FAILS = 'f',   /* the next one will */
	OP_RESET_BREAKS = 'r', /* the same */
	OP_TICK = 'T',  /* 2 ms pass: more than the starvation limit, less than any backoff */
	OP_REST = 'Z',  /* 2,100 ms pass: more than any backoff */
	OP_BOGUS = 'B', /* checkin of what is no lease */
	OP_STOP = 'S'
};

enum verb { VERB_DOUBLE, VERB_REFUSE, VERB_BREAK, VERB_EXIT, VERB_HOLD, VERB_HOLD_SHORTLY, VERBS };

enum { AGENTS = 4, CONNECTIONS = 2 };

/* What does not fit a kind is of no meaning to it. */
struct operation {
	char kind;
	uint8_t agent; /* who does it */
	uint8_t object; /* a lease, a worker, a connection: whichever there is, counted round and round */
	uint8_t detail; /* a verb; for whom: 0 the agent, 1 and up a connection */
};

/* Long enough for the generation of a worker's leases to wrap, where it does. */
#ifndef SLOT_GENERATION_BITS
enum { SHORTEST = 4, LONGEST = 48 };
#else
enum { SHORTEST = 100, LONGEST = 300 };
#endif
struct sequence {
	unsigned count;
	struct operation list[LONGEST];
};

/* By chance: the same for the same seed. `timed`: with those that need a clock of our own. */
void sequence_draw(struct sequence *sequence, uint64_t seed, bool timed);
void sequence_print(FILE *to, const struct sequence *sequence);
/* False: it is no such text. */
bool sequence_parse(struct sequence *sequence, const char *text);

#endif
