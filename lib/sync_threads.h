/* SPDX-License-Identifier: MIT */
/* sync_threads.h: the product's side of sync.h: POSIX threads, the system's clock and memory,
 * liburcu. */
#ifndef POOLTOY_LIB_SYNC_THREADS_H
#define POOLTOY_LIB_SYNC_THREADS_H

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <time.h>
#include <urcu/urcu-bp.h>
#include <urcu/wfcqueue.h>

/* liburcu's atomics are inline assembly, which ThreadSanitizer cannot see: it is told of the orders
 * they give. */
#if defined(__SANITIZE_THREAD__)
#define SYNC_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SYNC_TSAN 1
#endif
#endif
#ifdef SYNC_TSAN
void __tsan_acquire(void *tag);
void __tsan_release(void *tag);
#define sync_tsan_acquire(tag) __tsan_acquire(tag)
#define sync_tsan_release(tag) __tsan_release(tag)
#else
#define sync_tsan_acquire(tag) ((void)(tag))
#define sync_tsan_release(tag) ((void)(tag))
#endif

#ifdef POOLTOY_DELAYS
#include "sync_delay.h"
#define SYNC_POINT(operation, object) sync_delay()
#else
#define SYNC_POINT(operation, object) ((void)0)
#endif
#define SYNC_FIGURE(operation, object) ((void)0)

/* Initial-exec: a load and an add in place of a call. What the library keeps there is small enough
 * for dlopen's reserve. */
#define SYNC_INITIAL_EXEC __attribute__((tls_model("initial-exec")))
#define SYNC_THREAD_LOCAL_DECLARED(storage, type, name) \
	storage _Thread_local SYNC_INITIAL_EXEC type name##_object; \
	static inline type *name(void) \
	{ \
		return &name##_object; \
	} \
	struct sync_swallow_semicolon
#define SYNC_THREAD_LOCAL(type, name)        SYNC_THREAD_LOCAL_DECLARED(static, type, name)
#define SYNC_THREAD_LOCAL_SHARED(type, name) SYNC_THREAD_LOCAL_DECLARED(extern, type, name)
#define SYNC_THREAD_LOCAL_OBJECT(type, name) _Thread_local SYNC_INITIAL_EXEC type name##_object

#define SYNC_GLOBAL(object) struct sync_swallow_semicolon

/* Mutexes. Default attributes: init cannot fail on Linux, but may elsewhere. */
struct sync_mutex {
	pthread_mutex_t mutex;
	enum lock_rank rank;
};
#define SYNC_MUTEX_INITIALIZER(rank) \
	{ \
		PTHREAD_MUTEX_INITIALIZER, rank \
	}

#ifdef POOLTOY_DEBUG
/* One bit for each rank that the calling thread holds. */
extern _Thread_local unsigned sync_ranks_held;
#define SYNC_RANK_TAKE(rank) \
	(assert(sync_ranks_held >> (rank) == 0), (void)(sync_ranks_held |= 1u << (rank)))
#define SYNC_RANK_DROP(rank) \
	(assert(sync_ranks_held >> (rank)&1), (void)(sync_ranks_held &= ~(1u << (rank))))
#else
#define SYNC_RANK_TAKE(rank) ((void)(rank))
#define SYNC_RANK_DROP(rank) ((void)(rank))
#endif

static inline int sync_mutex_init(struct sync_mutex *mutex, enum lock_rank rank)
{
	mutex->rank = rank;
	return pthread_mutex_init(&mutex->mutex, NULL);
}

static inline void sync_mutex_destroy(struct sync_mutex *mutex)
{
	pthread_mutex_destroy(&mutex->mutex);
}

static inline void sync_mutex_lock(struct sync_mutex *mutex)
{
	SYNC_POINT("lock", mutex);
	SYNC_RANK_TAKE(mutex->rank);
	pthread_mutex_lock(&mutex->mutex);
}

static inline void sync_mutex_unlock(struct sync_mutex *mutex)
{
	pthread_mutex_unlock(&mutex->mutex);
	SYNC_RANK_DROP(mutex->rank);
	SYNC_POINT("unlock", mutex);
}

/* Condition variables, on the monotonic clock. */
#define SYNC_NEVER UINT64_MAX /* a deadline that does not come */

struct sync_cond {
	pthread_cond_t cond;
};

static inline int sync_cond_init(struct sync_cond *cond)
{
	pthread_condattr_t attributes;
	int failed = pthread_condattr_init(&attributes);

	if (failed)
		return failed;
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	failed = pthread_cond_init(&cond->cond, &attributes);
	pthread_condattr_destroy(&attributes);
	return failed;
}

static inline void sync_cond_destroy(struct sync_cond *cond)
{
	pthread_cond_destroy(&cond->cond);
}

static inline void sync_cond_signal(struct sync_cond *cond)
{
	pthread_cond_signal(&cond->cond);
}

static inline bool sync_cond_wait_until(struct sync_cond *cond, struct sync_mutex *mutex,
					uint64_t deadline)
{
	struct timespec when;

	if (deadline == SYNC_NEVER) {
		pthread_cond_wait(&cond->cond, &mutex->mutex);
		return true;
	}
	when.tv_sec = (time_t)(deadline / 1000000000u);
	when.tv_nsec = (long)(deadline % 1000000000u);
	return pthread_cond_timedwait(&cond->cond, &mutex->mutex, &when) != ETIMEDOUT;
}

/* Threads. */
#define SYNC_THREAD_NAME_SIZE 16

