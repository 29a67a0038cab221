/* SPDX-License-Identifier: MIT */
/* supervisor_reference.h: what a pool knows of its supervisor: that it keeps it in memory. */
#ifndef POOLTOY_LIB_SUPERVISOR_REFERENCE_H
#define POOLTOY_LIB_SUPERVISOR_REFERENCE_H

struct pooltoy_supervisor;

/*
 * Each pool holds a reference, since reaper and notifier live in the supervisor. The last one frees
 * it.
 */
void supervisor_ref(struct pooltoy_supervisor *supervisor);
void supervisor_unref(struct pooltoy_supervisor *supervisor);

#endif
