/* SPDX-License-Identifier: MIT */
/* faults.c: where the library's calls of the system arrive, as faults.syms has them renamed. */
#include "support/faults.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static struct faults {
	atomic_long to_come; /* good ones, and then bad ones */
	atomic_uint bad;
	atomic_uint met;
	atomic_long live;
} faults[FAULTS_KINDS];

void faults_begin(enum faults_kind kind, unsigned good, unsigned bad)
{
	faults[kind].bad = 0;
	faults[kind].met = 0;
	faults[kind].to_come = (long)good + bad;
	faults[kind].bad = bad;
}

unsigned faults_met(enum faults_kind kind)
{
	return faults[kind].met;
}

unsigned faults_end(enum faults_kind kind)
{
	faults[kind].bad = 0;
	return atomic_exchange(&faults[kind].met, 0);
}

long faults_live(enum faults_kind kind)
{
	return faults[kind].live;
}

const char *faults_name(enum faults_kind kind)
{
	static const char *const names[] = { "memory",   "threads",
					     "mutexes",  "condition variables",
					     "process",  "places",
					     "children", "kernel" };

	return names[kind];
}

static bool refused(enum faults_kind kind)
{
	struct faults *these = &faults[kind];
	unsigned bad = these->bad;
	long left;

	if (bad == 0)
		return false;
	left = these->to_come--;
	if (left > (long)bad || left <= 0)
		return false;
	these->met++;
	return true;
}

/* The request's result, with which something begins to live if it is 0. */
static int made(enum faults_kind kind, int failed)
{
	if (!failed)
		faults[kind].live++;
	return failed;
}

static int unmade(enum faults_kind kind, int failed)
{
	if (!failed)
		faults[kind].live--;
	return failed;
}

/* Memory. */

void *faults_calloc(size_t count, size_t size);
void *faults_calloc(size_t count, size_t size)
{
	void *memory = refused(FAULTS_MEMORY) ? NULL : calloc(count, size);

	made(FAULTS_MEMORY, !memory);
	return memory;
}

void *faults_aligned_alloc(size_t alignment, size_t size);
void *faults_aligned_alloc(size_t alignment, size_t size)
{
	void *memory = refused(FAULTS_MEMORY) ? NULL : aligned_alloc(alignment, size);

	made(FAULTS_MEMORY, !memory);
	return memory;
}

void faults_free(void *memory);
void faults_free(void *memory)
{
	unmade(FAULTS_MEMORY, !memory);
	free(memory);
}

/* Threads. */

int faults_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
			  void *(*body)(void *), void *argument);
int faults_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
			  void *(*body)(void *), void *argument)
{
	if (refused(FAULTS_THREADS))
		return EAGAIN;
	return made(FAULTS_THREADS, pthread_create(thread, attributes, body, argument));
}

int faults_pthread_join(pthread_t thread, void **value);
int faults_pthread_join(pthread_t thread, void **value)
{
	return unmade(FAULTS_THREADS, pthread_join(thread, value));
}

int faults_pthread_detach(pthread_t thread);
int faults_pthread_detach(pthread_t thread)
{
	return unmade(FAULTS_THREADS, pthread_detach(thread));
}

int faults_pthread_attr_init(pthread_attr_t *attributes);
int faults_pthread_attr_init(pthread_attr_t *attributes)
{
	return refused(FAULTS_THREADS) ? ENOMEM
				       : made(FAULTS_THREADS, pthread_attr_init(attributes));
}

int faults_pthread_attr_destroy(pthread_attr_t *attributes);
int faults_pthread_attr_destroy(pthread_attr_t *attributes)
{
	return unmade(FAULTS_THREADS, pthread_attr_destroy(attributes));
}

int faults_pthread_attr_setstacksize(pthread_attr_t *attributes, size_t size);
int faults_pthread_attr_setstacksize(pthread_attr_t *attributes, size_t size)
{
	return refused(FAULTS_THREADS) ? ENOMEM : pthread_attr_setstacksize(attributes, size);
}

int faults_pthread_attr_setguardsize(pthread_attr_t *attributes, size_t size);
int faults_pthread_attr_setguardsize(pthread_attr_t *attributes, size_t size)
{
	return refused(FAULTS_THREADS) ? ENOMEM : pthread_attr_setguardsize(attributes, size);
}

