/* SPDX-License-Identifier: MIT */
/* support.h: what scenarios share: a supervisor on a stage, its events recorded; puppets for workers;
 * customers for clients; gates. */
#ifndef SCENARIO_SUPPORT_H
#define SCENARIO_SUPPORT_H

#include "support/suite.h"

#include <pooltoy.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

/* 1 in the build whose workers all run in child processes. */
#ifndef ISOLATED
#define ISOLATED 0
#endif
#if ISOLATED
#include "isolated/isolated.h"
#else
#define SHARED /* what is not on a stack, and used by workers, too */
#endif

#if defined(__has_feature)
#define SANITIZER_IS(feature) __has_feature(feature)
#else
#define SANITIZER_IS(feature) 0
#endif
#if defined(__SANITIZE_THREAD__) || SANITIZER_IS(thread_sanitizer)
#define THREAD_SANITIZED 1
#else
#define THREAD_SANITIZED 0
#endif
#if defined(__SANITIZE_ADDRESS__) || SANITIZER_IS(address_sanitizer)
#define ADDRESS_SANITIZED 1
#else
#define ADDRESS_SANITIZED 0
#endif
#define SANITIZED (THREAD_SANITIZED || ADDRESS_SANITIZED)

/* Some scenarios are of threads alone: what they are about is different with processes, or is not. */
#define SKIP_IF_ISOLATED(reason) \
	do { \
		if (ISOLATED) \
			SKIP(reason); \
	} while (0)

/* How long to wait for what is bound to happen: a test that needs all of it has failed. In ms. */
enum { SOON = 30000 };

/* The call gives just this code. MUST: or the test is over; on the test's own thread only. */
#define EXPECT(code, call) expect_code((code), (call), #call, __FILE__, __LINE__, false)
#define MUST(call)         expect_code(POOLTOY_OK, (call), #call, __FILE__, __LINE__, true)
bool expect_code(int expected, int got, const char *call, const char *file, unsigned line,
		 bool fatal);

/* The calling thread's last error has all these words in it. */
#define EXPECT_STORY(...) \
	expect_story((const char *const[]){ __VA_ARGS__, NULL }, __FILE__, __LINE__)
void expect_story(const char *const *words, const char *file, unsigned line);

