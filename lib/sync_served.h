/* SPDX-License-Identifier: MIT */
/* sync_served.h: a further part of sync.h: the child's end of what sync_child.h has. In that process alone. */
#ifndef POOLTOY_LIB_SYNC_SERVED_H
#define POOLTOY_LIB_SYNC_SERVED_H

#include "sync.h"

/*
 * First of all: this process is to end with its server, has no descriptor but those of sync_child.h,
 * and all its threads leave interrupts to sync_served_await_interrupt. `server`: its process id.
 */
void sync_served_begin(long server, const char *name);

/* Again, after a change of user has cancelled it: this process is to end with its server. */
void sync_served_end_with_server(void);

/* What the two share, or NULL. */
void *sync_served_memory(void);

/* Wakes the server. */
void sync_served_ring(void);

/* Blocks until it is rung at that word (sync_child_ring), at most as long as `value` is there; now and then less. */
void sync_served_await_ring(const sync_atomic(uint32_t) * word, uint32_t value);

/* A thread for interrupts: 0 or an errno value. Blocks until the server wants to have a request interrupted,
 * or this process has called for it itself. */
int sync_served_start_interrupter(void (*body)(void *argument), void *argument);
void sync_served_await_interrupt(void);
void sync_served_interrupt(void);

/* A symbol of a shared object, which is loaded if it was not; NULL, and why. */
const void *sync_served_find(const char *module, const char *symbol, const char **why);

/* Ends the process. */
_Noreturn void sync_served_exit(int status);

#endif
