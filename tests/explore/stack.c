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

void sync_stack_describe(const struct sync_stack *stack, char *text, size_t size)
{
	snprintf(text, size, "%s", stack->frames[0] ? "a fiber's" : "");
}
