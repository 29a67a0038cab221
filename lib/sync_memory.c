/* SPDX-License-Identifier: MIT */
/* sync_memory.c: the library's memory: the system's, or what the program's own allocator gives. */
#include "error.h"
#include "spec_copy.h"
#include "sync.h"

#include <pooltoy/memory.h>
#include <stdalign.h>
#include <stdlib.h>

/*
 * Constant from the first allocation on, or from the call that sets it:
 *
 *   UNUSED --pooltoy_set_allocator--> BEING_SET --> PROGRAMS
 *   UNUSED --the first allocation---> SYSTEMS
 *
 * So what has been allocated is given back to where it came from.
 */
enum allocator_state { UNUSED, BEING_SET, PROGRAMS, SYSTEMS };
static sync_atomic(int) state;
static struct pooltoy_allocator allocator; /* once the state is PROGRAMS */

static bool is_programs(void)
{
	/* Acquire pairs with the release in pooltoy_set_allocator. */
	int found = sync_load(&state, acquire);

	if (found == UNUSED && sync_cas(&state, &found, SYSTEMS, acq_rel))
		return false;
	if (found == BEING_SET) {
		sync_yield_until(sync_load(&state, acquire) != BEING_SET);
		return true;
	}
	return found == PROGRAMS;
}

/* Not in the middle of a cancellation point of the program's: the library would not have the memory. */
static void *ask_program(size_t size, size_t alignment)
{
	int cancel = sync_cancel_disable();
	void *memory = allocator.alloc(size, alignment, allocator.argument);

	sync_cancel_restore(cancel);
	assert((uintptr_t)memory % alignment == 0);
	if (memory)
		memset(memory, 0, size);
	return memory;
}

void *sync_alloc(size_t size)
{
	return is_programs() ? ask_program(size, alignof(max_align_t)) : calloc(1, size);
}

void *sync_alloc_lines(size_t size)
{
	size_t whole = (size + SYNC_CACHE_LINE - 1) / SYNC_CACHE_LINE * SYNC_CACHE_LINE;
	void *memory;

	if (is_programs())
		return ask_program(whole, SYNC_CACHE_LINE);
	memory = aligned_alloc(SYNC_CACHE_LINE, whole);
	if (memory)
		memset(memory, 0, whole);
	return memory;
}

void sync_free_memory(void *memory)
{
	int cancel;

	if (!is_programs()) {
		free(memory);
		return;
	}
	cancel = sync_cancel_disable();
	allocator.free(memory, allocator.argument);
	sync_cancel_restore(cancel);
}

int pooltoy_set_allocator(const struct pooltoy_allocator *given)
{
	struct pooltoy_allocator own;
	int unused = UNUSED;
	int code = given ? spec_copy(&own, sizeof own, given, "allocator")
			 : error_set(POOLTOY_EINVAL, "allocator: it is NULL");

	if (code)
		return code;
	if (!own.alloc || !own.free)
		return error_set(POOLTOY_EINVAL, "allocator: it has no %s",
				 own.alloc ? "free" : "alloc");
	if (!sync_cas(&state, &unused, BEING_SET, acq_rel))
		return error_set(POOLTOY_EBUSY,
				 unused == SYSTEMS
					 ? "allocator: too late: the library has memory of the "
					   "system's already; it is to be set before anything else"
					 : "allocator: one has been set before");
	allocator = own;
	sync_store(&state, PROGRAMS, release); /* pairs with is_programs */
	return POOLTOY_OK;
}
