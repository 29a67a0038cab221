/* SPDX-License-Identifier: MIT */
/* stack.c: where a fiber is: it knows no more than who called. */
#include "sync_stack.h"

#include <stdio.h>

void sync_stack_prepare(void)
{
}

void sync_stack_take(struct sync_stack *stack, const void *from)
{
	*stack = (struct sync_stack){ { from } };
}

int sync_stack_claim_signal(int signal)
{
	return signal > 0 ? 0 : EINVAL;
}

void sync_stack_lend(struct sync_stack_place *place, int signal)
{
	(void)place;
	(void)signal;
}

/* As a thread that has blocked the signal. */
bool sync_stack_ask(struct sync_stack_place *place, long thread_id, int signal)
{
	(void)thread_id;
	(void)signal;
	sync_store(&place->wanted, true, release);
	return true;
}

void sync_thread_describe(long thread_id, char *text, size_t size)
{
	(void)thread_id;
	snprintf(text, size, "it is a fiber");
}

void sync_stack_describe(const struct sync_stack *stack, char *text, size_t size)
{
	snprintf(text, size, "%s", stack->frames[0] ? "a fiber's" : "");
}
