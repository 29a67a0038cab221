/* SPDX-License-Identifier: MIT */
/* causality.h: states that were met before, by another order of independent steps. */
#ifndef EXPLORE_CAUSALITY_H
#define EXPLORE_CAUSALITY_H

#include "engine.h"

/* Before a schedule: whether pasts are kept in it. They cost some nanoseconds a step. */
void causality_begin(bool wanted);

/* What the engine tells of. In laws, and if pasts are not kept, none of these does anything. */
void causality_new_fiber(struct fiber *fiber);
void causality_keep_cause(struct fiber *fiber, uint64_t cause);
void causality_keep_site(void);

/* Whatever else it hangs on. */
static inline void causality_cause(struct fiber *fiber, uint64_t cause)
{
	if (causality_kept)
		causality_keep_cause(fiber, cause);
}

/* The calling fiber is at the site that it has noted. */
static inline void causality_reaches(void)
{
	if (causality_kept)
		causality_keep_site();
}
/* causality_reads and causality_writes: sync_fibers.h has them, for figures. */

/* A look at a condition that is not true leaves no trace. */
uint64_t causality_look_begins(void);
void causality_look_was_in_vain(uint64_t past);

/* The state that the schedule is in. */
uint64_t causality_state(void);

/* For the search: forgets all states; and whether the present one was met with at least as much of
 * the bound left. If not, from now on it was. */
void causality_forget(void);
bool causality_met_before(void);

#endif
