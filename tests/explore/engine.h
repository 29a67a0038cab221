/* SPDX-License-Identifier: MIT */
/* engine.h: what the parts of the explorer share: the fibers, and the state of one schedule. */
#ifndef EXPLORE_ENGINE_H
#define EXPLORE_ENGINE_H

#include "explore.h"

#include "context.h"
#include "sync.h"

enum { FIBERS = 64, FIBER_STACK = 256 * 1024, FIBER_LOCALS = 8192, FAILURE_SIZE = 1024 };

/* What ends a wait for a condition variable. */
enum wake { WAKE_NOT, WAKE_SIGNALLED, WAKE_TIMED_OUT, WAKE_SPURIOUS, WAKE_CANCELLED };

struct fiber {
	struct context context;
	unsigned id;      /* its bit in the masks */
	long number;      /* as sync_thread_id: never used again within a schedule */
	const char *name; /* in the trace */
	char name_buffer[SYNC_THREAD_NAME_SIZE];
	void (*body)(void *argument);
	void *argument;
	struct explore_step next; /* or what it does, from its scheduling point on */
	unsigned steps;           /* its own decisions so far */

	/* What it waits for. */
	struct sync_mutex *wants;
	struct sync_cond *cond;
	uint64_t deadline;
	enum wake wake;
	struct fiber *joins;
	uint64_t grace;      /* the readers that its rcu_synchronize waits for */
	bool evaluating;     /* looks at the condition of a sync_yield_until, ... */
	unsigned moves_seen; /* ... and began to when the others had moved so often */

	bool ended, ending, detached;
	bool leaving; /* it has begun to run its cleanup handlers */
	bool cancel_disabled;
	bool cancellable; /* a choice may cancel it */
	char mortal;      /* the letter of the choice that ends it in its wait; 0: none may */
	unsigned ranks;   /* of the locks it holds */
	unsigned reading; /* depth of RCU read-side sections */
	struct fiber_cleanup *cleanups;
	void (*at_end)(void *value);
	void *at_end_value;
	uint32_t priority;        /* for the strategies' use */
	uint64_t past, look_past; /* causality.c */

	_Alignas(64) char locals[FIBER_LOCALS];
};

/*
 * One decision. The first letter of a choice in a replay string:
 *   r  this fiber runs                 t  its wait times out now, however far the deadline
 *   s  its wait wakes spuriously       c  it is cancelled in its wait
 *   w  it gets the signal              v  this value is chosen
 *   f  this allocation or start fails  d  this fiber dies here       j  the clock jumps
 *   k  this worker, m  this manager, p  this supervisor dies in its wait
 *   e  this worker dies here, in a callback
 */
typedef uint16_t choice;
#define CHOICE(letter, value)   ((choice)((unsigned)(letter) << 8 | (unsigned)(value)))
#define CHOICE_LETTER(decision) ((char)((decision) >> 8))
#define CHOICE_VALUE(decision)  ((unsigned)(decision)&0xffu)
#define CHOICE_PROCEED          CHOICE('-', 0)

/* What a decision is about, the default first: who runs, `runs` of them, or another letter's. */
struct choices {
	unsigned count, runs;
	choice list[5 * FIBERS];
};

struct strategy;

struct engine {
	const struct explore_scenario *scenario;
	const struct strategy *strategy;

	/* Zeroed as a schedule begins: */
	struct fiber *current;
	uint64_t alive;    /* started and not yet joined */
	uint64_t runnable; /* could go on now */
	uint64_t waiting;  /* for a condition variable, and not yet woken */
	uint64_t timed;    /* of these, with a deadline still to come */
	uint64_t yielding; /* go on once another one has moved */
	uint64_t readers;  /* in RCU read-side sections */
	uint64_t now;
	uint64_t random;
	uint64_t hash;  /* of all steps */
	unsigned step;  /* number of the decision to come */
	unsigned moves; /* steps but those of fibers that look at a condition */
	long started;   /* threads so far */
	/* No choices: the set-up and the end of a scenario; and laws, which are no steps either. */
	bool quiet, in_law;
	void (*law)(void), (*when_stalled)(void);
	const volatile void *written; /* by the step before */
	bool failed, tracing;
	bool no_threads, no_memory;     /* explore_refuse */
	unsigned preemptions, bound;    /* spent in this schedule, and what it may spend */
	unsigned spent[128];            /* disturbances, by letter */
	uint64_t disturbances;          /* the same as a hash */
	bool compares;                  /* the memory is hashed, too, as it is before the end */
	uint64_t ending, ending_memory; /* the state before its end, by its causes; its memory */
	bool cut; /* the schedule was left, since its state had been met before */

	/* Kept: */
	unsigned last_steps; /* of the schedule before */
	unsigned long all_steps;
	char failure[FAILURE_SIZE];
	struct context driver;
};
extern struct engine engine;
extern struct fiber fibers[FIBERS];

#define FIBER_BIT(fiber) (UINT64_C(1) << (fiber)->id)

/* fibers.c */
void fibers_reset(void);
struct fiber *fibers_new(const char *name, void (*body)(void *argument), void *argument);
/* Whether the object was a local of a function that has returned. */
bool fibers_frame_is_gone(const volatile void *object);
/* The fiber stops waiting for anything but, from now on, its mutex. */
void fibers_wake(struct fiber *fiber, enum wake wake);

/* scheduler.c */
void scheduler_point(void);
/* What the calling fiber has done since its last point may be what those wait for who yield. */
void scheduler_moved(void);
/* The calling fiber is no longer runnable; returns when it is again, and has been chosen. */
void scheduler_block(void);
_Noreturn void scheduler_leave(void);
/* Asks for a disturbance, 'f', 'd' or 'j', of which the scenario allows `budget`. */
bool scheduler_disturbed(char letter, unsigned budget);
/* One of so many values, 0 the default. */
unsigned scheduler_value(char letter, const unsigned *values, unsigned count);

/* memory.c */
void memory_begin(void);
const void *memory_start(void);
/* Of all that has been allocated, contents and all. */
uint64_t memory_hash(void);
/* Leaks and damage are failures. */
void memory_check(void);
void memory_end(void);
/* Whose it is, if it has been allocated; else "". */
void memory_describe(const volatile void *memory, char *text, size_t size);

enum { ARENA_SIZE = 64 << 20, GRAIN = 16 };
struct arena {
	char *start, *next;
	unsigned char *freed; /* for each grain of it */
};
extern struct arena arena;

static inline bool memory_is_freed(const volatile void *address)
{
	size_t offset = (size_t)((uintptr_t)address - (uintptr_t)arena.start);

	return offset < ARENA_SIZE && arena.freed[offset / GRAIN];
}

/* queue.c, rcu.c have no state of their own. */

/* Ends the schedule, as nothing new can follow. Does not return. */
_Noreturn void engine_cut(void);

/* trace.c */
void trace_begin(void);
void trace_step(void);
void trace_choice(choice decision);
void trace_note(const char *format, va_list arguments);
void trace_print(FILE *to, bool whole);

/* Ends the schedule with a failure. On a fiber it does not return. */
void engine_fail(const char *format, ...) POOLTOY_PRINTF(1, 2);
#define engine_require(holds, ...) \
	do { \
		if (!(holds)) \
			engine_fail(__VA_ARGS__); \
	} while (0)

#endif
