/* SPDX-License-Identifier: MIT */
/* slot.h: the slot word, from which everybody knows whose a worker is. */
#ifndef POOLTOY_LIB_SLOT_H
#define POOLTOY_LIB_SLOT_H

#include "sync.h"

/*
 * A slot is a worker's place in its pool, and begins with one word: generation | flags | state. Any
 * thread may try any transition at any time; each is one compare-and-swap on the word, and whoever
 * wins it does the work that belongs to it. The word and its races are modelled in
 * tests/models/slot_word.pml.
 *
 *   from       to         by                                           generation
 *   VACANT     STARTING   the manager                                  stays
 *   STARTING   IDLE       the worker, its init done                    stays
 *   IDLE       LEASED     a client                                     stays: it is the lease's
 *   LEASED     IDLE       checkin, end of client                       + 1
 *   LEASED     LEASED     adopt; checkin that hands over to a waiter   + 1
 *   LEASED     RESETTING  checkin, flagged or failed; end of client    + 1 (1)
 *   RESETTING  IDLE       the worker, all flags clear                  stays
 *   STARTING   LEASED     the same as to IDLE, straight to a waiter    stays
 *   RESETTING  LEASED     the same                                     stays
 *   LEASED     SERVING    who took it for tasks or a ping, or frees    stays; + 1
 *   STARTING   SERVING    the worker, straight to the tasks            stays
 *   RESETTING  SERVING    the same                                     stays
 *   SERVING    IDLE       the worker, no task left; to LEASED, SERVING
 *                         as from RESETTING                            + 1
 *   IDLE (3)   IDLE, LEASED, SERVING   who ends the withholding        stays
 *   (2)        STOPPING   death, kill, dismissal, sweep                + 1 (1)
 *   STOPPING   VACANT     the worker's last act, all flags clear       stays
 *
 *   (1) but with BORROWED set it stays, and moves when the state is given back
 *   (2) all but VACANT and STOPPING
 *   (3) withheld
 *
 * A lease is the slot with the generation it was granted at: it lives while the word is LEASED at
 * that generation. SERVING is nobody's lease: the worker runs its pool's tasks, one after another, or
 * its own ping, and gives its slot back itself. Flags, each set by CAS at the lease's generation:
 *
 *   BORROWED   a client's thread uses the worker's state; cleared by that thread
 *   CALLING    a caller uses the call cell; cleared by it, or by the worker if it was abandoned
 *   CASTING    the queue of casts is not empty; set and cleared under that queue's lock
 *
 * The first is never set together with another: whoever uses the state does so alone.
 *
 * WITHHELD is no flag of a lease's: it says that the slot, once idle, is nobody's to take (withhold.h).
 * Any thread sets and clears it in the states of (2), each state keeps it but STOPPING; so who frees a
 * slot finds it in the word that it frees it from.
 */
enum slot_state {
	SLOT_VACANT, /* all bits zero: memory fresh from the allocator is vacant */
	SLOT_STARTING,
	SLOT_IDLE,
	SLOT_LEASED,
	SLOT_RESETTING,
	SLOT_STOPPING,
	SLOT_SERVING
};

/* Why a slot is STOPPING; in the word, so that whoever sees the one knows the other. */
enum slot_stop_cause {
	SLOT_DISMISSED, /* the pool has no more use for the worker */
	SLOT_BROKE,     /* it said so, or its client; or its thread ended */
	SLOT_KILLED,    /* pooltoy_kill_worker, or stuck in a call that was given up */
	SLOT_SWEPT,     /* its pool stops or restarts */
	SLOT_REPLACED,  /* its client ended with it, and the pool wants another then */
	SLOT_RETIRED    /* it is over a limit of its pool's: of its life, or its uses */
};

typedef uint64_t slot_word;

