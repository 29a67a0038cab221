/* SPDX-License-Identifier: MIT */
/* sync_child.c: child processes: Linux's memfd, posix_spawn, pidfd, epoll, futexes and cgroups. */
#include "sync_child.h"

#include "isolation_protocol.h"
#include "sync_cgroup.h"
#include "sync_descriptor.h"
#include "sync_words.h"

#include <pooltoy/error.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

#ifndef POOLTOY_CHILD_PROGRAM /* the build says where it is installed */
#define POOLTOY_CHILD_PROGRAM "/usr/libexec/pooltoy/pooltoy-child"
#endif

/* So many parts of its words are taken after its end: more than there is room for, which Linux doubles. */
enum { WORDS_AT_THE_END = 64 };

/* How long a child that was killed may take to end, in ms. */
enum { END_MS = 5000 };

struct sync_child {
	/* Constant while it lives. */
	pid_t pid;
	int process; /* its pidfd */
	int bell;    /* an eventfd, the child's: not open here for longer than the start takes */
	int ears;    /* an epoll instance, which hears the bell, and the end */
	void *memory;
	size_t memory_size;
	int memory_file; /* until its seals have been looked at */
	struct cgroup cgroup;

	/* The sleeper's. */
	struct sync_words words;
	bool ended, reaped, status_known;
	siginfo_t status;

	sync_atomic(bool) killed; /* by the server */

	struct sync_child *next_unreaped;
};

/*
 * Each write(2) of the child to its bell is an edge, and nothing is read here: so it does not matter
 * what the child does to the eventfd's counter and flags, nor how long one of its writes takes. The
 * bell is heard for as long as the child has it.
 */
static int open_ears(struct sync_child *child)
{
	struct epoll_event rings = { .events = EPOLLIN | EPOLLET };

	child->bell = out_of_the_way(eventfd(0, EFD_CLOEXEC));
	child->ears = out_of_the_way(epoll_create1(EPOLL_CLOEXEC));
	if (child->bell < 0 || child->ears < 0 ||
	    epoll_ctl(child->ears, EPOLL_CTL_ADD, child->bell, &rings))
		return errno;
	return 0;
}

static int allocate(int file, size_t size)
{
	while (fallocate(file, 0, 0, (off_t)size))
		if (errno != EINTR)
			return errno;
	return 0;
}

/*
 * Memory of that size for good: a child that shrinks it would have the server die of SIGBUS; and all of
 * it there from the beginning, so that the server never waits for a page. That none is taken away again is
 * for the child to see to, once it has mapped it (sync_served_memory).
 */
static int share_memory(struct sync_child *child, size_t size)
{
	int failed, file;

	child->memory_file = file =
		out_of_the_way(memfd_create("pooltoy", MFD_CLOEXEC | MFD_ALLOW_SEALING));
	if (file < 0 || ftruncate(file, (off_t)size))
		return errno;
	failed = allocate(file, size);
	if (failed)
		return failed;
	if (fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW))
		return errno;
	child->memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	if (child->memory == MAP_FAILED) {
		child->memory = NULL;
		return errno;
	}
	child->memory_size = size;
	return 0;
}

/* The start. */

static int put_in_place(posix_spawn_file_actions_t *actions, const struct sync_child *child)
{
	int failed = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);

	if (!failed)
		failed = posix_spawn_file_actions_adddup2(actions, child->words.theirs, 1);
	if (!failed)
		failed = posix_spawn_file_actions_adddup2(actions, child->words.theirs, 2);
	if (!failed)
		failed =
			posix_spawn_file_actions_adddup2(actions, child->memory_file, CHILD_MEMORY);
	if (!failed)
		failed = posix_spawn_file_actions_adddup2(actions, child->bell, CHILD_BELL);
	return failed;
}

/* All signals as a fresh program has them, and a session of its own. */
static int set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t none, all;
	int failed;

	sigemptyset(&none);
	sigfillset(&all);
	failed = posix_spawnattr_setflags(
		attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
	if (!failed)
		failed = posix_spawnattr_setsigmask(attributes, &none);
	if (!failed)
		failed = posix_spawnattr_setsigdefault(attributes, &all);
	return failed;
}