struct sync_thread {
	pthread_t thread;
	char name[SYNC_THREAD_NAME_SIZE];
	void (*body)(void *argument);
	void *argument;
};

int sync_thread_start_guarded(struct sync_thread *thread, const char *name, size_t stack_size,
			      size_t guard_size, void (*body)(void *argument), void *argument);

static inline int sync_thread_start(struct sync_thread *thread, const char *name, size_t stack_size,
				    void (*body)(void *argument), void *argument)
{
	return sync_thread_start_guarded(thread, name, stack_size, 0, body, argument);
}

static inline void sync_thread_join(struct sync_thread *thread)
{
	pthread_join(thread->thread, NULL);
}

static inline void sync_thread_detach(struct sync_thread *thread)
{
	pthread_detach(thread->thread);
}

static inline _Noreturn void sync_thread_exit(void)
{
	pthread_exit(NULL);
}

#define sync_cleanup_push(function, argument) pthread_cleanup_push(function, argument)
#define sync_cleanup_pop(run)                 pthread_cleanup_pop(run)

static inline int sync_cancel_disable(void)
{
	int before;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
	return before;
}

static inline void sync_cancel_restore(int before)
{
	pthread_setcancelstate(before, NULL);
}

long sync_thread_id(void);
/*
 * All rounds of destructors but the last, in which sanitizers take their own leave of the thread.
 */
#define SYNC_THREAD_END_ROUNDS (PTHREAD_DESTRUCTOR_ITERATIONS - 1)
int sync_at_thread_end(void (*function)(void *value), void *value);
int sync_cpus(void);

/* The clock. */
static inline uint64_t sync_clock(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static inline uint64_t sync_now(void)
{
	return sync_clock(CLOCK_MONOTONIC);
}

static inline uint64_t sync_now_coarse(void)
{
	return sync_clock(CLOCK_MONOTONIC_COARSE);
}

uint64_t sync_random(void);

/* Memory: the system's, or the program's own (sync_memory.c). */
void *sync_alloc(size_t size);
void *sync_alloc_lines(size_t size);
void sync_free_memory(void *memory);

static inline void sync_free(void *memory)
{
	if (memory)
		sync_free_memory(memory);
}

/* Spinning. */
static inline void sync_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("isb" ::: "memory");
#endif
}

/*
 * Who is waited for may wait for this processor: a spin gives way now and then, and is over, but for
 * one more look, if somebody else has run meanwhile.
 */
enum { SYNC_SPINS_A_TURN = 64 };
bool sync_give_way(void);

#define sync_spin_until(condition, spins) \
	__extension__({ \
		unsigned spins_left = (spins); \
		bool spin_ended; \
		while (!(spin_ended = (condition)) && spins_left > 0) { \
			if (spins_left-- % SYNC_SPINS_A_TURN != 0) \
				sync_pause(); \
			else if (sync_give_way()) \
				spins_left = 0; /* one more look */ \
		} \
		spin_ended; \
	})
#define sync_yield_until(condition) \
	do { \
		while (!sync_spin_until(condition, 100)) \
			sched_yield(); \
	} while (0)

/* RCU, liburcu's "bulletproof" flavour: no thread registers. */
extern char sync_rcu_tag; /* for ThreadSanitizer: readers release it, a grace period acquires it */

static inline void sync_rcu_read_lock(void)
{
	urcu_bp_read_lock();
}

static inline void sync_rcu_read_unlock(void)
{
	sync_tsan_release(&sync_rcu_tag);
	urcu_bp_read_unlock();
}

static inline void sync_rcu_synchronize(void)
{
	urcu_bp_synchronize_rcu();
	sync_tsan_acquire(&sync_rcu_tag);
}

/* Queues: many senders, one receiver. */
struct sync_queue_node {
	struct cds_wfcq_node node;
};

struct sync_queue {
	SYNC_LINE_ALIGNED struct cds_wfcq_tail tail;   /* senders' */
	SYNC_LINE_ALIGNED struct __cds_wfcq_head head; /* the receiver's */
};

static inline void sync_queue_init(struct sync_queue *queue)
{
	__cds_wfcq_init(&queue->head, &queue->tail);
}

static inline void sync_queue_push(struct sync_queue *queue, struct sync_queue_node *node)
{
	cds_wfcq_node_init(&node->node);
	sync_tsan_release(node);
	cds_wfcq_enqueue(&queue->head, &queue->tail, &node->node);
}

static inline struct sync_queue_node *sync_queue_pop(struct sync_queue *queue)
{
	struct cds_wfcq_node *node = __cds_wfcq_dequeue_nonblocking(&queue->head, &queue->tail);

	if (node == NULL || node == CDS_WFCQ_WOULDBLOCK)
		return NULL;
	sync_tsan_acquire(node);
	return caa_container_of(node, struct sync_queue_node, node);
}

/* Events: Linux's eventfd. */
struct sync_event {
	int descriptor;
};
int sync_event_init(struct sync_event *event);
void sync_event_destroy(struct sync_event *event);
void sync_event_set(struct sync_event *event);
void sync_event_reset(struct sync_event *event);

static inline int sync_event_descriptor(const struct sync_event *event)
{
	return event->descriptor;
}

/* Forks. */
extern unsigned sync_forks;

static inline unsigned sync_fork_epoch(void)
{
	return sync_forks; /* written in a child before it has a second thread */
}

int sync_fork_watch(void);
void sync_fork_prepare(void);
void sync_fork_parent(void);
void sync_fork_child(void);
bool sync_fork_bracketed(void);

#endif
