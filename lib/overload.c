/* SPDX-License-Identifier: MIT */
/* overload.c: CoDel over the waits of one interval after the other. */
#include "overload.h"

/* If the interval is over: what it was like decides about the next, which begins with this wait. */
static bool interval_ended(struct overload *overload, uint64_t waited, uint64_t now)
{
	if (now < overload->ends)
		return false;
	figure_store(&overload->sheds, overload->shortest > overload->target);
	overload->shortest = waited;
	overload->ends = now + overload->interval;
	return true;
}

void overload_served(struct overload *overload, uint64_t waited, uint64_t now)
{
	if (overload->target == 0)
		return;
	if (!interval_ended(overload, waited, now) && waited < overload->shortest)
		overload->shortest = waited;
}

void overload_poll(struct overload *overload, uint64_t head_since, uint64_t now)
{
	if (overload->target == 0)
		return;
	if (head_since == overload->head_at_poll)
		interval_ended(overload, now - head_since, now);
	overload->head_at_poll = head_since;
}

void overload_poll_empty(struct overload *overload, uint64_t now)
{
	if (overload->target > 0)
		interval_ended(overload, 0, now);
}