const char *sync_child_program(void)
{
	const char *program = secure_getenv("POOLTOY_CHILD");

	return program && program[0] ? program : POOLTOY_CHILD_PROGRAM;
}

int sync_child_check_program(void)
{
	return access(sync_child_program(), X_OK) ? errno : 0;
}

static int spawn(struct sync_child *child, const struct sync_child_spec *spec)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	char parent[24], protocol[ISOLATION_PROTOCOL_SIZE];
	char *arguments[] = { (char *)sync_child_program(),
			      (char *)POOLTOY_VERSION,
			      protocol,
			      parent,
			      (char *)spec->name,
			      NULL };
	int failed = posix_spawn_file_actions_init(&actions);

	if (failed)
		return failed;
	failed = posix_spawnattr_init(&attributes);
	if (failed) {
		posix_spawn_file_actions_destroy(&actions);
		return failed;
	}
	snprintf(parent, sizeof parent, "%ld", (long)getpid());
	isolation_protocol(protocol);
	failed = put_in_place(&actions, child);
	if (!failed)
		failed = set_attributes(&attributes);
	if (!failed)
		failed = posix_spawn(&child->pid, arguments[0], &actions, &attributes, arguments,
				     environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return failed;
}

/*
 * The child does nothing before it is told to, so it is there to be opened by its number; and what it
 * then does, it does inside its cgroup.
 */
static int get_hold(struct sync_child *child, char *reason, size_t size)
{
	struct epoll_event end = { .events = EPOLLIN };
	int failed;

	child->process = (int)syscall(SYS_pidfd_open, child->pid, 0);
	if (child->process < 0 || epoll_ctl(child->ears, EPOLL_CTL_ADD, child->process, &end)) {
		failed = errno;
		snprintf(reason, size, "child process: pidfd: %s", sync_error_text(failed));
		return failed;
	}
	return cgroup_join(&child->cgroup, child->pid, reason, size);
}

static int furnish(struct sync_child *child, const struct sync_child_spec *spec, char *reason,
		   size_t size)
{
	int failed = share_memory(child, spec->memory);

	if (!failed)
		failed = open_ears(child);
	if (!failed)
		failed = sync_words_open(&child->words);
	if (failed) {
		snprintf(reason, size, "child process: %s", sync_error_text(failed));
		return failed;
	}
	return spec->cgroup ? cgroup_make(&child->cgroup, spec, reason, size) : 0;
}

int sync_child_start(struct sync_child **started, const struct sync_child_spec *spec, char *reason,
		     size_t size)
{
	struct sync_child *child = sync_alloc(sizeof *child);
	int failed;

	if (!child) {
		snprintf(reason, size, "child process: no memory");
		return ENOMEM;
	}
	child->process = child->bell = child->ears = child->memory_file = -1;
	child->words.ours = child->words.theirs = -1;
	failed = furnish(child, spec, reason, size);
	if (!failed) {
		failed = spawn(child, spec);
		if (failed)
			snprintf(reason, size, "%.150s: %s", sync_child_program(),
				 sync_error_text(failed));
		else
			failed = get_hold(child, reason, size);
	}
	drop(&child->bell);
	drop(&child->words.theirs);
	if (failed)
		sync_child_close(child);
	else
		*started = child;
	return failed;
}

/* The end. */

static void send_signal(struct sync_child *child, int signal)
{
	/* By its pidfd: no other process can have taken its number. */
	if (child->process >= 0)
		(void)syscall(SYS_pidfd_send_signal, child->process, signal, NULL, 0);
}

void sync_child_interrupt(struct sync_child *child)
{
	send_signal(child, CHILD_INTERRUPT);
}

void sync_child_kill(struct sync_child *child)
{
	sync_store(&child->killed, true, relaxed);
	send_signal(child, SIGKILL);
}

/* Of its pidfd, which is readable from then on, whoever may reap it. Waits so many milliseconds for it. */
static bool has_ended(struct sync_child *child, int milliseconds)
{
	struct pollfd end = { child->process, POLLIN, 0 };
	int count;

	do
		count = poll(&end, 1, milliseconds);
	while (count < 0 && errno == EINTR);
	return count > 0;
}

