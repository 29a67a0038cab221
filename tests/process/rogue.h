/* SPDX-License-Identifier: MIT */
/* rogue.h: a worker in a child process that does to itself whatever it is told. */
#ifndef PROCESS_ROGUE_H
#define PROCESS_ROGUE_H

enum rogue_verb {
	ROGUE_DOUBLE,   /* reply 2 * number */
	ROGUE_ABORT,    /* abort(3) */
	ROGUE_SEGV,     /* writes through a null pointer */
	ROGUE_BUS,      /* reads beyond the end of a file that it has mapped */
	ROGUE_OVERFLOW, /* recurses until its stack is used up */
	ROGUE_DIVIDE,   /* SIGFPE, by itself */
	ROGUE_EXIT,     /* exit(number) */
	ROGUE_KILL,     /* SIGKILL to itself */
	ROGUE_BREAK,    /* "I am broken" */
	ROGUE_LEAVE,    /* pooltoy_worker_exit */
	ROGUE_THREAD,   /* pthread_exit */
	ROGUE_LOOP,     /* endless, and deaf */
	ROGUE_WAIT,     /* until it is interrupted; reply number */
	ROGUE_SAY,      /* number lines on stderr, and "last words" */
	ROGUE_GROW,     /* reply `number` bytes of a pattern */
	ROGUE_EAT,      /* allocates and touches number MiB; reply how many it got */
	ROGUE_OPEN,     /* opens files until that fails; reply how many */
	ROGUE_DESCRIBE, /* reply a struct rogue_self */
	ROGUE_ORPHAN,   /* forks a process that outlives it by `number` seconds, with all it has; then exits */
	ROGUE_SYSCALL,  /* number as a system call; reply its errno */
	ROGUE_LEFT      /* reply pooltoy_worker_time_left */
};

struct rogue_order {
	int verb, number;
};

struct rogue_self {
	long process, session, parent, user;
	int descriptors, no_new_privs, has_controlling_terminal;
	int inits, casts, resets, interrupts; /* of this child */
	int blocked_signals;
	char argument[32], name[32], pool[32];
	unsigned index;
	int has_pool;
};

#endif
