/* SPDX-License-Identifier: MIT */
/* sync_threads.c: what of sync_threads.h is too long to be inline. */
#include "sync.h"
#include "sync_child.h"

#include <signal.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef POOLTOY_DEBUG
_Thread_local unsigned sync_ranks_held;
#endif
char sync_rcu_tag;

/* Threads. */

/* A server's crash handler and profiler must see library threads; all other signals are the
 * server's threads' own. */
static const int SIGNALS_LET_THROUGH[] = { SIGSEGV, SIGBUS,  SIGFPE, SIGILL,
					   SIGTRAP, SIGABRT, SIGSYS, SIGPROF };

static void signals_of_library_threads(sigset_t *set)
{
	size_t i;

	sigfillset(set);
	for (i = 0; i < sizeof SIGNALS_LET_THROUGH / sizeof SIGNALS_LET_THROUGH[0]; i++)
		sigdelset(set, SIGNALS_LET_THROUGH[i]);
}

static void *thread_main(void *argument)
{
	struct sync_thread *self = argument;

	sync_cancel_disable();
	pthread_setname_np(pthread_self(), self->name);
	self->body(self->argument);
	return NULL;
}

int sync_thread_start_guarded(struct sync_thread *thread, const char *name, size_t stack_size,
			      size_t guard_size, void (*body)(void *argument), void *argument)
{
	pthread_attr_t attributes;
	sigset_t blocked;
	int failed;

	thread->body = body;
	thread->argument = argument;
	memset(thread->name, 0, sizeof thread->name);
	memcpy(thread->name, name, strnlen(name, sizeof thread->name - 1));

	failed = pthread_attr_init(&attributes);
	if (failed)
		return failed;
	signals_of_library_threads(&blocked);
	/* By the attributes, so that no signal slips in before. */
	failed = pthread_attr_setsigmask_np(&attributes, &blocked);
	if (!failed && stack_size > 0)
		failed = pthread_attr_setstacksize(&attributes, stack_size);
	if (!failed && guard_size > 0)
		failed = pthread_attr_setguardsize(&attributes, guard_size);
	if (!failed)
		failed = pthread_create(&thread->thread, &attributes, thread_main, thread);
	pthread_attr_destroy(&attributes);
	return failed;
}

long sync_thread_id(void)
{
	return syscall(SYS_gettid);
}

/*
 * The end of a thread: one key for the process, made at the first use, or at a later one if none is
 * to be had then. Its destructor finds function and value in a thread-local pair, which outlives all
 * destructors; the key's own value only says that there is something to do.
 */
struct end_call {
	void (*function)(void *value);
	void *value;
};
SYNC_THREAD_LOCAL(struct end_call, end_call);
static sync_atomic(long) end_key = -1; /* none yet */

static void thread_ends(void *unused)
{
	struct end_call call = *end_call();

	(void)unused;
	call.function(call.value);
}

static int get_end_key(pthread_key_t *key)
{
	long known = sync_load(&end_key, relaxed), none = -1;
	int failed;

	if (known < 0) {
		failed = pthread_key_create(key, thread_ends);
		if (failed)
			return failed;
		if (sync_cas(&end_key, &none, (long)*key, relaxed))
			return 0;
		pthread_key_delete(*key); /* another thread was faster */
		known = none;
	}
	*key = (pthread_key_t)known;
	return 0;
}

int sync_at_thread_end(void (*function)(void *value), void *value)
{
	pthread_key_t key;
	int failed = get_end_key(&key);

	if (failed)
		return failed;
	end_call()->function = function;
	end_call()->value = value;
	return pthread_setspecific(key, end_call());
}

int sync_cpus(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	if (sched_getaffinity(0, sizeof set, &set) == 0)
		return CPU_COUNT(&set);
	return (int)sysconf(_SC_NPROCESSORS_ONLN); /* more processors than the set has room for */
}

uint64_t sync_random(void)
{
	uint64_t value;

	if (getrandom(&value, sizeof value, GRND_NONBLOCK) != sizeof value)
		value = sync_now() * 0x9e3779b97f4a7c15u;
	return value;
}

/* Events. */

int sync_event_init(struct sync_event *event)
{
	event->descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return event->descriptor < 0 ? errno : 0;
}

/*
 * The calls below are cancellation points of POSIX's. A thread that is cancelled in the middle of them would
 * leave behind whom it was about to wake: they are none here.
 */

void sync_event_destroy(struct sync_event *event)
{
	int cancel = sync_cancel_disable();

	close(event->descriptor);
	sync_cancel_restore(cancel);
}

void sync_event_set(struct sync_event *event)
{
	int cancel = sync_cancel_disable();
	uint64_t one = 1;

	/* Cannot fail: the counter's end is farther than anybody can count. */
	(void)!write(event->descriptor, &one, sizeof one);
	sync_cancel_restore(cancel);
}

void sync_event_reset(struct sync_event *event)
{
	int cancel = sync_cancel_disable();
	uint64_t count;

	(void)!read(event->descriptor, &count, sizeof count); /* nothing, if it is not set */
	sync_cancel_restore(cancel);
}

/*
 * Forks. The atfork handlers take no lock. liburcu's locks, and that of who reaps children, are held over a fork
 * only inside the bracket; a child that was forked without it, by a process that had started to watch, may find them
 * locked for good: it is told EFORKED, and starts nothing.
 */
unsigned sync_forks;
static unsigned bracketed_fork; /* the last one, by that count, that was inside the bracket */
static sync_atomic(bool) forks_watched;
SYNC_THREAD_LOCAL(bool, fork_to_count);

static void before_fork(void)
{
	*fork_to_count() = true;
}

static void in_forked_child(void)
{
	if (*fork_to_count())
		sync_forks++;
	*fork_to_count() = false;
}

int sync_fork_watch(void)
{
	int failed;

	if (sync_load(&forks_watched, relaxed))
		return 0;
	/* Two threads may come here at a time: a fork counts once all the same. */
	failed = pthread_atfork(before_fork, NULL, in_forked_child);
	if (!failed)
		sync_store(&forks_watched, true, relaxed);
	return failed;
}

void sync_fork_prepare(void)
{
	sync_child_fork_prepare();
	urcu_bp_before_fork();
}

void sync_fork_parent(void)
{
	urcu_bp_after_fork_parent();
	sync_child_fork_end();
}

void sync_fork_child(void)
{
	urcu_bp_after_fork_child();
	sync_child_fork_end();
	/* As an atfork handler of the program's it may run before ours. */
	bracketed_fork = sync_forks + (*fork_to_count() ? 1 : 0);
}

bool sync_fork_bracketed(void)
{
	return bracketed_fork == sync_forks;
}

bool sync_give_way(void)
{
	enum { MUST_HAVE_RUN_NS = 5000 }; /* a yield to nobody takes some hundred */
	uint64_t begun = sync_now();

	sched_yield();
	return sync_now() - begun > MUST_HAVE_RUN_NS;
}
