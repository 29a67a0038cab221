/* SPDX-License-Identifier: MIT */
/* signals.c: ten thousand signals a second to clients, and from a timer to whichever thread takes them. */
#include "torture.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { PERIOD_NS = 100000, TIMER_NS = 1000000 };

static struct torturer *sender;
static pthread_t sender_thread;
static timer_t timer;
static _Thread_local bool is_ours; /* no thread of the library's */
static _Thread_local unsigned held_off;

/* SIGUSR1 restarts system calls, SIGUSR2 interrupts them. Library threads block both. */
static void handle(int signal)
{
	static const char story[] =
		"torture: a signal's handler ran on a thread of the library's\n";
	int before = errno;

	(void)signal;
	if (!is_ours) {
		if (write(STDERR_FILENO, story, sizeof story - 1) < 0)
			_exit(98);
		_exit(1);
	}
	did(SIGNALS_HANDLED);
	errno = before;
}

void signals_enter(void)
{
	is_ours = true;
}

void signals_block(int how)
{
	sigset_t both;

	sigemptyset(&both);
	sigaddset(&both, SIGUSR1);
	sigaddset(&both, SIGUSR2);
	REQUIRE(pthread_sigmask(how, &both, NULL) == 0);
}

void signals_hold_off(void)
{
	if (THREAD_SANITIZED && held_off++ == 0)
		signals_block(SIG_BLOCK);
}

void signals_let_in(void)
{
	if (THREAD_SANITIZED && --held_off == 0)
		signals_block(SIG_UNBLOCK);
}

static void install(int signal, int flags)
{
	struct sigaction action = { .sa_handler = handle, .sa_flags = flags };

	sigemptyset(&action.sa_mask);
	REQUIRE(sigaction(signal, &action, NULL) == 0);
}

static void *send_signals(void *unused)
{
	struct stream stream = stream_of(103);
	struct timespec next;

	(void)unused;
	torturer_enter(sender);
	clock_gettime(CLOCK_MONOTONIC, &next);
	while (!torture.over) {
		long thread = random_thread_id(&stream);

		doing(sender, "send signals", -1);
		if (thread && syscall(SYS_tgkill, getpid(), thread,
				      draw(&stream, 2) ? SIGUSR1 : SIGUSR2) == 0)
			did(SIGNALS_SENT);
		next.tv_nsec += PERIOD_NS;
		if (next.tv_nsec >= 1000000000) {
			next.tv_nsec -= 1000000000;
			next.tv_sec++;
		}
		/* One that comes too late makes up for it. */
		while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL) == EINTR)
			;
	}
	torturer_leave(sender);
	return NULL;
}

void signals_start(void)
{
	struct itimerspec period = { { 0, TIMER_NS }, { 0, TIMER_NS } };
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR2 };

	install(SIGUSR1, SA_RESTART);
	install(SIGUSR2, 0);
	REQUIRE(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
	REQUIRE(timer_settime(timer, 0, &period, NULL) == 0);
	sender = torturer_new("signals", 0);
	sender_thread = begin(send_signals, NULL);
}

void signals_join(void)
{
	finish(sender_thread);
	REQUIRE(timer_delete(timer) == 0);
}
