/* SPDX-License-Identifier: MIT */
/* allocator.c: the library's memory, counted by the program that gives it. */
#define _POSIX_C_SOURCE 200809L
#include <err.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <pooltoy.h>

/* example: allocator */
static atomic_size_t in_use; /* bytes: any thread may allocate */

static void *counted_alloc(size_t size, size_t alignment, void *argument)
{
	void *memory;

	(void)argument;
	if (posix_memalign(&memory, alignment, size))
		return NULL;
	in_use += malloc_usable_size(memory);
	return memory;
}

static void counted_free(void *memory, void *argument)
{
	(void)argument;
	in_use -= malloc_usable_size(memory);
	free(memory);
}

static void first_of_all(void)
{
	int rc = pooltoy_set_allocator(POOLTOY_ALLOCATOR(
			.alloc = counted_alloc, .free = counted_free));

	if (rc)
		errx(1, "%s", pooltoy_last_error());
}
/* end */

static const struct pooltoy_worker_ops idler = POOLTOY_WORKER_OPS(.init = NULL);

int main(void)
{
	struct pooltoy_supervisor *sup;

	first_of_all();
	if (pooltoy_supervisor_start(&sup) ||
	    pooltoy_start_pool(
		    sup, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &idler, .size = 3), NULL))
		errx(1, "%s", pooltoy_last_error());
	printf("a supervisor with a pool: %zu bytes\n", (size_t)in_use);
	if (pooltoy_supervisor_stop(sup, 5000))
		errx(1, "%s", pooltoy_last_error());
	printf("kept for this thread: %zu bytes\n", (size_t)in_use);
	return in_use == 0;
}