int faults_pthread_attr_setsigmask_np(pthread_attr_t *attributes, const sigset_t *set);
int faults_pthread_attr_setsigmask_np(pthread_attr_t *attributes, const sigset_t *set)
{
	return refused(FAULTS_THREADS) ? ENOMEM : pthread_attr_setsigmask_np(attributes, set);
}

/* Locks. */

int faults_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes);
int faults_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes)
{
	return refused(FAULTS_MUTEXES)
		       ? ENOMEM
		       : made(FAULTS_MUTEXES, pthread_mutex_init(mutex, attributes));
}

int faults_pthread_mutex_destroy(pthread_mutex_t *mutex);
int faults_pthread_mutex_destroy(pthread_mutex_t *mutex)
{
	return unmade(FAULTS_MUTEXES, pthread_mutex_destroy(mutex));
}

int faults_pthread_cond_init(pthread_cond_t *cond, const pthread_condattr_t *attributes);
int faults_pthread_cond_init(pthread_cond_t *cond, const pthread_condattr_t *attributes)
{
	return refused(FAULTS_CONDITIONS)
		       ? ENOMEM
		       : made(FAULTS_CONDITIONS, pthread_cond_init(cond, attributes));
}

int faults_pthread_cond_destroy(pthread_cond_t *cond);
int faults_pthread_cond_destroy(pthread_cond_t *cond)
{
	return unmade(FAULTS_CONDITIONS, pthread_cond_destroy(cond));
}

int faults_pthread_condattr_init(pthread_condattr_t *attributes);
int faults_pthread_condattr_init(pthread_condattr_t *attributes)
{
	return refused(FAULTS_CONDITIONS)
		       ? ENOMEM
		       : made(FAULTS_CONDITIONS, pthread_condattr_init(attributes));
}

int faults_pthread_condattr_destroy(pthread_condattr_t *attributes);
int faults_pthread_condattr_destroy(pthread_condattr_t *attributes)
{
	return unmade(FAULTS_CONDITIONS, pthread_condattr_destroy(attributes));
}

/* The process's. */

int faults_pthread_key_create(pthread_key_t *key, void (*destructor)(void *));
int faults_pthread_key_create(pthread_key_t *key, void (*destructor)(void *))
{
	return refused(FAULTS_PROCESS) ? EAGAIN : pthread_key_create(key, destructor);
}

int faults_pthread_setspecific(pthread_key_t key, const void *value);
int faults_pthread_setspecific(pthread_key_t key, const void *value)
{
	return refused(FAULTS_PROCESS) ? ENOMEM : pthread_setspecific(key, value);
}

int faults_pthread_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void));
int faults_pthread_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void))
{
	return refused(FAULTS_PROCESS) ? ENOMEM : pthread_atfork(prepare, parent, child);
}

static int no_descriptor(void)
{
	errno = EMFILE;
	return -1;
}

int faults_eventfd(unsigned count, int flags);
int faults_eventfd(unsigned count, int flags)
{
	return refused(FAULTS_PROCESS) || refused(FAULTS_CHILDREN) ? no_descriptor()
								   : eventfd(count, flags);
}

ssize_t faults_getrandom(void *buffer, size_t length, unsigned flags);
ssize_t faults_getrandom(void *buffer, size_t length, unsigned flags)
{
	if (!refused(FAULTS_PROCESS))
		return getrandom(buffer, length, flags);
	errno = EAGAIN;
	return -1;
}

int faults_sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set);
int faults_sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set)
{
	if (!refused(FAULTS_PROCESS))
		return sched_getaffinity(pid, size, set);
	errno = EINVAL;
	return -1;
}

/* Places. */

static int not_permitted(int error)
{
	errno = error;
	return -1;
}

int faults_sched_setaffinity(pid_t pid, size_t size, const cpu_set_t *set);
int faults_sched_setaffinity(pid_t pid, size_t size, const cpu_set_t *set)
{
	return refused(FAULTS_PLACES) ? not_permitted(EPERM) : sched_setaffinity(pid, size, set);
}

int faults_sched_setscheduler(pid_t pid, int policy, const struct sched_param *parameters);
int faults_sched_setscheduler(pid_t pid, int policy, const struct sched_param *parameters)
{
	return refused(FAULTS_PLACES) ? not_permitted(EPERM)
				      : sched_setscheduler(pid, policy, parameters);
}

int faults_setpriority(int which, id_t who, int value);
int faults_setpriority(int which, id_t who, int value)
{
	return refused(FAULTS_PLACES) ? not_permitted(EACCES)
				      : setpriority((__priority_which_t)which, who, value);
}

