/* SPDX-License-Identifier: MIT */
/* stack_note.h: a thread's stack, noted where others read it. */
#ifndef POOLTOY_LIB_STACK_NOTE_H
#define POOLTOY_LIB_STACK_NOTE_H

#include "sync_stack.h"

/*
 * What it is about, its tag, is written last, and cleared first. A reader takes the frames for those that it looks for
 * only if that is the tag, before and after. As with the monitor table it informs: two writers at a time, of
 * whom one is late, may mix their frames for once.
 */
struct stack_note {
	sync_atomic(uint64_t) tag; /* 0: none */
	sync_atomic(uintptr_t) frames[SYNC_STACK_DEPTH];
};

static inline void stack_note_write(struct stack_note *note, uint64_t tag,
				    const struct sync_stack *stack)
{
	unsigned i;

	figure_store(&note->tag, 0);
	for (i = 0; i < SYNC_STACK_DEPTH; i++)
		/* Release: behind the tag's clearing. */
		sync_store(&note->frames[i], (uintptr_t)stack->frames[i], release);
	/* Release pairs with the acquire in stack_note_read. */
	sync_store(&note->tag, tag, release);
}

/* False: it is about something else, and *stack is empty. */
static inline bool stack_note_read(struct stack_note *note, uint64_t tag, struct sync_stack *stack)
{
	unsigned i;

	*stack = (struct sync_stack){ { NULL } };
	if (sync_load(&note->tag, acquire) != tag)
		return false;
	for (i = 0; i < SYNC_STACK_DEPTH; i++)
		/* Acquire: the last look at the tag stays behind all of these. */
		stack->frames[i] = (const void *)sync_load(&note->frames[i], acquire);
	if (figure_load(&note->tag) == tag)
		return true;
	*stack = (struct sync_stack){ { NULL } };
	return false;
}

#endif
