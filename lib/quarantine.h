/* SPDX-License-Identifier: MIT */
/* quarantine.h: what is told of a worker that does not come back from user code. */
#ifndef POOLTOY_LIB_QUARANTINE_H
#define POOLTOY_LIB_QUARANTINE_H

#include "worker.h"

/*
 * The manager, as its time is over: when to look again, since its thread was asked for its stack; 0: it is to be
 * quarantined now.
 */
uint64_t quarantine_wait_for_stack(struct pooltoy_worker *worker, uint64_t now);

/* Tells of it. */
void quarantine_tell(struct pooltoy_worker *worker);

#endif
