/* SPDX-License-Identifier: MIT */
/* sync_stack_signal.c: another thread's stack, which it takes itself, on a signal; and what the kernel says of it. */
#include "sync_stack.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The thread's own; its handler may come at any time. */
struct lent {
	sync_atomic(struct sync_stack_place *) place;
};
SYNC_THREAD_LOCAL(struct lent, lent);

/*
 * Async-signal-safe: the unwinder is loaded, and takes neither memory nor a lock where the C library finds objects without
 * one (glibc 2.35). Its own two frames, this one and that of the return from a signal, say nothing.
 */
static void on_signal(int signal, siginfo_t *info, void *context)
{
	struct sync_stack_place *place = sync_load(&lent()->place, acquire);
	int saved = errno;

	(void)signal;
	(void)info;
	(void)context;
	/* Acquire and release pair with sync_stack_ask: one writer at a time. */
	if (place && sync_exchange(&place->wanted, false, acq_rel)) {
		sync_stack_take(&place->stack, __builtin_return_address(0));
		memmove(place->stack.frames, place->stack.frames + 1,
			(SYNC_STACK_DEPTH - 1) * sizeof place->stack.frames[0]);
		place->stack.frames[SYNC_STACK_DEPTH - 1] = NULL;
		/* Release pairs with the acquire in sync_stack_is_there. */
		sync_store(&place->there, true, release);
	}
	errno = saved;
}

static bool is_own(const struct sigaction *action)
{
	return action->sa_flags & SA_SIGINFO && action->sa_sigaction == on_signal;
}

static bool is_nobodys(const struct sigaction *action)
{
	return !(action->sa_flags & SA_SIGINFO) && action->sa_handler == SIG_DFL;
}

/* Those of a fault are about the thread that they come to; two are no handler's. */
static bool has_a_meaning(int signal)
{
	static const int meant[] = { SIGSEGV, SIGBUS, SIGFPE,  SIGILL, SIGTRAP,
				     SIGABRT, SIGSYS, SIGKILL, SIGSTOP };
	size_t i;

	for (i = 0; i < sizeof meant / sizeof meant[0]; i++)
		if (signal == meant[i])
			return true;
	return false;
}

int sync_stack_claim_signal(int signal)
{
	struct sigaction own = { .sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK }, before;

	if (has_a_meaning(signal) || sigaction(signal, NULL, &before))
		return EINVAL;
	if (is_own(&before))
		return 0;
	if (!is_nobodys(&before))
		return EBUSY;
	sync_stack_prepare();
	sigfillset(&own.sa_mask);
	own.sa_sigaction = on_signal;
	if (sigaction(signal, &own, &before))
		return EINVAL;
	if (is_own(&before) || is_nobodys(&before))
		return 0;
	sigaction(signal, &before, NULL); /* another thread's, just now */
	return EBUSY;
}

void sync_stack_lend(struct sync_stack_place *place, int signal)
{
	sigset_t set;

	/* Release: whatever the place was before is behind it. */
	sync_store(&lent()->place, place, release);
	if (!place)
		return;
	sigemptyset(&set);
	sigaddset(&set, signal);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

bool sync_stack_ask(struct sync_stack_place *place, long thread_id, int signal)
{
	sync_store(&place->wanted, true, release); /* pairs with on_signal */
	/* By its number: who has that meanwhile, should it be gone, finds nothing wanted. */
	return syscall(SYS_tgkill, (long)getpid(), thread_id, signal) == 0;
}

/* The first line of the thread's file in /proc; "" if it cannot be read. */
static void read_line(long thread_id, const char *file, char *line, size_t size)
{
	char path[64];
	ssize_t length = -1;
	int descriptor;

	snprintf(path, sizeof path, "/proc/self/task/%ld/%s", thread_id, file);
	descriptor = open(path, O_RDONLY | O_CLOEXEC);
	if (descriptor >= 0) {
		length = read(descriptor, line, size - 1);
		close(descriptor);
	}
	line[length > 0 ? length : 0] = 0;
	line[strcspn(line, "\n")] = 0;
}

void sync_thread_describe(long thread_id, char *text, size_t size)
{
	char call[128], where[64];

	text[0] = 0;
	read_line(thread_id, "syscall", call, sizeof call);
	read_line(thread_id, "wchan", where, sizeof where);
	if (strcmp(call, "running") == 0)
		snprintf(text, size, "it runs");
	else if (call[0] >= '0' && call[0] <= '9') /* the number, then its arguments */
		snprintf(text, size, "it is in system call %ld%s%s%s", strtol(call, NULL, 10),
			 strcmp(where, "0") == 0 || !where[0] ? "" : " (",
			 strcmp(where, "0") == 0 ? "" : where,
			 strcmp(where, "0") == 0 || !where[0] ? "" : ")");
}
