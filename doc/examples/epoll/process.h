/* SPDX-License-Identifier: MIT */
/* process.h: the server on trial, as a process. */
#ifndef EPOLL_PROCESS_H
#define EPOLL_PROCESS_H

#include <stdbool.h>

/* Starts the server that lies beside the program `self`, with these arguments. It listens when this returns:
 * that is the address. It is killed with the trial. */
const char *process_start(const char *self, const char *const arguments[]);

/* The descriptors that it has. */
int process_descriptors(void);

/* Asks it to stop. */
void process_terminate(void);

/* Waits for that. Whether it has ended well. */
bool process_has_ended_well(void);

#endif
