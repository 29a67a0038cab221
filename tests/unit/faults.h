/* SPDX-License-Identifier: MIT */
/* faults.h: memory and threads that are not to be had, for programs linked with unit_faults. */
#ifndef UNIT_FAULTS_H
#define UNIT_FAULTS_H

/* Of the calling thread's allocations from now on, `good` succeed, and the `bad` after them fail. */
void faults_of_memory(unsigned good, unsigned bad);

/* The same for the starts of threads, by whomever. */
void faults_of_threads(unsigned good, unsigned bad);

/* How many have failed since the last such call; ends the faults of that kind. */
unsigned faults_of_memory_end(void);
unsigned faults_of_threads_end(void);

#endif
