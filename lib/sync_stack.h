/* SPDX-License-Identifier: MIT */
/* sync_stack.h: a further part of sync.h: where a thread is, as return addresses. */
#ifndef POOLTOY_LIB_SYNC_STACK_H
#define POOLTOY_LIB_SYNC_STACK_H

#include "sync.h"

/* The innermost ones, innermost first, NULL after the last. */
enum { SYNC_STACK_DEPTH = 16 };
struct sync_stack {
	const void *frames[SYNC_STACK_DEPTH];
};

/* Loads what taking one needs, once: after that it takes no memory. */
void sync_stack_prepare(void);

/* The calling thread's, from the function on that `from` returns to; of all if none does. Empty where the
 * system cannot tell. */
void sync_stack_take(struct sync_stack *stack, const void *from);

/*
 * As text: "OBJECT+OFFSET(SYMBOL) OBJECT+OFFSET ...", cut to `size` bytes with the final 0; "" for an empty one.
 * Never waits for a thread that is stuck, not even in dlopen(3).
 */
void sync_stack_describe(const struct sync_stack *stack, char *text, size_t size);

/*
 * Another thread's, which that takes itself, on a signal. The place must outlive what it is lent for; `wanted` is who
 * asks's to set, the rest the thread's.
 */
struct sync_stack_place {
	sync_atomic(bool) wanted, there;
	struct sync_stack stack;
};

/*
 * The signal is the process's. 0: its handler is the library's own, from now on; EINVAL: it cannot be, or has a meaning of
 * its own; EBUSY: the program handles or ignores it.
 */
int sync_stack_claim_signal(int signal);

/* The calling thread: writes its stack there when it is asked for it, by that signal; NULL: no more. */
void sync_stack_lend(struct sync_stack_place *place, int signal);

/* Asks the thread that lends it. False: it has gone. */
bool sync_stack_ask(struct sync_stack_place *place, long thread_id, int signal);

/* Whether it has written it. */
static inline bool sync_stack_is_there(struct sync_stack_place *place)
{
	return sync_load(&place->there, acquire);
}

/* What the kernel says that the thread does, such as "it runs"; "": nothing. Never waits for it. */
void sync_thread_describe(long thread_id, char *text, size_t size);

#endif
