/* SPDX-License-Identifier: MIT */
/* sync_child.h: a further part of sync.h: child processes, and threads that sleep until one is heard. */
#ifndef POOLTOY_LIB_SYNC_CHILD_H
#define POOLTOY_LIB_SYNC_CHILD_H

#include "parker.h"
#include "sync_placement.h"

#include <string.h>

/*
 * A child shares memory with its server, rings it and is rung, and writes to its stderr. In the
 * product it is a process (sync_child.c), in the explorer a fiber (tests/explore/child.c).
 *
 * The server sleeps on descriptors of its own alone: an epoll instance and a socket, new ones in each
 * life. Nothing that the child can set, fill or hold, be it a flag, a counter, a lock or a word, has a
 * say in how long a thread sleeps that speaks to it; its bell only wakes. The child, which the server
 * does not depend on, sleeps at a word of the memory: a futex, which takes no descriptor, and cannot be
 * closed at its other end.
 */
struct sync_child;

/* What the child finds under which descriptor. stdin is /dev/null, stdout and stderr are its words. */
enum { CHILD_MEMORY = 3, CHILD_BELL = 4, CHILD_DESCRIPTORS = 5 };

/* A real-time signal, for which a thread of the child waits. */
enum { CHILD_INTERRUPT = 40 };

struct sync_child_spec {
	const char *name; /* for people: ps shows it */
	size_t memory;    /* bytes to share, zeroed */
	/* A directory in which to make a cgroup for it, or NULL; and its limit, 0 or bytes. */
	const char *cgroup;
	uint64_t cgroup_memory;
};

/* The helper: where the environment's POOLTOY_CHILD says, or where it was installed. Whether it can be
 * executed: 0 or an errno value. */
const char *sync_child_program(void);
int sync_child_check_program(void);

enum { CHILD_WORDS = 160 };

/*
 * By the thread that will outlive the child, which ends with it. 0, or an errno value, and `reason`
 * says what failed. Blocks until the program has been executed.
 */
int sync_child_start(struct sync_child **child, const struct sync_child_spec *spec, char *reason,
		     size_t size);

/* As ps shows it. It may be another process's once the child has been heard to end. */
long sync_child_process_id(const struct sync_child *child);

/* Its main thread, while it waits for a request. As sync_place. */
int sync_child_place(struct sync_child *child, const struct sync_placement *placement,
		     const char **what);

/* Kills it if it lives, reaps it, and frees what belongs to it. */
void sync_child_close(struct sync_child *child);

void *sync_child_memory(struct sync_child *child);

/*
 * Once, when the child has answered for the first time: whether it has seen to it that nobody can take any
 * of that memory away again, which the server would wait for, or die of.
 */
bool sync_child_has_sealed(struct sync_child *child);

/* Wakes the child if it sleeps at that word of the memory. After a change of the word. */
void sync_child_ring(struct sync_child *child, sync_atomic(uint32_t) * word);

/* Any thread, while it is not closed. A child that has ended is not signalled. */
void sync_child_interrupt(struct sync_child *child);
void sync_child_kill(struct sync_child *child);

/*
 * Sleeps until the child rings, or has ended: true; false once the deadline (ns) has passed. One
 * thread at a time; a cancellation point.
 */
bool sync_child_await_ring(struct sync_child *child, uint64_t deadline);

/* Takes what it has written and rung, never more than a bounded part; whether it has ended. */
bool sync_child_listen(struct sync_child *child);

/* Around a fork: meanwhile no thread reaps. */
void sync_child_fork_prepare(void);
void sync_child_fork_end(void);

/* After its end: how it ended, and its last words. */
void sync_child_describe_end(struct sync_child *child, char *text, size_t size);

/*
 * A bed: where the thread of a parker sleeps that has children to listen to. Its ears are its own:
 * whom, and for what. Waking is for any thread.
 */
enum sync_bed_ears {
	EARS_SHUT,   /* nothing */
	EARS_IDLE,   /* words, and the end */
	EARS_RINGING /* rings, too */
};

struct sync_bed {
	struct parker_bed parker_bed; /* the first member */
	struct sync_mutex lock;
	struct sync_event woken; /* guarded by the lock, but for the sleeper */
	bool made;               /* `woken` is there; the same */
	struct sync_child *child;
	enum sync_bed_ears ears;
	bool heard; /* something, since the sleeper last cleared it */
#ifdef POOLTOY_EXPLORE
	struct sync_cond cond;
	bool is_woken;
	struct sync_bed *next;
#endif
};

/* 0 or an errno value. Waking comes to nothing while the bed is not made, which costs a descriptor. */
int sync_bed_init(struct sync_bed *bed);
int sync_bed_make(struct sync_bed *bed);
void sync_bed_unmake(struct sync_bed *bed);
void sync_bed_destroy(struct sync_bed *bed);

#endif
