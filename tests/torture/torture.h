/* SPDX-License-Identifier: MIT */
/* torture.h: what the parts of the torture program share: the run, its counts, its threads, its pools. */
#ifndef TORTURE_H
#define TORTURE_H

#include <pooltoy.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#if defined(__has_feature)
#define TORTURE_FEATURE(feature) __has_feature(feature)
#else
#define TORTURE_FEATURE(feature) 0
#endif
#if defined(__SANITIZE_THREAD__) || TORTURE_FEATURE(thread_sanitizer)
#define THREAD_SANITIZED 1
#else
#define THREAD_SANITIZED 0
#endif
#if THREAD_SANITIZED || defined(__SANITIZE_ADDRESS__) || TORTURE_FEATURE(address_sanitizer)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

/*
 * What is counted. A run in which one of these did not take place has not tested it, and fails; but for
 * forks under a sanitizer, whose own locks and threads do not survive them.
 */
#define TORTURE_KINDS(KIND) \
	KIND(CHECKOUTS, "checkouts granted") \
	KIND(TIMEOUTS, "checkouts that gave up waiting") \
	KIND(REFUSALS, "tries refused") \
	KIND(CHECKINS, "checkins") \
	KIND(STALE, "leases found stale") \
	KIND(CALLS, "calls answered") \
	KIND(CALL_ERRORS, "calls answered with an error of the handler's") \
	KIND(CALL_TIMEOUTS, "calls that gave up waiting") \
	KIND(CRASHES, "calls whose worker crashed") \
	KIND(LONG_REPLIES, "replies fetched later") \
	KIND(CASTS, "casts") \
	KIND(BORROWS, "states borrowed") \
	KIND(ADOPTIONS, "leases adopted") \
	KIND(HANDOVERS, "leases adopted from another thread") \
	KIND(TRANSACTIONS, "transactions") \
	KIND(CLIENTS, "explicit clients") \
	KIND(NESTED, "checkouts from callbacks") \
	KIND(DEADLOCKS, "certain deadlocks refused") \
	KIND(STATUSES, "looks at a pool") \
	KIND(WALKS, "walks of the tree") \
	KIND(POOLS_STARTED, "pools started") \
	KIND(POOLS_FOUND, "pools found by name") \
	KIND(POOLS_STOPPED, "pools stopped") \
	KIND(POOLS_FAILED, "pools given up") \
	KIND(REVIVALS, "pools revived") \
	KIND(SUPERVISORS, "supervisors started and stopped") \
	KIND(INIT_FAILURES, "failed inits") \
	KIND(RESETS, "resets") \
	KIND(INTERRUPTS, "interrupts") \
	KIND(QUARANTINES, "workers quarantined") \
	KIND(EVENTS, "events told") \
	KIND(WORKER_KILLS, "workers killed") \
	KIND(WORKER_ENDS, "workers told to die") \
	KIND(MANAGER_KILLS, "managers killed") \
	KIND(SUPERVISOR_KILLS, "supervisor threads killed") \
	KIND(CLIENT_RETURNS, "clients that returned with leases") \
	KIND(CLIENT_EXITS, "clients that called pthread_exit with leases") \
	KIND(CLIENT_CANCELS, "clients cancelled") \
	KIND(PLAIN_FORKS, "forks without the bracket") \
	KIND(BRACKETED_FORKS, "forks within the bracket") \
	KIND(CHILD_REFUSALS, "calls refused in children") \
	KIND(CHILD_SERVICES, "children that served with pools of their own") \
	KIND(SIGNALS_SENT, "signals sent") \
	KIND(SIGNALS_HANDLED, "signals handled") \
	KIND(IDLE_MANAGERS, "managers run at SCHED_IDLE") \
	KIND(CONTROL_CALLS, "calls to the control pool")

#define TORTURE_KIND(kind, name) kind,
enum kind { TORTURE_KINDS(TORTURE_KIND) KINDS };
#undef TORTURE_KIND

/* counts.c. In memory that forked children share. */
void counts_open(void);
void did(enum kind kind);
void did_many(enum kind kind, long number);
long count_of(enum kind kind);
/* None is 0 that should not be. */
bool counts_complete(void);
void counts_print(void);

/* The run (main.c). */
struct torture {
	uint64_t seed;
	unsigned seconds;
	int cpus;
	bool verbose;
	atomic_bool over;
};
extern struct torture torture;
/* Pauses until the next action; returns whether the run goes on. */
bool go_on_after(unsigned microseconds);
uint64_t now_ms(void);
uint64_t now_us(void);

