/* SPDX-License-Identifier: MIT */
/* process.h: the server on trial, as a process. */
#ifndef EPOLL_PROCESS_H
#define EPOLL_PROCESS_H

#include <stdbool.h>

/* Starts the server that lies beside the program `self`, with these arguments, of which the first is where it
 * listens. It does when this returns. It is killed with the trial. */
void process_start(const char *self, const char *const arguments[]);

/* The descriptors that it has. */
int process_descriptors(void);

/* Asks it to stop. */
void process_terminate(void);

/* Waits for that. Whether it has ended well. */
bool process_has_ended_well(void);

#endif