/* Waits for a condition that no event tells of; soon. */
#define AWAIT(condition) \
	do { \
		uint64_t await_until = now_ms() + SOON; \
		bool await_held; \
		while (!(await_held = (condition)) && now_ms() < await_until) \
			breathe(); \
		suite_assert(await_held, __LINE__, "await " #condition, __FILE__, "", CU_FALSE); \
	} while (0)
uint64_t now_ms(void);
void breathe(void);

/* For condition variables that are waited for until `soon`. */
void monotonic_cond_init(pthread_cond_t *cond);
struct timespec soon(void);

#if !ISOLATED
/*
 * A counting semaphore, of a mutex and a condition variable: ThreadSanitizer follows a thread that is
 * cancelled in those, but not one that is cancelled in sem_wait.
 */
struct tokens {
	pthread_mutex_t lock;
	pthread_cond_t more;
	unsigned count;
};
#endif
void tokens_init(struct tokens *tokens);
void tokens_destroy(struct tokens *tokens);
void tokens_put(struct tokens *tokens);
void tokens_take(struct tokens *tokens); /* waits; a cancellation point */
bool tokens_take_soon(struct tokens *tokens);
bool tokens_try(struct tokens *tokens);

/* Somebody arrives, and waits to be let through; each time anew. */
struct gate {
	struct tokens arrived, open;
};
void gate_init(struct gate *gate);
void gate_destroy(struct gate *gate);
void gate_pass(struct gate *gate);
/* Waits for an arrival; soon. False, and the test fails, if there is none. */
bool gate_await(struct gate *gate);
void gate_open(struct gate *gate);

/* A supervisor, and all that it tells. */
struct recorded {
	enum pooltoy_event_type type;
	enum pooltoy_severity severity;
	char pool[64], reason[256], stack[1024], line[2048];
	int worker;
	uint64_t instance, duration_ns;
};
enum { RECORDS = 4096 };

struct stage {
	struct pooltoy_supervisor *supervisor;
	pthread_mutex_t lock;
	pthread_cond_t news;
	struct recorded *records; /* the first RECORDS of them */
	unsigned count;
};
void stage_open(struct stage *stage);
/* Stops the supervisor, which is to succeed. */
void stage_close(struct stage *stage);
/* The same, and the stop is to answer `code`. The supervisor may have been stopped (NULL). */
void stage_close_with(struct stage *stage, int code, int timeout_ms);

/* The nth event of that type, from 1, of that pool (NULL: of any): waits for it; soon. NULL, and the
 * test fails, if it does not come. */
const struct recorded *await_event(struct stage *stage, const char *pool,
				   enum pooltoy_event_type type, unsigned nth);
/* A worker has used up its grace: it is quarantined; if it is a process, it is killed, and dies. */
#define EVENT_OVERDUE (ISOLATED ? POOLTOY_EVENT_WORKER_DIED : POOLTOY_EVENT_WORKER_QUARANTINED)
/* How many there have been. */
unsigned events(struct stage *stage, const char *pool, enum pooltoy_event_type type);

struct pooltoy_pool *start_pool(struct stage *stage, const struct pooltoy_pool_spec *spec);
/* Stops and releases it. */
void stop_pool(struct pooltoy_pool *pool);
struct pooltoy_pool_status status_of(struct pooltoy_pool *pool);
/* All of `size` are idle. */
void await_idle(struct pooltoy_pool *pool, int count);
/* A client can check a worker out, call it, and check it in. */
void expect_service(struct pooltoy_pool *pool);
/* The same, soon: for a pool that may still be restarting, which cuts a call off. */
void await_service(struct pooltoy_pool *pool);

/* The worker of the documents: an int in, twice the int out. No state. */
extern const struct pooltoy_worker_ops doubler;

/*
 * A worker that does as it is told, and keeps count. A pool's argument is a struct troupe.
 */
struct troupe {
	atomic_int inits, terminates, resets, interrupts, casts, calls, releases;
	atomic_int failing_inits; /* so many inits to come fail */
	atomic_int on_stage;      /* puppets between init and terminate */
	atomic_int most_on_stage;
	atomic_int collisions; /* callbacks or borrowers that met in one puppet */
	atomic_int reason;     /* of the last terminate */
	atomic_int cast_sum, last_cast, casts_out_of_order;
	_Atomic(struct gate *) init_gate, reset_gate, terminate_gate; /* NULL: not held there */
	_Atomic(struct gate *) ping_gate; /* an interrupt opens it, too */
	atomic_int pings, failing_pings;  /* so many pings to come fail */
};

/* The state of a puppet. */
struct puppet {
	struct troupe *troupe;
	atomic_int busy; /* 1 while somebody is in it */
	_Atomic(struct gate *) held;
	atomic_bool interrupted;
};
extern const struct pooltoy_worker_ops puppet_ops;
/* With nothing but init, calls and terminate. */
extern const struct pooltoy_worker_ops plain_puppet_ops;
void puppet_release(void *troupe);
/* So many, by callers before they returned; in child processes, soon. */
void expect_interrupts(struct troupe *troupe, int count);
/* Around the use of a borrowed puppet: notes collisions. */
void puppet_enter(struct puppet *puppet);
void puppet_leave(struct puppet *puppet);

/* What a puppet can be told in a call or, as far as that makes sense, in a cast. */
enum verb {
	DOUBLE,     /* reply 2 * number */
	ECHO,       /* reply the request */
	GROW,       /* reply `number` bytes, of a pattern */
	HOLD,       /* wait at the gate, which `interrupt` opens, too; reply 2 * number */
	HOLD_DEAF,  /* the same, but `interrupt` does nothing */
	REFUSE,     /* reply with the error `number` */
	BREAK,      /* return worker_fail("told to break") */
	LEAVE,      /* pooltoy_worker_exit("told to leave") */
	END_THREAD, /* pthread_exit */
	TIME_LEFT,  /* reply pooltoy_worker_time_left */
	OUTLAST,    /* arrive at the gate, and end when no time is left */
	COUNT       /* casts: add to the sum, and note the order */
};
struct order {
	enum verb verb;
	int number;
	struct gate *gate;
};
int tell(const struct pooltoy_lease *lease, struct order order, int *answer, int timeout_ms);
/* A call that times out, with its handler at the gate, where it heeds no interrupt. */
void call_and_leave(const struct pooltoy_lease *lease, struct gate *gate, int *answer,
		    int timeout_ms);
int tell_cast(const struct pooltoy_lease *lease, struct order order);
/* A pattern for long messages. */
unsigned char pattern_at(size_t index);

/*
 * A client thread that checks a worker out, holds it, and goes, one way or another. In between it
 * may be told to do something with the lease.
 */
enum farewell { CHECKIN, JUST_RETURN, PTHREAD_EXIT, BE_CANCELLED };
struct customer {
	struct pooltoy_pool *pool;
	int timeout_ms, leases;                 /* how many to check out (1) */
	enum farewell farewell;                 /* set before it is let go */
	void (*act)(struct customer *customer); /* between checkout and the wait; NULL: nothing */
	void *argument;

	int code;        /* of the first checkout that failed, or 0 */
	int ticket;      /* the how-manieth to be served, of all */
	int refusal;     /* of the checkin */
	char story[384]; /* its last error, if code is not 0 */
	struct pooltoy_lease lease[2];
	long thread_id;
	struct tokens served, go;
	pthread_t thread;
};
void customer_come(struct customer *customer, struct pooltoy_pool *pool, int timeout_ms);
/* Waits until it was served, or refused; soon. Its code. */
int customer_await(struct customer *customer);
bool customer_is_served(struct customer *customer); /* a look, which takes the news */
/* Lets it go, and waits until its thread has ended. */
void customer_go(struct customer *customer, enum farewell farewell);
/* To be its `act`: it gives its first lease back at once, and not when it goes (JUST_RETURN). */
void customer_checks_in(struct customer *customer);
/* Cancels it wherever it is. */
void customer_cancel(struct customer *customer);

pthread_t begin(void *(*body)(void *argument), void *argument);
void finish(pthread_t thread);

/*
 * Runs the body in a child process, forked within the library's bracket while no supervisor runs
 * here, and expects it to exit with 0: it _exits with 0 when the body returns, or with 1 if an
 * assertion of the body's failed.
 */
void in_child(void (*body)(void));
/*
 * Until all other threads sleep: AddressSanitizer's allocator stays locked in a child that is forked
 * while one of them allocates. The children of in_child are forked then, under that sanitizer.
 */
void await_rest(void);
/* A file of /proc/self/task/<thread>, as one read has it; false if the thread has ended. */
bool read_of_thread(const char *thread, const char *file, char *text, size_t size);

/* How the child of in_child ended, as waitpid tells it. */
int run_child(void (*body)(void));
/* Whether an assertion has failed in this child so far. */
bool child_failed(void);

#endif