/* Child processes. */

int faults_memfd_create(const char *name, unsigned flags);
int faults_memfd_create(const char *name, unsigned flags)
{
	return refused(FAULTS_CHILDREN) ? no_descriptor() : memfd_create(name, flags);
}

int faults_ftruncate(int descriptor, off_t length);
int faults_ftruncate(int descriptor, off_t length)
{
	return refused(FAULTS_CHILDREN) ? no_descriptor() : ftruncate(descriptor, length);
}

int faults_fallocate(int descriptor, int mode, off_t offset, off_t length);
int faults_fallocate(int descriptor, int mode, off_t offset, off_t length)
{
	if (!refused(FAULTS_CHILDREN))
		return fallocate(descriptor, mode, offset, length);
	errno = ENOSPC;
	return -1;
}

/* Or the seals are not there that another has to add. */
int faults_fcntl(int descriptor, int command, ...);
int faults_fcntl(int descriptor, int command, ...)
{
	bool is_refused = refused(FAULTS_CHILDREN);
	va_list arguments;
	int argument;

	va_start(arguments, command);
	argument = command == F_GET_SEALS ? 0 : va_arg(arguments, int);
	va_end(arguments);
	if (!is_refused)
		return fcntl(descriptor, command, argument);
	return command == F_GET_SEALS ? F_SEAL_SHRINK | F_SEAL_GROW : no_descriptor();
}

void *faults_mmap(void *address, size_t length, int protection, int flags, int descriptor,
		  off_t offset);
void *faults_mmap(void *address, size_t length, int protection, int flags, int descriptor,
		  off_t offset)
{
	if (!refused(FAULTS_CHILDREN))
		return mmap(address, length, protection, flags, descriptor, offset);
	errno = ENOMEM;
	return MAP_FAILED;
}

int faults_socketpair(int domain, int type, int protocol, int ends[2]);
int faults_socketpair(int domain, int type, int protocol, int ends[2])
{
	return refused(FAULTS_CHILDREN) ? no_descriptor()
					: socketpair(domain, type, protocol, ends);
}

int faults_setsockopt(int descriptor, int level, int option, const void *value, socklen_t length);
int faults_setsockopt(int descriptor, int level, int option, const void *value, socklen_t length)
{
	bool unknown = option == 83 /* SO_PASSRIGHTS */ && refused(FAULTS_KERNEL);

	if (!unknown && !refused(FAULTS_CHILDREN))
		return setsockopt(descriptor, level, option, value, length);
	errno = unknown ? ENOPROTOOPT : ENOBUFS;
	return -1;
}

int faults_pipe2(int ends[2], int flags);
int faults_pipe2(int ends[2], int flags)
{
	return refused(FAULTS_CHILDREN) ? no_descriptor() : pipe2(ends, flags);
}

int faults_epoll_create1(int flags);
int faults_epoll_create1(int flags)
{
	return refused(FAULTS_CHILDREN) ? no_descriptor() : epoll_create1(flags);
}

int faults_epoll_ctl(int epoll, int operation, int descriptor, struct epoll_event *event);
int faults_epoll_ctl(int epoll, int operation, int descriptor, struct epoll_event *event)
{
	if (!refused(FAULTS_CHILDREN))
		return epoll_ctl(epoll, operation, descriptor, event);
	errno = ENOSPC;
	return -1;
}

int faults_posix_spawnattr_init(posix_spawnattr_t *attributes);
int faults_posix_spawnattr_init(posix_spawnattr_t *attributes)
{
	return refused(FAULTS_CHILDREN) ? ENOMEM : posix_spawnattr_init(attributes);
}

int faults_posix_spawn_file_actions_init(posix_spawn_file_actions_t *actions);
int faults_posix_spawn_file_actions_init(posix_spawn_file_actions_t *actions)
{
	return refused(FAULTS_CHILDREN) ? ENOMEM : posix_spawn_file_actions_init(actions);
}

int faults_posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
		       const posix_spawnattr_t *attributes, char *const arguments[],
		       char *const environment[]);
int faults_posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
		       const posix_spawnattr_t *attributes, char *const arguments[],
		       char *const environment[])
{
	return refused(FAULTS_CHILDREN)
		       ? EAGAIN
		       : posix_spawn(pid, path, actions, attributes, arguments, environment);
}