#define SLOT_STATE_MASK ((slot_word)7)
#define SLOT_BORROWED   ((slot_word)8)
#define SLOT_CALLING    ((slot_word)16)
#define SLOT_CASTING    ((slot_word)32)
#define SLOT_FLAGS      (SLOT_BORROWED | SLOT_CALLING | SLOT_CASTING)
/* In each state that has a worker, but STOPPING. */
#define SLOT_WITHHELD ((slot_word)64)
/* While STOPPING: enum slot_stop_cause. */
#define SLOT_STOP_SHIFT       6
#define SLOT_STOP_MASK        ((slot_word)7 << SLOT_STOP_SHIFT)
#define SLOT_GENERATION_SHIFT 9
#ifndef SLOT_GENERATION_BITS
#define SLOT_GENERATION_BITS 55 /* fewer in the test build that lets it wrap */
#endif
#define SLOT_GENERATION_MASK ((UINT64_C(1) << SLOT_GENERATION_BITS) - 1)

/* A lease's place in the monitor table. Written by the new holder after its CAS, so it informs and
 * never decides. */
struct monitor_entry {
	sync_atomic(uint64_t)
		generation; /* of the lease it is about, + 1 so that 0 is none; written last */
	sync_atomic(uint64_t) since; /* ns */
	sync_atomic(uintptr_t) acquired_at;
	sync_atomic(int) thread_id;
	sync_atomic(unsigned) place; /* in its holder's own list, mostly */
};

#define MONITOR_NAME_WORDS 4 /* 32 bytes, as struct pooltoy_node has */

struct pooltoy_pool;

struct slot {
	/* The holder's line: all that a checkout and a checkin write. */
	SYNC_LINE_ALIGNED sync_atomic(slot_word) word;
	struct monitor_entry entry;
	sync_atomic(uint64_t) leases; /* granted so far; the holder's, after its CAS */
	struct pooltoy_pool *pool;    /* constant */
	unsigned index;               /* constant */
	sync_atomic(bool) hinted;     /* idle_hints.h */

	/* Seldom. */
	SYNC_LINE_ALIGNED sync_atomic(uint64_t) holder_name[MONITOR_NAME_WORDS];
	sync_atomic(uint64_t) instance; /* of the pool, that started this worker; managers' */

	/* The strict order of idle slots; guarded by its lock. */
	struct slot *order_previous, *order_next;
	bool ordered;
};

_Static_assert(offsetof(struct slot, holder_name) == SYNC_CACHE_LINE, "the holder's line is one");

static inline enum slot_state slot_word_state(slot_word word)
{
	return (enum slot_state)(word & SLOT_STATE_MASK);
}

static inline uint64_t slot_word_generation(slot_word word)
{
	return word >> SLOT_GENERATION_SHIFT;
}

static inline slot_word slot_word_make(uint64_t generation, slot_word flags, enum slot_state state)
{
	return (generation & SLOT_GENERATION_MASK) << SLOT_GENERATION_SHIFT | flags |
	       (slot_word)state;
}

static inline enum slot_stop_cause slot_word_cause(slot_word word)
{
	return (enum slot_stop_cause)((word & SLOT_STOP_MASK) >> SLOT_STOP_SHIFT);
}

/* The lease of that generation lives. */
static inline bool slot_word_is_lease(slot_word word, uint64_t generation)
{
	return (word & ~(SLOT_FLAGS | SLOT_WITHHELD)) == slot_word_make(generation, 0, SLOT_LEASED);
}

/* Any client may take it. */
static inline bool slot_word_is_idle(slot_word word)
{
	return (word & (SLOT_STATE_MASK | SLOT_WITHHELD)) == SLOT_IDLE;
}

/* Idle, but nobody's to take. */
static inline bool slot_word_is_idle_withheld(slot_word word)
{
	return (word & (SLOT_STATE_MASK | SLOT_WITHHELD)) == (SLOT_IDLE | SLOT_WITHHELD);
}

/* Whether WITHHELD may be set or cleared in it. */
static inline bool slot_word_can_be_withheld(slot_word word)
{
	return slot_word_state(word) != SLOT_VACANT && slot_word_state(word) != SLOT_STOPPING;
}

static inline slot_word slot_look(struct slot *slot)
{
	return sync_load(&slot->word, seq_cst);
}