/*
 * Two threads that reap at a time may keep each other from it for seconds, both processors busy in the kernel: each
 * takes its child's entries out of /proc (release_task to shrink_dcache_parent, in Linux 6.18).
 */
static struct sync_mutex reaping = SYNC_MUTEX_INITIALIZER(RANK_REAPING);

void sync_child_fork_prepare(void)
{
	sync_mutex_lock(&reaping);
}

void sync_child_fork_end(void)
{
	sync_mutex_unlock(&reaping);
}

/* Takes its status, if there is one. None is of a child that is traced: its tracer has it, as long as it lives. */
static void reap(struct sync_child *child)
{
	int failed, cancel = sync_cancel_disable();

	child->status.si_pid = 0;
	sync_mutex_lock(&reaping);
	do
		failed = waitid(P_PIDFD, (id_t)child->process, &child->status, WEXITED | WNOHANG)
				 ? errno
				 : 0;
	while (failed == EINTR);
	sync_mutex_unlock(&reaping);
	sync_cancel_restore(cancel);
	child->status_known = !failed && child->status.si_pid != 0;
	/* ECHILD: the program ignores SIGCHLD, or waits for any child it has. */
	child->reaped = child->status_known || failed;
}

/* Children that have been given up: they have not ended in time, or their tracers have yet to. */
static sync_atomic(struct sync_child *) unreaped;

static void reap_later(struct sync_child *child)
{
	child->next_unreaped = sync_load(&unreaped, relaxed);
	while (!sync_cas(&unreaped, &child->next_unreaped, child, acq_rel))
		;
}

static void reap_earlier_ones(void)
{
	struct sync_child *child = sync_exchange(&unreaped, NULL, acq_rel), *next;

	for (; child; child = next) {
		next = child->next_unreaped;
		reap(child);
		if (!child->reaped) {
			reap_later(child);
			continue;
		}
		drop(&child->process);
		sync_free(child);
	}
}

/* With all that it has started, if it has a cgroup: its tracer may be among that. */
static void end(struct sync_child *child)
{
	if (child->process >= 0 && !child->reaped)
		send_signal(child, SIGKILL);
	cgroup_remove(&child->cgroup);
	if (child->process >= 0 && !child->reaped) {
		has_ended(child, END_MS);
		reap(child);
	} else if (child->pid > 0 && child->process < 0) {
		/* One that cannot be held, and has not been told anything yet. */
		kill(child->pid, SIGKILL);
		waitpid(child->pid, NULL, 0);
	}
}

void sync_child_close(struct sync_child *child)
{
	reap_earlier_ones();
	end(child);
	drop(&child->bell);
	drop(&child->ears);
	drop(&child->memory_file);
	sync_words_close(&child->words);
	if (child->memory)
		munmap(child->memory, child->memory_size);
	if (child->process >= 0 && !child->reaped) {
		reap_later(child);
		return;
	}
	drop(&child->process);
	sync_free(child);
}

long sync_child_process_id(const struct sync_child *child)
{
	return child->pid;
}

int sync_child_place(struct sync_child *child, const struct sync_placement *placement,
		     const char **what)
{
	return sync_place(placement, child->pid, what);
}

/* Speaking. */

void *sync_child_memory(struct sync_child *child)
{
	return child->memory;
}

bool sync_child_has_sealed(struct sync_child *child)
{
	const int wanted = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL;
	int seals = fcntl(child->memory_file, F_GET_SEALS);

	drop(&child->memory_file);
	return seals >= 0 && (seals & wanted) == wanted;
}

