/* SPDX-License-Identifier: MIT */
/* faults.h: what the library asks of the system, counted, and refused as a test says. */
#ifndef SUPPORT_FAULTS_H
#define SUPPORT_FAULTS_H

#include <stdbool.h>

/*
 * For programs linked with libpooltoy-faults.a: the library's own objects, in which the calls that
 * faults.syms lists lead here. Only the library's calls do, not the test's; and since what they lead
 * on to is the program's ordinary function, a sanitizer sees all that is not refused.
 *
 * Not refused is what liburcu asks for itself: urcu-bp aborts when it cannot map memory for a
 * thread's first read-side section.
 */
enum faults_kind {
	FAULTS_MEMORY,     /* calloc, aligned_alloc: ENOMEM */
	FAULTS_THREADS,    /* pthread_create, and what it is told: EAGAIN, ENOMEM */
	FAULTS_MUTEXES,    /* pthread_mutex_init: ENOMEM */
	FAULTS_CONDITIONS, /* pthread_cond_init, and its attributes: ENOMEM */
	FAULTS_PROCESS,    /* keys of thread-specific data, and their values; atfork handlers;
			    * eventfd: EMFILE; of which a child is made, too;
			    * getrandom, sched_getaffinity, for which there is a way round */
	FAULTS_PLACES,     /* a thread's processors, its scheduling: EPERM; nice value: EACCES */
	FAULTS_CHILDREN, /* what a child process is made of: memory to share, descriptors, the process */
	FAULTS_KERNEL, /* what an older kernel does not know, for which there is a way round: ENOPROTOOPT */
	FAULTS_KINDS
};

/* Of all requests of that kind from now on, by whatever thread, `good` succeed, and the `bad` after
 * them fail. */
void faults_begin(enum faults_kind kind, unsigned good, unsigned bad);
/* How many have failed since; no more do. */
unsigned faults_end(enum faults_kind kind);
/* So far. */
unsigned faults_met(enum faults_kind kind);

/* What has been made and not been destroyed, joined or freed: blocks of memory, threads, mutexes,
 * condition variables with their attributes. */
long faults_live(enum faults_kind kind);

/* "memory", "threads", ... */
const char *faults_name(enum faults_kind kind);

#endif
