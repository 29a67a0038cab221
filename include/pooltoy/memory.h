/* SPDX-License-Identifier: MIT */
/* pooltoy/memory.h: where the library's own memory comes from. */
#ifndef POOLTOY_MEMORY_H
#define POOLTOY_MEMORY_H

#include <stddef.h>
#include <pooltoy/error.h>

POOLTOY_BEGIN_DECLS

/*
 * An allocator of the program's own. Fill it in by POOLTOY_ALLOCATOR (C) or start from
 * POOLTOY_ALLOCATOR_INIT (C++). Both functions are called by any thread, several at a time: threads of
 * the library's, and the program's in calls of the library, at their end, and in a forked child. The
 * library may hold locks meanwhile: they must not call the library, must return, and must not throw.
 * Threads are not cancelled in them.
 */
struct pooltoy_allocator {
	size_t struct_size; /* set by the macros */

	/* Required. So many bytes, more than 0, aligned to `alignment`, a power of two: that of max_align_t,
	 * or 64. They need not be zeroed. NULL: there are none. */
	void *(*alloc)(size_t size, size_t alignment, void *argument);
	/* Required. Gives back what `alloc` gave; never NULL. */
	void (*free)(void *memory, void *argument);
	/* For both. */
	void *argument;
};

#ifndef __cplusplus
/* pooltoy_set_allocator(POOLTOY_ALLOCATOR(.alloc = my_alloc, .free = my_free)) */
#define POOLTOY_ALLOCATOR(...) \
	(&(const struct pooltoy_allocator){ .struct_size = sizeof(struct pooltoy_allocator), \
					    __VA_ARGS__ })
#endif
#define POOLTOY_ALLOCATOR_INIT \
	{ \
		sizeof(struct pooltoy_allocator), 0, 0, 0 \
	}

/*
 * Has the library take its memory from that allocator, in the whole process and for good. It must
 * come before whatever allocates: in practice first of all the library's functions. The structure is
 * copied; `argument` and the functions must stay until the process ends.
 *
 * Not from it: what libc and liburcu allocate for their own ends, such as the stacks of threads; memory
 * shared with workers in child processes; and those processes' own.
 *
 * Kept at the end: when all supervisors have been stopped and all handles released, what remains is
 * what each thread that lives has for itself, and for each thread that has used a pool (at most as
 * many as have lived at a time) one small object, which the next such thread takes over.
 *
 * Threads: any; in a callback it is too late. Does not block.
 *
 * Errors:
 *  - POOLTOY_EBUSY: too late: the library has allocated, or one has been set; nothing is changed
 *  - POOLTOY_EINVAL: NULL, or one of the functions is missing
 *  - POOLTOY_EVERSION
 */
POOLTOY_API int pooltoy_set_allocator(const struct pooltoy_allocator *allocator) POOLTOY_MUST_CHECK;

POOLTOY_END_DECLS

#endif