void sync_child_ring(struct sync_child *child, sync_atomic(uint32_t) * word)
{
	(void)child;
	(void)syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

/* Listening. */

static const struct timespec *time_left(uint64_t deadline, struct timespec *left)
{
	uint64_t now;

	if (deadline == SYNC_NEVER)
		return NULL;
	now = sync_now();
	now = now < deadline ? deadline - now : 0;
	left->tv_sec = (time_t)(now / 1000000000u);
	left->tv_nsec = (long)(now % 1000000000u);
	return left;
}

/* Both of what the ears can hear, if it is there. */
static void hear(struct sync_child *child)
{
	struct epoll_event heard[2];

	(void)epoll_wait(child->ears, heard, 2, 0);
}

bool sync_child_await_ring(struct sync_child *child, uint64_t deadline)
{
	struct pollfd ears = { child->ears, POLLIN, 0 };
	struct timespec left;
	/* To the ns, as epoll_wait is not. */
	int count = ppoll(&ears, 1, time_left(deadline, &left), NULL);

	if (count > 0)
		hear(child);
	return count != 0;
}

bool sync_child_listen(struct sync_child *child)
{
	unsigned count = 0;

	if (child->ended)
		return true;
	child->ended = has_ended(child, 0);
	if (child->ended)
		reap(child);
	while (sync_words_take(&child->words) && child->ended && ++count < WORDS_AT_THE_END)
		;
	return child->ended;
}

static void describe_signal(const struct sync_child *child, char *text, size_t size)
{
	int signal = child->status.si_status;
	const char *name = sigdescr_np(signal), *whose = "";

	if (signal == SIGKILL && sync_load(&child->killed, relaxed))
		whose = ", the pool's";
	else if (signal == SIGKILL && cgroup_ran_out(&child->cgroup))
		whose = ", out of memory";
	snprintf(text, size, "was killed by signal %d (%s)%s", signal, name ? name : "unknown",
		 whose);
}

void sync_child_describe_end(struct sync_child *child, char *text, size_t size)
{
	char words[CHILD_WORDS + 1], how[80];

	sync_words_describe(&child->words, words, sizeof words);
	if (!child->status_known)
		snprintf(how, sizeof how, "ended, and somebody else has taken its exit status");
	else if (child->status.si_code == CLD_EXITED)
		snprintf(how, sizeof how, "exited with status %d", child->status.si_status);
	else
		describe_signal(child, how, sizeof how);
	snprintf(text, size, "its process %s%s%s", how, words[0] ? ": " : "", words);
}

/* Beds. */

static bool sleep_in(struct parker_bed *parker_bed, uint64_t deadline)
{
	struct sync_bed *bed = (struct sync_bed *)parker_bed;
	struct sync_child *child = bed->child;
	struct pollfd heard[] = { { sync_event_descriptor(&bed->woken), POLLIN, 0 },
				  { -1, POLLIN, 0 },
				  { -1, POLLIN, 0 },
				  { -1, POLLIN, 0 } };
	struct timespec left;
	int count;

	if (child && bed->ears != EARS_SHUT) {
		heard[1].fd = child->process;
		heard[2].fd = child->words.ours;
	}
	if (child && bed->ears == EARS_RINGING)
		heard[3].fd = child->ears;
	count = ppoll(heard, sizeof heard / sizeof heard[0], time_left(deadline, &left), NULL);
	if (count <= 0)
		return count < 0; /* by a signal */
	if (heard[0].revents)
		sync_event_reset(&bed->woken);
	if (child && heard[3].revents)
		hear(child);
	if (heard[1].revents || heard[2].revents || heard[3].revents)
		bed->heard = true;
	return true;
}

static void wake_from(struct parker_bed *parker_bed)
{
	struct sync_bed *bed = (struct sync_bed *)parker_bed;

	sync_mutex_lock(&bed->lock);
	if (bed->made)
		sync_event_set(&bed->woken);
	sync_mutex_unlock(&bed->lock);
}

int sync_bed_init(struct sync_bed *bed)
{
	*bed = (struct sync_bed){ .parker_bed = { sleep_in, wake_from } };
	return sync_mutex_init(&bed->lock, RANK_PARKER);
}

int sync_bed_make(struct sync_bed *bed)
{
	int failed;

	sync_mutex_lock(&bed->lock);
	failed = sync_event_init(&bed->woken);
	bed->made = !failed;
	sync_mutex_unlock(&bed->lock);
	return failed;
}

void sync_bed_unmake(struct sync_bed *bed)
{
	sync_mutex_lock(&bed->lock);
	if (bed->made)
		sync_event_destroy(&bed->woken);
	bed->made = false;
	sync_mutex_unlock(&bed->lock);
}

void sync_bed_destroy(struct sync_bed *bed)
{
	sync_mutex_destroy(&bed->lock);
}
