/* SPDX-License-Identifier: MIT */
/* pooltoy_call.c: a caller of this library, which holds its worker for as long as it calls. */
#include <stdlib.h>
#include "scenarios/measure.h"
#include "subjects/pooltoy.h"

void *call_join(void *argument, unsigned caller)
{
	struct pool_set *set = argument;
	struct pooltoy_lease *lease = must_alloc(sizeof *lease);

	(void)caller;
	must(pooltoy_checkout(set->pools[0], -1, lease), "checkout");
	return lease;
}

void call_leave(void *line)
{
	must(pooltoy_checkin(line), "checkin");
	free(line);
}

void call_calls(void *line, uint64_t calls)
{
	const struct pooltoy_lease *lease = line;

	for (uint64_t i = 0; i < calls; i++) {
		uint64_t reply = 0;
		size_t length = sizeof reply;

		if (pooltoy_call(lease, &i, sizeof i, &reply, &length, -1) || reply != i)
			must(-1, "call");
	}
}
