/* SPDX-License-Identifier: MIT */
/* callback_probes.h: the table of what is tried inside each callback. */
#ifndef SCENARIO_CALLBACK_PROBES_H
#define SCENARIO_CALLBACK_PROBES_H

#include "scenario/support.h"

enum place {
	IN_INIT,
	IN_CALL,
	IN_CAST,
	IN_RESET,
	IN_INTERRUPT_BY_CALLER,
	IN_INTERRUPT_BY_NOTIFIER,
	IN_TERMINATE,
	IN_DONE,
	IN_EVENT,
	PLACES
};
/* Where a row is tried: what `self` is from, what its lease is from. */
struct scene {
	struct pooltoy_supervisor *supervisor;
	struct pooltoy_pool *own, *other;
	struct troupe others;
	struct pooltoy_lease lease; /* of own's, while it lives */
	struct gate gate;           /* holds a handler for `interrupt` */
	atomic_bool listening;      /* events are to be probed */
	atomic_int accepted, told;  /* tasks that were submitted; of which outcomes were told */
	atomic_int done[PLACES];
};
extern struct scene scene;

/* Tries each row that applies to the place; once. `self` is NULL in IN_DONE and IN_EVENT. */
void try_all(enum place place, struct pooltoy_worker *self);

/* "supervisor_start supervisor_stop ...": the functions of all rows. */
void list_functions(char *list);

#endif
