/* SPDX-License-Identifier: MIT */
/* sync_fibers.h: the explorer's side of sync.h: fibers in one OS thread, virtual time. */
#ifndef EXPLORE_SYNC_FIBERS_H
#define EXPLORE_SYNC_FIBERS_H

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * Names and meaning are those of sync_threads.h. What differs is when things happen: at each
 * scheduling point the explorer decides which fiber goes on, so one run of the program is one
 * schedule, and a list of decisions replays it.
 *
 * Sets of fibers are bit masks: there are at most 64 at a time.
 */

/* A place in the source where a thread does something to an object. */
struct fiber_site {
	const char *operation;
	const char *name; /* the object's, as the source has it */
	const char *function;
	int line;
	unsigned marks; /* by which laws know it again; 0 at first */
};
#define FIBER_SITE(operation, name) \
	(__extension__({ \
		static struct fiber_site fiber_site_ = { operation, name, __func__, __LINE__, 0 }; \
		&fiber_site_; \
	}))

/* A scheduling point, before an access to `object`. */
#define SYNC_POINT(operation, object) \
	fiber_point(FIBER_SITE(operation, #object), (const volatile void *)(object))
void fiber_point(struct fiber_site *site, const volatile void *object);
/* An access that is none, but that others may see. */
#define SYNC_FIGURE(operation, object) \
	((operation)[0] == 'l' ? causality_reads(object) : causality_writes(object))
extern bool causality_kept; /* the pasts of threads, in this schedule: causality.c */
void causality_keep_read(const volatile void *object);
void causality_keep_write(const volatile void *object);

static inline void causality_reads(const volatile void *object)
{
	if (causality_kept)
		causality_keep_read(object);
}

static inline void causality_writes(const volatile void *object)
{
	if (causality_kept)
		causality_keep_write(object);
}

/* What the calling fiber is about to do, for the operations below; not a scheduling point. */
void fiber_at(struct fiber_site *site, const volatile void *object);
#define FIBER_AT(operation, object) fiber_at(FIBER_SITE(operation, #object), object)

/* Thread-local objects: each has its place in every fiber. */
struct fiber_local {
	size_t size;
	size_t place; /* plus one; 0: none yet */
};
void *fiber_local(struct fiber_local *local);
#define SYNC_THREAD_LOCAL(type, name) \
	static struct fiber_local name##_local = { sizeof(type), 0 }; \
	static inline type *name(void) \
	{ \
		return fiber_local(&name##_local); \
	} \
	struct sync_swallow_semicolon
#define SYNC_THREAD_LOCAL_SHARED(type, name) \
	extern struct fiber_local name##_local; \
	static inline type *name(void) \
	{ \
		return fiber_local(&name##_local); \
	} \
	struct sync_swallow_semicolon
#define SYNC_THREAD_LOCAL_OBJECT(type, name) struct fiber_local name##_local = { sizeof(type), 0 }

/* Static objects that change: each schedule finds them as the first one did. */
void memory_global(void *object, size_t size);
#define SYNC_GLOBAL(object) \
	static void __attribute__((constructor)) object##_is_global(void) \
	{ \
		memory_global(&object, sizeof object); \
	} \
	struct sync_swallow_semicolon

/* Mutexes. */
struct fiber;
enum { SYNC_MUTEX_ALIVE = 0x6d757465, SYNC_COND_ALIVE = 0x636f6e64 };

struct sync_mutex {
	struct fiber *owner;
	uint64_t wanted_by; /* fibers that can go on only while nobody else has it */
	enum lock_rank rank;
	unsigned alive;
};
#define SYNC_MUTEX_INITIALIZER(rank) \
	{ \
		NULL, 0, rank, SYNC_MUTEX_ALIVE \
	}

int locks_mutex_init(struct sync_mutex *mutex, enum lock_rank rank);
void locks_mutex_destroy(struct sync_mutex *mutex);
void locks_mutex_lock(struct sync_mutex *mutex);
void locks_mutex_unlock(struct sync_mutex *mutex);
#define sync_mutex_init(mutex, rank) (FIBER_AT("init", mutex), locks_mutex_init(mutex, rank))
#define sync_mutex_destroy(mutex)    (FIBER_AT("destroy", mutex), locks_mutex_destroy(mutex))
#define sync_mutex_lock(mutex)       (FIBER_AT("lock", mutex), locks_mutex_lock(mutex))
#define sync_mutex_unlock(mutex)     (FIBER_AT("unlock", mutex), locks_mutex_unlock(mutex))

/* Condition variables. */
#define SYNC_NEVER UINT64_MAX

struct sync_cond {
	uint64_t waiters;
	unsigned alive;
};

int locks_cond_init(struct sync_cond *cond);
void locks_cond_destroy(struct sync_cond *cond);
void locks_cond_signal(struct sync_cond *cond);
bool locks_cond_wait(struct sync_cond *cond, struct sync_mutex *mutex, uint64_t deadline);
#define sync_cond_init(cond)    (FIBER_AT("init", cond), locks_cond_init(cond))
#define sync_cond_destroy(cond) (FIBER_AT("destroy", cond), locks_cond_destroy(cond))
#define sync_cond_signal(cond)  (FIBER_AT("signal", cond), locks_cond_signal(cond))
#define sync_cond_wait_until(cond, mutex, deadline) \
	(FIBER_AT("wait", cond), locks_cond_wait(cond, mutex, deadline))

/* Threads. */
#define SYNC_THREAD_NAME_SIZE  16
#define SYNC_THREAD_END_ROUNDS 4

struct sync_thread {
	struct fiber *fiber;
	char name[SYNC_THREAD_NAME_SIZE];
};

int fiber_start(struct sync_thread *thread, const char *name, void (*body)(void *argument),
		void *argument);
void fiber_join(struct sync_thread *thread);
void fiber_detach(struct sync_thread *thread);
_Noreturn void fiber_exit(void);
#define sync_thread_start(thread, name, stack_size, body, argument) \
	(FIBER_AT("start", thread), (void)(stack_size), fiber_start(thread, name, body, argument))
#define sync_thread_start_guarded(thread, name, stack_size, guard_size, body, argument) \
	((void)(guard_size), sync_thread_start(thread, name, stack_size, body, argument))
#define sync_thread_join(thread)   (FIBER_AT("join", thread), fiber_join(thread))
#define sync_thread_detach(thread) (FIBER_AT("detach", thread), fiber_detach(thread))
#define sync_thread_exit()         fiber_exit()

struct fiber_cleanup {
	void (*function)(void *argument);
	void *argument;
	struct fiber_cleanup *next;
};
void fiber_cleanup_push(struct fiber_cleanup *cleanup);
void fiber_cleanup_pop(bool run);
#define FIBER_CLEANUP_NAME_(line) fiber_cleanup_##line
#define FIBER_CLEANUP_NAME(line)  FIBER_CLEANUP_NAME_(line)
#define sync_cleanup_push(function, argument) \
	do { \
		struct fiber_cleanup FIBER_CLEANUP_NAME(__LINE__) = { function, argument, NULL }; \
	fiber_cleanup_push(&FIBER_CLEANUP_NAME(__LINE__))
#define sync_cleanup_pop(run) \
	fiber_cleanup_pop(run); \
	} \
	while (0)

int sync_cancel_disable(void);
void sync_cancel_restore(int before);
long sync_thread_id(void);
int sync_at_thread_end(void (*function)(void *value), void *value);
int sync_cpus(void);

/* The clock. */
uint64_t sync_now(void);
uint64_t sync_now_coarse(void);
uint64_t sync_random(void);

/* Memory. */
void *memory_alloc(size_t size, size_t alignment, const char *function);
void memory_free(void *memory, const char *function);
#define sync_alloc(size)       memory_alloc(size, 16, __func__)
#define sync_alloc_lines(size) memory_alloc(size, SYNC_CACHE_LINE, __func__)
#define sync_free(memory)      memory_free(memory, __func__)

/* Spinning is blocking: the fiber looks again once another one has moved. */
void fiber_yield_begin(void);
void fiber_yield(struct fiber_site *site);
void fiber_yield_end(void);
#define sync_pause()                      ((void)0)
#define sync_spin_until(condition, spins) ((void)(spins), (condition))
#define sync_yield_until(condition) \
	do { \
		fiber_yield_begin(); \
		while (!(condition)) \
			fiber_yield(FIBER_SITE("yield until", #condition)); \
		fiber_yield_end(); \
	} while (0)

/* RCU. */
void rcu_read_lock(void);
void rcu_read_unlock(void);
void rcu_synchronize(void);
#define sync_rcu_read_lock()   (FIBER_AT("read lock", NULL), rcu_read_lock())
#define sync_rcu_read_unlock() (FIBER_AT("read unlock", NULL), rcu_read_unlock())
#define sync_rcu_synchronize() (FIBER_AT("synchronize", NULL), rcu_synchronize())

/* Queues: many senders, one receiver. A push has two steps, and between them pop finds nothing. */
struct sync_queue_node {
	struct sync_queue_node *next;
	bool linked;
};

struct sync_queue {
	struct sync_queue_node *head, *tail;
	struct fiber *popping; /* the receiver is one thread at a time */
};

void sync_queue_init(struct sync_queue *queue);
void queue_push(struct sync_queue *queue, struct sync_queue_node *node);
struct sync_queue_node *queue_pop(struct sync_queue *queue);
#define sync_queue_push(queue, node) (FIBER_AT("push", queue), queue_push(queue, node))
#define sync_queue_pop(queue)        (FIBER_AT("pop", queue), queue_pop(queue))

/* Events. */
enum { SYNC_EVENT_ALIVE = 0x65766e74 };

struct sync_event {
	bool set;
	unsigned alive;
};

int event_init(struct sync_event *event);
void event_destroy(struct sync_event *event);
void event_put(struct sync_event *event, bool set);
#define sync_event_init(event)    (FIBER_AT("open", event), event_init(event))
#define sync_event_destroy(event) (FIBER_AT("close", event), event_destroy(event))
#define sync_event_set(event)     (FIBER_AT("set", event), event_put(event, true))
#define sync_event_reset(event)   (FIBER_AT("reset", event), event_put(event, false))

static inline int sync_event_descriptor(const struct sync_event *event)
{
	return event->alive == SYNC_EVENT_ALIVE ? 0 : -1;
}

/* Forks: none here. */
static inline unsigned sync_fork_epoch(void)
{
	return 0;
}

static inline int sync_fork_watch(void)
{
	return 0;
}

static inline void sync_fork_prepare(void)
{
}

static inline void sync_fork_parent(void)
{
}

static inline void sync_fork_child(void)
{
}

static inline bool sync_fork_bracketed(void)
{
	return true;
}

#endif
