/* SPDX-License-Identifier: MIT */
/* limit_rmw.c: the least that a checkout and a checkin can cost if each decides a race: two atomic
 * read-modify-writes, compare-and-swaps on a line that no other thread touches. */
#include <stdatomic.h>
#include <stdlib.h>
#include "subjects/subject.h"

static void *pool_open(const struct order *order)
{
	(void)order;
	return malloc(1);
}

static void turns(void *set, uint64_t turns)
{
	_Alignas(128) atomic_ulong word = 0;

	(void)set;
	for (uint64_t i = 0; i < turns; i++) {
		unsigned long expected = 2 * i;

		atomic_compare_exchange_strong(&word, &expected, expected + 1);
		expected = 2 * i + 1;
		atomic_compare_exchange_strong(&word, &expected, expected + 1);
	}
}

static const struct pool_ops pool = { .open = pool_open, .close = free, .turns = turns };

const struct subject subject = { .name = "limit_rmw", .pool = &pool };