/* A stream of random numbers for one thread (counts.c). */
struct stream {
	uint64_t state;
};
struct stream stream_of(unsigned thread);
unsigned draw(struct stream *stream, unsigned below);

/*
 * A thread of the torturer's, as the watchdog sees it (watchdog.c). It says what it does before it does it;
 * who says nothing for too long has stopped.
 */
struct torturer {
	char name[24];
	_Atomic(const char *) action;
	atomic_uint_least64_t since_ms;
	atomic_long thread_id;
	atomic_int pool; /* index, or -1 */
	atomic_bool present;
};
struct torturer *torturer_new(const char *name, unsigned number);
/* The calling thread lives this one from now on, and none afterwards. */
void torturer_enter(struct torturer *torturer);
void torturer_leave(struct torturer *torturer);
void doing(struct torturer *torturer, const char *action, int pool);
/* One of those present that wants signals, or 0. */
long random_thread_id(struct stream *stream);

void watchdog_start(void);
void watchdog_stop(void);
/* Prints the story, the tree, every torturer's last action and how to repeat the run; ends the process. */
_Noreturn void torture_failed(const char *format, ...) POOLTOY_PRINTF(1, 2);
#define REQUIRE(condition) \
	((condition) ? (void)0 \
		     : torture_failed("%s:%d: not so: %s", __FILE__, __LINE__, #condition))

/* The code is one of those allowed (a sum of MAYs); else the run has failed. Returns it. */
#define MAY(code) (1u << -(code))
int allow(int code, unsigned allowed, const char *call);

/* What the workers of one pool, or of several, are counted by: the pool's argument. */
struct census {
	atomic_long inits, terminates, releases, starts;
	atomic_int alive, most_alive;
	unsigned one_init_in; /* fails; 0: none does */
	bool stubborn;        /* handlers may outlast the grace time */
};

/* The pools (pools.c). */
enum { AFFINE, LIFO, FIFO, ELASTIC, SINGLE, FRAGILE, STUBBORN, POOLS };
struct arena {
	struct pooltoy_supervisor *supervisor;
	struct pooltoy_pool *pools[POOLS];
	struct census census[POOLS];
	struct census
		passing; /* of pools that come and go, here and with supervisors of their own */
};
extern struct arena arena;
void arena_open(void);
/* All pools serve, and nothing is held; then stops them, and nothing is left. */
void arena_close(void);
const struct pooltoy_pool_spec *spec_of_passing(const char *name);
void release_census(void *census);
/* What a checkout of it with this timeout may answer. */
unsigned allowed_of_checkout(int pool, int timeout_ms);
void look_at_pool(struct pooltoy_pool *pool);

/* The workers (workers.c). */
enum verb {
	DOUBLE,
	GROW,
	DOZE,
	DOZE_DEAF,
	REFUSE,
	BREAK,
	LEAVE,
	END_THREAD,
	NEST,
	NEST_AND_DIE,
	VERBS
};
struct order {
	enum verb verb;
	int number;
};
enum { REFUSED = POOLTOY_EUSER - 7 };
extern const struct pooltoy_worker_ops torture_worker;
struct state;
/* Around the use of a borrowed state: nobody else is in it. */
void state_enter(struct state *state);
void state_leave(struct state *state);

/* One action each (actions.c, administration.c). */
void visit(struct torturer *self, struct stream *stream);
void hold_something(struct torturer *self, struct stream *stream);
void administer(struct torturer *self, struct stream *stream);

/* Threads that do these: each starts some, and is waited for when the run is over. */
void seats_start(void);
void seats_join(void);
void killer_start(void);
void killer_join(void);
void forker_start(void);
void forker_join(void);
void signals_start(void);
/* The calling thread is one of ours, on which handlers may run. */
void signals_enter(void);
void signals_block(int how); /* as for pthread_sigmask */
/*
 * Around what no handler may run in under ThreadSanitizer; these nest. It runs a handler at once in a thread that is
 * in a blocking call, even where the call has come back into the sanitizer, as pthread_join does to free the
 * thread's memory and a cancellation to unwind, and holds a lock there which the handler then waits for.
 */
void signals_hold_off(void);
void signals_let_in(void);
void signals_join(void);
void demoter_start(void);
void demoter_join(void);
void control_start(void);
/* Returns the worst latency of a call, in us. */
uint64_t control_join(void);

pthread_t begin(void *(*body)(void *argument), void *argument);
/* Joins the thread, and returns its result. */
void *finish(pthread_t thread);
/* pooltoy_supervisor_stop, which joins a thread, too. */
int stop_supervisor(struct pooltoy_supervisor *supervisor, int timeout_ms);

#endif