enum slot_result {
	SLOT_DONE,
	SLOT_STALE, /* there is no such lease any more */
	SLOT_BUSY,  /* a flag stands in the way */
	SLOT_MOVED  /* the word is not what it was when the caller looked: look again */
};

#ifdef POOLTOY_DEBUG
/* Asserts that the table above has this transition. */
void slot_check_move(slot_word from, slot_word to);
#else
#define slot_check_move(from, to) ((void)0)
#endif

/* IDLE -> LEASED. True, and the lease's generation; false if the slot is not idle. */
static inline bool slot_lease(struct slot *slot, uint64_t *generation)
{
	slot_word word = sync_load(&slot->word, relaxed);

	if (!slot_word_is_idle(word))
		return false;
	*generation = slot_word_generation(word);
	/* Acquire pairs with the release by which the last user left the state. */
	return sync_cas(&slot->word, &word, slot_word_make(*generation, 0, SLOT_LEASED), seq_cst);
}

/*
 * One step of whoever has looked at the word: SLOT_DONE, or SLOT_MOVED. In debug builds the table
 * above is checked. Sequentially consistent: what makes a slot idle is followed by a look at the
 * waiters (broker.c), what posts or gives back by a look at who is parked.
 */
static inline enum slot_result slot_move(struct slot *slot, slot_word from, slot_word to)
{
	slot_check_move(from, to);
	return sync_cas(&slot->word, &from, to, seq_cst) ? SLOT_DONE : SLOT_MOVED;
}

/*
 * Sets CALLING or BORROWED for the lease of that generation: DONE, STALE, or BUSY: the flag is set
 * or BORROWED is; for BORROWED, any is.
 */
enum slot_result slot_claim(struct slot *slot, uint64_t generation, slot_word flag);

/*
 * From a lease that nobody has seen to SERVING, for the tasks or a ping: false if the worker has been stopped
 * meanwhile. If it has been withheld instead, its worker is to be woken all the same, and sets it free.
 */
bool slot_serve(struct slot *slot, uint64_t generation);

/* Sets CASTING for the lease of that generation, by who holds the casts' lock: DONE (also if it was
 * set), STALE, or BUSY if BORROWED. */
enum slot_result slot_claim_casting(struct slot *slot, uint64_t generation);

/* Clears CALLING or CASTING, by who may. The word then: if its state is not LEASED, the worker
 * waits for just that. */
slot_word slot_unclaim(struct slot *slot, slot_word flag);

/*
 * Clears BORROWED, by the thread that claimed it, and moves the generation if the lease has ended
 * meanwhile. The word then.
 */
slot_word slot_give_back(struct slot *slot);

/* Sets WITHHELD; or clears it, but in an idle slot: that becomes free by way of the broker. False: the word is not
 * what it was when the caller looked. */
bool slot_withhold(struct slot *slot, slot_word word);
bool slot_withhold_no_more(struct slot *slot, slot_word word);

/* LEASED(g) -> LEASED(g + 1), without BORROWED and CALLING: DONE and the new generation, STALE,
 * BUSY. */
enum slot_result slot_adopt(struct slot *slot, uint64_t generation, uint64_t *adopted);

/*
 * What the word becomes when its lease is checked in by who may: BORROWED, if it is set, is the
 * caller's own and given back with it. `clean`: the state needs no reset. To IDLE if it is clean
 * and no flag is set, else to RESETTING.
 */
slot_word slot_word_checked_in(slot_word word, bool clean);
/* The same for the end of its client, which does not give back a state that is borrowed. */
slot_word slot_word_client_ended(slot_word word, bool clean);
/* The same by the end of the worker itself, for whatever state. */
slot_word slot_word_stopped(slot_word word, enum slot_stop_cause cause);

/* -> STOPPING, from any state that has a worker. The word before; STOPPING or VACANT if there was
 * nothing to do. */
slot_word slot_stop(struct slot *slot, enum slot_stop_cause cause);

/* STOPPING -> VACANT, all flags clear: the last act of the worker's thread. */
void slot_vacate(struct slot *slot);

#endif
