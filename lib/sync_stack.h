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

#endif
