/* SPDX-License-Identifier: MIT */
/* isolated.h: the scenarios once more, with all their workers in child processes. */
#ifndef ISOLATED_H
#define ISOLATED_H

#include <pooltoy.h>
#include <pthread.h>
#include <stdatomic.h>

/*
 * Built with -DISOLATED=1, the sources of tests/scenario make up one shared object, which the test
 * programs are linked with and the children load. What a test shares with its workers is in the
 * arena: memory that all these processes have at the same address. The tests' own threads have their
 * stacks in it. What is not on a stack is declared SHARED, and is at an address of each process's own:
 * its name means the same to all, and so does its address as a pool's argument, but not within a message.
 */
#define SHARED __attribute__((section("isolated_shared")))

/* All pools are of child processes, whatever their specifications say. */
int isolated_start_pool(struct pooltoy_supervisor *supervisor, const struct pooltoy_pool_spec *spec,
			struct pooltoy_pool **pool);
#define pooltoy_start_pool isolated_start_pool

/* A thread with its stack in the arena, and what its end leaves behind. 0 or an error number. */
int isolated_begin(pthread_t *thread, void *(*body)(void *argument), void *argument);
void isolated_finish(pthread_t thread);

/* A counting semaphore that survives the death of who waits for it: a number, and a futex. */
struct tokens {
	_Atomic uint32_t count;
};

/* The main function: runs the suite that has the program's name. */
int isolated_main(int argc, char **argv);

#endif
